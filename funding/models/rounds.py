"""Rounds, who took part in them and what they valued the company at: projections of statements."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, F, OrderBy, Q
from django.utils.translation import gettext, gettext_lazy

from companies.models import (
    Company,
    Investor,
    amount_field,
    dated_check,
    precision_field,
    sector_ids_field,
    unicorn_field,
)
from config.addresses import of_record
from config.records import Record
from funding.tellings import Field
from funding.values import Money, PartialDate

from .mentions import Statement


class Stage(models.TextChoices):
    """`domain.md` of the field: Crunchbase's round types and four that the news uses."""

    PRE_SEED = "pre_seed", gettext_lazy("Pre-seed")
    SEED = "seed", gettext_lazy("Seed")
    ANGEL = "angel", gettext_lazy("Angel")
    PRE_SERIES_A = "pre_series_a", gettext_lazy("Pre-Series A")
    SERIES_A = "series_a", gettext_lazy("Series A")
    SERIES_B = "series_b", gettext_lazy("Series B")
    SERIES_C = "series_c", gettext_lazy("Series C")
    SERIES_D = "series_d", gettext_lazy("Series D")
    SERIES_E = "series_e", gettext_lazy("Series E")
    SERIES_F = "series_f", gettext_lazy("Series F")
    SERIES_G = "series_g", gettext_lazy("Series G")
    SERIES_H = "series_h", gettext_lazy("Series H")
    SERIES_I = "series_i", gettext_lazy("Series I")
    SERIES_J = "series_j", gettext_lazy("Series J")
    SERIES_UNKNOWN = "series_unknown", gettext_lazy("Venture, letter not given")
    BRIDGE = "bridge", gettext_lazy("Bridge")
    GROWTH = "growth", gettext_lazy("Growth")
    PRE_IPO = "pre_ipo", gettext_lazy("Pre-IPO")
    PRIVATE_EQUITY = "private_equity", gettext_lazy("Private equity")
    CORPORATE_ROUND = "corporate_round", gettext_lazy("Corporate round")
    EQUITY_CROWDFUNDING = "equity_crowdfunding", gettext_lazy("Equity crowdfunding")
    CONVERTIBLE_NOTE = "convertible_note", gettext_lazy("Convertible note")
    DEBT_FINANCING = "debt_financing", gettext_lazy("Debt")
    GRANT = "grant", gettext_lazy("Grant")
    PRODUCT_CROWDFUNDING = "product_crowdfunding", gettext_lazy("Product crowdfunding")
    NON_EQUITY_ASSISTANCE = "non_equity_assistance", gettext_lazy("Non-equity assistance")
    INITIAL_COIN_OFFERING = "initial_coin_offering", gettext_lazy("Token sale")
    SECONDARY_MARKET = "secondary_market", gettext_lazy("Secondary")
    POST_IPO_EQUITY = "post_ipo_equity", gettext_lazy("Post-IPO equity")
    POST_IPO_DEBT = "post_ipo_debt", gettext_lazy("Post-IPO debt")
    POST_IPO_SECONDARY = "post_ipo_secondary", gettext_lazy("Post-IPO secondary")
    UNDISCLOSED = "undisclosed", gettext_lazy("Kept secret")


# What the extraction contract calls otherwise; every other stage goes by its own name. An `extension` is said of a
# series that the source does not name, so it says no stage of ours.
STAGE_OF_CONTRACT = {
    "crowdfunding": Stage.EQUITY_CROWDFUNDING,
    "debt": Stage.DEBT_FINANCING,
    "secondary": Stage.SECONDARY_MARKET,
    "ico": Stage.INITIAL_COIN_OFFERING,
}

