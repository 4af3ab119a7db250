"""What the sums beside the rounds say: by quarter and stage, by country and sector, and the sizes of each stage.

Every read is of `RoundTotal` or `RoundSize` and never of rounds, so that it costs the same however many there are. Of
rounds only live and closed ones are in them, dated to the month at least.
"""

import datetime
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, partial
from itertools import accumulate
from typing import Any, Final

from django.db import connection
from django.db.models import CharField, DateField, ExpressionWrapper, QuerySet, Subquery, Sum, Value

from companies import countries
from companies.models import Sector
from config.queries import Given, KeptQuery
from funding import sizes
from funding.models import RoundSize, RoundTotal, Stage
from funding.models.rounds import counts_in_total
from funding.models.totals import ANY, ANY_SECTOR, NO_SECTOR
from funding.values import Money

COLUMNS: Final = {"USD": "usd", "EUR": "eur", "GBP": "gbp"}
COUNTED: Final = tuple(stage for stage in ["", *Stage.values] if counts_in_total(stage))
# From the first day of the quarter eleven before another to that day are at most 1,005 days, from the one before it
# at least 1,095.
TWELVE_QUARTERS: Final = datetime.timedelta(days=1010)
SECTORS: Final = 200
TOLD_OF: Final = 4  # rounds, at least, whose median and middle half are told


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rounds are asked for: of these stages, one country or `ANY`, one sector or `ANY_SECTOR`.

    An empty country is that none is known. They are dated from `first` until before `end`, both of them first days of
    quarters. Without the two they are those of the twelve quarters that end with the last one that has any.
    """

    stages: tuple[str, ...] = COUNTED
    country: str = ANY
    sector: int = ANY_SECTOR
    first: datetime.date | None = None
    end: datetime.date | None = None

    def within(self, first: datetime.date, end: datetime.date) -> "Cut":
        """The same of other dates."""
        return replace(self, first=first, end=end)


@dataclass(frozen=True, slots=True)
class OfStage:
    """The rounds of one quarter and stage: how many, how many of them in no sum, and the sum of the others.

    `inexact` of these are no exact amounts: bounds, ranges and what is called approximate.
    """

    quarter: datetime.date
    stage: str
    rounds: int
    unstated: int
    amount: Decimal
    inexact: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """The rounds of one country or sector; `key` is its code or id, empty or `NO_SECTOR` where none is known."""

    key: str
    name: str
    rounds: int
    unstated: int
    amount: Decimal
    inexact: int

    def money(self, currency: str) -> Money | None:
        """The sum, which is in this currency; None where no amount is in it."""
        return money_of_sum(self.amount, self.inexact, currency) if self.rounds > self.unstated else None


@dataclass(frozen=True, slots=True)
class Spread:
    """How large the rounds of a stage are, in US dollars, within 2.5 %: a quarter are smaller than `lower`, half than
    `median`, three quarters than `upper`. Of a bound its end counts, so that of few rounds the three say little."""

    stage: str
    rounds: int
    lower: Decimal
    median: Decimal
    upper: Decimal

    @property
    def is_told(self) -> bool:
        """Whether there are enough rounds to tell of: of fewer, each of the three is one amount or a bound."""
        return self.rounds >= TOLD_OF


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of rounds by stage, and of `all`; the largest have `at_least` so much. None where no size is known."""

    by_stage: list[Spread]
    all: Spread | None
    at_least: Decimal | None


@dataclass(frozen=True, slots=True)
class Shares:
    """The countries and sectors of some rounds, most raised first, and their sizes."""

    countries: list[Ranked]
    sectors: list[Ranked]
    sizes: Sizes


def money_of_sum(amount: Decimal, inexact: int, currency: str) -> Money:
    """A sum, about so much where `inexact` of the amounts in it are no exact numbers."""
    return Money.about(amount, currency) if inexact else Money.exact(amount, currency)


def per_quarter(cut: Cut, currency: str, today: datetime.date) -> list[OfStage]:
    """The sums by quarter and stage, in one query; of no quarter after that of `today`."""
    asked = {"country": cut.country, "sector": cut.sector, "stages": list(cut.stages), "today": today}
    if cut.first and cut.end:
        rows = _per_quarter(COLUMNS[currency], is_dated=True).ask(**asked, first=cut.first, end=cut.end)
    else:
        rows = _per_quarter(COLUMNS[currency], is_dated=False).ask(**asked)
    return [OfStage(*row) for row in rows if row[2]]


@cache
def _per_quarter(column: str, *, is_dated: bool) -> KeptQuery:
    return KeptQuery(partial(_sums_of_quarters, column, is_dated=is_dated))


