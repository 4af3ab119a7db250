"""How late rounds become known, by our own records: of the rounds of a quarter, the share published by an age.

A round counts by the first article or release of known day that tells of it; files and entries by hand say nothing of
when it was public. A few rounds of each week are looked at, so that the cost is the same however many there are.
"""

import datetime
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext as _

from funding.as_of.moments import NEVER_PUBLIC
from funding.charts.quarters import Quarter
from funding.models import Assignment, Mention, Round, Source

QUARTERS: Final = 8
SETTLED: Final = 4  # quarters after which nearly all that will become known is
A_WEEK: Final = 3
LEAST: Final = 30
KEPT: Final = 600  # seconds

_STATEMENT: Final = f"""
    select chosen.announced_on, told.first_on
      from generate_series(%(first)s::date, %(last)s::date, interval '7 days') week
     cross join lateral (
        select id, announced_on from {Round._meta.db_table}
         where is_live and status = %(closed)s and announced_precision <> 'year'
           and announced_on >= week::date and announced_on < least(week::date + 7, %(last)s::date + 1)
         order by announced_on desc nulls last, id desc limit {A_WEEK}) chosen
      left join lateral (
        select min(source.published_on) as first_on from {Assignment._meta.db_table} assigned
          join {Mention._meta.db_table} mention on mention.id = assigned.mention_id
          join {Source._meta.db_table} source on source.id = mention.source_id
         where assigned.round_id = chosen.id and assigned.retracted_at is null
           and source.published_precision = 'day' and source.kind <> all(%(private)s)) told on true"""


@dataclass(frozen=True, slots=True)
class Lateness:
    """When the rounds of some quarters came out: `lags` are days from the end of a round's quarter, in order."""

    first: Quarter
    last: Quarter
    lags: list[int]
    left_out: int

    @property
    def rounds(self) -> int:
        """How many rounds it was measured on."""
        return len(self.lags)

    @property
    def is_known(self) -> bool:
        """Whether there are enough rounds to say anything."""
        return self.rounds >= LEAST

    @property
    def ages(self) -> list[tuple[str, int | None]]:
        """The percentages at some ages, in words."""
        ages = (
            (_("at its end"), 0), (_("after 3 months"), 91), (_("after 6 months"), 182), (_("after a year"), 365),
        )  # fmt: skip
        return [(words, self.share(age)) for words, age in ages]

    def share(self, age: int) -> int | None:
        """The percentage of a quarter's rounds that is usually known so many days after its end; None if not known."""
        return round(100 * bisect_right(self.lags, age) / self.rounds) if self.is_known else None


def lately(today: datetime.date) -> Lateness:
    """What was measured within the last ten minutes, which is soon enough for quarters that ended a year ago."""
    return cache.get_or_set(f"lateness-{today}", lambda: measured(today), KEPT)


def measured(today: datetime.date) -> Lateness:
    """The eight quarters that ended a year ago or earlier, from one query of at most three rounds a week."""
    last = Quarter.of(today).shifted(-1 - SETTLED)
    first = last.shifted(1 - QUARTERS)
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT,
            {
                "first": first.first_day,
                "last": last.last_day,
                "closed": Round.Status.CLOSED,
                "private": list(NEVER_PUBLIC),
            },
        )
        rows = cursor.fetchall()
    lags = sorted((told - Quarter.of(announced).last_day).days for announced, told in rows if told is not None)
    return Lateness(first, last, lags, len(rows) - len(lags))