_NO_NEW_MONEY = {Stage.SECONDARY_MARKET, Stage.NON_EQUITY_ASSISTANCE, Stage.POST_IPO_SECONDARY}
_NOT_IN_TOTAL = _NO_NEW_MONEY | {Stage.POST_IPO_EQUITY, Stage.POST_IPO_DEBT}
_NOT_EQUITY = _NOT_IN_TOTAL | {
    Stage.DEBT_FINANCING,
    Stage.GRANT,
    Stage.PRODUCT_CROWDFUNDING,
    Stage.INITIAL_COIN_OFFERING,
}


SECONDARY = {Stage.SECONDARY_MARKET, Stage.POST_IPO_SECONDARY}


def label_of(choices: type[models.TextChoices], code: str) -> str:
    """The words of one choice. Django's own way puts all of them into the reader's language, each time."""
    label = _labels(choices).get(code)
    return code if label is None else str(label)


@cache
def _labels(choices: type[models.TextChoices]) -> dict[str, Any]:
    return {str(choice): choice.label for choice in choices}


def counts_in_total(stage: str) -> bool:
    """Whether money raised in a round of this stage is in the company's total."""
    return stage not in _NOT_IN_TOTAL


def counts_as_equity(stage: str) -> bool:
    """Whether it is in the total of equity alone, and bounds the post-money value."""
    return stage not in _NOT_EQUITY


def interval_checks(model: str, prefix: str) -> list[models.CheckConstraint]:
    """What holds of the columns of one interval of money: ends in order and not negative, a currency with any end."""
    low, high, currency = f"{prefix}low", f"{prefix}high", f"{prefix}currency"
    return [
        models.CheckConstraint(
            condition=Q(**{low: None}) | Q(**{high: None}) | Q(**{f"{low}__lte": F(high)}),
            name=f"{model}_{prefix}ends_in_order",
        ),
        models.CheckConstraint(
            condition=(Q(**{low: None}) | Q(**{f"{low}__gte": 0})) & (Q(**{high: None}) | Q(**{f"{high}__gte": 0})),
            name=f"{model}_{prefix}not_negative",
        ),
        models.CheckConstraint(
            condition=Q(**{low: None, high: None, currency: ""})
            | (~Q(**{low: None, high: None}) & Q(**{f"{currency}__regex": "^[A-Z]{3}$"})),
            name=f"{model}_{prefix}has_currency",
        ),
    ]


FLAGS: Final = ("low_open", "high_open", "is_approx", "currency")  # of an interval, in the order of `Money`


def money_of(row: models.Model, prefix: str = "") -> Money | None:
    """The interval in the columns `{prefix}low` … `{prefix}currency` of a record, None where both ends are null."""
    low, high = getattr(row, f"{prefix}low"), getattr(row, f"{prefix}high")
    if low is None and high is None:
        return None
    return Money(low, high, *[getattr(row, f"{prefix}{flag}") for flag in FLAGS])


def columns_of(money: Money | None, prefix: str = "") -> dict[str, Any]:
    """The columns that `money_of` reads."""
    return {
        f"{prefix}low": money.low if money else None,
        f"{prefix}high": money.high if money else None,
        f"{prefix}low_open": bool(money and money.low_open),
        f"{prefix}high_open": bool(money and money.high_open),
        f"{prefix}is_approx": bool(money and money.is_approx),
        f"{prefix}currency": money.currency if money else "",
    }


# By these, beside what is held anyway, the choices of a narrowed list are counted (`_of_live`).
_COUNTED: Final = ("raised_low", "raised_high", "raised_undisclosed", "has_conflict", "has_source", "last_told_on")


def _of_live(name: str, *columns: str, by: str = "announced_on", include: Sequence[str] = ()) -> models.Index:
    """An index of live rounds, the newest (or largest) first within the columns.

    It holds what lists are most often narrowed by: the rounds that a page shows are chosen in it without reading any
    of the others, which lie far apart in the table.
    """
    order = F(by).desc(nulls_last=True), F("id").desc()
    held = [*include, "status", "announced_precision", "sector_ids"]
    return models.Index(*(F(one) for one in columns), *order, name=name, include=held, condition=Q(is_live=True))


