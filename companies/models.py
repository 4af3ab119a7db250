"""Whom the records are about: companies, investors and people.

Each record is the projection of what sources say of it; `funding.recording` is the only writer. Nothing here imports
`funding`: what a list shows or sorts by is projected onto the record itself.
"""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace, Upper
from django.utils.translation import gettext_lazy

from config.addresses import of_record
from config.records import Record

PRECISIONS = {"day": "day", "month": "month", "year": "year"}


def precision_field() -> models.CharField:
    """How exact the date beside it is; empty where there is no date."""
    return models.CharField(max_length=5, blank=True, choices=PRECISIONS)


def dated_check(model: str, date: str) -> models.CheckConstraint:
    """That the columns of one date, `{date}_on` and `{date}_precision`, are given or empty together."""
    is_empty = Q(**{f"{date}_on": None, f"{date}_precision": ""})
    is_given = Q(**{f"{date}_on__isnull": False}) & ~Q(**{f"{date}_precision": ""})
    return models.CheckConstraint(condition=is_empty | is_given, name=f"{model}_{date}_with_precision")


def amount_field() -> models.DecimalField:
    """Currency units, null where nothing is known."""
    return models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)


def sector_ids_field() -> ArrayField:
    """The sectors of a company, by id, where lists filter by them without a join."""
    return ArrayField(models.IntegerField(), default=list, blank=True)


AMOUNT_LIMIT = Decimal(10) ** 18  # what the columns of `amount_field` stay below


def held_amount(amount: Decimal | None) -> Decimal | None:
    """An amount as its column holds it: to the cent, and None where it is too large to be held."""
    return None if amount is None or abs(amount) >= AMOUNT_LIMIT - 1 else round(amount, 2)


class Unicorn(models.TextChoices):
    """Whether a value is a thousand million US dollars or more; empty where no value is known."""

    YES = "yes", gettext_lazy("yes")
    NO = "no", gettext_lazy("no")
    UNDETERMINED = "undetermined", gettext_lazy("undetermined")


def unicorn_field() -> models.CharField:
    """A verdict of `Unicorn`, empty where there is no value to give one on."""
    return models.CharField(max_length=12, blank=True, choices=Unicorn)


class NamedQuerySet(models.QuerySet):
    """Companies, investors or people, in adjectives that chain."""

    def live(self) -> Self:
        """Those that some statement still speaks of, merged ones left out."""
        return self.filter(is_live=True, merged_into=None)


class Named(Record):
    """A record with a name, its folded `key` and its address `slug`; `is_live` where any source speaks of it."""

    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    slug = models.SlugField(max_length=120, unique=True, allow_unicode=False)
    is_live = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NamedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Sector(models.Model):
    """A line of business, as a source spells it first; `key` tells it whatever its spelling (`companies.sectors`)."""

    name = models.CharField(max_length=80)
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


def _of_live(name: str, *columns: str, by: str = "last_round_on", include: Sequence[str] = ()) -> models.Index:
    """An index of live companies, the latest (or highest) first within the columns, in which a page is chosen."""
    order = F(by).desc(nulls_last=True), F("id").desc()
    live = Q(is_live=True, merged_into=None)
    return models.Index(
        *(F(one) for one in columns), *order, name=name, include=[*include, "sector_ids"], condition=live
    )


# By these the choices of a narrowed list are counted, over rows that lie here and there in the table.
_COUNTED: Final = ("unicorn", "was_unicorn", "has_conflict", "undisclosed_count", "last_told_on")


