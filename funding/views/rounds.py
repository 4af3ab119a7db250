"""The list of rounds."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from companies.views.lists import choices_of
from config import currencies
from config.addresses import of_record
from config.filters import AFTER
from config.listing import COUNTED, numbers_alone, open_list, render_list
from config.queries import Given, KeptQuery, KeptRows
from funding import cells
from funding.as_of import scopes
from funding.cells import AMOUNT, OF_VALUE, rows
from funding.filters import RoundFilter
from funding.models import Participation, Round

from . import columns
from .past import has_past

# The columns that a row shows or is ordered by: a page of all of them takes twice as long to read.
SHOWN: Final = (
    "company__name", "company__slug", "company__city",
    "stage", "announced_label", "status", "announced_on", "announced_precision", "country", "created_at", "resolved",
    *(f"raised_{part}" for part in AMOUNT), "raised_undisclosed", "raised_usd", "raised_eur",
    "raised_gbp", "rate_on", "is_own_rate", *(f"valuation__{part}" for part in OF_VALUE),
)  # fmt: skip


@require_safe
@vary_on_headers("HX-Request")
@has_past(lambda request: scopes.of_list(request.GET))
def round_list(request: HttpRequest) -> HttpResponse:
    chosen = RoundFilter(request.GET, also=[AFTER, COUNTED], currency=currencies.of_reader(request))
    if numbers := numbers_alone(request, chosen, LISTED, choices_of):
        return numbers
    listing, shown = open_list(request, chosen, LISTED), chosen.columns
    found = with_parties(listing.page.rows, chosen.shown_currency)
    return render_list(
        request,
        "funding/round_list.html",
        "funding/_round_table.html",
        listing,
        rows=rows(found, columns.rounds(shown, chosen.wide), shown, chosen.wide),
        facets=choices_of(listing, "stage", "status", "amount", "conflict", "source", "stale", "raised_match"),
    )


class Party(NamedTuple):
    """Who took part in a round, as far as a row shows it."""

    name: str
    slug: str

    def get_absolute_url(self) -> str:
        """The investor's page."""
        return of_record("companies:investor_detail", self.slug)

    def __str__(self) -> str:
        return self.name


def for_listing() -> QuerySet[Round]:
    """Live rounds with all that a row shows, and no more."""
    return Round.objects.live().select_related("company", "valuation").only(*SHOWN)


LISTED: Final = KeptRows(for_listing)


def _parties() -> QuerySet[Participation]:
    parts = Participation.objects.filter(round__among=Given("rounds")).order_by("investor__key")
    return parts.values_list("round", "is_lead", "investor__name", "investor__slug")


PARTIES: Final = KeptQuery(_parties)


def with_parties(rounds: Iterable[Round], currency: str = "") -> list[Round]:
    """The rounds, each with its `leads`, the number of `others` in it, and its amounts as `cells.convert` has them."""
    found = list(rounds)
    by_round: dict[int, list[tuple[bool | None, Party]]] = {}
    for pk, is_lead, *party in PARTIES.ask(rounds=[one.pk for one in found]):
        by_round.setdefault(pk, []).append((is_lead, Party(*party)))
    for one in found:
        took_part = by_round.get(one.pk, [])
        one.leads = [party for is_lead, party in took_part if is_lead]  # type: ignore[attr-defined]
        one.others = len(took_part) - len(one.leads)  # type: ignore[attr-defined]
        cells.convert(one, currency, "raised_")
        if valuation := getattr(one, "valuation", None):
            cells.convert(valuation, currency)
    return found
