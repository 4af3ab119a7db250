"""How the company left its investors' hands: a line for each exit, and what follows of it for the company."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.models import Alias, Company
from funding import evidence, figures
from funding.evidence import Difference, Mark, Notes, differences, wording
from funding.models import Exit
from funding.tellings import Field
from funding.values import Money

from . import nested
from .company_parts import Fact, Phrase

SHOWN: Final = (Field.EXIT_KIND, Field.EXIT_STATUS, Field.ANNOUNCED_ON, Field.ACQUIRER, Field.PRICE, Field.EXCHANGE,
                Field.TICKER, Field.VALUATION)  # fmt: skip
PAST: Final = (Exit.Status.RUMOURED, Exit.Status.CANCELLED)  # of which nothing follows for the company


@dataclass(frozen=True, slots=True)
class ExitRow:
    """A line of the table: what happened, when and for how much, each with its marks; where each figure is judged."""

    exit: Exit
    told: str
    marks: list[Mark]
    announced: list[Mark]
    acquirer_url: str
    amount: Money | None
    amount_words: str
    amount_marks: list[Mark]
    second: str
    evidence: list[tuple[str, str]]


def of_company() -> ArraySubquery:
    """The live exits of a company, newest first, with the addresses of companies called as the acquirer of each."""
    named = Company.objects.live().filter(key=OuterRef("acquirer_key")).order_by("pk").values("slug")[:2]
    live = {"company__is_live": True, "company__merged_into": None}
    called = Alias.objects.filter(key=OuterRef("acquirer_key"), **live).order_by("pk").values("company__slug")[:2]
    found = Exit.objects.live().filter(company=OuterRef("pk")).newest_first()
    return nested.as_json(found, by_name=ArraySubquery(named), by_alias=ArraySubquery(called))


def read(company: Company, told: Iterable[Mapping[str, Any]]) -> list[Exit]:
    """The exits that `of_company` told of a company."""
    exits = []
    for cells in told:
        one = nested.from_json(Exit, cells)
        one.company, one.by_name, one.by_alias = company, cells["by_name"], cells["by_alias"]
        exits.append(one)
    return exits


def rows(exits: Sequence[Exit], notes: Notes, found: Sequence[Difference]) -> list[ExitRow]:
    """The table of exits, in the order given."""
    return [_row(one, notes, found) for one in exits]


def _row(one: Any, notes: Notes, found: Sequence[Difference]) -> ExitRow:
    is_listing = one.kind == Exit.Kind.IPO
    field = Field.VALUATION if is_listing else Field.PRICE
    whose = (Field.EXCHANGE, Field.TICKER) if is_listing else (Field.ACQUIRER,)
    slugs = set(one.by_name) or set(one.by_alias)
    amount = one.valuation if is_listing else one.price
    return ExitRow(
        exit=one,
        told=wording.exit_told(one),
        marks=_marks(one, (Field.EXIT_STATUS, *whose), notes, found),
        announced=_marks(one, (Field.ANNOUNCED_ON,), notes, found),
        acquirer_url=reverse("companies:company_detail", args=list(slugs)) if len(slugs) == 1 else "",
        amount=amount,
        amount_words=_("undisclosed") if one.price_undisclosed else _("not stated"),
        amount_marks=_marks(one, (field,), notes, found),
        second=_second(one, is_listing, amount),
        evidence=_evidence(one),
    )


def _marks(one: Exit, fields: Iterable[str], notes: Notes, found: Sequence[Difference]) -> list[Mark]:
    """The sources of some fields of an exit, and a mark for each that they differ about."""
    kept = [(name, one.resolved[name]) for name in fields if name in one.resolved]
    differing = [mark for name, _kept in kept for mark in differences.marks_for(_anchor(one, name), found)]
    return [*notes.marks(pk for _name, each in kept for pk in each["agreeing"]), *differing]


def _anchor(one: Exit, name: str) -> str:
    return f"differs-{name}-exit-{one.pk}"


def _second(one: Exit, is_listing: bool, amount: Money | None) -> str:
    """How the amount is meant, and what it is in dollars."""
    if amount is None:
        return ""
    parts = [_("valuation at the listing")] if is_listing else []
    if amount.currency != "USD":
        dollars = evidence.in_currency(one, "USD", "valuation_" if is_listing else "price_")
        at_rate = _("%(amount)s at this site's own rate") if one.is_own_rate else _("%(amount)s at that day's rate")
        rate = at_rate % {"amount": figures.money(dollars)}
        parts.append(rate if dollars else _("no rate to convert it at"))
    return ", ".join(parts)


def _evidence(one: Exit) -> list[tuple[str, str]]:
    """The figures of an exit, each with the address where it is judged."""
    address = reverse("funding:evidence")
    told = [(name, one.resolved[name]) for name in SHOWN if name in one.resolved]
    return [(wording.label(name), f"{address}?statement={kept['statement']}") for name, kept in told]


def status(table: Sequence[ExitRow]) -> Fact | None:
    """What the newest exit that was announced or completed makes of the company; None where there is none."""
    row = next((one for one in table if one.exit.status not in PAST), None)
    if row is None:
        return None
    when = figures.date(row.exit.announced)
    words = ", ".join(part for part in (row.told, when) if part)
    return Fact(_("Status"), [Phrase(words, row.marks)], "", "")
