"""The queue of record: what has to be done, how far it is, and why it failed. The broker only wakes the workers."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy


class JobQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Those still to be done or being done."""
        return self.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING))

    def due(self) -> Self:
        """Those that a worker may claim now: waiting and due, or left by a worker whose lease has run out."""
        return self.filter(
            Q(state=Job.State.QUEUED, run_after__lte=Now()) | Q(state=Job.State.RUNNING, lease_until__lt=Now())
        )

    def newest_first(self) -> Self:
        return self.order_by("-id")


class Job(models.Model):
    """One piece of work. `idempotency_key` keeps the same work from being queued twice.

    A worker holds a job by its `lease_token` until `lease_until`; effects and "done" are written in one transaction
    that the token fences, so of two workers with one job only one takes effect. `sent_at` says that a message about it
    was sent and no worker has claimed it since. `funding.jobs` is the only writer.
    """

    class Kind(models.TextChoices):
        ARTICLE = "article", gettext_lazy("article")
        FEED = "feed", gettext_lazy("feed")
        ALERT = "alert", gettext_lazy("alert")
        DELIVERY = "delivery", gettext_lazy("delivery")
        DIGEST = "digest", gettext_lazy("digest")
        REPORT = "report", gettext_lazy("report")
        EXPORT = "export", gettext_lazy("export")
        PRUNING = "pruning", gettext_lazy("pruning")
        RATES = "rates", gettext_lazy("rates")
        IMPORT = "import", gettext_lazy("import of a file")

    class State(models.TextChoices):
        QUEUED = "queued", gettext_lazy("waiting")
        RUNNING = "running", gettext_lazy("running")
        DONE = "done", pgettext_lazy("job", "done")
        FAILED = "failed", pgettext_lazy("job", "failed")
        DEAD = "dead", pgettext_lazy("job", "given up")
        CANCELLED = "cancelled", pgettext_lazy("job", "cancelled")

    kind = models.CharField(max_length=20, choices=Kind)
    idempotency_key = models.CharField(max_length=200, unique=True)
    payload: Any = models.JSONField(default=dict)
    # One job of a host runs at a time; empty where no host is asked.
    host = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    priority = models.SmallIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    progress = models.CharField(max_length=200, blank=True)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    result = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False, lease_token__isnull=False),
                name="job_running_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("queued", "running"), finished_at=None)
                | Q(state__in=("done", "failed", "dead", "cancelled"), finished_at__isnull=False),
                name="job_ended_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("failed", "dead")) | ~Q(error=""), name="job_failed_says_why"
            ),
            models.UniqueConstraint("host", condition=Q(state="running") & ~Q(host=""), name="job_one_running_a_host"),
        ]
        indexes = [
            models.Index(F("priority").desc(), "run_after", "id", condition=Q(state="queued"), name="job_due"),
            models.Index("lease_until", condition=Q(state="running"), name="job_leases"),
            models.Index(F("state"), F("id").desc(), name="job_by_state"),
            models.Index("sent_at", condition=Q(sent_at__isnull=False), name="job_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} job {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("funding:job_detail", args=[self.pk])

    @staticmethod
    def new_token() -> uuid.UUID:
        """A token that no other worker holds."""
        return uuid.uuid4()

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done or being done."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def is_repeatable(self) -> bool:
        """Whether it ended without effect, so that it may be asked for again."""
        return self.state in (self.State.FAILED, self.State.DEAD, self.State.CANCELLED)
