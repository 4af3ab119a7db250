"""Mails: what they say, that each is handed over once, and what is said where the server does not take one."""

import email
import email.policy
from collections.abc import Iterator
from datetime import timedelta

import pytest
from alert_jobs import make_alert, make_analyst, run_jobs, watching_list
from django.core import mail
from django.test import Client
from django.utils import timezone, translation
from factories import make_round, make_source, say, usd
from mail_server import MailServer, serving

from funding import figures, jobs
from funding.models import Alert, Delivery, Job
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
SERIES_B = {"announced_on": PartialDate(2025, 6, 2), "raised": usd(40_000_000), "stage": Text("series_b")}


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    with serving(settings) as server:
        settings.SITE_ADDRESS = "https://book.example"
        settings.DEFAULT_FROM_EMAIL = "roundbook@book.example"
        yield server


@pytest.fixture
def alert() -> Alert:
    make_round()
    return make_alert(watching_list(make_analyst(), "Halden Robotics"), "mail")


def say_round(company: str = "Halden Robotics", **fields) -> None:
    say(make_source(), company=company, rounds={"b": SERIES_B | fields})


def read(text: str) -> email.message.EmailMessage:
    return email.message_from_string(text, policy=email.policy.default)


def test_a_mail_says_what_is_new_who_says_so_and_how_to_stop(server, alert):
    say_round()
    run_jobs()
    [message] = map(read, server.taken)
    assert message["Subject"] == "New round: Halden Robotics, Series B, 2 Jun 2025"
    assert message["To"] == "ana@desk.example"
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.answer) == ("sent", "1 change, to ana@desk.example")
    assert message["Message-ID"] == f"<{delivery.uid}@book.example>"
    text = message.get_content()
    assert "Amount raised: $40m" in text
    assert "Source: The Daily Round, 1 Mar 2024" in text
    assert "https://book.example/rounds/" in text
    assert "you set an alert on: Robotics" in text
    assert message["List-Unsubscribe"].strip(" <>") in text


def test_what_happens_while_a_mail_waits_goes_along_with_it(server, alert):
    say_round()
    say_round(closed_on=PartialDate(2025, 7))
    run_jobs("alert")
    run_jobs("delivery")
    [message] = map(read, server.taken)
    assert message["Subject"] == "New round: Halden Robotics, Series B, 2 Jun 2025, and 1 more"
    assert "Closed: Jul 2025" in message.get_content()


def test_two_alerts_of_one_person_make_one_mail(server, alert):
    make_alert(watching_list(alert.owner, "Halden Robotics", name="All"), "mail")
    say_round()
    run_jobs()
    [message] = map(read, server.taken)
    assert "alert on: Robotics, All" in message.get_content()


def test_a_server_that_is_away_is_asked_again_and_then_given_up(server, alert, settings):
    settings.EMAIL_PORT = 1
    say_round()
    [_, job] = run_jobs()
    delivery = Delivery.objects.get()
    assert (job.state, delivery.state) == ("queued", "waiting")
    assert "The mail server cannot be reached" in delivery.answer
    settings.EMAIL_PORT = server.port
    Job.objects.update(run_after=timezone.now())
    run_jobs()
    assert len(server.taken) == 1
    assert Delivery.objects.get().state == "sent"


def test_attempts_that_are_used_up_are_said(server, alert, settings):
    settings.EMAIL_PORT, settings.JOB_ATTEMPTS = 1, 1
    say_round()
    run_jobs()
    delivery = Delivery.objects.get()
    assert delivery.state == "failed"
    assert "cannot be reached" in delivery.answer


@pytest.mark.parametrize(
    ("command", "answer", "state"),
    [
        ("RCPT", "550 nobody here", "failed"),
        ("RCPT", "450 come back", "waiting"),
        ("MAIL", "553 not you", "failed"),
        ("END", "554 no", "failed"),
    ],
)
def test_a_server_that_refuses_surely_has_not_taken_it(server, alert, command, answer, state):
    server.answers[command] = answer
    say_round()
    run_jobs()
    delivery = Delivery.objects.get()
    assert delivery.state == state
    assert "refused" in delivery.answer


def test_a_server_that_hangs_up_may_have_taken_it_so_nothing_is_sent_again(server, alert):
    server.answers["END"] = "hang up"
    say_round()
    [_, job] = run_jobs()
    delivery = Delivery.objects.get()
    assert (job.state, delivery.state) == ("done", "unsure")
    assert "It may have arrived" in delivery.answer
    assert len(server.taken) == 1


def test_a_mail_whose_worker_died_is_not_sent_again(server, alert, monkeypatch):
    say_round()
    run_jobs("alert")
    job = Job.objects.get(kind="delivery")
    monkeypatch.setattr(jobs, "finish", lambda *args: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        jobs.run(job.pk)
    monkeypatch.undo()
    assert (len(server.taken), Delivery.objects.get().state) == (1, "sending")
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run_jobs()
    assert (len(server.taken), Delivery.objects.get().state) == (1, "unsure")


def test_an_alert_that_was_stopped_meanwhile_sends_nothing(server, alert):
    say_round()
    run_jobs("alert")
    Alert.objects.update(is_active=False)
    run_jobs()
    assert server.taken == []
    assert Delivery.objects.get().answer.startswith("Nothing of it is wanted any more")


def test_a_mail_is_in_the_language_of_its_alert_and_of_nobody_elses(alert):
    make_alert(watching_list(make_analyst("otto"), "Halden Robotics"), "mail", language="fr")
    say_round()
    run_jobs()
    by_name = {message.to[0]: message.body for message in mail.outbox}
    with translation.override("fr"):
        in_french = figures.words(usd(40_000_000))
    assert in_french != "$40m"
    assert in_french in by_name["otto@desk.example"]
    assert "$40m" not in by_name["otto@desk.example"]
    assert "$40m" in by_name["ana@desk.example"]


def test_the_link_in_a_mail_stops_its_alerts_by_a_button_only(alert):
    say_round()
    run_jobs()
    [message] = mail.outbox
    path = message.extra_headers["List-Unsubscribe"].strip("<>").partition("127.0.0.1:8000")[2]
    visitor = Client(enforce_csrf_checks=True)
    page = visitor.get(path)
    assert "Robotics, mail at once" in page.content.decode()
    assert Alert.objects.get().is_active
    assert "They are stopped." in visitor.post(path).content.decode()
    assert not Alert.objects.get().is_active
    assert visitor.get("/alerts/stop/nonsense/").status_code == 404
