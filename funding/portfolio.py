"""What an investor is engaged in, and with whom.

All of it is read from the sums beside the rounds, or from the newest `NEWEST` companies and rounds, so that it costs
the same however many rounds the investor took part in. Only closed rounds count.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any, Final, NamedTuple

from django.db.models import Count, F, Func, IntegerField, Max, Q, QuerySet
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce

from companies.models import Investor
from config.queries import Given, KeptQuery
from funding import evidence, intervals
from funding.intervals.multiples import Known, compare
from funding.models import Investment, InvestorTotal, Participation, Round, Valuation
from funding.recording.valuations import in_order
from funding.tellings import Field
from funding.values import Money, Multiple

NEWEST: Final = 200
OTHERS_SHOWN: Final = 20
# Of a value, what its course and its cell need.
READ: Final = (
    "company", "round", "low", "high", "low_open", "high_open", "is_approx", "currency", "basis", "origin", "follows",
    "valued_on", "valued_precision", "has_conflict", "usd", "eur", "gbp", "rate_on", "is_own_rate",
)  # fmt: skip
ROUNDS_SHOWN: Final = 10


def investments(investor: Investor | Given) -> QuerySet[Investment]:
    """The companies that an investor is in, the one of its latest round first."""
    return Investment.objects.filter(investor=investor).order_by(F("last_on").desc(nulls_last=True), "-id")


class Held(NamedTuple):
    """A company that an investor is in, by id, name and address name, the round by which it came in, and the last."""

    company: int
    entry: int
    name: str
    slug: str
    last_on: datetime.date | None


def newest(investor: Investor) -> list[Held]:
    """The newest companies of an investor."""
    return [Held(*row) for row in _NEWEST.ask(investor=investor.pk)]


def newest_rounds(investor: Investor, held: Sequence[Held]) -> list[Participation]:
    """The newest parts, with their rounds and companies; `held` are its newest companies.

    A round is at most as new as the last one in its company, so it is looked for in as many companies as rounds are
    shown, and in those whose last round is of the same day.
    """
    last = held[:ROUNDS_SHOWN][-1].last_on if held else None
    companies = [one.company for at, one in enumerate(held) if at < ROUNDS_SHOWN or one.last_on == last]
    return _NEWEST_ROUNDS.ask(investor=investor.pk, companies=companies)


def invests_with(investor: Investor, companies: Collection[int]) -> list[dict[str, Any]]:
    """Who takes part in its newest rounds, the most often first: `name`, `slug`, `rounds`, `companies`, `last_on`."""
    return _INVESTS_WITH.ask(investor=investor.pk, companies=list(companies))


def _newest() -> QuerySet[Any]:
    columns = ("company", "entry", "company__name", "company__slug", "last_on")
    return investments(Given("investor")).values_list(*columns)[:NEWEST]


def _parts() -> QuerySet[Participation]:
    """The investor's parts in rounds of these companies, the newest first.

    A round is at most as new as the last one in its company, so the newest `NEWEST` companies hold the newest `NEWEST`
    rounds.
    """
    own = Participation.objects.filter(investor=Given("investor"), round__company__among=Given("companies"))
    closed = own.filter(round__is_live=True, round__status=Round.Status.CLOSED)
    return closed.order_by(F("round__announced_on").desc(nulls_last=True), "-round")


def _invests_with() -> QuerySet[Any]:
    beside = Participation.objects.filter(round__in=_parts().values("round")[:NEWEST])
    others = beside.exclude(investor=Given("investor"))
    counted = others.values(name=F("investor__name"), slug=F("investor__slug")).annotate(
        rounds=Count("pk"), companies=Count("round__company", distinct=True), last_on=Max("round__announced_on")
    )
    ranked = counted.order_by("-rounds", "-companies", F("last_on").desc(nulls_last=True), "name")
    return ranked[:OTHERS_SHOWN]


_NEWEST: Final = KeptQuery(_newest)
_NEWEST_ROUNDS: Final = KeptQuery(lambda: _parts().select_related("round__company")[:ROUNDS_SHOWN])
_INVESTS_WITH: Final = KeptQuery(_invests_with)


@dataclass(frozen=True, slots=True)
class Course:
    """What a company was valued at in the round by which an investor came in, and last, as far as it is known.

    `times` is the last value by that of the entry after the money; None where either is unknown or both are one.
    Both have `said`, how many statements agree on them.
    """

    entry: Any
    latest: Any
    times: Multiple | None

    @property
    def direction(self) -> str:
        """`up`, `flat` or `down`; empty where the multiple leaves it open."""
        return intervals.direction(self.times) or ""


NOWHERE: Final = Course(None, None, None)


class _Dated(NamedTuple):
    """What tells which value of a company is the last, and which that of an entry."""

    pk: int
    company: int
    round_id: int | None
    valued_on: datetime.date | None
    usd: Decimal | None
    origin: str


class _Ends(NamedTuple):
    """The values of a company at entry and last, by id; the same one may be both."""

    entry: int | None
    latest: int
    is_later: bool


def courses(entries: Mapping[int, int], shown: Collection[int]) -> dict[int, Course]:
    """The course of each company that is shown and that any value is known of, and of those that may have risen.

    `entries` are the rounds of entry by company. Of two hundred companies there are some five hundred values: which
    of them are needed is seen first.
    """
    by_company: dict[int, list[_Dated]] = {}
    for row in _DATED.ask(companies=list(entries)):
        one = _Dated(*row)
        by_company.setdefault(one.company, []).append(one)
    ends = {company: _ends(found, entries[company]) for company, found in by_company.items()}
    needed = {company: one for company, one in ends.items() if one.is_later or company in shown}
    ids = {pk for one in needed.values() for pk in (one.entry, one.latest) if pk}
    valued = {one.pk: one for one in _VALUED.ask(values=list(ids))} if ids else {}
    return {company: _course(one, valued) for company, one in needed.items()}


def _counted() -> QuerySet[Valuation]:
    is_live = Q(round=None) | Q(round__is_live=True)
    return Valuation.objects.counted().filter(is_live).order_by("pk")


def _valued() -> QuerySet[Valuation]:
    """Some values, each with how many statements agree on it."""
    of_round = KeyTransform("agreeing", KeyTransform(Field.VALUATION, "round__resolved"))
    agreeing = Coalesce(of_round, KeyTransform("agreeing", "resolved"))
    said = Func(agreeing, function="jsonb_array_length", output_field=IntegerField())
    return Valuation.objects.filter(pk__among=Given("values")).annotate(said=said).only(*READ)


_DATED: Final = KeptQuery(lambda: _counted().filter(company__among=Given("companies")).values_list(*_Dated._fields))
_VALUED: Final = KeptQuery(_valued)


def _ends(found: Sequence[_Dated], entry_round: int) -> _Ends:
    entry = next((one for one in found if one.round_id == entry_round), None)
    ordered = in_order(found)
    stated = [one for one in ordered if one.origin != Valuation.Origin.DERIVED]
    latest = (stated or ordered)[-1]
    is_later = entry is not None and latest is not entry and ordered.index(latest) > _place(ordered, entry)
    return _Ends(entry.pk if entry else None, latest.pk, is_later)


def _place(ordered: Sequence[_Dated], one: _Dated) -> int:
    """Where a value stands among the dated ones; after all where it has no date, for nothing is surely later."""
    return ordered.index(one) if one in ordered else len(ordered)


def _course(ends: _Ends, valued: Mapping[int, Valuation]) -> Course:
    entry, latest = valued[ends.entry] if ends.entry else None, valued[ends.latest]
    return Course(entry, latest, times(entry, latest) if entry is not None and ends.is_later else None)


def times(entry: Valuation, latest: Valuation) -> Multiple | None:
    """How many times the value after the money of entry the latest value is, in the currency of both or in dollars.

    A bound that follows from no more than the money raised says nothing of a price, so a derived value counts only
    where both of its ends are known.
    """
    before, now = (_price(one) for one in (entry, latest))
    if before is None or now is None:
        return None
    if before.currency != now.currency:
        before, now = _in_dollars(entry, before), _in_dollars(latest, now)
        if before is None or now is None:
            return None
    return compare(Known(now, {}), Known(before, {}), "value_now").value


def _price(one: Valuation) -> Money | None:
    is_open = one.low is None or one.high is None
    if one.origin == Valuation.Origin.DERIVED and is_open:
        return None
    return evidence.after_of(one) or one.money


def _in_dollars(one: Valuation, price: Money) -> Money | None:
    """A price at the rate of the day of its valuation; None without one."""
    if price.currency == "USD":
        return price
    if one.usd is None or not one.money.middle or price.currency != one.currency:
        return None
    rate = one.usd / one.money.middle
    low, high = (None if end is None else round(end * rate, 2) for end in (price.low, price.high))
    return Money(low, high, price.low_open, price.high_open, price.is_approx, currency="USD")


@dataclass(frozen=True, slots=True)
class StepUps:
    """How the companies of a portfolio went since the entry: how many are worth more, the same or less.

    `open` counts those whose two values leave it open; `typical` is the median of the multiples that are known
    exactly, of which there are `exact`.
    """

    up: int
    flat: int
    down: int
    open: int
    exact: int
    typical: Multiple | None

    @property
    def known(self) -> int:
        """How many companies have both values."""
        return self.up + self.flat + self.down + self.open


def step_ups(found: Collection[Course]) -> StepUps:
    """What the courses of a portfolio come to."""
    compared = [one for one in found if one.times is not None]
    ways = [one.direction for one in compared]
    exact = [one.times.low for one in compared if one.times and one.times.is_exact and one.times.low is not None]
    middle = Decimal(median(exact)) if exact else None
    return StepUps(
        ways.count("up"), ways.count("flat"), ways.count("down"), ways.count(""), len(exact),
        Multiple(middle, middle) if middle is not None else None,
    )  # fmt: skip


def totals(investor: Investor) -> list[InvestorTotal]:
    """How many rounds of each year and stage it took part in, and led; the years in order, 0 for those undated."""
    return _TOTALS.ask(investor=investor.pk)


_TOTALS: Final = KeptQuery(lambda: InvestorTotal.objects.filter(investor=Given("investor")).order_by("year", "stage"))
