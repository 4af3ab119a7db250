"""Cells of a CSV file that a spreadsheet would take for a formula, made harmless and restored. Pure.

A cell that begins with one of `TRIGGERS`, whatever number of apostrophes stands before it, gets one apostrophe more.
So what reads a file back takes exactly one away, and nothing is lost.
"""

import re
from typing import Final

# PostgreSQL holds no NUL, which is a trigger too; a file from elsewhere may.
TRIGGERS: Final = "=+-@\t\r\0"
_DEFUSED = re.compile(r"'+[=+\-@\t\r\0]")
_LIVE = re.compile(r"'*[=+\-@\t\r\0]")


def defused(cell: str) -> str:
    """The cell as a spreadsheet-safe file has it.

    >>> defused("=1+1"), defused("'=1+1"), defused("plain - and simple")
    ("'=1+1", "''=1+1", 'plain - and simple')
    """
    return f"'{cell}" if _LIVE.match(cell) else cell


def restored(cell: str) -> str:
    """What was meant by a cell of a spreadsheet-safe file: the inverse of `defused`."""
    return cell[1:] if _DEFUSED.match(cell) else cell
