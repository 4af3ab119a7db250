"""Which mentions are one round: decided over all round mentions of a company at once, so their order does not matter.

Pure. Two mentions are never one round where one source tells of both, where they name different series, where one is
an extension of the other, or where their amounts are more than a quarter apart and nothing shows that they are two
sums of one deal. Otherwise their stages must not contradict each other, their dates must meet, and their amounts or
their investors must speak for one round; the less a date says, the more the rest has to. A rumour is the round that
it became. Pairs join strongest first, and a group never holds a pair that is ruled out. docs/matching.md has the rules
in full, and how often they are right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import combinations

from funding.values import Money, PartialDate, agree

NEAR = timedelta(days=45)  # a round is signed, told and retold within this
CLOSE = timedelta(days=7)  # and told by most within this
TO_CLOSE = timedelta(days=120)  # a deal follows the rumour of it within this
RETOLD = timedelta(days=365)  # a source that speaks of a round later may give its own day for that of the round
TO_EXTEND = timedelta(days=730)  # an extension is of a round that is no older
A_QUARTER = Decimal("0.25")  # amounts nearer than this are figures for one sum, about which sources differ
CONVERSION = Decimal("0.08")  # sums of two currencies are converted at different days, and rounded
A_HALF = Decimal("0.5")  # values further apart than this are not one told before and one after the money
# Kinds of money that a company takes in often, beside its rounds: their name alone says little.
RECURRING = frozenset(
    {"debt_financing", "grant", "convertible_note", "equity_crowdfunding", "product_crowdfunding", "secondary_market"}
)
SAYS_NO_STAGE = frozenset({"", "series_unknown", "undisclosed"})
MERGED, PROPOSED, NEW = "merged", "proposed", "new"
EXTENSION = "extension"


@dataclass(frozen=True, slots=True)
class RoundMention:
    """What one source says of one round, as matching sees it.

    `raised_usd` is the amount at the rate of `told_on`, for sums of different currencies. `told_by` names the source
    and reading: what one telling keeps apart is never joined. `held` is the record it is assigned to now, which
    matters only where `is_decided`, because a person said so. `digest` is the hash of what is said, so that ties do
    not depend on ids. `is_extension` says that its source calls it an extension, a tranche or a second close.
    `published` is the day of its source. `known_as` is the number of the round in the database that its source is a
    file of, empty where it has none.
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
    published: PartialDate | None = None
    known_as: str = ""

    @property
    def told_on(self) -> PartialDate | None:
        """Its date; where what is said of it gives none, the day on which its source told of it."""
        return self.announced or self.published

    @property
    def letter(self) -> str:
        """Its stage, empty where what is said of it tells none."""
        return "" if self.stage in SAYS_NO_STAGE else self.stage


