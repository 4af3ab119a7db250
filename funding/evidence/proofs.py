"""Why a bound follows, in words: one sentence for each step of a proof, and the line that concludes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from funding import figures
from funding.models import Source, Valuation
from funding.values import Money, PartialDate, plain

from .notes import Notes, Quoted

PARTS = {Decimal(2): "Half of", Decimal(3): "A third of", Decimal(4): "A quarter of", Decimal(5): "A fifth of",
         Decimal(10): "A tenth of"}  # fmt: skip
TIMES = {Decimal(2): "Twice", Decimal(3): "Three times", Decimal(4): "Four times", Decimal(10): "Ten times"}
CONTRADICTION = "contradiction"
READ_AS_POST = "The source does not say whether this is before or after the money; it is read as post-money."


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a proof: the words it rests on, and what follows."""

    quoted: list[Quoted]
    so: str
    assumes: str = ""


def steps_of(steps: Iterable[Mapping[str, Any]], currency: str, notes: Notes) -> list[Step]:
    """The steps of a proof, each with its words; contradictions are told apart (`conflicts_of`)."""
    found: list[Step] = []
    before: Source | None = None
    for step in steps:
        if step["rule"] != CONTRADICTION:
            quoted = notes.quoted(step["statements"], before)
            before = quoted[-1].source if quoted else before
            found.append(Step(quoted, so(step, currency), READ_AS_POST if step.get("assumes_post") else ""))
    return found


def conflicts_of(valuation: Valuation, notes: Notes) -> list[Step]:
    """The smallest sets of statements, some of them about this round, that cannot all hold."""
    clashes = [step for step in valuation.proof if step["rule"] == CONTRADICTION]
    return [Step(notes.quoted(clash["statements"]), clash_words(clash)) for clash in clashes]


def clash_words(clash: Mapping[str, Any]) -> str:
    """Why statements cannot all hold: `Together they put the value in May 2022 above $6bn and at most at $4.5bn.`"""
    low, high = Decimal(clash["low"]), Decimal(clash["high"])
    which = "value before the money" if clash["kind"] == "pre" else "value"
    when = figures.when(PartialDate.from_iso(clash["on"])) if clash["on"] else "of an undated round"
    above = f"{_side(False, clash['low_open'])} {_amount(low, clash['currency'], upwards=False)}"
    below = f"{_side(True, clash['high_open'])} {_amount(high, clash['currency'], upwards=True)}"
    return f"Together they make the {which} {when} {above} and {below} at once. They cannot all hold."


def so(step: Mapping[str, Any], currency: str) -> str:
    """What follows from the statements of a step: `Half of $4.5bn is the upper end: below $2.25bn.`"""
    is_high, is_exact = step["end"] == "high", step["end"] == "both"
    bound = Decimal(step["bound"])
    upwards = None if is_exact else is_high
    amount = _amount(bound, currency, upwards=upwards)
    end = f"the {'upper' if is_high else 'lower'} end: {_side(is_high, step['is_open'])} {amount}"
    match step["rule"]:
        case "ratio_of_next" | "ratio_of_previous":
            is_next = step["rule"] == "ratio_of_next"
            times = Decimal(step["multiple"])
            other = _amount(bound * times if is_next else bound / times, currency, upwards=upwards)
            if times == 1:
                side = "The same as" if is_exact else _side(is_high, step["is_open"]).capitalize()
                return f"{side} {other}, the value {'after' if is_next else 'before'} it."
            part = _part(times, other) if is_next else f"{TIMES.get(times, f'{plain(times)} times')} {other}"
            return f"{part} is {amount if is_exact else end}."
        case "pre_plus_raised" | "post_less_raised":
            return f"{_sum(step, bound, currency, upwards)} {amount if is_exact else end}."
        case "exceeds_raised":
            return f"A post-money value exceeds the amount raised: {_side(is_high, step['is_open'])} {amount}."
        case "unicorn":
            return f"A unicorn is worth $1bn or more: {_side(is_high, step['is_open'])} {amount}."
    return f"The stated value is {amount if is_exact else end}."


def _part(times: Decimal, other: str) -> str:
    return f"{PARTS[times]} {other}" if times in PARTS else f"{other} divided by {plain(times)}"


def _sum(step: Mapping[str, Any], bound: Decimal, currency: str, upwards: bool | None) -> str:
    """The sum or the difference up to its verb."""
    raised = Decimal(step["amount"])
    money = _amount(raised, currency, upwards=upwards)
    if step["rule"] == "pre_plus_raised":
        verb = "make" if step["end"] == "both" else "make up"
        return f"{_amount(bound - raised, currency, upwards=upwards)} before the money and {money} raised {verb}"
    verb = "leaves" if step["end"] == "both" else "is"
    return f"{_amount(bound + raised, currency, upwards=upwards)} after the money, less {money} raised, {verb}"


def _side(is_high: bool, is_open: bool) -> str:
    if is_open:
        return "below" if is_high else "above"
    return "at most" if is_high else "at least"


def _amount(amount: Decimal, currency: str, *, upwards: bool | None) -> str:
    digits = figures.DIGITS + (upwards is None)
    return str(figures.number(amount, figures.sign_of(currency), upwards=upwards, digits=digits))


def conclusion(money: Money) -> str:
    """The interval as an inequality: `$100m < value < $2.25bn`."""
    sign = figures.sign_of(money.currency)
    if money.low is not None and money.low == money.high:
        return f"value = {figures.in_full(money)}"
    low = f"{figures.number(money.low, sign, upwards=False)} {'<' if money.low_open else '≤'} " if money.low else ""
    high = f" {'<' if money.high_open else '≤'} {figures.number(money.high, sign, upwards=True)}" if money.high else ""
    return f"{low}value{high}"
