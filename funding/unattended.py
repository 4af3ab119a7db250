"""What of a review may be recorded without a person: facts that are sure enough, of rounds of which enough is sure.

A round of which little more than its year is sure would stand beside the one that others tell of in full. So the facts
of a round count only where its company is sure, and two of its date, amount and stage; and nothing counts of a company
whose name is not. What is left out stays in the inbox.
"""

from collections import defaultdict

from funding.models import Proposal, Review
from funding.tellings import Field


def sure_enough(review: Review, above: float) -> list[int]:
    """The pending proposals of a review that may be accepted from this confidence on, by id."""
    pending = list(review.proposals.filter(decision=Proposal.Decision.PENDING).order_by("pk"))
    proposed: dict[str, set[str]] = defaultdict(set)
    sure: dict[str, set[str]] = defaultdict(set)
    for one in pending:
        proposed[one.subject].add(one.field)
        if one.confidence >= above:
            sure[one.subject].add(one.field)
    doubtful = {key for key in proposed if Field.NAME in proposed[key] - sure[key]}
    for mention in review.mentions:
        key = mention["key"]
        if mention["kind"] == "round" and not (
            mention.get("sureness", 1.0) >= above and _is_told(proposed, sure, key)
        ):
            doubtful.add(key)
        if mention["company"] in doubtful:
            doubtful.add(key)
    return [one.pk for one in pending if one.confidence >= above and one.subject not in doubtful]


def _is_told(proposed: dict[str, set[str]], sure: dict[str, set[str]], key: str) -> bool:
    """Whether enough of a round is sure to know it again: its date with its amount or stage, or these two.

    What its source does not tell is not asked for.
    """
    is_dated = Field.ANNOUNCED_ON in sure[key] or Field.ANNOUNCED_ON not in proposed[key]
    what = {Field.RAISED, Field.STAGE}
    return what <= sure[key] or (is_dated and bool(what & sure[key] or not what & proposed[key]))
