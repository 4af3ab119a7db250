"""What every part of the picture is measured by: the frame in pixels, the axes, and the names of its colours."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from html import escape
from math import log10

from .history import History, Point
from .labels import Box
from .scale import Scale

ACCENT, DERIVED, PAPER = "var(--accent)", "var(--derived)", "var(--paper)"
INK, INK_SOFT, INK_FAINT = "var(--ink)", "var(--ink-soft)", "var(--ink-faint)"
LINE, LINE_STRONG = "var(--line)", "var(--line-strong)"
BAND = "var(--derived-soft)"
NOTHING = "rgba(0,0,0,0)"
ARROW = 30  # pixels
RADIUS = 6.5
# The left half of a dot: two Bezier curves stand for the arc that Plotly's paths do not have.
LEFT_HALF = "M0,-6.5C-8.7,-6.5 -8.7,6.5 0,6.5Z"
# Around a point, an arrow that points up, and one that points down.
RING = "M0,-11C14.6,-11 14.6,11 0,11C-14.6,11 -14.6,-11 0,-11Z"
AROUND_UP = "M-11,6L11,6L11,-36L-11,-36Z"
AROUND_DOWN = "M-11,-6L11,-6L11,36L-11,36Z"


@dataclass(frozen=True, slots=True)
class Frame:
    """The size that a layout is made for, in pixels; `rail` is what the rounds below take of the height."""

    width: int
    height: int
    left: int = 46
    right: int = 10
    top: int = 30
    bottom: int = 8
    rail: float = 0.24

    @property
    def inner(self) -> Box:
        """Where labels of the upper part may stand."""
        return Box(self.left + 2, 0, self.width - 2, self.top + self.plot_height)

    @property
    def plot_width(self) -> int:
        return self.width - self.left - self.right

    @property
    def plot_height(self) -> float:
        """The height of the upper part, from its top tick to its axis."""
        return (self.height - self.top - self.bottom) * (1 - self.rail)


@dataclass(frozen=True)
class Canvas:
    """A history with its axes: what every part of the picture is measured by."""

    history: History
    scale: Scale
    first: datetime.date
    last: datetime.date

    @cached_property
    def days(self) -> int:
        """How many days the time axis spans."""
        return (self.last - self.first).days

    def x(self, day: datetime.date, frame: Frame) -> float:
        """Pixels from the left edge."""
        share = (day - self.first).days / self.days
        return frame.left + share * frame.plot_width

    def y(self, amount: Decimal, frame: Frame) -> float:
        """Pixels from the top edge."""
        return frame.top + (1 - self.scale.share(amount)) * frame.plot_height

    def on_axis(self, amount: Decimal) -> float:
        """A place on the axis for annotations, which Plotly counts in powers of ten on a logarithmic axis."""
        return log10(amount) if self.scale.is_log else float(amount)


def stands_at(point: Point) -> str:
    return point.middle.isoformat()


def is_exact(point: Point) -> bool:
    return point.money is not None and point.money.low is not None and point.money.low == point.money.high


def is_range(point: Point) -> bool:
    money = point.money
    return money is not None and money.low is not None and money.high is not None and money.low != money.high


def colour(point: Point) -> str:
    return DERIVED if point.is_derived else ACCENT


def floor(canvas: Canvas, amount: Decimal) -> float:
    """An amount for drawing; on a logarithmic axis nothing lies below its foot."""
    return float(max(amount, canvas.scale.low))


def safe(text: str) -> str:
    """Names and publishers are anybody's words; Plotly reads a little HTML in texts."""
    return escape(text, quote=False)
