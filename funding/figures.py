"""Figures in words, as pages show them: amounts, counts, multiples and dates, never more exact than they are.

Two or three significant digits; a lower bound is rounded down and an upper bound up. The sign of a bound stands first:
`$235m`, `≈ $200m`, `> $4bn`, `$100m – $2.25bn`. They are written as the reader's language has it, which is the one
that Django is speaking: `235 M$`, `≈ 200 M$`, `> 4 Md$`, `100 M$ – 2,25 Md$` in French.
"""

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from funding.values import (
    Interval,
    Money,
    Multiple,
    PartialDate,
    Quantity,
    Reference,
    Text,
    Undisclosed,
    Value,
    plain,
    round_bound,
)

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪"}
SCALES = ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"), (Decimal(10) ** 3, "k"))
DIGITS = 3
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NBSP = "\u00a0"
THIN = "\u202f"  # a narrow space at which no line breaks


@dataclass(frozen=True, slots=True)
class Manner:
    """How a language writes figures: its point, what parts thousands, its units, its months, its places."""

    point: str
    thousands: str
    units: dict[str, str]
    months: tuple[str, ...]
    is_sign_last: bool
    per_cent: str


ENGLISH = Manner(".", ",", {unit: unit for _scale, unit in SCALES}, MONTHS, is_sign_last=False, per_cent="%")
FRENCH = Manner(
    point=",",
    thousands=THIN,
    units={"bn": "Md", "m": "M", "k": "k"},
    months=("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    is_sign_last=True,
    per_cent=f"{THIN}%",
)


def manner() -> Manner:
    """The manner of the language that is spoken now; the English one where none is."""
    return FRENCH if (get_language() or "").startswith("fr") else ENGLISH


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in two parts, so that in a column the digits end and the unit begins on one line: `$4.5` and `bn`."""

    digits: str
    unit: str = ""

    def __str__(self) -> str:
        return self.digits + self.unit


def money(value: Money | None) -> Figure:
    """An amount as a page shows it; no digits at all for None."""
    return interval(value, sign_of(value.currency)) if value else Figure("")


def sign_of(currency: str) -> str:
    """What stands before the digits of a currency: its sign, or its code and a space."""
    return SIGNS.get(currency, f"{currency}{NBSP}")


def interval(value: Interval, sign: str = "") -> Figure:
    """An interval with the sign of its bound: `≈ 140`, `> $4bn`, `$100m – $2.25bn`."""
    if value.low is not None and value.low == value.high:
        shown = number(value.low, sign)
        return Figure(f"≈{NBSP}{shown.digits}", shown.unit) if value.is_approx else shown
    if value.high is None and value.low is not None:
        shown = number(value.low, sign, upwards=False)
        return Figure(f"{'>' if value.low_open else '≥'}{NBSP}{shown.digits}", shown.unit)
    if value.low is None and value.high is not None:
        shown = number(value.high, sign, upwards=True)
        return Figure(f"{'<' if value.high_open else '≤'}{NBSP}{shown.digits}", shown.unit)
    assert value.low is not None and value.high is not None
    first, last = number(value.low, sign, upwards=False), number(value.high, sign, upwards=True)
    about = f"≈{NBSP}" if value.is_approx else ""
    return Figure(f"{about}{first} – {last.digits}", last.unit)


def number(amount: Decimal, sign: str = "", *, upwards: bool | None = None, digits: int = DIGITS) -> Figure:
    """One number with its unit, to three significant digits: down or up where it is a bound, else to the nearest."""
    written = manner()
    rounded = _rounded(amount, upwards, digits)
    scale, unit = next(((scale, unit) for scale, unit in SCALES if abs(rounded) >= scale), (Decimal(1), ""))
    shown, unit = _grouped(plain(rounded / scale), written), written.units.get(unit, "")
    if not written.is_sign_last:
        return Figure(f"{sign}{shown}", unit)
    parts = f"{unit}{sign}" if len(sign) == 1 else f"{unit} {sign.strip()}".strip().replace(" ", NBSP)
    return Figure(shown, f"{THIN}{parts}" if parts else "")


def bare(amount: Decimal, *, upwards: bool | None = None) -> str:
    """The digits of a number whose unit stands elsewhere, such as on top of its axis: `2.5`, `6,540`."""
    return _grouped(plain(_rounded(amount, upwards, DIGITS)), manner())


def as_typed(number: Decimal, *, has_unit: bool) -> str:
    """A number in full as its reader would type it: `1.25bn`, `12345678`; with a unit where two decimals suffice.

    A third decimal would make it read as grouped by thousands.
    """
    written = manner()
    for scale, unit in SCALES[:2] if has_unit else ():
        if number >= scale and not number / scale * 100 % 1:
            return f"{as_typed(number / scale, has_unit=False)}{' ' * written.is_sign_last}{written.units[unit]}"
    return plain(number).replace(".", written.point)


def _grouped(digits: str, written: Manner) -> str:
    """Digits with the point of a language, and with its thousands parted where there are as many: `63,400`."""
    whole_part, point, part = digits.partition(".")
    grouped = f"{int(whole_part):,}".replace(",", written.thousands) if len(whole_part) > DIGITS else whole_part
    return f"{grouped}{written.point if point else ''}{part}"


def scale_of(amount: Decimal) -> Decimal:
    """What the unit of an amount stands for: a thousand million for "bn", one where it has no unit."""
    rounded = _rounded(amount, None, DIGITS)
    return next((scale for scale, _unit in SCALES if abs(rounded) >= scale), Decimal(1))


def _rounded(amount: Decimal, upwards: bool | None, digits: int) -> Decimal:
    if upwards is not None:
        return round_bound(amount, digits, upwards=upwards)
    if not amount:
        return amount
    step = Decimal(1).scaleb(amount.adjusted() - digits + 1)
    return (amount / step).to_integral_value(ROUND_HALF_EVEN) * step


def whole(value: int | Decimal) -> str:
    """A whole number in full: `2,300`."""
    return f"{value:,.0f}".replace(",", manner().thousands)


def count(value: Quantity) -> str:
    """A count, in full: `2,300`, `≈ 140`."""
    ends = [whole(end) for end in (value.low, value.high) if end is not None]
    if value.low == value.high:
        return f"≈{NBSP}{ends[0]}" if value.is_approx else ends[0]
    if value.high is None:
        return f"{'>' if value.low_open else '≥'}{NBSP}{ends[0]}"
    if value.low is None:
        return f"{'<' if value.high_open else '≤'}{NBSP}{ends[0]}"
    return f"{ends[0]} – {ends[1]}"


def multiple(value: Multiple | None) -> str:
    """How many times: `> 2×`, `2.25×`, `≈ 3×`."""
    return f"{interval(value)}×" if value else ""


def percent(part: Interval) -> str:
    """A part of a whole: `5.22%`, `< 20%`, `≈ 10%`."""
    low, high = (None if end is None else end * 100 for end in (part.low, part.high))
    shown = interval(Interval(low, high, part.low_open, part.high_open, part.is_approx))
    return f"{shown}{manner().per_cent}"


def in_full(value: Money | None) -> str:
    """An amount as a sum shows it: to four significant digits where it is exact, so that the reader can add it up."""
    if value is None or value.low is None or value.low != value.high or value.is_approx:
        return str(money(value))
    return str(number(value.low, sign_of(value.currency), digits=DIGITS + 1))


def date(value: PartialDate | None) -> str:
    """`24 Aug 2023`, `May 2022` or `2019`."""
    if value is None:
        return ""
    written = manner()
    # The first of a month is the one day that French writes as an ordinal.
    day = "1er" if value.day == 1 and written is FRENCH else str(value.day or "")
    month = written.months[value.month - 1] if value.month else ""
    return " ".join(part for part in (day, month, str(value.year)) if part)


def day(value: datetime.date | None) -> str:
    """A day, or that of a moment in the zone of the site: `24 Aug 2023`; nothing for None."""
    if value is None:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime.datetime) else value
    return date(PartialDate(local.year, local.month, local.day))


def when(value: PartialDate) -> str:
    """`on 24 Aug 2023`, `in May 2022` or `in 2019`."""
    return (_("on %(date)s") if value.day else _("in %(date)s")) % {"date": date(value)}


def words(value: Value) -> str:
    """Any value of a statement in words."""
    match value:
        case Money():
            return str(money(value))
        case Quantity():
            return count(value)
        case Multiple():
            return multiple(value)
        case PartialDate():
            return date(value)
        case Undisclosed():
            return _("undisclosed")
        case Text():
            return value.text
        case Reference():
            return value.key
    raise TypeError(f"{value!r} is no value of a statement")
