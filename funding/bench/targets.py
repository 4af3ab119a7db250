"""Whom the timed pages are about: records of the population, spread evenly or the busiest, and words to search for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote_plus

from django.db.models import Max, QuerySet

from companies.models import Company, Investor
from funding.models import Round, Stage

from .population import COUNTRIES, SECTORS

STAGES: Final = (Stage.SEED, Stage.SERIES_A, Stage.SERIES_B, Stage.SERIES_C, Stage.GROWTH)
YEARS: Final = range(2016, 2026)
BUSIEST: Final = 20


@dataclass(frozen=True, slots=True)
class Targets:
    """What stands for each `{name}` in the addresses of pages; the next of them for each request."""

    values: dict[str, Sequence[str]]

    def fill(self, address: str, number: int) -> str:
        """An address for one request."""
        return address.format(**{name: quote_plus(of[number % len(of)]) for name, of in self.values.items()})


def find(number: int) -> Targets:
    """Targets for so many requests, from the database as it is."""
    companies = _spread(Company.objects.all(), number)
    slugs = [one.slug for one in companies]
    words = [one.key.split()[0] for one in companies]
    long = [word for word in words if len(word) >= 6] or words
    rounds = _spread(Round.objects.all(), number)
    investors = _spread(Investor.objects.all(), number)
    others = {f"company{at}": slugs[at:] + slugs[:at] for at in range(2, 9)}
    return Targets(
        {
            "company": slugs,
            **others,
            "busy_company": _busiest(Company),
            "investor": [one.slug for one in investors],
            "busy_investor": _busiest(Investor),
            "round": [str(one.pk) for one in rounds],
            "sector": list(SECTORS[:30]),
            "country": [code for code in COUNTRIES if code],
            "stage": list(STAGES),
            "year": [str(year) for year in YEARS],
            "letter": [word[0] for word in words],
            "prefix": [word[:4] for word in long],
            "word": long,
            "typo": [misspelt(word) for word in long],
            "name": [one.name for one in companies],
            "house": [one.name for one in investors],
        }
    )


def misspelt(word: str) -> str:
    """A word with its third and fourth letter swapped, or one of them doubled where they are the same."""
    if word[2] == word[3]:
        return word[:3] + word[2:]
    return word[:2] + word[3] + word[2] + word[4:]


def _spread(rows: QuerySet[Any], number: int) -> list[Any]:
    """Records spread evenly over all, by their numbers."""
    last = rows.aggregate(last=Max("pk"))["last"]
    wanted = {1 + at * last // number for at in range(number)}
    return list(rows.filter(pk__in=wanted).order_by("pk"))


def _busiest(model: type[Company] | type[Investor]) -> list[str]:
    """The addresses of those with the most rounds."""
    return list(model._default_manager.order_by("-rounds_count", "pk").values_list("slug", flat=True)[:BUSIEST])
