"""Who asks the API: `Authorization: Bearer`, or the session of a browser; and whether they ask too often."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from config import limits, tokens
from config.models import ApiToken
from config.problems import Problem, is_of_api

CHALLENGE = 'Bearer realm="roundbook"'


class BearerMiddleware:
    """Lets a token stand for its owner on the addresses of the API, and nowhere else. Sets `request.token`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_of_api(request):
            return self.get_response(request)
        given = request.headers.get("Authorization")
        token = _token(given) if given is not None else None
        count = _count(request, token)
        if count and count.is_over:
            answer = _too_many(count)
        elif given is not None and token is None:
            answer = _refused()
        else:
            answer = self._answered(request, token)
        for name, value in count.headers.items() if count else ():
            answer[name] = value
        answer.setdefault("Cache-Control", "private, no-cache")
        return answer

    def _answered(self, request: HttpRequest, token: ApiToken | None) -> HttpResponse:
        request.token = token  # type: ignore[attr-defined]
        if token:
            request.user = token.owner
            # A token is no cookie: no page of another site can send it, so there is nothing to forge.
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return self.get_response(request)


def _token(given: str) -> ApiToken | None:
    scheme, _space, secret = given.partition(" ")
    return tokens.find(secret.strip()) if scheme.casefold() == "bearer" and secret.strip() else None


def _count(request: HttpRequest, token: ApiToken | None) -> limits.Count | None:
    if token:
        return limits.take(f"token:{token.pk}", settings.API_TOKEN_LIMIT)
    try:
        address = get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        address = ""
    return limits.take(f"address:{address}", settings.API_ADDRESS_LIMIT)


def _refused() -> HttpResponse:
    told = _("The token is unknown, was revoked, or has expired; or its owner's account is closed.")
    return Problem("bad-token", told, headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'}).answer()


def _too_many(count: limits.Count) -> HttpResponse:
    told = _("At most %(limit)s requests a minute are taken. Ask again in %(seconds)s seconds.")
    words = told % {"limit": count.limit, "seconds": count.seconds}
    return Problem("too-many-requests", words, headers={"Retry-After": str(count.seconds)}).answer()
