"""What all operations of the OpenAPI document have in common."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from .parts import STRING

READ_STATUSES: Final = (400, 401, 403, 406, 422, 429, 503)
CHANGE_STATUSES: Final = (400, 401, 403, 406, 409, 413, 415, 422, 429, 503)
LIMITS: Final = {name: {"$ref": f"#/components/headers/{name}"} for name in ("RateLimit", "RateLimit-Policy")}


def operation(
    tag: str,
    name: str,
    summary: str,
    *,
    parameters: Sequence[Mapping[str, Any]],
    responses: Mapping[str, Any],
    scope: str,
) -> dict[str, Any]:
    """One operation."""
    return {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        "description": _("Scope of the token: %(scope)s.") % {"scope": scope},
        "parameters": list(parameters),
        "responses": dict(sorted(responses.items())),
    }


def header(name: str, words: str, *, is_required: bool = False) -> dict[str, Any]:
    """A header of a request."""
    return {"name": name, "in": "header", "required": is_required, "schema": STRING, "description": words}


def refused(*statuses: int) -> dict[str, Any]:
    """The answers that refuse."""
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}
