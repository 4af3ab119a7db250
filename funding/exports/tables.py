"""The table of a chart as a CSV file: as few rows as a page shows, so it is written at once."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse

from funding.spreadsheets import defused
from funding.values import PartialDate, plain


def download(filename: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The file as other exports are: UTF-8, CRLF, dates as exact as they are, amounts plain, no cell that runs."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([_cell(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return plain(value)
        case PartialDate():
            return value.iso
        case str():
            return defused(value)
    return str(value)
