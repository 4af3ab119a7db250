"""One investor: its rounds, its portfolio, and with whom it invests."""

from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from companies.models import Company, Investor
from config.requests import moved
from funding.as_of import scopes
from funding.models import Participation, Round
from funding.values import PartialDate
from funding.views.past import has_past
from funding.views.rounds import for_listing, with_parties

ROUNDS_SHOWN, COMPANIES_SHOWN, OTHERS_SHOWN = 50, 50, 20


@require_safe
@has_past(lambda request, slug: scopes.of_investor(slug), is_record=True)
def investor_detail(request: HttpRequest, slug: str) -> HttpResponse:
    investor = Investor.objects.filter(slug=slug).select_related("merged_into").first()
    if investor is None:
        raise Http404(f"No investor has the address “{slug}”.")
    if investor.merged_into:
        return moved(request, investor.merged_into.get_absolute_url())
    rounds = _rounds(investor)
    context = {
        "investor": investor,
        "counts": _counts(investor),
        "first": _first_announced(investor),
        "last": rounds[0].announced if rounds else None,
        "rounds": rounds,
        "portfolio": _portfolio(investor),
        "others": _others(investor),
        "aliases": [alias.name for alias in investor.aliases.order_by("name")],
    }
    # What nothing speaks of any more is gone, not unheard of.
    return render(request, "companies/investor_detail.html", context, status=200 if investor.is_live else 410)


def _live_parts(investor: Investor) -> QuerySet[Participation]:
    return Participation.objects.filter(investor=investor, round__is_live=True)


def _counts(investor: Investor) -> dict[str, int]:
    """Rounds and companies, how many rounds it is said to have led, and how many are rumoured or cancelled."""
    return _live_parts(investor).aggregate(
        rounds=Count("pk"),
        led=Count("pk", filter=Q(is_lead=True)),
        companies=Count("round__company", distinct=True),
        rumoured=Count("pk", filter=~Q(round__status=Round.Status.CLOSED)),
    )


def _first_announced(investor: Investor) -> PartialDate | None:
    """When the first of its rounds that has a date was announced."""
    dated = _live_parts(investor).exclude(round__announced_on=None).select_related("round")
    first = dated.order_by("round__announced_on", "round").first()
    return first.round.announced if first else None


def _rounds(investor: Investor) -> list[Round]:
    """The newest rounds it took part in, each with its `part`."""
    chosen = for_listing().filter(participations__investor=investor).newest_first()[:ROUNDS_SHOWN]
    rounds = with_parties(chosen)
    for one in rounds:
        vars(one)["part"] = next(part for part in one.participations.all() if part.investor_id == investor.pk)
    return rounds


def _portfolio(investor: Investor) -> list[Company]:
    """Its companies, the one of the latest round first, with the number and dates of the rounds it took part in."""
    mine = Q(rounds__participations__investor=investor, rounds__is_live=True)
    companies = Company.objects.filter(mine).annotate(
        parts=Count("rounds__participations", filter=mine),
        parts_led=Count("rounds__participations", filter=mine & Q(rounds__participations__is_lead=True)),
        first_on=Min("rounds__announced_on", filter=mine),
        latest_on=Max("rounds__announced_on", filter=mine),
    )
    return list(companies.order_by(F("latest_on").desc(nulls_last=True), "name")[:COMPANIES_SHOWN])


def _others(investor: Investor) -> list[dict[str, Any]]:
    """Who takes part in the same rounds, the most often first, with the lengths of their bars in percent."""
    rounds = _live_parts(investor).values("round")
    together = Participation.objects.filter(round__in=rounds).exclude(investor=investor)
    counted = together.values("investor__name", "investor__slug").annotate(
        rounds=Count("pk"), companies=Count("round__company", distinct=True), last_on=Max("round__announced_on")
    )
    ranked = counted.order_by("-rounds", "-companies", F("last_on").desc(nulls_last=True), "investor__name")
    rows = list(ranked[:OTHERS_SHOWN])
    for row in rows:
        row["bar"] = f"{100 * row['rounds'] / rows[0]['rounds']:.1f}"
    return rows
