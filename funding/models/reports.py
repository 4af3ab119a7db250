"""Reports: rows, columns and filters under a name, when they go out and which way, and what became of each time."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .alerts import own
from .jobs import Job
from .sending import Sending


class Report(models.Model):
    """An export under a name: its `rows`, the `query` string that their export takes, and the format of the file.

    `period` stands for dates of announcement that go on with the time: the last whole week, month, quarter or year
    before the day of the file. A report that goes out (`every`) does so at an hour of UTC, on the day of the week from
    1 for Monday or of the month, next at `next_at`. `problem` says why it does not go out any more by itself.
    """

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        JSONL = "jsonl", _("JSON lines")

    class Period(models.TextChoices):
        WEEK = "week", _("the last whole week")
        MONTH = "month", _("the last whole month")
        QUARTER = "quarter", _("the last whole quarter")
        YEAR = "year", _("the last whole year")

    class Every(models.TextChoices):
        DAY = "day", _("every day")
        WEEK = "week", _("every week")
        MONTH = "month", _("every month")

    class Way(models.TextChoices):
        ATTACHMENT = "attachment", _("by mail, as attachment")
        LINK = "link", _("by mail, as link")
        FOLDER = "folder", _("into the folder of this site")

    owner = own("reports")
    name = models.CharField(max_length=80)
    rows = models.CharField(max_length=20)
    query = models.CharField(max_length=4000, blank=True)
    period = models.CharField(max_length=7, choices=Period, blank=True)
    form = models.CharField(max_length=5, choices=Format, default=Format.CSV)
    is_shared = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="en")
    every = models.CharField(max_length=5, choices=Every, blank=True)
    day = models.PositiveSmallIntegerField(default=1)
    hour = models.PositiveSmallIntegerField(default=7)
    way = models.CharField(max_length=10, choices=Way, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="report_name_once_an_owner"),
            models.CheckConstraint(condition=~Q(name=""), name="report_has_name"),
            models.CheckConstraint(
                condition=Q(every="", next_at=None) | (~Q(every="") & ~Q(way="") & Q(next_at__isnull=False)),
                name="report_goes_out_some_way",
            ),
            models.CheckConstraint(condition=Q(hour__lt=24, day__gte=1, day__lte=28), name="report_time_of_month"),
        ]
        indexes = [
            models.Index("next_at", condition=Q(next_at__isnull=False), name="report_due"),
            models.Index(Lower("name"), condition=Q(is_shared=True), name="report_shared"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("funding:report_detail", args=[self.pk])


class ReportRunQuerySet(models.QuerySet):
    def newest_first(self) -> Self:
        """By when they were asked for."""
        return self.order_by("-id")


class ReportRun(Sending):
    """One time that a report goes out: due by its schedule at `due_at`, or asked for by its owner.

    The name of a file in a folder rests on the `uid`, so that writing it twice is writing it once.
    `funding.reporting` is the only writer.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="runs")
    due_at = models.DateTimeField(default=timezone.now)
    is_asked = models.BooleanField(default=False)
    way = models.CharField(max_length=10, choices=Report.Way)
    filename = models.CharField(max_length=200, blank=True)
    rows = models.PositiveBigIntegerField(null=True, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="report_runs")

    objects = ReportRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("report", "due_at", condition=Q(is_asked=False), name="report_run_once_a_time"),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "sending"), ended_at=None)
                | Q(state__in=("sent", "failed", "unsure"), ended_at__isnull=False),
                name="report_run_ended_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | (Q(rows__isnull=False) & ~Q(sha256="")), name="report_run_sent_has_hash"
            ),
        ]
        indexes = [models.Index("report", F("id").desc(), name="report_run_newest")]

    def __str__(self) -> str:
        return f"{self.report}, {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_repeatable(self) -> bool:
        """Whether its owner may ask for it once more."""
        return self.state in (self.State.FAILED, self.State.UNSURE)
