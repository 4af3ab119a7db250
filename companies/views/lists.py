"""The lists of companies and investors."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from companies import sectors
from companies.filters import CompanyFilter, InvestorFilter
from companies.filters.fields import country_in_words, held_countries
from companies.models import Company, Investor, Sector
from config import currencies
from config.filters import AFTER, QueryFilter
from config.listing import COUNTED, USUAL, Choices, Listing, numbers_alone, open_list, render_list
from config.queries import Given, KeptQuery, KeptRows
from funding import cells
from funding.as_of import scopes
from funding.cells import OF_VALUE, rows
from funding.models import Investment, Participation, Round, Stage, Valuation
from funding.models.rounds import IS_DERIVED, counts_in_total
from funding.values import Money
from funding.views.past import has_past

from . import columns

USUAL_STAGES = 10
VALUE_SHOWN = ("company", *OF_VALUE, "resolved", "round__resolved", "round__company")
# The columns that a row shows or is ordered by: a page of all of them takes twice as long to read.
SHOWN = (
    "name", "key", "slug", "city", "country", "resolved", "founded_on", "founded_precision", "rounds_count",
    "undisclosed_count", "sector_ids", "last_round_on", "last_told_on", "raised_usd", "raised_hedge",
    "valuation_usd", "unicorn", "unicorn_on",
)  # fmt: skip
COMPANIES: Final = KeptRows(lambda: Company.objects.live().only(*SHOWN))
INVESTORS: Final = KeptRows(lambda: Investor.objects.live())


@require_safe
@vary_on_headers("HX-Request")
@has_past(lambda request: scopes.everything())
def company_list(request: HttpRequest) -> HttpResponse:
    chosen = CompanyFilter(request.GET, also=[AFTER, COUNTED], currency=currencies.of_reader(request))
    shown = chosen.columns
    if numbers := numbers_alone(request, chosen, COMPANIES, choices_of):
        return numbers
    listing = open_list(request, chosen, COMPANIES)
    return render_list(
        request,
        "companies/company_list.html",
        "companies/_company_table.html",
        listing,
        rows=rows(with_latest(listing.page.rows, shown, chosen.shown_currency), columns.COMPANIES, shown, chosen.wide),
        facets=choices_of(listing, "stage", "unicorn", "conflict", "amount", "source", "stale", "valuation_match"),
    )


@require_safe
@vary_on_headers("HX-Request")
@has_past(lambda request: scopes.everything())
def investor_list(request: HttpRequest) -> HttpResponse:
    chosen = InvestorFilter(request.GET, also=[AFTER, COUNTED])
    shown = chosen.columns
    if numbers := numbers_alone(request, chosen, INVESTORS):
        return numbers
    listing = open_list(request, chosen, INVESTORS)
    investors = with_activity(listing.page.rows) if shown["last_round"] else listing.page.rows
    return render_list(
        request,
        "companies/investor_list.html",
        "companies/_investor_table.html",
        listing,
        rows=rows(investors, columns.INVESTORS, shown, chosen.wide),
        facets=choices_of(listing, "stage", "lead", "stale"),
    )


def choices_of(listing: Listing, *names: str) -> Mapping[str, Choices]:
    """The choices of a list's panel by parameter; countries and sectors are those that its rows are of."""
    found = {name: listing.choices(name, USUAL_STAGES if name == "stage" else USUAL) for name in names}
    chosen: QueryFilter = listing.chosen
    asked = getattr(chosen, "cleaned_data", {})
    if "country" in chosen.fields:
        found["country"] = listing.counted_choices(
            "country", asked.get("country") or [], country_in_words, held_countries
        )
        chosen_sectors = [sector.name for sector in asked.get("sector") or []]
        found["sector"] = listing.counted_choices("sector", chosen_sectors, _sector_in_words)
    return found


def _sector_in_words(name: str) -> str:
    return str(capfirst(sectors.in_words(name)))


