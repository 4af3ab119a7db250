"""How a company left the hands of its investors, sold or listed: a projection of statements as a round is."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from companies.models import Company, amount_field, dated_check, precision_field
from funding.values import Money, PartialDate

from .rounds import interval_checks, label_of, money_of


class ExitQuerySet(models.QuerySet):
    def live(self) -> Self:
        """Those that some statement still speaks of."""
        return self.filter(is_live=True)

    def newest_first(self) -> Self:
        """By announcement, undated ones last."""
        return self.order_by(F("announced_on").desc(nulls_last=True), "-id")


class Exit(models.Model):
    """An acquisition or a listing of a company. `resolved` holds, by field, what is believed and the statements on it.

    `acquirer` is a name as sources give it; a company that we hold of that name is found by `acquirer_key`, so that
    no order in which the two are told matters. The price is of an acquisition, the valuation that of a listing.
    """

    class Kind(models.TextChoices):
        ACQUISITION = "acquisition", gettext_lazy("acquisition")
        IPO = "ipo", gettext_lazy("IPO")

    class Status(models.TextChoices):
        RUMOURED = "rumoured", gettext_lazy("rumoured")
        ANNOUNCED = "announced", gettext_lazy("announced")
        COMPLETED = "completed", gettext_lazy("completed")
        CANCELLED = "cancelled", gettext_lazy("cancelled")

    company = models.ForeignKey(Company, models.PROTECT, related_name="exits")
    is_live = models.BooleanField(default=False)
    resolved: Any = models.JSONField(default=dict, blank=True)
    kind = models.CharField(max_length=11, blank=True, choices=Kind)
    status = models.CharField(max_length=9, choices=Status, default=Status.ANNOUNCED)
    announced_on = models.DateField(null=True, blank=True)
    announced_precision = precision_field()
    acquirer = models.CharField(max_length=200, blank=True)
    acquirer_key = models.CharField(max_length=200, blank=True)
    price_low = amount_field()
    price_high = amount_field()
    price_low_open = models.BooleanField(default=False)
    price_high_open = models.BooleanField(default=False)
    price_is_approx = models.BooleanField(default=False)
    price_currency = models.CharField(max_length=3, blank=True)
    price_undisclosed = models.BooleanField(default=False)
    price_usd = amount_field()
    price_eur = amount_field()
    price_gbp = amount_field()
    exchange = models.CharField(max_length=100, blank=True)
    ticker = models.CharField(max_length=20, blank=True)
    valuation_low = amount_field()
    valuation_high = amount_field()
    valuation_low_open = models.BooleanField(default=False)
    valuation_high_open = models.BooleanField(default=False)
    valuation_is_approx = models.BooleanField(default=False)
    valuation_currency = models.CharField(max_length=3, blank=True)
    valuation_usd = amount_field()
    valuation_eur = amount_field()
    valuation_gbp = amount_field()
    rate_on = models.DateField(null=True, blank=True)
    is_own_rate = models.BooleanField(default=False, db_default=False)  # see `Rate.is_own`
    has_conflict = models.BooleanField(default=False)
    has_source = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ExitQuerySet.as_manager()

    class Meta:
        constraints = [
            *interval_checks("exit", "price_"),
            *interval_checks("exit", "valuation_"),
            models.CheckConstraint(
                condition=Q(price_undisclosed=False) | Q(price_low=None, price_high=None),
                name="exit_undisclosed_has_no_price",
            ),
            dated_check("exit", "announced"),
            models.CheckConstraint(
                condition=Q(kind="acquisition")
                | Q(acquirer="", price_low=None, price_high=None, price_undisclosed=False),
                name="exit_acquired_by_acquisition",
            ),
            models.CheckConstraint(
                condition=Q(kind="ipo") | Q(exchange="", ticker="", valuation_low=None, valuation_high=None),
                name="exit_listed_by_ipo",
            ),
        ]
        indexes = [
            models.Index(F("announced_on").desc(nulls_last=True), F("id").desc(), name="exit_newest"),
            models.Index("acquirer_key", condition=~Q(acquirer_key=""), name="exit_by_acquirer"),
        ]

    def __str__(self) -> str:
        return f"{self.company}, {self.get_kind_display() or 'exit'}"

    def get_absolute_url(self) -> str:
        return f"{self.company.get_absolute_url()}#exit-{self.pk}"

    def get_kind_display(self) -> str:  # type: ignore[no-redef]  # as the plugin knows it; this one is quicker
        return label_of(self.Kind, self.kind)

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        return label_of(self.Status, self.status)

    @property
    def price(self) -> Money | None:
        """What the acquirer pays, in its own currency."""
        return money_of(self, "price_")

    @property
    def valuation(self) -> Money | None:
        """What the company was valued at when it was listed, in its own currency."""
        return money_of(self, "valuation_")

    @property
    def announced(self) -> PartialDate | None:
        """When it became public, at its precision."""
        return PartialDate.of(self.announced_on, self.announced_precision) if self.announced_on else None
