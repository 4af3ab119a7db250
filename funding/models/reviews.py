"""What extraction proposes and a person decides."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from funding import values

from .mentions import Change
from .sources import Source


class Review(models.Model):
    """One source read by one version of the extractor.

    `mentions` is whom it found, as `{key, kind, name, company, is_headline}`.
    """

    class State(models.TextChoices):
        PENDING = "pending", gettext_lazy("to review")
        DECIDED = "decided", gettext_lazy("decided")
        EMPTY = "empty", gettext_lazy("nothing found")

    source = models.ForeignKey(Source, models.PROTECT, related_name="reviews")
    engine_version = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    mentions: Any = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("source", "engine_version", name="review_once_a_version")]
        indexes = [models.Index(F("state"), F("id").desc(), name="review_by_state")]

    def __str__(self) -> str:
        return f"review of {self.source}"

    def get_absolute_url(self) -> str:
        return reverse("funding:review_detail", args=[self.pk])


class Proposal(models.Model):
    """One fact of a review, its words, its confidence and what was decided; `change` is what accepting it added.

    `edited` is the value that a person put in the place of `value`. `audit` tells whether a fact accepted by rule was
    drawn to be looked at afterwards, and what a person found.
    """

    class Decision(models.TextChoices):
        PENDING = "pending", gettext_lazy("to decide")
        ACCEPTED = "accepted", gettext_lazy("accepted")
        REJECTED = "rejected", gettext_lazy("rejected")

    class Audit(models.TextChoices):
        DUE = "due", gettext_lazy("to look at")
        RIGHT = "right", gettext_lazy("right")
        WRONG = "wrong", gettext_lazy("wrong")

    review = models.ForeignKey(Review, models.CASCADE, related_name="proposals")
    position = models.PositiveIntegerField()
    subject = models.CharField(max_length=40)
    field = models.CharField(max_length=30)
    value: Any = models.JSONField()
    qualifiers: Any = models.JSONField(default=dict, blank=True)
    quotes: Any = models.JSONField(default=list, blank=True)
    rule = models.CharField(max_length=60)
    confidence = models.FloatField()
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.PENDING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    change = models.ForeignKey(Change, models.PROTECT, null=True, blank=True, related_name="proposals")
    edited: Any = models.JSONField(null=True, blank=True)
    audit = models.CharField(max_length=5, blank=True, choices=Audit)
    audited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    audited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint("review", "position", name="proposal_once"),
            models.CheckConstraint(
                condition=Q(decision="pending", decided_at=None)
                | (~Q(decision="pending") & Q(decided_at__isnull=False)),
                name="proposal_decided_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="proposal_confidence_in_range"
            ),
            models.CheckConstraint(
                condition=Q(audit__in=("", "due"), audited_at=None)
                | Q(audit__in=("right", "wrong"), audited_at__isnull=False),
                name="proposal_audited_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.subject}"

    @property
    def said(self) -> values.Value:
        """The value as `funding.values` holds it."""
        return values.from_json(self.value)


class AcceptRule(models.Model):
    """From which confidence the facts of one field are accepted without a person; there is none until one is made."""

    field = models.CharField(max_length=30, unique=True)
    confidence = models.DecimalField(max_digits=3, decimal_places=2)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("field",)
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="accept_rule_is_a_confidence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} from {self.confidence}"
