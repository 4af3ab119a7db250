"""The rows of the overview's rankings: what stands in each cell."""

from collections.abc import Callable, Mapping
from typing import Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.addresses import of_page, of_record
from config.markup import markup
from funding import cells
from funding.cells import Column, absent, link

from .overview_parts import Bar, Row

_BAR: Final = '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{}</svg>'


def _bar(whole: str, solid: str = "") -> SafeString:
    """A bar of so much percent of its cell; with a solid part the rest is paler."""
    if solid:
        inner = markup('<rect class="bar-rest" width="{}" height="8"/><rect width="{}" height="8"/>', whole, solid)
    else:
        inner = markup('<rect width="{}" height="8"/>', whole)
    return markup(_BAR, inner)


def _ranked(one: Bar) -> SafeString | str:
    words = capfirst(one.label)
    if not one.query:
        return words
    href = f"{of_page('overview')}?{one.query}"
    if one.is_chosen:
        return markup('<a href="{}" aria-current="true">{}</a>', href, words)
    return link(href, words)


# Countries and sectors by what their companies raised.
RANKED: Final[Mapping[str, Column]] = {
    "name": Column(_ranked, is_head=True),
    "raised": Column(lambda one: cells.money(one.money) if one.money else absent(_("no amount")), "num"),
    "bar": Column(lambda one: _bar(one.bar), "bar-cell"),
}


def _rounds_led(one: Bar) -> SafeString:
    rounds, led = intcomma(one.of["rounds"]), one.of["led"]
    words = ngettext("led %(led)s", "led %(led)s", led) % {"led": intcomma(led)}
    return markup("{}{}", rounds, cells.second(words, "second is-flush") if led else "")


def _investor(one: Bar) -> SafeString:
    return link(of_record("companies:investor_detail", one.of["slug"]), one.of["name"])


# Investors by the rounds that they took part in.
ACTIVE: Final[Mapping[str, Column]] = {
    "name": Column(_investor, is_head=True),
    "rounds": Column(_rounds_led, "num"),
    "bar": Column(lambda one: _bar(one.bar, one.solid), "bar-cell"),
}


def _if_told(draw: Callable[[Row], SafeString]) -> Callable[[Row], SafeString]:
    return lambda one: draw(one) if one.of.is_told else absent(_("too few rounds"))


def _spread(one: Row) -> SafeString:
    if not one.of.is_told:
        return markup(_BAR, "")
    inner = '<rect class="bar-rest" x="{}" width="{}" height="8"/><rect x="{}" width="1.5" height="8"/>'
    return markup(_BAR, markup(inner, one.x, one.width, one.at))


# How large the rounds of each stage are.
SIZES: Final[Mapping[str, Column]] = {
    "stage": Column(lambda one: one.label, is_head=True),
    "rounds": Column(lambda one: intcomma(one.of.rounds), "num"),
    "median": Column(_if_told(lambda one: cells.money(one.median)), "num"),
    "half": Column(_if_told(lambda one: cells.money(one.middle_half)), "num", is_wide=True),
    "bar": Column(_spread, "bar-cell"),
}
