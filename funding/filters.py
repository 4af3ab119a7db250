"""The filters of the list of rounds and of what is exported along with rounds."""

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext, pgettext_lazy

from companies.filters import words
from companies.filters.fields import (
    CONFLICT_FACET,
    CONFLICTS,
    COUNTRY_FACET,
    MATCHES,
    POSSIBLY,
    SECTOR_FACET,
    SILENCE,
    STAGE_FACET,
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
from companies.models import Company, Investor
from config import paging
from config.facets import Facet
from config.filters import MANY, ChoicesField, Column, OptionField, Phrase, QueryFilter, filled, phrase
from funding.models import Assignment, Exit, Investment, Participation, Round, Valuation
from funding.tellings import Field

FIELDS = [(code, code) for name, code in vars(Field).items() if name.isupper()]
DISCLOSED, UNDISCLOSED, NOT_STATED = "disclosed", "undisclosed", "not_stated"
AMOUNTS = [
    (DISCLOSED, pgettext_lazy("amount", "stated")),
    (UNDISCLOSED, gettext_lazy("undisclosed")),
    (NOT_STATED, gettext_lazy("not stated")),
]
HAS_AMOUNT = Q(raised_low__isnull=False) | Q(raised_high__isnull=False)
OF_AMOUNT = {
    DISCLOSED: HAS_AMOUNT,
    UNDISCLOSED: Q(raised_undisclosed=True),
    NOT_STATED: ~HAS_AMOUNT & Q(raised_undisclosed=False),
}


# Rounds of an investor from which on it is quicker to go through all rounds in their order, each looked up among those
# of the investor, than to read these and put them in order.
BUSY: Final = 5_000


class RoundFilter(QueryFilter):
    """`/rounds/`, and its export."""

    ORDERS = {
        "newest": paging.Order(gettext_lazy("the newest first"), "announced_on", paging.DAY),
        "oldest": paging.Order(gettext_lazy("the oldest first"), "announced_on", paging.DAY, False),
        "largest": paging.Order(gettext_lazy("the largest first"), "raised_usd", paging.AMOUNT),
        "smallest": paging.Order(gettext_lazy("the smallest first"), "raised_usd", paging.AMOUNT, False),
        "recorded": paging.Order(gettext_lazy("the last recorded first")),
        "recorded_asc": paging.Order(gettext_lazy("the first recorded first"), is_descending=False),
    }
    COLUMNS = {
        "country": Column(gettext_lazy("Country")),
        "stage": Column(gettext_lazy("Stage"), is_usual=True),
        "label": Column(gettext_lazy("Announced as")),
        "status": Column(gettext_lazy("Status")),
        "closed": Column(gettext_lazy("Closed")),
        "raised": Column(gettext_lazy("Raised"), is_usual=True),
        "leads": Column(gettext_lazy("Led by"), is_usual=True),
        "valuation": Column(gettext_lazy("Valuation"), is_usual=True),
        "recorded": Column(gettext_lazy("Recorded")),
    }

    q = WordsField(gettext_lazy("Company name or alias"))
    company = RecordField(Company, gettext_lazy("Company"))
    investor = RecordField(Investor, gettext_lazy("Investor"))
    lead = RecordField(Investor, gettext_lazy("Lead investor"))
    country = CountriesField(gettext_lazy("Country"))
    sector = SectorsField(gettext_lazy("Sector"))
    stage = ChoicesField(STAGES, unknown=gettext_lazy("“%(value)s” is no stage."), label=gettext_lazy("Stage"))
    status = ChoicesField(
        Round.Status.choices, unknown=gettext_lazy("“%(value)s” is no status."), label=gettext_lazy("Status")
    )
    since = DateField(gettext_lazy("Announced, from"))
    until = DateField(gettext_lazy("Announced, to"))
    raised_min = DollarsField(gettext_lazy("Raised, from"))
    raised_max = DollarsField(gettext_lazy("Raised, to"))
    raised_match = OptionField(MATCHES, label=gettext_lazy("Amounts given as a range"))
    amount = OptionField(AMOUNTS, label=gettext_lazy("Amount"))
    conflict = OptionField(CONFLICTS, label=gettext_lazy("Sources"))
    source = OptionField(
        [("none", gettext_lazy("no source")), ("some", gettext_lazy("a source"))], label=gettext_lazy("Provenance")
    )
    stale = OptionField([("yes", gettext_lazy("a rumour without news for a year"))], label=gettext_lazy("News"))

    def clean(self) -> dict[str, Any]:
        require_order(self, "since", "until")
        require_order(self, "raised_min", "raised_max")
        return super().clean()

    def facets(self) -> Sequence[Facet]:
        """The parameters whose choices are counted."""
        return _facets(timezone.localdate())

    def conditions(self) -> list[tuple[str, Q]]:
        asked = self.cleaned_data
        part = Participation.objects.filter(round=OuterRef("pk"))
        amounts = ("raised_low_usd", "raised_high_usd", asked["raised_min"], asked["raised_max"])
        of_name = Q(company__in=Company.objects.live().filter(named(Company, asked["q"]))) if asked["q"] else Q()
        found = [
            ("q", of_name),
            ("company", Q(company=asked["company"]) if asked["company"] else Q()),
            ("investor", Q(Exists(part.filter(investor=asked["investor"]))) if asked["investor"] else Q()),
            ("lead", Q(Exists(part.filter(investor=asked["lead"], is_lead=True))) if asked["lead"] else Q()),
            ("country", of_countries(asked["country"]) if asked["country"] else Q()),
            ("sector", of_sectors(asked["sector"]) if asked["sector"] else Q()),
            ("stage", of_stages(asked["stage"]) if asked["stage"] else Q()),
            ("status", Q(status__in=asked["status"]) if asked["status"] else Q()),
            ("announced", between("announced_on", asked["since"], asked["until"])),
            ("raised", within(*amounts, asked["raised_match"])),
            ("amount", OF_AMOUNT.get(asked["amount"], Q())),
            ("conflict", Q(has_conflict=asked["conflict"] == "yes") if asked["conflict"] else Q()),
            ("source", Q(has_source=asked["source"] == "some") if asked["source"] else Q()),
            ("stale", _silent(timezone.localdate()) if asked["stale"] else Q()),
        ]
        return [(name, condition) for name, condition in found if condition]

    @property
    def is_long_to_find(self) -> bool:
        return bool(self._looked_up("investor") or self._looked_up("lead"))

    def in_order(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if not self.is_valid():
            return rows.none()
        for name, condition in self.conditions():
            rows = rows.filter(self._looked_up(name) or condition)
        return rows

    def _looked_up(self, name: str) -> Q:
        """That a busy investor took part, for rounds that are gone through in their order; nothing of any other."""
        investor = self.cleaned_data.get(name) if name in ("investor", "lead") else None
        if investor is None or investor.rounds_count < BUSY:
            return Q()
        own = Participation.objects.filter(investor=investor)
        if name == "lead":
            own = own.filter(is_lead=True)
        return Q(_LookedUp(Q(pk__in=own.order_by().values("round"))))

    def rows_in_words(self, count: str, number: int) -> SafeString:
        return filled(ngettext("<b>%(count)s round</b>", "<b>%(count)s rounds</b>", number), count=count)

    def phrases(self, number: int = MANY) -> list[Phrase]:
        asked = self.cleaned_data
        return [
            *self._party_phrases(asked, number),
            *self._fact_phrases(asked, number),
            *_record_phrases(asked, number),
        ]

    def _party_phrases(self, asked: dict[str, Any], number: int) -> list[Phrase]:
        found = []
        if asked["q"]:
            message = _("of companies named <b>%(words)s</b>")
            found.append(phrase("q", message, words=words.quoted(asked["q"])))
        if asked["company"]:
            found.append(phrase("company", _("of <b>%(company)s</b>"), company=asked["company"]))
        if asked["investor"]:
            found.append(phrase("investor", _("with <b>%(investor)s</b>"), investor=asked["investor"]))
        if asked["lead"]:
            message = npgettext("rounds", "led by <b>%(investor)s</b>", "led by <b>%(investor)s</b>", number)
            found.append(phrase("lead", message, investor=asked["lead"]))
        if asked["country"]:
            chosen = self.fields["country"].words(asked["country"])
            found.append(phrase("country", _("of companies in <b>%(countries)s</b>"), countries=chosen))
        if asked["sector"]:
            chosen = self.fields["sector"].words(asked["sector"])
            found.append(phrase("sector", _("in the sector <b>%(sectors)s</b>"), sectors=chosen))
        return found

    def _fact_phrases(self, asked: dict[str, Any], number: int) -> list[Phrase]:
        found = []
        if asked["stage"]:
            chosen = self.fields["stage"].words(asked["stage"])
            found.append(phrase("stage", _("of the stage <b>%(stages)s</b>"), stages=chosen))
        if asked["status"]:
            chosen = self.fields["status"].words(asked["status"])
            found.append(phrase("status", _("of the status <b>%(statuses)s</b>"), statuses=chosen))
        if when := words.dates(asked, "since", "until"):
            message = npgettext("rounds", "announced <b>%(when)s</b>", "announced <b>%(when)s</b>", number)
            found.append(phrase(("since", "until"), message, when=when))
        if amounts := words.amounts(asked, "raised_min", "raised_max"):
            message = (
                ngettext("that possibly raised <b>%(amounts)s</b>", "that possibly raised <b>%(amounts)s</b>", number)
                if asked["raised_match"] == POSSIBLY
                else ngettext(
                    "that certainly raised <b>%(amounts)s</b>", "that certainly raised <b>%(amounts)s</b>", number
                )
            )
            found.append(phrase(("raised_min", "raised_max", "raised_match"), message, amounts=amounts))
        return found


class ParticipationFilter(RoundFilter):
    """Who took part in the rounds asked for; of one investor, or lead, only its own parts."""

    def apply_to_parts(self, rows: QuerySet[Participation]) -> QuerySet[Participation]:
        """The participations in the rounds asked for."""
        rounds = super().apply(Round.objects.live())
        if not self.is_valid():
            return rows.none()
        rows = rows.filter(round__in=rounds.order_by().values("pk"))
        own = [one for one in (self.cleaned_data["investor"], self.cleaned_data["lead"]) if one]
        return rows.filter(investor__in=own) if own else rows


class _LookedUp(Func):
    """A condition whose list is made once, and each row looked up in it: PostgreSQL makes no join of it."""

    template = "(%(expressions)s) IS TRUE"
    output_field = BooleanField()


def _of_a_company(asked: dict[str, Any], day: str, *choices: str) -> list[tuple[str, Q]]:
    """What is asked of a valuation or an exit: its company, some choices, its day, and whether sources differ."""
    found = [
        ("company", Q(company=asked["company"]) if asked["company"] else Q()),
        *((name, Q(**{f"{name}__in": asked[name]}) if asked[name] else Q()) for name in choices),
        (day, between(day, asked["since"], asked["until"])),
        ("conflict", Q(has_conflict=asked["conflict"] == "yes") if asked["conflict"] else Q()),
    ]
    return [(name, condition) for name, condition in found if condition]


class ValuationFilter(QueryFilter):
    """What is exported of valuations."""

    ORDERS = {"newest": paging.Order(gettext_lazy("the newest first"), "valued_on", paging.DAY)}

    company = RecordField(Company, gettext_lazy("Company"))
    origin = ChoicesField(
        Valuation.Origin.choices, unknown=gettext_lazy("“%(value)s” is no origin."), label=gettext_lazy("Origin")
    )
    basis = ChoicesField(
        Valuation.Basis.choices, unknown=gettext_lazy("“%(value)s” is no basis."), label=gettext_lazy("Basis")
    )
    since = DateField(gettext_lazy("From"))
    until = DateField(gettext_lazy("To"))
    conflict = OptionField(CONFLICTS, label=gettext_lazy("Sources"))

    def clean(self) -> dict[str, Any]:
        require_order(self, "since", "until")
        return super().clean()

    def conditions(self) -> list[tuple[str, Q]]:
        asked = self.cleaned_data
        return _of_a_company(asked, "valued_on", "origin", "basis")


class ExitFilter(QueryFilter):
    """What is exported of exits: of one company, or of the companies that an investor is in."""

    ORDERS = {"newest": paging.Order(gettext_lazy("the newest first"), "announced_on", paging.DAY)}

    company = RecordField(Company, gettext_lazy("Company"))
    investor = RecordField(Investor, gettext_lazy("Investor"))
    kind = ChoicesField(
        Exit.Kind.choices, unknown=gettext_lazy("“%(value)s” is no kind of exit."), label=gettext_lazy("Kind")
    )
    status = ChoicesField(
        Exit.Status.choices, unknown=gettext_lazy("“%(value)s” is no status."), label=gettext_lazy("Status")
    )
    since = DateField(gettext_lazy("Announced, from"))
    until = DateField(gettext_lazy("Announced, to"))
    conflict = OptionField(CONFLICTS, label=gettext_lazy("Sources"))

    def clean(self) -> dict[str, Any]:
        require_order(self, "since", "until")
        return super().clean()

    def conditions(self) -> list[tuple[str, Q]]:
        asked = self.cleaned_data
        backed = Investment.objects.filter(investor=asked["investor"]).values("company")
        found = _of_a_company(asked, "announced_on", "kind", "status")
        return [("investor", Q(company__in=backed)), *found] if asked["investor"] else found


class PeopleFilter(QueryFilter):
    """What is exported of people: of one company, or founders alone."""

    ORDERS = {"name": paging.Order(gettext_lazy("by name"), "person__name", is_descending=False, has_nulls=False)}

    company = RecordField(Company, gettext_lazy("Company"))
    founder = OptionField([("yes", gettext_lazy("founders alone"))], label=gettext_lazy("Founder"))

    def conditions(self) -> list[tuple[str, Q]]:
        asked = self.cleaned_data
        found = []
        if asked["company"]:
            found.append(("company", Q(company=asked["company"])))
        if asked["founder"]:
            found.append(("founder", Q(is_founder=True)))
        return found


class StatementFilter(QueryFilter):
    """What is exported of statements."""

    ORDERS = {"recorded": paging.Order(gettext_lazy("the last recorded first"))}

    company = RecordField(Company, gettext_lazy("Company"))
    field = ChoicesField(
        FIELDS, unknown=gettext_lazy("“%(value)s” is no field of a statement."), label=gettext_lazy("Field")
    )

    def conditions(self) -> list[tuple[str, Q]]:
        asked, found = self.cleaned_data, []
        if asked["company"]:
            own = Assignment.objects.filter(company=asked["company"], retracted_at=None).values("mention")
            found.append(("company", Q(mention__in=own) | Q(mention__company__in=own)))
        if asked["field"]:
            found.append(("field", Q(field__in=asked["field"])))
        return found


def _record_phrases(asked: dict[str, Any], number: int) -> list[Phrase]:
    found = []
    if asked["amount"]:
        message = {
            DISCLOSED: _("<b>with an amount</b>"),
            UNDISCLOSED: _("<b>of an undisclosed amount</b>"),
            NOT_STATED: _("<b>without any word on the amount</b>"),
        }[asked["amount"]]
        found.append(phrase("amount", message))
    if asked["conflict"]:
        message = (
            npgettext("rounds", "on which <b>sources differ</b>", "on which <b>sources differ</b>", number)
            if asked["conflict"] == "yes"
            else npgettext("rounds", "on which <b>no sources differ</b>", "on which <b>no sources differ</b>", number)
        )
        found.append(phrase("conflict", message))
    if asked["source"]:
        is_none = asked["source"] == "none"
        found.append(phrase("source", _("<b>without a source</b>") if is_none else _("<b>with a source</b>")))
    if asked["stale"]:
        message = _("<b>rumoured, of which no source has told for a year</b>")
        found.append(phrase("stale", message))
    return found


@lru_cache(maxsize=2)
def _facets(today: datetime.date) -> Sequence[Facet]:
    """The parameters whose choices are counted, as they are all day."""
    return (
        COUNTRY_FACET,
        SECTOR_FACET,
        STAGE_FACET,
        Facet("status", F("status")),
        Facet("amount", choice_of(**OF_AMOUNT)),
        CONFLICT_FACET,
        Facet("source", choice_of("none", some=Q(has_source=True))),
        Facet("stale", choice_of(yes=_silent(today))),
    )


def _silent(today: datetime.date) -> Q:
    """That a round is rumoured, and no source has told of it for a year."""
    return Q(status=Round.Status.RUMOURED, last_told_on__lt=today - SILENCE)
