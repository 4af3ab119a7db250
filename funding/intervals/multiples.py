"""One value against another: multiples, step-ups, stakes, whether a round was up or down, and unicorns. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from funding.values import Interval, Money, Multiple

from .given import Compared, Kind, ValuedRound, Why
from .web import OTHER, UNICORN, Bound, Side

# A value before the money this near to the one of the round before is the same price.
FLAT = Decimal("0.05")

Direction = Literal["up", "flat", "down"]


@dataclass(frozen=True, slots=True)
class Known:
    """The value of a round as far as it is known, and the statements that each end rests on.

    A formal end says no more than that money was raised; it is true, but tells nothing of a price.
    """

    money: Money
    statements: Mapping[Side, tuple[int, ...]]
    formal: frozenset[Side] = frozenset()
    assumes_post: bool = False

    def end(self, side: Side) -> tuple[Decimal | None, bool]:
        """One end that tells of a price, and whether it is excluded."""
        if side in self.formal:
            return None, False
        return (self.money.low, self.money.low_open) if side == "low" else (self.money.high, self.money.high_open)


def known(one: ValuedRound, kind: Kind, ends: Mapping[Side, Bound], derived: Money | None) -> Known | None:
    """The value before or after the money: the interval that follows, else the one stated, which may be approximate.

    Approximate figures prove nothing, but what they come to is worth knowing, and is called approximate.
    """
    stated = one.stated_as(kind)
    if stated and (derived is None or stated.value.is_approx or stated.value.is_exact):
        return _resting_on(stated.value, (stated.statement,))
    if derived is not None:
        formal: frozenset[Side] = frozenset(side for side, bound in ends.items() if bound.is_formal)
        statements = {side: bound.statements for side, bound in ends.items()}
        return Known(derived, statements, formal, kind == "pre" and one.is_read_as_post)
    return _roughly_before(one) if kind == "pre" else None


def _roughly_before(one: ValuedRound) -> Known | None:
    """What was raised, taken off the value after it, where one of the two is approximate or contradicted."""
    after, raised = one.stated_as("post"), one.raised
    if after is None or raised is None or after.value.currency != raised.value.currency:
        return None
    least, most, less, more = after.value.low, after.value.high, raised.value.low, raised.value.high
    if least is None or less is None or least != most or less != more or least <= less:
        return None
    is_approx = after.value.is_approx or raised.value.is_approx
    rest = Money(least - less, least - less, is_approx=is_approx, currency=after.value.currency)
    return _resting_on(rest, (after.statement, raised.statement), assumes_post=one.is_read_as_post)


def _resting_on(money: Money, statements: tuple[int, ...], *, assumes_post: bool = False) -> Known:
    return Known(money, {"low": statements, "high": statements}, assumes_post=assumes_post)


def compare(now: Known | None, before: Known | None, missing: Why) -> Compared:
    """The one value as a multiple of the other; `missing` is why there is none where nothing is known of it now."""
    if before is None:
        return Compared(why="value_before")
    if now is None:
        return Compared(why=missing)
    if now.money.currency != before.money.currency:
        return Compared(why="currency")
    ends: dict[Side, tuple[Decimal, bool]] = {}
    statements: list[int] = []
    for side, other in OTHER.items():
        (above, above_open), (below, below_open) = now.end(side), before.end(other)
        if above is not None and below:
            ends[side] = above / below, above_open or below_open
            statements += [*now.statements.get(side, ()), *before.statements.get(other, ())]
    if not ends:
        has_price = any(now.end(side)[0] is not None for side in OTHER)
        return Compared(why="value_before" if has_price else missing)
    (low, low_open), (high, high_open) = (ends.get(side, (None, False)) for side in OTHER)
    value = Multiple(low, high, low_open, high_open, now.money.is_approx or before.money.is_approx)
    return Compared(value, tuple(dict.fromkeys(statements)), assumes_post=now.assumes_post)


def with_stated(computed: Compared, one: ValuedRound) -> Compared:
    """The multiple computed from two values, held against the one that is said."""
    said = one.ratio
    if said is None:
        return computed
    as_said = Compared(said.value, (said.statement,), is_stated=True)
    found = computed.value
    if found is None:
        return as_said
    if found.is_approx or (found.low is not None and found.low == found.high):
        return computed
    if said.value.is_approx:
        return as_said
    narrowed = _both(found, said.value)
    if narrowed == said.value:
        return as_said
    if narrowed is None or narrowed == found:
        return computed
    return replace(computed, value=narrowed, statements=tuple(dict.fromkeys((*computed.statements, said.statement))))


def _both(a: Multiple, b: Multiple) -> Multiple | None:
    """What lies in both; None where nothing does."""
    lows = [(one.low, one.low_open) for one in (a, b) if one.low is not None]
    highs = [(one.high, not one.high_open) for one in (a, b) if one.high is not None]
    low, low_open = max(lows, default=(None, False))
    high, is_closed = min(highs, default=(None, True))
    try:
        return Multiple(low, high, low_open, not is_closed)
    except ValueError:
        return None


def direction(step_up: Multiple | None) -> Direction | None:
    """Whether the price rose, stayed (within `FLAT`) or fell; None where the step-up leaves it open."""
    if step_up is None:
        return None
    low, high, low_open, high_open = _as_meant(step_up)
    if low is not None and (low > 1 + FLAT or (low == 1 + FLAT and low_open)):
        return "up"
    if high is not None and (high < 1 - FLAT or (high == 1 - FLAT and high_open)):
        return "down"
    is_flat = low is not None and high is not None and low >= 1 - FLAT and high <= 1 + FLAT
    return "flat" if is_flat else None


def _as_meant(value: Interval) -> tuple[Decimal | None, Decimal | None, bool, bool]:
    return value.admits() if value.is_approx else (value.low, value.high, value.low_open, value.high_open)


def stake_sold(raised: Money | None, after: Money | None) -> Multiple | None:
    """Which part of the company the new money buys, as a fraction; None where nothing bounds it."""
    if raised is None or after is None or raised.currency != after.currency:
        return None
    low = raised.low / after.high if raised.low is not None and after.high else None
    high = raised.high / after.low if raised.high is not None and after.low else None
    # A value that only has to exceed the money says nothing of the part it buys.
    high = None if high is not None and high >= 1 else high
    if not low and high is None or (low is not None and low >= 1):
        return None
    low_open, high_open = raised.low_open or after.high_open, raised.high_open or after.low_open
    return Multiple(low, high, low_open and low is not None, high_open and high is not None,
                    raised.is_approx or after.is_approx)  # fmt: skip


def is_unicorn(usd: Money | None) -> bool | None:
    """Whether a value is a thousand million dollars or more; None where its interval leaves it undetermined."""
    if usd is None:
        return None
    low, high, _, high_open = _as_meant(usd)
    if low is not None and low >= UNICORN:
        return True
    if high is not None and (high < UNICORN or (high == UNICORN and high_open)):
        return False
    return None
