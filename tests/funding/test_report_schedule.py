"""When reports are due, of which dates they are, and that a time that is due is queued once."""

from datetime import UTC, date, datetime

import pytest
from alert_jobs import make_analyst
from django.utils import timezone

from funding.models import Job, Report, ReportRun
from funding.reporting import schedule
from funding.reporting.reports import query_of, whole_before

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


def make_report(**columns) -> Report:
    owner = columns.pop("owner", None) or make_analyst()
    return Report.objects.create(
        **{"owner": owner, "name": "Seeds", "rows": "rounds", "query": "stage=seed"} | columns
    )


def scheduled(every: str = "day", **columns) -> Report:
    return make_report(every=every, way="attachment", next_at=timezone.now(), **columns)


@pytest.mark.parametrize(
    ("every", "day", "hour", "then"),
    [
        ("day", 1, 10, datetime(2026, 11, 27, 10, tzinfo=UTC)),
        ("day", 1, 9, datetime(2026, 11, 28, 9, tzinfo=UTC)),
        ("week", 5, 10, datetime(2026, 11, 27, 10, tzinfo=UTC)),
        ("week", 5, 9, datetime(2026, 12, 4, 9, tzinfo=UTC)),
        ("week", 1, 0, datetime(2026, 11, 30, 0, tzinfo=UTC)),
        ("month", 27, 10, datetime(2026, 11, 27, 10, tzinfo=UTC)),
        ("month", 27, 9, datetime(2026, 12, 27, 9, tzinfo=UTC)),
        ("month", 1, 23, datetime(2026, 12, 1, 23, tzinfo=UTC)),
    ],
)
def test_the_next_time_is_the_first_of_its_day_and_hour(every, day, hour, then):
    assert schedule.next_time(Report(every=every, day=day, hour=hour), FRIDAY) == then


@pytest.mark.parametrize(
    ("period", "day", "first", "last"),
    [
        ("week", date(2026, 11, 27), date(2026, 11, 16), date(2026, 11, 22)),
        ("week", date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 22)),
        ("month", date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 31)),
        ("quarter", date(2026, 11, 27), date(2026, 7, 1), date(2026, 9, 30)),
        ("quarter", date(2026, 2, 27), date(2025, 10, 1), date(2025, 12, 31)),
        ("year", date(2026, 11, 27), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_period_is_the_last_whole_one_before_the_day(period, day, first, last):
    assert whole_before(period, day) == (first, last)
    query = query_of(Report(query="stage=seed", period=period), day)
    assert query.dict() == {"stage": "seed", "since": first.isoformat(), "until": last.isoformat()}


def test_what_is_due_is_queued_once_and_the_next_time_is_set(settings):
    report = scheduled()
    later = scheduled(name="Later", owner=report.owner)
    Report.objects.filter(pk=later.pk).update(next_at=timezone.now() + timezone.timedelta(hours=1))
    due = report.next_at
    assert schedule.enqueue_due() == 1
    assert schedule.enqueue_due() == 0
    [run] = ReportRun.objects.all()
    assert (run.report, run.due_at, run.way, run.is_asked) == (report, due, "attachment", False)
    [job] = Job.objects.filter(kind="report")
    assert (run.job, job.created_by) == (job, report.owner)
    report.refresh_from_db()
    assert report.next_at > timezone.now()


def test_two_lookers_at_one_due_time_make_one_run():
    report = scheduled()
    schedule.enqueue_due()
    Report.objects.update(next_at=report.next_at)  # as a second process had read it before
    schedule.enqueue_due()
    assert ReportRun.objects.count() == Job.objects.filter(kind="report").count() == 1


def test_times_that_were_missed_go_out_once():
    report = scheduled()
    Report.objects.update(next_at=timezone.now() - timezone.timedelta(days=9))
    schedule.enqueue_due()
    report.refresh_from_db()
    assert ReportRun.objects.count() == 1 and report.next_at > timezone.now()


def test_reports_that_do_not_go_out_by_themselves_are_never_due():
    make_report()
    assert schedule.enqueue_due() == 0