class RoundQuerySet(models.QuerySet):
    def live(self) -> Self:
        """Those that some statement still speaks of."""
        return self.filter(is_live=True)

    def newest_first(self) -> Self:
        """By announcement, undated ones last."""
        return self.order_by(F("announced_on").desc(nulls_last=True), "-id")


class Round(Record):
    """One raise of money from outsiders. `resolved` holds, by field, what is believed and the statements on it."""

    class Status(models.TextChoices):
        CLOSED = "closed", gettext_lazy("closed")
        RUMOURED = "rumoured", gettext_lazy("rumoured")
        CANCELLED = "cancelled", gettext_lazy("cancelled")

    company = models.ForeignKey(Company, models.PROTECT, related_name="rounds", db_index=False)
    is_live = models.BooleanField(default=False)
    resolved: Any = models.JSONField(default=dict, blank=True)
    stage = models.CharField(max_length=24, blank=True, choices=Stage)
    announced_label = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.CLOSED)
    announced_on = models.DateField(null=True, blank=True)
    announced_precision = precision_field()
    closed_on = models.DateField(null=True, blank=True)
    closed_precision = precision_field()
    raised_low = amount_field()
    raised_high = amount_field()
    raised_low_open = models.BooleanField(default=False)
    raised_high_open = models.BooleanField(default=False)
    raised_is_approx = models.BooleanField(default=False)
    raised_currency = models.CharField(max_length=3, blank=True)
    raised_undisclosed = models.BooleanField(default=False)
    raised_low_usd = amount_field()  # the ends, null where they are open
    raised_high_usd = amount_field()
    raised_usd = amount_field()
    raised_eur = amount_field()
    raised_gbp = amount_field()
    rate_on = models.DateField(null=True, blank=True)
    is_own_rate = models.BooleanField(default=False, db_default=False)  # see `Rate.is_own`
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="tranches")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    raised_statement = models.ForeignKey(Statement, models.PROTECT, null=True, blank=True, related_name="+")
    stage_statement = models.ForeignKey(Statement, models.PROTECT, null=True, blank=True, related_name="+")
    announced_on_statement = models.ForeignKey(Statement, models.PROTECT, null=True, blank=True, related_name="+")
    has_conflict = models.BooleanField(default=False)
    has_source = models.BooleanField(default=False)
    last_told_on = models.DateField(null=True, blank=True)  # when a source last said anything of it
    # Its company's, where lists filter by them without a join.
    country = models.CharField(max_length=2, blank=True)
    sector_ids = sector_ids_field()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            *interval_checks("round", "raised_"),
            models.CheckConstraint(
                condition=Q(raised_undisclosed=False) | Q(raised_low=None, raised_high=None),
                name="round_undisclosed_has_no_amount",
            ),
            dated_check("round", "announced"),
            models.CheckConstraint(
                condition=(Q(parent=None) | ~Q(parent=F("pk"))) & (Q(merged_into=None) | ~Q(merged_into=F("pk"))),
                name="round_not_its_own_parent",
            ),
        ]
        indexes = [
            models.Index("company", F("announced_on").desc(nulls_last=True), F("id").desc(), name="round_of_company"),
            _of_live("round_by_day", include=["country", "stage", "company"]),
            _of_live("round_by_country_and_day", "country", include=["stage", *_COUNTED]),
            _of_live("round_by_stage_and_day", "stage", include=["country", *_COUNTED]),
            _of_live("round_by_both_and_day", "country", "stage", include=_COUNTED),
            _of_live("round_by_amount", by="raised_usd", include=["country", "stage", "announced_on"]),
            models.Index(
                F("announced_on").desc(nulls_last=True),
                F("id").desc(),
                condition=Q(status="rumoured", is_live=True),
                name="round_rumoured_and_told",
                include=["last_told_on"],
            ),
            models.Index("id", condition=Q(has_conflict=True), name="round_in_conflict"),
            models.Index("id", condition=Q(has_source=False), name="round_without_source"),
            models.Index("id", condition=Q(raised_undisclosed=True), name="round_undisclosed"),
            models.Index("raised_low_usd", name="round_raised_low"),
            models.Index("raised_high_usd", name="round_raised_high"),
            # One sector in one country, or of one stage, is found in it as such and not looked for among many rows.
            GinIndex("sector_ids", "country", "stage", name="round_by_sector", condition=Q(is_live=True)),
        ]

    def __str__(self) -> str:
        return f"{self.company}, {self.label}"

    def get_absolute_url(self) -> str:
        return of_record("funding:round_detail", self.pk)

    def get_stage_display(self) -> str:  # type: ignore[no-redef]  # as the plugin knows it; this one is quicker
        return label_of(Stage, self.stage)

    @property
    def label(self) -> str:
        """The stage in words; a venture round whose source names none is just that."""
        return self.get_stage_display() if self.stage else gettext("Venture")

    @property
    def raised(self) -> Money | None:
        """The amount believed, in its own currency."""
        return money_of(self, "raised_")

    @property
    def announced(self) -> PartialDate | None:
        """When it became public, at its precision."""
        return PartialDate.of(self.announced_on, self.announced_precision) if self.announced_on else None


