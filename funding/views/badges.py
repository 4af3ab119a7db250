"""The numbers beside sections of the masthead: what waits for those who may decide it, counted in one query."""

from functools import partial
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from config.access import Level, level_of
from funding import disagreements, inbox
from funding.models import Doubt


def waiting(request: HttpRequest) -> dict[str, object]:
    """Context processor: how many reviews, conflicts and doubts wait; asked only where it is shown."""
    if not hasattr(request, "user") or level_of(request) < Level.EDIT:
        return {}
    counts = SimpleLazyObject(_counts)
    return {name: SimpleLazyObject(partial(_words, counts, name)) for name in COUNTED}


# By name in templates: the rows, and the highest number that is said.
COUNTED: Final[dict[str, tuple[Any, int]]] = {
    "review_count": (inbox.waiting, inbox.MOST_COUNTED),
    "conflict_count": (disagreements.companies_in, disagreements.MOST_COUNTED),
    "doubt_count": (Doubt.objects.open, disagreements.MOST_COUNTED),
}


def _counts() -> dict[str, int]:
    """Each number, at most one more than the highest that is said."""
    parts, given = [], []
    for rows, most in COUNTED.values():
        found: QuerySet[Any] = rows().order_by().values("pk")[: most + 1]
        text, params = found.query.sql_with_params()
        parts.append(f"(select count(*) from ({text}) as counted)")
        given += params
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(parts)}", given)
        return dict(zip(COUNTED, cursor.fetchone(), strict=True))


def _words(counts: dict[str, int], name: str) -> str:
    number, most = counts[name], COUNTED[name][1]
    return f"{most}+" if number > most else str(number or "")
