"""A round or exit entered by hand: what its statements are, whether it adds up, what it may be, and its recording.

The door from a form to the records, beside `funding.reviewing`; both end in `funding.recording.record`.
"""

from .changing import (
    Differing,
    Outdated,
    StatedElsewhere,
    differences,
    save_change,
    version_of,
)
from .companies import CompanyEntry, PersonEntry, company_of, person_of
from .entries import Entry, Share
from .exits import ExitEntry, SavedExit, exit_near, save_exit
from .holding import company_held, exit_held, round_held
from .investors import InvestorEntry, is_below, is_known_by_name, save_investor
from .quoting import Quote
from .saving import Near, Recorded, Saved, record_once, recorded_before, rounds_near, save, saved_before
from .sums import adds_up, falls_short, makes
from .valuations import SavedValuation, ValuationEntry, save_valuation

__all__ = [
    "CompanyEntry",
    "Differing",
    "Entry",
    "ExitEntry",
    "InvestorEntry",
    "Near",
    "Outdated",
    "PersonEntry",
    "Quote",
    "Recorded",
    "Saved",
    "SavedExit",
    "SavedValuation",
    "Share",
    "StatedElsewhere",
    "ValuationEntry",
    "adds_up",
    "company_held",
    "company_of",
    "differences",
    "exit_held",
    "exit_near",
    "falls_short",
    "is_below",
    "is_known_by_name",
    "makes",
    "person_of",
    "record_once",
    "recorded_before",
    "round_held",
    "rounds_near",
    "save",
    "save_change",
    "save_exit",
    "save_investor",
    "save_valuation",
    "saved_before",
    "version_of",
]
