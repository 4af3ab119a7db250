"""Find dates and read them against the day of publication, never more exactly than the words allow."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from funding.extraction import vocabulary
from funding.extraction.facts import Span
from funding.extraction.text import Document
from funding.extraction.vocabulary import Vocabulary, forms, pattern_of
from funding.values import PartialDate

EARLIEST, LATEST = 1950, 2099  # a number outside is no year
SLACK = datetime.timedelta(days=1)  # papers print tomorrow's date


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in the text; `reading` tells how it was read, and `is_relative` that it was counted from the anchor.

    `counted_from` is where the text itself states the date that this one is counted from.
    """

    span: Span
    value: PartialDate
    reading: str
    is_relative: bool
    counted_from: Span | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """All words that the value needs, its own first."""
        return (self.span, self.counted_from) if self.counted_from else (self.span,)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The compiled date patterns of a language with what their words stand for."""

    patterns: tuple[tuple[re.Pattern[str], str, str, int], ...]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    units: Mapping[str, str]
    counts: Mapping[str, int]


@cache
def calendar(code: str) -> Calendar:
    """The date patterns of a language, compiled once."""
    words = vocabulary.load(code)
    dates = words.dates
    months = {form.casefold(): int(n) for n, group in dates["months"].items() for form in forms(group)}
    weekdays = {form.casefold(): int(n) for n, group in dates["weekdays"].items() for form in forms(group)}
    units = {form.casefold(): unit for unit, group in dates["units"].items() for form in forms(group)}
    counts = {
        form.casefold(): int(value)
        for value, group in words.numbers["words"].items()
        for form in forms(group)
        if value.isdigit()
    }
    parts = {
        "{month}": f"(?P<month>{pattern_of(months)})(?!\\w)",
        "{weekday}": f"(?P<weekday>{pattern_of(weekdays)})(?!\\w)",
        "{day}": r"(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)",
        "{year}": r"(?P<year>(?:19|20)\d\d)(?!\d)",
        "{month_number}": r"(?P<month_number>1[0-2]|0?[1-9])",
        "{count}": f"(?P<count>\\d{{1,2}}|{pattern_of(counts)})",
        "{unit}": f"(?P<unit>{pattern_of(units)})(?!\\w)",
    }
    patterns = []
    for row in dates["patterns"]:
        form = row["form"]
        for part, pattern in parts.items():
            form = form.replace(part, pattern)
        compiled = re.compile(f"(?<![\\w€$£/.,])(?i:{form})(?![\\w€$£%])")
        patterns.append((compiled, row["reading"], row.get("unit", ""), int(row.get("by", 0))))
    return Calendar(tuple(patterns), months, weekdays, units, counts)


def find_dates(document: Document, words: Vocabulary, anchor: PartialDate | None) -> list[FoundDate]:
    """The dates of a text in order; of overlapping readings the one that starts first, then the earlier pattern."""
    rules = calendar(words.code)
    candidates = []
    for rank, (pattern, reading, unit, by) in enumerate(rules.patterns):
        for match in pattern.finditer(document.text):
            candidates.append((match.start(), -match.end(), rank, match, reading, unit, by))
    candidates.sort(key=lambda row: row[:3])
    found: list[FoundDate] = []
    end = -1
    for start, negative_end, _, match, reading, unit, by in candidates:
        if start < end:
            continue
        value, counted_from = _read(match, reading, unit, by, anchor, rules), None
        if reading == "month" and (year := _year_of(found, match.start(), document)) is not None:
            value, counted_from = PartialDate(year.value.year, rules.months[_flat(match["month"])]), year.span
            reading = "date"
        if reading == "none":
            value, end = None, -negative_end
        if value is not None:
            is_relative = reading != "date" or (value.day is not None and match.groupdict().get("year") is None)
            found.append(FoundDate(Span(start, -negative_end), value, reading, is_relative, counted_from))
            end = -negative_end
    return found


def _year_of(found: list[FoundDate], place: int, document: Document) -> FoundDate | None:
    """The bare year that the same sentence names before: "In 2021 it raised two rounds, one in May"."""
    if not document.sentences or not found:
        return None
    start = document.sentence_at(place).start
    years = [date for date in found if date.span.start >= start and date.value.month is None]
    return years[-1] if years and not found[-1].is_relative else None


def read_date(quote: str, words: Vocabulary, anchor: PartialDate | None) -> PartialDate | None:
    """The date that a quote states, or None."""
    found = find_dates(Document(quote), words, anchor)
    return found[0].value if found else None


def _read(
    match: re.Match[str], reading: str, unit: str, by: int, anchor: PartialDate | None, rules: Calendar
) -> PartialDate | None:
    """The value of one match, or None where it cannot be known or does not exist."""
    parts = match.groupdict()
    if reading == "none":
        return None
    if reading == "date":
        return _read_parts(parts, anchor, rules)
    if anchor is None:
        return None
    if reading == "month":
        month = rules.months[_flat(parts["month"])]
        latest = anchor.month or 12
        return PartialDate(anchor.year if month <= latest else anchor.year - 1, month)
    if reading == "weekday":
        if anchor.day is None:
            return None
        back = (anchor.first_day.weekday() - rules.weekdays[_flat(parts["weekday"])]) % 7
        return PartialDate.of(anchor.first_day - datetime.timedelta(days=back))
    if reading == "ago":
        count = _flat(parts["count"])
        number = int(count) if count.isdigit() else rules.counts[count]
        return count_back(anchor, number, rules.units[_flat(parts["unit"])])
    return count_back(anchor, -by, unit, is_exact=True)


def _read_parts(parts: Mapping[str, str | None], anchor: PartialDate | None, rules: Calendar) -> PartialDate | None:
    """A date of which the words name the parts; a day without its year is the latest such day."""
    year_word = parts.get("year")
    year = int(year_word) if year_word else None
    month_word, number = parts.get("month"), parts.get("month_number")
    month = rules.months[_flat(month_word)] if month_word else int(number) if number else None
    day_word = parts.get("day")
    day = int(day_word) if day_word else None
    if year is not None and not EARLIEST <= year <= LATEST:
        return None
    try:
        if year is not None:
            return PartialDate(year, month, day)
        if anchor is None or month is None:
            return None
        value = PartialDate(anchor.year, month, day)
        if value.first_day > anchor.last_day + SLACK:
            value = PartialDate(anchor.year - 1, month, day)
        return value
    except ValueError:
        return None


def count_back(anchor: PartialDate, number: int, unit: str, *, is_exact: bool = False) -> PartialDate | None:
    """So many units before the anchor: "three months ago" is a month, "two years ago" a year, "yesterday" a day."""
    day = anchor.first_day
    if unit == "year":
        return PartialDate(day.year - number) if day.year - number >= EARLIEST else None
    if unit == "month":
        if anchor.month is None:
            return None
        months = day.year * 12 + day.month - 1 - number
        return PartialDate(months // 12, months % 12 + 1)
    if anchor.day is None:
        return None
    if unit == "week":
        earlier = day - datetime.timedelta(weeks=number)
        return PartialDate(earlier.year, earlier.month)
    earlier = day - datetime.timedelta(days=number)
    return PartialDate.of(earlier) if is_exact else PartialDate(earlier.year, earlier.month)


def _flat(form: str | None) -> str:
    return " ".join((form or "").casefold().split())
