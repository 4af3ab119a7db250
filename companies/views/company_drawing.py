"""A small drawing of one figure over time, as SVG that needs no script: dots, bars for ranges, and no slopes."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from funding.charts import scale
from funding.values import Interval, Money, PartialDate

WIDTH, HEIGHT = 340, 150
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 12, 24
ARROW: Final = 16
MOST_YEARS_NAMED: Final = 6


@dataclass(frozen=True, slots=True)
class Spot:
    """One value at one date; `is_open` where it is only expected."""

    on: PartialDate
    value: Interval
    words: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Dot:
    """A spot in pixels: its middle, the ends of its bar where it is no single number, and how wide its date is."""

    x: float
    y: float
    left: float
    right: float
    top: float
    bottom: float
    words: str
    is_open: bool
    is_bar: bool
    is_other: bool
    arrow: str  # "up" or "down" where nothing bounds it on that side


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that the template draws. `held` are level lines (x1, x2, y), `dotted` the one after the last value."""

    dots: list[Dot]
    held: list[tuple[float, float, float]]
    dotted: tuple[float, float, float] | None
    grid: list[tuple[float, str]]
    years: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    foot: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class _Paper:
    """The axes: from the first day to the last, and from nought to the largest amount."""

    axis: scale.Scale
    first: datetime.date
    days: int

    def x(self, day: datetime.date) -> float:
        share = min(max((day - self.first).days / self.days, 0), 1)
        return round(LEFT + (WIDTH - LEFT - RIGHT) * share, 1)

    def y(self, amount: Decimal) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - self.axis.share(amount)), 1)


def draw(spots: Sequence[Spot], today: datetime.date) -> Drawing:
    """The drawing of values in the order of their dates; a second one of the same date stands as a short tick."""
    largest = max([Decimal(1), *(end for spot in spots for end in (spot.value.low, spot.value.high) if end)])
    value = spots[0].value
    first = min(spot.on.first_day for spot in spots).replace(month=1, day=1)
    last = max(today, *(spot.on.last_day for spot in spots))
    axis = scale.linear(largest, value.currency if isinstance(value, Money) else "")
    paper = _Paper(axis, first, max((last - first).days, 365))
    dots = [
        _dot(spot, paper, is_other=any(spot.on == before.on for before in spots[:at])) for at, spot in enumerate(spots)
    ]
    chosen = [dot for dot in dots if not dot.is_other]
    held = [(one.x, after.x, one.y) for one, after in zip(chosen, chosen[1:], strict=False) if not one.is_bar]
    end, newest = paper.x(today), chosen[-1]
    dotted = (newest.x, end, newest.y) if newest.x < end and not newest.is_bar else None
    named = [(paper.y(tick), words.strip()) for tick, words in zip(axis.ticks, axis.words, strict=True)]
    return Drawing(dots, held, dotted, named[::-1][::2][::-1], _years(first.year, last.year, paper))


def _dot(spot: Spot, paper: _Paper, *, is_other: bool) -> Dot:
    low, high = spot.value.low, spot.value.high
    y = paper.y(spot.value.middle)
    top = paper.y(high) if high is not None else y - ARROW
    bottom = paper.y(low) if low is not None else y + ARROW
    left, right = paper.x(spot.on.first_day), paper.x(spot.on.last_day)
    middle = round((left + right) / 2, 1)
    is_bar = low != high
    arrow = "up" if high is None else "down" if low is None else ""
    return Dot(middle, y, left, right, top, bottom, spot.words, spot.is_open, is_bar, is_other, arrow)


def _years(first: int, last: int, paper: _Paper) -> list[tuple[float, str]]:
    """The first days of years, few enough for their names to stand beside one another."""
    step = next(step for step in (1, 2, 5, 10, 25, 50, 100, 500) if (last - first) // step < MOST_YEARS_NAMED)
    return [(paper.x(datetime.date(year, 1, 1)), str(year)) for year in range(first, last + 1, step)]
