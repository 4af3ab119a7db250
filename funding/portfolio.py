"""What an investor is engaged in, and with whom.

All of it is read from the sums beside the rounds, or from the newest `NEWEST` companies and rounds, so that it costs
the same however many rounds the investor took part in. Only closed rounds count.
"""

from collections.abc import Collection, Mapping
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
# Of a value, what its course and its cell need: of two hundred companies there are some five hundred.
READ: Final = (
    "company", "round", "low", "high", "low_open", "high_open", "is_approx", "currency", "basis", "origin", "follows",
    "valued_on", "valued_precision", "has_conflict", "usd", "eur", "gbp", "rate_on", "is_own_rate",
)  # fmt: skip
ROUNDS_SHOWN: Final = 10


def investments(investor: Investor | Given) -> QuerySet[Investment]:
    """The companies that an investor is in, the one of its latest round first."""
    return Investment.objects.filter(investor=investor).order_by(F("last_on").desc(nulls_last=True), "-id")


class Held(NamedTuple):
    """A company that an investor is in, by id, name and address name, and the round by which it came in."""

    company: int
    entry: int
    name: str
    slug: str


def newest(investor: Investor) -> list[Held]:
    """The newest companies of an investor."""
    return [Held(*row) for row in _NEWEST.ask(investor=investor.pk)]


def newest_rounds(investor: Investor, companies: Collection[int]) -> list[Participation]:
    """The newest parts, with their rounds and companies."""
    return _NEWEST_ROUNDS.ask(investor=investor.pk, companies=list(companies))


def invests_with(investor: Investor, companies: Collection[int]) -> list[dict[str, Any]]:
    """Who takes part in its newest rounds, the most often first: `name`, `slug`, `rounds`, `companies`, `last_on`."""
    return _INVESTS_WITH.ask(investor=investor.pk, companies=list(companies))


def _newest() -> QuerySet[Any]:
    columns = ("company", "entry", "company__name", "company__slug")
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
_NEWEST_ROUNDS: Final = KeptQuery(lambda: _parts().select_related("round__company", "round__valuation")[:ROUNDS_SHOWN])
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


def courses(entries: Mapping[int, int]) -> dict[int, Course]:
    """The course of each company that any value is known of; `entries` are the rounds of entry by company."""
    by_company: dict[int, list[Valuation]] = {}
    for one in _VALUED.ask(companies=list(entries)):
        by_company.setdefault(one.company_id, []).append(one)
    return {company: _course(found, entries[company]) for company, found in by_company.items()}


def _valued() -> QuerySet[Valuation]:
    """The values of some companies, each with how many statements agree on it."""
    of_round = KeyTransform("agreeing", KeyTransform(Field.VALUATION, "round__resolved"))
    agreeing = Coalesce(of_round, KeyTransform("agreeing", "resolved"))
    is_live = Q(round=None) | Q(round__is_live=True)
    counted = Valuation.objects.counted().filter(is_live, company__among=Given("companies"))
    said = Func(agreeing, function="jsonb_array_length", output_field=IntegerField())
    return counted.annotate(said=said).only(*READ).order_by("pk")


_VALUED: Final = KeptQuery(_valued)


def _course(found: list[Valuation], entry_round: int) -> Course:
    entry = next((one for one in found if one.round_id == entry_round), None)
    ordered = in_order(found)
    stated = [one for one in ordered if one.origin != Valuation.Origin.DERIVED]
    latest = (stated or ordered)[-1]
    is_later = entry is not None and latest is not entry and ordered.index(latest) > _place(ordered, entry)
    return Course(entry, latest, times(entry, latest) if entry is not None and is_later else None)


def _place(ordered: list[Valuation], one: Valuation) -> int:
    """Where a value stands among the dated ones; after all where it has no date, for nothing is surely later."""
    return ordered.index(one) if one in ordered else len(ordered)


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
