"""What the OpenAPI document says of exports: asked for, followed, fetched and deleted."""

from typing import Any

from django.utils.translation import gettext as _

from funding.exports.formats import FORMATS

from . import examples
from .answers import JSON
from .operations import CHANGE_STATUSES, LIMITS, READ_STATUSES, header, operation, refused
from .parts import INTEGER, LINK, STRING, array, nullable, ref

SCOPE = "export"


def export_paths() -> dict[str, Any]:
    """By address, what can be asked of it."""
    key = {"name": "id", "in": "path", "required": True, "schema": {**INTEGER, "minimum": 0}}
    keyed = {"parameters": [key | {"description": _("Exports")}]}
    return {
        "/api/v1/exports": {"get": _list(), "post": _new()},
        "/api/v1/exports/{id}": keyed | {"get": _one(), "delete": _delete()},
        "/api/v1/exports/{id}/file": keyed | {"get": _file()},
    }


def _list() -> dict[str, Any]:
    page = {
        "type": "object",
        "properties": {"data": array(ref("Export")), "next": nullable(LINK)},
        "required": ["data", "next"],
    }
    shown = {"data": [examples.EXPORT], "next": None}
    told = _("Your files, the newest first")
    done = {"description": told, "headers": LIMITS, "content": {JSON: {"schema": page, "example": shown}}}
    refusals = refused(*(status for status in READ_STATUSES if status != 422))
    return operation("exports", "export_list", told, parameters=[], responses={"200": done, **refusals}, scope=SCOPE)


def _new() -> dict[str, Any]:
    told = _("Ask for a file of rows; a job makes it")
    headers = {"Location": {"$ref": "#/components/headers/Location"}, **LIMITS}
    done = {"description": told, "headers": headers, "content": {JSON: {"schema": ref("Export")}}}
    key = header("Idempotency-Key", _("The same request with the same key takes effect once, for a day."))
    content = {JSON: {"schema": ref("ExportEntry"), "example": examples.BODIES["ExportEntry"]}}
    found = operation(
        "exports",
        "export_new",
        told,
        parameters=[key],
        responses={"202": done, **refused(*CHANGE_STATUSES)},
        scope=SCOPE,
    )
    return found | {"requestBody": {"required": True, "content": content}}


def _one() -> dict[str, Any]:
    told = _("How far a file is, and once it is made its rows and its SHA-256")
    content = {JSON: {"schema": ref("Export"), "example": examples.EXPORT}}
    done = {"description": told, "headers": LIMITS, "content": content}
    refusals = refused(400, 401, 403, 404, 406, 429, 503)
    return operation("exports", "export_one", told, parameters=[], responses={"200": done, **refusals}, scope=SCOPE)


def _delete() -> dict[str, Any]:
    told = _("Delete a file, or stop its making")
    done = {"description": told, "headers": LIMITS}
    refusals = refused(400, 401, 403, 404, 429, 503)
    return operation("exports", "export_delete", told, parameters=[], responses={"204": done, **refusals}, scope=SCOPE)


def _file() -> dict[str, Any]:
    told = _("The file itself")
    content = {one.content_type.partition(";")[0]: {"schema": STRING} for one in FORMATS.values()}
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in ("ETag", "Repr-Digest")}
    done = {"description": told, "headers": {**headers, **LIMITS}, "content": content}
    refusals = refused(400, 401, 403, 404, 406, 429, 503)
    return operation("exports", "export_file", told, parameters=[], responses={"200": done, **refusals}, scope=SCOPE)
