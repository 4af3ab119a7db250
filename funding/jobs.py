"""The life of a job: queued, claimed by one worker, finished together with its effects, or failed with a reason.

A kind of job has one preparing function, registered by `handles`. It runs outside any transaction, may ask the network
and take its time, and returns the effects: a function that is run in the one transaction that also says "done", fenced
by the lease. A worker that was too slow, killed or cancelled therefore takes no effect at all.

    @jobs.handles(Job.Kind.ARTICLE, on_outcome=follow_job)
    def read_article(job: Job) -> jobs.Effects:
        page = fetching.fetch(job.payload["url"])       # slow, no transaction
        def record() -> str:                            # quick, in the finishing transaction
            ...
            return "1 round found"                      # the job's result, in words
        return record
"""

import logging
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now
from django.utils import timezone

from funding import dispatch
from funding.models import Job
from funding.texts import clean_line, clean_text

logger = logging.getLogger(__name__)

# Returns what came of the job, in words.
Effects = Callable[[], str]


class JobFailed(Exception):
    """Raised while preparing or taking effect: trying again would not help. Its text is what people read."""


class JobDelayed(Exception):
    """Raised while preparing: worth trying again later. Its text is what people read meanwhile."""


class LeaseLost(Exception):
    """The job is no longer this worker's: another one has it, or somebody cancelled it."""


@dataclass(frozen=True)
class Handler:
    """What a kind of job does, and who has to know how it ended."""

    prepare: Callable[[Job], Effects]
    on_outcome: Callable[[Job], None] | None = None


HANDLERS: dict[str, Handler] = {}


def handles(
    kind: str, *, on_outcome: Callable[[Job], None] | None = None
) -> Callable[[Callable[[Job], Effects]], Callable[[Job], Effects]]:
    """Register the decorated function as what prepares jobs of this kind.

    `on_outcome` is called with the job whenever it fails, is given up, is cancelled or is queued again by hand, in the
    transaction that says so; it looks at `job.state` and `job.error`.
    """

    def register(prepare: Callable[[Job], Effects]) -> Callable[[Job], Effects]:
        HANDLERS[kind] = Handler(prepare, on_outcome)
        return prepare

    return register


def enqueue(
    kind: str,
    key: str,
    payload: dict[str, Any] | None = None,
    *,
    host: str = "",
    by: User | None = None,
    priority: int = 0,
    total: int = 0,
) -> Job:
    """Queue a job in the caller's transaction, or find the one that was queued with the same key before.

    `host` is the host it will ask: one job of a host runs at a time. `total` is how many steps it will report. Workers
    hear of it after the commit; where the broker is away the relay tells them later.
    """
    job, is_new = Job.objects.get_or_create(
        idempotency_key=key,
        defaults={
            "kind": kind,
            "payload": payload or {},
            "host": host,
            "priority": priority,
            "total_count": total,
            "created_by": by,
        },
    )
    if is_new and not any(entry[1] is dispatch.send_soon for entry in connection.run_on_commit):
        transaction.on_commit(dispatch.send_soon, robust=True)
    return job


def claim(job_id: int) -> Job | None:
    """Take a job for this worker, or None where it is not due, is another's, or its host is being asked.

    A job that was attempted `JOB_ATTEMPTS` times is given up instead.
    """
    token = Job.new_token()
    try:
        with transaction.atomic():
            claimed = (
                Job.objects.due()
                .filter(pk=job_id, attempt__lt=settings.JOB_ATTEMPTS)
                .update(
                    state=Job.State.RUNNING,
                    attempt=F("attempt") + 1,
                    lease_token=token,
                    lease_until=_lease_end(),
                    started_at=Now(),
                    sent_at=None,
                )
            )
    except IntegrityError as error:
        if "job_one_running_a_host" not in str(error):
            raise
        # Not sent any more: the relay sends it again as soon as the host is free.
        Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(sent_at=None)
        return None
    if claimed:
        return Job.objects.filter(pk=job_id, lease_token=token).first()
    _give_up(job_id)
    return None


def run(job_id: int) -> None:
    """Claim a job, prepare it outside any transaction, and finish it; or write down why that did not work.

    Database errors while writing that down are raised: the lease runs out and the job is tried again.
    """
    job = claim(job_id)
    if job is None:
        return
    try:
        _work(job)
    except LeaseLost:
        logger.warning("Job %s was taken from this worker; nothing of it took effect.", job.pk)


def _work(job: Job) -> None:
    try:
        handler = HANDLERS.get(job.kind)
        if handler is None:
            raise JobFailed(f"Nothing here knows how to do a job of the kind “{job.kind}”.")
        finish(job, handler.prepare(job))
    except LeaseLost:
        raise
    except JobFailed as error:
        fail(job, str(error))
    except Exception as error:
        if not isinstance(error, JobDelayed):
            logger.exception("Job %s (%s), attempt %s, was stopped by an error.", job.pk, job.kind, job.attempt)
        delay(job, _in_words(error))


def finish(job: Job, effects: Effects) -> None:
    """Run the effects and say "done" in one transaction; raises LeaseLost, with no effect, where the lease is gone."""
    with _fenced(job) as held:
        held.result = clean_line(effects(), 300)
        held.error = ""
        _end(held, Job.State.DONE)


def fail(job: Job, reason: str) -> None:
    """End a job for good with its reason; raises LeaseLost."""
    with _fenced(job) as held:
        held.error = clean_text(reason, 2000) or "It failed without a reason."
        _end(held, Job.State.FAILED)
        _tell(held)


