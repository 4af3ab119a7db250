"""With whom an investor invests: who takes part in the same rounds, ranked."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from companies.models import Investor
from config.requests import moved, wants_partial
from funding import portfolio
from funding.as_of import scopes
from funding.views.past import has_past


@require_safe
@vary_on_headers("HX-Request")
@has_past(lambda request, slug: scopes.of_investor(slug), is_record=True)
def investor_with(request: HttpRequest, slug: str) -> HttpResponse:
    """The ranking as a page or, where htmx asks, as the table for the page of the investor."""
    investor = get_object_or_404(Investor.objects.select_related("merged_into"), slug=slug)
    if investor.merged_into:
        return moved(request, reverse("companies:investor_with", args=[investor.merged_into.slug]))
    companies = [one.company for one in portfolio.newest(investor)]
    found = portfolio.invests_with(investor, companies)
    context = {"investor": investor, "others": _with_bars(found), "most_rounds": portfolio.NEWEST}
    template = "companies/_investor_with.html" if wants_partial(request) else "companies/investor_with.html"
    return render(request, template, context)


def _with_bars(others: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The others, each with the length of its bar in percent."""
    return [one | {"bar": f"{100 * one['rounds'] / others[0]['rounds']:.1f}"} for one in others]