class Company(Named):
    """A company that raises money. `resolved` holds, by field, what is believed and the statements for and against.

    Two companies may have one name; which of them a source speaks of is for `funding.recording` to tell.
    """

    resolved: Any = models.JSONField(default=dict, blank=True)
    founded_on = models.DateField(null=True, blank=True)
    founded_precision = precision_field()
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)  # ISO code of the country that the city is in
    sectors = models.ManyToManyField(Sector, blank=True, related_name="companies")
    sector_ids = sector_ids_field()
    has_conflict = models.BooleanField(default=False)
    # What lists sort and filter by; the rounds hold the figures themselves.
    rounds_count = models.PositiveIntegerField(default=0)
    undisclosed_count = models.PositiveIntegerField(default=0)
    last_round_on = models.DateField(null=True, blank=True)
    last_stage = models.CharField(max_length=24, blank=True)
    last_told_on = models.DateField(null=True, blank=True)  # when a source last said anything of it
    raised_usd = amount_field()
    # How exact it is, in the words of `Interval.hedged`; empty where it is exact.
    raised_hedge = models.CharField(max_length=9, blank=True, default="", db_default="")
    valuation_usd = amount_field()
    valuation_low_usd = amount_field()  # the ends of its latest value, null where it is open
    valuation_high_usd = amount_field()
    unicorn = unicorn_field()  # by its latest value
    was_unicorn = unicorn_field()  # by any value it ever had
    unicorn_on = models.DateField(null=True, blank=True)  # of its first value that makes it one

    class Meta:
        verbose_name_plural = "companies"
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="company_not_merged_into_itself"
            ),
            dated_check("company", "founded"),
        ]
        indexes = [
            models.Index("key", name="company_by_key"),
            models.Index("name", "id", name="company_by_name"),
            _of_live("company_by_day", include=["country", "last_stage"]),
            _of_live("company_by_both_and_day", "country", "last_stage", include=_COUNTED),
            _of_live("company_by_value", by="valuation_usd", include=["country", "last_stage"]),
            _of_live("company_by_amount", by="raised_usd", include=["country", "last_stage"]),
            models.Index("unicorn", "id", condition=Q(unicorn="yes"), name="company_by_unicorn"),
            models.Index("was_unicorn", "id", condition=Q(was_unicorn="yes"), name="company_by_was_unicorn"),
            models.Index(
                F("unicorn_on").desc(),
                F("id").desc(),
                condition=Q(unicorn_on__isnull=False, is_live=True, merged_into=None),
                name="company_new_unicorn",
                include=["country", "sector_ids"],
            ),
            _of_live("company_by_country_and_day", "country", include=["last_stage", *_COUNTED]),
            models.Index(F("last_told_on").asc(nulls_first=True), "id", name="company_by_last_told"),
            models.Index("id", condition=Q(has_conflict=True), name="company_in_conflict"),
            GinIndex("sector_ids", name="company_by_sector"),
            _of_live("company_by_stage_and_day", "last_stage", include=["country", *_COUNTED]),
            models.Index(Upper("city"), "id", name="company_by_city"),
            models.Index(F("founded_on").desc(nulls_last=True), F("id").desc(), name="company_by_founded"),
            models.Index("valuation_low_usd", name="company_valuation_low"),
            models.Index("valuation_high_usd", name="company_valuation_high"),
            models.Index("id", condition=Q(undisclosed_count__gt=0), name="company_without_amount"),
        ]

    def get_absolute_url(self) -> str:
        return of_record("companies:company_detail", self.slug)


class InvestorKind(models.TextChoices):
    """What sort of investor somebody is; empty where no source says."""

    VENTURE_CAPITAL = "venture_capital", gettext_lazy("venture capital firm")
    CORPORATE = "corporate", gettext_lazy("corporate investor")
    CORPORATE_ARM = "corporate_arm", gettext_lazy("venture arm of a company")
    ANGEL = "angel", gettext_lazy("angel")
    ACCELERATOR = "accelerator", gettext_lazy("accelerator")
    PRIVATE_EQUITY = "private_equity", gettext_lazy("private equity firm")
    HEDGE_FUND = "hedge_fund", gettext_lazy("hedge fund")
    FAMILY_OFFICE = "family_office", gettext_lazy("family office")
    BANK = "bank", gettext_lazy("bank")
    PUBLIC = "public", gettext_lazy("public fund")


class Investor(Named):
    """Whoever puts money into a round: a fund, a company, a person.

    An arm is an investor of its own, with a `parent` among investors or companies. `resolved` is as that of a company.
    """

    resolved: Any = models.JSONField(default=dict, blank=True)
    kind = models.CharField(max_length=15, blank=True, choices=InvestorKind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="arms")
    parent_company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="arms")
    # What lists sort by: the closed rounds it took part in, those it led, and how many companies they are of.
    rounds_count = models.PositiveIntegerField(default=0)
    led_count = models.PositiveIntegerField(default=0)
    companies_count = models.PositiveIntegerField(default=0)
    last_round_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="investor_not_merged_into_itself"
            ),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("pk")), name="investor_not_arm_of_itself"),
            models.CheckConstraint(condition=Q(parent=None) | Q(parent_company=None), name="investor_with_one_parent"),
        ]
        indexes = [
            models.Index("key", name="investor_by_key"),
            models.Index("name", "id", name="investor_by_name"),
            models.Index(F("rounds_count").desc(), F("id").desc(), name="investor_by_rounds"),
            models.Index(F("led_count").desc(), F("id").desc(), name="investor_by_led"),
            models.Index(F("last_round_on").desc(nulls_last=True), F("id").desc(), name="investor_by_last_round"),
        ]

    def get_absolute_url(self) -> str:
        return of_record("companies:investor_detail", self.slug)


