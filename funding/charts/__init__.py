"""Charts: a company's valuations (`history`, `drawing`, `pictures`), and money by quarter (`quarters`, `bars`)."""

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
