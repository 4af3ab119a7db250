"""The reviews that wait for a person, each in three lines, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from funding import figures
from funding.evidence import wording
from funding.models import Proposal, Review

PAGE_SIZE = 50
MOST_UNDOABLE = 10  # of a person's own last decisions
MOST_COUNTED = 999
TOLD = ("stage", "raised", "valuation")  # what a line says of a round, as far as the article says it


@dataclass(frozen=True, slots=True)
class Entry:
    """One review in the inbox: whom it is about, what is said, and by whom."""

    review: Review
    name: str
    line: str
    told_by: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries of one state; `older` is the id to go on before, where there are more.

    `is_whole` where these are all.
    """

    entries: list[Entry]
    older: int | None
    is_whole: bool


def page(state: str, before: int | None = None) -> Page:
    """The newest reviews of a state, those before an id where one is given; two queries."""
    facts = Proposal.objects.filter(field__in=TOLD).only("review", "subject", "field", "value", "position")
    chosen = Review.objects.filter(state=state).select_related("source").defer("source__text").order_by("-pk")
    if before is not None:
        chosen = chosen.filter(pk__lt=before)
    found = list(chosen.prefetch_related(Prefetch("proposals", facts, to_attr="told"))[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    older = shown[-1].pk if len(found) > PAGE_SIZE else None
    return Page([_entry(review) for review in shown], older, is_whole=before is None and older is None)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided at once: facts of one review accepted, by a change, or rejected; `decision` in words."""

    review: Review
    decision: str
    at: datetime
    change_id: int | None
    proposals: list[int]


def last_decisions(user: User) -> list[Decided]:
    """The last decisions of a person that still stand, the latest first; two queries."""
    decided = Proposal.objects.filter(decided_by=user).exclude(decision=Proposal.Decision.PENDING).order_by()
    rows = decided.values("review", "decision", "decided_at", "change").annotate(ids=ArrayAgg("pk"))
    latest = list(rows.order_by("-decided_at", "-review")[:MOST_UNDOABLE])
    about = Review.objects.select_related("source").defer("source__text", "mentions")
    reviews = about.in_bulk({row["review"] for row in latest})
    words = {value: str(label) for value, label in Proposal.Decision.choices}
    return [
        Decided(reviews[row["review"]], words[row["decision"]], row["decided_at"], row["change"], sorted(row["ids"]))
        for row in latest
    ]


def waiting() -> QuerySet[Review]:
    """The reviews that wait."""
    return Review.objects.filter(state=Review.State.PENDING)


def _entry(review: Review) -> Entry:
    companies = [m for m in review.mentions if m["kind"] == "company"]
    names = [m["name"] for m in companies if m["is_headline"]] or [m["name"] for m in companies]
    published = figures.date(review.source.published)
    told_by = ", ".join(word for word in (review.source.publisher, published) if word)
    return Entry(
        review, ", ".join(names[:2]) or review.source.headline, _line(review), told_by or _("source not stated")
    )


def _line(review: Review) -> str:
    """What the article says of its first headline round."""
    rounds = [m["key"] for m in review.mentions if m["kind"] == "round" and m["is_headline"]]
    told: Iterable[Proposal] = review.told  # type: ignore[attr-defined]
    said = {one.field: one for one in told if rounds and one.subject == rounds[0]}
    words = [wording.said(field, said[field].said) for field in ("stage", "raised") if field in said]
    if "valuation" in said:
        words.append(_("%(said)s valuation") % {"said": figures.words(said["valuation"].said)})
    return ", ".join(words) or _("nothing about a round of its own")
