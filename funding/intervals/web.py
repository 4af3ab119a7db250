"""The values of a company's rounds and what ties them to each other, and how far one bound reaches.

Every round has a value before its money and one after it. The money raised ties these two, a stated ratio ties one of
them to that of the round before. There are no circles, so a bound reaches any other value by one path at most, and
the tightest that reaches a value is the tightest that follows for it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, TypeVar

from funding.values import Interval, Money

from .given import Given, Kind, Rule, Step, ValuedRound

UNICORN = Decimal(1_000_000_000)

I = TypeVar("I", bound=Interval)  # noqa: E741
Side = Literal["low", "high"]
Place = tuple[int, Kind]
OTHER: dict[Side, Side] = {"low": "high", "high": "low"}


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a value: the step that gives it, and the bound at another place that it follows from, if any."""

    step: Step
    place: Place
    before: "Bound | None" = None
    hops: int = 0

    @property
    def number(self) -> Decimal:
        """The end itself."""
        return self.step.bound

    @property
    def is_open(self) -> bool:
        """Whether it is excluded."""
        return self.step.is_open

    @property
    def steps(self) -> tuple[Step, ...]:
        """What led to it, oldest first; a stated bound is no step of its own where the next one names it."""
        chain: list[Step] = []
        bound: Bound | None = self
        while bound is not None:
            if not chain or bound.step.rule != "stated":
                chain.append(bound.step)
            bound = bound.before
        return tuple(reversed(chain))

    @property
    def statements(self) -> tuple[int, ...]:
        """All that it rests on, in the order of the steps."""
        return tuple(dict.fromkeys(one for step in self.steps for one in step.statements))

    @property
    def is_formal(self) -> bool:
        """Whether it says no more than that money was raised."""
        return self.before is None and self.step.rule == "exceeds_raised"


class Web:
    """The values of rounds, oldest first, and their ties; figures called approximate are in none of them.

    `as_rounded` reads every figure as what may have been rounded to it. `checks_sums` has the money raised tie two
    values that are both stated, which adds nothing to what follows but may be a contradiction.
    """

    def __init__(self, rounds: Sequence[ValuedRound], *, as_rounded: bool = False, checks_sums: bool = False) -> None:
        self.rounds = [_read(one, as_rounded) for one in rounds]
        self.checks_sums = checks_sums
        self.currencies = [_currency(self.rounds, at) for at in range(len(rounds))]

    def premises(self, side: Side) -> Iterator[Bound]:
        """The bounds on one side that statements give of themselves."""
        for at, one in enumerate(self.rounds):
            for kind in _KINDS:
                stated = one.stated_as(kind)
                if stated and stated.value.currency == self.currencies[at]:
                    number, is_open = _end(stated.value, side)
                    if number is not None:
                        step = Step("stated", side, number, is_open, (stated.statement,), kind=kind)
                        yield Bound(step, (at, kind))
            if side == "low":
                yield from (Bound(step, (at, "post")) for step in self._floors(at))

    def _floors(self, at: int) -> Iterator[Step]:
        """What a value after the money is at least, whatever it is said to be."""
        one, currency = self.rounds[at], self.currencies[at]
        raised = one.raised
        if raised and raised.value.currency == currency and raised.value.low is not None:
            assumes = one.is_read_as_post
            yield Step("exceeds_raised", "low", raised.value.low, True, (raised.statement,), assumes)
        if one.is_unicorn and currency == "USD":
            yield Step("unicorn", "low", UNICORN, False, (one.is_unicorn.statement,))

    def reach(self, premise: Bound, side: Side, most: int) -> Iterator[Bound]:
        """The bound and what follows from it at all places that it reaches over at most so many ties."""
        pending = [premise]
        while pending:
            held = pending.pop()
            yield held
            if held.hops < most:
                pending += self._onwards(held, side)

    def _onwards(self, held: Bound, side: Side) -> Iterator[Bound]:
        """What follows from a bound at the places tied to its own, but for the one that it came from."""
        for other in self._tied_to(held.place):
            if held.before is None or other != held.before.place:
                carried = self._carried(held, side, other)
                if carried is not None:
                    yield carried

    def _tied_to(self, place: Place) -> Iterator[Place]:
        at, kind = place
        if self._adds_up(at):
            yield at, "pre" if kind == "post" else "post"
        for later in (at, at + 1):
            tied = later < len(self.rounds) and is_tied(self.rounds, later) and self.rounds[later].kind == kind
            if tied and self.currencies[later] == self.currencies[later - 1]:
                yield (at + 1 if later > at else at - 1), kind

    def _adds_up(self, at: int) -> bool:
        """Whether the money raised ties the two values."""
        one = self.rounds[at]
        if one.raised is None or one.raised.value.currency != self.currencies[at]:
            return False
        stated = [one.stated_as(kind) for kind in _KINDS]
        return self.checks_sums or not all(given and given.value.is_exact for given in stated)

    def _carried(self, held: Bound, side: Side, other: Place) -> Bound | None:
        """What follows from a bound at a place tied to its own; None where nothing does."""
        is_of_one_round = held.place[0] == other[0]
        step = self._over_the_money(held, side, other) if is_of_one_round else self._over_the_ratio(held, side, other)
        return Bound(step, other, held, held.hops + 1) if step else None

    def _over_the_money(self, held: Bound, side: Side, other: Place) -> Step | None:
        one = self.rounds[other[0]]
        assert one.raised is not None  # or they were not tied
        is_sum = other[1] == "post"
        amount, is_open = _end(one.raised.value, side if is_sum else OTHER[side])
        if amount is None:
            if (side == "high") == is_sum:
                return None
            amount = Decimal(0)  # of money that is only bounded from above, some was raised
        number = held.number + amount if is_sum else held.number - amount
        if number <= 0:
            return None
        rule: Rule = "pre_plus_raised" if is_sum else "post_less_raised"
        return Step(rule, side, number, held.is_open or is_open, _causes(one.raised.statement, held),
                    one.is_read_as_post, amount=amount, kind=other[1])  # fmt: skip

    def _over_the_ratio(self, held: Bound, side: Side, other: Place) -> Step | None:
        is_later = other[0] > held.place[0]
        one = self.rounds[max(held.place[0], other[0])]
        assert one.ratio is not None  # or they were not tied
        # The value before is at most the highest value now by the lowest ratio; so with the other ends.
        times, is_open = _end(one.ratio.value, side if is_later else OTHER[side])
        if not times:
            return None
        number = held.number * times if is_later else held.number / times
        # The two values compared are of one kind: where the source does not say which, both are read as post-money.
        return Step("ratio_of_previous" if is_later else "ratio_of_next", side, number, held.is_open or is_open,
                    _causes(one.ratio.statement, held), one.basis == "unspecified", times, kind=other[1])  # fmt: skip

    def tightest(self) -> dict[Place, dict[Side, Bound]]:
        """The tightest bounds of every value that has any; of equal ones that with the fewest steps."""
        found: dict[Place, dict[Side, Bound]] = defaultdict(dict)
        for side in OTHER:
            for premise in self.premises(side):
                _tighten(found, premise, side)
            # What bounds a value lies before it or after it: once through the rounds either way carries it there.
            for at in (*range(len(self.rounds)), *reversed(range(len(self.rounds)))):
                for kind in (*_KINDS, *_KINDS):
                    held = found[at, kind].get(side)
                    for carried in self._onwards(held, side) if held else ():
                        _tighten(found, carried, side)
        return {place: ends for place, ends in found.items() if ends}


