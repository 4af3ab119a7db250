"""The list of rounds."""

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from companies.views.lists import choices_of
from config.filters import AFTER
from config.listing import open_list, render_list
from funding.as_of import scopes
from funding.cells import rows
from funding.filters import RoundFilter
from funding.models import Participation, Round
from funding.values import Money

from . import columns
from .past import has_past


@require_safe
@vary_on_headers("HX-Request")
@has_past(lambda request: scopes.of_list(request.GET))
def round_list(request: HttpRequest) -> HttpResponse:
    chosen = RoundFilter(request.GET, also=[AFTER])
    listing, shown = open_list(request, chosen, for_listing()), chosen.columns
    return render_list(
        request,
        "funding/round_list.html",
        "funding/_round_table.html",
        listing,
        rows=rows(with_parties(listing.page.rows), columns.rounds(shown, chosen.wide), shown, chosen.wide),
        facets=choices_of(listing, "stage", "status", "amount", "conflict", "source", "raised_match"),
    )


def for_listing() -> QuerySet[Round]:
    """Live rounds with all that a row shows."""
    parts = Participation.objects.select_related("investor").order_by("investor__key")
    rounds = Round.objects.live().select_related("company", "valuation")
    return rounds.prefetch_related(Prefetch("participations", parts))


def with_parties(rounds: Iterable[Round]) -> list[Round]:
    """The rounds, each with its `leads`, the number of `others` in it, and `dollars` where its currency is another."""
    found = list(rounds)
    for one in found:
        parts = list(one.participations.all())
        one.leads = [part.investor for part in parts if part.is_lead]  # type: ignore[attr-defined]
        one.others = len(parts) - len(one.leads)  # type: ignore[attr-defined]
        one.dollars = in_dollars(one)  # type: ignore[attr-defined]
    return found


def in_dollars(one: Round) -> Money | None:
    """The amount in US dollars at the rate of its day, bounds and all; None for dollars, or where there is no rate."""
    raised = one.raised
    if raised is None or raised.currency == "USD" or one.raised_usd is None or not raised.middle:
        return None
    rate = one.raised_usd / raised.middle
    low, high = (None if end is None else end * rate for end in (raised.low, raised.high))
    return Money(low, high, raised.low_open, raised.high_open, raised.is_approx, currency="USD")
