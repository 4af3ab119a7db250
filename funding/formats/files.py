"""Open a file as a table: its encoding, delimiter and header are guessed and told, and its rows stream.

A table may be CSV, plain or compressed by gzip, or the first sheet of an .xlsx workbook. Nothing of it is held in
memory but the row in hand.
"""

import csv
import gzip
import io
import itertools
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import IO, Any, Final

from . import encodings, known, workbooks
from .sentences import (
    BAD_DELIMITER,
    CELL_TOO_LONG,
    DAMAGED_GZIP,
    LINE_TOO_LONG,
    NO_HEADER,
    TOO_LARGE,
    Refused,
)

DELIMITERS: Final = (",", ";", "\t", "|")
SAMPLE: Final = 256 * 1024  # characters that delimiter and header are guessed from
PREAMBLE: Final = 30  # rows among which the header is
LONGEST: Final = 16 * 1024 * 1024  # characters of one cell or line
# How many times its size a compressed file may unpack to, once it is beyond the least.
MOST_TIMES: Final = 200
LEAST_BOUNDED: Final = 64 * 1024 * 1024

Place = str | PathLike[str]
# The limit of the module is that of the whole process; nothing else in Roundbook reads CSV.
csv.field_size_limit(LONGEST)


class Broken(list[str]):
    """A record that could not be cut into cells; empty, with the reason."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


@dataclass(frozen=True, slots=True)
class Table:
    """An opened table. `encoding` and `delimiter` are empty for a workbook; `header_line` is where the header stands.

    Two columns of one name are told apart by a number; a column without a name has an empty one.
    """

    encoding: str
    delimiter: str
    header: list[str]
    header_line: int
    _records: Callable[[], Iterator[tuple[int, list[str]]]]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row below the header with the line it begins on, counted from 1; blank lines are left out.

        As many cells as the row has, whatever the header has; a record that cannot be cut is a `Broken`. Raises
        Refused where the file turns out to be no table. May be called again, and starts anew.
        """
        width = 0 if self.delimiter else len(self.header)
        for line, cells in self._records():
            if line > self.header_line and (any(cells) or isinstance(cells, Broken)):
                # A workbook does not say where a row ends that has nothing in its last cells.
                yield line, [*cells, *[""] * (width - len(cells))] if len(cells) < width else cells


