"""Changes by the API: once for each key, of the version that was read, and refused while somebody writes the same."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from psycopg import errors

from config.models import KeptAnswer
from config.problems import Problem

from .answers import JSON
from .reading import Record

KEPT: Final = timedelta(hours=24)
LONGEST: Final = 200
KEY: Final = "Idempotency-Key"
OF_ANSWER: Final = ("Location", "ETag")  # headers that are kept with an answer
BUSY: Final = (errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled)


def once(request: HttpRequest, change: Callable[[], HttpResponse]) -> HttpResponse:
    """Make a change in one transaction; where its `Idempotency-Key` came before, answer as then and change nothing.

    The same key with another request is refused. Only what took effect is kept, and only for a day: a refusal had no
    effect, so that the same request may be tried again.
    """
    try:
        key = _key(request)
        with transaction.atomic():
            if not key:
                return change()
            _hold(request, key)
            kept = _kept(request, key)
            if kept:
                return kept
            answer = change()
            _keep(request, key, answer)
            return answer
    except OperationalError as error:
        if not isinstance(error.__cause__, BUSY):
            raise
        told = _("Nothing was recorded. Send the request again in a moment.")
        raise Problem("busy", told, headers={"Retry-After": "1"}) from None


def _key(request: HttpRequest) -> str:
    key = request.headers.get(KEY, "")
    if KEY in request.headers and not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise Problem(
            "bad-request", _("An Idempotency-Key is 1 to %(most)d printable characters.") % {"most": LONGEST}
        )
    return key


def _hold(request: HttpRequest, key: str) -> None:
    """The same key sent twice at once waits here for itself."""
    with connection.cursor() as cursor:
        name = f"api {request.user.pk} {key}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _kept(request: HttpRequest, key: str) -> HttpResponse | None:
    KeptAnswer.objects.filter(owner=request.user.pk, created_at__lt=timezone.now() - KEPT).delete()
    kept = KeptAnswer.objects.filter(owner=request.user.pk, key=key).first()
    if kept is None:
        return None
    if kept.digest != _digest(request):
        raise Problem("key-reused", _("This key came with another request. Choose a new one for each change."))
    headers: Mapping[str, Any] = {**kept.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(kept.body, status=kept.status, content_type=JSON, headers=headers)


def _keep(request: HttpRequest, key: str, answer: HttpResponse) -> None:
    KeptAnswer.objects.create(
        owner_id=request.user.pk,
        key=key,
        digest=_digest(request),
        status=answer.status_code,
        headers={name: answer[name] for name in OF_ANSWER if name in answer},
        body=answer.content.decode(),
    )


def _digest(request: HttpRequest) -> str:
    what = f"{request.method} {request.get_full_path()} {request.headers.get('If-Match', '')}\n".encode()
    return hashlib.sha256(what + request.body).hexdigest()


def wanted_versions(request: HttpRequest) -> list[str]:
    """The tags of `If-Match`. Raises Problem where there is none: a change without one could undo somebody else's."""
    given = request.headers.get("If-Match", "").strip()
    found = parse_etags(given) if given else []
    if not found:
        told = _("Send the ETag of the record as it was read in If-Match.")
        raise Problem("if-match-needed", told)
    return found


Differing = Callable[[], list[dict[str, Any]]]


def require_version(wanted: list[str], held: Record, differing: Differing = list) -> None:
    """Refuse a change of another version than the one held. Raises the Problem that `stale` makes."""
    if held.tag not in wanted and "*" not in wanted:
        raise stale(wanted, held, differing)


def stale(given: list[str], held: Record, differing: Differing = list) -> Problem:
    """That a record was changed since: the tags of both versions, the record as it is, and what would differ of it."""
    told = _("The record was changed since. Read it again, and decide whether your change still holds.")
    both = {"given": given, "held": held.tag, "record": json.loads(held.text), "differing": differing()}
    return Problem("stale", told, headers={"ETag": held.tag}, **both)
