"""The exits of an investor's companies: which were sold or listed, for how much, and where the investor came in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from companies.models import Company
from config.markup import markup
from funding import cells, figures
from funding.cells import Column, absent, link, second
from funding.evidence import wording
from funding.models import Exit, Investment, Round
from funding.portfolio import NEWEST
from funding.tellings import Field

from . import nested

SHOWN: Final = 20
TOOK_PLACE: Final = (Exit.Status.ANNOUNCED, Exit.Status.COMPLETED)


@dataclass(frozen=True, slots=True)
class Exits:
    """The newest exits among an investor's newest companies, as rows, and whether there are more."""

    rows: list[SafeString]
    is_more: bool
    most: int = SHOWN


def of_investor() -> ArraySubquery:
    """The announced and completed exits of an investor's newest companies, newest first, each with the round of entry.

    One more than are shown, within the query for the investor.
    """
    own = Investment.objects.filter(investor=OuterRef(OuterRef("pk")))
    newest = own.order_by(F("last_on").desc(nulls_last=True), "-id").values("company")[:NEWEST]
    entry = {name: f"entry__{name}" for name in ("id", "stage", "announced_on", "announced_precision")}
    came_in = own.filter(company=OuterRef("company")).values(json=JSONObject(**entry))
    found = Exit.objects.live().filter(company__in=newest, status__in=TOOK_PLACE).newest_first()[: SHOWN + 1]
    about = {"name": F("company__name"), "slug": F("company__slug"), "entry": Subquery(came_in)}
    return nested.as_json(found, **about)


def read(told: Sequence[Mapping[str, Any]]) -> Exits:
    """The exits that `of_investor` told of an investor."""
    exits = []
    for cells_of in told[:SHOWN]:
        one = nested.from_json(Exit, cells_of)
        one.company = Company(pk=one.company_id, name=cells_of["name"], slug=cells_of["slug"])
        one.entry = _round(cells_of["entry"])
        exits.append(one)
    return Exits(cells.rows(exits, COLUMNS), len(told) > SHOWN)


def _round(told: Mapping[str, Any] | None) -> Round | None:
    """The round of entry as far as it is shown."""
    if told is None:
        return None
    return Round(**{name: Round._meta.get_field(name).to_python(cell) for name, cell in told.items()})


def _told(one: Exit) -> SafeString:
    """What happened, with the mark of who bought it, or else of what it is; when, where that has no column."""
    kept = one.resolved.get(Field.ACQUIRER) or one.resolved.get(Field.EXCHANGE) or one.resolved.get(Field.EXIT_KIND)
    when = second(figures.date(one.announced), "second at-phone") if one.announced else ""
    return markup("{}{}{}", wording.exit_told(one), cells.kept_mark(kept, _("Exit")), when)


def _announced(one: Exit) -> SafeString:
    if one.announced is None:
        return absent(_("not stated"))
    kept = one.resolved.get(Field.ANNOUNCED_ON)
    return markup("{}{}", figures.date(one.announced), cells.kept_mark(kept, _("Announced")))


def _amount(one: Exit) -> SafeString:
    """The price, or the valuation at the listing."""
    amount = one.valuation if one.kind == Exit.Kind.IPO else one.price
    words = cells.money(amount) or absent(_("undisclosed") if one.price_undisclosed else _("not stated"))
    kept = one.resolved.get(Field.VALUATION) or one.resolved.get(Field.PRICE)
    mark = cells.kept_mark(kept, _("Amount"))
    beside = second(_("valuation at the listing"), "second at-wide") if amount and one.kind == Exit.Kind.IPO else ""
    return markup('{}<span class="marks">{}</span>{}', words, mark, beside)


def _entry(one: Any) -> SafeString:
    """The round by which the investor came in."""
    if one.entry is None:
        return absent(_("not known"))
    return markup("{}{}", cells.stage(one.entry), second(cells.announced(one.entry)))


COLUMNS: Final = {
    "company": Column(lambda one: link(one.get_absolute_url(), one.company), is_head=True),
    "exit": Column(_told),
    "announced": Column(_announced, "date", is_wide=True),
    "amount": Column(_amount, "num"),
    "entry": Column(_entry, is_wide=True),
}
