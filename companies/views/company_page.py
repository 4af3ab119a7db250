"""The page of one company: figures, valuation chart, rounds, exits, disagreements, facts, investors and sources."""

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import CharField, OuterRef, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from companies.models import Company, Role
from config import currencies
from config.queries import Given, KeptQuery
from config.requests import moved, wants_partial
from funding import cells, charts
from funding.as_of import scopes
from funding.evidence import Mark, Notes, Panel, converting, differences, panels
from funding.models import Exit, Participation, Round, Valuation
from funding.views.past import Past, has_past

from . import (
    company_exits,
    company_figures,
    company_over_time,
    company_ownership,
    company_parts,
    company_rounds,
    investor_kin,
    nested,
)


@require_GET
@vary_on_headers("HX-Request")
@has_past(lambda request, slug: scopes.of_company(slug), is_record=True)
def company_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The page, or its chart alone where htmx asks; 410 where nothing that is said of the company stands any more."""
    held = HELD.ask(slug=slug)
    if not held:
        raise Http404(f"No company has the address “{slug}”.")
    company = held[0]
    if company.merged_into:
        return moved(request, company.merged_into.get_absolute_url())
    if not company.is_live:
        return render(request, "companies/company_gone.html", {"company": company}, status=410)
    rounds = rounds_of(company)
    notes = Notes.of_company(company)
    past: Past = request.past  # type: ignore[attr-defined]
    lone = [nested.from_json(Valuation, one) for one in company.held_lone]
    valuations = company_figures.valuations_of(rounds, _of(company, lone))
    chosen = converting.asked_of(request)
    try:
        converting.put_beside([(one, "raised_") for one in rounds] + [(one, "") for one in valuations], chosen)
        view, refused = charts.View(request.GET.get("scale", "linear"), chosen or "USD", also=chosen), ""
    except (charts.UnknownChoice, converting.UnknownCurrency) as problem:
        chosen, view, refused = "", charts.View(), str(problem)
    shown = "" if chosen == currencies.AS_STATED else chosen
    for one in rounds:
        cells.convert(one, shown, "raised_")
    for value in valuations:
        cells.convert(value, shown)
    page = _page(company, rounds, valuations, notes, view, past.day or timezone.localdate(), shown)
    page["refused"] = refused
    page["in_review"] = [] if past.moment else company_parts.in_review(company)
    if wants_partial(request):
        return render(request, "funding/_valuation_chart.html", page)
    page["panel"] = _panel(request.GET.get("evidence", ""), page, notes)
    page["sources"] = notes.sources
    page["kin"] = investor_kin.shown(company.arm_rows)
    return render(request, "companies/company_detail.html", page)


def _held() -> QuerySet[Any]:
    """The company at an address, with its arms, its exits and its valuations of no round."""
    beside = {
        "arm_rows": investor_kin.arms_of("parent_company"),
        "held_exits": company_exits.of_company(),
        "held_lone": nested.as_json(Valuation.objects.filter(company=OuterRef("pk"), round=None).order_by("pk")),
    }
    return Company.objects.annotate(**beside).select_related("merged_into").filter(slug=Given("slug", CharField()))


def _rounds() -> QuerySet[Round]:
    parts = Prefetch("participations", Participation.objects.select_related("investor"))
    own = Round.objects.live().filter(company=Given("company")).select_related("valuation")
    return own.prefetch_related(parts).newest_first()  # type: ignore[no-any-return,attr-defined]


HELD, ROUNDS = KeptQuery(_held), KeptQuery(_rounds)
ROLES: Final = KeptQuery(
    lambda: Role.objects.filter(company=Given("company"), person__is_live=True).select_related("person").order_by("pk")
)


def rounds_of(company: Company) -> list[Round]:
    """The live rounds, newest first, with valuations and participations."""
    rounds = ROUNDS.ask(company=company.pk)
    for one in rounds:
        one.company = company
        if hasattr(one, "valuation"):
            one.valuation.company = company
    return rounds


def _of(company: Company, lone: Iterable[Valuation]) -> list[Valuation]:
    found = list(lone)
    for one in found:
        one.company = company
    return found


def valuations_of(company: Company, rounds: Iterable[Round]) -> list[Valuation]:
    """The valuations of a company: those of its rounds, and those of none."""
    return company_figures.valuations_of(rounds, _of(company, company.valuations.filter(round=None)))


def _page(
    company: Any,
    rounds: Sequence[Round],
    valuations: Sequence[Valuation],
    notes: Notes,
    view: charts.View,
    today: datetime.date,
    currency: str,
) -> dict[str, Any]:
    """What the templates show. Sources are numbered in the order in which this asks for them, that of the page."""
    exits = company_exits.read(company, company.held_exits)
    found = _differences(company, rounds, valuations, exits, notes)
    lede = company_parts.lede(company, rounds, notes, found)
    marks = {one.pk: company_parts.valuation_marks(one, notes, found) for one in valuations}
    totals = company_figures.totals(company, rounds)
    strip = company_figures.strip(company, rounds, valuations, notes, marks, currency)
    history = history_of(company, rounds, valuations, notes, view, today, marks)
    figure = charts.figure(history)
    rows = company_rounds.rows(rounds, notes, found, marks)
    sales = company_ownership.sales(rows)
    exit_rows = company_exits.rows(exits, notes, found)
    status = company_exits.status(exit_rows)
    facts = company_parts.facts(company, ROLES.ask(company=company.pk), notes, found)
    return {
        "company": company,
        "valuations": valuations,
        "lede": lede,
        "strip": strip,
        "history": history,
        "figure": figure,
        "figure_json": json.dumps(figure),
        "scales": charts.SCALES,
        "currencies": charts.CURRENCIES,
        "other_currency": currency if currency and currency not in currencies.STORED else "",
        "rounds": rows,
        "totals": totals,
        "rule": company_figures.rule_of(totals),
        "stated_marks": notes.marks(totals.stated_ids),
        "uncounted": [one for one in rounds if one.status != Round.Status.CLOSED],
        "sales": sales,
        "is_any_sold": company_ownership.is_any_known(sales),
        "differences": found,
        "exits": exit_rows,
        "facts": [status, *facts] if status else facts,
        "over_time": company_over_time.series(company, notes, today),
        "investors": company_parts.investor_rows(rounds, notes),
    }


def _differences(
    company: Company, rounds: Iterable[Round], valuations: Sequence[Valuation], exits: Iterable[Exit], notes: Notes
) -> list[differences.Difference]:
    """All on which sources differ, in the order of the page, each once."""
    found = [*differences.of_company(company, notes)]
    for one in rounds:
        found += differences.of_round(one, notes)
    found += differences.of_lone_valuations(valuations, notes)
    for left in exits:
        found += differences.of_exit(left, notes)
    return differences.each_once(found)


def history_of(
    company: Company,
    rounds: Sequence[Round],
    valuations: Sequence[Valuation],
    notes: Notes,
    view: charts.View,
    today: datetime.date,
    marks: Mapping[int, list[Mark]] | None = None,
) -> charts.History:
    """What the chart of a company shows; `marks` are those of each valuation."""
    leads: dict[int, list[str]] = defaultdict(list)
    for one in rounds:
        for part in one.participations.all():
            if part.is_lead:
                leads[one.pk].append(part.investor.name)
    return charts.build(company.name, valuations, rounds, leads, notes, view, today, marks or {})


def _panel(asked: str, page: dict[str, Any], notes: Notes) -> Panel | None:
    """The panel that the address asks for, else that of the latest value; none where it is closed.

    Raises Http404 for a value that this company does not have.
    """
    if asked == "none":
        return None
    if asked:
        found = [one for one in page["valuations"] if asked == f"valuation-{one.pk}"]
        if not found:
            raise Http404(_("This company has no such figure."))
        return panels.of_valuation(found[0], notes)
    latest = company_figures.latest_of(company_figures.counted(page["valuations"]))
    return panels.of_valuation(latest, notes) if latest else None
