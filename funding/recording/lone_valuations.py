"""A company's valuations of no round: what it is said to be worth on a day, by a list, a fund, the press or a person.

They bound no other value and none bounds them: docs/decisions tells why.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from companies.models import Company
from funding import intervals
from funding.models import Statement, Valuation
from funding.models.rounds import columns_of
from funding.rates import Rates
from funding.resolving import Resolved, resolve
from funding.tellings import Field
from funding.values import Money, PartialDate

from .fields import as_json, is_open, said_of, spoken_for
from .round_facts import converted
from .valuations import VERDICTS, origin_of

ON: Final = "on"  # the qualifier that gives the date of a value, as ISO 8601 writes it

Key = tuple[PartialDate | None, bool]


@dataclass(frozen=True, slots=True)
class Dated:
    """What is believed of the company's value on one date; `is_pre` where it is one before some money."""

    on: PartialDate | None
    is_pre: bool
    resolved: Resolved


def date_of(one: Statement) -> PartialDate | None:
    """The date that a value is of: the one that its statement gives, or else that of its source."""
    try:
        return PartialDate.from_iso(str(one.qualifiers[ON]))
    except (KeyError, ValueError):
        return one.mention.source.published


def believed(statements: Iterable[Statement], rates: Rates | None = None) -> list[Dated]:
    """The values that statements about a company itself give, one for each date, oldest first, undated ones last.

    A month is the same as the only day in it that another statement gives. A year is too long to be any day of it. A
    value before some money is another figure than one after it.
    """
    groups: dict[Key, list[Statement]] = defaultdict(list)
    for one in statements:
        if one.field == Field.VALUATION and isinstance(one.said, Money):
            groups[date_of(one), one.qualifiers.get("basis") == "pre"].append(one)
    merged: dict[Key, list[Statement]] = defaultdict(list)
    for (on, is_pre), group in groups.items():
        merged[_day_within(on, is_pre, groups), is_pre] += group
    resolved = {key: resolve(said_of(group, rates, key[0])) for key, group in merged.items()}
    found = [Dated(*key, each) for key, each in resolved.items() if each]
    return sorted(found, key=lambda one: (one.on is None, one.on and one.on.first_day, one.is_pre, str(one.on)))


def _day_within(on: PartialDate | None, is_pre: bool, groups: Mapping[Key, Any]) -> PartialDate | None:
    """The only day of a month that is given otherwise; else the date itself."""
    if on is None or on.precision != "month":
        return on
    same = (on.year, on.month)
    days = [day for day, pre in groups if day and day.day and pre == is_pre and (day.year, day.month) == same]
    return days[0] if len(days) == 1 else on


def project_lone_valuations(company: Company, statements: Sequence[Statement], rates: Rates) -> list[Valuation]:
    """Write the company's valuations of no round and drop those that nobody states any more; those there are now.

    A row keeps its id as long as its date stays, or else one of its statements.
    """
    found = believed(statements, rates)
    by_id = {one.pk: one for one in statements}
    held = {_key(one): one for one in Valuation.objects.filter(company=company, round=None).order_by("-pk")}
    rows = {(one.on, one.is_pre): held.pop((one.on, one.is_pre)) for one in found if (one.on, one.is_pre) in held}
    for one in found:
        if (one.on, one.is_pre) not in rows:
            said = {each.id for each in (*one.resolved.agreeing, *one.resolved.differing)}
            once = next((key for key, row in held.items() if said.intersection(spoken_for(row.resolved))), None)
            rows[one.on, one.is_pre] = held.pop(once) if once else Valuation(company=company)
    # Before the others are written: no two may have one date meanwhile.
    Valuation.objects.filter(pk__in=[row.pk for row in held.values()]).delete()
    described = [_described(rows[one.on, one.is_pre], company, one, by_id, rates) for one in found]
    for row in described:
        row.save()
    return described


def describe_lone_valuations(company: Company, statements: Sequence[Statement], rates: Rates) -> list[Valuation]:
    """The valuations of no round of a company that had none before, unsaved."""
    by_id = {one.pk: one for one in statements}
    return [_described(Valuation(), company, one, by_id, rates) for one in believed(statements, rates)]


def _key(one: Valuation) -> Key:
    return one.valued, one.basis == Valuation.Basis.PRE


def _described(
    row: Valuation, company: Company, one: Dated, by_id: Mapping[int, Statement], rates: Rates
) -> Valuation:
    chosen = one.resolved.chosen
    money = one.resolved.value
    assert isinstance(money, Money)
    kept = as_json(one.resolved)
    basis = chosen.qualifiers.get("basis")
    columns: dict[str, Any] = {
        "company": company,
        "round": None,
        "resolved": kept,
        "valued_on": one.on.first_day if one.on else None,
        "valued_precision": one.on.precision if one.on else "",
        **columns_of(money),
        **converted(money, one.on, rates),
        "basis": basis if basis in Valuation.Basis.values else Valuation.Basis.UNSPECIFIED,
        "origin": origin_of(by_id[chosen.id].mention.source.kind),
        "statement_id": chosen.id,
        "has_conflict": is_open(kept),
        "unicorn": VERDICTS[intervals.is_unicorn(_in_dollars(one, money, rates))],
    }
    for name, cell in columns.items():
        setattr(row, name, cell)
    return row


def _in_dollars(one: Dated, money: Money, rates: Rates) -> Money | None:
    """The value in US dollars; one before some money is less than after it, and bounds it from below alone."""
    if one.is_pre:
        if not money.low or money.is_approx:
            return None
        money = Money(money.low, None, True, currency=money.currency)
    return rates.convert(money, "USD", one.on)
