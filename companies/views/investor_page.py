"""One investor: what it is engaged in since when, how that went, with whom it invests, and its newest rounds."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from companies.models import Alias, Company, Investor
from config.queries import Given, KeptQuery
from config.requests import moved, wants_partial
from funding import cells, figures, portfolio
from funding.as_of import scopes
from funding.charts import years
from funding.charts.years import Drawing, Years
from funding.evidence import converting
from funding.exports import tables
from funding.models import Participation
from funding.portfolio import Course, Held
from funding.values import Interval
from funding.views.past import has_past

from . import columns, investor_exits, investor_kin, investor_portfolio
from .investor_portfolio import Portfolio

LARGEST_SHOWN: Final = 10


@require_safe
@vary_on_headers("HX-Request")
@has_past(lambda request, slug: scopes.of_investor(slug), is_record=True)
def investor_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The page, or its portfolio alone where htmx asks; 410 where nothing said of the investor stands any more."""
    investor = _investor(slug)
    if investor.merged_into:
        return moved(request, investor.merged_into.get_absolute_url())
    if not investor.is_live:
        return render(request, "companies/investor_gone.html", {"investor": investor}, status=410)
    if wants_partial(request):
        return _portfolio_alone(request, investor)
    if not investor.rounds_count:
        context = {"investor": investor, "is_in_a_round": _is_in_a_round(investor)}
        return render(request, "companies/investor_detail.html", context)
    context = _page(request, investor)
    return render(request, "companies/investor_detail.html", context, status=context["portfolio"].status)


@require_safe
@has_past(lambda request, slug: scopes.of_investor(slug), is_record=True)
def investor_years(request: HttpRequest, slug: str) -> HttpResponse:
    """The closed rounds of each year and stage as CSV; a year or stage that no source gives is empty."""
    investor = _investor(slug)
    if investor.merged_into:
        return moved(request, f"{investor.merged_into.get_absolute_url()}years.csv")
    rows = [(row.year or None, row.stage, row.rounds, row.led) for row in portfolio.totals(investor)]
    name = request.past.named(f"roundbook-{investor.slug}-years.csv")  # type: ignore[attr-defined]
    return tables.download(name, ("year", "stage", "rounds", "led"), rows)


def _investor(slug: str) -> Any:
    """The investor at an address, with its other names, the companies called the same, and its companies' exits."""
    found = HELD.ask(slug=slug)
    if not found:
        raise Http404(f"No investor has the address “{slug}”.")
    investor = found[0]
    investor.kin = investor_kin.kin_of(investor)
    return investor


def _held() -> QuerySet[Any]:
    aliases = Alias.objects.filter(investor=OuterRef("pk")).order_by("name").values("name")
    same = Company.objects.live().filter(key=OuterRef("key")).order_by("pk").values("slug")[:2]
    beside = {"also_called": ArraySubquery(aliases), "company_slugs": ArraySubquery(same)}
    held = Investor.objects.annotate(**beside, exits_told=investor_exits.of_investor())
    own = investor_kin.with_kin(held).filter(slug=Given("slug", CharField()))
    return own.select_related("merged_into", "parent", "parent_company")


HELD: Final = KeptQuery(_held)


def _is_in_a_round(investor: Investor) -> bool:
    """Whether it takes part in some round; asked of one without a closed round, so in a rumoured or cancelled one."""
    return Participation.objects.filter(investor=investor, round__is_live=True).exists()


def _portfolio_alone(request: HttpRequest, investor: Investor) -> HttpResponse:
    held = investor_portfolio.read(request, investor)
    rows, _parts = _converted(held, portfolio.courses(held.entries, held.entries), [])
    context = {
        "investor": investor,
        "portfolio": held,
        "rows": rows,
    }
    answer = render(request, "companies/_portfolio_table.html", context, status=held.status)
    if not held.problems:
        answer["HX-Push-Url"] = held.address(request)
    return answer


def _page(request: HttpRequest, investor: Any) -> dict[str, Any]:
    held = investor_portfolio.read(request, investor)
    newest = portfolio.newest(investor)
    courses = portfolio.courses({one.company: one.entry for one in newest} | held.entries, held.entries)
    own = [(one, courses[one.company]) for one in newest if one.company in courses]
    totals = portfolio.totals(investor)
    by_year = years.of_totals((row.year, row.stage, row.rounds, row.led) for row in totals)
    rows, parts = _converted(held, courses, portfolio.newest_rounds(investor, newest))
    share = Decimal(investor.led_count) / investor.rounds_count
    return {
        "investor": investor,
        "portfolio": held,
        "rows": rows,
        "stages": investor_portfolio.stages({row.stage for row in totals}),
        "years": by_year,
        "year_rows": cells.rows(by_year.newest_first, columns.years(investor, by_year.groups)),
        "drawings": _drawings(by_year, columns.rounds_of(investor)),
        "lead_share": figures.percent(Interval(share, share)),
        "last": parts[0].round if parts else None,
        "parts": cells.rows(parts, columns.PARTS),
        "step_ups": portfolio.step_ups([course for _held, course in own]),
        "largest": _largest(own),
        "exits": investor_exits.read(investor.exits_told),
        "most_companies": portfolio.NEWEST,
        "compared": len(newest),
    }


def _drawings(by_year: Years, address: str) -> list[tuple[str, Drawing | None, SafeString | None]]:
    """The drawing for a wide page and that for a narrow one, each with its bars."""
    drawn = [("is-wide", years.draw(by_year, 800)), ("is-narrow", years.draw(by_year, 340, 8))]
    return [(css, drawing, drawing and drawing.in_svg(address)) for css, drawing in drawn]


def _converted(
    held: Portfolio, courses: Mapping[int, Course], parts: Iterable[Participation]
) -> tuple[list[SafeString], list[Participation]]:
    """The lines of the portfolio, and parts in rounds, with amounts as `cells.convert` has them.

    Where there are no rates of the currency that is asked for, that is kept among the portfolio's problems.
    """
    shown, found, currency = held.rows(courses), list(parts), held.shown_currency
    valuations = [one for row in shown for one in (row.course.entry, row.course.latest) if one]
    try:
        converting.put_beside([(one, "") for one in valuations] + [(one.round, "raised_") for one in found], currency)
    except converting.UnknownCurrency as error:
        held.problems.append(str(error))
        currency = ""
    for valuation in valuations:
        cells.convert(valuation, currency)
    for part in found:
        cells.convert(part.round, currency, "raised_")
    return cells.rows(shown, columns.PORTFOLIO), found


def _largest(own: Iterable[tuple[Held, Course]]) -> list[tuple[Held, Course]]:
    """The companies that are surely worth the most times what they were, the most first."""
    risen = [(held, course) for held, course in own if course.times and course.times.low and course.times.low > 1]
    risen.sort(key=lambda pair: (-(pair[1].times.low or 0), pair[0].name))  # type: ignore[union-attr]
    return risen[:LARGEST_SHOWN]
