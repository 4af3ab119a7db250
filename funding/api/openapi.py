"""The OpenAPI 3.1 document: what the API takes and answers, made from the records, their filters and the entries."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.filters.fields import CountField, DateField
from config.access import RIGHTS, SCOPES
from config.filters import AFTER
from config.problems import KINDS as PROBLEMS
from config.problems import MEDIA_TYPE
from funding import as_of

from . import examples
from .answers import JSON, LINES
from .export_document import export_paths
from .filters import IdField
from .operations import CHANGE_STATUSES, LIMITS, READ_STATUSES, header, operation, refused
from .parts import INTEGER, LINK, STRING, Schema, array, nullable, ref, schema_of
from .reading import FIELDS, LIMIT, MOST, OF_PAGES, USUAL, own_parameters
from .records import KINDS, SCHEMAS, Kind
from .schemas import BODIES, DATE_TEXT, ENTRIES, EXPORT, HAPPENING, PROBLEM

LABELS: Final[Mapping[str, Any]] = {
    "companies": gettext_lazy("Companies"),
    "rounds": gettext_lazy("Rounds"),
    "investors": gettext_lazy("Investors"),
    "participations": gettext_lazy("Participations"),
    "valuations": gettext_lazy("Valuations"),
    "exits": gettext_lazy("Exits"),
    "people": gettext_lazy("People"),
    "sources": gettext_lazy("Sources"),
    "mentions": gettext_lazy("Mentions"),
    "statements": gettext_lazy("Statements"),
    "changes": gettext_lazy("Changes"),
    "articles": gettext_lazy("Articles"),
    "exports": gettext_lazy("Exports"),
}


def document() -> dict[str, Any]:
    """The whole document, in the reader's language."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Roundbook", "version": "1", "description": _("Every number has its sentence.")},
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "tags": [{"name": name, "description": str(label)} for name, label in LABELS.items()],
        "paths": paths(),
        "webhooks": {"happening": {"post": _webhook()}},
        "components": {
            "schemas": _schemas(),
            "responses": {str(status): _problem(status) for status in sorted({code for code, _ in PROBLEMS.values()})},
            "headers": _headers(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": _("Made at /api/tokens/.")},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }


def paths() -> dict[str, Any]:
    """By address, what can be asked of it."""
    found: dict[str, Any] = {}
    for kind in KINDS.values():
        name, key = kind.name, "slug" if kind.by == "slug" else "id"
        found[f"/api/v1/{name}"] = {"get": _list(kind), **_change(f"{name}", NEW)}
        found[f"/api/v1/{name}/{{{key}}}"] = {
            "parameters": [_key(kind, key)],
            "get": _one(kind),
            **_change(f"{name}_one", CHANGED),
        }
        found[f"/api/v1/bulk/{name}"] = {"get": _bulk(kind)}
    found["/api/v1/changes/{id}/undo"] = {
        "parameters": [_key(KINDS["changes"], "id")],
        **_change("changes_undo", UNDO),
    }
    found |= export_paths()
    found["/api/v1/openapi.json"] = {
        "get": {
            "operationId": "document",
            "summary": _("This document"),
            "responses": {
                "200": {"description": _("This document"), "content": {JSON: {"schema": {"type": "object"}}}},
                **refused(401, 403, 406, 429, 503),
            },
        }
    }
    return found


def _list(kind: Kind) -> dict[str, Any]:
    page = {
        "type": "object",
        "properties": {"data": array(ref(kind.schema_name)), "next": nullable(LINK)},
        "required": ["data", "next"],
        "additionalProperties": False,
    }
    shown = {"data": [examples.RECORDS[kind.name]], "next": None}
    return operation(
        kind.name,
        f"{kind.name}_list",
        _("A page of them"),
        parameters=[*_filters(kind), *_own(kind)],
        responses={
            "200": {
                "description": _("A page of them"),
                "headers": {"Link": {"$ref": "#/components/headers/Link"}, **LIMITS},
                "content": {JSON: {"schema": page, "example": shown}, LINES: {"schema": STRING}},
            },
            **refused(*READ_STATUSES),
        },
        scope=SCOPES[RIGHTS[f"api:{kind.name}"].get],
    )


def _one(kind: Kind) -> dict[str, Any]:
    record = {"schema": ref(kind.schema_name), "example": examples.RECORDS[kind.name]}
    moved = {"302": {"description": _("It was merged into another, which stands at Location.")}}
    return operation(
        kind.name,
        f"{kind.name}_one",
        _("One of them"),
        parameters=[header("If-None-Match", _("The ETag of the version that is known.")), *_own(kind, is_one=True)],
        responses={
            "200": {
                "description": _("One of them"),
                "headers": {"ETag": {"$ref": "#/components/headers/ETag"}, **LIMITS},
                "content": {JSON: record},
            },
            "304": {"description": _("The version is the one that is known.")},
            **(moved if kind.by == "slug" else {}),
            **refused(*READ_STATUSES, 404),
        },
        scope=SCOPES[RIGHTS[f"api:{kind.name}_one"].get],
    )


def _bulk(kind: Kind) -> dict[str, Any]:
    return operation(
        kind.name,
        f"{kind.name}_bulk",
        _("All of them, one JSON object a line"),
        parameters=[*_filters(kind), *_own(kind, is_bulk=True)],
        responses={
            "200": {
                "description": _("All of them, one JSON object a line"),
                "headers": LIMITS,
                "content": {LINES: {"schema": STRING}},
            },
            **refused(*READ_STATUSES),
        },
        scope=SCOPES[RIGHTS[f"api:{kind.name}_bulk"].get],
    )


# By route: operation, summary, the body, what is answered with which status, and whether a version is needed.
NEW: Final[Mapping[str, tuple[str, Any, str, str, tuple[int, ...], bool]]] = {
    "rounds": ("round_new", gettext_lazy("Enter a round"), "RoundEntry", "Round", (201,), False),
    "exits": ("exit_new", gettext_lazy("Enter an exit"), "ExitEntry", "Exit", (201,), False),
    "valuations": (
        "valuation_new",
        gettext_lazy("Enter a value of no round"),
        "ValuationEntry",
        "Valuation",
        (201,),
        False,
    ),
    "companies": ("company_new", gettext_lazy("Enter a company"), "CompanyEntry", "Company", (201,), False),
    "people": (
        "person_new",
        gettext_lazy("Enter what somebody is to a company"),
        "PersonEntry",
        "Person",
        (201,),
        False,
    ),
    "articles": ("article_new", gettext_lazy("Import an article"), "ArticleEntry", "Article", (202, 200), False),
}
CHANGED: Final[Mapping[str, tuple[str, Any, str, str, tuple[int, ...], bool]]] = {
    "companies_one": ("company_change", gettext_lazy("Change it"), "CompanyChange", "Company", (200,), True),
    "rounds_one": ("round_change", gettext_lazy("Change it"), "RoundChange", "Round", (200,), True),
    "exits_one": ("exit_change", gettext_lazy("Change it"), "ExitChange", "Exit", (200,), True),
    "investors_one": (
        "investor_change", gettext_lazy("Enter what a source says of it"), "InvestorChange", "Investor", (200,), True
    ),
}  # fmt: skip
UNDO: Final[Mapping[str, tuple[str, Any, str, str, tuple[int, ...], bool]]] = {
    "changes_undo": ("change_undo", gettext_lazy("Take a change back"), "", "Change", (201,), False)
}


def _change(route: str, table: Mapping[str, tuple[str, Any, str, str, tuple[int, ...], bool]]) -> dict[str, Any]:
    if route not in table:
        return {}
    name, summary, body, record, statuses, has_version = table[route]
    answered = ref(record) if record in ("Article", "Change") else _recorded(record)
    headers = {"Location": {"$ref": "#/components/headers/Location"}, **LIMITS}
    done = {"description": str(summary), "headers": headers, "content": {JSON: {"schema": answered}}}
    found = operation(
        route.split("_")[0],
        name,
        str(summary),
        parameters=[
            header("Idempotency-Key", _("The same request with the same key takes effect once, for a day.")),
            *([_if_match()] if has_version else []),
        ],
        responses={
            **{str(status): done for status in statuses},
            **refused(*CHANGE_STATUSES, *((404,) if route.endswith(("_one", "_undo")) else ())),
            **(refused(412, 428) if has_version else {}),
        },
        scope="write",
    )
    if body:
        content = {JSON: {"schema": ref(body), "example": examples.BODIES[body]}}
        found["requestBody"] = {"required": True, "content": content}
    return {("patch" if has_version else "post"): found}


def _recorded(record: str) -> Schema:
    """A record as it is after a change, and the change by which it came; null where nothing was changed."""
    return {
        "type": "object",
        "properties": {"change": nullable(LINK), "record": ref(record)},
        "required": ["change", "record"],
        "additionalProperties": False,
    }


def _filters(kind: Kind) -> list[dict[str, Any]]:
    """The parameters of a kind's filter, as the form has them."""
    chosen = kind.filter(QueryDict())
    return [
        {
            "name": name,
            "in": "query",
            "description": str(field.label or name),
            "schema": _schema_of_field(field),
        }
        for name, field in chosen.fields.items()
        if name not in OF_PAGES
    ]


def _schema_of_field(field: forms.Field) -> Schema:
    if isinstance(field, forms.ChoiceField):
        codes = [str(code) for code, _label in field.choices if code]  # type: ignore[union-attr]
        item = {"type": "string", "enum": codes} if codes else STRING
        return array(item) if isinstance(field, forms.MultipleChoiceField) else item
    if isinstance(field, DateField):
        return DATE_TEXT
    if isinstance(field, IdField):
        return {**INTEGER, "minimum": 1}
    if isinstance(field, CountField):
        return {**INTEGER, "minimum": 0}
    return STRING


def _own(kind: Kind, *, is_one: bool = False, is_bulk: bool = False) -> list[dict[str, Any]]:
    """The parameters that every address of a kind has."""
    words = {
        AFTER: (_("The place after which the page starts, from `next`."), STRING),
        LIMIT: (_("Records of a page."), {**INTEGER, "minimum": 1, "maximum": MOST, "default": USUAL}),
        FIELDS: (_("The members that are wanted, with commas between."), STRING),
        as_of.PARAMETERS[0]: (_("As known on a day."), {**STRING, "format": "date"}),
        as_of.PARAMETERS[1]: (_("As public on a day."), {**STRING, "format": "date"}),
    }
    return [
        {"name": name, "in": "query", "description": words[name][0], "schema": words[name][1]}
        for name in own_parameters(kind, is_one=is_one, is_bulk=is_bulk)
    ]


def _key(kind: Kind, key: str) -> dict[str, Any]:
    schema = {**STRING, "pattern": "^[a-zA-Z0-9_-]+$"} if key == "slug" else {**INTEGER, "minimum": 0}
    return {"name": key, "in": "path", "required": True, "schema": schema, "description": str(LABELS[kind.name])}


def _if_match() -> dict[str, Any]:
    return header("If-Match", _("The ETag of the version that is changed."), is_required=True)


def _headers() -> dict[str, Any]:
    words = {
        "Link": _("Where the next page is, with rel=next."),
        "ETag": _("The version of the record."),
        "Location": _("Where the record is."),
        "Repr-Digest": _("The SHA-256 of the file, in base64 between two colons."),
        "RateLimit": _("How many requests are left, and for how many seconds."),
        "RateLimit-Policy": _("How many requests a minute are taken."),
        "Retry-After": _("In how many seconds to ask again."),
    }
    return {name: {"description": told, "schema": STRING} for name, told in words.items()}


def _problem(status: int) -> dict[str, Any]:
    titles = [str(title) for code, title in PROBLEMS.values() if code == status]
    headers = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}} if status in (429, 503) else {}
    return {
        "description": "; ".join(titles),
        "headers": headers,
        "content": {MEDIA_TYPE: {"schema": ref("Problem")}},
    }


def _schemas() -> dict[str, Any]:
    records = {kind.schema_name: schema_of(kind.parts) for kind in KINDS.values()}
    return {**records, **SCHEMAS, **BODIES, **ENTRIES, "Export": EXPORT, "Problem": PROBLEM, "Happening": HAPPENING}


def _webhook() -> dict[str, Any]:
    return {
        "operationId": "happening",
        "summary": _("What an alert tells, sent to the address of a webhook"),
        "description": _(
            "Signed: Roundbook-Signature is sha256= and the HMAC-SHA256, in hexadecimal, of Roundbook-Timestamp, a "
            "full stop and the body, by the secret of the alert. Roundbook-Id is the same at every attempt."
        ),
        "parameters": [
            header(name, words, is_required=True)
            for name, words in (
                ("Roundbook-Id", _("Take each once.")),
                ("Roundbook-Timestamp", _("Seconds since 1970.")),
                ("Roundbook-Signature", _("The signature.")),
            )
        ],
        "requestBody": {"required": True, "content": {JSON: {"schema": ref("Happening")}}},
        "responses": {"2XX": {"description": _("It has arrived; any other answer may be tried again.")}},
    }
