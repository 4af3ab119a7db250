"""Pairs of records that may be one, for a person to say: a queue that `funding.recording` keeps."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from companies.models import Company, Investor


class DoubtQuerySet(models.QuerySet):
    """Doubts, in adjectives that chain."""

    def open(self) -> Self:
        """Those that nobody has put off."""
        return self.filter(state=Doubt.State.OPEN)


class Doubt(models.Model):
    """Two companies or two investors that may be one, the older first, with how likely it is, up to 100, and why.

    It is gone as soon as a person has said whether they are one.
    """

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("to decide")
        LATER = "later", gettext_lazy("put off")

    left_company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True, related_name="doubts_left")
    right_company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True, related_name="doubts_right")
    left_investor = models.ForeignKey(Investor, models.CASCADE, null=True, blank=True, related_name="doubts_left")
    right_investor = models.ForeignKey(Investor, models.CASCADE, null=True, blank=True, related_name="doubts_right")
    score = models.PositiveSmallIntegerField()
    reasons: Any = models.JSONField(default=list)
    state = models.CharField(max_length=5, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DoubtQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    left_company__isnull=False,
                    right_company__isnull=False,
                    left_company__lt=F("right_company"),
                    left_investor=None,
                    right_investor=None,
                )
                | Q(
                    left_investor__isnull=False,
                    right_investor__isnull=False,
                    left_investor__lt=F("right_investor"),
                    left_company=None,
                    right_company=None,
                ),
                name="doubt_of_two_in_order",
            ),
            models.UniqueConstraint(fields=("left_company", "right_company"), name="doubt_once_of_companies"),
            models.UniqueConstraint(fields=("left_investor", "right_investor"), name="doubt_once_of_investors"),
            models.CheckConstraint(condition=Q(score__lte=100), name="doubt_score_up_to_100"),
        ]
        indexes = [models.Index(F("state"), F("score").desc(), F("id").desc(), name="doubt_by_score")]

    def __str__(self) -> str:
        return f"{self.left} or {self.right}"

    @property
    def left(self) -> Company | Investor:
        """The older record."""
        return self.left_company or self.left_investor  # type: ignore[return-value]

    @property
    def right(self) -> Company | Investor:
        """The newer record."""
        return self.right_company or self.right_investor  # type: ignore[return-value]
