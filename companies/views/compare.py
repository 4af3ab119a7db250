"""Up to eight companies side by side: one picture, the key figures of each, and the numbers as a table and a file."""

import datetime
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from companies import candidates
from companies.filters import find_record
from companies.models import Company
from config import currencies
from config.requests import wants_partial
from funding import charts
from funding.as_of import Scope, scopes
from funding.charts import comparison, comparison_picture
from funding.charts.comparison import MOST, Comparison, Line, Point, View
from funding.charts.history import middle
from funding.exports import tables
from funding.models import Participation, Round, Valuation
from funding.texts import clean_line
from funding.views.past import has_past

from . import compare_figures

LOOKED_UP: Final = 40  # addresses of one query string; more are not read
LONGEST: Final = 120
CHOICES: Final = {"show": "valuation", "by": "date", "scale": "linear", "currency": "USD"}
HEADINGS: Final = (
    "company", "company_slug", "shown", "on", "years_since_founding", "currency", "low", "high", "low_open",
    "high_open", "is_approx", "stated_currency", "stated_low", "stated_high", "basis", "origin", "stage", "round",
)  # fmt: skip


@dataclass(slots=True)
class Chosen:
    """The companies that a query string asks for, in its order, and what of it could not be followed."""

    companies: list[Company] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    typed: str = ""
    # Whoever has a currency of their own gets addresses that name one, so that all see the same at them.
    names_currency: bool = False

    def add(self, company: Company) -> None:
        """Take one more, each once, and no more than can be told apart."""
        if company in self.companies:
            return
        if len(self.companies) < MOST:
            self.companies.append(company)
        else:
            told = {"most": MOST, "name": company.name}
            self.problems.append(_("Up to %(most)d companies stand side by side; %(name)s is left out.") % told)


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to ask for the picture, and the query string that does."""

    words: Any
    query: str
    is_chosen: bool


def _scope(request: HttpRequest) -> Scope:
    asked = Company.objects.filter(slug__in=_slugs(request.GET)).values_list("pk", "merged_into")
    added = _added(request.GET)
    pks = {pk for pair in asked for pk in pair if pk is not None} | ({added.pk} if added else set())
    return scopes.of_companies(pks)


@require_safe
@vary_on_headers("HX-Request")
@has_past(_scope)
def compare(request: HttpRequest) -> HttpResponse:
    """The page, or its picture alone where htmx asks. What is typed is looked up and put into the address."""
    chosen, (view, refused) = _chosen(request), _view(request)
    if _typed(request.GET):
        before = len(chosen.problems)
        _add_typed(chosen, request)
        if len(chosen.problems) == before:
            return HttpResponseRedirect(f"{request.path}?{_query(chosen, view).urlencode()}")
    rounds = _rounds(chosen.companies)
    lone = _lone(chosen.companies)
    found = comparison.build(chosen.companies, rounds, lone, view, _today(request))
    context = _context(chosen, found) | {"refused": refused}
    if wants_partial(request):
        return render(request, "companies/_compare_chart.html", context)
    context["rows"] = compare_figures.rows(chosen.companies, rounds, lone)
    return render(request, "companies/compare.html", context)


@require_safe
@has_past(_scope)
def compare_export(request: HttpRequest) -> HttpResponse:
    """The numbers of the picture as CSV, and those of companies that the picture has no place for."""
    chosen, (view, _refused) = _chosen(request), _view(request)
    rounds, lone = _rounds(chosen.companies), _lone(chosen.companies)
    found = comparison.build(chosen.companies, rounds, lone, view, _today(request))
    name = request.past.named(f"roundbook-compare-{view.show}.csv")  # type: ignore[attr-defined]
    return tables.download(name, HEADINGS, _cells(found))


@require_safe
def compare_suggest(request: HttpRequest) -> HttpResponse:
    """The companies that a typed name may be, for all who read: the list of companies has them as well."""
    found = candidates.companies_like(clean_line(request.GET.get("q", ""), candidates.LONGEST))
    return render(request, "companies/_suggestions.html", {"candidates": found, "create": ""})


def _slugs(query: QueryDict) -> list[str]:
    """The addresses asked for, each once, in their order."""
    return list(dict.fromkeys(slug for slug in query.getlist("c") if 0 < len(slug) <= LONGEST))[:LOOKED_UP]


def _typed(query: QueryDict) -> str:
    """What is to be added: the address that was chosen from the list below the field, else the name typed into it."""
    return clean_line(query.get("add", "") or query.get("q", ""), LONGEST)


def _added(query: QueryDict) -> Company | None:
    typed = _typed(query)
    found: Company | None = find_record(Company, typed) if typed else None
    return found


def _chosen(request: HttpRequest) -> Chosen:
    """The companies of the address; a merged one is followed, one that is not there is said."""
    chosen, slugs = Chosen(names_currency=bool(currencies.of_reader(request))), _slugs(request.GET)
    held = {one.slug: one for one in Company.objects.filter(slug__in=slugs).select_related("merged_into")}
    for slug in slugs:
        company = held.get(slug)
        company = (company.merged_into or company) if company else None
        if company is None:
            chosen.problems.append(_("No company has the address “%(slug)s”.") % {"slug": slug})
        else:
            _take(chosen, company, request)
    return chosen


def _take(chosen: Chosen, company: Company, request: HttpRequest) -> None:
    if company.is_live:
        chosen.add(company)
    elif request.past.moment:  # type: ignore[attr-defined]
        chosen.problems.append(_("Nothing was held of %(name)s as of that date.") % {"name": company.name})
    else:
        chosen.problems.append(_("No source that we hold speaks of %(name)s any more.") % {"name": company.name})


def _add_typed(chosen: Chosen, request: HttpRequest) -> None:
    """Take the company that was typed, or say why it cannot be and keep what was typed."""
    before, found = len(chosen.problems), _added(request.GET)
    if found is None:
        chosen.problems.append(_("No company is called “%(name)s”.") % {"name": _typed(request.GET)})
    else:
        _take(chosen, found, request)
    if len(chosen.problems) > before:
        chosen.typed = clean_line(request.GET.get("q", ""), LONGEST) or _typed(request.GET)


def _view(request: HttpRequest) -> tuple[View, str]:
    """How the picture is asked for, or the usual one and what was wrong with what was asked."""
    asked = {name: request.GET[name] for name in CHOICES if request.GET.get(name)}
    try:
        return View(**{"currency": currencies.of_reader_or(request, CHOICES["currency"])} | asked), ""
    except charts.UnknownChoice as problem:
        return View(), str(problem)


def _today(request: HttpRequest) -> datetime.date:
    """The day up to which the lines go."""
    return request.past.day or timezone.localdate()  # type: ignore[attr-defined]


def _query(chosen: Chosen, view: View) -> QueryDict:
    """The query string of the page: the companies that it shows, and those of its choices that are not the usual."""
    query = QueryDict(mutable=True)
    query.setlist("c", [company.slug for company in chosen.companies])
    for name, usual in CHOICES.items():
        if getattr(view, name) != usual or (name == "currency" and chosen.names_currency):
            query[name] = getattr(view, name)
    return query


def _rounds(companies: Sequence[Company]) -> dict[int, list[Round]]:
    """The live rounds of each company, newest first, with their valuations and who took part."""
    parts = Prefetch("participations", Participation.objects.select_related("investor").order_by("investor__key"))
    own = {company.pk: company for company in companies}
    found: dict[int, list[Round]] = defaultdict(list)
    rounds = Round.objects.live().filter(company__in=own).select_related("valuation").prefetch_related(parts)
    for one in rounds.newest_first():
        one.company = own[one.company_id]
        if hasattr(one, "valuation"):
            one.valuation.company = one.company
        found[one.company_id].append(one)
    return found


def _lone(companies: Sequence[Company]) -> dict[int, list[Valuation]]:
    """The valuations of no round of each company."""
    own = {company.pk: company for company in companies}
    found: dict[int, list[Valuation]] = defaultdict(list)
    for one in Valuation.objects.filter(company__in=own, round=None).order_by("pk"):
        one.company = own[one.company_id]
        found[one.company_id].append(one)
    return found


def _context(chosen: Chosen, found: Comparison) -> dict[str, Any]:
    query = _query(chosen, found.view)
    figure = comparison_picture.figure(found)
    return {
        "comparison": found,
        "query": query,
        "problems": chosen.problems,
        "typed": chosen.typed,
        "figure": figure,
        "figure_json": json.dumps(figure),
        "columns": [(line, _without(query, line.company)) for line in found.lines],
        "has_room": len(found.lines) < MOST,
        "most": MOST,
        "controls": _controls(query, found.view, names_currency=chosen.names_currency),
        "raised_words": _("Raised"),
        "table": [(line, point, _years(line, point)) for line in found.lines for point in line.points],
    }


def _controls(query: QueryDict, view: View, *, names_currency: bool) -> list[tuple[str, list[Choice]]]:
    """The choices of the picture, each with the page that has it."""
    controls: list[tuple[str, str, Mapping[str, Any]]] = [
        (_("Show"), "show", comparison.MEASURES),
        (_("By"), "by", comparison.AXES),
        (_("Scale"), "scale", charts.SCALES),
        (_("Currency"), "currency", comparison.CURRENCIES),
    ]
    found = []
    for label, name, known in controls:
        held = getattr(view, name)
        is_named = name == "currency" and names_currency
        found.append(
            (
                label,
                [Choice(known[one], _with(query, name, one, is_named=is_named), one == held) for one in known],
            )
        )
    return found


def _with(query: QueryDict, name: str, value: str, *, is_named: bool) -> str:
    """The query string of the page with one choice, which is left out where it is the usual one and need not be."""
    other = query.copy()
    other.pop(name, None)
    if value != CHOICES[name] or is_named:
        other[name] = value
    return other.urlencode()


def _without(query: QueryDict, company: Company) -> str:
    """The query string of the page without one company."""
    rest = query.copy()
    rest.setlist("c", [slug for slug in query.getlist("c") if slug != company.slug])
    return rest.urlencode()


def _years(line: Line, point: Point) -> Decimal | None:
    """Years since founding, to a tenth; None where the founding is not known."""
    return Decimal(str(round(line.years(middle(point.on)), 1))) if line.founded else None


def _cells(found: Comparison) -> Iterator[tuple[Any, ...]]:
    """The rows of the file, in the order of the table on the page."""
    for line in found.lines:
        for point in line.points:
            money, native, one = point.money, point.native, point.valuation
            yield (
                line.company.name, line.company.slug, found.view.show, point.on, _years(line, point), money.currency,
                money.low, money.high, money.low_open, money.high_open, money.is_approx, native.currency, native.low,
                native.high, one.basis if one else "", one.origin if one else "",
                point.round.stage if point.round else "", point.round.pk if point.round else None,
            )  # fmt: skip
