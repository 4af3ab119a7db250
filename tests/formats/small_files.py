"""Small files of each format, written for the tests, and what is read of them."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from funding import formats
from funding.formats import Format, Row
from funding.tellings import NewMention, NewStatement
from funding.values import Value

TODAY = date(2026, 11, 27)


def as_csv(*rows: Sequence[str], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


def read_as(name: str, cells: dict[str, str], *more: dict[str, str], **options: Any) -> list[Row]:
    """The rows of a file with exactly these columns, which has to be recognised as of the format."""
    table = formats.open_table(as_csv(list(cells), *(list(row.values()) for row in (cells, *more))))
    found = formats.recognise(table.header)
    assert found is not None
    assert found.name == name
    return list(formats.read(table, found.with_mapping({}, options), latest=TODAY))


def read_by(form: Format, cells: dict[str, str]) -> Row:
    """The only row of a file that is mapped by hand."""
    (row,) = formats.read(formats.open_table(as_csv(list(cells), list(cells.values()))), form, latest=TODAY)
    return row


def told(row: Row, kind: str) -> dict[str, list[tuple[Value, dict[str, Any]]]]:
    """What a row says of its mentions of a kind, by field: each value with its qualifiers."""
    assert not row.refusal, row.refusal
    keys = {one.key for one in row.tells if isinstance(one, NewMention) and one.kind == kind}
    found: dict[str, list[tuple[Value, dict[str, Any]]]] = {}
    for one in row.tells:
        if isinstance(one, NewStatement) and one.subject in keys:
            found.setdefault(one.field, []).append((one.value, dict(one.qualifiers)))
    return found


def names(row: Row, kind: str) -> dict[str, str]:
    """The names of the mentions of a kind, by key."""
    return {one.key: one.name for one in row.tells if isinstance(one, NewMention) and one.kind == kind}
