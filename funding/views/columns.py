"""The columns of the tables of rounds: what stands in each cell."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from companies.filters.fields import country_in_words
from companies.models import Company
from config.addresses import of_page
from config.markup import NOTHING, markup
from funding import cells, figures
from funding.cells import Column, absent, link, second
from funding.charts.quarters import GROUPS, OfQuarter
from funding.models import Round, Valuation
from funding.values import from_json


def rounds(shown: Mapping[str, bool], wide: str) -> Mapping[str, Column]:
    """The columns of the list of rounds. What a phone leaves out stands under the company's name."""
    return _rounds(shown["status"], shown["stage"], wide)


@cache
def _rounds(has_status: bool, has_stage: bool, wide: str) -> Mapping[str, Column]:
    def company(one: Round) -> SafeString:
        found = cells.record(one.company)
        if one.status != Round.Status.CLOSED and not has_status:
            found += second(one.get_status_display())
        elif one.company.city:
            found += second(one.company.city, f"second {wide}".strip())
        if has_stage and wide:
            found += second(_stage_in_words(one), "second at-phone")
        return found

    return {"announced": ANNOUNCED, "company": Column(company, is_head=True), **_OTHERS}


def _stage_in_words(one: Round) -> str:
    return one.get_stage_display() if one.stage else _("stage not stated")


def country(one: Company | Round) -> str:
    """The country of a company or round in words."""
    return country_in_words(one.country) if one.country else absent(_("not known"))


def _label(one: Round) -> SafeString:
    return markup("{}", one.announced_label) if one.announced_label else absent(_("not stated"))


def _closed(one: Round) -> SafeString:
    kept = one.resolved.get("closed_on")
    if not kept:
        return absent(_("not stated"))
    return markup("{}{}", figures.words(from_json(kept["value"])), cells.kept_mark(kept, _("Closed")))


def _value(one: Any) -> SafeString:
    return cells.value(getattr(one, "valuation", None), cells.agreeing(one))


ANNOUNCED: Final = Column(cells.announced, "date")
_OTHERS: Final[Mapping[str, Column]] = {
    "country": Column(country),
    "stage": Column(cells.stage, is_wide=True),
    "label": Column(_label),
    "status": Column(lambda one: one.get_status_display()),
    "closed": Column(_closed, "date"),
    "raised": Column(cells.raised, "num"),
    "leads": Column(cells.leads, is_wide=True),
    "valuation": Column(_value, "num", is_wide=True),
    "recorded": Column(lambda one: figures.day(one.created_at), "date"),
}


def _since(one: Valuation) -> SafeString:
    return link((one.round or one.company).get_absolute_url(), figures.date(one.valued))


def company(one: Company) -> SafeString:
    """A company with its city."""
    return cells.record(one) + (second(one.city) if one.city else NOTHING)


UNICORNS: Final[Mapping[str, Column]] = {
    "since": Column(_since, "date"),
    "company": Column(lambda one: company(one.company), is_head=True),
    "value": Column(lambda one: cells.value(one, cells.agreeing(one)), "num"),
}


def _company_and_stage(one: Round) -> SafeString:
    place = f"{one.company.city}, " if one.company.city else ""
    return cells.record(one.company) + second(f"{place}{_stage_in_words(one)}")


BRIEF: Final[Mapping[str, Column]] = {
    "announced": ANNOUNCED,
    "company": Column(_company_and_stage, is_head=True),
    "raised": Column(cells.raised, "num"),
    "leads": Column(cells.leads, is_wide=True),
}


def _quarter(one: OfQuarter) -> SafeString:
    named = link(f"{of_page('funding:round_list')}?{one.query}", one.quarter)
    return markup("{} {}", named, absent(_("incomplete"))) if one.is_incomplete else named


def _sum(one: OfQuarter) -> SafeString:
    if one.money:
        return cells.money(one.money)
    return absent(_("no amount") if one.rounds else _("no round known"))


def _of_group(css: str) -> Column:
    def cell(one: OfQuarter) -> SafeString:
        money = one.money_of(css)
        return absent(_("none known")) if money is None else cells.money(money)

    return Column(cell, "num")


# The table of the chart of quarters; its groups stand from the earliest stages on.
QUARTERS: Final[Mapping[str, Column]] = {
    "quarter": Column(_quarter, "date", is_head=True),
    "raised": Column(_sum, "num"),
    "rounds": Column(lambda one: intcomma(one.rounds), "num"),
    "without": Column(lambda one: intcomma(one.without_amount), "num"),
    **{css: _of_group(css) for css, _label, _stages in reversed(GROUPS)},
}
