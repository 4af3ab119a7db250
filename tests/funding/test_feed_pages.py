"""Following a feed, and what is done to one."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from funding import feeds
from funding.models import Feed, Job


def make_feed(**columns) -> Feed:
    url = "https://ledger.example/feed"
    return Feed.objects.create(**{"url": url, "next_fetch_at": timezone.now() + timedelta(hours=1)} | columns)


def table(**may) -> str:
    return render_to_string("funding/_feed_table.html", {"feeds": feeds.for_listing(), "may": may})


def test_an_editor_follows_a_feed_and_it_is_fetched_at_once(editor_client, editor):
    response = editor_client.post("/feeds/new/", {"url": " https://Ledger.example/feed ", "interval_minutes": "15"})
    assert response.status_code == 302
    assert response["Location"] == "/articles/#feeds"
    feed = Feed.objects.get()
    assert (feed.url, feed.interval_minutes, feed.created_by) == ("https://ledger.example/feed", 15, editor)
    job = Job.objects.get()
    assert (job.kind, job.payload, job.state) == ("feed", {"feed": feed.pk}, "queued")


def test_a_feed_is_read_every_hour_unless_said_otherwise(editor_client):
    editor_client.post("/feeds/new/", {"url": "https://ledger.example/feed"})
    assert Feed.objects.get().interval_minutes == 60


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "Give the address of the feed."),
        ("ledger.example/feed", "Only addresses that begin with http:// or https:// are fetched."),
        ("ftp://ledger.example/feed", "Only addresses that begin with http:// or https:// are fetched."),
        ("http://127.0.0.1/feed", "An IP address is not fetched, only sites with a name."),
        ("http://localhost/feed", "is not the name of a public site."),
        ("http://anna:word@ledger.example/", "holds a user name or a password"),
        ("http://ledger.example:6379/", "Port 6379 is not fetched"),
        ("https://ledger.example/" + "a" * 2000, "at most 2000 characters"),
    ],
)
def test_a_wrong_address_says_what_is_wrong_and_keeps_what_was_typed(editor_client, url, words):
    response = editor_client.post("/feeds/new/", {"url": url, "interval_minutes": "360"})
    page = response.content.decode()
    assert response.status_code == 200
    assert words in page
    assert 'aria-invalid="true"' in page
    assert f'value="{url}"' in page or not url
    assert '<option value="360" selected>' in page
    assert not Feed.objects.exists()


def test_a_feed_that_is_followed_already_is_named(editor_client):
    make_feed(title="The Ledger")
    page = editor_client.post("/feeds/new/", {"url": "https://ledger.example/feed"}).content.decode()
    assert "This feed is followed already, as “The Ledger”." in page
    assert Feed.objects.count() == 1


def test_a_schedule_nobody_offers_is_refused(editor_client):
    page = editor_client.post("/feeds/new/", {"url": "https://ledger.example/feed", "interval_minutes": "0"})
    assert "Select a valid choice" in page.content.decode()
    assert not Feed.objects.exists()


def test_fetching_out_of_turn_is_queued_once(editor_client):
    feed = make_feed()
    for _ in range(2):
        response = editor_client.post(f"/feeds/{feed.pk}/fetch/")
        assert response["Location"] == "/articles/#feeds"
    assert Job.objects.count() == 1


def test_pausing_stops_the_schedule_and_resuming_takes_it_up(editor_client):
    feed = make_feed()
    editor_client.post(f"/feeds/{feed.pk}/pause/")
    feed.refresh_from_db()
    assert not feed.is_active
    editor_client.post(f"/feeds/{feed.pk}/pause/")
    assert feeds.enqueue_due() == 1


def test_deleting_removes_the_feed(editor_client):
    feed = make_feed()
    editor_client.post(f"/feeds/{feed.pk}/delete/")
    assert not Feed.objects.exists()


@pytest.mark.parametrize("verb", ["fetch", "pause", "delete"])
def test_what_changes_a_feed_is_posted_to_one_that_is_there(editor_client, verb):
    feed = make_feed()
    assert editor_client.get(f"/feeds/{feed.pk}/{verb}/").status_code == 405
    assert editor_client.post(f"/feeds/{feed.pk + 1}/{verb}/").status_code == 404


@pytest.mark.parametrize("verb", ["fetch", "pause", "delete"])
def test_an_analyst_changes_no_feed(analyst_client, verb):
    feed = make_feed()
    assert analyst_client.post(f"/feeds/{feed.pk}/{verb}/").status_code == 403
    assert analyst_client.get("/feeds/new/").status_code == 403
    assert Feed.objects.get() == feed


def test_the_table_says_how_each_feed_does(db):
    make_feed(title="The Ledger", failures=2, last_error="ledger.example is out of order (status 503).")
    make_feed(url="https://paused.example/<b>", is_active=False)
    shown = table(edit=True)
    assert "ledger.example is out of order (status 503)." in shown
    assert "Failed 2 times in a row" in shown
    assert "paused" in shown
    assert "https://paused.example/&lt;b&gt;" in shown
    assert "not yet" in shown
    assert shown.count("Fetch now") == 2


def test_the_table_offers_a_reader_nothing_to_change(db):
    make_feed()
    assert "<form" not in table()
    assert "No feed is followed yet." not in table()


def test_an_empty_table_leads_to_the_first_feed(db):
    assert 'href="/feeds/new/"' in table(edit=True)
    assert "href" not in table()