_KINDS: tuple[Kind, Kind] = ("post", "pre")


def _tighten(found: dict[Place, dict[Side, Bound]], bound: Bound, side: Side) -> None:
    """Take a bound where it is tighter than the one held, or follows more shortly."""
    held = found[bound.place].get(side)
    if held is None:
        is_tighter = True
    elif bound.number != held.number:
        is_tighter = (bound.number > held.number) == (side == "low")
    else:
        is_tighter = (bound.is_open, -bound.hops) > (held.is_open, -held.hops)
    if is_tighter:
        found[bound.place][side] = bound


def cross(low: Bound, high: Bound) -> bool:
    """Whether two bounds of one value leave nothing between them."""
    return low.number > high.number or (low.number == high.number and (low.is_open or high.is_open))


def _read(one: ValuedRound, as_rounded: bool) -> ValuedRound:
    """The round with only what may bound a proof."""
    given_here = [each for each in (one.stated, one.raised, one.ratio, one.pre) if each]
    if not as_rounded and not any(each.value.is_approx for each in given_here):
        return one

    def read(given: Given[I] | None) -> Given[I] | None:
        if given is None or given.value.is_approx:
            return None
        if not as_rounded:
            return given
        low, high, low_open, high_open = given.value.admits()
        return Given(replace(given.value, low=low, high=high, low_open=low_open, high_open=high_open), given.statement)

    return replace(one, stated=read(one.stated), raised=read(one.raised), ratio=read(one.ratio), pre=read(one.pre))


def _currency(rounds: Sequence[ValuedRound], index: int) -> str:
    """The currency that bounds of a round are held in.

    Of its own value, else of the nearest value that ratios tie it to; where nobody states one, dollars for a unicorn,
    else that of the money raised, its own before that of the nearest round it is tied to.
    """
    near = _by_nearness(rounds, index)
    stated = [given.value.currency for one in near for given in (one.stated, one.pre) if given]
    if stated:
        return stated[0]
    others = ["USD" if one.is_unicorn else one.raised.value.currency if one.raised else "" for one in near]
    return next((currency for currency in others if currency), "")


def _by_nearness(rounds: Sequence[ValuedRound], index: int) -> list[ValuedRound]:
    """The round and those that ratios tie it to, nearest first, of two as near the later one."""
    first = last = index
    while first > 0 and is_tied(rounds, first):
        first -= 1
    while last + 1 < len(rounds) and is_tied(rounds, last + 1):
        last += 1
    return [rounds[at] for at in sorted(range(first, last + 1), key=lambda at: (abs(at - index), -at))]


def is_tied(rounds: Sequence[ValuedRound], index: int) -> bool:
    """Whether a ratio binds a round's value and the one before it: both before the money, or both after it."""
    if index == 0 or rounds[index].ratio is None or not rounds[index].follows:
        return False
    return rounds[index].kind == rounds[index - 1].kind


def _end(interval: Interval, side: Side) -> tuple[Decimal | None, bool]:
    return (interval.low, interval.low_open) if side == "low" else (interval.high, interval.high_open)


def _causes(statement: int, held: Bound) -> tuple[int, ...]:
    """The statements of a step: what stated the bound, where it is no step of its own, and what ties the values."""
    stated = held.step.statements if held.step.rule == "stated" else ()
    return tuple(dict.fromkeys((*stated, statement)))


def money_of(ends: Mapping[Side, Bound], currency: str) -> Money | None:
    """The interval between two bounds; None where there is neither."""
    low, high = ends.get("low"), ends.get("high")
    if low is None and high is None:
        return None
    return Money(
        low.number if low else None,
        high.number if high else None,
        bool(low and low.is_open),
        bool(high and high.is_open),
        currency=currency,
    )
