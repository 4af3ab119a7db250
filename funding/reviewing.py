"""From what extraction finds to what is recorded: open a review, accept or reject its proposals, take a decision back.

Accepting is the only door from facts to records. A proposal is decided by a conditional update, so that of two people
who decide the same one, one wins and the other changes nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from funding import recording
from funding.extraction import ENGINE_VERSION, Extraction, Fact, Mention
from funding.models import Change, Proposal, Review, Source
from funding.models.rounds import STAGE_OF_CONTRACT
from funding.recording import NewMention, NewStatement
from funding.values import Reference, Text, Value, from_json, to_json

# A round's and a person's company is how they hang together, not something to accept or reject by itself; the names of
# investors and people stand in the facts that speak of them.
STRUCTURE = {("round", "company"), ("person", "company"), ("investor", "name"), ("person", "name")}


def open_review(source: Source, found: Extraction) -> Review:
    """The review of a source as this version of the engine reads it; the one held already where there is one.

    Pending reviews of older versions are replaced, decided ones stay as they are.
    """
    review, is_new = Review.objects.get_or_create(source=source, engine_version=ENGINE_VERSION)
    if not is_new:
        return review
    source.reviews.exclude(pk=review.pk).filter(state=Review.State.PENDING).delete()
    companies = _companies(found)
    review.mentions = [_as_json(mention, companies.get(mention.key, "")) for mention in found.mentions]
    kinds = {mention.key: mention.kind for mention in found.mentions}
    facts = [fact for fact in found.facts if (kinds[fact.subject], fact.field) not in STRUCTURE]
    facts = [fact for fact in facts if kinds[fact.subject] not in ("round", "person") or companies.get(fact.subject)]
    Proposal.objects.bulk_create(_proposal(review, source, at, fact) for at, fact in enumerate(facts))
    if not facts:
        review.state = Review.State.EMPTY
    review.save()
    return review


def _companies(found: Extraction) -> dict[str, str]:
    """The key of the company of each round and person."""
    references = (fact for fact in found.facts if fact.field == "company")
    return {fact.subject: fact.value.key for fact in references if isinstance(fact.value, Reference)}


def _as_json(mention: Mention, company: str) -> dict[str, Any]:
    return {
        "key": mention.key,
        "kind": mention.kind,
        "name": mention.name[:200],
        "company": company,
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
) -> Change | None:
    """Record the pending proposals with these ids (all where None), of at least this confidence.

    One transaction: what is accepted is recorded. None, with nothing changed, where nobody's decision was left to take.
    """
    with transaction.atomic():
        taken = _decide(review, proposals, Proposal.Decision.ACCEPTED, by, above)
        if not taken:
            return None
        change = recording.record(
            review.source,
            [NewMention(m["key"], m["kind"], m["name"], m["company"]) for m in review.mentions],
            [_statement(one) for one in taken],
            origin=f"engine {review.engine_version}",
            kind=Change.Kind.REVIEW,
            by=by,
            note=note,
        )
        Proposal.objects.filter(pk__in=[one.pk for one in taken]).update(change=change)
        _settle(review)
        return change


def reject(review: Review, proposals: Iterable[int] | None = None, *, by: User) -> int:
    """Turn down the pending proposals with these ids (all where None); how many there were."""
    with transaction.atomic():
        taken = _decide(review, proposals, Proposal.Decision.REJECTED, by, None)
        _settle(review)
        return len(taken)


def undo(change: Change, by: User | None) -> Change:
    """Take a change back; proposals that it accepted are to be decided again. Raises ValueError where it was undone."""
    with transaction.atomic():
        undoing = recording.undo(change, by)
        reopen(Proposal.objects.filter(change=change))
        return undoing


def reopen(proposals: Iterable[Proposal]) -> None:
    """Make decisions pending again: those of an undone change, or a rejection that was a mistake."""
    with transaction.atomic():
        rows = Proposal.objects.filter(pk__in=[one.pk for one in proposals])
        reviews = set(Review.objects.filter(proposals__in=rows))
        rows.update(decision=Proposal.Decision.PENDING, decided_by=None, decided_at=None, change=None)
        for review in reviews:
            _settle(review)


def _decide(
    review: Review, ids: Iterable[int] | None, decision: str, by: User | None, above: float | None
) -> list[Proposal]:
    """Mark pending proposals as decided and return those that this call decided."""
    # The row locks make a second decision wait, and then find nothing pending.
    pending = review.proposals.select_for_update().filter(decision=Proposal.Decision.PENDING).order_by("pk")
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
    return NewStatement(
        subject=one.subject,
        field=one.field,
        value=from_json(one.value),
        qualifiers=one.qualifiers,
        quotes=one.quotes,
        rule=one.rule,
        confidence=one.confidence,
    )


def counts(review: Review) -> Mapping[str, int]:
    """How many proposals of a review stand how."""
    found = dict.fromkeys(Proposal.Decision.values, 0)
    for decision in review.proposals.values_list("decision", flat=True):
        found[decision] += 1
    return found
