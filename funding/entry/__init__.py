"""A round or exit entered by hand: what its statements are, whether it adds up, what it may be, and its recording.

The door from a form to the records, beside `funding.reviewing`; both end in `funding.recording.record`.
"""

from .entries import Entry, Share
from .exits import ExitEntry, SavedExit, exit_near, save_exit
from .investors import InvestorEntry, is_below, save_investor
from .quoting import Quote
from .saving import Near, Recorded, Saved, rounds_near, save, saved_before
from .sums import adds_up, falls_short, makes
from .valuations import SavedValuation, ValuationEntry, save_valuation

__all__ = [
    "Entry",
    "ExitEntry",
    "InvestorEntry",
    "Near",
    "Quote",
    "Recorded",
    "Saved",
    "SavedExit",
    "SavedValuation",
    "Share",
    "ValuationEntry",
    "adds_up",
    "exit_near",
    "falls_short",
    "is_below",
    "makes",
    "rounds_near",
    "save",
    "save_exit",
    "save_investor",
    "save_valuation",
    "saved_before",
]