@dataclass(frozen=True, slots=True)
class Match:
    """How strongly two mentions speak of one round, and the reasons in words."""

    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is made of two mentions: `merged`, `proposed` to a person, or `new`, with the reasons in words.

    `relation` is `extension` where one is part of the other, which stays a round of its own.
    """

    outcome: str
    reasons: tuple[str, ...]
    score: float = 0.0
    relation: str = ""


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


def parents(groups: Sequence[Sequence[RoundMention]]) -> dict[int, int]:
    """Which group of `group_rounds` is an extension of which other, by their places.

    That is the newest round before it of its own stage; of any stage, where the extension names none.
    """
    found = {}
    whole = {at: group for at, group in enumerate(groups) if not any(one.is_extension for one in group)}
    for place, group in enumerate(groups):
        before = [
            (max(_day(one) for one in other), -at)
            for at, other in whole.items()
            if any(_is_extension_of(a, b) for a in group for b in other)
        ]
        if before and place not in whole:
            found[place] = -max(before)[1]
    return found


def judge(a: RoundMention, b: RoundMention) -> Verdict:
    """What is made of two mentions of one company: one round, perhaps one, or two, and why."""
    if match := compare(a, b):
        return Verdict(MERGED, match.reasons, match.score)
    if a.told_by == b.told_by:
        return Verdict(NEW, ("one source tells of both",))
    if _is_decided(a, b):
        return Verdict(NEW, ("a person said so",))
    if _is_extension_of(a, b) or _is_extension_of(b, a):
        return Verdict(NEW, ("one is an extension of the other",), relation=EXTENSION)
    apart = _apart(a, b)
    facts = {
        "same stage": bool(a.letter) and a.letter == b.letter,
        "amounts agree": apart == 0,
        "dates meet": a.announced is not None and b.announced is not None and _dates_meet(a, b),
    }
    agreed = tuple(reason for reason, holds in facts.items() if holds)
    against = tuple(_against(a, b, apart))
    if len(agreed) < 2 or (_is_series(a) and _is_series(b) and a.letter != b.letter):
        return Verdict(NEW, against or ("too little in common",))
    return Verdict(PROPOSED, (*agreed, *against), len(agreed))


def compare(a: RoundMention, b: RoundMention) -> Match | None:
    """Whether two mentions are one round and why, or None where they are not taken for one."""
    if _is_decided(a, b) and a.held == b.held:
        return Match(10, ("a person said so",))
    if _is_same_number(a, b):
        return Match(9, ("the same in files of one database",))
    if is_ruled_out(a, b) or not _dates_meet(a, b) or {a.status, b.status} == {"closed", "cancelled"}:
        return None
    apart = _apart(a, b)
    same_stage = bool(a.letter) and a.letter == b.letter
    if _values_differ(a, b) or not _is_enough(a, b, apart):
        return None
    reasons, score = [_how_dates_meet(a, b)], 0.0
    for points, holds, reason in (
        (1, same_stage, "same stage"),
        (2, apart == 0, "amounts agree"),
        (1, bool(apart) and apart is not None and apart <= A_QUARTER, "amounts within a quarter of each other"),
        (1, _same_value(a, b), "valuations agree"),
        (1, a.leads & b.leads, "same lead"),
        (0.5, a.investors & b.investors and not a.leads & b.leads, "investors in common"),
    ):
        if holds:
            reasons.append(reason)
            score += points
    if not (_is_coarse(a) or _is_coarse(b)) and a.announced and b.announced:
        score += 0.5 if abs(a.announced.first_day - b.announced.first_day) <= CLOSE else 0
    return Match(score, tuple(reasons)) if score >= 1 else None


def is_ruled_out(a: RoundMention, b: RoundMention) -> bool:
    """Whether nothing could make the two one round."""
    if _is_decided(a, b):
        return a.held != b.held
    if a.told_by == b.told_by:
        return True
    if _is_same_number(a, b):
        return False
    if a.letter and b.letter and a.letter != b.letter:
        return True
    apart = _apart(a, b)
    if a.is_extension != b.is_extension and not (apart == 0 and _is_told_together(a, b)):
        return True
    return apart is not None and apart > A_QUARTER and not _same_deal(a, b)


def _is_enough(a: RoundMention, b: RoundMention, apart: Decimal | None) -> bool:
    """Whether the rest makes up for what sums, dates and parties leave open."""
    stage = a.letter if a.letter == b.letter else ""
    same_value, same_lead = _same_value(a, b), bool(a.leads & b.leads)
    supported = bool(stage and stage not in RECURRING) or same_value or same_lead or bool(a.investors & b.investors)
    if _parties_differ(a, b):
        is_one_kind = bool(stage) or not {a.letter, b.letter} & RECURRING
        return is_one_kind and apart == 0 and _is_told_together(a, b)
    if _is_coarse(a) or _is_coarse(b):
        if apart != 0:
            # Without a sum, a year says no more than that the series was led or valued so.
            is_dated = a.announced is not None and b.announced is not None
            return apart is None and is_dated and bool(stage) and (same_value or same_lead)
        if supported or _is_news_together(a, b):
            return True
        # A sum in another currency may be any of a year's sums.
        is_converted = a.raised is not None and b.raised is not None and a.raised.currency != b.raised.currency
        return not (is_converted or a.announced is None or b.announced is None)
    if apart == 0 and _gap(a.announced, b.announced) <= NEAR:
        return True
    # What is rumoured is never exact.
    is_hedged = any(one.status == "rumoured" or (one.raised and not one.raised.is_exact) for one in (a, b))
    return supported or (
        bool(apart) and (_is_told_together(a, b) or (is_hedged and _gap(a.announced, b.announced) <= NEAR))
    )


def _parties_differ(a: RoundMention, b: RoundMention) -> bool:
    """Whether both say who gave the money, and none in common."""
    ours, theirs = a.investors | a.leads, b.investors | b.leads
    return bool(ours and theirs) and not ours & theirs


def _against(a: RoundMention, b: RoundMention, apart: Decimal | None) -> Iterable[str]:
    """What speaks for two rounds, in words."""
    if a.letter and b.letter and a.letter != b.letter:
        yield "another stage"
    if apart:
        yield "amounts differ"
    if not _dates_meet(a, b):
        yield f"{_gap(a.told_on, b.told_on).days} days apart"
    if a.is_extension != b.is_extension:
        yield "one is an extension"
    if _values_differ(a, b):
        yield "valuations differ"
    if _parties_differ(a, b):
        yield "no investor in common"
    if {a.status, b.status} == {"closed", "cancelled"}:
        yield "one was cancelled"


def _same_deal(a: RoundMention, b: RoundMention) -> bool:
    """Whether the series and who led it, or at what value, say that it is one deal, of which two sums are told.

    That is how equity alone and equity with debt are told of, or a first close and the whole, in the same days.
    """
    is_led_alike = bool(a.leads & b.leads) or _same_value(a, b)
    return bool(a.letter) and a.letter == b.letter and is_led_alike and _is_told_together(a, b)


def _same_value(a: RoundMention, b: RoundMention) -> bool:
    """Whether both value the company alike; of a bound, whether the other value is near it."""
    if a.valuation is None or b.valuation is None or not agree(a.valuation, b.valuation):
        return False
    return _share(a.valuation, b.valuation) <= A_QUARTER


def _values_differ(a: RoundMention, b: RoundMention) -> bool:
    """Whether they value the company so differently that it was not at one time."""
    if a.valuation is None or b.valuation is None or a.valuation.currency != b.valuation.currency:
        return False
    return not agree(a.valuation, b.valuation) and _share(a.valuation, b.valuation) > A_HALF


def _is_extension_of(a: RoundMention, b: RoundMention) -> bool:
    """Whether the first is told as part of a round that the second may be: of its stage, and older."""
    if not a.is_extension or b.is_extension or (a.letter and b.letter and a.letter != b.letter):
        return False
    if a.announced is None or b.announced is None or (not a.letter and not (_is_series(b) or b.letter == "seed")):
        return False
    age = a.announced.last_day - b.announced.first_day
    return timedelta(0) <= age <= TO_EXTEND and not (_apart(a, b) == 0 and _is_told_together(a, b))


def _is_series(one: RoundMention) -> bool:
    return one.letter.startswith("series_")


def _is_rumour_of(a: RoundMention, b: RoundMention) -> bool:
    """Whether the first tells of a deal before it was made, and the second of a deal made soon after."""
    if a.status != "rumoured" or b.status != "closed" or a.announced is None or b.announced is None:
        return False
    return timedelta(0) <= b.announced.first_day - a.announced.last_day <= TO_CLOSE


def _is_retold(a: RoundMention, b: RoundMention) -> bool:
    """Whether all but the day is the same: the series, the sum, and who gave it."""
    is_same = bool(a.letter) and a.letter == b.letter and a.letter not in RECURRING and _apart(a, b) == 0
    return is_same and bool(a.investors & b.investors) and _gap(a.announced, b.announced) <= RETOLD


def _is_rumoured_after(a: RoundMention, b: RoundMention) -> bool:
    """Whether the first is talk of a deal that began when the second was made already."""
    if a.status != "rumoured" or b.status != "closed" or a.announced is None or b.announced is None:
        return False
    return a.announced.first_day - b.announced.last_day > CLOSE


def _is_decided(a: RoundMention, b: RoundMention) -> bool:
    """Whether a person's word on one of the two tells of both: for each is taken for some record now."""
    return (a.is_decided or b.is_decided) and a.held is not None and b.held is not None


