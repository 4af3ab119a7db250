"""Messages to the workers that a job is due. Hints only: the job stands in PostgreSQL, a lost hint is sent again.

`send_due` is what the relay does twice a second, and what a request does once right after it has queued something.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from config.celery import app
from funding.models import Job

logger = logging.getLogger(__name__)

BATCH = 200
LONG = (Job.Kind.IMPORT, Job.Kind.EXPORT)  # kinds that are not stopped at the time limit of the others
GRACE = 30  # seconds between being told to stop and being stopped


class BrokerAway(Exception):
    """The broker took no message; the jobs stay due."""


def send_due() -> int:
    """Send one message for each due job that has none on its way, and return how many were sent.

    No more than `JOB_WINDOW` messages are unclaimed at a time, so that priorities and the limit of one job a host are
    decided here and a broker that dies loses little. Raises BrokerAway where a message could not be sent.
    """
    chosen = _choose()
    long = set(Job.objects.filter(pk__in=chosen, kind__in=LONG).values_list("id", flat=True)) if chosen else set()
    for at, job_id in enumerate(chosen):
        try:
            (publish_long if job_id in long else publish)(job_id)
        except Exception as error:  # whatever the transport raises, the answer is the same: not sent
            Job.objects.filter(pk__in=chosen[at:]).update(sent_at=None)
            raise BrokerAway(f"{type(error).__name__}: {error}") from error
    return len(chosen)


def send_soon() -> None:
    """`send_due` for after a commit: what cannot be sent now is left to the relay."""
    try:
        send_due()
    except BrokerAway as error:
        logger.warning("The broker took no message; the relay will send it. %s", error)


def publish(job_id: int) -> None:
    """Tell the workers of one job. Not tried again here: the relay does that."""
    app.send_task("funding.tasks.run_job", args=[job_id], retry=False)


def publish_long(job_id: int) -> None:
    """Tell the workers of one job that may take as long as a large file does."""
    limits = {"soft_time_limit": settings.JOB_LONG_LIMIT, "time_limit": settings.JOB_LONG_LIMIT + GRACE}
    app.send_task("funding.tasks.run_job", args=[job_id], retry=False, **limits)


def _choose() -> list[int]:
    """Mark the jobs to send as sent and return their ids; done before sending, so that no lock is held meanwhile."""
    with transaction.atomic():
        room = settings.JOB_WINDOW - Job.objects.filter(sent_at__gt=_stale()).count()
        if room <= 0:
            return []
        left_behind = _unsent(Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=Now()))
        wanted = list(left_behind.order_by("lease_until").values_list("id", flat=True)[:room])
        wanted += _waiting(room - len(wanted))
        # Looked at again under lock: another relay may have been faster.
        locked = _unsent(Job.objects.due().filter(pk__in=wanted)).select_for_update(skip_locked=True, no_key=True)
        held = set(locked.values_list("id", flat=True))
        Job.objects.filter(pk__in=held).update(sent_at=Now())
    return [job_id for job_id in wanted if job_id in held]


def _waiting(room: int) -> list[int]:
    """Up to `room` waiting jobs in their order, of each host only the next one, and none of a host being asked."""
    under_way = Q(state=Job.State.RUNNING) | Q(state=Job.State.QUEUED, sent_at__gt=_stale())
    busy = set(Job.objects.filter(under_way).exclude(host="").values_list("host", flat=True))
    due = _unsent(Job.objects.filter(state=Job.State.QUEUED, run_after__lte=Now()))
    chosen: list[int] = []
    while len(chosen) < room:
        left = due.exclude(host__in=busy).exclude(pk__in=chosen)
        batch = left.order_by(F("priority").desc(), "run_after", "id").values_list("id", "host")[:BATCH]
        for job_id, host in batch:
            if host not in busy and len(chosen) < room:
                chosen.append(job_id)
                busy.update({host} - {""})
        # Of a host with a long queue a batch may hold nothing else; the next one passes over it.
        if len(batch) < BATCH:
            break
    return chosen


def _stale() -> CombinedExpression:
    """Before this moment a message that nobody claimed is taken for lost."""
    return Now() - timedelta(seconds=settings.JOB_RESEND)


def _unsent(jobs: QuerySet[Job]) -> QuerySet[Job]:
    return jobs.filter(Q(sent_at=None) | Q(sent_at__lt=_stale()))
