"""The key figures of several companies side by side, each with the mark that leads to who said it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from companies.models import Company
from companies.views import company_figures
from companies.views.company_figures import KeyFigure
from funding import figures
from funding.charts import raised_words
from funding.evidence import Mark, Notes
from funding.models import Round, Valuation
from funding.tellings import Field
from funding.values import PartialDate


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of every company, in their order."""

    name: str
    cells: list[KeyFigure]


def rows(
    companies: Sequence[Company], rounds: Mapping[int, Sequence[Round]], lone: Mapping[int, Sequence[Valuation]]
) -> list[Row]:
    """The table: what the page of each company shows on top, when it was founded and where, and its last round."""
    columns = [_of(company, rounds.get(company.pk, ()), lone.get(company.pk, ())) for company in companies]
    return [Row(cells[0].name, list(cells)) for cells in zip(*columns, strict=True)]


def _of(company: Company, rounds: Sequence[Round], lone: Sequence[Valuation]) -> list[KeyFigure]:
    valued = company_figures.counted(company_figures.valuations_of(rounds, lone))
    marks = {one.pk: [valuation_mark(one)] for one in valued}
    raised = company_figures.totals(company, rounds)
    strip = company_figures.strip(company, raised, valued, Notes([]), marks)
    latest = company_figures.latest_of(valued)
    return [*(_marked(figure, company, latest) for figure in strip), *_last(rounds), *_facts(company)]


def _marked(figure: KeyFigure, company: Company, latest: Valuation | None) -> KeyFigure:
    """A figure of a company's page with marks that lead there from elsewhere; what is computed leads to its proof."""
    if figure.is_absent:
        return figure
    marks = [
        replace(mark, href=f"{company.get_absolute_url()}{mark.href}") if mark.href.startswith("#") else mark
        for mark in figure.marks
    ]
    if not marks and latest is not None:
        marks = [Mark("∴", _evidence(valuation=latest.pk), _("How it follows"), "is-proof")]
    return replace(figure, marks=marks)


def valuation_mark(one: Valuation) -> Mark:
    """The mark of a value as lists have it: how many statements say so, `∴` for a proof, `≠` where sources differ."""
    address = _evidence(valuation=one.pk)
    if one.has_conflict:
        return Mark("≠", address, _("Valuation: sources differ"), "is-conflict")
    if one.origin == Valuation.Origin.DERIVED:
        return Mark("∴", address, _("Valuation: how it follows"), "is-proof")
    said = len(one.kept.get("agreeing", ())) or 1
    return Mark(str(said), address, _("Valuation: its source"))


def _last(rounds: Sequence[Round]) -> list[KeyFigure]:
    """The last closed round: its stage and date, what it raised, and who is said to have led it."""
    closed = [one for one in rounds if one.status == Round.Status.CLOSED]
    names = _("Last round"), _("Raised in it"), _("Led by")
    if not closed:
        absent = _("none known")
        return [KeyFigure(name, absent, [], "", True) for name in names]
    last = closed[0]
    raised = raised_words(last)
    leads = [part.investor.name for part in last.participations.all() if part.is_lead]
    said = [part for part in last.participations.all() if part.is_lead and part.statement_id]
    led = [Mark(str(len(said)), _evidence(statement=said[0].statement_id), _("Lead: its source"))] if said else []
    when = figures.date(last.announced) if last.announced else _("undated")
    return [
        KeyFigure(names[0], last.label, _stage_marks(last), when),
        KeyFigure(names[1], raised or _("not stated"), _field_marks(last.resolved.get(Field.RAISED)), "",
                  last.raised is None),
        KeyFigure(names[2], ", ".join(leads) or _("not stated"), led, "", not leads),
    ]  # fmt: skip


def _stage_marks(last: Round) -> list[Mark]:
    """Who says of which stage it was, or else when it was announced."""
    return _field_marks(last.resolved.get(Field.STAGE) or last.resolved.get(Field.ANNOUNCED_ON))


def _facts(company: Company) -> list[KeyFigure]:
    founded = PartialDate.of(company.founded_on, company.founded_precision) if company.founded_on else None
    places = company.resolved.get(Field.HEADQUARTERS) or [None]
    told = [
        (_("Founded"), figures.date(founded), company.resolved.get(Field.FOUNDED_ON)),
        (_("Headquarters"), company.city, places[0]),
    ]
    return [KeyFigure(name, words or _("not stated"), _field_marks(kept), "", not words) for name, words, kept in told]


def _field_marks(kept: Mapping[str, Any] | None) -> list[Mark]:
    """The mark of a resolved field, as `funding.cells.kept_mark` has it."""
    if not kept or not kept.get("statement"):
        return []
    address = _evidence(statement=kept["statement"])
    if kept.get("settled"):
        return [Mark(_("pinned"), address, kept["reason"], "is-pinned")]
    if kept.get("differing"):
        return [Mark("≠", address, _("Sources differ"), "is-conflict")]
    return [Mark(str(len(kept["agreeing"])), address, _("Who says so"))]


def _evidence(**of: Any) -> str:
    return f"{reverse('funding:evidence')}?" + "&".join(f"{name}={pk}" for name, pk in of.items())
