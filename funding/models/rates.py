"""Reference rates of the European Central Bank, one row a currency and day so that converting is one equality join."""

from django.db import models
from django.db.models import Q


class Rate(models.Model):
    """Units of `currency` for one euro; a day without a fixing holds the last one before, that of `observed_on`."""

    currency = models.CharField(max_length=3)
    day = models.DateField()
    per_euro = models.DecimalField(max_digits=18, decimal_places=8)
    observed_on = models.DateField()

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

    class Meta:
        constraints = [
            models.UniqueConstraint("currency", "precision", "first_day", name="average_rate_once"),
            models.CheckConstraint(condition=Q(per_euro__gt=0), name="average_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.per_euro} {self.currency} for one euro, {self.precision} from {self.first_day}"
