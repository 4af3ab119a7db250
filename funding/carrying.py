"""What was decided on an earlier reading of a source, carried over to a newer one, and the records it went to."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from companies.models import Company, Investor
from companies.names import fold
from funding.models import Assignment, Mention, Proposal, Review, Round, Statement

Record = Company | Investor | Round
Identity = tuple[str, ...]


def carry_over(review: Review, fresh: Sequence[Proposal]) -> None:
    """Give proposals, not stored yet, what older readings of their source decided on the same; drop what is pending.

    A decision moves with its fact, so that it stands once. What only an older reading found stays there as decided.
    """
    older = review.source.reviews.exclude(pk=review.pk)
    decided: dict[Identity, list[Proposal]] = defaultdict(list)
    held = Proposal.objects.filter(review__in=older).exclude(decision=Proposal.Decision.PENDING)
    for one in held.select_related("review").order_by("-decided_at", "position"):
        decided[_identity(one.review, one)].append(one)
    moved = []
    for one in fresh:
        same = decided[_identity(review, one)]
        if same:
            before = same.pop(0)
            moved.append(before.pk)
            for column in ("decision", "decided_by_id", "decided_at", "change_id", "edited", "audit", "audited_by_id",
                           "audited_at"):  # fmt: skip
                setattr(one, column, getattr(before, column))
    Proposal.objects.filter(pk__in=moved).delete()
    Proposal.objects.filter(review__in=older, decision=Proposal.Decision.PENDING).delete()
    older.filter(proposals=None).exclude(state=Review.State.EMPTY).delete()
    older.filter(state=Review.State.PENDING).update(state=Review.State.DECIDED)


def _identity(review: Review, proposal: Proposal) -> Identity:
    """What tells a fact in any reading: its field and value, and whom it is of by name, not by the reading's key."""
    mentions = {mention["key"]: mention for mention in review.mentions}
    about = mentions[proposal.subject]
    of = mentions.get(about["company"], about)["name"]
    own = about["name"] if about["kind"] != "round" else ""
    value = proposal.value
    if value["kind"] == "reference":
        value = {"kind": "reference", "name": fold(mentions[value["key"]]["name"])}
    said = {key: word for key, word in proposal.qualifiers.items() if key != "label"}
    words = json.dumps([value, said], sort_keys=True, ensure_ascii=False)
    return about["kind"], fold(of), fold(own), proposal.field, words


def recorded_as(review: Review, proposals: Iterable[Proposal]) -> dict[str, Record]:
    """The records that companies, investors and rounds of a review are taken for already, by the key of their mention.

    By what was accepted of this reading, or of an older one and carried over.
    """
    accepted = [one for one in proposals if one.decision == Proposal.Decision.ACCEPTED and one.change_id]
    if not accepted:
        return {}
    own = {mention["key"] for mention in review.mentions}
    origin = f"engine {review.engine_version}"
    by_fact = {(one.change_id, one.field, _words(one.edited or one.value)): one.subject for one in accepted}
    owners = {mention["key"]: mention["company"] for mention in review.mentions}
    keys: dict[int, str] = {}
    said = Statement.objects.live().filter(added_in__in={one.change_id for one in accepted})
    for statement in said.filter(mention__source=review.source_id).select_related("mention"):
        mention = statement.mention
        fact = statement.added_in_id, statement.field, _words(statement.value)
        subject = mention.key if mention.origin == origin else by_fact.get(fact)
        if subject in own:
            keys[mention.pk] = subject
            if mention.company_id and owners[subject]:
                keys[mention.company_id] = owners[subject]
    read = Mention.objects.filter(source=review.source_id, origin=origin, key__in=own)
    keys |= dict(read.values_list("pk", "key"))
    live = Assignment.objects.live().filter(mention__in=keys).select_related("company", "investor", "round", "exit")
    found: dict[str, Any] = {
        keys[one.mention_id]: one.company or one.investor or one.round or one.exit for one in live
    }
    return {key: record for key, record in found.items() if record is not None}


def _words(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
