"""The values a statement can hold: money, counts, multiples, dates with their precision, words and references.

Pure Python. Extraction makes them from text, `resolving` and `intervals` reason about them, and the database keeps
them as JSON (`to_json`, `from_json`). An interval keeps its ends, whether each belongs to it, and whether its source
called the figure approximate; nothing here is ever more exact than what was said.
"""

import calendar
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Self

# "About" is read as within a tenth: the press rounds at will, and a wider reading would hide real disagreements.
APPROXIMATELY = Decimal("0.10")


# How exactly an interval is told by one number; each is taken by `Interval.hedged`.
HEDGES = ("approx", "more_than", "at_least", "less_than", "up_to")


@dataclass(frozen=True, slots=True)
class Interval:
    """A number known exactly (`low == high`) or only by its ends; a missing end is unbounded.

    Raises ValueError where both ends are missing, are out of order, or shut out every number.
    """

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False
    is_approx: bool = False

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError("an interval needs at least one end")
        if self.low is not None and self.high is not None:
            if self.low > self.high:
                raise ValueError(f"the lower end {self.low} is above the upper end {self.high}")
            if self.low == self.high and (self.low_open or self.high_open):
                raise ValueError(f"nothing lies strictly between {self.low} and itself")

    @classmethod
    def hedged(cls, number: Decimal, hedge: str, **more: Any) -> Self:
        """A number as its hedge makes it: `approx`, `more_than`, `at_least`, `less_than`, `up_to`; else exactly it.

        `more` is what a kind of interval has beside its ends: the currency of money.
        """
        match hedge:
            case "approx":
                return cls(number, number, is_approx=True, **more)
            case "more_than" | "at_least":
                return cls(number, None, low_open=hedge == "more_than", **more)
            case "less_than" | "up_to":
                return cls(None, number, high_open=hedge == "less_than", **more)
        return cls(number, number, **more)

    @property
    def is_exact(self) -> bool:
        """Whether the source gives one number and does not call it approximate."""
        return self.low is not None and self.low == self.high and not self.is_approx

    @property
    def bound(self) -> str:
        """`exact`, `approx`, `at_least`, `at_most` or `range`, the extraction contract's words."""
        if self.high is None:
            return "at_least"
        if self.low is None:
            return "at_most"
        if self.is_approx:
            return "approx"
        return "exact" if self.low == self.high else "range"

    @property
    def hedge(self) -> str:
        """How exactly `middle` tells it, in the words of `hedged`; empty for an exact number, `approx` for a range."""
        if self.high is None:
            return "more_than" if self.low_open else "at_least"
        if self.low is None:
            return "less_than" if self.high_open else "up_to"
        return "" if self.is_exact else "approx"

    @property
    def middle(self) -> Decimal:
        """One number to sort and sum by: the value, the middle of a range, or the only end."""
        if self.low is None or self.high is None:
            return self.low if self.low is not None else self.high  # type: ignore[return-value]
        return (self.low + self.high) / 2

    def admits(self) -> tuple[Decimal | None, Decimal | None, bool, bool]:
        """The numbers that the wording allows, rounding and "about" included, as (low, high, low_open, high_open)."""
        low, high = self.low, self.high
        if low is not None and low == high:
            slack = abs(low) * APPROXIMATELY if self.is_approx else _rounding(low)
            return low - slack, low + slack, False, False
        if self.is_approx:
            low = None if low is None else low * (1 - APPROXIMATELY)
            high = None if high is None else high * (1 + APPROXIMATELY)
            return low, high, False, False
        return low, high, self.low_open, self.high_open


def _rounding(number: Decimal) -> Decimal:
    """Half a unit of the last digit that the figure was given with, at least two digits being taken as meant."""
    digits = number.normalize().as_tuple()
    if not any(digits.digits):
        return Decimal(0)
    exponent = int(digits.exponent)
    if len(digits.digits) == 1:
        exponent -= 1
    return Decimal(5).scaleb(exponent - 1)


