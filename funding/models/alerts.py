"""What people watch, and how they hear of it: watch lists, saved searches, alerts, and what was sent to whom.

Nothing of the records rests on any of this; accounts that go take theirs with them.
"""

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company, Investor

from .mentions import Change
from .rounds import Round
from .sending import Sending

# The roles whose accounts may be sent anything.
MAY_WATCH = ("analyst", "editor", "admin")


def own(related: str) -> models.ForeignKey:
    """Whose it is."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name=related)


class WatchList(models.Model):
    """Companies and investors that somebody keeps an eye on; a shared one is read by everybody."""

    owner = own("watch_lists")
    name = models.CharField(max_length=80)
    note = models.TextField(blank=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="watch_list_name_once_an_owner"),
            models.CheckConstraint(condition=~Q(name=""), name="watch_list_has_name"),
        ]
        indexes = [models.Index(Lower("name"), condition=Q(is_shared=True), name="watch_list_shared")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("funding:watch_list", args=[self.pk])


class WatchEntry(models.Model):
    """One company or investor on a list, with why it is there."""

    watch_list = models.ForeignKey(WatchList, models.CASCADE, related_name="entries")
    company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True, related_name="watched_in")
    investor = models.ForeignKey(Investor, models.CASCADE, null=True, blank=True, related_name="watched_in")
    note = models.CharField(max_length=500, blank=True)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "watch entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(company=None, investor__isnull=False) | Q(company__isnull=False, investor=None),
                name="watch_entry_of_company_or_investor",
            ),
            models.UniqueConstraint("watch_list", "company", name="watch_entry_once_a_company"),
            models.UniqueConstraint("watch_list", "investor", name="watch_entry_once_an_investor"),
        ]
        indexes = [models.Index("watch_list", F("id").desc(), name="watch_entry_newest")]

    def __str__(self) -> str:
        return str(self.record)

    @property
    def record(self) -> Any:
        """The company or investor."""
        return self.company or self.investor


class SavedSearch(models.Model):
    """A list page with its filters, under a name."""

    class Page(models.TextChoices):
        COMPANIES = "companies", _("companies")
        ROUNDS = "rounds", _("rounds")
        INVESTORS = "investors", _("investors")

    owner = own("saved_searches")
    name = models.CharField(max_length=80)
    page = models.CharField(max_length=9, choices=Page)
    query = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "saved searches"
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="saved_search_name_once_an_owner"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_search_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The list as it was saved."""
        route = {"rounds": "funding:round_list", "investors": "companies:investor_list"}
        address = reverse(route.get(self.page, "companies:company_list"))
        return f"{address}?{self.query}" if self.query else address


class AlertQuerySet(models.QuerySet):
    def active(self) -> Self:
        """Those that go out: not stopped, of an account that may watch, on a list that it may see."""
        is_visible = Q(watch_list=None) | Q(watch_list__owner=F("owner")) | Q(watch_list__is_shared=True)
        may = Q(owner__is_superuser=True) | Q(owner__in=User.objects.filter(groups__name__in=MAY_WATCH).values("pk"))
        return self.filter(is_visible, may, is_active=True, owner__is_active=True)


