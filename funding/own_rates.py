"""Rates that the owner gives as CSV, and the jobs that bring the records up to what they make of amounts.

A file has the columns `date`, `currency`, `rate` and perhaps `base`: one unit of the base, the euro where none is
given, was worth `rate` units of the currency on that day. What cannot be taken is refused row by row, with the reason.
"""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from babel.numbers import is_currency
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.models import Company
from funding import jobs, rates, recording
from funding.models import Assignment, Exit, Job, OwnRate, Rate, Round, Statement, Valuation
from funding.recording.round_facts import CURRENCIES
from funding.values import PartialDate

COLUMNS: Final = ("date", "currency", "rate", "base")
NEEDED: Final = COLUMNS[:3]
FIRST_DAY: Final = datetime.date(1999, 1, 4)  # of the euro, by which all are converted
PLACES: Final = 8
LARGEST: Final = Decimal(10) ** 10
LONGEST: Final = 2_000_000  # characters of a file
BATCH: Final = 100  # companies that one job brings up to date


class BadFile(ValueError):
    """A file of rates that cannot be read at all; the message says why."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not taken: its line in the file, its cells as they stand there, and why."""

    line: int
    cells: str
    reason: str


@dataclass(slots=True)
class Read:
    """What a file holds: rates, those of them that are new or other than the one held, and the rows refused.

    `beside` counts the rates of days for which the European Central Bank has one, which stands before them.
    """

    rates: list[OwnRate] = field(default_factory=list)
    new: list[OwnRate] = field(default_factory=list)
    changed: list[OwnRate] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    beside: int = 0

    @property
    def unchanged(self) -> int:
        """How many rates are held already."""
        return len(self.rates) - len(self.new) - len(self.changed)


def decoded(content: bytes) -> str:
    """The text of a file. Raises BadFile."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(_("The file is no text in UTF-8.")) from None


def read(text: str, *, is_overriding: bool = False) -> Read:
    """What a file of rates holds, beside what is held of them; nothing is stored. Raises BadFile."""
    found = Read()
    given: dict[tuple[str, datetime.date], tuple[int, OwnRate]] = {}
    for line, row in _rows(text):
        try:
            one = _rate(row)
            first = given.get((one.currency, one.day))
            if first and (first[1].rate, first[1].base) != (one.rate, one.base):
                raise ValueError(_("Line %(line)d gives another rate for this day.") % {"line": first[0]})
        except ValueError as error:
            found.refused.append(Refused(line, ", ".join(row.values()), str(error)))
            continue
        one.is_overriding = is_overriding
        given.setdefault((one.currency, one.day), (line, one))
    found.rates = [one for _line, one in given.values()]
    _convert(found, {id(one): line for line, one in given.values()})
    _compare(found)
    return found


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows by column, each with its line. Raises BadFile."""
    if len(text) > LONGEST:
        raise BadFile(_("The file is longer than %(most)d characters.") % {"most": LONGEST})
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    lines = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in next(lines, [])]
        if missing := [name for name in NEEDED if name not in names]:
            raise BadFile(
                _("The first line has to name the columns date, currency and rate; “%(name)s” is missing.")
                % {"name": missing[0]}
            )
        if unknown := [name for name in names if name not in COLUMNS or names.count(name) > 1]:
            raise BadFile(_("“%(name)s” is no column of a file of rates, or is there twice.") % {"name": unknown[0]})
        for cells in lines:
            if any(cell.strip() for cell in cells):
                padded = [*cells, *[""] * len(names)][: max(len(names), len(cells))]
                row = dict(zip(names, (cell.strip() for cell in padded), strict=False))
                if len(cells) > len(names):
                    row["base"] = row.get("base", "") + delimiter + delimiter.join(cells[len(names) :])
                yield lines.line_num, row
    except csv.Error as error:
        message = _("Line %(line)d cannot be read: %(reason)s.")
        raise BadFile(message % {"line": lines.line_num, "reason": error}) from None


def _rate(row: dict[str, str]) -> OwnRate:
    """One rate, not converted yet. Raises ValueError with the reason in words."""
    currency, base = _currency(row["currency"]), _currency(row.get("base") or rates.EURO)
    if currency == base:
        raise ValueError(_("A rate is between two currencies, and both are %(code)s.") % {"code": currency})
    if currency == rates.EURO:
        raise ValueError(_("Give the rate of the other currency, with the euro as its base."))
    try:
        day = datetime.date.fromisoformat(row["date"])
    except ValueError:
        raise ValueError(_("“%(words)s” is no date such as 2024-05-31.") % {"words": row["date"][:20]}) from None
    if not FIRST_DAY <= day <= timezone.localdate():
        raise ValueError(_("Rates are of days from 4 January 1999, when the euro began, until today."))
    return OwnRate(currency=currency, base=base, day=day, rate=_number(row["rate"]))


def _currency(words: str) -> str:
    code = words.upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha() and is_currency(code)):
        raise ValueError(_("“%(words)s” is no currency; it is a code such as KES.") % {"words": words[:20]})
    return code


def _number(words: str) -> Decimal:
    try:
        number = (
            Decimal(words) if words.replace(".", "", 1).isascii() and words.replace(".", "", 1).isdigit() else None
        )
    except InvalidOperation:
        number = None
    if number is None:
        raise ValueError(_("“%(words)s” is no number such as 139.52.") % {"words": words[:30]})
    if not 0 < number < LARGEST or round(number, PLACES) != number:
        raise ValueError(_("A rate is more than zero, below ten thousand million, with at most eight decimals."))
    return number