class Participation(Record):
    """An investor's part in a round; `is_lead` is null where no source says."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="participations", db_index=False)
    investor = models.ForeignKey(Investor, models.PROTECT, related_name="participations", db_index=False)
    is_lead = models.BooleanField(null=True)
    # Null where it is read from a row of a file (`Mention.row`), which needs no statements.
    statement = models.ForeignKey(Statement, models.PROTECT, null=True, blank=True, related_name="+")
    statement_ids: Any = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint("round", "investor", name="participation_once")]
        indexes = [
            models.Index("investor", "round", name="participation_of_investor"),
            # Who took part is told of hundreds of rounds at once, which lie far apart in the table.
            models.Index("round", name="participation_of_round", include=["investor", "is_lead"]),
        ]

    def __str__(self) -> str:
        return f"{self.investor} in {self.round}"


class ValuationQuerySet(models.QuerySet):
    def counted(self) -> Self:
        """Those of rounds that took place, and those of no round."""
        return self.filter(Q(round=None) | Q(round__status=Round.Status.CLOSED))

    def latest_first(self, *before: str) -> Self:
        """By their date, undated ones last; of one day the larger first, whichever was recorded first.

        `before` is what comes before the date in the order.
        """
        return self.order_by(*before, *_latest_first())


def _latest_first() -> list[OrderBy]:
    return [F(name).desc(nulls_last=True) for name in ("valued_on", "usd", "round")] + [F("id").desc()]


# Of a company's valuations those that somebody stated come before those that follow from them.
IS_DERIVED: Final = ExpressionWrapper(Q(origin="derived"), BooleanField())


def _once_a_day(name: str, of: Q) -> models.UniqueConstraint:
    """That a company has one value of no round for a date, of those that meet a condition."""
    fields = ["company", "valued_on", "valued_precision"]
    return models.UniqueConstraint(fields=fields, condition=Q(round=None) & of, nulls_distinct=False, name=name)


class Valuation(Record):
    """What the company was valued at, stated or derived: by a round, or of a day (`round` is None).

    One of no round is what a list, a fund or the press says that the company is worth on a day; `resolved` holds what
    is believed of it and the statements on it, as a round does of its own. It is never derived.
    `proof` lists the steps of a derived one (`funding.intervals`) with the statements each uses, and the statements
    that contradict each other; `multiple_*` is how many times the previous value it is, with `multiple_proof`.
    `follows` holds what else follows: the values after (`post`) and before (`pre`) the money with their proofs, the
    `step_up`, and why there is none of it or no `multiple`.
    """

    class Basis(models.TextChoices):
        PRE = "pre", gettext_lazy("pre-money")
        POST = "post", gettext_lazy("post-money")
        UNSPECIFIED = "unspecified", gettext_lazy("basis not stated")

    class Origin(models.TextChoices):
        STATED = "stated", gettext_lazy("stated")
        DERIVED = "derived", gettext_lazy("derived")
        IMPORTED = "imported", gettext_lazy("imported")
        ENTERED = "entered", gettext_lazy("entered")

    company = models.ForeignKey(Company, models.CASCADE, related_name="valuations", db_index=False)
    round = models.OneToOneField(Round, models.CASCADE, null=True, blank=True, related_name="valuation")
    resolved: Any = models.JSONField(default=dict, blank=True)
    valued_on = models.DateField(null=True, blank=True)
    valued_precision = precision_field()
    low = amount_field()
    high = amount_field()
    low_open = models.BooleanField(default=False)
    high_open = models.BooleanField(default=False)
    is_approx = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    basis = models.CharField(max_length=11, choices=Basis)
    origin = models.CharField(max_length=8, choices=Origin)
    statement = models.ForeignKey(Statement, models.PROTECT, null=True, blank=True, related_name="+")
    proof: Any = models.JSONField(default=list, blank=True)
    has_conflict = models.BooleanField(default=False)
    usd = amount_field()
    eur = amount_field()
    gbp = amount_field()
    rate_on = models.DateField(null=True, blank=True)
    is_own_rate = models.BooleanField(default=False, db_default=False)  # see `Rate.is_own`
    multiple_low = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    multiple_high = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    multiple_low_open = models.BooleanField(default=False)
    multiple_high_open = models.BooleanField(default=False)
    multiple_is_approx = models.BooleanField(default=False)
    multiple_proof: Any = models.JSONField(default=dict, blank=True)
    follows: Any = models.JSONField(default=dict, blank=True)
    unicorn = unicorn_field()

    objects = ValuationQuerySet.as_manager()

    class Meta:
        constraints = [
            *interval_checks("valuation", ""),
            models.CheckConstraint(
                condition=Q(origin="derived", statement=None)
                | Q(origin="imported")
                | (~Q(origin="derived") & Q(statement__isnull=False)),
                name="valuation_stated_has_statement",
            ),
            models.CheckConstraint(
                condition=Q(round__isnull=False) | (~Q(origin="derived") & Q(multiple_low=None, multiple_high=None)),
                name="valuation_of_no_round_is_stated",
            ),
            _once_a_day("valuation_of_no_round_once", ~Q(basis="pre")),
            _once_a_day("valuation_of_no_round_once_pre", Q(basis="pre")),
        ]
        indexes = [models.Index("company", IS_DERIVED, *_latest_first(), name="valuation_of_company")]

    def __str__(self) -> str:
        return f"{self.company} at {self.money}"

    def get_basis_display(self) -> str:  # type: ignore[no-redef]
        return label_of(self.Basis, self.basis)

    @property
    def money(self) -> Money:
        """The interval believed, in its own currency."""
        money = money_of(self)
        assert money is not None  # the constraint valuation_has_currency with a currency that is never empty
        return money

    @property
    def valued(self) -> PartialDate | None:
        """The date it is of, at its precision."""
        return PartialDate.of(self.valued_on, self.valued_precision) if self.valued_on else None

    @property
    def kept(self) -> dict[str, Any]:
        """What is believed of the stated value and the statements on it; empty where none states it."""
        found: dict[str, Any] = self.round.resolved.get(Field.VALUATION, {}) if self.round else self.resolved
        return found

    @property
    def is_counted(self) -> bool:
        """Whether it is of no round, or of one that took place."""
        return self.round is None or self.round.status == Round.Status.CLOSED

    @property
    def is_secondary(self) -> bool:
        """Whether it is the price at which holders sold to others."""
        return self.round is not None and self.round.stage in SECONDARY
