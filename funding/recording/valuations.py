"""A company's valuations: those stated, and the bounds that follow for the rounds whose value nobody states."""

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, TypeVar

from companies.models import AMOUNT_LIMIT, Company
from funding import intervals
from funding.intervals import Bounded, Given, ValuedRound
from funding.models import Round, Statement, Valuation
from funding.models.rounds import columns_of, counts_as_equity
from funding.rates import Rates
from funding.values import Interval, Money, Multiple, from_json, plain

from .fields import Field
from .round_facts import converted

CENTS, TIMES = Decimal("0.01"), Decimal("0.0001")
TIMES_LIMIT = Decimal(10) ** 8  # what the columns of a multiple stay below

AnInterval = TypeVar("AnInterval", bound=Interval)


def project_valuations(company: Company, rounds: Sequence[Round], rates: Rates) -> None:
    """Write one valuation for each round that has one, stated or derived, and drop the others."""
    ordered = sorted(rounds, key=_by_date)
    # What a rumour says never happened yet, so nothing follows from it; debt and grants value nothing.
    chain = [one for one in ordered if one.status == Round.Status.CLOSED and _may_value(one)]
    apart = [_stands_apart(one, chain) for one in chain]
    known = [_known(one, follows=at > 0 and apart[at - 1] and apart[at]) for at, one in enumerate(chain)]
    bounded = dict(zip([one.pk for one in chain], intervals.propagate(known), strict=True))
    company.valuations.exclude(round__in=[one.pk for one in rounds]).delete()
    for one in rounds:
        _write(company, one, bounded.get(one.pk, Bounded(None)), rates)


def _by_date(one: Round) -> tuple[bool, Any, int]:
    return one.announced_on is None, one.announced_on, one.pk


def _stands_apart(one: Round, chain: Sequence[Round]) -> bool:
    """Whether the dates tell of every other round that it was before this one, or after it.

    A month and a day of it leave that open, and so do two rounds of one day.
    """
    on = one.announced
    others = [other.announced for other in chain if other is not one]
    return on is not None and all(
        other is not None and (other.last_day < on.first_day or on.last_day < other.first_day) for other in others
    )


def _may_value(one: Round) -> bool:
    """Whether the round can be one of the sequence that "the previous value" counts in; undated ones cannot."""
    return one.announced_on is not None and (counts_as_equity(one.stage) or Field.VALUATION in one.resolved)


def _given(one: Round, field: str) -> Given[Any] | None:
    kept = one.resolved.get(field)
    return Given(from_json(kept["value"]), kept["statement"]) if kept else None


def _basis(one: Round) -> str:
    return str(one.resolved.get(Field.VALUATION, {}).get("qualifiers", {}).get("basis") or "unspecified")


def _known(one: Round, *, follows: bool) -> ValuedRound:
    """What a round's resolved fields give to reason from."""
    raised = _given(one, Field.RAISED)
    is_money = raised is not None and isinstance(raised.value, Money)
    return ValuedRound(
        stated=_given(one, Field.VALUATION),
        basis=_basis(one),
        raised=raised if is_money and counts_as_equity(one.stage) else None,
        ratio=_given(one, Field.VALUATION_RATIO),
        is_unicorn=_given(one, Field.IS_UNICORN),
        follows=follows,
    )


def _write(company: Company, one: Round, follows: Bounded, rates: Rates) -> None:
    """The valuation of one round: the one stated, else the interval that follows, else none."""
    kept = one.resolved.get(Field.VALUATION)
    money = from_json(kept["value"]) if kept else storable(follows.money, CENTS, AMOUNT_LIMIT)
    if not isinstance(money, Money):
        Valuation.objects.filter(round=one).delete()
        return
    conflicts = bool(follows.contradicts) or bool(kept and kept["differing"])
    if follows.contradicts and not one.has_conflict:
        one.has_conflict = True
        one.save(update_fields=["has_conflict"])
    Valuation.objects.update_or_create(
        round=one,
        defaults={
            "company": company,
            "valued_on": one.announced_on,
            "valued_precision": one.announced_precision,
            **columns_of(money),
            **converted(money, one.announced, rates),
            "basis": _basis(one) if kept else Valuation.Basis.POST,
            "origin": _origin(kept),
            "statement_id": kept["statement"] if kept else None,
            "proof": _proof(follows) if follows.contradicts or not kept else [],
            "has_conflict": conflicts,
            **_multiple(follows),
        },
    )


def _origin(kept: Mapping[str, Any] | None) -> str:
    if kept is None:
        return Valuation.Origin.DERIVED
    kind = Statement.objects.values_list("mention__source__kind", flat=True).get(pk=kept["statement"])
    return {"entry": Valuation.Origin.ENTERED, "file": Valuation.Origin.IMPORTED}.get(kind, Valuation.Origin.STATED)


def _proof(follows: Bounded) -> list[dict[str, Any]]:
    """The steps as the record keeps them; a contradiction is one step that names its statements."""
    if follows.contradicts:
        return [{"rule": "contradiction", "statements": list(follows.contradicts)}]
    return [
        {
            "rule": step.rule,
            "end": step.end,
            "bound": plain(step.bound),
            "is_open": step.is_open,
            "statements": list(step.statements),
            "assumes_post": step.assumes_post,
            "multiple": plain(step.multiple) if step.multiple is not None else None,
        }
        for step in follows.steps
    ]


def storable(found: AnInterval | None, step: Decimal, limit: Decimal) -> AnInterval | None:
    """An interval in whole steps, its lower end rounded down and its upper end up; None where an end is too large.

    What was between the ends still is, and open ends never meet.
    """
    ends = [end for end in (found.low, found.high) if end is not None] if found else []
    if found is None or max(ends) >= limit - 1:
        return None
    if len(ends) == 2 and ends[0] == ends[1]:
        return dataclasses.replace(found, low=ends[0].quantize(step), high=ends[0].quantize(step))
    low = None if found.low is None else found.low.quantize(step, ROUND_FLOOR)
    high = None if found.high is None else found.high.quantize(step, ROUND_CEILING)
    return dataclasses.replace(found, low=low, high=high)


def _multiple(follows: Bounded) -> dict[str, Any]:
    """The columns of how many times the value before this is."""
    found: Interval | None = storable(follows.multiple, TIMES, TIMES_LIMIT)
    proof = {"statements": list(follows.multiple_statements), "is_stated": follows.multiple_is_stated}
    ends = found or Multiple(low=1, high=None)  # type: ignore[arg-type]
    return {
        "multiple_low": ends.low if found else None,
        "multiple_high": ends.high if found else None,
        "multiple_low_open": bool(found and ends.low_open),
        "multiple_high_open": bool(found and ends.high_open),
        "multiple_is_approx": bool(found and ends.is_approx),
        "multiple_proof": proof if found else {},
    }