def _is_same_number(a: RoundMention, b: RoundMention) -> bool:
    """Whether two files of one database speak of the round under one number."""
    return bool(a.known_as) and a.known_as == b.known_as and not _is_decided(a, b)


def _is_coarse(one: RoundMention) -> bool:
    """Whether its date is a year or missing, so that the amount alone has to tell."""
    return one.announced is None or one.announced.precision == "year"


def _is_told_together(a: RoundMention, b: RoundMention) -> bool:
    """Whether both are told of in the same days, or in a month that holds them."""
    return not (_is_coarse(a) or _is_coarse(b)) and _gap(a.announced, b.announced) <= CLOSE


def _is_news_together(a: RoundMention, b: RoundMention) -> bool:
    """Whether one has no date, and its source told of it when the other was made or told of."""
    if a.told_on is None or b.told_on is None or (a.announced is not None and b.announced is not None):
        return False
    return "year" not in (a.told_on.precision, b.told_on.precision) and _gap(a.told_on, b.told_on) <= NEAR


def _is_made_after(a: RoundMention, b: RoundMention) -> bool:
    """Whether the first was made long after the second, which has no date, was told of as done."""
    if a.announced is None or b.announced is not None or b.published is None or b.status == "rumoured":
        return False
    return a.announced.first_day - b.published.last_day > NEAR


