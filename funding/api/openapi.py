"""The OpenAPI 3.1 document: what the API takes and answers, made from the records, their filters and the entries."""

from collections.abc import Mapping, Sequence
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
from .filters import IdField
from .parts import INTEGER, LINK, STRING, Schema, array, nullable, ref, schema_of
from .reading import FIELDS, LIMIT, MOST, OF_PAGES, USUAL, own_parameters
from .records import KINDS, SCHEMAS, Kind
from .schemas import BODIES, DATE_TEXT, ENTRIES, HAPPENING, PROBLEM

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
}
READ_STATUSES: Final = (400, 401, 403, 406, 422, 429, 503)
CHANGE_STATUSES: Final = (400, 401, 403, 406, 409, 413, 415, 422, 429, 503)


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
    found["/api/v1/openapi.json"] = {
        "get": {
            "operationId": "document",
            "summary": _("This document"),
            "responses": {
                "200": {"description": _("This document"), "content": {JSON: {"schema": {"type": "object"}}}},
                **_refused(401, 403, 406, 429, 503),
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
    return _operation(
        kind.name,
        f"{kind.name}_list",
        _("A page of them"),
        parameters=[*_filters(kind), *_own(kind)],
        responses={
            "200": {
                "description": _("A page of them"),
                "headers": {"Link": {"$ref": "#/components/headers/Link"}, **_LIMITS},
                "content": {JSON: {"schema": page, "example": shown}, LINES: {"schema": STRING}},
            },
            **_refused(*READ_STATUSES),
        },
        scope=SCOPES[RIGHTS[f"api:{kind.name}"].get],
    )


def _one(kind: Kind) -> dict[str, Any]:
    record = {"schema": ref(kind.schema_name), "example": examples.RECORDS[kind.name]}
    moved = {"302": {"description": _("It was merged into another, which stands at Location.")}}
    return _operation(
        kind.name,
        f"{kind.name}_one",
        _("One of them"),
        parameters=[_header("If-None-Match", _("The ETag of the version that is known.")), *_own(kind, is_one=True)],
        responses={
            "200": {
                "description": _("One of them"),
                "headers": {"ETag": {"$ref": "#/components/headers/ETag"}, **_LIMITS},
                "content": {JSON: record},
            },
            "304": {"description": _("The version is the one that is known.")},
            **(moved if kind.by == "slug" else {}),
            **_refused(*READ_STATUSES, 404),
        },
        scope=SCOPES[RIGHTS[f"api:{kind.name}_one"].get],
    )


def _bulk(kind: Kind) -> dict[str, Any]:
    return _operation(
        kind.name,
        f"{kind.name}_bulk",
        _("All of them, one JSON object a line"),
        parameters=[*_filters(kind), *_own(kind, is_bulk=True)],
        responses={
            "200": {
                "description": _("All of them, one JSON object a line"),
                "headers": _LIMITS,
                "content": {LINES: {"schema": STRING}},
            },
            **_refused(*READ_STATUSES),
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
    "articles": ("article_new", gettext_lazy("Import an article"), "ArticleEntry", "Article", (202, 200), False),
}
CHANGED: Final[Mapping[str, tuple[str, Any, str, str, tuple[int, ...], bool]]] = {
    "rounds_one": (
        "round_change", gettext_lazy("Enter what a source says of it"), "RoundChange", "Round", (200,), True
    ),
    "exits_one": ("exit_change", gettext_lazy("Enter what a source says of it"), "ExitChange", "Exit", (200,), True),
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
    headers = {"Location": {"$ref": "#/components/headers/Location"}, **_LIMITS}
    done = {"description": str(summary), "headers": headers, "content": {JSON: {"schema": answered}}}
    found = _operation(
        route.split("_")[0],
        name,
        str(summary),
        parameters=[
            _header("Idempotency-Key", _("The same request with the same key takes effect once, for a day.")),
            *([_if_match()] if has_version else []),
        ],
        responses={
            **{str(status): done for status in statuses},
            **_refused(*CHANGE_STATUSES, *((404,) if route.endswith(("_one", "_undo")) else ())),
            **(_refused(412, 428) if has_version else {}),
        },
        scope="write",
    )
    if body:
        content = {JSON: {"schema": ref(body), "example": examples.BODIES[body]}}
        found["requestBody"] = {"required": True, "content": content}
    return {("patch" if has_version else "post"): found}


def _recorded(record: str) -> Schema:
    """A record as it is after a change, and the change by which it came."""
    return {
        "type": "object",
        "properties": {"change": LINK, "record": ref(record)},
        "required": ["change", "record"],
        "additionalProperties": False,
    }


def _operation(
    tag: str,
    name: str,
    summary: str,
    *,
    parameters: Sequence[Mapping[str, Any]],
    responses: Mapping[str, Any],
    scope: str,
) -> dict[str, Any]:
    return {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        "description": _("Scope of the token: %(scope)s.") % {"scope": scope},
        "parameters": list(parameters),
        "responses": dict(sorted(responses.items())),
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


def _header(name: str, words: str, *, is_required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": is_required, "schema": STRING, "description": words}


def _if_match() -> dict[str, Any]:
    return _header("If-Match", _("The ETag of the version that is changed."), is_required=True)


_LIMITS: Final = {name: {"$ref": f"#/components/headers/{name}"} for name in ("RateLimit", "RateLimit-Policy")}


def _headers() -> dict[str, Any]:
    words = {
        "Link": _("Where the next page is, with rel=next."),
        "ETag": _("The version of the record."),
        "Location": _("Where the record is."),
        "RateLimit": _("How many requests are left, and for how many seconds."),
        "RateLimit-Policy": _("How many requests a minute are taken."),
        "Retry-After": _("In how many seconds to ask again."),
    }
    return {name: {"description": told, "schema": STRING} for name, told in words.items()}


def _refused(*statuses: int) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}


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
    return {**records, **SCHEMAS, **BODIES, **ENTRIES, "Problem": PROBLEM, "Happening": HAPPENING}


def _webhook() -> dict[str, Any]:
    return {
        "operationId": "happening",
        "summary": _("What an alert tells, sent to the address of a webhook"),
        "description": _(
            "Signed: Roundbook-Signature is sha256= and the HMAC-SHA256, in hexadecimal, of Roundbook-Timestamp, a "
            "full stop and the body, by the secret of the alert. Roundbook-Id is the same at every attempt."
        ),
        "parameters": [
            _header(name, words, is_required=True)
            for name, words in (
                ("Roundbook-Id", _("Take each once.")),
                ("Roundbook-Timestamp", _("Seconds since 1970.")),
                ("Roundbook-Signature", _("The signature.")),
            )
        ],
        "requestBody": {"required": True, "content": {JSON: {"schema": ref("Happening")}}},
        "responses": {"2XX": {"description": _("It has arrived; any other answer may be tried again.")}},
    }