def open_table(file: Place | bytes, *, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Open a file by its path, or the bytes of one.

    `encoding` and `delimiter` are guessed where they are not given. Raises Refused, with a sentence for the person
    whose file it is, where it is no table, is damaged, or unpacks to far more than a table would; OSError where there
    is no such file.
    """
    if delimiter is not None and delimiter not in DELIMITERS:
        raise Refused(BAD_DELIMITER % {"delimiter": delimiter})
    with _opened(file) as stream:
        start = stream.read(4)
    if start.startswith(b"PK\x03\x04"):
        records: Callable[[], Iterator[tuple[int, list[str]]]] = partial(workbooks.records, file)
        header_line, header = _header(list(itertools.islice(records(), PREAMBLE)))
        return Table("", "", header, header_line, records)
    with _unpacked(file) as stream:
        encoding = encodings.check(stream, encoding) if encoding else encodings.guess(stream)
    with _text(file, encoding) as text:
        sample = text.read(SAMPLE)
    delimiter = delimiter or _delimiter(sample)
    records = partial(_records, file, encoding, delimiter)
    header_line, header = _header(list(itertools.islice(records(), PREAMBLE)))
    return Table(encoding, delimiter, header, header_line, records)


@contextmanager
def _opened(file: Place | bytes) -> Iterator[IO[bytes]]:
    stream: IO[bytes] = io.BytesIO(file) if isinstance(file, bytes) else open(file, "rb")  # noqa: SIM115
    with stream:
        yield stream


@contextmanager
def _unpacked(file: Place | bytes) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked where it is compressed; Refused where that fails or comes to far too much."""
    with _opened(file) as packed:
        is_packed = packed.read(2) == b"\x1f\x8b"
        packed.seek(0)
        if not is_packed:
            yield packed
            return
        try:
            yield io.BufferedReader(_Bounded(packed), 256 * 1024)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Refused(DAMAGED_GZIP) from error


class _Bounded(io.RawIOBase):
    """What a compressed stream unpacks to, as long as that stays in proportion."""

    def __init__(self, packed: IO[bytes]) -> None:
        self.packed = packed
        self.unpacked = gzip.GzipFile(fileobj=packed)
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self.unpacked.read(len(buffer))
        self.count += len(found)
        if self.count > LEAST_BOUNDED and self.count > MOST_TIMES * self.packed.tell():
            raise Refused(TOO_LARGE % {"limit": MOST_TIMES})
        buffer[: len(found)] = found
        return len(found)


@contextmanager
def _text(file: Place | bytes, encoding: str) -> Iterator[IO[str]]:
    with _unpacked(file) as stream:
        yield io.TextIOWrapper(stream, encoding=encoding, newline="")


def _records(file: Place | bytes, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """All records of a file with the line each begins on."""
    with _text(file, encoding) as text:
        yield from _cut(_lines(text), delimiter)


def _cut(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    line = 1
    while True:
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
            return
        except csv.Error:
            # The only error of a lenient reader whose lines are whole; it goes on after the line that was too much.
            yield line, Broken(CELL_TOO_LONG % {"limit": LONGEST})
            line = reader.line_num + 1


def _lines(text: IO[str]) -> Iterator[str]:
    """The lines of a text, without the NUL characters that no database holds."""
    for number, line in enumerate(iter(partial(text.readline, LONGEST), ""), 1):
        if len(line) == LONGEST:
            raise Refused(LINE_TOO_LONG % {"line": number, "limit": LONGEST})
        yield line.replace("\0", "") if "\0" in line else line


def _delimiter(sample: str) -> str:
    """What separates the cells: what makes a header that is known, else what makes the most even rows."""
    cut = {mark: list(itertools.islice(_sampled(sample, mark), PREAMBLE)) for mark in DELIMITERS}
    for mark, rows in cut.items():
        if any(known.recognise(cells) for cells in rows):
            return mark
    return max(DELIMITERS, key=lambda mark: _evenness(cut[mark]))


def _sampled(sample: str, delimiter: str) -> Iterator[list[str]]:
    lines = io.StringIO(sample, newline="")
    return (cells for _, cells in _cut(iter(lambda: lines.readline().replace("\0", ""), ""), delimiter))


def _evenness(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many rows have the commonest number of cells, of those with more than one, and what that number is."""
    widths = [len(cells) for cells in rows if len(cells) > 1]
    return max(((widths.count(width), width) for width in set(widths)), default=(0, 0))


def _header(records: Sequence[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """The header among the first records, and its line: one that is known, else the first of the fullest rows."""
    found = [(line, cells) for line, cells in records if any(cell.strip() for cell in cells)]
    if not found:
        raise Refused(NO_HEADER)
    for line, cells in found:
        if known.recognise(cells):
            return line, _told_apart(cells)
    fullest = max(sum(bool(cell.strip()) for cell in cells) for _, cells in found)
    # Rows may have blanks where the header has none, and a preamble has few cells.
    line, cells = next(row for row in found if 2 * sum(bool(cell.strip()) for cell in row[1]) > fullest)
    return line, _told_apart(cells)


def _told_apart(cells: Sequence[str]) -> list[str]:
    """The names of columns, each once, without spaces around them."""
    seen: dict[str, int] = {}
    names = []
    for cell in cells:
        name = " ".join(cell.replace("\ufeff", "").split())
        seen[name] = seen.get(name, 0) + 1
        while seen[name] > 1 and f"{name} ({seen[name]})" in seen:
            seen[name] += 1
        told = name if seen[name] == 1 else f"{name} ({seen[name]})"
        seen.setdefault(told, 1)
        names.append(told)
    return names
