"""Companies like one: those that its investors also put money into, or of its sectors in its country, with reasons.

However many are held, only so many are looked at: a few of its investors, the newest companies of each, and the
companies of its country with the newest rounds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from companies import countries
from companies.models import Company, Investor, Sector
from config.requests import moved, wants_partial
from funding.models import Investment, Stage

INVESTORS_READ: Final = 12  # those with the fewest companies, for they tell most
OF_EACH_READ: Final = 40
OF_COUNTRY_READ: Final = 1_000
SHOWN: Final = 8
COMPARED: Final = 4
NAMES_SHOWN: Final = 3
COLUMNS: Final = ("name", "slug", "city", "country", "sector_ids", "last_stage", "last_round_on")


@dataclass(frozen=True, slots=True)
class Similar:
    """A company that is like another, and why."""

    company: Company
    reasons: list[str]
    score: int


@require_safe
@vary_on_headers("HX-Request")
def company_similar(request: HttpRequest, slug: str) -> HttpResponse:
    """The companies most like one, as a page or, where htmx asks, as the table for the page of the company."""
    company = get_object_or_404(Company.objects.select_related("merged_into"), slug=slug)
    if company.merged_into:
        return moved(request, reverse("companies:company_similar", args=[company.merged_into.slug]))
    found = similar(company)
    slugs = [company.slug, *(one.company.slug for one in found[: COMPARED - 1])]
    context: dict[str, Any] = {
        "company": company,
        "similar": found,
        "compare": f"{reverse('companies:compare')}?{urlencode([('c', each) for each in slugs])}",
        "looked_at": {"investors": INVESTORS_READ, "each": OF_EACH_READ, "country": OF_COUNTRY_READ},
    }
    template = "companies/_similar.html" if wants_partial(request) else "companies/company_similar.html"
    return render(request, template, context)


def similar(company: Company) -> list[Similar]:
    """The companies most like one, the likest first."""
    own = Investor.objects.live().filter(investments__company=company).order_by("companies_count", "pk")
    investors = {investor.pk: investor.name for investor in own[:INVESTORS_READ]}
    shared = _also_in(investors, company)
    read = Company.objects.live().exclude(pk=company.pk).only(*COLUMNS)
    candidates = {one.pk: one for one in read.filter(pk__in=shared)}
    candidates |= {one.pk: one for one in _of_country(company, read)}
    common = {pk for one in candidates.values() for pk in one.sector_ids} & set(company.sector_ids)
    sectors = dict(Sector.objects.filter(pk__in=common).values_list("pk", "name")) if common else {}
    found = [_like(company, one, [investors[pk] for pk in shared[one.pk]], sectors) for one in candidates.values()]
    return sorted(found, key=_likest_first)[:SHOWN]


def _likest_first(one: Similar) -> tuple[int, int, str]:
    on = one.company.last_round_on
    return -one.score, -on.toordinal() if on else 0, one.company.name


def _also_in(investors: Iterable[int], company: Company) -> Mapping[int, list[int]]:
    """By company, which of some investors put money into it, as far as it is among the newest of each."""
    newest = [
        Investment.objects.filter(investor=investor)
        .exclude(company=company)
        .order_by(F("last_on").desc(nulls_last=True), "-id")
        .values_list("company", "investor")[:OF_EACH_READ]
        for investor in investors
    ]
    found: dict[int, list[int]] = defaultdict(list)
    for pk, investor in newest[0].union(*newest[1:], all=True) if newest else ():
        found[pk].append(investor)
    return found


def _of_country(company: Company, read: QuerySet[Company]) -> Iterable[Company]:
    """Companies of one of its sectors, among those of its country with the newest rounds."""
    if not company.sector_ids:
        return ()
    live = Company.objects.live()
    placed = live.filter(country=company.country) if company.country else live
    newest = placed.order_by(F("last_round_on").desc(nulls_last=True), "-id").values("pk")[:OF_COUNTRY_READ]
    return read.filter(pk__in=newest, sector_ids__overlap=company.sector_ids)


def _like(company: Company, one: Company, investors: Sequence[str], sectors: Mapping[int, str]) -> Similar:
    """How like two companies are: investors in common say most, then sectors, then country and stage."""
    common = [sectors[pk] for pk in one.sector_ids if pk in sectors]
    same_country = bool(one.country) and one.country == company.country
    same_stage = bool(one.last_stage) and one.last_stage == company.last_stage
    told = (
        (_("investors in common: %(names)s"), _names(investors)),
        (_("sectors in common: %(names)s"), _names(common)),
        (_("in the same country: %(names)s"), countries.name_of(one.country, _language()) if same_country else ""),
        (_("last round of the same stage: %(names)s"), str(Stage(one.last_stage).label) if same_stage else ""),
    )
    reasons = [words % {"names": names} for words, names in told if names]
    score = 3 * min(len(investors), 4) + 2 * min(len(common), 3) + same_country + same_stage
    return Similar(one, reasons, score)


def _language() -> str:
    return translation.get_language() or "en"


def _names(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    listed = ", ".join(sorted(names, key=str.casefold)[:NAMES_SHOWN])
    return _("%(names)s and %(count)d more") % {"names": listed, "count": more} if more > 0 else listed
