"""The charts and tables of the overview as CSV files, by the same query string."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config import currencies
from funding.charts.quarters import Quarter
from funding.exports import tables
from funding.totals import Ranked

from . import overview_parts as parts
from .overview_filter import OverviewFilter

MOST: Final = 1000  # rows of a ranking

Rows = Iterator[tuple[Any, ...]]


@require_safe
def overview_csv(request: HttpRequest, table: str) -> HttpResponse:
    if table not in TABLES:
        raise Http404(f"The overview has no table “{table}”.")
    chosen = OverviewFilter(request.GET, timezone.localdate(), currencies.of_reader_or(request, ""))
    if not chosen.is_valid():
        return render(request, "funding/overview_refused.html", {"problems": chosen.problems}, status=422)
    headings, rows = TABLES[table]
    return tables.download(f"roundbook-{table}.csv", headings.split(), rows(chosen))


def _quarters(chosen: OverviewFilter) -> Rows:
    """Each quarter by stage; a quarter without any round has one row of no stage."""
    shown = parts.history(chosen)
    of_quarter: dict[Quarter, list[Any]] = {one.quarter: [] for one in shown.quarters}
    for row in shown.rows:
        of_quarter[Quarter.of(row.quarter)].append(row)
    for one in shown.quarters:
        if not one.rounds:
            yield one.quarter.code, "", 0, 0, None, chosen.currency_code, one.is_incomplete, 0
        for row in of_quarter[one.quarter]:
            amount = row.amount if row.rounds > row.unstated else None
            yield (
                one.quarter.code, row.stage, row.rounds, row.unstated, amount, chosen.currency_code,
                one.is_incomplete, row.inexact,
            )  # fmt: skip


def _stages(chosen: OverviewFilter) -> Rows:
    for one in parts.shares(chosen, parts.history(chosen)).sizes.by_stage:
        ends = (round(end, 2) if one.is_told else None for end in (one.lower, one.median, one.upper))
        yield one.stage, one.rounds, *ends, "USD", True


def _investors(chosen: OverviewFilter) -> Rows:
    found = parts.most_active(chosen, parts.history(chosen), MOST)
    counted = None if found.of is None else min(found.of, found.matching)
    for bar in found.bars:
        yield bar.of["name"], bar.of["rounds"], bar.of["led"], counted, None if found.of is None else found.matching


def _countries(chosen: OverviewFilter) -> Rows:
    places = parts.shares(chosen, parts.history(chosen)).countries
    return _ranked(places, chosen, lambda row: (row.key, parts.label_of(row, "country")))


def _sectors(chosen: OverviewFilter) -> Rows:
    return _ranked(parts.shares(chosen, parts.history(chosen)).sectors, chosen, lambda row: (row.name,))


def _ranked(rows: list[Ranked], chosen: OverviewFilter, named: Callable[[Ranked], tuple[str, ...]]) -> Rows:
    for row in rows:
        amount = row.amount if row.rounds > row.unstated else None
        yield *named(row), row.rounds, row.unstated, amount, chosen.currency_code, row.inexact


def _unicorns(chosen: OverviewFilter) -> Rows:
    for one in parts.new_unicorns(chosen, MOST):
        value = one.money
        yield (
            one.company.name, one.company.country, one.valued, one.valued_precision, value.low, value.high,
            value.low_open, value.high_open, value.is_approx, value.currency, one.basis, one.origin,
        )  # fmt: skip


TABLES: Final[dict[str, tuple[str, Callable[[OverviewFilter], Rows]]]] = {
    "quarters": ("quarter stage rounds without_amount raised currency is_incomplete amounts_inexact", _quarters),
    "stages": ("stage rounds lower_quartile median upper_quartile currency is_approx", _stages),
    "investors": ("investor rounds led counted_over matching_rounds", _investors),
    "countries": ("country country_name rounds without_amount raised currency amounts_inexact", _countries),
    "sectors": ("sector rounds without_amount raised currency amounts_inexact", _sectors),
    "unicorns": (
        "company country unicorn_on unicorn_on_precision valuation_low valuation_high valuation_low_open "
        "valuation_high_open valuation_is_approx currency basis origin",
        _unicorns,
    ),
}
