"""Why a bound follows, in words: one sentence for each step of a proof, and the line that concludes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from funding import figures
from funding.models import Source, Valuation
from funding.values import Money, plain

from .notes import Notes, Quoted

PARTS = {Decimal(2): "Half of", Decimal(3): "A third of", Decimal(4): "A quarter of", Decimal(5): "A fifth of",
         Decimal(10): "A tenth of"}  # fmt: skip
TIMES = {Decimal(2): "Twice", Decimal(3): "Three times", Decimal(4): "Four times", Decimal(10): "Ten times"}
READ_AS_POST = "The source does not say whether this is before or after the money; it is read as post-money."


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a proof: the words it rests on, and what follows."""

    quoted: list[Quoted]
    so: str
    assumes: str = ""


def steps_of(valuation: Valuation, notes: Notes) -> list[Step]:
    """The proof of a derived valuation; of one that is contradicted, the statements that cannot all hold."""
    found: list[Step] = []
    before: Source | None = None
    for step in valuation.proof:
        quoted = notes.quoted(step["statements"], before)
        before = quoted[-1].source if quoted else before
        found.append(Step(quoted, so(step, valuation.currency), READ_AS_POST if step.get("assumes_post") else ""))
    return found


def so(step: Mapping[str, Any], currency: str) -> str:
    """What follows from the statements of a step: `Half of $4.5bn is the upper end: below $2.25bn.`"""
    if step["rule"] == "contradiction":
        return "These statements cannot all hold, so nothing is derived from them."
    is_high = step["end"] == "high"
    bound = Decimal(step["bound"])
    which = "upper" if is_high else "lower"
    words = f"{_side(is_high, step['is_open'])} {_amount(bound, currency, upwards=is_high)}"
    match step["rule"]:
        case "ratio_of_next":
            times = Decimal(step["multiple"])
            other = _amount(bound * times, currency, upwards=is_high)
            part = f"{PARTS[times]} {other}" if times in PARTS else f"{other} divided by {plain(times)}"
            return f"{part} is the {which} end: {words}."
        case "ratio_of_previous":
            times = Decimal(step["multiple"])
            other = _amount(bound / times, currency, upwards=is_high)
            return f"{TIMES.get(times, f'{plain(times)} times')} {other} is the {which} end: {words}."
        case "exceeds_raised":
            return f"A post-money value exceeds the amount raised: {words}."
        case "unicorn":
            return f"A unicorn is worth $1bn or more: {words}."
    return f"The stated value is the {which} end: {words}."


def _side(is_high: bool, is_open: bool) -> str:
    if is_open:
        return "below" if is_high else "above"
    return "at most" if is_high else "at least"


def _amount(amount: Decimal, currency: str, *, upwards: bool) -> str:
    return str(figures.number(amount, figures.sign_of(currency), upwards=upwards))


def conclusion(money: Money) -> str:
    """The interval as an inequality: `$100m < value < $2.25bn`."""
    sign = figures.sign_of(money.currency)
    if money.low is not None and money.low == money.high:
        return f"value = {figures.money(money)}"
    low = f"{figures.number(money.low, sign, upwards=False)} {'<' if money.low_open else '≤'} " if money.low else ""
    high = f" {'<' if money.high_open else '≤'} {figures.number(money.high, sign, upwards=True)}" if money.high else ""
    return f"{low}value{high}"
