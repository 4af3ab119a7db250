"""Webhooks: what is sent, that it is signed and known by its id, and what becomes of an address that fails."""

import hashlib
import hmac
import json

import pytest
from alert_jobs import make_alert, make_analyst, run_jobs, watching_list
from django.utils import timezone
from factories import make_round, make_source, say, usd

from funding import jobs
from funding.models import Alert, Delivery, Job
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
SERIES_B = {"announced_on": PartialDate(2025, 6, 2), "raised": usd(40_000_000), "stage": Text("series_b")}


@pytest.fixture
def alert(site) -> Alert:
    make_round()
    url = site.put("/hook", "", 204)
    return make_alert(watching_list(make_analyst(), "Halden Robotics"), "webhook", url=url)


def say_round(**fields) -> None:
    say(make_source(), rounds={"b": SERIES_B | fields})


def again() -> None:
    Job.objects.filter(state="queued").update(run_after=timezone.now())
    run_jobs()


def test_a_webhook_is_sent_what_happened_signed(site, alert):
    say_round()
    run_jobs()
    [(path, headers, body)] = site.posted
    assert (path, headers["content-type"]) == ("/hook", "application/json; charset=utf-8")
    signed = headers["roundbook-timestamp"].encode() + b"." + body
    expected = hmac.new(b"a secret", signed, hashlib.sha256).hexdigest()
    assert headers["roundbook-signature"] == f"sha256={expected}"
    told = json.loads(body)
    delivery = Delivery.objects.get()
    assert told["id"] == headers["roundbook-id"] == str(delivery.uid)
    [event] = told["events"]
    assert (event["kind"], event["record"]) == ("new_round", "Halden Robotics, Series B, 2 Jun 2025")
    assert {"field": "raised", "label": "Amount raised", "before": [], "after": ["$40m"]} in event["fields"]
    assert (delivery.state, delivery.answer) == ("sent", "1 change, taken with status 204")


def test_a_message_that_was_not_taken_is_sent_again_under_its_id(site, alert):
    site.put("/hook", "", 503)
    say_round()
    run_jobs()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.answer) == ("waiting", "127.0.0.1 did not take it (status 503).")
    site.put("/hook", "", 200)
    again()
    assert Delivery.objects.get().state == "sent"
    first, second = site.posted
    assert first[1]["roundbook-id"] == second[1]["roundbook-id"]
    assert first[2] == second[2]


def test_what_happens_after_an_attempt_is_a_message_of_its_own(site, alert):
    site.put("/hook", "", 503)
    say_round()
    run_jobs()
    say_round(closed_on=PartialDate(2025, 7))
    run_jobs()
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(("status", "words"), [(404, "did not take it (status 404)"), (302, "redirects")])
def test_an_address_that_is_wrong_is_not_asked_again(site, alert, status, words):
    site.put("/hook", "", status, Location=site.url("/elsewhere"))
    say_round()
    run_jobs()
    assert Delivery.objects.get().state == "failed"
    assert words in Delivery.objects.get().answer
    assert len(site.posted) == 1


def test_an_address_that_fails_again_and_again_is_stopped_and_says_so(site, alert, analyst_page):
    site.put("/hook", "", 404)
    for month in (7, 8, 9):
        say_round(closed_on=PartialDate(2025, month))
        run_jobs()
    alert.refresh_from_db()
    assert not alert.is_active
    assert "Stopped after 3 deliveries in a row were given up." in alert.problem
    assert alert.problem in analyst_page(alert)


@pytest.fixture
def analyst_page(client):
    def read(alert: Alert) -> str:
        client.force_login(alert.owner, backend="django.contrib.auth.backends.ModelBackend")
        return " ".join(client.get(alert.get_absolute_url()).content.decode().split())

    return read


def test_one_that_is_taken_forgets_the_failures_before(site, alert):
    Alert.objects.update(failures=2)
    say_round()
    run_jobs()
    assert Alert.objects.get().failures == 0


def test_nothing_is_sent_into_a_private_network(site, alert, settings):
    settings.FETCH_ALLOWED_HOSTS = []
    say_round()
    run_jobs()
    assert site.posted == []
    assert "is not fetched" in Delivery.objects.get().answer


def test_a_cancelled_delivery_says_by_whom_and_can_be_asked_for_again(site, alert):
    say_round()
    run_jobs("alert")
    job = Job.objects.get(kind="delivery")
    jobs.cancel(job, alert.owner)
    assert (Delivery.objects.get().state, Delivery.objects.get().answer) == ("failed", "Cancelled by ana.")
    jobs.retry(job, alert.owner)
    assert Delivery.objects.get().state == "waiting"
    run_jobs()
    assert Delivery.objects.get().state == "sent"
