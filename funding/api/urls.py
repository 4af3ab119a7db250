"""Addresses of the API and of its pages."""

from collections.abc import Mapping

from django.urls import URLPattern, path

from funding.api import changing, exporting, token_pages, views, writing
from funding.api.answers import Answering, endpoint
from funding.api.records import KINDS, Kind

app_name = "api"

# What can be written, by the name of the kind: to its list, and to one record.
NEW: Mapping[str, Answering] = {
    "rounds": writing.round_new,
    "exits": writing.exit_new,
    "articles": writing.article_new,
    "valuations": writing.valuation_new,
    "companies": writing.company_new,
    "people": writing.person_new,
}
CHANGED: Mapping[str, Answering] = {
    "companies": changing.company_change,
    "rounds": changing.round_change,
    "exits": changing.exit_change,
    "investors": changing.investor_change,
}


def _of(kind: Kind) -> list[URLPattern]:
    """The addresses of one kind of records: its list, each of them, and all of them in bulk."""
    key = "<slug:slug>" if kind.by == "slug" else "<int:pk>"
    arguments, name = {"kind": kind}, kind.name
    new = {"POST": NEW[name]} if name in NEW else {}
    changed = {"PATCH": CHANGED[name]} if name in CHANGED else {}
    return [
        path(f"api/v1/{name}", endpoint(GET=views.record_list, **new), arguments, name=name),
        path(f"api/v1/{name}/{key}", endpoint(GET=views.record_detail, **changed), arguments, name=f"{name}_one"),
        path(f"api/v1/bulk/{kind.name}", endpoint(GET=views.record_bulk), arguments, name=f"{kind.name}_bulk"),
    ]


urlpatterns = [
    path("api/", views.about, name="about"),
    path("api/tokens/", token_pages.token_list, name="token_list"),
    path("api/tokens/<int:pk>/revoke/", token_pages.token_revoke, name="token_revoke"),
    *(pattern for kind in KINDS.values() for pattern in _of(kind)),
    path("api/v1/exports", endpoint(GET=exporting.export_list, POST=exporting.export_new), name="exports"),
    path(
        "api/v1/exports/<int:pk>",
        endpoint(GET=exporting.export_one, DELETE=exporting.export_delete),
        name="exports_one",
    ),
    path("api/v1/exports/<int:pk>/file", endpoint(GET=exporting.export_file), name="exports_file"),
    path("api/v1/changes/<int:pk>/undo", endpoint(POST=writing.change_undo), name="changes_undo"),
    path("api/v1/openapi.json", endpoint(GET=views.document), name="document"),
    # Whatever else stands below the API is a problem and no page.
    path("api/v1/<path:rest>", views.nothing, name="nothing"),
]
