"""The life of a job: claimed by one worker, finished once, tried again, given up, cancelled."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from alert_jobs import make_alert, make_analyst, watching_list
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone
from factories import make_round, make_source, say, usd

from funding import feeds, intake, jobs
from funding.alerting import digests, pruning
from funding.models import (
    Alert,
    AlertEvent,
    Article,
    Change,
    Delivery,
    Digest,
    ExportPart,
    Feed,
    Job,
    Proposal,
    Review,
    Source,
    Statement,
)
from funding.reporting import asked
from funding.values import PartialDate

pytestmark = pytest.mark.django_db

KIND = "count"


@pytest.fixture
def handled(monkeypatch):
    """A kind whose handler prepares what a test sets, and keeps what it was called with."""

    class Handled:
        def __init__(self):
            self.prepared, self.took_effect, self.outcomes = [], [], []
            self.prepare_error = self.effect_error = None

        def prepare(self, job):
            self.prepared.append(job)
            if self.prepare_error:
                raise self.prepare_error

            def effects():
                self.took_effect.append(job.pk)
                Feed.objects.create(url=f"https://example.com/{job.pk}", next_fetch_at=timezone.now())
                if self.effect_error:
                    raise self.effect_error
                return "1 counted"

            return effects

        def follow(self, job):
            self.outcomes.append((job.state, job.error))

    handled = Handled()
    monkeypatch.setitem(jobs.HANDLERS, KIND, jobs.Handler(handled.prepare, handled.follow))
    return handled


def make_job(**columns) -> Job:
    return Job.objects.create(**{"kind": KIND, "idempotency_key": uuid.uuid4().hex} | columns)


def lapse(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def counted() -> int:
    return Feed.objects.count()


def test_the_same_key_finds_the_job_queued_before():
    first = jobs.enqueue(KIND, "a", {"n": 1}, host="example.com", priority=3, total=7)
    second = jobs.enqueue(KIND, "a", {"n": 2})
    assert second.pk == first.pk
    first.refresh_from_db()
    assert (first.state, first.payload, first.host, first.priority, first.total_count) == (
        "queued",
        {"n": 1},
        "example.com",
        3,
        7,
    )


def test_a_job_is_queued_with_its_callers_transaction_or_not_at_all():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.enqueue(KIND, "a")
        raise ZeroDivisionError
    assert not Job.objects.exists()


def test_workers_hear_of_many_jobs_of_one_transaction_once(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        for number in range(3):
            jobs.enqueue(KIND, str(number))
    assert len(callbacks) == 1


def test_a_broker_that_is_away_does_not_disturb_a_request(django_capture_on_commit_callbacks, monkeypatch, caplog):
    def away(*args, **kwargs):
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr("funding.dispatch.publish", away)
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.enqueue(KIND, "a")
    job.refresh_from_db()
    assert (job.state, job.sent_at) == ("queued", None)
    assert "nobody there" in caplog.text


def test_a_job_runs_and_says_what_came_of_it(handled):
    job = make_job()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, job.attempt, job.error) == ("done", "1 counted", 1, "")
    assert job.finished_at and job.started_at and job.lease_token is None
    assert counted() == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_prepares_outside_any_transaction_and_takes_effect_inside_one(monkeypatch):
    seen = []

    def prepare(job):
        seen.append(connection.in_atomic_block)

        def effects():
            seen.append(connection.in_atomic_block)
            return "seen"

        return effects

    monkeypatch.setitem(jobs.HANDLERS, KIND, jobs.Handler(prepare))
    jobs.run(make_job().pk)
    assert seen == [False, True]


def test_a_claimed_job_is_not_claimed_again():
    job = make_job()
    assert jobs.claim(job.pk).attempt == 1
    assert jobs.claim(job.pk) is None


def test_a_job_that_is_not_due_is_not_claimed():
    job = make_job(run_after=timezone.now() + timedelta(minutes=1))
    assert jobs.claim(job.pk) is None


@pytest.mark.parametrize("state", ["done", "failed", "dead", "cancelled"])
def test_a_job_that_ended_is_not_claimed(state):
    job = make_job(state=state, error="it ended", finished_at=timezone.now())
    assert jobs.claim(job.pk) is None


def test_a_job_that_is_not_there_is_passed_over():
    jobs.run(0)


def test_a_job_whose_lease_ran_out_goes_to_the_next_worker():
    job = make_job()
    first = jobs.claim(job.pk)
    lapse(job)
    second = jobs.claim(job.pk)
    assert second.attempt == 2
    assert second.lease_token != first.lease_token


def test_the_slower_of_two_workers_takes_no_effect(handled):
    job = make_job()
    slow = jobs.claim(job.pk)
    lapse(job)
    quick = jobs.claim(job.pk)
    jobs.finish(quick, handled.prepare(quick))
    with pytest.raises(jobs.LeaseLost):
        jobs.finish(slow, handled.prepare(slow))
    assert counted() == 1


def test_without_its_token_the_slower_worker_would_take_effect(handled):
    """The control of the test above: it is the token that stops it."""
    job = make_job()
    slow = jobs.claim(job.pk)
    lapse(job)
    slow.lease_token = jobs.claim(job.pk).lease_token
    jobs.finish(slow, handled.prepare(slow))
    assert counted() == 1


def test_effects_and_done_are_one(handled):
    handled.effect_error = RuntimeError("half way")
    job = make_job()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert handled.took_effect == [job.pk]
    assert counted() == 0
    assert (job.state, job.error) == ("queued", "RuntimeError: half way")


def test_a_named_failure_is_final_and_tells_who_follows(handled):
    handled.prepare_error = jobs.JobFailed("The address has no such page.")
    job = make_job()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "The address has no such page.")
    assert handled.outcomes == [("failed", "The address has no such page.")]


def test_a_failure_while_taking_effect_is_final_too(handled):
    handled.effect_error = jobs.JobFailed("The feed was deleted.")
    job = make_job()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "The feed was deleted.")
    assert counted() == 0


def test_a_kind_nobody_knows_fails_in_words():
    job = make_job(kind="unheard of")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "“unheard of”" in job.error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (jobs.JobDelayed("The site is out of order."), "The site is out of order."),
        (ValueError("three\x00two"), "ValueError: threetwo"),
        (SoftTimeLimitExceeded(), "It took longer than 60 seconds and was stopped."),
    ],
)
def test_other_errors_are_kept_in_words_and_tried_again(handled, error, words):
    handled.prepare_error = error
    job = make_job()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.finished_at, job.lease_token) == ("queued", words, None, None)
    assert handled.outcomes == []


def test_the_pause_grows_fourfold_give_or_take_a_fifth(settings):
    settings.JOB_BACKOFF = 30
    for attempt, middle in ((1, 30), (2, 120), (3, 480), (4, 1920)):
        pauses = [jobs.back_off(attempt) for _ in range(200)]
        assert middle * 0.8 <= min(pauses) < middle * 0.9
        assert middle * 1.1 < max(pauses) <= middle * 1.2


def test_a_delayed_job_is_due_after_its_pause(handled, settings):
    settings.JOB_BACKOFF = 30
    handled.prepare_error = RuntimeError("no")
    job = make_job()
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False):
        jobs.run(job.pk)
    job.refresh_from_db()
    assert timedelta(seconds=24) <= job.run_after - now <= timedelta(seconds=36)


def test_a_job_that_fails_every_time_is_given_up_with_its_last_error(handled, settings):
    settings.JOB_ATTEMPTS, settings.JOB_BACKOFF = 3, 0
    handled.prepare_error = RuntimeError("no")
    job = make_job()
    for _ in range(5):
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == ("dead", 3, "RuntimeError: no")
    assert len(handled.prepared) == 3
    assert handled.outcomes == [("dead", "RuntimeError: no")]


def test_a_job_that_kills_its_workers_is_given_up(handled, settings):
    settings.JOB_ATTEMPTS = 3
    job = make_job()
    for _ in range(3):
        assert jobs.claim(job.pk)
        lapse(job)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("dead", 3)
    assert job.error.startswith("Given up after 3 attempts")
    assert handled.prepared == []
    assert handled.outcomes == [("dead", job.error)]


def test_an_error_of_who_follows_does_not_keep_a_job_from_ending(handled, monkeypatch, caplog):
    def follow(job):
        raise RuntimeError("cannot follow")

    handled.prepare_error = jobs.JobFailed("No.")
    monkeypatch.setitem(jobs.HANDLERS, KIND, jobs.Handler(handled.prepare, follow))
    job = make_job()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "cannot follow" in caplog.text


def test_progress_is_shown_and_holds_the_job_longer():
    job = jobs.claim(make_job().pk)
    lapse(job)
    jobs.report_progress(job, "Reading", 1, 3)
    job.refresh_from_db()
    assert (job.progress, job.done_count, job.total_count) == ("Reading", 1, 3)
    assert job.lease_until > timezone.now()


def test_progress_of_a_worker_that_lost_its_job_stops_it():
    job = make_job()
    slow = jobs.claim(job.pk)
    lapse(job)
    jobs.claim(job.pk)
    with pytest.raises(jobs.LeaseLost):
        jobs.report_progress(slow, "Reading", 1, 3)


def test_a_waiting_job_can_be_cancelled(handled, django_user_model):
    anna = django_user_model.objects.create(username="anna")
    job = make_job()
    assert jobs.cancel(job, anna)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("cancelled", "Cancelled by anna.")
    assert handled.prepared == []
    assert handled.outcomes == [("cancelled", "Cancelled by anna.")]


def test_nothing_of_a_job_cancelled_while_it_runs_takes_effect(handled, monkeypatch):
    def prepare(job):
        assert jobs.cancel(job, None)
        return handled.prepare(job)

    monkeypatch.setitem(jobs.HANDLERS, KIND, jobs.Handler(prepare))
    job = make_job()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert counted() == 0


def test_a_job_that_ended_cannot_be_cancelled(handled):
    job = make_job()
    jobs.run(job.pk)
    assert not jobs.cancel(job, None)
    job.refresh_from_db()
    assert job.state == "done"


@pytest.mark.parametrize("state", ["failed", "dead", "cancelled"])
def test_a_job_without_effect_can_be_asked_for_again(handled, state):
    job = make_job(state=state, error="It ended.", attempt=5, finished_at=timezone.now())
    assert jobs.retry(job, None)
    assert handled.outcomes == [("queued", "")]
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("done", 1)


@pytest.mark.parametrize("state", ["queued", "done"])
def test_a_job_that_is_open_or_done_cannot_be_asked_for_again(state):
    job = make_job(state=state, finished_at=timezone.now() if state == "done" else None)
    assert not jobs.retry(job, None)


def test_one_job_of_a_host_runs_at_a_time(handled):
    first, second, elsewhere = make_job(host="a.example"), make_job(host="a.example"), make_job(host="b.example")
    held = jobs.claim(first.pk)
    Job.objects.filter(pk=second.pk).update(sent_at=timezone.now())
    assert jobs.claim(second.pk) is None
    second.refresh_from_db()
    assert (second.state, second.attempt, second.sent_at) == ("queued", 0, None)
    assert jobs.claim(elsewhere.pk)
    jobs.finish(held, handled.prepare(held))
    assert jobs.claim(second.pk)


def test_jobs_without_a_host_run_side_by_side():
    assert all(jobs.claim(make_job().pk) for _ in range(3))


def article_job(site) -> Job:
    text = "Halden Robotics has raised $40 million in a Series B led by Northgate Capital, the company said on Monday."
    return intake.add_text(text, title="Halden raises", accept_above="0")[0].job


def feed_job(site) -> Job:
    link = site.url("/a")
    body = f"<rss version='2.0'><channel><title>L</title><item><link>{link}</link></item></channel></rss>"
    feed = Feed.objects.create(url=site.put("/feed", body, Content_Type="text/xml"), next_fetch_at=timezone.now())
    return feeds.enqueue(feed)


def alert_job(site, way: str = "webhook") -> Job:
    make_round()
    url = site.put("/hook", "", 204) if way == "webhook" else ""
    make_alert(watching_list(make_analyst(), "Halden Robotics"), way, url=url)
    say(make_source(), rounds={"b": {"announced_on": PartialDate(2025, 6, 2), "raised": usd(40)}})
    return Job.objects.get(kind=Job.Kind.ALERT)


def delivery_job(site) -> Job:
    jobs.run(alert_job(site).pk)
    return Job.objects.get(kind=Job.Kind.DELIVERY)


def digest_job(site) -> Job:
    jobs.run(alert_job(site, "digest").pk)
    digest = digests.ensure(Alert.objects.get().owner)
    Digest.objects.filter(pk=digest.pk).update(next_at=timezone.now())
    digests.enqueue_due()
    return Job.objects.get(kind=Job.Kind.DIGEST)


def pruning_job(site) -> Job:
    jobs.run(alert_job(site, "feed").pk)
    AlertEvent.objects.update(at=timezone.now() - timedelta(days=400))
    return pruning.enqueue_daily()


def export_job(site) -> Job:
    make_round()
    analyst = make_analyst()
    asked.ask(analyst, "rounds", QueryDict(""), "csv")
    return Job.objects.get(kind=Job.Kind.EXPORT)


MAKERS = {
    Job.Kind.ARTICLE: article_job,
    Job.Kind.FEED: feed_job,
    Job.Kind.ALERT: alert_job,
    Job.Kind.DELIVERY: delivery_job,
    Job.Kind.DIGEST: digest_job,
    Job.Kind.PRUNING: pruning_job,
    Job.Kind.EXPORT: export_job,
}


# These work in many transactions, or have their effect outside the database; their own tests hold them to "once".
ELSEWHERE = {Job.Kind.IMPORT, Job.Kind.RATES, Job.Kind.REPORT}


def test_every_kind_of_job_is_tried_here_or_elsewhere():
    assert set(MAKERS) | ELSEWHERE == set(Job.Kind)


@pytest.mark.parametrize("kind", MAKERS)
def test_a_job_of_each_kind_takes_effect_once_however_often_it_is_run(kind, site):
    job = MAKERS[kind](site)
    slow = jobs.claim(job.pk)
    late = jobs.HANDLERS[kind].prepare(slow)
    lapse(job)
    before = effects_held()
    jobs.run(job.pk)
    after = effects_held()
    assert after != before
    with pytest.raises(jobs.LeaseLost):
        jobs.finish(slow, late)
    for _ in range(2):
        jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    assert effects_held() == after


def effects_held() -> list[int]:
    held = (AlertEvent, Article, Change, Delivery, ExportPart, Job, Proposal, Review, Source, Statement)
    return [*(model.objects.count() for model in held), Delivery.objects.filter(state="sent").count()]
