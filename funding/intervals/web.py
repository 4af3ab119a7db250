"""The values of a company's rounds and what ties them to each other, and how far one bound reaches.

Every round has a value before its money and one after it. The money raised ties these two, a stated ratio ties one of
them to that of the round before. There are no circles, so a bound reaches any other value by one path at most, and
the tightest that reaches a value is the tightest that follows for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, TypeVar

from funding.values import Interval, Money

from .given import Given, Kind, Step, ValuedRound

UNICORN = Decimal(1_000_000_000)

I = TypeVar("I", bound=Interval)  # noqa: E741
Side = Literal["low", "high"]
Place = tuple[int, Kind]
OTHER: dict[Side, Side] = {"low": "high", "high": "low"}


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a value: the number, whether it is excluded, and the steps that led to it, oldest first."""

    number: Decimal
    is_open: bool
    steps: tuple[Step, ...]

    @property
    def statements(self) -> tuple[int, ...]:
        """All that it rests on, in the order of the steps."""
        return tuple(dict.fromkeys(one for step in self.steps for one in step.statements))

    @property
    def is_formal(self) -> bool:
        """Whether it says no more than that money was raised."""
        return all(step.rule == "exceeds_raised" for step in self.steps)


class Web:
    """The values of rounds, oldest first, and their ties; figures called approximate are in none of them.

    `as_rounded` reads every figure as what may have been rounded to it. `checks_sums` has the money raised tie two
    values that are both stated, which adds nothing to what follows but may be a contradiction.
    """

    def __init__(self, rounds: Sequence[ValuedRound], *, as_rounded: bool = False, checks_sums: bool = False) -> None:
        self.rounds = [_read(one, as_rounded) for one in rounds]
        self.checks_sums = checks_sums
        self.currencies = [_currency(self.rounds, at) for at in range(len(rounds))]

    def premises(self, side: Side) -> Iterator[tuple[Place, Bound]]:
        """The bounds on one side that statements give of themselves."""
        for at, one in enumerate(self.rounds):
            for kind in _KINDS:
                stated = one.stated_as(kind)
                if stated and stated.value.currency == self.currencies[at]:
                    number, is_open = _end(stated.value, side)
                    if number is not None:
                        step = Step("stated", side, number, is_open, (stated.statement,), kind=kind)
                        yield (at, kind), Bound(number, is_open, (step,))
            if side == "low":
                yield from (((at, "post"), Bound(step.bound, step.is_open, (step,))) for step in self._floors(at))

    def _floors(self, at: int) -> Iterator[Step]:
        """What a value after the money is at least, whatever it is said to be."""
        one, currency = self.rounds[at], self.currencies[at]
        raised = one.raised
        if raised and raised.value.currency == currency and raised.value.low is not None:
            assumes = one.is_read_as_post
            yield Step("exceeds_raised", "low", raised.value.low, True, (raised.statement,), assumes)
        if one.is_unicorn and currency == "USD":
            yield Step("unicorn", "low", UNICORN, False, (one.is_unicorn.statement,))

    def reach(self, start: Place, bound: Bound, side: Side) -> Iterator[tuple[Place, Bound]]:
        """The bound at its own place and what follows from it at all others that it reaches."""
        pending: list[tuple[Place, Place | None, Bound]] = [(start, None, bound)]
        while pending:
            place, came_from, held = pending.pop()
            yield place, held
            for other in self._tied_to(place):
                carried = self._carried(held, side, place, other) if other != came_from else None
                if carried is not None:
                    pending.append((other, place, carried))

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

    def _carried(self, held: Bound, side: Side, place: Place, other: Place) -> Bound | None:
        """What follows from a bound at a place tied to it; None where nothing does."""
        if place[0] == other[0]:
            return self._over_the_money(held, side, other)
        return self._over_the_ratio(held, side, place, other)

    def _over_the_money(self, held: Bound, side: Side, other: Place) -> Bound | None:
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
        rule: Literal["pre_plus_raised", "post_less_raised"] = "pre_plus_raised" if is_sum else "post_less_raised"
        step = Step(rule, side, number, held.is_open or is_open, _causes(one.raised.statement, held),
                    one.is_read_as_post, amount=amount, kind=other[1])  # fmt: skip
        return Bound(number, step.is_open, (*_before(held), step))

    def _over_the_ratio(self, held: Bound, side: Side, place: Place, other: Place) -> Bound | None:
        is_later = other[0] > place[0]
        one = self.rounds[max(place[0], other[0])]
        assert one.ratio is not None  # or they were not tied
        # The value before is at most the highest value now by the lowest ratio; so with the other ends.
        times, is_open = _end(one.ratio.value, side if is_later else OTHER[side])
        if not times:
            return None
        number = held.number * times if is_later else held.number / times
        # The two values compared are of one kind: where the source does not say which, both are read as post-money.
        step = Step("ratio_of_previous" if is_later else "ratio_of_next", side, number, held.is_open or is_open,
                    _causes(one.ratio.statement, held), one.basis == "unspecified", times, kind=other[1])  # fmt: skip
        return Bound(number, step.is_open, (*_before(held), step))

    def tightest(self) -> dict[Place, dict[Side, Bound]]:
        """The tightest bounds of every value that has any; of equal ones that with the fewest steps."""
        found: dict[Place, dict[Side, Bound]] = {}
        for side in OTHER:
            for start, premise in self.premises(side):
                for place, bound in self.reach(start, premise, side):
                    ends = found.setdefault(place, {})
                    if side not in ends or _is_tighter(bound, ends[side], side):
                        ends[side] = bound
        return found


_KINDS: tuple[Kind, Kind] = ("post", "pre")


def _is_tighter(bound: Bound, held: Bound, side: Side) -> bool:
    if bound.number != held.number:
        return (bound.number > held.number) == (side == "low")
    return (bound.is_open, -len(bound.steps)) > (held.is_open, -len(held.steps))


def _read(one: ValuedRound, as_rounded: bool) -> ValuedRound:
    """The round with only what may bound a proof."""

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


def _before(held: Bound) -> tuple[Step, ...]:
    """The steps that a proof takes over with a bound: none for a stated one, which the next step names itself."""
    return held.steps if held.steps[-1].rule != "stated" else ()


def _causes(statement: int, held: Bound) -> tuple[int, ...]:
    """The statements of a step: what stated the bound, where it is no step of its own, and what ties the values."""
    stated = held.steps[-1].statements if held.steps[-1].rule == "stated" else ()
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
