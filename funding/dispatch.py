"""Messages to the workers that a job is due. Hints only: the job stands in PostgreSQL, a lost hint is sent again.

`send_due` is what the relay does twice a second, and what a request does once right after it has queued something.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from config.celery import app
from funding.models import Job

logger = logging.getLogger(__name__)


class BrokerAway(Exception):
    """The broker took no message; the jobs stay due."""


def send_due() -> int:
    """Send one message for each due job that has none on its way, and return how many were sent.

    No more than `JOB_WINDOW` messages are unclaimed at a time, so that priorities and the limit of one job a host are
    decided here and a broker that dies loses little. Raises BrokerAway where a message could not be sent.
    """
    chosen = _choose()
    for at, job_id in enumerate(chosen):
        try:
            publish(job_id)
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


def _choose() -> list[int]:
    """Mark the jobs to send as sent and return their ids; done before sending, so that no lock is held meanwhile."""
    with transaction.atomic():
        room = settings.JOB_WINDOW - Job.objects.filter(sent_at__gt=_stale()).count()
        if room <= 0:
            return []
        left_behind = _unsent().filter(state=Job.State.RUNNING).order_by("lease_until")
        chosen = _locked_ids(left_behind, room)
        waiting = _first_of_each_host(_unsent().filter(state=Job.State.QUEUED))
        chosen += _locked_ids(waiting.order_by(F("priority").desc(), "run_after", "id"), room - len(chosen))
        Job.objects.filter(pk__in=chosen).update(sent_at=Now())
    return chosen


def _stale() -> Now:
    """Before this moment a message that nobody claimed is taken for lost."""
    return Now() - timedelta(seconds=settings.JOB_RESEND)


def _unsent() -> QuerySet[Job]:
    return Job.objects.due().filter(Q(sent_at=None) | Q(sent_at__lt=_stale()))


def _first_of_each_host(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Of the jobs that ask a host only the next one, and none while another of that host is under way."""
    same_host = Job.objects.filter(host=OuterRef("host")).exclude(pk=OuterRef("pk"))
    is_before = Q(priority__gt=OuterRef("priority")) | Q(priority=OuterRef("priority"), id__lt=OuterRef("id"))
    under_way = same_host.filter(Q(state=Job.State.RUNNING) | Q(state=Job.State.QUEUED, sent_at__gt=_stale()))
    ahead = same_host.filter(is_before, state=Job.State.QUEUED, run_after__lte=Now())
    return jobs.filter(Q(host="") | ~(Exists(under_way) | Exists(ahead)))


def _locked_ids(jobs: QuerySet[Job], room: int) -> list[int]:
    """Up to `room` ids, passing over rows that another relay or a worker holds."""
    return list(jobs.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)[:room])
