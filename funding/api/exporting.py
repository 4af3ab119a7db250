"""Files of rows by the API: asked for, made by a job, and fetched with their hash."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from config.problems import API, Problem
from funding import as_of, exports
from funding.exports.formats import FORMATS
from funding.models import ExportFile
from funding.reporting import asked
from funding.retelling import retold
from funding.watching import Refused

from .answers import JSON, as_json, json_answer, require_accepted
from .bodies import Body
from .entering import held_one, read_body
from .once import once

PATH: Final = f"{API}exports/"
LONGEST: Final = 4000  # characters of a query string
# Members of a body that are parameters of an export, beside its filters.
SWITCHES: Final = ("exact", "ids")
NAMES: Final = ("order", "currency", *as_of.PARAMETERS)


def export_list(request: HttpRequest) -> HttpResponseBase:
    """One's own files, the newest first."""
    require_accepted(request, JSON)
    own = ExportFile.objects.filter(owner=request.user.pk).select_related("job").newest_first()
    return json_answer(as_json({"data": [record_of(one) for one in own[: asked.MOST]], "next": None}))


def export_new(request: HttpRequest) -> HttpResponseBase:
    """Ask for a file; its address says how far it is."""
    body = read_body(request)
    rows, form = body.text("rows"), body.text("format", "csv")
    query = _query(body)
    if rows not in exports.ROWS:
        body.wrong("rows", _("It is one of: %(known)s.") % {"known": ", ".join(exports.ROWS)})
    if form not in FORMATS:
        body.wrong("format", _("It is one of: %(known)s.") % {"known": ", ".join(FORMATS)})
    body.finish()
    _try(rows, query, form)

    def change() -> HttpResponse:
        try:
            made = asked.ask(request.user, rows, query, form)  # type: ignore[arg-type]
        except Refused as error:
            raise Problem("too-much", str(error)) from None
        return json_answer(as_json(record_of(made)), 202, Location=f"{PATH}{made.pk}")

    return once(request, change)


def export_one(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How far a file is, and what is in it once it is made."""
    require_accepted(request, JSON)
    return json_answer(as_json(record_of(_own(request, pk))))


def export_delete(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Delete a file, or stop its making."""
    asked.delete(_own(request, pk))
    return HttpResponse(status=204)


def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself."""
    found = _own(request, pk)
    if not found.is_made:
        raise Problem("not-found", _("The file is not made yet; its own address says how far it is."))
    media = FORMATS[found.form].content_type
    require_accepted(request, media.partition(";")[0])
    hashed = base64.b64encode(bytes.fromhex(found.sha256)).decode()
    headers = {
        "Content-Disposition": f'attachment; filename="{found.filename}"',
        "Content-Length": str(found.size),
        "Repr-Digest": f"sha-256=:{hashed}:",
        "ETag": f'"{found.sha256}"',
        "Cache-Control": "no-store",
    }
    if request.method == "HEAD":
        return HttpResponse(content_type=media, headers=headers)
    return StreamingHttpResponse(asked.content(found), content_type=media, headers=headers)


def _own(request: HttpRequest, pk: int) -> ExportFile:
    found: ExportFile = held_one(
        ExportFile.objects.filter(owner=request.user.pk).select_related("job", "owner"), pk=pk
    )
    return found


def record_of(one: ExportFile) -> dict[str, Any]:
    """What is told of a file."""
    job = one.job
    return {
        "id": one.pk,
        "href": f"{PATH}{one.pk}",
        "rows": one.rows,
        "format": one.form,
        "query": one.query,
        "state": job.state if job else "cancelled",
        "progress": (job.progress or None) if job else None,
        "error": retold(job.error) if job and job.error else None,
        "file": f"{PATH}{one.pk}/file" if one.is_made else None,
        "filename": one.filename or None,
        "row_count": one.row_count,
        "size": one.size,
        "sha256": one.sha256 or None,
        "asked_at": one.created_at.isoformat(),
        "kept_until": (one.created_at + asked.KEPT).isoformat(),
    }


def _query(body: Body) -> QueryDict:
    """The query string of an export: its filters, and what else a body gives."""
    query = QueryDict(mutable=True)
    for name, values in body.filters("filters").items():
        if name in (*SWITCHES, *NAMES, "columns"):
            body.wrong(f"filters/{name}", _("It is a member of its own."))
        query.setlist(name, values)
    for name in NAMES:
        if words := body.text(name):
            query[name] = words
    for name in SWITCHES:
        if body.flag(name):
            query[name] = "1"
    if columns := body.words("columns"):
        query["columns"] = ",".join(columns)
    if len(query.urlencode()) > LONGEST:
        body.wrong("filters", _("That is more than a report holds. Leave some of it out."))
    return query


def _try(rows: str, query: QueryDict, form: str) -> None:
    """See that the export can be read. Raises Problem, which has the place of each mistake."""
    try:
        as_of.read(query)
        plain = query.copy()
        for name in as_of.PARAMETERS:
            plain.pop(name, None)
        exports.read(rows, plain, form)
    except as_of.BadMoment as error:
        raise Problem("invalid", errors=_errors({name: [told] for name, told in error.problems.items()})) from None
    except exports.BadQuery as error:
        raise Problem("invalid", errors=_errors(error.by_name)) from None


def _errors(found: Mapping[str, list[str]]) -> list[dict[str, str]]:
    own = (*NAMES, *SWITCHES, "columns")
    return [
        {"pointer": f"/{name}" if name in own else f"/filters/{name}".rstrip("/"), "detail": told}
        for name, messages in found.items()
        for told in messages
    ]
