"""Read what people type into forms: amounts such as `€12m` or `1,200,000`, dates such as `24 Aug 2023`. Pure Python.

Every function raises ValueError with a sentence for the person who typed: what is wrong with the words, and how to
mend it. Nothing is guessed: what could be two things is refused.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from funding.extraction.money import MOST, SIGNS
from funding.values import Money, Multiple, PartialDate, Quantity, plain

LEAST = Decimal(1_000)  # a smaller sum typed without a unit means millions as a rule
DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "BRL", "MXN", "TWD"})
EARLIEST, LATEST = 1900, 2100
_DIGITS = re.compile(r"[0-9][0-9.,' \u00a0\u202f]*")
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", re.ASCII)
_MONTH_FIRST = re.compile(r"(\d{1,2})[./](\d{4})", re.ASCII)
_WORDED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|er)?\.? )?(?:de )?([^\W\d]+)\.?(?: (\d{1,2})(?:st|nd|rd|th)?,?)? (\d{4})"
)


@dataclass(frozen=True, slots=True)
class TypedAmount:
    """An amount in currency units as it was typed; `currency` and `bound` are empty where they were not typed.

    `is_bare_dollar` marks a `$`, which stands for the dollars of many countries.
    """

    number: Decimal
    currency: str = ""
    bound: str = ""
    is_bare_dollar: bool = False

    def may_be_in(self, currency: str) -> bool:
        """Whether what was typed can be an amount of `currency`."""
        return self.currency in ("", currency) or (self.is_bare_dollar and currency in DOLLARS)


def flat(words: str) -> str:
    """Words without case, accents and doubled spaces, for comparison."""
    apart = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(char for char in apart if not unicodedata.combining(char)).split())


@cache
def _forms(section: str) -> dict[str, str]:
    """What each form of a section of the vocabulary stands for."""
    words = tomllib.loads((Path(__file__).parent / "typed.toml").read_text(encoding="utf-8"))
    return {form: meaning for meaning, forms in words[section].items() for form in forms}


def read_amount(words: str) -> TypedAmount:
    """The amount that was typed: `235m`, `€12m`, `12 Mio.`, `1.2bn USD`, `≈ 40m`, `1,200,000`.

    Raises ValueError where it is no amount, could be two, or is out of all proportion.
    """
    match = _DIGITS.search(words)
    if match is None:
        raise ValueError(f"“{words}” holds no figure. Write it as 12m, 1.2bn or 1,200,000.")
    digits = match.group().rstrip(" ,.'\u00a0\u202f")
    before, after = flat(words[: match.start()]), flat(words[match.start() + len(digits) :])
    bound, sign = _before(before)
    scale, unit = _after(after)
    if None in (bound, sign, scale, unit):
        raise ValueError(f"“{words}” is not read as an amount. Write it as 12m, 1.2bn or 1,200,000.")
    assert bound is not None and sign is not None and scale is not None and unit is not None
    if sign and unit and sign != unit:
        raise ValueError(f"“{words}” names two currencies. Keep the one the source states.")
    number = _number(digits, words, has_scale=scale > 1) * scale
    if number == 0:
        raise ValueError("An amount of 0 is no round. Choose “undisclosed” or “not stated” where no figure is given.")
    if scale == 1 and number < LEAST:
        raise ValueError(f"“{words}” has no unit. Write {digits}m for millions, {digits}bn for thousand millions.")
    if number >= MOST:
        raise ValueError(f"“{words}” is more than any round has raised. Check the unit.")
    if number * 100 % 1:
        raise ValueError(f"“{words}” is finer than a cent. Check the unit.")
    is_bare = "$" in words and not re.search(r"[A-Za-z]\.?\$|\$[A-Z]", words)
    return TypedAmount(Decimal(plain(number)), sign or unit, bound, is_bare)


def _before(words: str) -> tuple[str | None, str | None]:
    """The bound and the currency of what stands before the digits, None for each where it is neither."""
    whole = _currency(words)
    if whole:  # before any bound: "CA$" is no "ca. $"
        return "", whole
    bounds = _forms("bound")
    for form in sorted(bounds, key=len, reverse=True):
        rest = words.removeprefix(form)
        if rest != words and not (form[-1].isalnum() and rest[:1].isalnum()):
            return bounds[form], _currency(rest.lstrip(". "))
    return "", whole


def _after(words: str) -> tuple[Decimal | None, str | None]:
    """The scale and the currency of what stands after the digits, None for each where it is neither."""
    scales = _forms("scale")
    first = re.match(r"[^\W\d]+", words)
    form = first.group() if first else ""
    if form in scales:
        rest = words[len(form) :].lstrip(". ")
        for link in ("d'", "de ", "of "):
            rest = rest.removeprefix(link)
        return Decimal(scales[form]), _currency(rest)
    return Decimal(1), _currency(words)


def _currency(words: str) -> str | None:
    """The ISO code of a sign, code or name, empty for no words, None for others."""
    words = words.strip(" .")
    if not words:
        return ""
    signs = {flat(sign).strip(" ."): code for sign, code in SIGNS.items()}
    return signs.get(words) or _forms("currency").get(words)


def _number(digits: str, words: str, *, has_scale: bool) -> Decimal:
    """The number that digits state, with whatever marks group thousands."""
    digits = re.sub(r"[ \u00a0\u202f]", " ", digits)
    marks = [char for char in digits if not char.isdigit()]
    parts = re.split(r"[., ']", digits)
    if not marks:
        return Decimal(digits)
    is_grouped = len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:]) and len(set(marks)) == 1
    if len(marks) == 1 and marks[0] in ".,":
        if not is_grouped:
            return Decimal(f"{parts[0]}.{parts[1]}")
        if not has_scale:
            return Decimal("".join(parts))
        if parts[0] == "0":
            return Decimal(f"0.{parts[1]}")
        either = f"{parts[0]}{parts[1]} or {parts[0]}.{parts[1]}"
        raise ValueError(f"“{words}” may mean {either} of its unit. Write the amount in full, in units of money.")
    if is_grouped:
        return Decimal("".join(parts))
    # Groups of thousands and, after another mark, decimals: 1,200,000.50 or 1.200.000,50.
    *groups, decimals = parts
    grouped = len(groups[0]) <= 3 and all(len(part) == 3 for part in groups[1:]) and len(set(marks[:-1])) == 1
    if grouped and marks[-1] in ".," and marks[-1] != marks[0] and len(decimals) <= 2:
        return Decimal(f"{''.join(groups)}.{decimals}")
    raise ValueError(f"“{words}” is not grouped as an amount is. Write it as 1,200,000 or 1.2m.")


# How `Money.hedged` calls what the form names otherwise.
HEDGES = {"about": "approx", "at_most": "up_to"}


def money_of(number: Decimal, currency: str, bound: str) -> Money:
    """The amount as `bound` (`exactly`, `about`, `at_least`, `more_than`, `at_most`, `less_than`) makes it."""
    return Money.hedged(number, HEDGES.get(bound, bound), currency=currency)


_MULTIPLE = re.compile(r"(\D*?)\s*(\d{1,4}(?:[.,]\d{1,4})?)\s*(?:x|\u00d7|times|fois|-?fold)?", re.ASCII)


def read_multiple(words: str) -> Multiple:
    """How many times one value is another, as it was typed: `2.5`, `2x`, `more than 2`, `≈ 3 times`.

    Raises ValueError where it is no multiple.
    """
    match = _MULTIPLE.fullmatch(flat(words))
    bounds = _forms("bound")
    before = match[1].strip() if match else ""
    if match is None or (before and before not in bounds):
        raise ValueError(f"“{words}” is not read as a multiple. Write it as 2.5, more than 2 or about 3.")
    number = Decimal(match[2].replace(",", "."))
    if number == 0:
        raise ValueError("A value is never 0 times another. Check the number.")
    bound = bounds.get(before, "")
    return Multiple.hedged(number, HEDGES.get(bound, bound))


_COUNT = re.compile(r"(\D*?)\s*(\d{1,3}(?:([ .,'])\d{3})(?:\3\d{3})*|\d{1,9})", re.ASCII)


def read_count(words: str) -> Quantity:
    """How many there are, as it was typed: `140`, `1,200`, `about 300`, `more than 50`.

    Raises ValueError where it is no such number.
    """
    match = _COUNT.fullmatch(flat(words))
    bounds = _forms("bound")
    before = match[1].strip() if match else ""
    if match is None or (before and before not in bounds):
        raise ValueError(f"“{words}” is not read as a number. Write it as 140, 1,200 or about 300.")
    bound = bounds.get(before, "")
    return Quantity.hedged(Decimal(re.sub(r"\D", "", match[2])), HEDGES.get(bound, bound))


def read_date(words: str) -> PartialDate:
    """The date that was typed, as exact as it was typed: `2023-08-24`, `24 Aug 2023`, `May 2022`, `2019`.

    Raises ValueError where it is none, no such day exists, or day and month could be either way round.
    """
    cleaned = " ".join(words.replace(",", " ").split())
    try:
        found = _iso(cleaned) or _numeric(cleaned, words) or _worded(cleaned)
    except _NoSuchDay as error:
        raise ValueError(f"“{words}” is no day of the calendar. Check day and month.") from error
    if found is None:
        raise ValueError(f"“{words}” is not read as a date. Write it as 24 Aug 2023, Aug 2023 or 2023.")
    if not EARLIEST <= found.year <= LATEST:
        raise ValueError(f"“{words}” is in the year {found.year}. Check the year.")
    return found


class _NoSuchDay(ValueError):
    """The parts of a date are there, but the calendar has no such day."""


def _date(year: str, month: int | None = None, day: str | None = None) -> PartialDate:
    try:
        return PartialDate(int(year), month, int(day) if day else None)
    except ValueError as error:
        raise _NoSuchDay from error


def _iso(words: str) -> PartialDate | None:
    match = re.fullmatch(r"(\d{4})(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?", words, re.ASCII)
    return _date(match[1], int(match[2]) if match[2] else None, match[3]) if match else None


def _numeric(words: str, typed: str) -> PartialDate | None:
    """A date in digits, the day first; with strokes the month may be meant first, so it has to be plain."""
    if match := _DAY_FIRST.fullmatch(words):
        first, mark, second, year = match.groups()
        if mark == "/" and first != second and int(first) <= 12 and int(second) <= 12:
            raise ValueError(f"“{typed}” may be two days. Write the month as a word, as in 24 Aug 2023.")
        if mark == "/" and int(second) > 12:
            first, second = second, first
        return _date(year, int(second), first)
    if match := _MONTH_FIRST.fullmatch(words):
        return _date(match[2], int(match[1]))
    return None


def _worded(words: str) -> PartialDate | None:
    """A date whose month is a word, before or after its day."""
    match = _WORDED.fullmatch(flat(words))
    month = _forms("month").get(match[2]) if match else None
    if match is None or month is None or (match[1] and match[3]):
        return None
    return _date(match[4], int(month), match[1] or match[3])


def at_precision(date: PartialDate, precision: str, words: str) -> PartialDate:
    """The date cut to `precision` (`day`, `month`, `year`; as typed where empty).

    Raises ValueError where it was typed less exactly than that.
    """
    order = ("year", "month", "day")
    if not precision or precision == date.precision:
        return date
    if order.index(precision) > order.index(date.precision):
        raise ValueError(
            f"“{words}” names no {precision}. Write the {precision}, or choose “to the {date.precision}”."
        )
    return PartialDate.of(date.first_day, precision)
