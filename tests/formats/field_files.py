"""The files of the field in `../shared`, counted with `csv` alone: what the reader must come to on its own."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from funding import formats
from funding.formats import Row
from funding.tellings import NewMention, NewStatement

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"
ARE_HERE = FOLDER.is_dir()


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.csv.gz"


@cache
def counted(name: str, encoding: str) -> list[dict[str, str]]:
    """The rows of a file, by nothing but `gzip` and `csv`."""
    before = csv.field_size_limit(1 << 30)  # of the whole process
    try:
        with gzip.open(path_of(name), "rt", encoding=encoding, newline="") as text:
            return list(csv.DictReader(text))
    finally:
        csv.field_size_limit(before)


@cache
def read(name: str, **options: str) -> list[Row]:
    """The rows of a file as the reader has them, its format recognised."""
    table = formats.open_table(path_of(name))
    found = formats.recognise(table.header)
    assert found is not None
    return list(formats.read(table, found.with_mapping({}, options)))


def taken(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if not row.refusal]


def refused(rows: Sequence[Row]) -> dict[int, str]:
    return {row.number: row.refusal for row in rows if row.refusal}


def said(rows: Sequence[Row], field: str) -> Iterator[NewStatement]:
    return (one for row in rows for one in row.tells if isinstance(one, NewStatement) and one.field == field)


def mentioned(rows: Sequence[Row], kind: str) -> set[str]:
    """The keys of the mentions of a kind."""
    return {one.key for row in rows for one in row.tells if isinstance(one, NewMention) and one.kind == kind}
