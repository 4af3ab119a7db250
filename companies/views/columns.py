"""The columns of the tables of companies, of investors and of a portfolio: what stands in each cell."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies import sectors
from companies.models import Company, Investor
from config.addresses import of_page
from config.markup import NOTHING, markup
from funding import cells, figures
from funding.cells import Column, absent, link, second
from funding.charts.years import OfYear
from funding.models import Participation
from funding.values import PartialDate, from_json
from funding.views.columns import company, country

from .investor_portfolio import Row


def _name(one: Company) -> SafeString:
    """The company with its city, and a tick by which it is compared with others."""
    return markup("{}{}", tick(one.name, one.slug), company(one))


def tick(named: str, slug: str) -> SafeString:
    """What a company is ticked with, to be compared with others."""
    label = _("Compare %(named)s") % {"named": named}
    return markup(
        '<input type="checkbox" class="tick" form="compare" name="c" value="{}" aria-label="{}">', slug, label
    )


def _sectors(one: Any) -> str:
    if not one.lines:
        return absent(_("not stated"))
    names = ", ".join(map(sectors.in_words, one.lines))
    return names[0].upper() + names[1:]


def _founded(one: Company) -> SafeString:
    kept = one.resolved.get("founded_on")
    if kept:
        return markup("{}{}", figures.words(from_json(kept["value"])), cells.kept_mark(kept, _("Founded")))
    if one.founded_on:
        day = figures.date(PartialDate.of(one.founded_on, one.founded_precision))
        return markup("{}{}", day, cells.file_mark(one, _("Founded")))
    return absent(_("not stated"))


def _last_round(one: Any) -> SafeString:
    last = one.last_round
    if last is None:
        return absent(_("none known"))
    return markup("{}{}", cells.stage(last), second(cells.announced(last), "second date"))


def _rounds(one: Company) -> SafeString:
    return link(f"{of_page('funding:round_list')}?company={one.slug}&status=closed", one.rounds_count)


def _raised(one: Any) -> SafeString:
    if one.raised:
        mark = cells.mark_to("∴", one.get_absolute_url(), _("Raised: the rounds it sums up"), "is-proof")
        shown = markup('{}<span class="marks">{}</span>', cells.money(one.raised), mark)
    else:
        shown = absent(_("no amount known") if one.rounds_count else _("not known")) + cells.NO_MARKS
    if not one.undisclosed_count:
        return shown
    words = _("and %(number)s without amount") if one.raised else _("%(number)s without amount")
    return shown + second(words % {"number": one.undisclosed_count})


def _value(one: Any) -> SafeString:
    latest = one.valuation
    return cells.value(latest, cells.agreeing(latest) if latest else 0)


def _unicorn(one: Company) -> SafeString:
    if not one.unicorn:
        return absent(_("not known"))
    since = _("first in %(year)s") % {"year": one.unicorn_on.year} if one.unicorn_on else ""
    return link(one.get_absolute_url(), one.get_unicorn_display()) + (second(since) if since else NOTHING)


def _told(one: Company) -> str:
    return figures.day(one.last_told_on) or absent(_("not known"))


COMPANIES: Final[Mapping[str, Column]] = {
    "name": Column(_name, is_head=True),
    "country": Column(country),
    "sector": Column(_sectors, is_wide=True),
    "founded": Column(_founded, "date"),
    "last_round": Column(_last_round),
    "rounds": Column(_rounds, "num"),
    "raised": Column(_raised, "num", is_wide=True),
    "valuation": Column(_value, "num"),
    "unicorn": Column(_unicorn),
    "told": Column(_told, "date"),
}


def rounds_of(one: Investor) -> str:
    """The address of the rounds that an investor took part in."""
    return f"{of_page('funding:round_list')}?investor={one.slug}"


def _rounds_of(one: Investor) -> SafeString:
    return link(f"{rounds_of(one)}&status=closed", intcomma(one.rounds_count))


def years(investor: Investor, groups: Sequence[tuple[str, object]]) -> dict[str, Column]:
    """The columns of an investor's rounds by year, with one for each group of stages."""

    def year(one: OfYear) -> str:
        if not one.year:
            return _("undated")
        return link(f"{rounds_of(investor)}&since={one.year}&until={one.year}&status=closed", one.year)

    def of_group(css: str) -> Column:
        return Column(lambda one: intcomma(one.by_group.get(css, 0)), "num", is_wide=True)

    return {
        "year": Column(year, is_head=True),
        "rounds": Column(lambda one: intcomma(one.rounds), "num"),
        "led": Column(lambda one: intcomma(one.led), "num"),
        **{css: of_group(css) for css, _label in groups},
    }


