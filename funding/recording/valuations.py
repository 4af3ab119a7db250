"""A company's valuations: those stated, and what follows from all that is said of them and of the rounds."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Protocol, TypeVar

from django.db.models import Q

from companies.models import AMOUNT_LIMIT, Company, Unicorn
from config import copying
from funding import intervals
from funding.intervals import Bounded, Compared, Conflict, Given, Step, ValuedRound
from funding.models import Round, Statement, Valuation
from funding.models.rounds import columns_of, counts_as_equity
from funding.rates import Rates
from funding.tellings import Field
from funding.values import Interval, Money, Multiple, from_json, plain, to_json

from .fields import is_open
from .holding import stored
from .round_facts import PRE_MONEY, converted, ends

CENTS, TIMES = Decimal("0.01"), Decimal("0.0001")
TIMES_LIMIT = Decimal(10) ** 8  # what the columns of a multiple stay below
VERDICTS = {True: Unicorn.YES, False: Unicorn.NO, None: Unicorn.UNDETERMINED}

AnInterval = TypeVar("AnInterval", bound=Interval)
new_valuation = copying.maker(Valuation)


def project_valuations(company: Company, rounds: Sequence[Round], lone: Sequence[Valuation], rates: Rates) -> None:
    """Write one valuation for each round that has one, stated or derived, and drop the others; `lone` are of no round.

    Sets the ends of its latest value, whether the company is a unicorn, whether it ever was, and since when, without
    saving the company; and on the rounds, which it does not save either, that they are in conflict.
    """
    kinds = _kinds_of(one.resolved[Field.VALUATION]["statement"] for one in rounds if Field.VALUATION in one.resolved)
    described = describe_valuations(company, rounds, lone, rates, kinds)
    kept = {one.round_id for one in described}
    # A round may have come from another company with its valuation.
    found = Valuation.objects.filter(Q(company=company, round__isnull=False) | Q(round__in=kept))
    held = {one.round_id: one for one in found}
    if gone := [one.pk for of, one in held.items() if of not in kept]:
        Valuation.objects.filter(pk__in=gone).delete()
    for valuation in described:
        was = held.get(valuation.round_id)
        valuation.pk = was.pk if was else None
        if was is None or stored(was) != stored(valuation):
            valuation.save()


def _kinds_of(statements: Iterable[int]) -> dict[int, str]:
    """The kind of the source of each statement."""
    return dict(Statement.objects.filter(pk__in=list(statements)).values_list("pk", "mention__source__kind"))


def describe_valuations(
    company: Company, rounds: Sequence[Round], lone: Sequence[Valuation], rates: Rates, kinds: Mapping[int, str]
) -> list[Valuation]:
    """The valuation of each round that has one, stated or derived, unsaved; `kinds` are those of the sources.

    Sets on the company, which it does not save, what follows from them and from those of no round; and on the rounds
    that they are in conflict.
    """
    ordered = sorted(rounds, key=_by_date)
    # What a rumour says never happened yet, so nothing follows from it; debt and grants value nothing.
    chain = [one for one in ordered if one.status == Round.Status.CLOSED and _may_value(one)]
    apart = [_stands_apart(one, chain) for one in chain]
    known = [_known(one, follows=at > 0 and apart[at - 1] and apart[at]) for at, one in enumerate(chain)]
    bounded = dict(zip([one.pk for one in chain], intervals.propagate(known), strict=True))
    described = []
    for one in rounds:
        follows = bounded.get(one.pk, Bounded())
        one.has_conflict |= bool(follows.contradicts)
        conflicts = [_conflict(clash, chain[clash.at]) for clash in follows.contradicts]
        described += _described(company, one, follows, conflicts, rates, kinds)
    valued = in_order(one for one in (*described, *lone) if one.is_counted)
    deciding = deciding_of(valued)
    company.unicorn = deciding.unicorn if deciding else ""
    company.valuation_low_usd, company.valuation_high_usd = ends(
        deciding.money if deciding else None, deciding.valued if deciding else None, rates
    )
    company.unicorn_on = next((one.valued_on for one in valued if one.unicorn == Unicorn.YES), None)
    said = {one.unicorn for one in valued}
    company.was_unicorn = next((one for one in (Unicorn.YES, Unicorn.UNDETERMINED, Unicorn.NO) if one in said), "")
    return described


class Dated(Protocol):
    """What the order of valuations goes by."""

    @property
    def pk(self) -> Any: ...
    @property
    def round_id(self) -> int | None: ...
    @property
    def valued_on(self) -> datetime.date | None: ...
    @property
    def usd(self) -> Decimal | None: ...


D = TypeVar("D", bound=Dated)


def in_order(valuations: Iterable[D]) -> list[D]:
    """Valuations oldest first; undated ones only where there are no others."""
    found = list(valuations)
    dated = [one for one in found if one.valued_on is not None]
    return sorted(dated, key=lambda one: (one.valued_on, one.usd or 0, one.round_id or 0, one.pk or 0)) or found


def deciding_of(valued: Sequence[Valuation]) -> Valuation | None:
    """The valuation, of several in order, that decides whether the company is a unicorn now.

    The last that is stated, or one derived since that leaves no doubt; the last of all where none is either.
    """
    for one in reversed(valued):
        if one.origin != Valuation.Origin.DERIVED or one.unicorn != Unicorn.UNDETERMINED:
            return one
    return valued[-1] if valued else None


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
    """Whether the round can be one of the sequence that "the previous value" counts in.

    Undated ones cannot, nor can a part of another round, at whose price it was sold unless another is stated.
    """
    if one.announced_on is None:
        return False
    return Field.VALUATION in one.resolved or (counts_as_equity(one.stage) and one.parent_id is None)


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
        pre=_given(one, PRE_MONEY),
    )


def _described(
    company: Company,
    one: Round,
    follows: Bounded,
    conflicts: list[dict[str, Any]],
    rates: Rates,
    kinds: Mapping[int, str],
) -> list[Valuation]:
    """The valuation of one round: the one stated, else the interval that follows, else none."""
    kept = one.resolved.get(Field.VALUATION)
    money = from_json(kept["value"]) if kept else storable(follows.money, CENTS, AMOUNT_LIMIT)
    if not isinstance(money, Money):
        return []
    columns: dict[str, Any] = {
        "valued_on": one.announced_on,
        "valued_precision": one.announced_precision,
        **columns_of(money),
        **converted(money, one.announced, rates),
        "basis": _basis(one) if kept else Valuation.Basis.POST,
        "origin": origin_of(kinds[kept["statement"]]) if kept else Valuation.Origin.DERIVED,
        "statement_id": kept["statement"] if kept else None,
        "proof": [*([] if kept else _steps(follows.steps)), *conflicts],
        "has_conflict": bool(conflicts) or bool(kept and is_open(kept)),
        "follows": _follows(follows, money, _basis(one) if kept else "post"),
        "unicorn": VERDICTS[intervals.is_unicorn(_in_dollars(one, follows, money, rates))],
        **_multiple(follows.multiple),
    }
    found = new_valuation(**columns)
    found.company, found.round = company, one
    return [found]


def _in_dollars(one: Round, follows: Bounded, money: Money, rates: Rates) -> Money | None:
    """The value after the money as far as it is known; a value before it is less, and bounds it from below alone."""
    after = storable(follows.money, CENTS, AMOUNT_LIMIT)
    if _basis(one) != "pre":
        # What is stated in one figure is shown, whatever contradicts it, and so it decides.
        after = money if after is None or money.low == money.high else after
    elif after is None and money.low and not money.is_approx:
        after = Money(money.low, None, True, currency=money.currency)
    return rates.convert(after, "USD", one.announced) if after else None


def origin_of(kind: str) -> str:
    """Where a stated value is from, by the kind of its source."""
    return {"entry": Valuation.Origin.ENTERED, "file": Valuation.Origin.IMPORTED}.get(kind, Valuation.Origin.STATED)


def _steps(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The steps of a proof as the record keeps them."""
    return [
        {
            "rule": step.rule,
            "end": step.end,
            "kind": step.kind,
            "bound": plain(step.bound),
            "is_open": step.is_open,
            "statements": list(step.statements),
            "assumes_post": step.assumes_post,
            "multiple": plain(step.multiple) if step.multiple is not None else None,
            "amount": plain(step.amount) if step.amount is not None else None,
        }
        for step in steps
    ]


