"""A mail of which nobody knows whether it went out: sent again by its owner, once for each click."""

import re
from collections.abc import Iterator

import pytest
from alert_jobs import make_alert, make_analyst, run_jobs, watching_list
from django.test import Client
from factories import make_round, make_source, make_user, say, usd
from mail_server import MailServer, serving

from funding.alerting import deliveries
from funding.models import Alert, Delivery, Job
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
SERIES_B = {"announced_on": PartialDate(2025, 6, 2), "raised": usd(40_000_000), "stage": Text("series_b")}


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    with serving(settings) as server:
        yield server


@pytest.fixture
def alert() -> Alert:
    make_round()
    return make_alert(watching_list(make_analyst(), "Halden Robotics"), "mail")


@pytest.fixture
def unsure(server, alert) -> Delivery:
    """A mail that the server took and then hung up."""
    server.answers["END"] = "hang up"
    say(make_source(), rounds={"b": SERIES_B})
    run_jobs()
    server.answers.pop("END")
    return Delivery.objects.get(state="unsure")


@pytest.fixture
def owner_client(alert) -> Client:
    client = Client()
    client.force_login(alert.owner, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, alert: Alert) -> str:
    return client.get(alert.get_absolute_url()).content.decode()


def test_one_click_sends_one_mail_under_the_same_id_and_the_page_says_when(server, alert, unsure, owner_client):
    [action] = re.findall(r'action="(/lists/deliveries/\d+/again/)"', page(owner_client, alert))
    answer = owner_client.post(action, {"alert": alert.pk}, follow=True)
    assert answer.redirect_chain[-1][0] == alert.get_absolute_url()
    assert "The mail is being sent again." in answer.content.decode()
    run_jobs()
    assert len(server.taken) == 2
    first, second = (re.search(r"Message-ID: (.*)", text)[1] for text in server.taken)
    assert first == second
    unsure.refresh_from_db()
    assert unsure.state == "sent"
    assert Job.objects.filter(kind="delivery").latest("pk").created_by == alert.owner
    text = page(owner_client, alert)
    assert "Sent again at your wish," in text and "/again/" not in text


def test_two_clicks_at_once_send_one_mail(server, alert, unsure, owner_client):
    for _twice in range(2):
        answer = owner_client.post(f"/lists/deliveries/{unsure.pk}/again/", follow=True)
    assert "This is no message of which it is not known whether it was sent." in answer.content.decode()
    run_jobs()
    assert len(server.taken) == 2


def test_one_that_is_cut_off_again_is_unsure_again_and_waits_for_its_owner(server, unsure, owner_client):
    server.answers["END"] = "hang up"
    owner_client.post(f"/lists/deliveries/{unsure.pk}/again/")
    run_jobs()
    unsure.refresh_from_db()
    assert (unsure.state, len(server.taken)) == ("unsure", 2)
    assert run_jobs() == []


def test_what_was_sent_surely_is_not_sent_again(server, alert, owner_client):
    say(make_source(), rounds={"b": SERIES_B})
    run_jobs()
    sent = Delivery.objects.get()
    assert "/again/" not in page(owner_client, alert)
    with pytest.raises(ValueError, match="not known whether it was sent"):
        deliveries.send_again(sent, by=alert.owner)
    owner_client.post(f"/lists/deliveries/{sent.pk}/again/")
    run_jobs()
    assert len(server.taken) == 1


def test_nobody_sends_the_mail_of_somebody_else_again(unsure):
    other = Client()
    other.force_login(make_user("bo", "admin"), backend="django.contrib.auth.backends.ModelBackend")
    assert other.post(f"/lists/deliveries/{unsure.pk}/again/").status_code == 404
    assert Delivery.objects.get().state == "unsure"


def test_the_mail_of_an_alert_that_was_stopped_meanwhile_is_given_up(server, alert, unsure, owner_client):
    Alert.objects.update(is_active=False)
    owner_client.post(f"/lists/deliveries/{unsure.pk}/again/")
    run_jobs()
    unsure.refresh_from_db()
    assert (unsure.state, len(server.taken)) == ("failed", 1)
