"""Problems of the API as RFC 9457 has them: what is wrong, and what would mend it, as JSON with a status."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

API: Final = "/api/v1/"
MEDIA_TYPE: Final = "application/problem+json"

# Every kind of problem: its status, and its title. `docs/api.md` and the page of the API say the same.
KINDS: Final[Mapping[str, tuple[int, str | Promise]]] = {
    "bad-request": (400, gettext_lazy("The request cannot be read")),
    "bad-parameter": (400, gettext_lazy("A parameter is unknown or cannot be read")),
    "not-signed-in": (401, gettext_lazy("A token is needed")),
    "bad-token": (401, gettext_lazy("The token is not valid")),
    "not-allowed": (403, gettext_lazy("The role of the account does not allow it")),
    "out-of-scope": (403, gettext_lazy("The token has another scope")),
    "no-csrf-token": (403, gettext_lazy("A change from a browser needs its CSRF token")),
    "not-found": (404, gettext_lazy("There is nothing at this address")),
    "method-not-allowed": (405, gettext_lazy("The address does not take this method")),
    "not-acceptable": (406, gettext_lazy("The answer has no form that is accepted")),
    "conflict": (409, gettext_lazy("It would contradict what is held")),
    "busy": (409, gettext_lazy("Somebody is just writing the same")),
    "stale": (412, gettext_lazy("The record has changed since it was read")),
    "too-large": (413, gettext_lazy("The request is too large")),
    "not-json": (415, gettext_lazy("The body is not JSON")),
    "invalid": (422, gettext_lazy("The body says something that cannot be recorded")),
    "too-much": (422, gettext_lazy("It is more than can be answered")),
    "key-reused": (422, gettext_lazy("The idempotency key came with another request")),
    "if-match-needed": (428, gettext_lazy("A change needs the version that it is of")),
    "too-many-requests": (429, gettext_lazy("Too many requests")),
    "unavailable": (503, gettext_lazy("The database is busy or away")),
    "failed": (500, gettext_lazy("Roundbook failed")),
}


class Problem(Exception):
    """A refusal by kind (`KINDS`), with a sentence on this very request.

    `errors` name parameters or places in the body with what is wrong with each; `more` are further members.
    """

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        self.kind, self.detail, self.errors, self.headers, self.more = kind, detail, errors, headers or {}, more
        super().__init__(detail)

    def answer(self) -> HttpResponse:
        """The response that says so."""
        status, title = KINDS[self.kind]
        body: dict[str, Any] = {"type": f"/api/#{self.kind}", "title": str(title), "status": status}
        if self.detail:
            body["detail"] = self.detail
        if self.errors:
            body["errors"] = [dict(one) for one in self.errors]
        text = json.dumps(body | self.more, ensure_ascii=False)
        headers = {"Cache-Control": "no-store", **self.headers}
        return HttpResponse(text, status=status, content_type=MEDIA_TYPE, headers=headers)


def is_of_api(request: HttpRequest) -> bool:
    """Whether a request is to the API, so that its refusals are problems and not pages."""
    return request.path.startswith(API)
