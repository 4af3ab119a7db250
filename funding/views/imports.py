"""Files of rows: taken in, checked row by row, recorded by a job, and taken back."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from config import paging
from config.requests import wants_partial
from funding import importing, spreadsheets
from funding.formats import Format
from funding.importing import mappings
from funding.models import Import, ImportRow, SavedMapping
from funding.retelling import retold

from . import import_words

MB: Final = 1024**2
AT_ONCE: Final = 1_000  # refused rows that are read and written together
LONGEST_CELLS: Final = 300  # characters of a row that are shown
NEWEST: Final = paging.Order(gettext_lazy("the newest first"))
BY_NUMBER: Final = paging.Order(
    gettext_lazy("in the order of the file"), "number", paging.COUNT, is_descending=False, has_nulls=False
)
DELIMITERS: Final = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("stroke"),
}
ADDED: Final = {
    "rows": gettext_lazy("Rows recorded"),
    "companies": gettext_lazy("Companies spoken of"),
    "rounds": gettext_lazy("Rounds spoken of"),
    "investors": gettext_lazy("Investors spoken of"),
    "exits": gettext_lazy("Exits spoken of"),
    "people": gettext_lazy("People spoken of"),
    "statements": gettext_lazy("Statements added"),
}
# As forms have them, for white space does not survive there.
DELIMITER_OF: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "stroke": "|"}
OPTIONS: Final = {
    "as_of": gettext_lazy("Date of the file"),
    "currency": gettext_lazy("Currency where no cell says"),
    "unit": gettext_lazy("Amounts are counted in"),
}
ORDERS: Final = {
    "ymd": gettext_lazy("the year first"),
    "dmy": gettext_lazy("day, month, year"),
    "mdy": gettext_lazy("month, day, year"),
}
# What a person may choose; any other that was found stands among them.
ENCODINGS: Final = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": gettext_lazy("Western European (Windows)"),
    "latin-1": gettext_lazy("Western European (ISO 8859-1)"),
}
VERDICTS: Final = {
    "new": gettext_lazy("What we do not hold."),
    "changed": gettext_lazy("Held already: recording adds a source, or a newer row of the same database."),
    "duplicate": gettext_lazy("Recording these would change nothing."),
    "conflicting": gettext_lazy("Held already, and sources would differ. They are recorded beside what is held."),
    "refused": gettext_lazy("These cannot be read and are left out."),
}


class UploadForm(forms.Form):
    """One file, as large as the owner lets it be."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose a file.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """The files that came in, the newest first; posted, another one."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method != "POST" or not form.is_valid():
        return _list(request, form, status=422 if request.method == "POST" else 200)
    given = form.cleaned_data["file"]
    if given.size > settings.IMPORT_MB * MB:
        told = _("The file is larger than %(most)d MB. The command import_csv takes files of any size.")
        form.add_error("file", told % {"most": settings.IMPORT_MB})
        return _list(request, form, status=413)
    try:
        file = importing.arrive(given.name, given.chunks(), by=request.user)
    except importing.Unusable as error:
        form.add_error("file", retold(str(error)))
        return _list(request, form, status=422)
    return redirect(file)


def _list(request: HttpRequest, form: UploadForm, status: int) -> HttpResponse:
    files = Import.objects.select_related("created_by").defer("header", "format")
    problem = ""
    try:
        page = paging.take(files, NEWEST, request.GET.get("after", ""))
    except paging.BadPlace as error:
        problem, page = str(error), paging.Page([], "", True)
    context = {
        "form": form,
        "most": settings.IMPORT_MB,
        "files": [(one, import_words.rows(one.counts)) for one in page.rows],
        "page": page,
        "problem": problem,
    }
    return render(request, "funding/import_list.html", context, status=status)


def _verdicts() -> list[tuple[str, Any]]:
    return list(ImportRow.Verdict.choices)


