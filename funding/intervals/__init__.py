"""Bounds that follow from what is said of a company's valuations, each with its proof. Pure Python.

The rules: the value before the money and the money raised make the value after it; a stated ratio binds a valuation
and the one before it ("flat" is a ratio of one, "down" one below it); the value after a round exceeds the money raised
in it; a unicorn is worth a thousand million dollars or more. An unspecified basis is read as post-money, and the proof
says so. An approximate figure never bounds a proof. Bounds of different currencies are never combined. Of statements
that contradict each other nothing is derived, and the smallest sets that do are named.
"""

from .conflicts import conflicts
from .given import Bounded, Compared, Conflict, Given, Step, ValuedRound
from .multiples import FLAT, direction, is_unicorn, stake_sold
from .propagation import propagate
from .web import UNICORN

__all__ = [
    "FLAT",
    "UNICORN",
    "Bounded",
    "Compared",
    "Conflict",
    "Given",
    "Step",
    "ValuedRound",
    "conflicts",
    "direction",
    "is_unicorn",
    "propagate",
    "stake_sold",
]
