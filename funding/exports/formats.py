"""How a file is written: CSV, JSON lines, or an XLSX workbook, each from one COPY of PostgreSQL with flat memory."""

import datetime
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any, Final

import orjson
import xlsxwriter
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from .columns import Column, Kind

CHUNK: Final = 64 * 1024
# A reader with a slow line may take long; one that went away ends the COPY at once.
TIMEOUT: Final = "1h"
WORK_MEMORY: Final = "64MB"  # of the server, for each sort or join of the rows
# What the server is told while it works out all rows of a kind. A merge join would sort them by its own key first, as
# wide as they are by then, which the order of the file does once more.
OF_ALL: Final = {"enable_mergejoin": "off"}
# What a sheet of a workbook and one cell of it hold.
SHEET_ROWS: Final = 1_048_576
CELL_LENGTH: Final = 32_767
# A workbook holds numbers as binary ones, of which fifteen digits are sure.
SURE_DIGITS: Final = 15
FIRST_DATE: Final = "1900-03-01"  # before it workbooks count a day that there was not


class CannotHold(ValueError):
    """A cell that the format has no room for; the message says which."""


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT of the cells, with the values of its placeholders; whether it `is_whole`, of all rows of a kind."""

    select: sql.Composable
    params: tuple[Any, ...]
    is_whole: bool = False

    @property
    def settings(self) -> dict[str, str]:
        """What the server is told for it."""
        return {"statement_timeout": TIMEOUT, "work_mem": WORK_MEMORY} | (OF_ALL if self.is_whole else {})


# Pieces of the file, each with the number of rows that are in it and those before it.
Pieces = Iterator[tuple[bytes, int]]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write rows: `is_defused` where a program would run cells, `is_typed` where cells keep their sort."""

    suffix: str
    content_type: str
    write: Callable[[Sequence[Column], Query], Pieces]
    is_defused: bool = False
    is_typed: bool = True


def _copied(query: Query, wrapped: str) -> Iterator[bytes]:
    """The lines of a COPY, all of one moment; the transaction ends with the last one."""
    statement = sql.SQL(wrapped).format(query.select)
    with transaction.atomic(), connection.cursor() as cursor:
        for setting, value in query.settings.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [setting, value])
        with cursor.copy(statement, query.params) as copy:
            for line in copy:
                yield bytes(line)


def _csv(_columns: Sequence[Column], query: Query) -> Pieces:
    """RFC 4180: a head, commas, lines ended by CRLF."""
    pending, count = bytearray(), -1
    for line in _copied(query, "COPY ({}) TO STDOUT WITH (FORMAT csv, HEADER)"):
        # The server sends one line at a time, ended by LF; CSV ends them by CRLF.
        pending += line
        pending[-1:] = b"\r\n"
        count += 1
        if len(pending) >= CHUNK:
            yield bytes(pending), count
            pending.clear()
    yield bytes(pending), count


def _objects(query: Query) -> Iterator[bytes]:
    """Each row as a JSON object, ended by LF."""
    for line in _copied(query, "COPY (SELECT row_to_json(line) FROM ({}) line) TO STDOUT"):
        # COPY doubles backslashes; whatever else it would mark, JSON has marked by one already.
        yield line.replace(rb"\\", b"\\")


def _json_lines(_columns: Sequence[Column], query: Query) -> Pieces:
    pending, count = bytearray(), 0
    for line in _objects(query):
        pending += line
        count += 1
        if len(pending) >= CHUNK:
            yield bytes(pending), count
            pending.clear()
    yield bytes(pending), count


def _workbook(columns: Sequence[Column], query: Query) -> Pieces:
    """An XLSX file; it is whole before its first piece, for it begins with what is known last."""
    with tempfile.TemporaryFile() as file:
        count = _fill(file, columns, query)
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece, count


def _fill(file: IO[bytes], columns: Sequence[Column], query: Query) -> int:
    """Write the rows into a workbook, on as many sheets as they need; how many there are."""
    # Rows go to the disk as they come.
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_urls": False})
    book.use_zip64()
    # The same rows make the same bytes, whenever they are written.
    book.set_properties({"created": datetime.datetime(1980, 1, 1)})
    bold, dated = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet, at, count = None, SHEET_ROWS, 0

    def next_sheet() -> Any:
        added = book.add_worksheet()
        added.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            added.write_string(0, place, column.heading, bold)
        return added

    try:
        for line in _objects(query):
            if at == SHEET_ROWS:
                sheet, at = next_sheet(), 1
            for place, (column, cell) in enumerate(zip(columns, orjson.loads(line).values(), strict=True)):
                if cell is not None:
                    _write_cell(sheet, at, place, column, cell, dated, count + 1)
            at, count = at + 1, count + 1
        if sheet is None:
            next_sheet()
    finally:
        book.close()
    return count


def _write_cell(sheet: Any, row: int, place: int, column: Column, cell: Any, dated: Any, number: int) -> None:
    """A cell as what it is: a number that no digit is lost of, a date that is known to the day, or else words."""
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, int):
        sheet.write_number(row, place, cell)
    elif column.kind is Kind.NUMBER and is_sure(cell):
        sheet.write_number(row, place, float(cell))
    elif column.kind is Kind.DATE and len(cell) == len(FIRST_DATE) and cell >= FIRST_DATE:
        sheet.write_datetime(row, place, datetime.date.fromisoformat(cell), dated)
    elif sheet.write_string(row, place, cell) != 0:
        told = _("Row %(row)s has %(length)s characters in “%(column)s”; a cell of a workbook holds %(most)s."
                 " Choose other columns, or CSV or JSON lines.")  # fmt: skip
        raise CannotHold(told % {"row": number, "length": len(cell), "column": column.heading, "most": CELL_LENGTH})


def is_sure(number: str) -> bool:
    """Whether a decimal number stays itself as a binary one of fifteen digits.

    >>> is_sure("4500000000"), is_sure("0.1"), is_sure("1234567890123456.78")
    (True, True, False)
    """
    digits = Decimal(number).normalize().as_tuple().digits
    return len(digits) <= SURE_DIGITS


FORMATS: Final = {
    "csv": Format("csv", "text/csv; charset=utf-8", _csv, is_defused=True, is_typed=False),
    "xlsx": Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _workbook),
    "jsonl": Format("jsonl", "application/x-ndjson", _json_lines),
}
