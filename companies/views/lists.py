"""The lists of companies and investors."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from companies.filters import CompanyFilter, InvestorFilter
from companies.models import Company, Investor, Sector
from config.filters import AFTER
from config.listing import open_list, render_list
from funding.as_of import scopes
from funding.models import Participation, Round, Valuation
from funding.values import Money
from funding.views.past import has_past


@require_safe
@vary_on_headers("HX-Request")
@has_past(lambda request: scopes.everything())
def company_list(request: HttpRequest) -> HttpResponse:
    companies = Company.objects.live().prefetch_related("sectors")
    listing = open_list(request, CompanyFilter(request.GET, also=[AFTER]), companies)
    return render_list(
        request,
        "companies/company_list.html",
        "companies/_company_table.html",
        listing,
        companies=with_latest(listing.page.rows),
        sectors=Sector.objects.filter(companies__is_live=True).distinct()[:200],
    )


@require_safe
@vary_on_headers("HX-Request")
@has_past(lambda request: scopes.everything())
def investor_list(request: HttpRequest) -> HttpResponse:
    listing = open_list(request, InvestorFilter(request.GET, also=[AFTER]), Investor.objects.live())
    return render_list(
        request,
        "companies/investor_list.html",
        "companies/_investor_table.html",
        listing,
        investors=with_activity(listing.page.rows),
    )


def with_latest(companies: Sequence[Company]) -> list[Company]:
    """The companies, each with `last_round`, the latest `valuation` (stated before derived) and the sum `raised`."""
    rounds = {one.company_id: one for one in _last_rounds(companies)}
    valuations = {one.company_id: one for one in _latest_valuations(companies)}
    for company in companies:
        sum_of = company.raised_usd
        found: Any = {
            "last_round": rounds.get(company.pk),
            "valuation": valuations.get(company.pk),
            "raised": None if sum_of is None else Money.exact(sum_of, "USD"),
        }
        vars(company).update(found)
    return list(companies)


def _last_rounds(companies: Sequence[Company]) -> Any:
    closed = Round.objects.live().filter(company__in=companies, status=Round.Status.CLOSED)
    return closed.order_by("company", F("announced_on").desc(nulls_last=True), "-id").distinct("company")


def _latest_valuations(companies: Sequence[Company]) -> Any:
    counted = Valuation.objects.counted().filter(company__in=companies)
    stated_first = counted.alias(is_derived=Q(origin=Valuation.Origin.DERIVED))
    return stated_first.latest_first("company", "is_derived").distinct("company").select_related("round")


def with_activity(investors: Sequence[Investor]) -> list[Investor]:
    """The investors, each with `activity`: the rounds and companies it is in, those it led, and its `last` part."""
    live = Participation.objects.filter(investor__in=investors, round__is_live=True)
    counts = live.values("investor").annotate(
        rounds=Count("pk"), led=Count("pk", filter=Q(is_lead=True)), companies=Count("round__company", distinct=True)
    )
    by_investor = {row["investor"]: row for row in counts.order_by()}
    newest = live.order_by("investor", F("round__announced_on").desc(nulls_last=True), "-round_id")
    last = {part.investor_id: part for part in newest.distinct("investor").select_related("round__company")}
    for investor in investors:
        none = {"rounds": 0, "led": 0, "companies": 0}
        vars(investor)["activity"] = by_investor.get(investor.pk, none)
        vars(investor)["last"] = last.get(investor.pk)
    return list(investors)