def delay(job: Job, reason: str) -> None:
    """Queue a job again after a pause that grows with its attempts, or give it up; raises LeaseLost."""
    with _fenced(job) as held:
        held.error = clean_text(reason, 2000) or "It was stopped without a reason."
        if held.attempt >= settings.JOB_ATTEMPTS:
            _end(held, Job.State.DEAD)
            _tell(held)
            return
        held.state = Job.State.QUEUED
        held.run_after = timezone.now() + timedelta(seconds=back_off(held.attempt))
        held.lease_until = held.lease_token = None
        held.save(update_fields=["state", "error", "run_after", "lease_until", "lease_token"])


def back_off(attempt: int) -> float:
    """Seconds to wait after this attempt (from 1): four times as long each time, a fifth more or less."""
    return float(settings.JOB_BACKOFF * 4 ** (attempt - 1) * random.uniform(0.8, 1.2))


def report_progress(job: Job, words: str, done: int, total: int) -> None:
    """Say how far a job is, and hold it longer; raises LeaseLost where it is this worker's no more."""
    held = Job.objects.filter(pk=job.pk, lease_token=job.lease_token, state=Job.State.RUNNING).update(
        progress=clean_line(words, 200), done_count=done, total_count=total, lease_until=_lease_end()
    )
    if not held:
        raise LeaseLost


@contextmanager
def held(job: Job, words: str) -> Iterator[None]:
    """Hold a job for as long as a block takes whose one query leaves no room to say how far it is.

    That is said by a connection of another thread. Where the job is lost meanwhile, finishing it says so.
    """
    over = threading.Event()

    def hold() -> None:
        try:
            while not over.wait(settings.JOB_LEASE / 4):
                report_progress(job, words, 0, 0)
        except LeaseLost:
            logger.warning("Job %s was taken from this worker while it worked.", job.pk)
        finally:
            connection.close()

    thread = threading.Thread(target=hold, name=f"hold job {job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def cancel(job: Job, by: AbstractBaseUser | None) -> bool:
    """Stop a job that is waiting or running, so that nothing of it takes effect; False where it has ended already."""
    with transaction.atomic():
        held = Job.objects.select_for_update(no_key=True).open().filter(pk=job.pk).first()
        if held is None:
            return False
        held.error = f"Cancelled by {by}." if by else "Cancelled."
        _end(held, Job.State.CANCELLED)
        _tell(held)
    return True


def retry(job: Job, by: AbstractBaseUser | None) -> bool:
    """Queue a job that failed, was given up or was cancelled from the start; False where there is nothing to retry."""
    with transaction.atomic():
        held = Job.objects.select_for_update(no_key=True).filter(pk=job.pk).first()
        if held is None or not held.is_repeatable:
            return False
        held.state = Job.State.QUEUED
        held.attempt = held.done_count = 0
        held.error = held.result = ""
        held.progress = f"Asked for again by {by}" if by else "Asked for again"
        held.run_after = timezone.now()
        held.sent_at = held.started_at = held.finished_at = None
        held.save()
        _tell(held)
        transaction.on_commit(dispatch.send_soon, robust=True)
    return True


@contextmanager
def _fenced(job: Job) -> Iterator[Job]:
    """A transaction in which the job is held for its worker: a twin, a cancel and a new claim wait for its end."""
    with transaction.atomic():
        held = (
            Job.objects.select_for_update(no_key=True)
            .filter(pk=job.pk, lease_token=job.lease_token, state=Job.State.RUNNING)
            .first()
        )
        if held is None:
            raise LeaseLost
        yield held


def _give_up(job_id: int) -> None:
    """Declare a due job dead whose attempts are used up: its workers were killed before they could say why."""
    with transaction.atomic():
        job = (
            Job.objects.due()
            .select_for_update(no_key=True, skip_locked=True)
            .filter(pk=job_id, attempt__gte=settings.JOB_ATTEMPTS)
            .first()
        )
        if job is None:
            return
        reason = f"Given up after {job.attempt} attempts: the worker was lost each time before it could finish."
        job.error = f"{reason} An earlier attempt said: {job.error}" if job.error else reason
        _end(job, Job.State.DEAD)
        _tell(job)


def _end(job: Job, state: Job.State) -> None:
    job.state = state
    job.finished_at = timezone.now()
    job.lease_until = job.lease_token = job.sent_at = None
    job.save(
        update_fields=["state", "result", "error", "finished_at", "lease_until", "lease_token", "sent_at"],
    )


def _tell(job: Job) -> None:
    """Call the kind's `on_outcome`. An error of its own must not keep the job from ending."""
    handler = HANDLERS.get(job.kind)
    if handler is None or handler.on_outcome is None:
        return
    try:
        with transaction.atomic():
            handler.on_outcome(job)
    except Exception:
        logger.exception("What follows when job %s is %s did not work.", job.pk, job.get_state_display())


def _lease_end() -> CombinedExpression:
    return Now() + timedelta(seconds=settings.JOB_LEASE)


def _in_words(error: Exception) -> str:
    if isinstance(error, JobDelayed):
        return str(error)
    if isinstance(error, SoftTimeLimitExceeded):
        return f"It took longer than {settings.CELERY_TASK_SOFT_TIME_LIMIT} seconds and was stopped."
    return f"{type(error).__name__}: {error}"
