"""Feeds: read on a schedule, one at a time for each host, every new entry an article on its way in."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import BigIntegerField, Count, Exists, OuterRef, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Lower
from django.utils import timezone

from funding import intake, jobs
from funding.models import Feed, Job
from funding.web import fetching, syndication
from funding.web.addresses import AddressRefused, read_address

logger = logging.getLogger(__name__)

LONGEST_PAUSE: Final = timedelta(days=1)


def add(url: str, by: AbstractBaseUser | None, interval_minutes: int = 60) -> tuple[Feed, bool]:
    """Follow an address and fetch it at once, or find the feed that has it: the feed, and whether it is new."""
    with transaction.atomic():
        feed, is_new = Feed.objects.get_or_create(
            url=url,
            defaults={"next_fetch_at": timezone.now(), "created_by": by, "interval_minutes": interval_minutes},
        )
        if is_new:
            enqueue(feed, by)
    return feed, is_new


def enqueue_due() -> int:
    """Queue a job for every active feed that is due; returns how many are due.

    The key names the due time, so that two beats queue one job.
    """
    with transaction.atomic():
        due = list(Feed.objects.filter(is_active=True, next_fetch_at__lte=timezone.now()).order_by("next_fetch_at"))
        for feed in due:
            enqueue(feed)
    return len(due)


def enqueue(feed: Feed, by: AbstractBaseUser | None = None) -> Job:
    """Queue the fetch of a feed that is due at its `next_fetch_at`."""
    key = f"feed:{feed.pk}:{feed.next_fetch_at.timestamp():.6f}"
    return jobs.enqueue(Job.Kind.FEED, key, {"feed": feed.pk}, host=read_host(feed.url), by=by)


def fetch_now(feed: Feed, by: AbstractBaseUser | None) -> bool:
    """Queue a fetch out of turn; False where one is under way already."""
    with transaction.atomic():
        feed = Feed.objects.select_for_update(no_key=True).get(pk=feed.pk)
        if open_jobs(feed).exists():
            return False
        _schedule(feed, timezone.now())
        enqueue(feed, by)
    return True


def pause(feed: Feed) -> None:
    """Stop the schedule of a feed, or take it up again."""
    feed.is_active = not feed.is_active
    if feed.is_active:
        feed.next_fetch_at = timezone.now()
    feed.save(update_fields=["is_active", "next_fetch_at"])


def delete(feed: Feed, by: AbstractBaseUser | None) -> None:
    """Follow a feed no longer. Articles that came from the feed stay; a fetch under way is cancelled."""
    with transaction.atomic():
        for job in open_jobs(feed):
            jobs.cancel(job, by)
        feed.delete()


def for_listing() -> QuerySet[Feed]:
    """All feeds by name, with how many articles came from each and whether it is being fetched."""
    feed_id = Cast(KeyTextTransform("feed", "payload"), BigIntegerField())
    under_way = Job.objects.open().filter(kind=Job.Kind.FEED).annotate(feed_id=feed_id)
    return Feed.objects.annotate(
        article_count=Count("articles"), is_fetching=Exists(under_way.filter(feed_id=OuterRef("pk")))
    ).order_by(Lower("title"), "url")


def open_jobs(feed: Feed) -> QuerySet[Job]:
    """The fetches of a feed that are waiting or running."""
    return Job.objects.open().filter(kind=Job.Kind.FEED, payload__feed=feed.pk)


def read_host(url: str) -> str:
    """The host of an address that was accepted before, as jobs name it."""
    return read_address(url, settings.FETCH_ALLOWED_HOSTS).host


def follow(job: Job) -> None:
    """What a feed learns from a job that did not come to a good end."""
    feed = Feed.objects.select_for_update(no_key=True).filter(pk=job.payload.get("feed")).first()
    if feed is None or job.state == Job.State.QUEUED:
        return
    if job.state == Job.State.CANCELLED:
        _schedule(feed, timezone.now() + _interval(feed))
        return
    feed.failures += 1
    feed.last_error = job.error
    feed.last_fetch_at = timezone.now()
    feed.next_fetch_at = feed.last_fetch_at + _pause_after_failure(feed)
    feed.save(update_fields=["failures", "last_error", "last_fetch_at", "next_fetch_at"])


@jobs.handles(Job.Kind.FEED, on_outcome=follow)
def read_feed(job: Job) -> jobs.Effects:
    """Fetch a feed if it changed since the last time; its new entries become articles."""
    feed = Feed.objects.filter(pk=job.payload["feed"]).first()
    if feed is None:
        raise jobs.JobFailed("The feed was deleted.")
    try:
        answer = fetching.fetch(feed.url, etag=feed.etag, last_modified=feed.last_modified, kinds=fetching.FEED_KINDS)
        content = None
        if answer.status != 304:
            content = syndication.read_entries(answer.body, answer.url, answer.charset)
    except (fetching.FetchError, syndication.FeedUnreadable) as error:
        # The feed's own schedule tries again, more and more rarely.
        raise jobs.JobFailed(str(error)) from error

    def record() -> str:
        return _record(feed.pk, answer, content)

    return record


def _record(feed_id: int, answer: fetching.Fetched, content: syndication.Content | None) -> str:
    """Take in what a fetch brought, in the finishing transaction."""
    feed = Feed.objects.select_for_update(no_key=True).filter(pk=feed_id).first()
    if feed is None:
        raise jobs.JobFailed("The feed was deleted.")
    feed.failures = 0
    feed.last_error = ""
    feed.last_fetch_at = timezone.now()
    feed.next_fetch_at = feed.last_fetch_at + _interval(feed)
    if answer.status != 304 or answer.etag or answer.last_modified:
        feed.etag, feed.last_modified = answer.etag, answer.last_modified
    if content is None:
        feed.save()
        return "Nothing new since the last fetch"
    feed.title = content.title or feed.title
    feed.save()
    # Oldest first, so that lists by arrival have the newest on top.
    new, refused = 0, 0
    for entry in reversed(content.entries):
        try:
            new += _add_article(feed, entry, content.language)
        except AddressRefused:
            refused += 1
    return _summary(new, len(content.entries) - new - refused, content.left_out + refused)


def _add_article(feed: Feed, entry: syndication.Entry, language: str) -> bool:
    """Whether the entry is new; raises AddressRefused where its address is one that is never fetched."""
    _, is_new = intake.add_address(
        entry.url,
        title=entry.title,
        publisher=feed.title,
        published=entry.published,
        language=language,
        feed=feed,
        by=feed.created_by,
    )
    return is_new


def _summary(new: int, seen: int, left_out: int) -> str:
    words = f"{new} new {'article' if new == 1 else 'articles'}, {seen} seen before"
    if left_out:
        words += f"; {left_out} left out: no address that is fetched, or beyond the first {syndication.MAX_ENTRIES}"
    return words


def _interval(feed: Feed) -> timedelta:
    return timedelta(minutes=feed.interval_minutes)


def _pause_after_failure(feed: Feed) -> timedelta:
    """Twice as long after each failure in a row, at most a day (or the interval where that is longer)."""
    longest = max(LONGEST_PAUSE, _interval(feed))
    return min(_interval(feed) * 2 ** min(feed.failures, 16), longest)


def _schedule(feed: Feed, at: datetime) -> None:
    feed.next_fetch_at = at
    feed.save(update_fields=["next_fetch_at"])
