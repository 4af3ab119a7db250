"""The sums kept beside the rounds, which follow them in the same transaction.

A writer never waits for another here: it adds to a row of a cell that nobody else is writing to, and adds a row of
its own where there is none.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import F, OuterRef, Subquery

from companies.models import Investor
from config import copying
from funding.models import Investment, InvestorTotal, Participation, Round, RoundSize, RoundTotal
from funding.models.totals import ANY, ANY_SECTOR, NO_SECTOR
from funding.sizes import size_of
from funding.values import PartialDate

MONTHS: Final = 3  # in a quarter


class Key(NamedTuple):
    """A cell of the sums."""

    quarter: datetime.date
    stage: str
    country: str
    sector: int


class Counted(NamedTuple):
    """A closed round as it is counted. `is_inexact` is said of an amount that is no single number."""

    pk: int
    company_id: int
    stage: str
    country: str
    sector_ids: list[int]
    announced_on: datetime.date | None
    announced_precision: str
    is_inexact: bool
    raised_usd: Decimal | None
    raised_eur: Decimal | None
    raised_gbp: Decimal | None

    @classmethod
    def of(cls, one: Round) -> "Counted":
        return cls(
            one.pk,
            one.company_id,
            one.stage,
            one.country,
            one.sector_ids,
            one.announced_on,
            one.announced_precision,
            one.raised is not None and not one.raised.is_exact,
            one.raised_usd,
            one.raised_eur,
            one.raised_gbp,
        )


class Sums(NamedTuple):
    """What a cell holds, in the order of the columns."""

    rounds: int = 0
    unstated: int = 0
    inexact: int = 0
    usd: Decimal = Decimal(0)
    eur: Decimal = Decimal(0)
    gbp: Decimal = Decimal(0)

    def plus(self, other: "Sums", sign: int = 1) -> "Sums":
        return Sums(
            self.rounds + sign * other.rounds,
            self.unstated + sign * other.unstated,
            self.inexact + sign * other.inexact,
            self.usd + sign * other.usd,
            self.eur + sign * other.eur,
            self.gbp + sign * other.gbp,
        )


@dataclass(slots=True)
class Tally:
    """What the closed rounds of some companies come to. `investments` are by investor and company."""

    sums: dict[Key, Sums] = field(default_factory=lambda: defaultdict(Sums))
    sizes: Counter[tuple[Key, int]] = field(default_factory=Counter)
    parts: Counter[tuple[int, int, str, bool]] = field(default_factory=Counter)
    investments: dict[tuple[int, int], Investment] = field(default_factory=dict)
    entries: dict[tuple[int, int], Counted] = field(default_factory=dict)  # the first round of each


def tally(companies: Iterable[int]) -> Tally:
    """What the live closed rounds of these companies come to now."""
    closed = Round.objects.live().filter(company__in=companies, status=Round.Status.CLOSED)
    parts = Participation.objects.filter(round__in=closed).values_list("round", "investor", "is_lead")
    return tally_of(map(Counted.of, closed.defer("resolved").order_by("pk")), parts.order_by("pk"))


def tally_of(closed: Iterable[Counted], parts: Iterable[tuple[int, int, bool | None]]) -> Tally:
    """What closed rounds come to, with those who took part in them: round, investor and whether they led."""
    found = Tally()
    rounds = {one.pk: one for one in closed}
    for one in rounds.values():
        _count(found, one)
    for pk, investor, is_lead in parts:
        _take_part(found, rounds[pk], investor, bool(is_lead))
    return found


def cells(one: Counted) -> list[Key]:
    """The cells that a round is counted in; none where it has no date. A year alone is no quarter."""
    if one.announced_on is None or one.announced_precision == "year":
        return []
    on = one.announced_on
    quarter = on.replace(month=on.month - (on.month - 1) % MONTHS, day=1)
    sectors = one.sector_ids or [NO_SECTOR]
    return [
        Key(quarter, one.stage, country, sector)
        for country in (ANY, one.country)
        for sector in (ANY_SECTOR, *sorted(set(sectors)))
    ]


def investors_between(before: Tally, after: Tally) -> set[int]:
    """The investors whose parts differ between two tallies."""
    parts = before.parts.items() ^ after.parts.items()
    pairs = before.investments.keys() | after.investments.keys()
    return {key[0] for key, _ in parts} | {pair[0] for pair in pairs if _differ(before, after, pair)}


def follow(before: Tally, after: Tally, held: Sequence[Investor]) -> None:
    """Write what changed between two tallies of the same companies; `held` are the investors of it, locked."""
    _write_sums(before, after)
    _write_sizes(before, after)
    _write_investments(before, after)
    changed = investors_between(before, after)
    if not changed:
        return
    counters: dict[int, Counter[str]] = defaultdict(Counter)
    by_year: dict[tuple[int, int, str], Counter[bool]] = defaultdict(Counter)
    parts = Counter(after.parts)
    parts.subtract(before.parts)
    for (investor, year, stage, is_lead), number in parts.items():
        by_year[investor, year, stage][is_lead] += number
        counters[investor].update(rounds_count=number, led_count=number if is_lead else 0)
    for tallied, number in ((after, 1), (before, -1)):
        for investor, _ in tallied.investments:
            counters[investor]["companies_count"] += number
    _write_years(by_year)
    newest = _newest(changed)
    for record in held:
        for column, number in counters[record.pk].items():
            setattr(record, column, getattr(record, column) + number)
        if record.pk in changed:
            record.last_round_on = newest.get(record.pk)
            record.save(update_fields=["rounds_count", "led_count", "companies_count", "last_round_on"])


def clear() -> None:
    """Empty the sums, for who projects all again."""
    for model in (RoundTotal, RoundSize, Investment, InvestorTotal):
        model.objects.all().delete()
    Investor.objects.update(rounds_count=0, led_count=0, companies_count=0, last_round_on=None)


def _newest(investors: Iterable[int]) -> dict[int, datetime.date | None]:
    """The last dated round of each investor, one row of the index for each."""
    last = Investment.objects.filter(investor=OuterRef("pk")).order_by(F("last_on").desc(nulls_last=True), "-id")
    found = Investor.objects.filter(pk__in=investors).annotate(newest=Subquery(last.values("last_on")[:1]))
    return dict(found.values_list("pk", "newest"))


def _count(found: Tally, one: Counted) -> None:
    is_unstated = one.raised_usd is None
    is_inexact = not is_unstated and one.is_inexact
    amounts = (amount or Decimal(0) for amount in (one.raised_usd, one.raised_eur, one.raised_gbp))
    own = Sums(1, int(is_unstated), int(is_inexact), *amounts)
    size = size_of(one.raised_usd) if one.raised_usd else None
    for key in cells(one):
        found.sums[key] = found.sums[key].plus(own)
        if size is not None:
            found.sizes[key, size] += 1


def _take_part(found: Tally, one: Counted, investor: int, is_lead: bool) -> None:
    year = one.announced_on.year if one.announced_on else 0
    found.parts[investor, year, one.stage, is_lead] += 1
    pair = investor, one.company_id
    held = found.investments.setdefault(
        pair, Investment(investor_id=investor, company_id=one.company_id, rounds=0, led=0)
    )
    held.rounds += 1
    held.led += is_lead
    if pair not in found.entries or _in_time(one) < _in_time(found.entries[pair]):
        found.entries[pair] = one
        held.entry_id = one.pk
        held.first_on, held.first_precision = one.announced_on, one.announced_precision
    if one.announced_on and (held.last_on is None or one.announced_on > held.last_on):
        held.last_on, held.last_precision = one.announced_on, one.announced_precision


def _in_time(one: Counted) -> tuple[Any, ...]:
    """What rounds are ordered by as they were announced; undated ones come last."""
    on = PartialDate.of(one.announced_on, one.announced_precision) if one.announced_on else None
    return (on is None, on.last_day if on else datetime.date.max, one.pk)


def _write_sums(before: Tally, after: Tally) -> None:
    changes = {
        key: change
        for key in before.sums.keys() | after.sums.keys()
        if any(change := after.sums.get(key, Sums()).plus(before.sums.get(key, Sums()), -1))
    }
    _add(RoundTotal, Sums._fields, {tuple(key): tuple(change) for key, change in changes.items()})


def _write_sizes(before: Tally, after: Tally) -> None:
    changes = Counter(after.sizes)
    changes.subtract(before.sizes)
    _add(RoundSize, ("rounds",), {(*key, size): (number,) for (key, size), number in changes.items() if number})


COLUMNS: Final = {"quarter": "date", "stage": "text", "country": "text", "sector": "int", "size": "int"}
KINDS: Final = {
    "rounds": "int",
    "unstated": "int",
    "inexact": "int",
    "usd": "numeric",
    "eur": "numeric",
    "gbp": "numeric",
}


def _add(model: Any, columns: Iterable[str], changes: Mapping[tuple[Any, ...], tuple[Any, ...]]) -> None:
    """Add to the cells: to a row that is free, else as a new row."""
    if not changes:
        return
    table = model._meta.db_table
    keys = list(COLUMNS)[: len(next(iter(changes)))]
    columns = list(columns)
    rows = sorted(changes)
    places = ", ".join(f"%s::{COLUMNS[name]}[]" for name in keys)
    same = " and ".join(f"t.{name} = w.{name}" for name in keys)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select t.id, {', '.join(f't.{name}' for name in keys)} from {table} t"
            f" join unnest({places}) as w({', '.join(keys)}) on {same} for update of t skip locked",
            _arrays(rows),
        )
        free = {tuple(cells): pk for pk, *cells in cursor.fetchall()}
        known = [row for row in rows if row in free]
        if known:
            values = ", ".join(f"%s::{KINDS[name]}[]" for name in columns)
            cursor.execute(
                f"update {table} t set {', '.join(f'{name} = t.{name} + w.{name}' for name in columns)}"
                f" from unnest(%s::bigint[], {values}) as w(id, {', '.join(columns)}) where t.id = w.id",
                [[free[row] for row in known], *_arrays([changes[row] for row in known])],
            )
            is_empty = " and ".join(f"{name} = 0" for name in columns)
            cursor.execute(f"delete from {table} where id = any(%s) and {is_empty}", [[free[row] for row in known]])
    new = [(*row, *changes[row]) for row in rows if row not in free]
    copying.write(model, [*keys, *columns], new)


def _arrays(rows: Iterable[tuple[Any, ...]]) -> list[str]:
    """Rows as their columns, each a single value of a statement."""
    return [copying.as_array(column) for column in zip(*rows, strict=True)]


def _write_investments(before: Tally, after: Tally) -> None:
    for investor, company in sorted(before.investments.keys() - after.investments.keys()):
        Investment.objects.filter(investor=investor, company=company).delete()
    changed = [held for pair, held in sorted(after.investments.items()) if _differ(before, after, pair)]
    new = [held for held in changed if (held.investor_id, held.company_id) not in before.investments]
    copying.copy(Investment, new)
    Investment.objects.bulk_create(
        [held for held in changed if (held.investor_id, held.company_id) in before.investments],
        update_conflicts=True,
        unique_fields=["investor", "company"],
        update_fields=list(SHOWN),
    )


SHOWN: Final = ("rounds", "led", "entry", "first_on", "first_precision", "last_on", "last_precision")


def _differ(before: Tally, after: Tally, pair: tuple[int, int]) -> bool:
    """Whether an investment is another than it was, or is only in one of the two."""
    ours, theirs = before.investments.get(pair), after.investments.get(pair)
    return ours is None or theirs is None or _shown(ours) != _shown(theirs)


def _shown(held: Investment) -> list[Any]:
    return [getattr(held, "entry_id" if name == "entry" else name) for name in SHOWN]


def _write_years(by_year: Mapping[tuple[int, int, str], Counter[bool]]) -> None:
    """Add to the years of investors, in their order: a writer may wait for another here, but never in a circle."""
    rows = [(*key, count.total(), count[True]) for key, count in sorted(by_year.items()) if any(count.values())]
    if not rows:
        return
    table = InvestorTotal._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {table} as t (investor_id, year, stage, rounds, led)"
            " select * from unnest(%s::bigint[], %s::smallint[], %s::text[], %s::int[], %s::int[])"
            " on conflict (investor_id, year, stage)"
            " do update set rounds = t.rounds + excluded.rounds, led = t.led + excluded.led",
            _arrays(rows),
        )
        cursor.execute(
            f"delete from {table} where investor_id = any(%s) and rounds = 0 and led = 0",
            [sorted({row[0] for row in rows})],
        )
