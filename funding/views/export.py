"""Exports as downloads."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from funding import exports
from funding.as_of import scopes

from .past import has_past


@require_safe
@has_past(lambda request, rows: scopes.of_export(rows, request.GET))
def export(request: HttpRequest, rows: str) -> HttpResponseBase:
    if rows not in exports.ROWS:
        raise Http404(_("There is no export of “%(rows)s”.") % {"rows": rows})
    try:
        found = exports.read(rows, request.GET)
    except exports.BadQuery as error:
        return render(request, "funding/export_refused.html", {"rows": rows, "problems": error.problems}, status=422)
    headers = {
        "Content-Disposition": f'attachment; filename="{request.past.named(found.filename)}"',
        "Cache-Control": "no-store",
    }
    if request.method == "HEAD":
        return HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    return StreamingHttpResponse(found.chunks(), content_type="text/csv; charset=utf-8", headers=headers)
