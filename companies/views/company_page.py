"""The page of one company: figures, valuation chart, rounds, exits, disagreements, facts, investors and sources."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from django.db.models import CharField, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
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
from funding.charts import pictures
from funding.evidence import Mark, Notes, Panel, converting, differences, panels
from funding.models import Exit, Round, Valuation
from funding.views.past import Past, has_past

from . import (
    company_exits,
    company_figures,
    company_investors,
    company_over_time,
    company_ownership,
    company_parts,
    company_rounds,
    company_values,
    investor_kin,
    nested,
)

T = TypeVar("T")
SHOWN: Final = company_rounds.TOLD_AT_ONCE  # rounds and investors, unless all are asked for
FEW: Final = 3  # no more than so many are not left out
ALL: Final = "all"
CHART: Final = "funding/_valuation_chart.html"
# What htmx may ask for by the element that it puts it in the place of.
PARTS: Final = {
    "company-rounds": "companies/_company_rounds.html",
    "company-ownership": "companies/_ownership.html",
    "company-investors": "companies/_company_investors.html",
}


@require_GET
@vary_on_headers("HX-Request", "HX-Target")
@has_past(lambda request, slug: scopes.of_company(slug), is_record=True)
def company_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The page, or the part of it that htmx asks for; 410 where nothing said of the company stands any more.

    Of many rounds and investors some are shown, and all where the address says `rounds=all` or `investors=all`.
    """
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
    for value in valuations:
        cells.convert(value, shown)
    page = _page(company, rounds, valuations, notes, view, past.day or timezone.localdate(), shown)
    page["refused"] = refused
    part = PARTS.get(request.htmx.target or "", CHART) if wants_partial(request) else ""  # type: ignore[attr-defined]
    if part in ("", CHART):
        page |= _chart(page["history"])
        page["in_review"] = [] if past.moment else company_parts.in_review(company)
    page["panel"] = None if part == CHART else _panel(request.GET.get("evidence", ""), page, notes)
    page["value_rows"] = company_values.rows(page["history"], request.GET, page["panel"].key if page["panel"] else "")
    if part == CHART:
        return render(request, CHART, page)
    page["sources"] = notes.sources
    _show_all(page, rounds, notes, request.GET, shown)
    page["kin"] = investor_kin.shown(company.arm_rows)
    return render(request, part or "companies/company_detail.html", page)


def _show_all(page: dict[str, Any], rounds: Sequence[Round], notes: Notes, query: QueryDict, currency: str) -> None:
    """Add the rounds and investors that are shown only where the address asks for all of them.

    After everything else, so that sources have the same numbers on the page and in a part that is added to it.
    """
    rows, investors = page["rounds"], page["investors"]
    if query.get("rounds") == ALL and len(rows) < len(rounds):
        others = _converted(rounds[len(rows) :], currency)
        page["rounds"] = [*rows, *company_rounds.rows(others, notes, page["differences"], page["marks"], len(rows))]
        page["sales"] = company_ownership.sales(page["rounds"])
    if query.get("investors") == ALL:
        page["investors"] = [*investors, *company_investors.rows(page["engaged"][len(investors) :], notes)]


def _first(rows: Sequence[T]) -> Sequence[T]:
    return rows if len(rows) <= SHOWN + FEW else rows[:SHOWN]


def _converted(rounds: Sequence[Round], currency: str) -> Sequence[Round]:
    for one in rounds:
        cells.convert(one, currency, "raised_")
    return rounds


def _held() -> QuerySet[Any]:
    """The company at an address, with its arms, its exits and its valuations of no round."""
    beside = {
        "arm_rows": investor_kin.arms_of("parent_company"),
        "held_exits": company_exits.of_company(),
        "held_lone": nested.as_json(Valuation.objects.filter(company=OuterRef("pk"), round=None).order_by("pk")),
    }
    return Company.objects.annotate(**beside).select_related("merged_into").filter(slug=Given("slug", CharField()))


def _rounds() -> QuerySet[Round]:
    own = Round.objects.live().filter(company=Given("company")).select_related("valuation")
    return own.newest_first()  # type: ignore[no-any-return,attr-defined]


HELD, ROUNDS = KeptQuery(_held), KeptQuery(_rounds)
ROLES: Final = KeptQuery(
    lambda: Role.objects.filter(company=Given("company"), person__is_live=True).select_related("person").order_by("pk")
)


def rounds_of(company: Company) -> list[Round]:
    """The live rounds, newest first, with their valuations and `parts`, who took part in each."""
    rounds = ROUNDS.ask(company=company.pk)
    parts = company_investors.took_part(company) if rounds else {}
    for one in rounds:
        one.company, one.parts = company, parts.get(one.pk, [])
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
    raised = company_figures.totals(company, rounds, currency) if currency else totals
    strip = company_figures.strip(company, raised, valuations, notes, marks, currency)
    history = history_of(company, rounds, valuations, notes, view, today, marks)
    rows = company_rounds.rows(_converted(_first(rounds), currency), notes, found, marks)
    exit_rows = company_exits.rows(exits, notes, found)
    status = company_exits.status(exit_rows)
    facts = company_parts.facts(company, ROLES.ask(company=company.pk), notes, found)
    engaged = company_investors.engaged(rounds)
    return {
        "company": company,
        "valuations": valuations,
        "lede": lede,
        "strip": strip,
        "history": history,
        "marks": marks,
        "other_currency": currency if currency and currency not in currencies.STORED else "",
        "rounds": rows,
        "rounds_count": len(rounds),
        "totals": totals,
        "rule": company_figures.rule_of(totals),
        "stated_marks": notes.marks(totals.stated_ids),
        "uncounted": [one for one in rounds if one.status != Round.Status.CLOSED],
        "sales": company_ownership.sales(rows),
        "sold_in": len(company_ownership.sold_in(rounds)),
        "is_any_sold": company_ownership.is_any_known(rounds),
        "differences": found,
        "exits": exit_rows,
        "facts": [status, *facts] if status else facts,
        "over_time": company_over_time.series(company, notes, today),
        "engaged": engaged,
        "investors": company_investors.rows(_first(engaged), notes),
        "investors_count": len(engaged),
    }


def _chart(history: charts.History) -> dict[str, Any]:
    return {"figure": pictures.of_history(history), "scales": charts.SCALES, "currencies": charts.CURRENCIES}


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
        for part in one.parts:  # type: ignore[attr-defined]
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
