"""The vertical axis of money: where it ends, its ticks and their words, and how far up a value stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cached_property

from funding import figures

STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
TICKS = 5
HEADROOM = 0.04


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`, linear from nought or logarithmic, with the words at its ticks."""

    is_log: bool
    low: Decimal
    high: Decimal
    ticks: tuple[Decimal, ...]
    words: tuple[str, ...]

    @cached_property
    def ends(self) -> tuple[float, float]:
        """What the axis spans as Plotly counts it (powers of ten if logarithmic), with room for a mark at the top."""
        low, high = (float(self.low.log10()), float(self.high.log10())) if self.is_log else (0.0, float(self.high))
        return low, high + HEADROOM * (high - low)

    def share(self, amount: Decimal) -> float:
        """How far up the axis an amount stands, 0 at the bottom and 1 at the upper end."""
        low, high = self.ends
        at = float(max(amount, self.low).log10()) if self.is_log else float(amount)
        return (at - low) / (high - low)


def linear(largest: Decimal, currency: str) -> Scale:
    """From nought to a round number at or above the largest amount, the unit only at the top tick."""
    least = largest / TICKS
    power = Decimal(1).scaleb(least.adjusted())
    step = next(step * power for step in STEPS if step * power >= least)
    count = int((largest / step).to_integral_value(ROUND_CEILING))
    ticks = tuple(step * number for number in range(count + 1))
    top = figures.number(ticks[-1], figures.sign_of(currency))
    unit = figures.scale_of(ticks[-1])
    words = [figures.bare(tick / unit) for tick in ticks[:-1]]
    return Scale(False, Decimal(0), ticks[-1], ticks, (*words, str(top)))


def logarithmic(amounts: Sequence[Decimal], currency: str) -> Scale:
    """From a round number at or below the smallest amount to one at or above the largest, whole decades labelled."""
    marks = [Decimal(mark).scaleb(power) for power in range(min(amounts).adjusted(), max(amounts).adjusted() + 2)
             for mark in (1, 2, 5)]  # fmt: skip
    first = max(at for at, mark in enumerate(marks) if mark <= min(amounts))
    last = min(at for at, mark in enumerate(marks) if mark >= max(amounts) and at > first)
    ticks = marks[first : last + 1]
    if len(ticks) > 2 * TICKS:
        ticks = [tick for tick in ticks if tick.as_tuple().digits == (1,)]
    return Scale(True, marks[first], marks[last], tuple(ticks), tuple(_short(tick, currency) for tick in ticks))


def _short(amount: Decimal, currency: str) -> str:
    return str(figures.number(amount, figures.sign_of(currency)))
