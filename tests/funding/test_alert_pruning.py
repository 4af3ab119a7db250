"""What alerts told long ago is deleted, and never what is still to be sent."""

from datetime import timedelta

import pytest
from alert_jobs import make_alert, make_analyst, run_jobs, watching_list
from django.core import mail
from django.utils import timezone
from factories import make_round, make_source, say, usd

from funding import tasks
from funding.alerting import digests, pruning
from funding.models import Alert, AlertEvent, Delivery, Digest, Job
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
SERIES_B = {"announced_on": PartialDate(2025, 6, 2), "raised": usd(40_000_000), "stage": Text("series_b")}


def told(way: str, *kinds: str, **columns) -> Alert:
    """An alert that told of a round, with the jobs of these kinds run."""
    make_round()
    alert = make_alert(watching_list(make_analyst(), "Halden Robotics"), way, **columns)
    say(make_source(), rounds={"b": SERIES_B})
    run_jobs(*kinds)
    assert AlertEvent.objects.exists()
    return alert


def age(days: int) -> None:
    long_ago = timezone.now() - timedelta(days=days)
    AlertEvent.objects.update(at=long_ago)
    Delivery.objects.update(created_at=long_ago)
    Delivery.objects.exclude(ended_at=None).update(ended_at=long_ago)


def prune() -> str:
    job = pruning.enqueue_daily()
    run_jobs("pruning")
    job.refresh_from_db()
    assert job.state == "done"
    return job.result


def test_what_was_sent_more_than_a_year_ago_goes_with_its_message():
    told("mail")
    age(366)
    assert prune() == "1 events and 1 messages deleted"
    assert not AlertEvent.objects.exists() and not Delivery.objects.exists()


def test_what_was_sent_within_the_year_stays():
    told("mail")
    age(364)
    assert prune() == "0 events and 0 messages deleted"
    assert AlertEvent.objects.exists() and Delivery.objects.exists()


def test_a_message_that_still_waits_is_sent_however_old_it_is():
    told("mail", "alert")
    age(900)
    assert prune() == "0 events and 0 messages deleted"
    run_jobs()
    assert len(mail.outbox) == 1


def test_what_still_waits_for_its_digest_stays_and_goes_along_with_it():
    alert = told("digest")
    digest = digests.ensure(alert.owner)
    age(900)
    assert prune() == "0 events and 0 messages deleted"
    Digest.objects.filter(pk=digest.pk).update(next_at=timezone.now())
    digests.enqueue_due()
    run_jobs()
    assert len(mail.outbox) == 1


def test_what_stands_in_a_feed_goes_after_a_year():
    told("feed")
    age(366)
    assert prune() == "1 events and 0 messages deleted"


def test_the_days_are_a_setting_and_none_keeps_everything(settings):
    told("feed")
    age(40)
    settings.ALERT_DAYS = 0
    assert pruning.enqueue_daily() is None
    settings.ALERT_DAYS = 30
    assert prune() == "1 events and 0 messages deleted"


def test_so_many_rows_go_at_once_and_the_rest_the_next_day(monkeypatch):
    told("feed")
    first = AlertEvent.objects.get()
    AlertEvent.objects.create(alert=first.alert, change=first.change, kind="valuation", company=first.company)
    age(400)
    monkeypatch.setattr(pruning, "MOST", 1)
    assert prune() == "1 events and 0 messages deleted"
    assert not AlertEvent.objects.filter(pk=first.pk).exists() and AlertEvent.objects.exists()


def test_beat_queues_one_job_a_day():
    for _twice in range(2):
        tasks.prune_alerts()
    assert Job.objects.get().kind == "pruning"