@dataclass(frozen=True, slots=True)
class Money(Interval):
    """An amount in currency units (never thousands or millions) of one ISO 4217 currency."""

    currency: str = ""

    def __post_init__(self) -> None:
        Interval.__post_init__(self)
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError(f"{self.currency!r} is not an ISO currency code")
        if (self.low is not None and self.low < 0) or (self.high is not None and self.high < 0):
            raise ValueError("money here is never negative")

    @classmethod
    def exact(cls, amount: Decimal | int | str, currency: str) -> Self:
        """The amount itself, as `Decimal` units of `currency`."""
        return cls(Decimal(amount), Decimal(amount), currency=currency)

    @classmethod
    def about(cls, amount: Decimal | int | str, currency: str) -> Self:
        """An amount that its source calls approximate."""
        return cls(Decimal(amount), Decimal(amount), is_approx=True, currency=currency)

    @classmethod
    def at_least(cls, amount: Decimal | int | str, currency: str, *, strictly: bool = False) -> Self:
        """`amount` or more; `strictly` for "more than"."""
        return cls(Decimal(amount), None, low_open=strictly, currency=currency)

    @classmethod
    def at_most(cls, amount: Decimal | int | str, currency: str, *, strictly: bool = False) -> Self:
        """`amount` or less; `strictly` for "less than"."""
        return cls(None, Decimal(amount), high_open=strictly, currency=currency)


@dataclass(frozen=True, slots=True)
class Quantity(Interval):
    """A count, of employees for one."""


@dataclass(frozen=True, slots=True)
class Multiple(Interval):
    """How many times one value another is: "more than double" is `Multiple(Decimal(2), None, low_open=True)`."""


def hedge_of_sum(hedges: Iterable[str]) -> str:
    """How exactly the sum of some numbers is known, in the words of `Interval.hedged`, of how exactly each is.

    Lower bounds and exact numbers make a lower bound, upper ones an upper; all else is approximate.
    """
    found = set(hedges) - {""}
    for strict, weak in (("more_than", "at_least"), ("less_than", "up_to")):
        if found and found <= {strict, weak}:
            return strict if strict in found else weak
    return "approx" if found else ""


@dataclass(frozen=True, slots=True)
class Undisclosed:
    """The parties keep the figure secret, and a source says so; not the same as nothing having been said."""


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A day, month or year, no more exact than its source. Raises ValueError where no such day exists."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError("a day needs its month")
        datetime.date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def from_iso(cls, text: str) -> Self:
        """Read `2023-08-24`, `2023-08` or `2023`. Raises ValueError for anything else."""
        parts = text.split("-")
        widths = [len(part) for part in parts]
        if widths not in ([4], [4, 2], [4, 2, 2]) or not all(part.isascii() and part.isdigit() for part in parts):
            raise ValueError(f"{text!r} is no date of the form 2023-08-24, 2023-08 or 2023")
        return cls(*(int(part) for part in parts))

    @classmethod
    def of(cls, day: datetime.date, precision: str = "day") -> Self:
        """The date `day`, cut to `precision`."""
        return cls(day.year, None if precision == "year" else day.month, day.day if precision in ("day", "") else None)

    @property
    def precision(self) -> str:
        """`day`, `month` or `year`."""
        return "day" if self.day else "month" if self.month else "year"

    @property
    def iso(self) -> str:
        """The date as ISO 8601 writes it at this precision."""
        return "-".join(f"{part:02d}" for part in (self.year, self.month, self.day) if part is not None)

    @property
    def first_day(self) -> datetime.date:
        """The earliest day it can mean; what lists sort by."""
        return datetime.date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> datetime.date:
        """The latest day it can mean."""
        month = self.month or 12
        return datetime.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


@dataclass(frozen=True, slots=True)
class Text:
    """Words, or a code such as a stage."""

    text: str

    def __post_init__(self) -> None:
        if not self.text:
            raise ValueError("words cannot be empty")


