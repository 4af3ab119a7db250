"""What Celery calls. A message carries the id of a job and nothing else."""

from celery import shared_task

from funding import feeds, importing, intake, jobs, own_rates  # noqa: F401  all but jobs register what they handle
from funding.alerting import digests, events, pruning  # noqa: F401  they register as well, and what they deliver by
from funding.reporting import asked, running, schedule  # noqa: F401  so do these


@shared_task
def run_job(job_id: int) -> None:
    jobs.run(job_id)


@shared_task
def fetch_due_feeds() -> None:
    feeds.enqueue_due()


@shared_task
def send_due_digests() -> None:
    digests.enqueue_due()


@shared_task
def send_due_reports() -> None:
    schedule.enqueue_due()


@shared_task
def delete_old_exports() -> None:
    asked.delete_old()


@shared_task
def prune_alerts() -> None:
    pruning.enqueue_daily()
