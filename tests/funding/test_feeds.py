"""Feeds are read on their schedule, their entries taken in once, and what fails is said."""

from datetime import timedelta

import pytest
from django.utils import timezone

from funding import feeds, jobs
from funding.models import Article, Feed, Job

pytestmark = pytest.mark.django_db


def entry(link: str, title: str = "Halden raises") -> str:
    return f"<item><title>{title}</title><link>{link}</link><pubDate>Tue, 05 Mar 2024 10:00:00 +0100</pubDate></item>"


def rss(*entries: str) -> str:
    head = "<title>The Ledger</title><language>en</language>"
    return f"<rss version='2.0'><channel>{head}{''.join(entries)}</channel></rss>"


def make_feed(url: str = "https://ledger.example/feed", **columns) -> Feed:
    return Feed.objects.create(url=url, **{"next_fetch_at": timezone.now() - timedelta(minutes=1)} | columns)


def read(feed: Feed) -> Job:
    """Fetch a feed as its job does, and bring it up to date here."""
    job = feeds.enqueue(feed)
    jobs.run(job.pk)
    job.refresh_from_db()
    feed.refresh_from_db()
    return job


def again(feed: Feed) -> Job:
    """Fetch it once more, at its next due time."""
    feed.next_fetch_at += timedelta(seconds=1)
    feed.save()
    return read(feed)


def test_every_entry_becomes_an_article_with_its_job(site):
    site.put("/feed", rss(entry(site.url("/b"), "B"), entry(site.url("/a"), "A")), Content_Type="application/rss+xml")
    feed = make_feed(site.url("/feed"))
    job = read(feed)
    assert (job.state, job.result) == ("done", "2 new articles, 0 seen before")
    articles = list(Article.objects.order_by("pk"))
    assert [article.title for article in articles] == ["A", "B"]  # the newest comes in last
    for article in articles:
        assert (article.feed, article.publisher, article.language) == (feed, "The Ledger", "en")
        assert article.published_on.isoformat() == "2024-03-05"
        assert (article.state, article.job.state, article.job.host) == ("waiting", "queued", "127.0.0.1")
    assert (feed.title, feed.failures, feed.last_error) == ("The Ledger", 0, "")
    assert feed.last_fetch_at is not None
    assert feed.next_fetch_at == feed.last_fetch_at + timedelta(hours=1)


def test_entries_seen_before_are_not_taken_in_again(site):
    site.put("/feed", rss(entry(site.url("/a"))), Content_Type="text/xml")
    feed = make_feed(site.url("/feed"))
    read(feed)
    site.put("/feed", rss(entry(site.url("/b")), entry(site.url("/a"))), Content_Type="text/xml")
    job = again(feed)
    assert job.result == "1 new article, 1 seen before"
    assert Article.objects.count() == 2


def test_an_entry_that_may_not_be_fetched_is_left_out_and_said(site):
    site.put("/feed", rss(entry("http://10.0.0.1/a"), entry(site.url("/a"))), Content_Type="text/xml")
    job = read(make_feed(site.url("/feed")))
    assert job.result.startswith("1 new article, 0 seen before; 1 left out")


def test_a_feed_is_asked_whether_it_changed(site):
    site.put("/feed", rss(), Content_Type="text/xml", ETag='"v1"', Last_Modified="Tue, 05 Mar 2024 10:00:00 GMT")
    feed = make_feed(site.url("/feed"))
    read(feed)
    site.put("/feed", "", 304)
    job = again(feed)
    assert job.result == "Nothing new since the last fetch"
    asked = site.asked[-1][1]
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"v1"', "Tue, 05 Mar 2024 10:00:00 GMT")
    again(feed)
    assert site.asked[-1][1]["if-none-match"] == '"v1"'


def test_a_failing_feed_backs_off_and_says_why(site):
    site.put("/feed", "gone", 404)
    feed = make_feed(site.url("/feed"))
    pauses = []
    for _ in range(3):
        job = again(feed)
        pauses.append(feed.next_fetch_at - feed.last_fetch_at)
    assert (job.state, feed.failures) == ("failed", 3)
    assert feed.last_error == job.error == "127.0.0.1 has no such page (status 404)."
    assert pauses == [timedelta(hours=2), timedelta(hours=4), timedelta(hours=8)]