def _sums_of_quarters(column: str, *, is_dated: bool) -> QuerySet[Any]:
    words, day = CharField(), DateField()
    cells = RoundTotal.objects.filter(
        country=Given("country", words),
        sector=Given("sector"),
        stage__among=Given("stages", words),
        quarter__lte=Given("today", day),
    )
    if is_dated:
        chosen = cells.filter(quarter__gte=Given("first", day), quarter__lt=Given("end", day))
    else:
        chosen = cells.filter(quarter__gte=_twelve_quarters_back(cells))
    sums = chosen.values("quarter", "stage").annotate(
        number=Sum("rounds"), without=Sum("unstated"), amount=Sum(column), hedged=Sum("inexact")
    )
    return sums.order_by("quarter", "stage").values_list("quarter", "stage", "number", "without", "amount", "hedged")


def _twelve_quarters_back(cells: QuerySet[RoundTotal]) -> ExpressionWrapper:
    newest = Subquery(cells.order_by("-quarter").values("quarter")[:1])
    return ExpressionWrapper(newest - Value(TWELVE_QUARTERS), output_field=DateField())


def shares(cut: Cut, currency: str, largest: int) -> Shares:
    """What the rounds of a cut come to by country, by sector and by size, in one query. Its dates are needed.

    Countries and sectors are told whatever country or sector itself is asked for, of sectors the largest 200. A round
    is in each sector that its company has. `largest` is for how many rounds `Sizes.at_least` is told.
    """
    when = [cut.first, cut.end, list(cut.stages)]
    # Each country and each sector by name, so that the index is gone down to each rather than read through.
    params = [
        *([["", *countries.names("en")], cut.sector, *when]),
        *([cut.country, NO_SECTOR, *when]),
        *([cut.country, cut.sector, *when]),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SHARES.format(column=COLUMNS[currency]), params)
        rows = cursor.fetchall()
    found: dict[str, list[Ranked]] = {"country": [], "sector": []}
    for kind, *row in sorted((row[:7] for row in rows if row[0] in found), key=_most_first):
        found[kind].append(Ranked(*row))
    by_stage = {stage: dict(zip(steps, numbers, strict=True)) for kind, stage, *_, steps, numbers in rows if steps}
    return Shares(found["country"], found["sector"], _sizes(by_stage, largest))


def _most_first(row: tuple[Any, ...]) -> tuple[Any, ...]:
    _kind, key, name, rounds, _unstated, amount, _inexact = row
    return -amount, -rounds, name, key


def _sizes(by_stage: Mapping[str, Mapping[int, int]], largest: int) -> Sizes:
    """The sizes, of how many rounds each stage has of each step."""
    if not by_stage:
        return Sizes([], None, None)
    order = {stage: number for number, stage in enumerate([*Stage.values, ""])}
    whole: Counter[int] = Counter()
    for numbers in by_stage.values():
        whole.update(numbers)
    spreads = [_spread(stage, by_stage[stage]) for stage in sorted(by_stage, key=order.__getitem__)]
    steps = sorted(whole, reverse=True)
    beyond = list(accumulate(whole[step] for step in steps))
    top = steps[min(bisect_left(beyond, largest), len(steps) - 1)]
    # The step below, for an amount may be a little less than the foot of its own by the rounded logarithm.
    return Sizes(spreads, _spread("", whole), sizes.middle_of(top - 1))


def _spread(stage: str, numbers: Mapping[int, int]) -> Spread:
    steps = sorted(numbers)
    seen = list(accumulate(numbers[step] for step in steps))
    total = seen[-1]
    lower, upper = (sizes.middle_of(steps[bisect_left(seen, part * total / 4)]) for part in (1, 3))
    return Spread(stage, total, lower, sizes.median_of(numbers) or lower, upper)


_DATED: Final = "quarter >= %s and quarter < %s and stage = any(%s)"
_SUMS: Final = (
    "sum(rounds)::int as rounds, sum(unstated)::int as unstated, sum({column}) as amount, sum(inexact)::int as inexact"
)
_SECTOR, _TOTAL, _SIZE = (model._meta.db_table for model in (Sector, RoundTotal, RoundSize))
_SHARES: Final = f"""
    (select 'country', country, '', {_SUMS}, null::int[], null::int[] from {_TOTAL}
      where country = any(%s) and sector = %s and {_DATED} group by country having sum(rounds) > 0)
    union all
    (select 'sector', t.sector::text, coalesce(s.name, ''), t.rounds, t.unstated, t.amount, t.inexact, null, null
      from (
        select sector, {_SUMS} from {_TOTAL}
         where country = %s and sector = any(array(select id from {_SECTOR}) || %s) and {_DATED}
         group by sector having sum(rounds) > 0 order by amount desc, rounds desc, sector limit {SECTORS}
      ) t left join {_SECTOR} s on s.id = t.sector)
    union all
    (select 'size', stage, '', 0, 0, 0, 0, array_agg(size), array_agg(rounds) from (
        select stage, size, sum(rounds)::int as rounds
          from {_SIZE} where country = %s and sector = %s and {_DATED}
         group by stage, size having sum(rounds) > 0
      ) counted group by stage)"""
