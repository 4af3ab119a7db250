"""An investor's rounds by year and group of stages: the counts, and their bars. Pure but for words and markup."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from config.markup import markup

from .quarters import GROUPS, group_of

SHOWN: Final = 15
LEFT, TOP, BASE, HEIGHT = 36, 22, 220, 244
FOOT: Final = BASE + 18  # where the years are written
MOST_LINES: Final = 4
FILLED: Final = 0.66  # of its place a bar takes, but never more than
WIDEST: Final = 46


@dataclass(slots=True)
class OfYear:
    """The rounds of one year, 0 standing for those without a date: by group of stages, and how many were led."""

    year: int
    rounds: int = 0
    led: int = 0
    by_group: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Years:
    """All years from the first with a round to the last, and the rounds without a date."""

    years: list[OfYear]
    undated: OfYear | None

    @property
    def groups(self) -> list[tuple[str, object]]:
        """The groups that some year has, as (class, label), the earliest stages first."""
        every = [*self.years, *([self.undated] if self.undated else [])]
        used = {group for one in every for group in one.by_group}
        return [(css, label) for css, label, _stages in reversed(GROUPS) if css in used]

    @property
    def newest_first(self) -> list[OfYear]:
        """The lines of the table."""
        return [*reversed(self.years), *([self.undated] if self.undated else [])]


@dataclass(frozen=True, slots=True)
class Part:
    css: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One year as it is drawn."""

    of: OfYear
    x: str
    middle: str
    top: str
    label: str
    parts: list[Part]

    def in_svg(self, address: str, width: int) -> SafeString:
        """The bar as it is drawn, which leads to its rounds: those of a year, at the end of this address."""
        year, rounds = self.of.year, self.of.rounds
        words = ngettext("%(year)s: %(n)s round", "%(year)s: %(n)s rounds", rounds) % {"year": year, "n": rounds}
        rect = '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>'
        drawn = [markup(rect, part.css, self.x, part.y, width, part.height) for part in self.parts]
        if self.label:
            text = '<text x="{}" y="{}" class="t-mid t-ink">{}</text>'
            drawn.append(markup(text, self.middle, self.top, self.label))
        drawn.append(markup('<text x="{}" y="{}" class="t-mid">{}</text>', self.middle, FOOT, year))
        href = f"{address}&since={year}&until={year}&status=closed"
        return markup('<a href="{}" aria-label="{}">{}</a>', href, words, SafeString("".join(drawn)))


@dataclass(frozen=True, slots=True)
class Drawing:
    """The bars and the lines behind them, in the units of the drawing; each line is (y, y of its number, number)."""

    width: int
    height: int
    bar_width: int
    bars: list[Bar]
    ticks: list[tuple[str, str, int]]

    def in_svg(self, address: str) -> SafeString:
        """All its bars, each leading to its rounds at this address."""
        return SafeString("\n".join([bar.in_svg(address, self.bar_width) for bar in self.bars]))


def of_totals(rows: Iterable[tuple[int, str, int, int]]) -> Years:
    """The years of rows of (year, stage, rounds, led); a year without a round between others has none."""
    found: dict[int, OfYear] = {}
    for year, stage, rounds, led in rows:
        one = found.setdefault(year, OfYear(year))
        one.rounds += rounds
        one.led += led
        group = group_of(stage)
        one.by_group[group] = one.by_group.get(group, 0) + rounds
    undated = found.pop(0, None)
    every = range(min(found), max(found) + 1) if found else ()
    return Years([found.get(year, OfYear(year)) for year in every], undated)


def draw(years: Years, width: int, shown: int = SHOWN) -> Drawing | None:
    """The last years as bars over a base line, with how many rounds each has; None of no year."""
    drawn = years.years[-shown:]
    if not drawn:
        return None
    step, lines = _scale(max(one.rounds for one in drawn))
    slot = (width - LEFT) / max(len(drawn), 4)
    bar_width = min(int(slot * FILLED), WIDEST)
    bars = []
    for number, one in enumerate(drawn):
        x = LEFT + number * slot + (slot - bar_width) / 2
        parts, level = _parts(one, step * lines)
        label = str(one.rounds) if one.rounds else ""
        bars.append(Bar(one, f"{x:.1f}", f"{x + bar_width / 2:.1f}", f"{level - 7:.1f}", label, parts))
    heights = [(BASE - (BASE - TOP) * at / lines, step * at) for at in range(lines + 1)]
    return Drawing(width, HEIGHT, bar_width, bars, [(f"{y:.1f}", f"{y + 4:.1f}", number) for y, number in heights])


def _scale(most: int) -> tuple[int, int]:
    """A round distance between the lines, and how many of them reach the highest bar."""
    steps = (factor * 10**power for power in range(9) for factor in (1, 2, 5))
    step = next(step for step in steps if step * MOST_LINES >= most)
    return step, max(-(-most // step), 1)


def _parts(one: OfYear, highest: int) -> tuple[list[Part], float]:
    """The parts of a bar from its foot, with a line of paper between them, and the height at which they end."""
    level, found = float(BASE), []
    for css, _label, _stages in GROUPS:
        if count := one.by_group.get(css):
            height = count / highest * (BASE - TOP)
            found.append(Part(css, f"{level - height:.1f}", f"{max(height - 1, 0.5):.1f}"))
            level -= height
    return found, level