def _conflict(clash: Conflict, at: Round) -> dict[str, Any]:
    """A contradiction as the record keeps it: its statements, and the value of which round they leave none for."""
    return {
        "rule": "contradiction",
        "statements": list(clash.statements),
        "on": at.announced.iso if at.announced else "",
        "kind": clash.kind,
        "low": plain(clash.low),
        "high": plain(clash.high),
        "low_open": clash.low_open,
        "high_open": clash.high_open,
        "currency": clash.currency,
    }


def _follows(follows: Bounded, money: Money, basis: str) -> dict[str, Any]:
    """What follows beside the value itself: the other of the two values, narrower bounds, the step-up, or why not."""
    found: dict[str, Any] = {}
    for kind, value, steps in (("post", follows.money, follows.steps), ("pre", follows.pre, follows.pre_steps)):
        bounds = storable(value, CENTS, AMOUNT_LIMIT)
        is_of_the_value = (basis == "pre") == (kind == "pre")
        is_known = is_of_the_value and (bounds == money or money.is_exact)
        if bounds and not is_known and not all(step.rule == "stated" for step in steps):
            found[kind] = {"value": to_json(bounds), "proof": _steps(steps)}
    for name, compared in (("step_up", follows.step_up), ("multiple", follows.multiple)):
        times = storable(compared.value, TIMES, TIMES_LIMIT)
        if times is None:
            found[name] = {"why": compared.why}
        elif name == "step_up":
            found[name] = {"value": to_json(times), "statements": list(compared.statements),
                           "assumes_post": compared.assumes_post}  # fmt: skip
    return found


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


def _multiple(compared: Compared) -> dict[str, Any]:
    """The columns of how many times the value before this is."""
    found: Multiple | None = storable(compared.value, TIMES, TIMES_LIMIT)
    proof = {"statements": list(compared.statements), "is_stated": compared.is_stated}
    return {
        "multiple_low": found.low if found else None,
        "multiple_high": found.high if found else None,
        "multiple_low_open": bool(found and found.low_open),
        "multiple_high_open": bool(found and found.high_open),
        "multiple_is_approx": bool(found and found.is_approx),
        "multiple_proof": proof if found else {},
    }
