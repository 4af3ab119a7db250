"""What all entries by the API have in common: bodies read, refusals of the forms, and the record as it is then."""

import json
from collections.abc import Mapping
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from config.paging import BIGGEST_ID
from config.problems import Problem
from funding.models import Change

from . import reading
from .answers import JSON, json_answer, require_accepted
from .bodies import Body, read_json
from .given import PLACES
from .records import Kind


def read_body(request: HttpRequest) -> Body:
    """The body of a request that is answered as JSON. Raises Problem."""
    require_accepted(request, JSON)
    return Body(read_json(request))


def held_one(rows: Any, **key: Any) -> Any:
    """The one of these rows that a key finds. Raises Problem where there is none."""
    found = None if key.get("pk", 0) > BIGGEST_ID else rows.filter(**key).first()
    if found is None:
        raise Problem("not-found", _("There is no such record."))
    return found


def told_by(request: HttpRequest, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Who enters something, and the key by which it is known again."""
    return {"by": request.user, "form_key": fields["form_key"]}


def require_valid(form: Form, places: Mapping[str, str] = PLACES, offered: Any = None) -> None:
    """Refuse what a form refuses, each with its place in the body. Raises Problem."""
    if form.is_valid():
        return
    errors = [
        {"pointer": f"/{'' if name == '__all__' else places.get(name, name)}", "detail": str(message)}
        for name, messages in form.errors.items()
        for message in messages
    ]
    choices = [{"part_of_is": value, "words": words} for value, words in getattr(offered, "offered", [])]
    raise Problem("invalid", errors=errors, **({"choices": choices} if choices else {}))


def record_made(kind: Kind, key: Any, change: Change | None, status: int = 201) -> HttpResponse:
    """The record as it is after a change, with the address of the change, by which it can be taken back.

    There is no change where nothing was changed.
    """
    record = reading.one(kind, key)
    by = json.dumps(f"/api/v1/changes/{change.pk}" if change else None)
    text = f'{{"change": {by}, "record": {record.text}}}'
    return json_answer(text, status, Location=f"/api/v1/{kind.name}/{key}", ETag=record.tag)
