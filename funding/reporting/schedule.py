"""When reports go out: the next time of each, and the runs of those that are due."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from funding import jobs
from funding.models import Job, Report, ReportRun

MOST: int = 200  # reports that are taken up at a time


def next_time(report: Report, after: datetime) -> datetime:
    """The first moment after another at which a report is due, by the clock of UTC."""
    at = after.replace(hour=report.hour, minute=0, second=0, microsecond=0)
    while at <= after or not _is_its_day(report, at):
        at += timedelta(days=1)
    return at


def _is_its_day(report: Report, at: datetime) -> bool:
    if report.every == Report.Every.WEEK:
        return at.isoweekday() == report.day
    return report.every == Report.Every.DAY or at.day == report.day


def enqueue_due() -> int:
    """Queue a run of every report that is due; returns how many. A time that was missed goes out once, not often."""
    with transaction.atomic():
        now = timezone.now()
        due = Report.objects.select_for_update(skip_locked=True, of=("self",)).filter(next_at__lte=now)
        reports = list(due.order_by("next_at")[:MOST])
        for report in reports:
            assert report.next_at is not None
            run, is_new = ReportRun.objects.get_or_create(
                report=report, due_at=report.next_at, is_asked=False, defaults={"way": report.way}
            )
            if is_new:
                queue(run)
            report.next_at = next_time(report, now)
            report.save(update_fields=["next_at"])
    return len(reports)


def ask(report: Report, way: str) -> ReportRun:
    """Queue a run of a report now, because its owner asks for it."""
    with transaction.atomic():
        run = ReportRun.objects.create(report=report, way=way, is_asked=True)
        queue(run)
    return run


def ask_again(run: ReportRun) -> None:
    """Queue a run once more that was given up, or of which it is not known whether it went out.

    It keeps its id, by which a mailbox may know the second mail. Raises ValueError, in words for people, where it is
    no such run, or is under way again already.
    """
    with transaction.atomic():
        held = ReportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
        if not held.is_repeatable:
            raise ValueError("This is no run that was given up, or of which it is not known whether it was sent.")
        now = timezone.now()
        held.state, held.answer, held.ended_at, held.again_at = ReportRun.State.WAITING, "", None, now
        held.save()
        queue(held, f":{now.timestamp():.6f}")


def queue(run: ReportRun, suffix: str = "") -> None:
    """Queue the job of a run, in the caller's transaction."""
    run.job = jobs.enqueue(Job.Kind.REPORT, f"report:{run.uid}{suffix}", {"report_run": run.pk}, by=run.report.owner)
    run.save(update_fields=["job"])
