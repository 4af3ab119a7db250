"""What is asked of every request before a view sees it."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import csrf

from config.problems import Problem, is_of_api


class RefuseNulMiddleware:
    """Answers 400 where the address or its query holds a NUL, which PostgreSQL cannot store or compare."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest(_("The address holds a NUL character."))
        return self.get_response(request)


def wants_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page: not for a boosted link, nor to restore its history."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def moved(request: HttpRequest, address: str) -> HttpResponse:
    """To where a record is now, with the query string: for good, yet asked for anew, as it may be undone."""
    query = request.GET.urlencode()
    answer = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    answer["Cache-Control"] = "no-cache"
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """What is shown where a view failed: 503 where the database was busy or away, for then trying again helps."""
    is_away = isinstance(sys.exc_info()[1], InterfaceError | OperationalError)
    if is_of_api(request):
        return Problem(
            "unavailable" if is_away else "failed", headers={"Retry-After": "10"} if is_away else {}
        ).answer()
    if is_away:
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "10"})
    return HttpResponse(render_to_string("500.html"), status=500)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What is shown for a request that cannot be read: 413 where there is too much of it; why, where we know it."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2
        told = _(
            "It is larger than the %(most)d MB, or has more fields, than are read at once. Send less at a time."
        ) % {"most": most}
        if is_of_api(request):
            return Problem("too-large", told).answer()
        return render(request, "400.html", {"told": told}, status=413)
    # Of our own refusals the words are for people; those of others may repeat what was sent.
    told = str(exception) if type(exception) is BadRequest else ""
    if is_of_api(request):
        return Problem("bad-request", told).answer()
    return render(request, "400.html", {"told": told}, status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What a form without its CSRF token gets: a page, or a problem of the API."""
    if is_of_api(request):
        return Problem("no-csrf-token", _("Send X-CSRFToken with the session, or a token in its place.")).answer()
    return csrf.csrf_failure(request, reason)
