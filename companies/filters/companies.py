"""The filter of the list of companies."""

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django import forms
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext, pgettext

from companies.models import Company, Investor, Unicorn
from config import paging
from config.facets import Facet
from config.filters import MANY, ChoicesField, Column, OptionField, Phrase, QueryFilter, filled, phrase
from funding import figures
from funding.models import Investment, Round

from . import words
from .fields import (
    CONFLICT_FACET,
    CONFLICTS,
    COUNTRY_FACET,
    MATCHES,
    NOT_STATED,
    POSSIBLY,
    SECTOR_FACET,
    SILENCE,
    STAGES,
    CountriesField,
    DateField,
    DollarsField,
    RecordField,
    SectorsField,
    WordsField,
    between,
    choice_of,
    named,
    of_countries,
    of_sectors,
    of_stages,
    require_order,
    within,
)

# By the latest value, but for the last, which is by any value it ever had.
WAS = "was"
UNICORNS = [
    ("yes", gettext_lazy("yes")),
    ("no", gettext_lazy("no")),
    ("undetermined", gettext_lazy("undetermined")),
    (WAS, gettext_lazy("now or once")),
]


class CompanyFilter(QueryFilter):
    """`/companies/`, and its export."""

    ORDERS = {
        "last_round": paging.Order(gettext_lazy("the latest round first"), "last_round_on", paging.DAY),
        "last_round_asc": paging.Order(
            gettext_lazy("the earliest last round first"), "last_round_on", paging.DAY, False
        ),
        "valuation": paging.Order(gettext_lazy("the highest stated valuation first"), "valuation_usd", paging.AMOUNT),
        "valuation_asc": paging.Order(
            gettext_lazy("the lowest stated valuation first"), "valuation_usd", paging.AMOUNT, False
        ),
        "raised": paging.Order(gettext_lazy("the most raised first"), "raised_usd", paging.AMOUNT),
        "raised_asc": paging.Order(gettext_lazy("the least raised first"), "raised_usd", paging.AMOUNT, False),
        "founded": paging.Order(gettext_lazy("the last founded first"), "founded_on", paging.DAY),
        "founded_asc": paging.Order(gettext_lazy("the first founded first"), "founded_on", paging.DAY, False),
        "told": paging.Order(gettext_lazy("the latest news first"), "last_told_on", paging.DAY),
        "told_asc": paging.Order(gettext_lazy("the oldest news first"), "last_told_on", paging.DAY, False),
        "name": paging.Order(gettext_lazy("by name"), "key", is_descending=False, has_nulls=False),
        "name_desc": paging.Order(gettext_lazy("by name, backwards"), "key", has_nulls=False),
    }
    COLUMNS = {
        "country": Column(gettext_lazy("Country")),
        "sector": Column(gettext_lazy("Sector"), is_usual=True),
        "founded": Column(gettext_lazy("Founded")),
        "last_round": Column(gettext_lazy("Last round"), is_usual=True),
        "rounds": Column(gettext_lazy("Rounds")),
        "raised": Column(gettext_lazy("Raised"), is_usual=True),
        "valuation": Column(gettext_lazy("Valuation"), is_usual=True),
        "unicorn": Column(gettext_lazy("Unicorn")),
        "told": Column(gettext_lazy("Last news")),
    }

    q = WordsField()
    country = CountriesField(gettext_lazy("Country"))
    sector = SectorsField(gettext_lazy("Sector"))
    city = forms.CharField(required=False, max_length=100, label=gettext_lazy("City"))
    stage = ChoicesField(
        STAGES, unknown=gettext_lazy("“%(value)s” is no stage."), label=gettext_lazy("Stage of the last round")
    )
    since = DateField(gettext_lazy("Last round, from"))
    until = DateField(gettext_lazy("Last round, to"))
    founded_since = DateField(gettext_lazy("Founded, from"))
    founded_until = DateField(gettext_lazy("Founded, to"))
    valuation_min = DollarsField(gettext_lazy("Valuation, from"))
    valuation_max = DollarsField(gettext_lazy("Valuation, to"))
    valuation_match = OptionField(MATCHES, label=gettext_lazy("Valuations given as a range"))
    raised_min = DollarsField(gettext_lazy("Raised in all, from"))
    raised_max = DollarsField(gettext_lazy("Raised in all, to"))
    investor = RecordField(Investor, gettext_lazy("Investor"))
    lead = RecordField(Investor, gettext_lazy("Lead investor"))
    unicorn = OptionField(UNICORNS, label=gettext_lazy("Unicorn"))
    conflict = OptionField(CONFLICTS, label=gettext_lazy("Sources"))
    amount = OptionField([("missing", gettext_lazy("a round without an amount"))], label=gettext_lazy("Amounts"))
    source = OptionField([("none", gettext_lazy("a round without a source"))], label=gettext_lazy("Provenance"))
    stale = OptionField([("yes", gettext_lazy("no news for a year"))], label=gettext_lazy("News"))
    told_until = DateField(gettext_lazy("No news since"))

    def clean(self) -> dict[str, Any]:
        for first, last in (("since", "until"), ("founded_since", "founded_until"),
                            ("valuation_min", "valuation_max"), ("raised_min", "raised_max")):  # fmt: skip
            require_order(self, first, last)
        return super().clean()

    def facets(self) -> Sequence[Facet]:
        """The parameters whose choices are counted."""
        return _facets(timezone.localdate())

    def conditions(self) -> list[tuple[str, Q]]:
        asked = self.cleaned_data
        return [
            (name, condition) for name, condition in (*self._of_company(asked), *self._of_rounds(asked)) if condition
        ]

    def _of_company(self, asked: dict[str, Any]) -> list[tuple[str, Q]]:
        return [
            ("q", named(Company, asked["q"]) if asked["q"] else Q()),
            ("country", of_countries(asked["country"]) if asked["country"] else Q()),
            ("sector", of_sectors(asked["sector"]) if asked["sector"] else Q()),
            ("city", Q(city__iexact=asked["city"]) if asked["city"] else Q()),
            ("founded", between("founded_on", asked["founded_since"], asked["founded_until"])),
            ("conflict", Q(has_conflict=asked["conflict"] == "yes") if asked["conflict"] else Q()),
            ("stale", _silent(timezone.localdate()) if asked["stale"] else Q()),
            ("told", between("last_told_on", None, asked["told_until"])),
        ]

    def _of_rounds(self, asked: dict[str, Any]) -> list[tuple[str, Q]]:
        part = Investment.objects.filter(company=OuterRef("pk"))
        unsourced = Round.objects.live().filter(company=OuterRef("pk"), has_source=False)
        stage = of_stages(asked["stage"], "last_stage") & Q(last_round_on__isnull=False) if asked["stage"] else Q()
        valuation = ("valuation_low_usd", "valuation_high_usd", asked["valuation_min"], asked["valuation_max"])
        unicorn = Q(was_unicorn=Unicorn.YES) if asked["unicorn"] == WAS else Q(unicorn=asked["unicorn"])
        return [
            ("stage", stage),
            ("last_round", between("last_round_on", asked["since"], asked["until"])),
            ("valuation", within(*valuation, asked["valuation_match"])),
            ("raised", within("raised_usd", "raised_usd", asked["raised_min"], asked["raised_max"], "")),
            ("investor", Q(Exists(part.filter(investor=asked["investor"]))) if asked["investor"] else Q()),
            ("lead", Q(Exists(part.filter(investor=asked["lead"], led__gt=0))) if asked["lead"] else Q()),
            ("unicorn", unicorn if asked["unicorn"] else Q()),
            ("amount", Q(undisclosed_count__gt=0) if asked["amount"] else Q()),
            ("source", Q(Exists(unsourced)) if asked["source"] else Q()),
        ]

    def rows_in_words(self, count: str, number: int) -> SafeString:
        return filled(ngettext("<b>%(count)s company</b>", "<b>%(count)s companies</b>", number), count=count)

    def phrases(self, number: int = MANY) -> list[Phrase]:
        asked = self.cleaned_data
        return [
            *self._identity_phrases(asked, number),
            *self._round_phrases(asked, number),
            *_record_phrases(asked, number),
        ]

    def _identity_phrases(self, asked: dict[str, Any], number: int) -> list[Phrase]:
        found = []
        if asked["q"]:
            message = npgettext("companies", "named <b>%(words)s</b>", "named <b>%(words)s</b>", number)
            found.append(phrase("q", message, words=words.quoted(asked["q"])))
        if asked["country"]:
            chosen = self.fields["country"].words(asked["country"])
            message = npgettext(
                "companies", "located in <b>%(countries)s</b>", "located in <b>%(countries)s</b>", number
            )
            found.append(phrase("country", message, countries=chosen))
        if asked["sector"]:
            chosen = self.fields["sector"].words(asked["sector"])
            found.append(phrase("sector", _("in <b>%(sectors)s</b>"), sectors=chosen))
        if asked["city"]:
            found.append(phrase("city", _("of <b>%(city)s</b>"), city=asked["city"]))
        if when := words.dates(asked, "founded_since", "founded_until"):
            message = npgettext("companies", "founded <b>%(when)s</b>", "founded <b>%(when)s</b>", number)
            found.append(phrase(("founded_since", "founded_until"), message, when=when))
        return found

    def _round_phrases(self, asked: dict[str, Any], number: int) -> list[Phrase]:
        found = []
        if asked["stage"]:
            chosen = self.fields["stage"].words(asked["stage"])
            found.append(phrase("stage", _("whose last round was <b>%(stages)s</b>"), stages=chosen))
        if when := words.dates(asked, "since", "until"):
            found.append(phrase(("since", "until"), _("whose last round was announced <b>%(when)s</b>"), when=when))
        if amounts := words.amounts(asked, "valuation_min", "valuation_max"):
            is_possible = asked["valuation_match"] == POSSIBLY
            message = (
                _("whose valuation is possibly <b>%(amounts)s</b>")
                if is_possible
                else _("whose valuation is certainly <b>%(amounts)s</b>")
            )
            found.append(phrase(("valuation_min", "valuation_max", "valuation_match"), message, amounts=amounts))
        if amounts := words.amounts(asked, "raised_min", "raised_max"):
            message = ngettext(
                "that has raised <b>%(amounts)s</b> in all", "that have raised <b>%(amounts)s</b> in all", number
            )
            found.append(phrase(("raised_min", "raised_max"), message, amounts=amounts))
        if asked["investor"]:
            message = npgettext("companies", "backed by <b>%(investor)s</b>", "backed by <b>%(investor)s</b>", number)
            found.append(phrase("investor", message, investor=asked["investor"]))
        if asked["lead"]:
            found.append(phrase("lead", _("with a round led by <b>%(investor)s</b>"), investor=asked["lead"]))
        if asked["unicorn"]:
            found.append(phrase("unicorn", _unicorn_in_words(asked["unicorn"], number)))
        return found


