"""The first page: what was raised per quarter, the newest and the largest rounds, and who is most active."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from companies.models import Company, Investor, Sector
from config import paging
from funding.charts import bars, quarters
from funding.charts.quarters import History
from funding.models import Participation, Round
from funding.values import Money
from funding.views.rounds import for_listing, with_parties

ROUNDS_SHOWN, RANKED = 8, 7


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    newest, largest = _newest_and_largest()
    if not newest:
        return render(request, "funding/overview.html", {"counts": None})
    today = timezone.localdate()
    history = quarters.raised_per_quarter(newest[0].announced_on or today, today)
    context = {
        "newest": newest,
        "largest": largest,
        "history": history,
        "drawings": [("is-wide", bars.draw(history, 800, 46)), ("is-narrow", bars.draw(history, 360, 40, 6))],
        "counts": _counts(),
        "investors": _most_active(),
        "sectors": _sectors(history),
    }
    return render(request, "funding/overview.html", context)


def _newest_and_largest() -> tuple[list[Round], list[Round]]:
    """The latest and the largest closed rounds, read in one go."""
    closed = Round.objects.live().filter(status=Round.Status.CLOSED)
    newest = closed.newest_first().values("pk")[:ROUNDS_SHOWN]
    by_amount = closed.exclude(raised_usd=None).order_by(F("raised_usd").desc(nulls_last=True), "-id")
    chosen = for_listing().filter(Q(pk__in=newest) | Q(pk__in=by_amount.values("pk")[:ROUNDS_SHOWN]))
    rounds = with_parties(chosen.newest_first())
    largest = sorted((one for one in rounds if one.raised_usd is not None), key=lambda one: (-one.raised_usd, -one.pk))
    return rounds[:ROUNDS_SHOWN], largest[:ROUNDS_SHOWN]


def _counts() -> list[tuple[str, str, str]]:
    """How many of each kind of record there are, as (count, noun, name of the list)."""
    kinds: list[tuple[QuerySet[Any], str, str, str]] = [
        (Company.objects.live(), "company", "companies", "companies:company_list"),
        (Round.objects.live(), "round", "rounds", "funding:round_list"),
        (Investor.objects.live(), "investor", "investors", "companies:investor_list"),
    ]
    found = []
    for rows, one, many, route in kinds:
        number = paging.count(rows)
        found.append((paging.count_in_words(number), one if number == 1 else many, route))
    return found


def _most_active() -> list[dict[str, Any]]:
    """Investors by the closed rounds they took part in, with the lengths of their bars in percent."""
    parts = Participation.objects.filter(round__is_live=True, round__status=Round.Status.CLOSED)
    counted = parts.values("investor__name", "investor__slug").annotate(
        rounds=Count("pk"), led=Count("pk", filter=Q(is_lead=True))
    )
    rows = list(counted.order_by("-rounds", "-led", "investor__name")[:RANKED])
    for row in rows:
        row["bar"] = f"{100 * row['rounds'] / rows[0]['rounds']:.1f}"
        row["solid"] = f"{100 * row['led'] / rows[0]['rounds']:.1f}"
    return rows


def _sectors(history: History) -> list[dict[str, Any]]:
    """Sectors by what their companies raised in the quarters shown, with the lengths of their bars in percent."""
    counted = Q(
        companies__rounds__is_live=True,
        companies__rounds__status=Round.Status.CLOSED,
        companies__rounds__stage__in=quarters.COUNTED,
        companies__rounds__announced_on__gte=history.first.first_day,
        companies__rounds__announced_on__lt=history.last.shifted(1).first_day,
    )
    sums = Sector.objects.filter(counted).annotate(dollars=Sum("companies__rounds__raised_usd"))
    rows = list(sums.exclude(dollars=None).order_by("-dollars", "name").values("name", "dollars")[:RANKED])
    for row in rows:
        row["money"] = Money.exact(row["dollars"], "USD")
        row["bar"] = f"{100 * row['dollars'] / rows[0]['dollars']:.1f}"
    return rows
