"""The valuation chart: what it shows (`history`), and its picture as a plain Plotly figure (`drawing`)."""

from .drawing import figure
from .history import CURRENCIES, SCALES, History, Point, UnknownChoice, View, build, derived_words, raised_words

__all__ = [
    "CURRENCIES",
    "SCALES",
    "History",
    "Point",
    "UnknownChoice",
    "View",
    "build",
    "derived_words",
    "figure",
    "raised_words",
]
