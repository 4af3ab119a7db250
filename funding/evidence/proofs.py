"""Why a bound follows, in words: one sentence for each step of a proof, and the line that concludes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from funding import figures
from funding.models import Source, Valuation
from funding.values import Money, PartialDate

from .notes import Notes, Quoted

PARTS = {
    Decimal(2): gettext_noop("Half of %(other)s"),
    Decimal(3): gettext_noop("A third of %(other)s"),
    Decimal(4): gettext_noop("A quarter of %(other)s"),
    Decimal(5): gettext_noop("A fifth of %(other)s"),
    Decimal(10): gettext_noop("A tenth of %(other)s"),
}
TIMES = {
    Decimal(2): gettext_noop("Twice %(other)s"),
    Decimal(3): gettext_noop("Three times %(other)s"),
    Decimal(4): gettext_noop("Four times %(other)s"),
    Decimal(10): gettext_noop("Ten times %(other)s"),
}
CONTRADICTION = "contradiction"
READ_AS_POST = gettext_lazy(
    "The source does not say whether this is before or after the money; it is read as post-money."
)


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
    """Why statements cannot all hold: `Together they make the value in May 2022 above $6bn and at most $4.5bn …`"""
    low, high = Decimal(clash["low"]), Decimal(clash["high"])
    told = {
        "when": figures.when(PartialDate.from_iso(clash["on"])) if clash["on"] else _("of an undated round"),
        "above": _bound(False, clash["low_open"], _amount(low, clash["currency"], upwards=False)),
        "below": _bound(True, clash["high_open"], _amount(high, clash["currency"], upwards=True)),
    }
    if clash["kind"] == "pre":
        words = _("Together they make the value before the money %(when)s %(above)s and %(below)s at once.")
    else:
        words = _("Together they make the value %(when)s %(above)s and %(below)s at once.")
    return f"{words % told} {_('They cannot all hold.')}"


def so(step: Mapping[str, Any], currency: str) -> str:
    """What follows from the statements of a step: `Half of $4.5bn is the upper end: below $2.25bn.`"""
    is_high, is_exact = step["end"] == "high", step["end"] == "both"
    bound = Decimal(step["bound"])
    upwards = None if is_exact else is_high
    amount = _amount(bound, currency, upwards=upwards)
    limit = _bound(is_high, step["is_open"], amount)
    end = (_("the upper end: %(bound)s") if is_high else _("the lower end: %(bound)s")) % {"bound": limit}
    match step["rule"]:
        case "ratio_of_next" | "ratio_of_previous":
            is_next = step["rule"] == "ratio_of_next"
            times = Decimal(step["multiple"])
            other = _amount(bound * times if is_next else bound / times, currency, upwards=upwards)
            if times == 1:
                same = (
                    _("The same as %(other)s") % {"other": other}
                    if is_exact
                    else _bound(is_high, step["is_open"], other)
                )
                beside = _("%(same)s, the value after it.") if is_next else _("%(same)s, the value before it.")
                return beside % {"same": same[:1].upper() + same[1:]}
            part = _part(times, other) if is_next else _times(times, other)
            return _("%(part)s is %(amount)s.") % {"part": part, "amount": amount if is_exact else end}
        case "pre_plus_raised" | "post_less_raised":
            return _sum(step, bound, currency, upwards) % {"made": amount if is_exact else end}
        case "exceeds_raised":
            return _("A post-money value exceeds the amount raised: %(bound)s.") % {"bound": limit}
        case "unicorn":
            billion = _amount(Decimal(10) ** 9, "USD", upwards=None)
            return _("A unicorn is worth %(billion)s or more: %(bound)s.") % {"billion": billion, "bound": limit}
    return _("The stated value is %(amount)s.") % {"amount": amount if is_exact else end}


def _part(times: Decimal, other: str) -> str:
    if times in PARTS:
        return _(PARTS[times]) % {"other": other}
    return _("%(other)s divided by %(times)s") % {"other": other, "times": figures.number(times)}


def _times(times: Decimal, other: str) -> str:
    if times in TIMES:
        return _(TIMES[times]) % {"other": other}
    return _("%(times)s times %(other)s") % {"other": other, "times": figures.number(times)}


def _sum(step: Mapping[str, Any], bound: Decimal, currency: str, upwards: bool | None) -> str:
    """The sum or the difference, with a place left for what it makes."""
    raised, is_exact = Decimal(step["amount"]), step["end"] == "both"
    is_sum = step["rule"] == "pre_plus_raised"
    told = {
        "value": _amount(bound - raised if is_sum else bound + raised, currency, upwards=upwards),
        "raised": _amount(raised, currency, upwards=upwards),
        "made": "%(made)s",
    }
    if is_sum and is_exact:
        return _("%(value)s before the money and %(raised)s raised make %(made)s.") % told
    if is_sum:
        return _("%(value)s before the money and %(raised)s raised make up %(made)s.") % told
    if is_exact:
        return _("%(value)s after the money, less %(raised)s raised, leaves %(made)s.") % told
    return _("%(value)s after the money, less %(raised)s raised, is %(made)s.") % told


def _bound(is_high: bool, is_open: bool, amount: str) -> str:
    """`below $2.25bn`, `at least $1bn`."""
    if is_open:
        words = _("below %(amount)s") if is_high else _("above %(amount)s")
    else:
        words = _("at most %(amount)s") if is_high else _("at least %(amount)s")
    return words % {"amount": amount}


def _amount(amount: Decimal, currency: str, *, upwards: bool | None) -> str:
    digits = figures.DIGITS + (upwards is None)
    return str(figures.number(amount, figures.sign_of(currency), upwards=upwards, digits=digits))


def conclusion(money: Money) -> str:
    """The interval as an inequality: `$100m < value < $2.25bn`."""
    sign = figures.sign_of(money.currency)
    value = _("value")
    if money.low is not None and money.low == money.high:
        return f"{value} = {figures.in_full(money)}"
    low = f"{figures.number(money.low, sign, upwards=False)} {'<' if money.low_open else '≤'} " if money.low else ""
    high = f" {'<' if money.high_open else '≤'} {figures.number(money.high, sign, upwards=True)}" if money.high else ""
    return f"{low}{value}{high}"