class Alert(models.Model):
    """What happens to the records of a list or search, sent one way.

    `secret` signs what a webhook is sent; of a feed's address only a hash is kept. `problem` says why an alert was
    stopped by itself.
    """

    class Way(models.TextChoices):
        MAIL = "mail", _("mail at once")
        DIGEST = "digest", _("daily digest by mail")
        WEBHOOK = "webhook", _("webhook")
        FEED = "feed", _("Atom feed")

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    owner = own("alerts")
    watch_list = models.ForeignKey(WatchList, models.CASCADE, null=True, blank=True, related_name="alerts")
    saved_search = models.ForeignKey(SavedSearch, models.CASCADE, null=True, blank=True, related_name="alerts")
    way = models.CharField(max_length=7, choices=Way)
    on_rounds = models.BooleanField(default=True)
    on_valuations = models.BooleanField(default=True)
    on_conflicts = models.BooleanField(default=True)
    url = models.CharField(max_length=2000, blank=True)
    secret = models.CharField(max_length=64, blank=True)
    token_hash = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)  # deliveries in a row that were given up
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(watch_list=None, saved_search__isnull=False)
                | Q(watch_list__isnull=False, saved_search=None),
                name="alert_of_list_or_search",
            ),
            models.CheckConstraint(
                condition=Q(on_rounds=True) | Q(on_valuations=True) | Q(on_conflicts=True),
                name="alert_on_something",
            ),
            models.CheckConstraint(
                condition=(Q(way="webhook") & ~Q(url="") & ~Q(secret="")) | (~Q(way="webhook") & Q(url="", secret="")),
                name="alert_webhook_has_address",
            ),
            models.CheckConstraint(
                condition=(Q(way="feed") & ~Q(token_hash="")) | (~Q(way="feed") & Q(token_hash="")),
                name="alert_feed_has_token",
            ),
            models.UniqueConstraint("token_hash", condition=~Q(token_hash=""), name="alert_token_once"),
            models.UniqueConstraint(
                fields=["owner", "watch_list", "saved_search", "way", "url"],
                nulls_distinct=False,
                name="alert_once_a_way",
            ),
        ]
        indexes = [models.Index("id", condition=Q(is_active=True), name="alert_active")]

    def __str__(self) -> str:
        return f"{self.subject}, {self.get_way_display()}"

    def get_absolute_url(self) -> str:
        return reverse("funding:alert_detail", args=[self.pk])

    @property
    def lacks_mail(self) -> bool:
        """Whether it would go by mail and the site has no server for that."""
        return self.way in (self.Way.MAIL, self.Way.DIGEST) and not settings.HAS_MAIL

    @property
    def subject(self) -> Any:
        """The list or search that it is on."""
        return self.watch_list or self.saved_search


class Delivery(Sending):
    """One message to one person: a mail, or what a webhook is sent.

    `funding.alerting.deliveries` is the only writer.
    """

    owner = own("deliveries")
    way = models.CharField(max_length=7, choices=Alert.Way)
    alert = models.ForeignKey(Alert, models.CASCADE, null=True, blank=True, related_name="deliveries")  # of a webhook
    created_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "sending"), ended_at=None)
                | Q(state__in=("sent", "failed", "unsure"), ended_at__isnull=False),
                name="delivery_ended_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(way="webhook", alert__isnull=False) | Q(way__in=("mail", "digest"), alert=None),
                name="delivery_of_mail_or_webhook",
            ),
            # What happens while a message waits goes along with it.
            models.UniqueConstraint(
                fields=["owner", "way", "alert"],
                condition=Q(state="waiting", begun_at=None),
                nulls_distinct=False,
                name="delivery_one_waiting",
            ),
        ]
        indexes = [models.Index("owner", F("id").desc(), name="delivery_newest")]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.uid}"


class AlertEvent(models.Model):
    """Something that a change did to a record which an alert is on; once, however often the change is looked at.

    `rows` lists by field what was believed before and is since, `sources` who says so, as words and path.
    """

    class Kind(models.TextChoices):
        NEW_ROUND = "new_round", _("new round")
        ROUND = "round", _("changed round")
        VALUATION = "valuation", _("valuation")
        EXIT = "exit", _("exit")
        CONFLICT = "conflict", _("sources differ")

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="events")
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    round = models.ForeignKey(Round, models.CASCADE, null=True, blank=True, related_name="+")
    record = models.CharField(max_length=300)  # its name then
    rows: Any = models.JSONField(default=list)
    sources: Any = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)
    delivery = models.ForeignKey(Delivery, models.CASCADE, null=True, blank=True, related_name="events")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "change", "kind", "company", "round"],
                nulls_distinct=False,
                name="alert_event_once",
            ),
        ]
        indexes = [
            models.Index("alert", F("id").desc(), name="alert_event_newest"),
            models.Index("alert", condition=Q(delivery=None), name="alert_event_undelivered"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.record}"

    def get_absolute_url(self) -> str:
        return self.round.get_absolute_url() if self.round else self.company.get_absolute_url()


class Digest(models.Model):
    """When somebody gets the daily digest: at an hour of UTC, next at `next_at`."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digest")
    hour = models.PositiveSmallIntegerField(default=7)
    next_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(hour__lt=24), name="digest_hour_of_day")]
        indexes = [models.Index("next_at", name="digest_due")]

    def __str__(self) -> str:
        return f"digest of {self.owner} at {self.hour}:00"
