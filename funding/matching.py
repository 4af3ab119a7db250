"""Which mentions are one round: decided over all round mentions of a company at once, so their order does not matter.

Pure. Two mentions are never one round where one source tells of both, where they name different series, or where
their amounts are more than a quarter apart and nothing shows that they are two sums of one deal. Otherwise their
stages must not contradict each other, their dates must meet, and their amounts or their investors must speak for one
round. Pairs join strongest first, and a group never holds a pair that is ruled out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import combinations

from funding.values import Money, PartialDate, agree

NEAR = timedelta(days=45)  # a round is signed, told and retold within this
A_QUARTER = Decimal("0.25")  # amounts nearer than this are figures for one sum, about which sources differ
CONVERSION = Decimal("0.08")  # sums of two currencies are converted at different days, and rounded


@dataclass(frozen=True, slots=True)
class RoundMention:
    """What one source says of one round, as matching sees it.

    `raised_usd` is the amount at the rate of its day, for sums of different currencies. `told_by` names the source
    and reading: what one telling keeps apart is never joined. `held` is the record it is assigned to now, which
    matters only where `is_decided`, because a person said so. `digest` is the hash of what is said, so that ties do
    not depend on ids.
    """

    id: int
    told_by: str
    digest: str
    stage: str = ""
    announced: PartialDate | None = None
    raised: Money | None = None
    raised_usd: Money | None = None
    valuation: Money | None = None
    investors: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    held: int | None = None
    is_decided: bool = False
    status: str = ""
    is_extension: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """How strongly two mentions speak of one round, and the reasons in words."""

    score: float
    reasons: tuple[str, ...]


def group_rounds(mentions: Iterable[RoundMention]) -> list[list[RoundMention]]:
    """The mentions of one company, those of one round together; groups and members in a fixed order."""
    ordered = sorted(mentions, key=lambda one: (one.digest, one.told_by))
    groups: list[list[RoundMention]] = [[one] for one in ordered]
    pairs = [(match.score, a, b) for a, b in combinations(ordered, 2) if (match := compare(a, b))]
    pairs.sort(key=lambda pair: (-pair[0], pair[1].digest, pair[2].digest, pair[1].told_by, pair[2].told_by))
    for _, a, b in pairs:
        ours = next(group for group in groups if a in group)
        theirs = next(group for group in groups if b in group)
        if ours is not theirs and not any(is_ruled_out(one, other) for one in ours for other in theirs):
            ours.extend(theirs)
            groups = [group for group in groups if group is not theirs]
    return [sorted(group, key=lambda one: (one.digest, one.told_by)) for group in groups]


def compare(a: RoundMention, b: RoundMention) -> Match | None:
    """Whether two mentions are one round and why, or None where they are not taken for one."""
    if _is_decided(a, b) and a.held == b.held:
        return Match(10, ("a person said so",))
    if is_ruled_out(a, b) or not _dates_meet(a.announced, b.announced):
        return None
    reasons, score = ["dates meet"], 0.0
    if a.stage and a.stage == b.stage:
        reasons.append("same stage")
        score += 1
    if a.raised and b.raised:
        apart = _apart(a, b)
        if apart == 0:
            reasons.append("amounts agree")
            score += 2
        elif _is_coarse(a) or _is_coarse(b):
            return None
        elif apart is not None and apart <= A_QUARTER:
            reasons.append("amounts within a quarter of each other")
            score += 1
    if a.valuation and b.valuation and agree(a.valuation, b.valuation):
        reasons.append("valuations agree")
        score += 1
    if a.leads & b.leads:
        reasons.append("same lead")
        score += 1
    elif a.investors & b.investors:
        reasons.append("investors in common")
        score += 0.5
    if a.announced and b.announced and not (_is_coarse(a) or _is_coarse(b)):
        score += 0.5 if abs(a.announced.first_day - b.announced.first_day) <= timedelta(days=7) else 0
    return Match(score, tuple(reasons)) if score >= 1 else None


def is_ruled_out(a: RoundMention, b: RoundMention) -> bool:
    """Whether nothing could make the two one round."""
    if _is_decided(a, b):
        return a.held != b.held
    if a.told_by == b.told_by:
        return True
    if a.stage and b.stage and a.stage != b.stage:
        return True
    apart = _apart(a, b)
    return apart is not None and apart > A_QUARTER and not _same_deal(a, b)


def _same_deal(a: RoundMention, b: RoundMention) -> bool:
    """Whether the series and who led it, or at what value, say that it is one deal, of which two sums are told.

    That is how equity alone and equity with debt are told of, or a first close and the whole.
    """
    same_value = a.valuation is not None and b.valuation is not None and agree(a.valuation, b.valuation)
    return bool(a.stage) and a.stage == b.stage and (bool(a.leads & b.leads) or same_value)


def _is_decided(a: RoundMention, b: RoundMention) -> bool:
    """Whether a person's word on one of the two tells of both: for each is taken for some record now."""
    return (a.is_decided or b.is_decided) and a.held is not None and b.held is not None


def _is_coarse(one: RoundMention) -> bool:
    """Whether its date is a year or missing, so that the amount alone has to tell."""
    return one.announced is None or one.announced.precision == "year"


def _dates_meet(a: PartialDate | None, b: PartialDate | None) -> bool:
    """Whether both can be of one time: one within the other, or days (or a day and a month) near each other."""
    if a is None or b is None:
        return True
    if agree(a, b):
        return True
    return "year" not in (a.precision, b.precision) and _gap(a, b) <= NEAR


def _gap(a: PartialDate | None, b: PartialDate | None) -> timedelta:
    """The least time between two dates."""
    if a is None or b is None:
        return timedelta(0)
    return max(a.first_day - b.last_day, b.first_day - a.last_day, timedelta(0))


def _apart(a: RoundMention, b: RoundMention) -> Decimal | None:
    """By what share of the larger the two amounts differ, 0 where their words agree; None where one is not known."""
    if a.raised is None or b.raised is None:
        return None
    ours, theirs, slack = a.raised, b.raised, Decimal(0)
    if ours.currency != theirs.currency:
        if a.raised_usd is None or b.raised_usd is None:
            return None
        ours, theirs, slack = a.raised_usd, b.raised_usd, CONVERSION
    small, large = sorted((ours.middle, theirs.middle))
    share = (large - small) / large if large else Decimal(0)
    return Decimal(0) if agree(ours, theirs) or share <= slack else share


def reasons_for(group: Sequence[RoundMention], one: RoundMention) -> str:
    """Why a mention belongs to its group, in words for people."""
    if one.is_decided:
        return "a person said so"
    matches = [match for other in group if other is not one and (match := compare(one, other))]
    if not matches:
        return "the only mention"
    return ", ".join(max(matches, key=lambda match: (match.score, match.reasons)).reasons)
