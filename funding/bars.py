"""Sums per quarter as the bars of a drawing: where each stands, how high it is, and what the lines behind it mean."""

from dataclasses import dataclass
from decimal import Decimal

from funding import figures
from funding.quarters import GROUPS, SHOWN, History, OfQuarter


@dataclass(frozen=True, slots=True)
class Part:
    """One coloured part of a bar."""

    css: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One quarter as it is drawn."""

    of: OfQuarter
    x: str
    middle: str
    top: str
    label: str
    parts: list[Part]
    year: int | None


@dataclass(frozen=True, slots=True)
class Tick:
    y: str
    text_y: str
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The bars and the lines behind them, in the units of the drawing."""

    width: int
    bars: list[Bar]
    ticks: list[Tick]
    bar_width: int


LEFT, TOP, BASE = 44, 24, 299


def draw(history: History, width: int, bar_width: int, shown: int = SHOWN) -> Drawing:
    """The last quarters as bars over a base line, the axis starting at nought."""
    quarters = history.quarters[-shown:]
    step, unit_step = _step(max((one.total for one in quarters), default=Decimal(0)))
    highest = step * 5
    slot = (width - LEFT) / len(quarters)
    bars = []
    for number, one in enumerate(quarters):
        x = LEFT + number * slot + (slot - bar_width) / 2
        parts, level = _parts(one, highest)
        is_first = number == 0 or one.quarter.number == 1
        bars.append(
            Bar(
                of=one,
                x=f"{x:.1f}",
                middle=f"{x + bar_width / 2:.1f}",
                top=f"{level - 8:.1f}",
                label=_label(one, unit_step),
                parts=parts,
                year=one.quarter.year if is_first else None,
            )
        )
    return Drawing(width, bars, _ticks(step, unit_step), bar_width)


def _parts(one: OfQuarter, highest: Decimal) -> tuple[list[Part], float]:
    """The parts of a bar from its foot, with a line of paper between them, and the height at which they end."""
    level, parts = float(BASE), []
    for css, _, _ in GROUPS:
        amount = one.by_group.get(css)
        if not amount:
            continue
        height = float(amount / highest) * (BASE - TOP)
        parts.append(Part(css, f"{level - height:.1f}", f"{max(height - 1, 0.5):.1f}"))
        level -= height
    return parts, level


def _step(highest: Decimal) -> tuple[Decimal, Decimal]:
    """A round distance between five lines that reach over the highest bar, and the unit it is written in."""
    least = max(highest, Decimal(1000)) / 5
    power = Decimal(1).scaleb(least.adjusted())
    step = next(power * Decimal(factor) for factor in ("1", "2", "2.5", "5", "10") if power * Decimal(factor) >= least)
    scale = next((scale for scale, _ in figures.SCALES if step * 5 >= scale), Decimal(1))
    return step, scale


def _label(one: OfQuarter, scale: Decimal) -> str:
    if not one.by_group:
        return ""
    digits = figures.number(one.total / scale).digits if one.total >= scale / 100 else "0"
    return f"≥ {digits}" if one.is_incomplete else digits


def _ticks(step: Decimal, scale: Decimal) -> list[Tick]:
    ticks = []
    for number in range(6):
        y = BASE - (BASE - TOP) * number / 5
        amount = step * number
        label = str(figures.number(amount, "$")) if number == 5 else str(figures.number(amount / scale))
        ticks.append(Tick(f"{y:.1f}", f"{y + 4:.1f}", label))
    return ticks
