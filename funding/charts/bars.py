"""Sums per quarter as the bars of a drawing: where each stands, how high it is, and what the lines behind it mean."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from django.utils.safestring import SafeString

from config.markup import markup
from funding import figures
from funding.charts.quarters import GROUPS, History, OfQuarter


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
    quarter: str
    year: int | None

    def in_svg(self, address: str, width: int) -> SafeString:
        """The bar as it is drawn, which leads to its rounds at this address."""
        size = 'x="{}" y="{}" width="{}" height="{}"'
        drawn = []
        for part in self.parts:
            at = markup(size, self.x, part.y, width, part.height)
            drawn.append(markup('<rect class="{}" {}/>', part.css, at))
            if self.of.is_incomplete:
                drawn.append(markup('<rect {} fill="url(#hatch)"/>', at))
        for words, classes, y in (
            (self.label, "t-mid t-ink", self.top),
            (self.quarter, "t-mid", QUARTERS_AT),
            (self.year or "", "t-mid", YEARS_AT),
        ):
            if words:
                drawn.append(markup('<text x="{}" y="{}" class="{}">{}</text>', self.middle, y, classes, words))
        return markup(
            '<a href="{}?{}" aria-label="{}">{}</a>', address, self.of.query, self.of.words, SafeString("".join(drawn))
        )


@dataclass(frozen=True, slots=True)
class Tick:
    y: str
    text_y: str
    label: str
    is_above: bool = False  # on its line and not before it, where it has no room


@dataclass(frozen=True, slots=True)
class Drawing:
    """The bars and the lines behind them, in the units of the drawing."""

    width: int
    bars: list[Bar]
    ticks: list[Tick]
    bar_width: int

    def in_svg(self, address: str) -> SafeString:
        """All its bars, each leading to its rounds at this address."""
        return SafeString("\n".join([bar.in_svg(address, self.bar_width) for bar in self.bars]))


LEFT, TOP, BASE = 44, 24, 299
MOST_BEFORE = 7  # characters of a label that the room before the bars holds
QUARTERS_AT, YEARS_AT = 319, 336  # where their words stand
MOST_LINES = 5
MOST_BAR, FILLED = 46, 0.74  # the widest bar, and how much of its place a bar takes
ROOM_FOR_SUM, ROOM_FOR_QUARTER = 36, 20


def draw(history: History, width: int, most: int) -> Drawing:
    """The last quarters, so many at most, as bars over a base line, the axis starting at nought."""
    quarters = history.quarters[-most:]
    step, lines, scale = _scale(max((one.total for one in quarters), default=Decimal(0)))
    highest = step * lines
    slot = (width - LEFT) / len(quarters)
    bar_width = min(MOST_BAR, int(slot * FILLED))
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
                label=_label(one, scale) if slot >= ROOM_FOR_SUM else "",
                parts=parts,
                quarter=one.quarter.short if slot >= ROOM_FOR_QUARTER else "",
                year=one.quarter.year if is_first else None,
            )
        )
    return Drawing(width, bars, _ticks(step, lines, scale, history.currency), bar_width)


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


def _scale(highest: Decimal) -> tuple[Decimal, int, Decimal]:
    """A round distance between at most five lines that reach the highest bar, their number, and the unit of both."""
    least = max(highest, Decimal(1000)) / MOST_LINES
    power = Decimal(1).scaleb(least.adjusted())
    step = next(power * Decimal(factor) for factor in ("1", "2", "2.5", "5", "10") if power * Decimal(factor) >= least)
    lines = max(int((highest / step).to_integral_value(ROUND_CEILING)), 1)
    scale = next((scale for scale, _ in figures.SCALES if step * lines >= scale), Decimal(1))
    return step, lines, scale


def _label(one: OfQuarter, scale: Decimal) -> str:
    """The sum in the unit of the axis, to one decimal below ten: a hint, for the table has the figure."""
    if not one.by_group:
        return ""
    in_units = one.total / scale
    least = Decimal("0.1")
    if in_units < least:
        return f"< {figures.bare(least)}"
    is_bound = one.is_incomplete and not one.inexact.total()
    rounded = in_units.quantize(least if in_units < 10 else Decimal(1), ROUND_FLOOR if is_bound else ROUND_HALF_EVEN)
    if is_bound:
        return f"≥ {figures.bare(rounded, upwards=False)}"
    return f"{'≈ ' if one.inexact.total() else ''}{figures.bare(rounded)}"


def _ticks(step: Decimal, lines: int, scale: Decimal, currency: str) -> list[Tick]:
    ticks = []
    for number in range(lines + 1):
        y = BASE - (BASE - TOP) * number / lines
        amount = step * number
        top = figures.number(amount, figures.sign_of(currency))
        label = str(top) if number == lines else figures.bare(amount / scale)
        is_above = len(label) > MOST_BEFORE
        ticks.append(Tick(f"{y:.1f}", f"{y - 6 if is_above else y + 4:.1f}", label, is_above))
    return ticks
