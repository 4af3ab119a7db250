"""From what extraction finds to what is recorded: open a review, accept or reject its proposals, take a decision back.

Accepting is the only door from facts to records. A proposal is decided by a conditional update, so that of two people
who decide the same one, one wins and the other changes nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from funding import recording
from funding.carrying import Record, carry_over, recorded_as
from funding.extraction import ENGINE_VERSION, Extraction, Fact, Mention
from funding.models import Change, Proposal, Review, Source
from funding.models.rounds import STAGE_OF_CONTRACT
from funding.recording.fields import EDITED
from funding.tellings import NewMention, NewStatement
from funding.values import Reference, Text, Value, from_json, to_json

# A round's and a person's company is how they hang together, not something to accept or reject by itself; the names of
# investors and people stand in the facts that speak of them.
STRUCTURE = {("round", "company"), ("person", "company"), ("investor", "name"), ("person", "name")}


def open_review(source: Source, found: Extraction) -> Review:
    """The review of a source as this version of the engine reads it; the one held already where there is one.

    What older versions found and nobody has decided is replaced; what was decided is not asked again, unless it is
    read otherwise now.
    """
    with transaction.atomic():
        review, is_new = Review.objects.get_or_create(source=source, engine_version=ENGINE_VERSION)
        if is_new:
            _propose(review, source, found)
        return review


def _propose(review: Review, source: Source, found: Extraction) -> None:
    _hold(source.reviews.values("pk"))  # so that nobody decides on an older reading meanwhile
    companies = _companies(found)
    review.mentions = [_as_json(mention, companies.get(mention.key)) for mention in found.mentions]
    kinds = {mention.key: mention.kind for mention in found.mentions}
    facts = [fact for fact in found.facts if (kinds[fact.subject], fact.field) not in STRUCTURE]
    facts = [fact for fact in facts if kinds[fact.subject] not in ("round", "person") or companies.get(fact.subject)]
    proposals = [_proposal(review, source, at, fact) for at, fact in enumerate(facts)]
    carry_over(review, proposals)
    Proposal.objects.bulk_create(proposals)
    is_pending = any(one.decision == Proposal.Decision.PENDING for one in proposals)
    decided = Review.State.DECIDED if facts else Review.State.EMPTY
    review.state = Review.State.PENDING if is_pending else decided
    review.save()


def _companies(found: Extraction) -> dict[str, Fact]:
    """The fact that says of which company each round and person is, by its key."""
    return {
        fact.subject: fact for fact in found.facts if fact.field == "company" and isinstance(fact.value, Reference)
    }


def _as_json(mention: Mention, company: Fact | None) -> dict[str, Any]:
    """What a review keeps of a mention; `sureness` is how sure it is that a round or person is of its company."""
    return {
        "key": mention.key,
        "kind": mention.kind,
        "name": mention.name[:200],
        "company": company.value.key if company and isinstance(company.value, Reference) else "",
        "sureness": company.confidence if company else 1.0,
        "is_headline": mention.is_headline,
    }


def _proposal(review: Review, source: Source, position: int, fact: Fact) -> Proposal:
    quotes = [
        {"start": span.start, "end": span.end, "text": source.text[span.start : span.end]} for span in fact.spans
    ]
    return Proposal(
        review=review,
        position=position,
        subject=fact.subject,
        field=fact.field,
        value=to_json(_our_value(fact)),
        qualifiers=dict(fact.qualifiers),
        quotes=quotes,
        rule=fact.rule,
        confidence=fact.confidence,
    )


def _our_value(fact: Fact) -> Value:
    """The value in our terms: stages go by our names."""
    if fact.field == "stage" and isinstance(fact.value, Text):
        return Text(STAGE_OF_CONTRACT.get(fact.value.text, fact.value.text))
    return fact.value


def accept(
    review: Review,
    proposals: Iterable[int] | None = None,
    *,
    by: User | None,
    above: float | None = None,
    note: str = "",
    names_seen: bool = True,
    edits: Mapping[int, Value] | None = None,
    decided: Mapping[str, Record] | None = None,
) -> Change | None:
    """Record the pending proposals with these ids (all where None), of at least this confidence.

    `names_seen` is false where nobody looked: then a name alone makes no two mentions one company. `edits` are the
    values that a person put in the place of what was read, by proposal; `decided` the records that a person chose, by
    the key of the mention. One transaction: what is accepted is recorded. None, with nothing changed, where no
    decision was left.
    """
    with transaction.atomic():
        taken = _decide(review, proposals, Proposal.Decision.ACCEPTED, by, above)
        if not taken:
            return None
        for one in taken:
            if edits and one.pk in edits:
                one.edited = to_json(edits[one.pk])
        change = recording.record(
            review.source,
            _mentions(review, taken),
            [_statement(one) for one in taken],
            origin=f"engine {review.engine_version}",
            kind=Change.Kind.REVIEW,
            by=by,
            note=note,
            decided=recorded_as(review, review.proposals.all()) | dict(decided or {}),
            names_seen=names_seen,
        )
        for one in taken:
            one.change = change
        Proposal.objects.bulk_update(taken, ["change", "edited"])
        _settle(review)
        return change


def _mentions(review: Review, taken: Iterable[Proposal]) -> list[NewMention]:
    """Whom a review speaks of, by the names that a person wrote where one did."""
    edited = {one.subject: one.edited["text"] for one in taken if one.edited and one.field == "name"}
    found = [NewMention(m["key"], m["kind"], edited.get(m["key"], m["name"]), m["company"]) for m in review.mentions]
    others = [one for one in taken if one.edited and one.value["kind"] == "reference"]
    return found + [NewMention(_key_of_edit(one), "investor", one.edited["text"]) for one in others]


def _key_of_edit(one: Proposal) -> str:
    """The key of the investor that a person named in the place of the one read."""
    return f"investor:edited-{one.pk}"


def reject(review: Review, proposals: Iterable[int] | None = None, *, by: User) -> int:
    """Turn down the pending proposals with these ids (all where None); how many there were."""
    with transaction.atomic():
        taken = _decide(review, proposals, Proposal.Decision.REJECTED, by, None)
        _settle(review)
        return len(taken)


def undo(change: Change, by: User | None) -> Change:
    """Take a change back; what it accepted is to be decided again. Raises ValueError where it was undone."""
    with transaction.atomic():
        decided = Proposal.objects.filter(change=change)
        _hold(decided.values("review"))
        undoing = recording.undo(change, by)
        _open(decided)
        return undoing


def reopen(proposals: QuerySet[Proposal]) -> int:
    """Make rejections pending again that were a mistake; how many. What is recorded is taken back by `undo` alone."""
    with transaction.atomic():
        _hold(proposals.order_by().values("review"))
        return _open(proposals.filter(decision=Proposal.Decision.REJECTED))


def _hold(reviews: Any) -> None:
    """Make other decisions on these reviews wait, before any record is locked, so that nobody waits in a circle."""
    list(Review.objects.select_for_update(no_key=True).filter(pk__in=reviews).order_by("pk").values_list("pk"))


def _open(proposals: QuerySet[Proposal]) -> int:
    rows = list(proposals.select_related("review").order_by("pk"))
    Proposal.objects.filter(pk__in=[one.pk for one in rows]).update(
        decision=Proposal.Decision.PENDING, decided_by=None, decided_at=None, change=None, edited=None, audit="",
        audited_by=None, audited_at=None,
    )  # fmt: skip
    for review in {one.review for one in rows}:
        _settle(review)
    return len(rows)


def _decide(
    review: Review, ids: Iterable[int] | None, decision: str, by: User | None, above: float | None
) -> list[Proposal]:
    """Mark pending proposals as decided and return those that this call decided."""
    # A second decision waits here, and then finds pending only what the first has left.
    _hold([review.pk])
    pending = review.proposals.filter(decision=Proposal.Decision.PENDING).order_by("pk")
    if ids is not None:
        pending = pending.filter(pk__in=list(ids))
    if above is not None:
        pending = pending.filter(confidence__gte=above)
    taken = list(pending)
    Proposal.objects.filter(pk__in=[one.pk for one in taken]).update(
        decision=decision, decided_by=by, decided_at=timezone.now()
    )
    return taken


def _settle(review: Review) -> None:
    """A review is decided when nothing of it is pending."""
    is_pending = review.proposals.filter(decision=Proposal.Decision.PENDING).exists()
    review.state = Review.State.PENDING if is_pending else Review.State.DECIDED
    review.save(update_fields=["state"])


def _statement(one: Proposal) -> NewStatement:
    is_edited = one.edited is not None
    value = from_json(one.edited if is_edited else one.value)
    if is_edited and one.value["kind"] == "reference":
        value = Reference(_key_of_edit(one))
    return NewStatement(
        subject=one.subject,
        field=one.field,
        value=value,
        qualifiers=one.qualifiers,
        quotes=one.quotes,
        rule=EDITED if is_edited else one.rule,
        confidence=None if is_edited else one.confidence,
    )


def counts(review: Review) -> Mapping[str, int]:
    """How many proposals of a review stand how, by decision."""
    return counts_of([review])[review.pk]


def counts_of(reviews: Iterable[Review]) -> dict[int, dict[str, int]]:
    """The same for many reviews, by the id of the review, in one query."""
    found = {review.pk: dict.fromkeys(Proposal.Decision.values, 0) for review in reviews}
    rows = Proposal.objects.filter(review__in=found).order_by().values("review", "decision").annotate(n=Count("pk"))
    for row in rows:
        found[row["review"]][row["decision"]] = row["n"]
    return found


def in_words(review: Review, held: Mapping[str, int]) -> str:
    """What a review holds and how its facts stand: `2 rounds, 31 facts to review.`"""
    if review.state == Review.State.EMPTY:
        return _("Nothing about funding was found in it.")
    rounds = sum(1 for mention in review.mentions if mention["kind"] == "round")
    words = [ngettext("%(n)d round", "%(n)d rounds", rounds) % {"n": rounds} if rounds else _("no rounds")]
    facts = {
        "pending": ngettext("%(n)d fact to review", "%(n)d facts to review", held["pending"]),
        "accepted": ngettext("%(n)d fact accepted", "%(n)d facts accepted", held["accepted"]),
        "rejected": ngettext("%(n)d fact rejected", "%(n)d facts rejected", held["rejected"]),
    }
    words += [told % {"n": held[decision]} for decision, told in facts.items() if held[decision]]
    return f"{', '.join(words)}."