def test_a_feed_never_pauses_longer_than_a_day(site):
    site.put("/feed", "gone", 404)
    feed = make_feed(site.url("/feed"), failures=40)
    read(feed)
    assert feed.next_fetch_at - feed.last_fetch_at == timedelta(days=1)


def test_a_feed_that_works_again_forgets_its_failures(site):
    site.put("/feed", rss(), Content_Type="text/xml")
    feed = make_feed(site.url("/feed"), failures=3, last_error="It was out of order.")
    read(feed)
    assert (feed.failures, feed.last_error) == (0, "")


def test_an_address_that_holds_no_feed_says_so(site):
    site.put("/feed", "<html><body><p>Welcome</p></body></html>")
    feed = make_feed(site.url("/feed"))
    job = read(feed)
    assert (job.state, feed.last_error) == ("failed", "The address holds no RSS or Atom feed.")


def test_due_feeds_are_queued_once_however_many_beats_run():
    due = make_feed()
    make_feed("https://later.example/feed", next_fetch_at=timezone.now() + timedelta(minutes=1))
    make_feed("https://paused.example/feed", is_active=False)
    assert feeds.enqueue_due() == feeds.enqueue_due() == 1
    job = Job.objects.get()
    assert (job.kind, job.payload, job.host) == ("feed", {"feed": due.pk}, "ledger.example")


def test_feeds_of_one_host_are_fetched_one_at_a_time():
    first, second = make_feed(), make_feed("https://ledger.example/other")
    assert jobs.claim(feeds.enqueue(first).pk)
    assert jobs.claim(feeds.enqueue(second).pk) is None


def test_a_feed_is_fetched_out_of_turn_unless_it_is_being_fetched(editor):
    feed = make_feed(next_fetch_at=timezone.now() + timedelta(hours=1))
    assert feeds.fetch_now(feed, editor)
    assert not feeds.fetch_now(feed, editor)
    assert Job.objects.get().created_by == editor


def test_a_cancelled_fetch_leaves_the_schedule_going(editor):
    feed = make_feed()
    jobs.cancel(feeds.enqueue(feed), editor)
    feed.refresh_from_db()
    assert feed.next_fetch_at > timezone.now()
    assert (feed.failures, feed.last_error) == (0, "")


def test_deleting_a_feed_keeps_its_articles_and_cancels_its_fetch(site, editor):
    site.put("/feed", rss(entry(site.url("/a"))), Content_Type="text/xml")
    feed = make_feed(site.url("/feed"))
    read(feed)
    feed.next_fetch_at = timezone.now()
    job = feeds.enqueue(feed)
    feeds.delete(feed, editor)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert Article.objects.get().feed is None


def test_a_fetch_of_a_feed_deleted_meanwhile_fails_in_words():
    feed = make_feed()
    job = feeds.enqueue(feed)
    feed.delete()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "The feed was deleted.")


def test_a_feed_job_of_two_workers_takes_effect_once(site):
    site.put("/feed", rss(entry(site.url("/a"))), Content_Type="text/xml")
    job = feeds.enqueue(make_feed(site.url("/feed")))
    slow = jobs.claim(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    effects = feeds.read_feed(slow)
    jobs.run(job.pk)
    with pytest.raises(jobs.LeaseLost):
        jobs.finish(slow, effects)
    assert Article.objects.count() == 1
    jobs.run(job.pk)
    assert Job.objects.filter(kind="article").count() == 1


def test_the_list_says_how_many_articles_came_and_what_is_under_way(site, django_assert_num_queries):
    site.put("/feed", rss(entry(site.url("/a")), entry(site.url("/b"))), Content_Type="text/xml")
    read(make_feed(site.url("/feed")))
    feeds.enqueue(make_feed("https://another.example/feed", title="Another"))
    with django_assert_num_queries(1):
        found = [(str(feed), feed.article_count, feed.is_fetching) for feed in feeds.for_listing()]
    assert found == [("Another", 0, True), ("The Ledger", 2, False)]
