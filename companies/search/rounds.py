"""Rounds, as somebody asks for them: "Series B of Mistral", "mistral 2024", "série A 2023"."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings
from django.utils.translation import override

from companies.names import fold
from funding.models import Round, Stage

COMPANIES: Final = 5  # of those that the words may mean, the rounds of so many are looked through
YEAR: Final = re.compile(r"19[5-9]\d|20\d\d|2100")
# Words that say that a round is meant, and those that only hold the others together.
ROUND_WORDS: Final = frozenset({"round", "rounds", "raise", "tour", "tours", "levee", "levees"})
LINKS: Final = frozenset({"of", "by", "from", "in", "the", "de", "du", "des", "d", "en", "la", "le", "les", "l"})
ELISION: Final = re.compile(r"\bd['’]", re.IGNORECASE)  # tour d'amorçage
SPELLINGS: Final = {"serie": "series"}  # as French, Spanish, Italian, Portuguese and German have it


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of rounds: `name` is what is left of the words, `stage` and `year` are none where not asked."""

    name: str
    stage: str
    year: int | None


def read(text: str) -> Asked | None:
    """What a search asks of rounds; None where it does not speak of rounds."""
    words = [SPELLINGS.get(word, word) for word in fold(ELISION.sub(" ", text)).split()]
    stage, words = _take_stage(words)
    years = [word for word in words if YEAR.fullmatch(word)]
    if not (stage or years or ROUND_WORDS.intersection(words)):
        return None
    year = years[-1] if years else ""
    rest = [word for word in words if word != year and word not in ROUND_WORDS and word not in LINKS]
    return Asked(" ".join(rest), stage, int(year) if year else None)


def _take_stage(words: list[str]) -> tuple[str, list[str]]:
    """The stage that some words together name, the longest such words, and what is left without them."""
    named = _stages()
    for length in range(max(map(len, named)), 0, -1):
        for at in range(len(words) - length + 1):
            if stage := named.get(tuple(words[at : at + length])):
                return stage, words[:at] + words[at + length :]
    return "", words


@cache
def _stages() -> dict[tuple[str, ...], str]:
    """The stages by their words, in each language of the pages."""
    found: dict[tuple[str, ...], str] = {}
    for language, _ in settings.LANGUAGES:
        with override(language):
            for stage in Stage:
                words = (SPELLINGS.get(word, word) for word in fold(str(stage.label)).split())
                found.setdefault(tuple(words), stage.value)
    return found


def find_rounds(asked: Asked, companies: Sequence[int], most: int) -> list[Round]:
    """At most so many live rounds, the newest first: of the companies that the name may mean, the likeliest first."""
    rounds = Round.objects.live().select_related("company")
    if asked.stage:
        rounds = rounds.filter(stage=asked.stage)
    if asked.year is not None:
        rounds = rounds.filter(
            announced_on__gte=datetime.date(asked.year, 1, 1), announced_on__lte=datetime.date(asked.year, 12, 31)
        )
    if not asked.name:
        # A company of the day's news is not what "round" alone asks for.
        return list(rounds.newest_first()[:most]) if asked.stage or asked.year is not None else []
    companies = companies[:COMPANIES]
    found = rounds.filter(company__in=companies).newest_first()[: most * COMPANIES] if companies else []
    return sorted(found, key=lambda one: companies.index(one.company_id))[:most]