def _unicorn_in_words(verdict: str, number: int) -> str:
    match verdict:
        case "yes":
            return npgettext("companies", "<b>valued as a unicorn</b>", "<b>valued as unicorns</b>", number)
        case "no":
            return npgettext("companies", "<b>valued below a unicorn</b>", "<b>valued below a unicorn</b>", number)
        case "was":
            return npgettext(
                "companies", "<b>now or once valued as a unicorn</b>", "<b>now or once valued as unicorns</b>", number
            )
    return npgettext("companies", "<b>that may be a unicorn or not</b>", "<b>that may be unicorns or not</b>", number)


def _record_phrases(asked: dict[str, Any], number: int) -> list[Phrase]:
    found = []
    if asked["conflict"]:
        message = (
            npgettext("companies", "on which <b>sources differ</b>", "on which <b>sources differ</b>", number)
            if asked["conflict"] == "yes"
            else npgettext(
                "companies", "on which <b>no sources differ</b>", "on which <b>no sources differ</b>", number
            )
        )
        found.append(phrase("conflict", message))
    if asked["amount"]:
        found.append(phrase("amount", _("with <b>a round without an amount</b>")))
    if asked["source"]:
        found.append(phrase("source", _("with <b>a round without a source</b>")))
    if asked["stale"]:
        found.append(phrase("stale", _("of which <b>no source has told for a year</b>")))
    if asked["told_until"]:
        message = (
            pgettext("day", "of which no source has told after <b>%(date)s</b>")
            if asked["told_until"].day
            else _("of which no source has told after <b>%(date)s</b>")
        )
        found.append(phrase("told_until", message, date=figures.date(asked["told_until"])))
    return found


@lru_cache(maxsize=2)
def _facets(today: datetime.date) -> Sequence[Facet]:
    """The parameters whose choices are counted, as they are all day."""
    has_stage = ~Q(last_stage="")
    return (
        COUNTRY_FACET,
        SECTOR_FACET,
        Facet(
            "stage",
            Case(
                When(has_stage, then=F("last_stage")),
                When(last_round_on__isnull=False, then=Value(NOT_STATED)),
                output_field=CharField(),
            ),
            is_indexed=True,
        ),
        Facet("unicorn", F("unicorn")),
        Facet("unicorn", choice_of(was=Q(was_unicorn=Unicorn.YES))),
        CONFLICT_FACET,
        Facet("amount", choice_of(missing=Q(undisclosed_count__gt=0))),
        Facet("stale", choice_of(yes=_silent(today))),
    )


def _silent(today: datetime.date) -> Q:
    """That no source has told of a company for a year."""
    return Q(last_told_on__lt=today - SILENCE)
