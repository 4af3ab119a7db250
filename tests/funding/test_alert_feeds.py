"""Atom feeds of alerts: valid, read without an account at an address that is shown once, and asked for sparingly."""

import re
import xml.etree.ElementTree as ET

import pytest
from alert_jobs import make_alert, make_analyst, run_jobs, watching_list
from django.contrib.auth.models import User
from django.test import Client
from factories import make_round, make_source, say, usd

from funding.models import Alert, AlertEvent
from funding.values import PartialDate, Text
from funding.web import syndication

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SERIES_B = {"announced_on": PartialDate(2025, 6, 2), "raised": usd(40_000_000), "stage": Text("series_b")}


@pytest.fixture(autouse=True)
def nobody_reads_without_an_account(settings) -> None:
    settings.ROUNDBOOK_OPEN_READING = "nobody"


@pytest.fixture
def owner_client() -> Client:
    make_round()
    client = Client()
    client.force_login(make_analyst(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def address(owner_client) -> str:
    """The address of a new feed on a list, as its owner is shown it."""
    made = watching_list(make_analyst("otto"), "Halden Robotics")
    made.is_shared = True
    made.save()
    answer = owner_client.post(f"/lists/alerts/new/?list={made.pk}", {"way": "feed", "on_rounds": "on"})
    return re.search(r"http://testserver(/alerts/[\w-]+\.atom)", answer.content.decode())[1]


def say_round(**fields) -> None:
    say(make_source(), rounds={"b": SERIES_B | fields})
    run_jobs()


def test_the_address_is_shown_once_and_only_its_hash_is_kept(owner_client, address):
    alert = Alert.objects.get()
    token = address.removeprefix("/alerts/").removesuffix(".atom")
    assert token not in alert.token_hash
    assert token not in owner_client.get(alert.get_absolute_url()).content.decode()


def test_a_feed_is_read_without_an_account_and_has_what_atom_asks_for(address):
    say_round()
    answer = Client().get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    feed = ET.fromstring(answer.content)
    alert, event = Alert.objects.get(), AlertEvent.objects.get()
    assert feed.find(f"{ATOM}id").text == f"urn:uuid:{alert.uid}"
    assert feed.find(f"{ATOM}title").text == "Roundbook: Robotics"
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "Roundbook"
    assert feed.find(f"{ATOM}updated").text == event.at.isoformat()
    [entry] = feed.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}id").text == f"urn:uuid:{event.uid}"
    assert entry.find(f"{ATOM}title").text == "New round: Halden Robotics, Series B, 2 Jun 2025"
    assert entry.find(f"{ATOM}updated").text
    assert "<p>Amount raised: $40m</p>" in entry.find(f"{ATOM}summary").text
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")] == ["alternate", "self"]


def test_our_own_reader_of_feeds_reads_it(address):
    say_round()
    answer = Client().get(address)
    content = syndication.read_entries(answer.content, "http://testserver" + address, "utf-8")
    assert [entry.title for entry in content.entries] == ["New round: Halden Robotics, Series B, 2 Jun 2025"]


def test_an_empty_feed_is_a_feed(address):
    feed = ET.fromstring(Client().get(address).content)
    assert feed.findall(f"{ATOM}entry") == []
    assert feed.find(f"{ATOM}updated").text == Alert.objects.get().created_at.isoformat()


def test_a_reader_that_has_everything_is_told_so(address):
    say_round()
    first = Client().get(address)
    known = {"HTTP_IF_NONE_MATCH": first["ETag"]}
    again = Client().get(address, **known)
    assert (again.status_code, again.content) == (304, b"")
    say_round(closed_on=PartialDate(2025, 7))
    assert Client().get(address, **known).status_code == 200


def test_names_cannot_break_out_of_the_feed(address):
    say(make_source(), rounds={"b": SERIES_B | {"investors": ["A <b>&</b> ]]> Co"]}})
    run_jobs()
    summary = ET.fromstring(Client().get(address).content).find(f".//{ATOM}summary").text
    assert "A &lt;b&gt;&amp;&lt;/b&gt; ]]&gt; Co" in summary


def test_a_new_address_ends_the_old_one(owner_client, address):
    alert = Alert.objects.get()
    owner_client.post(f"/lists/alerts/{alert.pk}/renew/")
    assert Client().get(address).status_code == 404


def test_a_feed_that_is_stopped_or_unknown_is_not_there(owner_client, address):
    owner_client.post(f"/lists/alerts/{Alert.objects.get().pk}/pause/")
    assert Client().get(address).status_code == 404
    assert Client().get("/alerts/nothing.atom").status_code == 404


def test_a_feed_costs_three_queries_at_most(address, django_assert_max_num_queries):
    say_round()
    with django_assert_max_num_queries(3):
        Client().get(address)


def test_of_another_way_there_is_no_feed(owner_client):
    ana = User.objects.get(username="ana")
    alert = make_alert(watching_list(ana, "Halden Robotics"), "mail")
    assert owner_client.post(f"/lists/alerts/{alert.pk}/renew/").status_code == 404
