"""Addresses of the API and of its pages."""

from django.urls import URLPattern, path

from funding.api import token_pages, views
from funding.api.answers import endpoint
from funding.api.records import KINDS, Kind

app_name = "api"


def _of(kind: Kind) -> list[URLPattern]:
    """The addresses of one kind of records: its list, each of them, and all of them in bulk."""
    key = "<slug:slug>" if kind.by == "slug" else "<int:pk>"
    arguments = {"kind": kind}
    return [
        path(f"api/v1/{kind.name}", endpoint(GET=views.record_list), arguments, name=kind.name),
        path(f"api/v1/{kind.name}/{key}", endpoint(GET=views.record_detail), arguments, name=f"{kind.name}_one"),
        path(f"api/v1/bulk/{kind.name}", endpoint(GET=views.record_bulk), arguments, name=f"{kind.name}_bulk"),
    ]


urlpatterns = [
    path("api/", views.about, name="about"),
    path("api/tokens/", token_pages.token_list, name="token_list"),
    path("api/tokens/<int:pk>/revoke/", token_pages.token_revoke, name="token_revoke"),
    *(pattern for kind in KINDS.values() for pattern in _of(kind)),
    # Whatever else stands below the API is a problem and no page.
    path("api/v1/<path:rest>", views.nothing, name="nothing"),
]