def _convert(found: Read, lines: dict[int, int]) -> None:
    """What each rate is for one euro; those whose base has no rate on their day are refused."""
    held = rates.Rates()
    taken = []
    for one in found.rates:
        through = held.between(rates.EURO, one.base, PartialDate.of(one.day, "day"))
        per_euro = round(one.rate * through.rate, PLACES) if through else None
        if per_euro:
            one.per_euro = per_euro
            taken.append(one)
            continue
        reason = _("No rate of %(base)s is held for that day, so nothing follows for the euro.") % {"base": one.base}
        cells = f"{one.day}, {one.currency}, {one.rate}, {one.base}"
        found.refused.append(Refused(lines[id(one)], cells, reason))
    found.rates = taken
    found.refused.sort(key=lambda refused: refused.line)


def _compare(found: Read) -> None:
    currencies = {one.currency for one in found.rates}
    held = {(one.currency, one.day): one for one in OwnRate.objects.filter(currency__in=currencies)}
    of_bank = set(Rate.objects.filter(currency__in=currencies, is_own=False).values_list("currency", "day"))
    for one in found.rates:
        key = one.currency, one.day
        before = held.get(key)
        if before is None:
            found.new.append(one)
        elif _said(before) != _said(one):
            found.changed.append(one)
        found.beside += key in of_bank and not one.is_overriding


def _said(one: OwnRate) -> tuple[Any, ...]:
    return one.base, one.rate, one.per_euro, one.is_overriding


def store(found: Read, by: User | None) -> Job | None:
    """Keep the rates of a file, and queue what brings the records up to date; None where nothing changes.

    One transaction. Rates of the same day and currency are replaced; the rest stays.
    """
    changing = [*found.new, *found.changed]
    if not changing:
        return None
    now = timezone.now()
    for one in changing:
        one.given_by, one.given_at = by, now
    with transaction.atomic():
        OwnRate.objects.bulk_create(
            changing,
            update_conflicts=True,
            unique_fields=["currency", "day"],
            update_fields=["base", "rate", "per_euro", "is_overriding", "given_by", "given_at"],
            batch_size=1000,
        )
        return _follow({one.currency for one in changing}, by)


def remove(currency: str, by: User | None) -> Job | None:
    """Take back all own rates of a currency; None where there are none."""
    with transaction.atomic():
        number, _by_model = OwnRate.objects.filter(currency=currency).delete()
        return _follow({currency}, by) if number else None


def held() -> list[dict[str, Any]]:
    """The currencies that the owner gave rates of, with how many, from when to when, and how many come first."""
    by_currency = OwnRate.objects.values("currency").order_by("currency")
    overriding = Count("pk", filter=Q(is_overriding=True))
    return list(by_currency.annotate(number=Count("pk"), first=Min("day"), last=Max("day"), overriding=overriding))


def _follow(currencies: set[str], by: User | None) -> Job:
    rates.reload(currencies)
    about = {"currencies": sorted(currencies), "after": 0, "done": 0, "total": companies_with(currencies).count()}
    return _enqueue(f"rates:{timezone.now().isoformat()}", about, by)


def _enqueue(stem: str, about: dict[str, Any], by: User | None) -> Job:
    payload = about | {"stem": stem}
    return jobs.enqueue(Job.Kind.RATES, f"{stem}:{about['after']}", payload, by=by, total=about["total"])


def companies_with(currencies: Iterable[str]) -> QuerySet[Company]:
    """The companies of which amounts are stated or held that rates of these currencies may convert."""
    wanted = set(currencies)
    if wanted & set(CURRENCIES):  # every amount is converted into these
        amounts = Round.objects.live().exclude(raised_currency="")
        values = Valuation.objects.all()
        sums = Exit.objects.live().exclude(price_currency="", valuation_currency="")
        stated = Statement.objects.counted().filter(value__kind="money")
    else:
        amounts = Round.objects.live().filter(raised_currency__in=wanted)
        values = Valuation.objects.filter(currency__in=wanted)
        sums = Exit.objects.live().filter(Q(price_currency__in=wanted) | Q(valuation_currency__in=wanted))
        stated = Statement.objects.counted().filter(value__currency__in=sorted(wanted))
    told = Assignment.objects.live().filter(company__isnull=False)
    told = told.filter(Q(mention__in=stated.values("mention")) | Q(mention__in=stated.values("mention__company")))
    found = [rows.values("company") for rows in (amounts, values, sums, told)]
    return Company.objects.filter(Q(*(("pk__in", rows) for rows in found), _connector=Q.OR)).order_by("pk")


@jobs.handles(Job.Kind.RATES)
def bring_up_to_date(job: Job) -> jobs.Effects:
    """Project some companies again, in the order of their ids, and queue the job for those that follow."""
    about = job.payload
    following = companies_with(about["currencies"]).filter(pk__gt=about["after"])
    batch: Sequence[int] = list(following.values_list("pk", flat=True)[:BATCH])
    jobs.report_progress(job, "Converting amounts", about["done"], about["total"])

    def record() -> str:
        if not batch:
            return "All amounts are converted at the present rates"
        recording.reconvert(batch, job.created_by)
        done = about["done"] + len(batch)
        total = max(done, about["total"])
        _enqueue(about["stem"], about | {"after": batch[-1], "done": done, "total": total}, job.created_by)
        return f"{done} of {total} companies are up to date"

    return record
