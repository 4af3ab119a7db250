"""The table of a company's investors: the rounds that each took part in, and whether a source says that it led."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company
from config.addresses import of_record
from config.markup import markup
from config.queries import Given, KeptQuery
from funding import cells, figures
from funding.cells import link
from funding.evidence import Mark, Notes
from funding.models import Participation, Round


class Backer(NamedTuple):
    """What is shown of an investor."""

    name: str
    slug: str
    companies_count: int

    def get_absolute_url(self) -> str:
        return of_record("companies:investor_detail", self.slug)


class Part(NamedTuple):
    """An investor's part in a round, as `Participation` has it: of a company there may be hundreds."""

    round_id: int
    investor_id: int
    is_lead: bool | None
    statement_id: int | None
    statement_ids: list[int]
    investor: Backer


def took_part(company: Company) -> dict[int, list[Part]]:
    """Who took part in the live rounds of a company, by round."""
    found: dict[int, list[Part]] = defaultdict(list)
    for round_id, investor_id, is_lead, statement, statements, *shown in _TOOK_PART.ask(company=company.pk):
        found[round_id].append(Part(round_id, investor_id, is_lead, statement, statements, Backer(*shown)))
    return found


def _took_part() -> QuerySet[Any]:
    own = Participation.objects.filter(round__company=Given("company"), round__is_live=True).order_by("pk")
    shown = [f"investor__{name}" for name in Backer._fields]
    return own.values_list("round", "investor", "is_lead", "statement", "statement_ids", *shown)


_TOOK_PART: Final = KeptQuery(_took_part)


@dataclass(frozen=True, slots=True)
class Engaged:
    """An investor with its parts in the rounds of a company, newest first; `is_lead` is None where no source says."""

    parts: list[tuple[Round, Part]]

    @property
    def investor(self) -> Backer:
        return self.parts[0][1].investor

    @property
    def is_lead(self) -> bool | None:
        words = {part.is_lead for _round, part in self.parts}
        return True if True in words else False if False in words else None


@dataclass(frozen=True, slots=True)
class InvestorRow:
    """A line of the table: each round with its marks, and those of the rounds said to have been led."""

    of: Engaged
    rounds: list[tuple[str, list[Mark]]]
    lead_marks: list[Mark]

    @property
    def cells(self) -> SafeString:
        """The cells of the line, but for the last one."""
        one, is_lead = self.of.investor, self.of.is_lead
        rounds = SafeString(", ".join([markup("{}{}", words, cells.marks(marks)) for words, marks in self.rounds]))
        said = _("not stated") if is_lead is None else _("yes") if is_lead else _("no")
        return markup(
            '<th scope="row">{}</th><td>{}</td><td{}>{}{}</td>',
            link(one.get_absolute_url(), one.name, "lead" if is_lead else ""),
            rounds,
            SafeString(' class="absent"' if is_lead is None else ""),
            said,
            cells.marks(self.lead_marks),
        )

    @property
    def held(self) -> SafeString:
        """The last cell: how many companies we hold that it is in, as things stand now."""
        count = self.of.investor.companies_count
        words = ngettext("%(companies)s company", "%(companies)s companies", count) % {"companies": intcomma(count)}
        return markup("<td>{}</td>", words)


def engaged(rounds: Sequence[Round]) -> list[Engaged]:
    """Who took part in the company's rounds, those said to lead first, then by name."""
    by_investor: dict[int, list[tuple[Round, Part]]] = defaultdict(list)
    for one in rounds:
        for part in one.parts:  # type: ignore[attr-defined]
            by_investor[part.investor_id].append((one, part))
    found = [Engaged(parts) for parts in by_investor.values()]
    return sorted(found, key=lambda one: (one.is_lead is not True, one.investor.name.casefold()))


def rows(found: Sequence[Engaged], notes: Notes) -> list[InvestorRow]:
    """The lines of some investors, in the order given."""
    return [_row(one, notes) for one in found]


def _row(one: Engaged, notes: Notes) -> InvestorRow:
    rounds = [(figures.date(of.announced) or _("undated"), notes.marks(part.statement_ids)) for of, part in one.parts]
    led = [part.statement_id for _round, part in one.parts if part.is_lead and part.statement_id]
    return InvestorRow(one, rounds, notes.marks(led))