class Person(Named):
    """Somebody with a role at a company. People of one name are one record only within one company."""

    resolved_for = models.ForeignKey(Company, models.PROTECT, related_name="people")

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(
                "resolved_for", "key", condition=Q(merged_into=None), name="person_key_unique_in_company"
            ),
        ]


class Role(Record):
    """What a person is to a company, in the words of the source (`co-founder and CTO`)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="roles")
    company = models.ForeignKey(Company, models.CASCADE, related_name="roles")
    title = models.CharField(max_length=200, blank=True)
    is_founder = models.BooleanField(default=False)
    statement_ids: Any = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint("person", "company", name="role_once")]

    def __str__(self) -> str:
        return f"{self.person}, {self.title or 'founder'}"


class Alias(Record):
    """Another name of a company or investor; `key` is its folded form.

    It holds for sources published from `valid_from` until `valid_until`, either of which may be open. `is_told` marks
    one that follows from mentions a person has taken for the record; the others are added by hand.
    """

    company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True, related_name="aliases")
    investor = models.ForeignKey(Investor, models.CASCADE, null=True, blank=True, related_name="aliases")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    is_told = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "aliases"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lte=F("valid_until")),
                name="alias_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(company=None, investor__isnull=False) | Q(company__isnull=False, investor=None),
                name="alias_of_company_or_investor",
            ),
            models.UniqueConstraint("company", "key", name="alias_once_a_company"),
            models.UniqueConstraint("investor", "key", name="alias_once_an_investor"),
        ]
        indexes = [
            models.Index("key", name="alias_by_key"),
            models.Index(Replace(F("key"), Value(" "), Value("")), condition=Q(is_told=False), name="alias_by_hand"),
        ]

    def __str__(self) -> str:
        return self.name

    def holds_on(self, day: datetime.date | None) -> bool:
        """Whether a source published on this day means the record by it; one without a date does where it is open."""
        if day is None:
            return self.valid_from is None and self.valid_until is None
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class Identifier(Record):
    """A website's domain or an outside number of a company or investor, by which it is surely known again."""

    class Kind(models.TextChoices):
        DOMAIN = "domain", "website"
        WIKIDATA = "wikidata", "Wikidata"
        LEI = "lei", "LEI"
        CRUNCHBASE = "crunchbase", "Crunchbase"

    company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True, related_name="identifiers")
    investor = models.ForeignKey(Investor, models.CASCADE, null=True, blank=True, related_name="identifiers")
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(company=None, investor__isnull=False) | Q(company__isnull=False, investor=None),
                name="identifier_of_company_or_investor",
            ),
            models.UniqueConstraint("company", "kind", "value", name="identifier_once_a_company"),
            models.UniqueConstraint("investor", "kind", "value", name="identifier_once_an_investor"),
        ]
        indexes = [models.Index("kind", "value", name="identifier_by_value")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class SearchEntry(models.Model):
    """One name by which a company, investor or person is found (`companies.search`).

    `tokens` are the beginnings of its words and the whole of it, each told apart by the kind of record. `rounds` is
    how busy the record is: the rounds of a company, of a person's company, or those an investor took part in.
    """

    company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True, related_name="search_entries")
    investor = models.ForeignKey(Investor, models.CASCADE, null=True, blank=True, related_name="search_entries")
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="search_entries")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    is_alias = models.BooleanField(default=False)
    rounds = models.PositiveIntegerField(default=0)
    tokens = ArrayField(models.TextField())

    class Meta:
        verbose_name_plural = "search entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(company__isnull=False, investor=None, person=None)
                | Q(company=None, investor__isnull=False, person=None)
                | Q(company=None, investor=None, person__isnull=False),
                name="search_entry_of_one_record",
            ),
        ]
        # Written at once: a list of what is still to be written would have to be read through by every search.
        indexes = [GinIndex("tokens", name="search_entry_by_token", fastupdate=False)]

    def __str__(self) -> str:
        return self.name


class SearchWord(models.Model):
    """A word of some name, and the numbers under which those are found who misspell it (`companies.search.spelling`).

    Two that write at once may both add a word, for neither waits for the other; that does no harm.
    """

    word = models.CharField(max_length=200)
    near = ArrayField(models.IntegerField())

    class Meta:
        indexes = [
            models.Index("word", name="search_word_by_word"),
            GinIndex("near", name="search_word_by_near", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.word
