"""The past: what was known, or public, on a day, read from shadow tables by the same code as the present.

`read` says which day a query string asks for, a scope which records a page is about, and `shown` lets the queries of a
block read them as they were. docs/decisions tells why it is done so.
"""

from . import scopes
from .moments import NEVER_PUBLIC, ONE_DAY, PARAMETERS, BadMoment, Moment, read, read_day
from .scopes import LeftOut, Scope, TooMuch, days, left_out
from .shadows import CannotShow, shown

__all__ = [
    "NEVER_PUBLIC",
    "ONE_DAY",
    "PARAMETERS",
    "BadMoment",
    "CannotShow",
    "LeftOut",
    "Moment",
    "Scope",
    "TooMuch",
    "days",
    "left_out",
    "read",
    "read_day",
    "scopes",
    "shown",
]
