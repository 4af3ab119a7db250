"""Exports as downloads."""

import itertools

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from funding import exports
from funding.as_of import scopes
from funding.exports import formats

from .past import has_past


@require_safe
@has_past(lambda request, rows, form: scopes.of_export(rows, request.GET))
def export(request: HttpRequest, rows: str, form: str) -> HttpResponseBase:
    if rows not in exports.ROWS:
        raise Http404(_("There is no export of “%(rows)s”.") % {"rows": rows})
    if form not in formats.FORMATS:
        raise Http404(_("There is no export in the format “%(form)s”.") % {"form": form})
    try:
        found = exports.read(rows, request.GET, form)
        headers = {
            "Content-Disposition": f'attachment; filename="{request.past.named(found.filename)}"',
            "Cache-Control": "no-store",
        }
        if request.method == "HEAD":
            return HttpResponse(content_type=found.content_type, headers=headers)
        chunks = found.chunks()
        # What a format cannot hold is known by the first piece of such a file.
        first = next(chunks)
    except exports.BadQuery as error:
        return _refused(request, rows, error.problems)
    except formats.CannotHold as error:
        return _refused(request, rows, [("", str(error))])
    return StreamingHttpResponse(itertools.chain([first], chunks), content_type=found.content_type, headers=headers)


def _refused(request: HttpRequest, rows: str, problems: list[tuple[str, str]]) -> HttpResponse:
    return render(request, "funding/export_refused.html", {"rows": rows, "problems": problems}, status=422)
