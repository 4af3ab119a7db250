"""Reference rates, one row a currency and day so that converting is one equality join, and those the owner gave.

They are the European Central Bank's, and the owner's own where that one has none or the owner says so.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Rate(models.Model):
    """Units of `currency` for one euro; a day without a fixing holds the last one before, that of `observed_on`."""

    currency = models.CharField(max_length=3)
    day = models.DateField()
    per_euro = models.DecimalField(max_digits=18, decimal_places=8)
    observed_on = models.DateField()
    is_own = models.BooleanField(default=False, db_default=False)  # the owner's, not the European Central Bank's

    class Meta:
        constraints = [
            models.UniqueConstraint("currency", "day", name="rate_once_a_day"),
            models.CheckConstraint(condition=Q(per_euro__gt=0), name="rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.per_euro} {self.currency} for one euro, {self.day}"


class AverageRate(models.Model):
    """The average of the fixings of a month or year, which an amount known no more exactly is converted at."""

    currency = models.CharField(max_length=3)
    precision = models.CharField(max_length=5, choices={"month": "month", "year": "year"})
    first_day = models.DateField()
    per_euro = models.DecimalField(max_digits=18, decimal_places=8)
    is_own = models.BooleanField(default=False, db_default=False)  # whether any rate in it is the owner's

    class Meta:
        constraints = [
            models.UniqueConstraint("currency", "precision", "first_day", name="average_rate_once"),
            models.CheckConstraint(condition=Q(per_euro__gt=0), name="average_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.per_euro} {self.currency} for one euro, {self.precision} from {self.first_day}"


class OwnRate(models.Model):
    """A rate that the owner gave: units of `currency` for one of `base`, on a day; `per_euro` is what follows from it.

    It stands beside the European Central Bank's, and is used where that one has none; with `is_overriding`, before it.
    """

    currency = models.CharField(max_length=3)
    day = models.DateField()
    base = models.CharField(max_length=3, default="EUR")
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    per_euro = models.DecimalField(max_digits=18, decimal_places=8)
    is_overriding = models.BooleanField(default=False)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("currency", "day", name="own_rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0, per_euro__gt=0), name="own_rate_positive"),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$", base__regex="^[A-Z]{3}$")
                & ~Q(currency="EUR")
                & ~Q(currency=F("base")),
                name="own_rate_of_two_currencies",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate} {self.currency} for one {self.base}, {self.day}"
