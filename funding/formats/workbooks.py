"""The rows of the first sheet of an .xlsx workbook, as the words that a CSV file of it would have."""

import datetime
import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from os import PathLike
from typing import Any, Final

from openpyxl import load_workbook

from funding.values import plain

from .sentences import DAMAGED_WORKBOOK, TOO_LARGE, Refused

# How many times its size a workbook may unpack to: sheets are wordy XML.
MOST_TIMES: Final = 400
LEAST_BOUNDED: Final = 64 * 1024 * 1024


def records(file: str | PathLike[str] | bytes) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number from 1, without the blank cells at its end.

    Raises Refused where the file is no workbook, is damaged, or unpacks to far more than one would.
    """
    packed: Any = io.BytesIO(file) if isinstance(file, bytes) else file
    _bound(packed)
    book = None
    # The library lets through whatever the XML and its own parts raise, so nothing narrower says "damaged".
    try:
        book = load_workbook(packed, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = enumerate(sheet.iter_rows(values_only=True), 1)
        while (row := next(rows, None)) is not None:
            cells = [_words(value) for value in row[1]]
            while cells and not cells[-1]:
                cells.pop()
            yield row[0], cells
    except GeneratorExit:
        raise
    except Exception as error:
        raise Refused(DAMAGED_WORKBOOK) from error
    finally:
        if book is not None:
            book.close()


def _bound(packed: Any) -> None:
    try:
        with zipfile.ZipFile(packed) as parts:
            infos = parts.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OverflowError) as error:
        raise Refused(DAMAGED_WORKBOOK) from error
    unpacked, size = sum(one.file_size for one in infos), sum(one.compress_size for one in infos)
    if unpacked > LEAST_BOUNDED and unpacked > MOST_TIMES * size:
        raise Refused(TOO_LARGE % {"limit": MOST_TIMES})


def _words(value: Any) -> str:
    """A cell as a CSV file has it: dates as ISO, numbers plain."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, int | float):
        # The shortest decimal that stands for the number: a workbook holds 12.3 as the binary fraction next to it.
        number = Decimal(repr(value))
        return plain(number) if number.is_finite() else str(value)
    return str(value)
