"""The first page: what was raised per quarter, the newest and the largest rounds, and who is most active."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from config import currencies
from config.addresses import of_page
from config.markup import markup
from config.requests import wants_partial
from funding import cells, lateness
from funding.charts import bars
from funding.charts.bars import Drawing
from funding.charts.quarters import History

from . import columns, overview_columns
from . import overview_parts as parts
from .overview_filter import CURRENCY_WORDS, OverviewFilter

ON_PHONE = 6  # quarters


@require_safe
@vary_on_headers("HX-Request")
def overview(request: HttpRequest) -> HttpResponse:
    chosen = OverviewFilter(request.GET, timezone.localdate(), currencies.of_reader_or(request, ""))
    is_partial = wants_partial(request)
    context: dict[str, Any] = {"filter": chosen, "currencies": CURRENCY_WORDS.items(), "is_partial": is_partial}
    context |= _shown(chosen) if chosen.is_valid() else {"problems": chosen.problems}
    template = "funding/_overview.html" if is_partial else "funding/overview.html"
    response = render(request, template, context, status=200 if chosen.is_valid() else 422)
    if is_partial and chosen.is_valid():
        address = f"{request.path}?{chosen.query}" if chosen.query else request.path
        is_here = request.htmx.current_url_abs_path == address  # type: ignore[attr-defined]
        response["HX-Push-Url"] = "false" if is_here else address
    return response


def _shown(chosen: OverviewFilter) -> dict[str, Any]:
    """All that the page shows of what is asked for."""
    found = parts.figures(chosen)
    if found is None:
        return {"is_empty": True}
    history, shares, active = found.history, found.shares, found.active
    late = lateness.lately(chosen.today) if history.incomplete else None
    return {
        "newest": cells.rows(found.newest, columns.BRIEF),
        "largest": cells.rows(found.largest, columns.BRIEF),
        "history": history,
        "quarters": cells.rows(history.quarters, columns.QUARTERS),
        "drawings": _drawings(history),
        "is_shortened": len(history.quarters) > ON_PHONE,
        "rounds_query": chosen.query_of_rounds(history.first, history.last),
        "late": late,
        "known": late and [(one, late.share((chosen.today - one.last_day).days)) for one in history.incomplete],
        "sizes": cells.rows(parts.sizes_by_stage(shares.sizes), overview_columns.SIZES),
        "unicorns": cells.rows(found.unicorns, columns.UNICORNS),
        "active": active,
        "investors": cells.rows(active.bars, overview_columns.ACTIVE),
        "countries": cells.rows(parts.ranking(chosen, shares.countries, "country"), overview_columns.RANKED),
        "sectors": cells.rows(parts.ranking(chosen, shares.sectors, "sector"), overview_columns.RANKED),
        "sector_options": _options(one.name for one in shares.sectors),
    }


def _options(names: Iterable[str]) -> SafeString:
    """What a field may be filled with."""
    return SafeString("".join([markup('<option value="{}"></option>', name) for name in names if name]))


def _drawings(history: History) -> list[tuple[str, Drawing, SafeString]]:
    sizes = [("is-wide", 800, len(history.quarters)), ("is-narrow", 360, ON_PHONE)]
    drawn = [(css, bars.draw(history, width, most)) for css, width, most in sizes]
    return [(css, drawing, drawing.in_svg(of_page("funding:round_list"))) for css, drawing in drawn]