def _dates_meet(a: RoundMention, b: RoundMention) -> bool:
    """Whether both can be of one time: one within the other, near each other, or a rumour and what it became."""
    if a.announced is None or b.announced is None:
        return not (_is_made_after(a, b) or _is_made_after(b, a))
    if agree(a.announced, b.announced):
        return True
    if _is_rumoured_after(a, b) or _is_rumoured_after(b, a):
        return False
    if _is_rumour_of(a, b) or _is_rumour_of(b, a) or _is_retold(a, b):
        return True
    return not (_is_coarse(a) or _is_coarse(b)) and _gap(a.announced, b.announced) <= NEAR


def _how_dates_meet(a: RoundMention, b: RoundMention) -> str:
    if _is_rumour_of(a, b) or _is_rumour_of(b, a):
        return "a rumour, then the deal"
    if a.announced is None or b.announced is None:
        return "told of in the same weeks" if _is_news_together(a, b) else "no date speaks against it"
    return "dates meet" if _gap(a.announced, b.announced) <= NEAR else "told again later"


def _day(one: RoundMention) -> str:
    return one.announced.iso if one.announced else ""


def _gap(a: PartialDate | None, b: PartialDate | None) -> timedelta:
    """The least time between two dates."""
    if a is None or b is None:
        return timedelta(0)
    return max(a.first_day - b.last_day, b.first_day - a.last_day, timedelta(0))


def _apart(a: RoundMention, b: RoundMention) -> Decimal | None:
    """By what share of the larger the two amounts differ, 0 where their words agree; None where one is not known.

    A bound says nothing of an amount far beyond it: "more than 10 m" is neither for nor against 250 m.
    """
    if a.raised is None or b.raised is None:
        return None
    ours, theirs, slack = a.raised, b.raised, Decimal(0)
    if ours.currency != theirs.currency:
        if a.raised_usd is None or b.raised_usd is None:
            return None
        ours, theirs, slack = a.raised_usd, b.raised_usd, CONVERSION
    share = _share(ours, theirs)
    if agree(ours, theirs):
        is_bound = any(end is None for money in (ours, theirs) for end in (money.low, money.high))
        return None if is_bound and share > A_QUARTER else Decimal(0)
    return Decimal(0) if share <= slack else share


def _share(a: Money, b: Money) -> Decimal:
    small, large = sorted((a.middle, b.middle))
    return (large - small) / large if large else Decimal(0)


def reasons_for(group: Sequence[RoundMention], one: RoundMention) -> str:
    """Why a mention belongs to its group, in words for people."""
    if one.is_decided:
        return "a person said so"
    matches = [match for other in group if other is not one and (match := compare(one, other))]
    if not matches:
        return "the only mention"
    return ", ".join(max(matches, key=lambda match: (match.score, match.reasons)).reasons)
