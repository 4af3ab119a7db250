"""The pages of alerts: setting one, what is wrong with one, and whose it is."""

import pytest
from alert_jobs import make_alert, make_analyst, run_jobs, watching_list
from django.contrib.auth.models import User
from django.test import Client
from factories import make_round, make_source, say, usd

from funding.models import Alert, Digest, SavedSearch
from funding.values import PartialDate

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    make_round()
    return make_analyst()


@pytest.fixture
def page(ana) -> Client:
    client = Client()
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(response) -> str:
    return " ".join(response.content.decode().split())


def given(**columns: str) -> dict[str, str]:
    return {"way": "mail", "on_rounds": "on"} | columns


def test_an_alert_is_set_on_a_list_and_on_a_search(page, ana):
    made = watching_list(ana, "Halden Robotics")
    search = SavedSearch.objects.create(owner=ana, name="Large", page="rounds", query="raised_min=20m")
    assert page.get(f"/lists/alerts/new/?list={made.pk}").status_code == 200
    answer = page.post(f"/lists/alerts/new/?list={made.pk}", given())
    first = Alert.objects.get()
    assert answer["Location"] == first.get_absolute_url()
    assert (first.watch_list, first.way, first.on_rounds, first.on_conflicts) == (made, "mail", True, False)
    page.post(f"/lists/alerts/new/?search={search.pk}", given())
    assert Alert.objects.filter(saved_search=search).exists()
    assert "Large" in text(page.get("/lists/"))


def test_an_alert_by_mail_is_said_not_to_be_sent_where_there_is_no_mail_server(page, ana, settings):
    made = watching_list(ana)
    make_alert(made, way="mail")
    settings.HAS_MAIL = False
    assert "not sent: no mail server" in text(page.get("/lists/"))
    assert "not sent: no mail server" in text(page.get(made.get_absolute_url()))
    settings.HAS_MAIL = True
    assert "not sent" not in text(page.get("/lists/"))


def test_the_secret_of_a_webhook_is_shown_once(page, ana):
    made = watching_list(ana)
    url = "https://desk.example/hook"
    shown = text(page.post(f"/lists/alerts/new/?list={made.pk}", given(way="webhook", url=url)))
    alert = Alert.objects.get()
    assert alert.secret in shown
    assert alert.secret not in text(page.get(alert.get_absolute_url()))
    renewed = text(page.post(f"/lists/alerts/{alert.pk}/renew/"))
    before, alert = alert.secret, Alert.objects.get()
    assert alert.secret != before
    assert alert.secret in renewed


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "The address is empty."),
        ("desk.example", "Only addresses that begin with http:// or https:// are fetched."),
        ("http://127.0.0.1/", "An IP address is not fetched, only sites with a name."),
        ("https://desk.example:6379/", "Port 6379 is not fetched"),
    ],
)
def test_a_wrong_address_of_a_webhook_is_said_at_its_field(page, ana, url, words):
    made = watching_list(ana)
    answer = page.post(f"/lists/alerts/new/?list={made.pk}", given(way="webhook", url=url))
    assert answer.status_code == 200
    assert words in text(answer)
    assert not Alert.objects.exists()


def test_what_is_missing_is_said(page, ana):
    made = watching_list(ana)
    assert "Choose at least one of the three." in text(
        page.post(f"/lists/alerts/new/?list={made.pk}", {"way": "feed"})
    )
    User.objects.update(email="")
    assert "Your account has no mail address" in text(page.post(f"/lists/alerts/new/?list={made.pk}", given()))
    page.post(f"/lists/alerts/new/?list={made.pk}", given(way="feed"))
    # A feed has no address of a webhook, whatever was typed there.
    assert Alert.objects.get().url == ""


def test_the_same_alert_is_not_set_twice(page, ana):
    made = watching_list(ana)
    page.post(f"/lists/alerts/new/?list={made.pk}", given())
    answer = page.post(f"/lists/alerts/new/?list={made.pk}", given())
    assert "You have an alert on this that goes the same way already." in text(answer)
    assert Alert.objects.count() == 1


@pytest.mark.parametrize("query", ["", "?list=", "?list=x", "?list=99999999999999999999", "?search=1"])
def test_there_is_no_alert_on_nothing(page, query):
    assert page.get(f"/lists/alerts/new/{query}").status_code == 404


def test_anothers_list_is_watched_only_where_it_is_shared(page):
    other = watching_list(make_analyst("otto"))
    assert page.get(f"/lists/alerts/new/?list={other.pk}").status_code == 404
    other.is_shared = True
    other.save()
    assert page.get(f"/lists/alerts/new/?list={other.pk}").status_code == 200


def test_an_alert_is_stopped_taken_up_again_and_deleted(page, ana):
    alert = make_alert(watching_list(ana))
    Alert.objects.update(problem="Stopped after 3 deliveries.", is_active=False, failures=3)
    assert "Stopped after 3 deliveries." in text(page.get(alert.get_absolute_url()))
    page.post(f"/lists/alerts/{alert.pk}/pause/")
    alert.refresh_from_db()
    assert (alert.is_active, alert.failures, alert.problem) == (True, 0, "")
    page.post(f"/lists/alerts/{alert.pk}/pause/")
    alert.refresh_from_db()
    assert not alert.is_active
    page.post(f"/lists/alerts/{alert.pk}/delete/")
    assert not Alert.objects.exists()


def test_an_alert_is_its_owners_alone(page):
    alert = make_alert(watching_list(make_analyst("otto")))
    assert page.get(alert.get_absolute_url()).status_code == 404
    for act in ("pause", "renew", "delete"):
        assert page.post(f"/lists/alerts/{alert.pk}/{act}/").status_code == 404


def test_the_page_shows_what_was_told_and_sent_in_few_queries(page, ana, django_assert_max_num_queries):
    alert = make_alert(watching_list(ana, "Halden Robotics"), "mail")
    for month in (6, 7, 8):
        say(make_source(), rounds={"b": {"announced_on": PartialDate(2025, month), "raised": usd(40_000_000)}})
        run_jobs()
    with django_assert_max_num_queries(12):
        shown = text(page.get(alert.get_absolute_url()))
    assert "Amount raised: $40m" in shown
    assert "to ana@desk.example" in shown
    assert "No mail server is set up here" in shown
    with django_assert_max_num_queries(12):
        page.get("/lists/")


def test_the_hour_of_the_digest_is_chosen(page, ana):
    page.post(f"/lists/alerts/new/?list={watching_list(ana).pk}", given(way="digest"))
    assert Digest.objects.get().hour == 7
    page.post("/lists/digest/", {"hour": "18"})
    digest = Digest.objects.get()
    assert (digest.hour, digest.next_at.hour, digest.next_at.minute) == (18, 18, 0)
    for wrong in ("24", "-1", "noon", "", "²"):
        assert "An hour is a number from 0 to 23." in text(page.post("/lists/digest/", {"hour": wrong}, follow=True))
    assert Digest.objects.get().hour == 18
