"""What a machine asks: is the site well, and what did a browser's content policy refuse."""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from config.celery import app
from funding.models import Job

log = logging.getLogger(__name__)

LATE_AFTER: Final = 300  # seconds that a job may have been due for before the site calls itself degraded
LARGEST_REPORT: Final = 10_000  # bytes
LONGEST_FIELD: Final = 300  # characters
REPORTED: Final = ("effective-directive", "violated-directive", "blocked-uri", "document-uri", "source-file")

_is_migrated = False


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 where pages can be served, 503 where the database is gone or behind the code.

    `status` is ok, degraded (jobs wait: the broker does not answer, or one has been due for long) or down.
    """
    answer: dict[str, Any] = {"database": _database()}
    if answer["database"] != "ok":
        return JsonResponse({"status": "down", **answer}, status=503)
    answer["broker"] = "ok" if _broker_answers() else "does not answer"
    answer["oldest_due_job_seconds"] = waiting = oldest_due()
    is_well = answer["broker"] == "ok" and (waiting or 0) <= LATE_AFTER
    return JsonResponse({"status": "ok" if is_well else "degraded", **answer})


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        return "ok" if is_migrated() else "migrations are outstanding"
    except DatabaseError as error:
        log.warning("The database does not answer: %s", " ".join(str(error).split()))
        return "does not answer"


def is_migrated() -> bool:
    """Whether every migration of this code has been applied. Asked until it is so, then remembered."""
    global _is_migrated
    if not _is_migrated:
        executor = MigrationExecutor(connection)
        _is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _is_migrated


def _broker_answers() -> bool:
    try:
        with app.connection_for_write() as broker:
            broker.connect()
            broker.channel().client.ping()
    except Exception as error:  # whatever the client library of the broker raises
        log.warning("The broker does not answer: %s", " ".join(str(error).split()))
        return False
    return True


def oldest_due() -> int | None:
    """For how many seconds the longest waiting job has been due, None where none is."""
    since = Job.objects.due().aggregate(since=Min("run_after"))["since"]
    return None if since is None else max(0, int((timezone.now() - since).total_seconds()))


@csrf_exempt  # browsers send these by themselves; nothing is changed by one
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Log what the content policy refused, as one line whatever was sent."""
    body = request.read(LARGEST_REPORT + 1)
    log.warning("Content policy: %s", _one_line(body) if len(body) <= LARGEST_REPORT else "a report that is too long")
    return HttpResponse(status=204)


def _one_line(body: bytes) -> str:
    """The telling fields of a report. JSON's escapes keep line ends and control characters out of the log."""
    try:
        report = json.loads(body)["csp-report"]
        fields = {name: str(report[name])[:LONGEST_FIELD] for name in REPORTED if name in report}
    except (ValueError, KeyError, TypeError, RecursionError):
        return f"a report that cannot be read, {len(body)} bytes"
    return json.dumps(fields)