def _led(one: Investor) -> SafeString:
    if not one.led_count:
        return absent(_("none stated"))
    return link(f"{of_page('funding:round_list')}?lead={one.slug}&status=closed", intcomma(one.led_count))


def _companies(one: Investor) -> SafeString:
    return link(f"{of_page('companies:company_list')}?investor={one.slug}", intcomma(one.companies_count))


def _last_part(one: Any) -> SafeString:
    part = one.last
    if part is None:
        return absent(_("none known"))
    mark = _part_mark(part)
    return markup("{}{}{}", cells.record(part.round.company), mark, second(cells.announced(part.round), "second date"))


INVESTORS: Final[Mapping[str, Column]] = {
    "name": Column(cells.record, is_head=True),
    "rounds": Column(_rounds_of, "num"),
    "led": Column(_led, "num", is_wide=True),
    "companies": Column(_companies, "num", is_wide=True),
    "last_round": Column(_last_part),
}


def _entry(row: Row) -> SafeString:
    return markup("{}{}", cells.stage(row.held.entry), second(cells.announced(row.held.entry), "second date"))


def _parts(row: Row) -> SafeString:
    words = _("led %(n)s") % {"n": row.held.led} if row.held.led else _("not said to lead")
    return markup("{}{}", row.held.rounds, second(words, "second is-flush"))


def _last(row: Row) -> str:
    return figures.date(row.last) or absent(_("undated"))


def _worth(row: Row, when: str) -> SafeString:
    found = getattr(row.course, when)
    return cells.value(found, found.said if found else 0, _("not known"))


def _since(row: Row) -> str:
    course = row.course
    if course.times:
        went = {"up": _("worth more"), "down": _("worth less"), "flat": _("about the same")}.get(course.direction)
        return markup("{}{}", figures.multiple(course.times), second(went, "second is-flush") if went else "")
    is_one = course.entry and course.entry == course.latest
    return absent(_("none later") if is_one else _("not known"))


PORTFOLIO: Final[Mapping[str, Column]] = {
    "company": Column(lambda row: company(row.held.company), is_head=True),
    "entry": Column(_entry),
    "rounds": Column(_parts, "num", is_wide=True),
    "last": Column(_last, "date", is_wide=True),
    "then": Column(partial(_worth, when="entry"), "num", is_wide=True),
    "latest": Column(partial(_worth, when="latest"), "num", is_wide=True),
    "since": Column(_since, "num"),
}


def _company_of(one: Participation) -> SafeString:
    part_of = one.round
    words = part_of.get_stage_display() if part_of.stage else _("stage not stated")
    return cells.record(part_of.company) + second(words)


def _lead(one: Participation) -> SafeString:
    if one.is_lead is None:
        said: str = absent(_("not stated"))
    else:
        said = markup('<span class="lead">{}</span>', _("yes")) if one.is_lead else _("no")
    return markup("{}{}", said, _part_mark(one))


def _part_mark(one: Participation) -> SafeString:
    """The mark after an investor's part in a round."""
    if not one.statement_id:
        return cells.file_mark(one.round, _("Part in the round"))
    number = len(one.statement_ids)
    label = ngettext("Part in the round: %(n)s statement", "Part in the round: %(n)s statements", number)
    return cells.mark_to(number, cells.evidence_at(f"statement={one.statement_id}"), label % {"n": number})


PARTS: Final[Mapping[str, Column]] = {
    "announced": Column(lambda one: cells.announced(one.round), "date"),
    "company": Column(_company_of, is_head=True),
    "raised": Column(lambda one: cells.raised(one.round), "num"),
    "lead": Column(_lead),
}
