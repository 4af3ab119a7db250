"""The daily digest: one mail at its hour with what came since the last, and none where nothing did."""

import datetime

import pytest
import time_machine
from alert_jobs import make_alert, make_analyst, run_jobs, watching_list
from django.core import mail
from django.utils import timezone
from factories import make_round, make_source, say, usd

from funding import tasks
from funding.alerting import digests
from funding.models import Alert, Delivery, Digest, Job
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
SERIES_B = {"announced_on": PartialDate(2025, 6, 2), "raised": usd(40_000_000), "stage": Text("series_b")}


@pytest.fixture
def alert() -> Alert:
    make_round()
    alert = make_alert(watching_list(make_analyst(), "Halden Robotics"), "digest")
    digests.ensure(alert.owner)
    return alert


def strike() -> None:
    """Let the hour of every digest come, and beat see it."""
    Digest.objects.update(next_at=timezone.now() - datetime.timedelta(seconds=1))
    tasks.send_due_digests()
    tasks.send_due_digests()
    run_jobs()


def say_round(**fields) -> None:
    say(make_source(), rounds={"b": SERIES_B | fields})
    run_jobs()


def test_what_came_is_sent_in_one_mail_when_the_hour_comes(alert):
    other = make_alert(watching_list(alert.owner, "Halden Robotics", name="All"), "digest")
    say_round()
    say_round(closed_on=PartialDate(2025, 7))
    assert mail.outbox == []
    strike()
    [message] = mail.outbox
    assert message.subject == "Roundbook today: 4 changes"
    assert "What came since the last digest:" in message.body
    assert "alert on: Robotics, All" in message.body
    assert Delivery.objects.get().events.filter(alert=other).count() == 2


def test_nothing_is_sent_twice_and_nothing_where_nothing_came(alert):
    say_round()
    strike()
    strike()
    assert len(mail.outbox) == 1
    assert Job.objects.filter(kind="digest", result="Nothing came since the last").count() == 1
    say_round(closed_on=PartialDate(2025, 7))
    strike()
    assert mail.outbox[1].subject == "Roundbook today: 1 change"


def test_two_beats_make_one_digest(alert):
    say_round()
    Digest.objects.update(next_at=timezone.now() - datetime.timedelta(seconds=1))
    assert (digests.enqueue_due(), digests.enqueue_due()) == (1, 1)
    assert Job.objects.filter(kind="digest").count() == 1


def test_the_next_is_at_the_same_hour_of_the_next_day(alert):
    with time_machine.travel(datetime.datetime(2026, 3, 1, 7, 0, 5, tzinfo=datetime.UTC), tick=False):
        Digest.objects.update(next_at=timezone.now())
        digests.enqueue_due()
        run_jobs("digest")
    assert Digest.objects.get().next_at == datetime.datetime(2026, 3, 2, 7, tzinfo=datetime.UTC)


@pytest.mark.parametrize(("hour", "day"), [(6, 2), (7, 2), (8, 1)])
def test_an_hour_that_is_over_today_is_tomorrow(hour, day):
    after = datetime.datetime(2026, 3, 1, 7, 30, tzinfo=datetime.UTC)
    assert digests.next_time(hour, after) == datetime.datetime(2026, 3, day, hour, tzinfo=datetime.UTC)


def test_a_stopped_alert_is_not_in_the_digest(alert):
    say_round()
    Alert.objects.update(is_active=False)
    strike()
    assert mail.outbox == []