@dataclass(frozen=True, slots=True)
class Reference:
    """Another mention of the same source, by its key there (`company:0`)."""

    key: str


Value = Money | Quantity | Multiple | Undisclosed | PartialDate | Text | Reference
INTERVALS: dict[str, type[Interval]] = {"money": Money, "quantity": Quantity, "multiple": Multiple}


def to_json(value: Value) -> dict[str, Any]:
    """The value as the database keeps it; decimals as plain strings, absent flags left out."""
    match value:
        case Interval():
            kind = next(name for name, of in INTERVALS.items() if type(value) is of)
            fields: dict[str, Any] = {"kind": kind}
            for end in ("low", "high"):
                number = getattr(value, end)
                if number is not None:
                    fields[end] = plain(number)
            fields |= {flag: True for flag in ("low_open", "high_open", "is_approx") if getattr(value, flag)}
            return fields | ({"currency": value.currency} if isinstance(value, Money) else {})
        case Undisclosed():
            return {"kind": "undisclosed"}
        case PartialDate():
            return {"kind": "date", "on": value.iso}
        case Text():
            return {"kind": "text", "text": value.text}
        case Reference():
            return {"kind": "reference", "key": value.key}
    raise TypeError(f"{value!r} is no value of a statement")


def from_json(fields: Mapping[str, Any]) -> Value:
    """The value that `to_json` wrote. Raises ValueError or KeyError for anything else."""
    kind = fields["kind"]
    if kind in INTERVALS:
        low, high = (None if fields.get(end) is None else Decimal(fields[end]) for end in ("low", "high"))
        flags = {flag: bool(fields.get(flag)) for flag in ("low_open", "high_open", "is_approx")}
        more = {"currency": fields["currency"]} if kind == "money" else {}
        return INTERVALS[kind](low, high, **flags, **more)  # type: ignore[return-value]
    match kind:
        case "undisclosed":
            return Undisclosed()
        case "date":
            return PartialDate.from_iso(fields["on"])
        case "text":
            return Text(fields["text"])
        case "reference":
            return Reference(fields["key"])
    raise ValueError(f"{kind!r} is no kind of value")


def agree(a: Value, b: Value) -> bool:
    """Whether both can be said of the same thing without contradiction.

    "About" stands for within ten per cent, a rounded figure for what rounds to it, a date for all it covers. Amounts
    of different currencies never agree here: convert them first.
    """
    if isinstance(a, Interval) and isinstance(b, Interval):
        if type(a) is not type(b) or (isinstance(a, Money) and isinstance(b, Money) and a.currency != b.currency):
            return False
        return _overlap(a, b)
    if isinstance(a, PartialDate) and isinstance(b, PartialDate):
        return a.first_day <= b.last_day and b.first_day <= a.last_day
    if isinstance(a, Text) and isinstance(b, Text):
        return a.text.casefold() == b.text.casefold()
    # A figure and "undisclosed" contradict nothing: the parties kept silent, and somebody else knew.
    return a == b or {type(a), type(b)} == {Money, Undisclosed}


def _overlap(a: Interval, b: Interval) -> bool:
    """Whether some number is allowed by both wordings."""
    for one, other in ((a.admits(), b.admits()), (b.admits(), a.admits())):
        low, high = one[0], other[1]
        if low is not None and high is not None and (low > high or (low == high and (one[2] or other[3]))):
            return False
    return True


def plain(number: Decimal) -> str:
    """The number without exponent or trailing zeros: `235000000`, `2.25`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def round_bound(number: Decimal, digits: int, *, upwards: bool) -> Decimal:
    """`number` to so many significant digits, a lower bound down and an upper bound up."""
    if not number:
        return number
    step = Decimal(1).scaleb(number.adjusted() - digits + 1)
    return (number / step).to_integral_value(ROUND_CEILING if upwards else ROUND_FLOOR) * step
