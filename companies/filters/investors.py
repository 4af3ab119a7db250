"""The filter of the list of investors."""

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext, npgettext

from companies.models import Company, Investor
from config import paging
from config.facets import Facet
from config.filters import MANY, ChoicesField, Column, OptionField, Phrase, QueryFilter, filled, phrase
from funding.models import Investment, InvestorTotal, Participation

from . import words
from .fields import (
    SILENCE,
    STAGES,
    CountField,
    DateField,
    RecordField,
    WordsField,
    between,
    choice_of,
    named,
    of_stages,
    require_order,
)


class InvestorFilter(QueryFilter):
    """`/investors/`, and its export."""

    ORDERS = {
        "name": paging.Order(gettext_lazy("by name"), "key", is_descending=False, has_nulls=False),
        "name_desc": paging.Order(gettext_lazy("by name, backwards"), "key", has_nulls=False),
        "rounds": paging.Order(gettext_lazy("the most rounds first"), "rounds_count", paging.COUNT, has_nulls=False),
        "rounds_asc": paging.Order(
            gettext_lazy("the fewest rounds first"), "rounds_count", paging.COUNT, False, has_nulls=False
        ),
        "led": paging.Order(gettext_lazy("the most rounds led first"), "led_count", paging.COUNT, has_nulls=False),
        "led_asc": paging.Order(
            gettext_lazy("the fewest rounds led first"), "led_count", paging.COUNT, False, has_nulls=False
        ),
        "last_round": paging.Order(gettext_lazy("the latest round first"), "last_round_on", paging.DAY),
        "last_round_asc": paging.Order(
            gettext_lazy("the earliest last round first"), "last_round_on", paging.DAY, False
        ),
    }
    COLUMNS = {
        "rounds": Column(gettext_lazy("Rounds"), is_usual=True),
        "led": Column(gettext_lazy("Said to lead"), is_usual=True),
        "companies": Column(gettext_lazy("Companies"), is_usual=True),
        "last_round": Column(gettext_lazy("Last round"), is_usual=True),
    }

    q = WordsField()
    company = RecordField(Company, gettext_lazy("Company"))
    stage = ChoicesField(STAGES, unknown=gettext_lazy("“%(value)s” is no stage."), label=gettext_lazy("Took part in"))
    lead = OptionField([("yes", gettext_lazy("said to have led a round"))], label=gettext_lazy("Led"))
    since = DateField(gettext_lazy("Last round, from"))
    until = DateField(gettext_lazy("Last round, to"))
    rounds_min = CountField(gettext_lazy("Rounds, from"))
    rounds_max = CountField(gettext_lazy("Rounds, to"))
    stale = OptionField([("yes", gettext_lazy("no round for two years"))], label=gettext_lazy("Activity"))

    def clean(self) -> dict[str, Any]:
        require_order(self, "since", "until")
        require_order(self, "rounds_min", "rounds_max")
        return super().clean()

    def facets(self) -> Sequence[Facet]:
        """The parameters whose choices are counted."""
        return _facets(timezone.localdate())

    def conditions(self) -> list[tuple[str, Q]]:
        asked = self.cleaned_data
        found = [
            ("q", named(Investor, asked["q"]) if asked["q"] else Q()),
            ("engagement", _engagement(asked)),
            ("last_round", between("last_round_on", asked["since"], asked["until"])),
            ("rounds", Q(rounds_count__gte=asked["rounds_min"]) if asked["rounds_min"] is not None else Q()),
            ("rounds", Q(rounds_count__lte=asked["rounds_max"]) if asked["rounds_max"] is not None else Q()),
            ("lead", Q(led_count__gt=0) if asked["lead"] else Q()),
            ("stale", _idle(timezone.localdate()) if asked["stale"] else Q()),
        ]
        return [(name, condition) for name, condition in found if condition]

    def rows_in_words(self, count: str, number: int) -> SafeString:
        return filled(ngettext("<b>%(count)s investor</b>", "<b>%(count)s investors</b>", number), count=count)

    def phrases(self, number: int = MANY) -> list[Phrase]:
        asked, found = self.cleaned_data, []
        if asked["q"]:
            message = npgettext("investors", "named <b>%(words)s</b>", "named <b>%(words)s</b>", number)
            found.append(phrase("q", message, words=words.quoted(asked["q"])))
        if asked["company"]:
            message = npgettext("investors", "of <b>%(company)s</b>", "of <b>%(company)s</b>", number)
            found.append(phrase("company", message, company=asked["company"]))
        if asked["stage"]:
            message = npgettext(
                "investors",
                "that took part in a round of the stage <b>%(stages)s</b>",
                "that took part in a round of the stage <b>%(stages)s</b>",
                number,
            )
            found.append(phrase("stage", message, stages=self.fields["stage"].words(asked["stage"])))
        if asked["lead"]:
            message = npgettext("investors", "<b>said to have led</b>", "<b>said to have led</b>", number)
            found.append(phrase("lead", message))
        if when := words.dates(asked, "since", "until"):
            message = npgettext(
                "investors",
                "that last took part in a round <b>%(when)s</b>",
                "that last took part in a round <b>%(when)s</b>",
                number,
            )
            found.append(phrase(("since", "until"), message, when=when))
        if counts := words.counts(asked["rounds_min"], asked["rounds_max"]):
            message = npgettext("investors", "in <b>%(counts)s</b> rounds", "in <b>%(counts)s</b> rounds", number)
            found.append(phrase(("rounds_min", "rounds_max"), message, counts=counts))
        if asked["stale"]:
            message = npgettext(
                "investors", "<b>without a round for two years</b>", "<b>without a round for two years</b>", number
            )
            found.append(phrase("stale", message))
        return found


@lru_cache(maxsize=2)
def _facets(today: datetime.date) -> Sequence[Facet]:
    """The parameters whose choices are counted, as they are all day."""
    return (Facet("lead", choice_of(yes=Q(led_count__gt=0))), Facet("stale", choice_of(yes=_idle(today))))


def _idle(today: datetime.date) -> Q:
    """That the last dated round an investor took part in was announced more than two years ago."""
    return Q(last_round_on__lt=today - 2 * SILENCE)


def _engagement(asked: dict[str, Any]) -> Q:
    """That an investor took part in one company, in rounds of some stages and in the lead, all in one round."""
    company, stages, lead = asked["company"], asked["stage"], asked["lead"]
    if company and stages:
        parts = Participation.objects.filter(round__company=company, round__is_live=True)
        parts = parts.filter(_of_round(stages))
        return Q(pk__in=(parts.filter(is_lead=True) if lead else parts).values("investor"))
    if company:
        held = Investment.objects.filter(company=company)
        return Q(pk__in=(held.filter(led__gt=0) if lead else held).values("investor"))
    if stages:
        totals = InvestorTotal.objects.filter(of_stages(stages), investor=OuterRef("pk"), rounds__gt=0)
        return Q(Exists(totals.filter(led__gt=0) if lead else totals))
    return Q()


def _of_round(stages: list[str]) -> Q:
    return of_stages(stages, "round__stage") & Q(round__status="closed")
