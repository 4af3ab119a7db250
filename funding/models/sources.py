"""Where things were said: sources with their text, the articles on their way in, and the feeds they come from."""

from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.models import dated_check, precision_field
from config.records import Record
from funding.values import PartialDate

FIRST_WORDS, LONGEST_HEADLINE = 9, 160  # a text may be one word of a hundred thousand letters


class Source(Record):
    """One text, file or person that said something. It never changes once recorded.

    `text` is what the offsets of quotes count in; `text_hash` is its SHA-256, so the same text is never a source
    twice. `cites` names the papers it repeats, for the same news told twice is one voice.
    """

    class Kind(models.TextChoices):
        RELEASE = "release", gettext_lazy("release")
        REPORT = "report", gettext_lazy("report")
        REWRITE = "rewrite", gettext_lazy("rewrite")
        FILE = "file", gettext_lazy("file")
        ENTRY = "entry", gettext_lazy("entry by hand")

    kind = models.CharField(max_length=8, choices=Kind)
    publisher = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    title = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    text_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=2, blank=True)
    published_on = models.DateField(null=True, blank=True)
    published_precision = precision_field()
    cites = models.JSONField(default=list, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("text_hash", condition=~Q(kind="entry"), name="source_text_once"),
            dated_check("source", "published"),
            models.CheckConstraint(
                condition=~Q(kind="entry") | Q(entered_by__isnull=False), name="source_entry_has_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        return reverse("funding:source_detail", args=[self.pk])

    @property
    def published(self) -> PartialDate | None:
        """The date of publication at its precision."""
        return PartialDate.of(self.published_on, self.published_precision) if self.published_on else None

    @property
    def headline(self) -> str:
        """The title, or the first words where there is none."""
        if self.title:
            return self.title
        if self.kind == self.Kind.ENTRY:
            return _("Entered by %(who)s") % {"who": self.entered_by}
        words = self.text.split(maxsplit=FIRST_WORDS)
        line = " ".join(words[:FIRST_WORDS])[:LONGEST_HEADLINE]
        return line + ("…" if len(words) > FIRST_WORDS or len(line) == LONGEST_HEADLINE else "")

    @property
    def voice(self) -> str:
        """Who speaks: the person who entered it, the paper it repeats, or itself. A story retold counts once."""
        if self.kind == self.Kind.ENTRY:
            return f"person {self.entered_by_id}"
        return f"cites {self.cites[0].casefold()}" if self.cites else f"text {self.text_hash}"

    @property
    def known_publisher(self) -> str:
        """Who published it, or the site that it is on, without case; empty where neither is known, or of an entry."""
        if self.kind in (self.Kind.ENTRY, self.Kind.FILE):
            return ""
        return (self.publisher or urlsplit(self.url).netloc.removeprefix("www.")).casefold()


class Feed(models.Model):
    """An RSS or Atom address that is read on a schedule. `last_error` says in words why the last fetch failed."""

    url = models.URLField(max_length=2000, unique=True)
    title = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)
    interval_minutes = models.PositiveIntegerField(default=60)
    next_fetch_at = models.DateTimeField()
    last_fetch_at = models.DateTimeField(null=True, blank=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(interval_minutes__gte=1), name="feed_interval_positive"),
        ]
        indexes = [models.Index("next_fetch_at", condition=Q(is_active=True), name="feed_due")]

    def __str__(self) -> str:
        return self.title or self.url


class ArticleQuerySet(models.QuerySet):
    def newest_first(self) -> Self:
        """By when they came in."""
        return self.order_by("-id")


class Article(models.Model):
    """One article on its way in: what was asked for, what became of it and, where it failed, why.

    `key` is the hash of the address or of the pasted text: asking twice finds the first. `source` is there once the
    text is known, from the start for pasted text and after the fetch for an address.
    """

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("waiting")
        READ = "read", gettext_lazy("read")
        DUPLICATE = "duplicate", gettext_lazy("already held")
        FAILED = "failed", gettext_lazy("failed")
        CANCELLED = "cancelled", gettext_lazy("cancelled")

    key = models.CharField(max_length=64, unique=True)
    url = models.URLField(max_length=2000, blank=True)
    title = models.CharField(max_length=500, blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    published_on = models.DateField(null=True, blank=True)
    published_precision = precision_field()
    language = models.CharField(max_length=2, blank=True)
    accept_above = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)
    feed = models.ForeignKey(Feed, models.SET_NULL, null=True, blank=True, related_name="articles")
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="articles")
    job = models.ForeignKey("funding.Job", models.PROTECT, null=True, blank=True, related_name="articles")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    reason = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(source__isnull=False) | ~Q(url=""), name="article_has_text_or_address"),
            models.CheckConstraint(
                condition=~Q(state="read") | Q(source__isnull=False), name="article_read_has_source"
            ),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(reason=""), name="article_failed_says_why"),
            models.CheckConstraint(
                condition=Q(accept_above=None) | Q(accept_above__gte=0, accept_above__lte=1),
                name="article_accept_above_is_a_confidence",
            ),
        ]
        indexes = [models.Index(F("state"), F("id").desc(), name="article_by_state")]

    def __str__(self) -> str:
        return self.title or (self.source.headline if self.source else self.url)

    def get_absolute_url(self) -> str:
        return reverse("funding:article_detail", args=[self.pk])