def with_latest(companies: Sequence[Company], shown: Mapping[str, bool], currency: str = "") -> list[Company]:
    """The companies, each with `last_round`, the latest `valuation` (stated before derived), the sum `raised` and the
    names of its `lines` of business.

    What is not shown is not looked for. Sums are in the reader's currency, or in dollars.
    """
    of = {one.pk: (one.raised_usd, one.raised_hedge) for one in companies}
    sums = _sums(companies, currency) if shown["raised"] and currency not in ("", "USD") else of
    ids = [one.pk for one in companies]
    rounds = {one.company_id: one for one in (LAST_ROUNDS.ask(companies=ids) if shown["last_round"] else ())}
    valuations = {one.company_id: one for one in (LATEST.ask(companies=ids) if shown["valuation"] else ())}
    lines = _lines_of_business(companies) if shown["sector"] else {}
    for company in companies:
        sum_of, hedge = sums.get(company.pk, (None, ""))
        if valuation := valuations.get(company.pk):
            cells.convert(valuation, currency)
        found: Any = {
            "last_round": rounds.get(company.pk),
            "valuation": valuations.get(company.pk),
            "lines": lines.get(company.pk, ()),
            "raised": None if sum_of is None else Money.hedged(sum_of, hedge, currency=currency or "USD"),
        }
        vars(company).update(found)
    return list(companies)


def _sums(companies: Sequence[Company], currency: str) -> dict[int, tuple[Decimal, str]]:
    """What the closed rounds that count in a total raised, each at the rate of its own day, and how exactly.

    That is so for the rounds that have a rate; `raised_hedge` is of those that have one into US dollars.
    """
    closed = Round.objects.live().filter(company__in=[one.pk for one in companies], status=Round.Status.CLOSED)
    counted = closed.filter(stage__in=[stage for stage in ("", *Stage.values) if counts_in_total(stage)])
    amounts = counted.order_by().values("company").annotate(sum=Sum(f"raised_{currency.lower()}"))
    sums = dict(amounts.filter(sum__isnull=False).values_list("company", "sum"))
    return {one.pk: (sums[one.pk], one.raised_hedge) for one in companies if one.pk in sums}


def _lines_of_business(companies: Sequence[Company]) -> dict[int, list[str]]:
    wanted = {sector for company in companies for sector in company.sector_ids}
    names = dict(SECTORS.ask(ids=list(wanted)))
    return {one.pk: [name for pk, name in names.items() if pk in one.sector_ids] for one in companies}


def _last_rounds() -> QuerySet[Round]:
    """The last closed round of each of some companies."""
    closed = Round.objects.live().filter(company=OuterRef("pk"), status=Round.Status.CLOSED)
    newest = closed.order_by(F("announced_on").desc(nulls_last=True), "-id")
    return _one_of_each(newest).only("company", "stage", "announced_on", "announced_precision")


def _latest_valuations() -> QuerySet[Valuation]:
    """The latest value of each of some companies, a stated one before derived ones."""
    counted = Valuation.objects.counted().filter(company=OuterRef("pk"))
    return _one_of_each(counted.latest_first(IS_DERIVED)).only(*VALUE_SHOWN).select_related("round")


def _one_of_each(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The first of the rows of each of some companies, with one look into an index for each."""
    first = Company.objects.filter(pk__among=Given("companies")).annotate(first=Subquery(rows.values("pk")[:1]))
    return rows.model._default_manager.filter(pk__in=first.order_by().values("first"))


SECTORS: Final = KeptQuery(
    lambda: Sector.objects.filter(pk__among=Given("ids")).order_by("name").values_list("pk", "name")
)
LAST_ROUNDS, LATEST = KeptQuery(_last_rounds), KeptQuery(_latest_valuations)


def with_activity(investors: Sequence[Investor]) -> list[Investor]:
    """The investors, each with its `last` part in a closed round; one look into an index for each."""
    last = {part.investor_id: part for part in LAST_PARTS.ask(investors=[one.pk for one in investors])}
    for investor in investors:
        vars(investor)["last"] = last.get(investor.pk)
    return list(investors)


def _last_parts() -> QuerySet[Participation]:
    newest = Investment.objects.filter(investor=OuterRef("pk")).order_by(F("last_on").desc(nulls_last=True), "-id")
    parts = Participation.objects.filter(
        investor=OuterRef("pk"), round__company=OuterRef("company"), round__is_live=True, round__status="closed"
    ).order_by(F("round__announced_on").desc(nulls_last=True), "-round_id")
    own = Investor.objects.filter(pk__among=Given("investors"))
    of_company = own.annotate(company=Subquery(newest.values("company")[:1]))
    last_parts = of_company.annotate(part=Subquery(parts.values("pk")[:1])).order_by().values("part")
    shown = [f"round__{name}" for name in ("announced_on", "announced_precision", "company__name", "company__slug")]
    found = Participation.objects.filter(pk__in=last_parts).select_related("round__company")
    return found.only("investor", "is_lead", "statement", "statement_ids", *shown)


LAST_PARTS: Final = KeptQuery(_last_parts)