@require_safe
@vary_on_headers("HX-Request")
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How a file is read, how far it is, and its rows by what recording them does."""
    return _detail(request, pk)


def _detail(request: HttpRequest, pk: int, typed: dict[str, str] | None = None, error: str = "") -> HttpResponse:
    """The page of a file; `typed` is what could not be taken of its mapping, and `error` says why."""
    file = get_object_or_404(Import.objects.select_related("job", "source", "change", "created_by"), pk=pk)
    form = importing.form_of(file)
    can_map = file.state in (Import.State.ARRIVED, Import.State.CHECKED) and not (file.job and file.job.is_open)
    context = {
        "can_map": can_map,
        **(_mapping(file, form, typed or {}) if can_map else {}),
        "meanings": [(column, import_words.words_for(form.meaning_of(column))) for column in file.header],
        "error": error,
        "file": file,
        "job": file.job,
        "is_busy": bool(file.job and file.job.is_open),
        "form": form,
        "encoding": ENCODINGS.get(file.encoding, file.encoding),
        "delimiter": DELIMITERS.get(file.delimiter, ""),
        "added": [(label, file.added[name]) for name, label in ADDED.items() if file.added.get(name)],
        **_rows(request, file),
    }
    template = "funding/_import_progress.html" if wants_partial(request) else "funding/import_detail.html"
    return render(request, template, context, status=422 if error else 200)


def _mapping(file: Import, form: Format, typed: dict[str, str]) -> dict[str, Any]:
    """The form that says how a file is read, with what was typed before what is kept."""
    rows = importing.samples(file)
    names = {"as_of": form.options.as_of, "currency": form.options.currency, "unit": form.options.unit}
    chosen = [typed.get(f"c{at}", form.meaning_of(column)) for at, column in enumerate(file.header)]
    return {
        "mapping": [
            (at, column, chosen[at], import_words.choices(chosen[at]), [row[at] for row in rows if at < len(row)])
            for at, column in enumerate(file.header)
        ],
        "encodings": _with(ENCODINGS, file.encoding) if file.encoding else {},
        "delimiters": [(code, mark, DELIMITERS[mark]) for code, mark in DELIMITER_OF.items()] if file.encoding else [],
        "chosen_encoding": typed.get("encoding", file.encoding),
        "chosen_delimiter": DELIMITER_OF.get(typed.get("delimiter", ""), file.delimiter),
        "options": [(name, OPTIONS[name], typed.get(name, value)) for name, value in names.items()],
        "orders": ORDERS,
        "order": typed.get("date_order", form.options.date_order),
        "save_as": typed.get("save_as", ""),
        "offered": list(mappings.offered(file)),
    }


def _with(choices: dict[str, Any], found: str) -> dict[str, Any]:
    """The choices, with what was found among them."""
    return choices if found in choices else {found: found, **choices}


@require_POST
def import_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how cells are written and what columns mean; what cannot be is told, with all that was typed."""
    file = get_object_or_404(Import, pk=pk)
    typed = {name: value.strip() for name, value in request.POST.items() if isinstance(value, str)}
    typed["currency"] = typed.get("currency", "").upper()
    mapping = {column: typed[f"c{at}"] for at, column in enumerate(file.header) if column and f"c{at}" in typed}
    options = {name: typed[name] for name in (*OPTIONS, "date_order") if name in typed}
    written = {
        "encoding": typed.get("encoding", ""),
        "delimiter": DELIMITER_OF.get(typed.get("delimiter", ""), ""),
        "save_as": typed.get("save_as", ""),
    }
    try:
        is_same = importing.remap(file, mapping, options, **written, by=request.user)
    except importing.Unusable as error:
        return _detail(request, pk, typed, retold(str(error)))
    except importing.Stopped as error:
        messages.error(request, retold(str(error)))
    else:
        _tell_kept(request, written["save_as"], is_same=is_same)
    return redirect(file)


def _tell_kept(request: HttpRequest, name: str, *, is_same: bool) -> None:
    if not is_same:
        told = _("The file has other columns now; what they mean is guessed anew. Look through them.")
        messages.warning(request, told)
    elif name:
        message = _("What the columns mean is kept, as “%(name)s” for other files, too. Check the file now.")
        messages.success(request, message % {"name": " ".join(name.split())})
    else:
        messages.success(request, _("What the columns mean is kept. Check the file now."))


