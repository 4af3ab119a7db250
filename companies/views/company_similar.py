"""Companies like one: those that its investors also put money into, or of its sectors in its country, with reasons.

However many are held, only so many are looked at: a few of its investors, the newest companies of each, and the
companies of its country with the newest rounds.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, F, IntegerField, OuterRef, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from companies import countries
from companies.models import Company, Investor, Sector
from companies.sectors import in_words
from config.queries import Given, KeptQuery
from config.requests import moved, wants_partial
from funding.models import Investment, Stage

INVESTORS_READ: Final = 12  # those with the fewest companies, for they tell most
OF_EACH_READ: Final = 40
OF_COUNTRY_READ: Final = 1_000
SHOWN: Final = 8
COMPARED: Final = 4
NAMES_SHOWN: Final = 3


class Candidate(NamedTuple):
    """A company that may be like another: a few hundred are weighed, and eight shown."""

    id: int
    name: str
    slug: str
    city: str
    country: str
    sector_ids: list[int]
    last_stage: str
    last_round_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class Similar:
    """A company that is like another, and why."""

    company: Company
    reasons: list[str]


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
    investors: dict[int, list[str]] = defaultdict(list)
    for name, companies in _ALSO_IN.ask(company=company.pk):
        for pk in companies:
            investors[pk].append(name)
    candidates = {one.id: one for one in (*_held(investors), *_of_country(company)) if one.id != company.pk}
    scored = [(_score(company, one, investors[one.id]), one) for one in candidates.values()]
    likest = [one for _score, one in sorted(scored, key=_likest_first)[:SHOWN]]
    common = {pk for one in likest for pk in one.sector_ids} & set(company.sector_ids)
    sectors = dict(Sector.objects.filter(pk__in=common).values_list("pk", "name")) if common else {}
    return [Similar(Company(**one._asdict()), _reasons(company, one, investors[one.id], sectors)) for one in likest]


def _likest_first(scored: tuple[int, Candidate]) -> tuple[int, int, str]:
    score, one = scored
    return -score, -one.last_round_on.toordinal() if one.last_round_on else 0, one.name


def _also_in() -> QuerySet[Any]:
    """Some investors of a company, each with the newest of the other companies that it put money into."""
    newest = Investment.objects.filter(investor=OuterRef("pk")).exclude(company=Given("company"))
    newest = newest.order_by(F("last_on").desc(nulls_last=True), "-id").values("company")[:OF_EACH_READ]
    own = Investor.objects.live().filter(investments__company=Given("company")).order_by("companies_count", "pk")
    return own.values_list("name", ArraySubquery(newest))[:INVESTORS_READ]


def _of_sectors(placed: QuerySet[Company]) -> QuerySet[Any]:
    """Those of some sectors among the newest companies.

    Which are of the sectors is seen in the index that the newest are found in; only those are looked up.
    """
    of_sectors = When(sector_ids__overlap=Given("sectors", ArrayField(IntegerField())), then="pk")
    newest = placed.order_by(F("last_round_on").desc(nulls_last=True), "-id")[:OF_COUNTRY_READ]
    return Company.objects.filter(pk__in=newest.values_list(Case(of_sectors))).values_list(*Candidate._fields)


_ALSO_IN: Final = KeptQuery(_also_in)
_HELD: Final = KeptQuery(
    lambda: Company.objects.live().filter(pk__among=Given("companies")).values_list(*Candidate._fields)
)
_ANYWHERE: Final = KeptQuery(lambda: _of_sectors(Company.objects.live()))
_IN_COUNTRY: Final = KeptQuery(
    lambda: _of_sectors(Company.objects.live().filter(country=Given("country", CharField())))
)


def _held(companies: Iterable[int]) -> list[Candidate]:
    return [Candidate(*row) for row in _HELD.ask(companies=list(companies))]


def _of_country(company: Company) -> list[Candidate]:
    """Companies of one of its sectors, among those of its country with the newest rounds."""
    if not company.sector_ids:
        return []
    newest = _IN_COUNTRY if company.country else _ANYWHERE
    return [Candidate(*row) for row in newest.ask(country=company.country, sectors=company.sector_ids)]


def _score(company: Company, one: Candidate, investors: Sequence[str]) -> int:
    """How like two companies are: investors in common say most, then sectors, then country and stage."""
    common = len(set(company.sector_ids).intersection(one.sector_ids))
    return 3 * min(len(investors), 4) + 2 * min(common, 3) + _same_country(company, one) + _same_stage(company, one)


def _same_country(company: Company, one: Candidate) -> bool:
    return bool(one.country) and one.country == company.country


def _same_stage(company: Company, one: Candidate) -> bool:
    return bool(one.last_stage) and one.last_stage == company.last_stage


def _reasons(company: Company, one: Candidate, investors: Sequence[str], sectors: Mapping[int, str]) -> list[str]:
    """Why two companies are alike, in words."""
    common = [in_words(sectors[pk]) for pk in one.sector_ids if pk in sectors]
    country = countries.name_of(one.country, _language()) if _same_country(company, one) else ""
    told = (
        (_("investors in common: %(names)s"), _names(investors)),
        (_("sectors in common: %(names)s"), _names(common)),
        (_("in the same country: %(names)s"), country),
        (_("last round of the same stage: %(names)s"), _stage(one) if _same_stage(company, one) else ""),
    )
    return [words % {"names": names} for words, names in told if names]


def _stage(one: Candidate) -> str:
    return str(Stage(one.last_stage).label)


def _language() -> str:
    return translation.get_language() or "en"


def _names(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    listed = ", ".join(sorted(names, key=str.casefold)[:NAMES_SHOWN])
    return _("%(names)s and %(count)d more") % {"names": listed, "count": more} if more > 0 else listed
