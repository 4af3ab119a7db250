"""The relay tells the workers of due jobs until somebody claims them, whatever is away meanwhile."""

import os
import signal
import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from funding import dispatch, jobs
from funding.models import Job
from funding.relay import Relay

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """The ids that were sent, in their order."""
    ids: list[int] = []
    monkeypatch.setattr(dispatch, "publish", ids.append)
    return ids


def make_job(**columns) -> Job:
    return Job.objects.create(**{"kind": "count", "idempotency_key": uuid.uuid4().hex} | columns)


def later(**delta) -> dict:
    return {"run_after": timezone.now() + timedelta(**delta)}


def test_due_jobs_are_sent_once_by_priority_then_age(sent):
    old, new, urgent = make_job(**later(minutes=-5)), make_job(), make_job(priority=5)
    make_job(**later(minutes=1))
    assert dispatch.send_due() == 3
    assert sent == [urgent.pk, old.pk, new.pk]
    assert dispatch.send_due() == 0


def test_a_message_that_nobody_claimed_is_sent_again(sent, settings):
    settings.JOB_RESEND = 30
    fresh = make_job(sent_at=timezone.now() - timedelta(seconds=25))
    lost = make_job(sent_at=timezone.now() - timedelta(seconds=35))
    dispatch.send_due()
    assert sent == [lost.pk]
    assert fresh.pk not in sent


def test_a_job_whose_worker_was_lost_is_sent_again(sent):
    job = jobs.claim(make_job().pk)
    assert dispatch.send_due() == 0
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    dispatch.send_due()
    assert sent == [job.pk]


@pytest.mark.parametrize("state", ["done", "failed", "dead", "cancelled"])
def test_a_job_that_ended_is_not_sent(sent, state):
    make_job(state=state, error="It ended.", finished_at=timezone.now())
    assert dispatch.send_due() == 0


def test_no_more_messages_are_on_their_way_than_the_window_admits(sent, settings):
    settings.JOB_WINDOW = 3
    for _ in range(5):
        make_job()
    assert dispatch.send_due() == 3
    assert dispatch.send_due() == 0
    jobs.claim(sent[0])
    assert dispatch.send_due() == 1
    assert len(set(sent)) == 4


def test_of_a_host_one_job_is_sent_at_a_time(sent):
    first, second, other = make_job(host="a.example"), make_job(host="a.example"), make_job(host="b.example")
    dispatch.send_due()
    assert sent == [first.pk, other.pk]
    held = jobs.claim(first.pk)
    assert dispatch.send_due() == 0
    jobs.fail(held, "No.")
    dispatch.send_due()
    assert sent[2:] == [second.pk]


def test_a_host_with_a_long_queue_does_not_hold_up_the_others(sent, django_assert_max_num_queries):
    long = [make_job(host="a.example", priority=1) for _ in range(dispatch.BATCH + 5)]
    others = [make_job(host="b.example"), make_job(), make_job()]
    with django_assert_max_num_queries(10):
        dispatch.send_due()
    assert sent == [long[0].pk, *(job.pk for job in others)]


def test_a_broker_that_is_away_leaves_the_jobs_due(monkeypatch, caplog):
    make_job()
    make_job()

    def away(job_id):
        raise ConnectionRefusedError("nobody there")

    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "publish", away)
        relay = Relay()
        assert [relay.step() for _ in range(3)] == [0, 0, 0]
    assert caplog.text.count("The broker does not answer") == 1
    assert not Job.objects.exclude(sent_at=None).exists()
    monkeypatch.setattr(dispatch, "publish", lambda job_id: None)
    with caplog.at_level("INFO"):
        assert relay.step() == 2
    assert "sends again" in caplog.text


def test_the_broker_of_this_run_takes_a_message(settings):
    dispatch.publish(0)  # as another test of this run may: they share the broker, and no worker takes what they send
    job = make_job()
    assert dispatch.send_due() == 1
    from config.celery import app

    with app.connection_for_read() as connection, connection.SimpleQueue(settings.CELERY_TASK_DEFAULT_QUEUE) as queue:
        while (message := queue.get(timeout=5)).payload[0] != [job.pk]:
            message.ack()
        message.ack()
    assert message.headers["task"] == "funding.tasks.run_job"


def test_a_database_that_is_away_is_waited_for(monkeypatch, caplog):
    def away():
        raise OperationalError("server closed the connection")

    closed = []
    monkeypatch.setattr(dispatch, "send_due", away)
    monkeypatch.setattr("funding.relay.connection.close", lambda: closed.append(True))
    relay = Relay()
    relay.step()
    relay.step()
    assert caplog.text.count("The database does not answer") == 1
    assert closed == [True, True]


def test_the_relay_stops_on_sigterm(sent):
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    try:
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
        begun = time.monotonic()
        Relay(interval=0.05).run()
        assert time.monotonic() - begun < 10
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])


def test_the_relay_looks_more_often_while_there_is_work(sent, monkeypatch):
    make_job()
    relay = Relay(interval=0.5)
    pauses = []

    def wait(seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            relay.stop()

    monkeypatch.setattr(relay.stopping, "wait", wait)
    monkeypatch.setattr(signal, "signal", lambda *args: None)
    relay.run()
    assert pauses == [0.05, 0.5]


@pytest.mark.django_db(transaction=True)
def test_two_relays_send_a_job_once(monkeypatch):
    ids: list[int] = []
    monkeypatch.setattr(dispatch, "publish", ids.append)
    for _ in range(10):
        make_job()
    relays = [threading.Thread(target=_send_and_close) for _ in range(2)]
    for relay in relays:
        relay.start()
    for relay in relays:
        relay.join()
    assert len(ids) == len(set(ids)) == 10


def _send_and_close() -> None:
    from django.db import connection

    dispatch.send_due()
    connection.close()