@require_POST
def import_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a file by a mapping that was saved under a name."""
    file = get_object_or_404(Import, pk=pk)
    mapping = SavedMapping.objects.filter(pk__in=_ids(request.POST.get("saved", ""))).first()
    try:
        if mapping is None:
            raise importing.Unusable(_("This mapping is gone. Choose another."))
        importing.use_mapping(file, mapping)
    except (importing.Stopped, importing.Unusable) as error:
        messages.error(request, retold(str(error)))
    else:
        messages.success(request, _("The file is read by “%(name)s”. Check it now.") % {"name": mapping})
    return redirect(file)


def _ids(words: str) -> list[int]:
    return [int(words)] if words.isascii() and words.isdigit() and len(words) < 19 else []


def _rows(request: HttpRequest, file: Import) -> dict[str, Any]:
    """The rows of one verdict, for a checked file."""
    if not file.counts:
        return {"tabs": []}
    known = [name for name, _label in _verdicts() if file.counts.get(name)]
    asked = request.GET.get("verdict", "")
    verdict = asked if asked in ImportRow.Verdict.values else (known or [""])[0]
    problem = ""
    try:
        rows = file.rows.filter(verdict=verdict)
        page = paging.take(rows, BY_NUMBER, request.GET.get("after", ""))
    except paging.BadPlace as error:
        problem, page = str(error), paging.Page([], "", True)
    return {
        "tabs": [(name, label, file.counts.get(name, 0)) for name, label in _verdicts()],
        "verdict": verdict,
        "meaning": VERDICTS.get(verdict, ""),
        "rows": [(row, _cells(row)) for row in page.rows],
        "page": page,
        "problem": problem,
    }


def _cells(row: ImportRow) -> str:
    """What stands in a row, blank cells left out."""
    found = " · ".join(cell for cell in map(str, row.cells) if cell.strip())
    return found if len(found) <= LONGEST_CELLS else f"{found[:LONGEST_CELLS]}…"


@require_POST
def import_check(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, "check")


@require_POST
def import_record(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, "record")


@require_http_methods(["GET", "HEAD", "POST"])
def import_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What taking a file back does; posted, it is done."""
    if request.method == "POST":
        return _ask(request, pk, "take_back")
    file = get_object_or_404(Import.objects.select_related("job"), pk=pk)
    added = [(label, file.added[name]) for name, label in ADDED.items() if file.added.get(name)]
    return render(request, "funding/import_take_back.html", {"file": file, "added": added})


def _ask(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    file = get_object_or_404(Import, pk=pk)
    try:
        importing.ask(file, step, request.user)
    except importing.Stopped as error:
        messages.error(request, retold(str(error)))
    return redirect(file)


@require_POST
def import_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a file of which nothing was recorded."""
    file = get_object_or_404(Import, pk=pk)
    try:
        importing.discard(file)
    except importing.Stopped as error:
        messages.error(request, retold(str(error)))
        return redirect(file)
    messages.success(request, _("%(name)s is deleted.") % {"name": file.name})
    return redirect("funding:import_list")


@require_safe
def import_refused(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The refused rows as a file that a spreadsheet opens without harm: number, reason, and the cells as they came."""
    file = get_object_or_404(Import, pk=pk)
    name = f"{slugify(file.name.rpartition('.')[0]) or 'import'}-refused.csv"
    head = ["row", "reason", *file.header]
    answer = StreamingHttpResponse(_written(file, head), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _written(file: Import, head: list[str]) -> Iterator[str]:
    yield _lines([head])
    refused, last = file.rows.filter(verdict=ImportRow.Verdict.REFUSED).order_by("number"), -1
    while rows := list(refused.filter(number__gt=last)[:AT_ONCE]):
        last = rows[-1].number
        yield _lines([[row.number, retold(row.reason), *row.cells] for row in rows])


def _lines(rows: list[list[Any]]) -> str:
    sink = io.StringIO()
    csv.writer(sink).writerows([spreadsheets.defused(str(cell)) for cell in row] for row in rows)
    return sink.getvalue()
