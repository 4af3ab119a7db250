"""Find dates and read them against the day of publication, never more exactly than the words allow."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile

from funding.extraction.calendars import Calendar, Form, calendar
from funding.extraction.facts import Span
from funding.extraction.numerals import flat
from funding.extraction.text import Document
from funding.extraction.vocabulary import Vocabulary
from funding.values import PartialDate

EARLIEST, LATEST = 1950, 2099  # a number outside is no year
SLACK = datetime.timedelta(days=1)  # papers print tomorrow's date
YEAR_REACH = 60  # characters from a year, where it does not open the sentence, to the month that belongs to it
JOINT = 3  # characters between a year and the month or day that follows it at once
YEAR = "year"
YEAR_SENTENCES = 6  # sentences from a date to "May of that year"
BASE_REACH = 2  # sentences from a date to another that is counted from it

# What a reading that is counted from another date, or spells a shift out, is to those who use it.
PLAIN_READINGS: Mapping[str, str] = {
    "month_of": "month",
    "month_ago": "month",
    "that_year": "date",
    "later": "date",
    "before": "ago",
    "day": "date",
    "weekday_day": "weekday",
    "season": "shift",
}


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


def find_dates(
    document: Document, words: Vocabulary, anchor: PartialDate | None, base: PartialDate | None = None
) -> list[FoundDate]:
    """The dates of a text in order; of overlapping readings the one that starts first, then the earlier pattern.

    `base` is the date that a text speaks of before it starts: what "two years later" in it is counted from.
    """
    return Finder(document, calendar(words.code), anchor, base).find()


def read_date(quote: str, words: Vocabulary, anchor: PartialDate | None) -> PartialDate | None:
    """The date that a quote states, or None."""
    found = find_dates(Document(quote), words, anchor)
    return found[0].value if found else None


class Finder:
    """Reads the dates of one text from its start to its end."""

    def __init__(
        self, document: Document, rules: Calendar, anchor: PartialDate | None, base: PartialDate | None
    ) -> None:
        self.document = document
        self.rules = rules
        self.anchor = anchor
        self.base = base
        self.found: list[FoundDate] = []

    def find(self) -> list[FoundDate]:
        """All dates."""
        rows = [(m.start(), -m.end(), rank, form, m) for rank, form, m in self.rules.candidates(self.document.text)]
        rows.sort(key=lambda row: row[:3])
        end = -1
        for start, negative_end, _, form, match in rows:
            if start < end:
                continue
            if form.reading == "none" and self._has_passed(match):
                continue
            date = self._date(form, match)
            if date is not None:
                if self.found and self.found[-1].span.start == date.span.start:
                    self.found.pop()
                self.found.append(date)
            if date is not None or form.reading in ("none", "that_year"):
                end = -negative_end
        return self.found

    def _has_passed(self, match: re.Match[str]) -> bool:
        """Whether the words that lead to a time to come name one that has passed: "until 2019"."""
        parts = match.groupdict()
        value = _read_parts(parts, None, self.rules) if parts.get("year") else None
        return self.anchor is not None and value is not None and not self._is_to_come(value)

    def _date(self, form: Form, match: re.Match[str]) -> FoundDate | None:
        """The date of one match, or None where it cannot be known or does not exist."""
        reading, parts = form.reading, match.groupdict()
        span = Span(*match.span())
        if reading in ("later", "before", "that_year"):
            return self._counted(form, parts, span)
        if reading == "day":
            return self._day(parts, span)
        lacks_year = reading in ("date", "month") and not parts.get("year")
        if lacks_year and (month := parts.get("month") or parts.get("short")):
            joined = self._joined(month, parts.get("day"), span)
            if joined is not None:
                return joined
            if reading == "month" and (year := self._year_of(span.start)) is not None:
                return FoundDate(
                    span, PartialDate(year.value.year, self.rules.months[flat(month)]), "date", False, year.span
                )
        value = _read(form, parts, self.anchor, self.rules)
        if value is None:
            return None
        is_relative = reading != "date" or (value.day is not None and not parts.get("year"))
        return FoundDate(span, value, PLAIN_READINGS.get(reading, reading), is_relative)

    def _joined(self, month_word: str, day_word: str | None, span: Span) -> FoundDate | None:
        """The month or day right behind a year that is told by a count: "two years ago, in May"."""
        last = self.found[-1] if self.found else None
        if last is None or last.value.month is not None or not 0 < span.start - last.span.end <= JOINT:
            return None
        gap = self.document.text[last.span.end : span.start].strip(" ")
        if gap not in ("", ",", "("):
            return None
        value = _exact(last.value.year, self.rules.months[flat(month_word)], int(day_word) if day_word else None)
        if value is None or self._is_to_come(value):
            return None
        return FoundDate(Span(last.span.start, span.end), value, last.reading, last.is_relative, last.counted_from)

    def _year_of(self, place: int) -> FoundDate | None:
        """The bare year that the same sentence names before: "In 2021 it raised two rounds, one in May"."""
        if not self.document.sentences or not self.found or self.found[-1].is_relative:
            return None
        opening = self.document.sentence_at(place).start
        within = list(takewhile(lambda date: date.span.start >= opening, reversed(self.found)))
        start = max(opening, place - YEAR_REACH)
        near = [date for date in within if date.span.start >= start or date.span.start <= opening + JOINT]
        years = [date for date in near if date.value.month is None]
        if near and not years and near[0].counted_from:
            years = [date for date in within if date.span == near[0].counted_from and date.value.month is None]
        return years[0] if years else None

    def _before(self, place: int, reach: int, *, is_told_year: bool = False) -> FoundDate | None:
        """The date that the text has just spoken of, where that is not counted itself.

        "That year" is one stated before, whatever was counted since.
        """
        if not self.found or not self.document.sentences:
            return None
        here = self.document.sentence_at(place).index
        for date in reversed(self.found):
            if here - self.document.sentence_at(date.span.start).index > reach:
                return None
            if not date.counted_from:
                return date
            if not is_told_year:
                return None
        return None

    def _counted(self, form: Form, parts: Mapping[str, str | None], span: Span) -> FoundDate | None:
        """A date counted from the one before it: "a year later", "in May of that year"."""
        is_told_year = form.reading == "that_year"
        stated = self._before(span.start, YEAR_SENTENCES if is_told_year else BASE_REACH, is_told_year=is_told_year)
        base = stated.value if stated else self.base
        if form.reading == "before" and base is None:
            base, stated = self.anchor, None
        if base is None:
            return None
        if form.reading == "that_year":
            value = _exact(base.year, self.rules.months[flat(parts["month"] or "")], None)
        else:
            number, unit = _count(form, parts, self.rules)
            sign = -1 if form.reading == "before" else 1
            value = shifted(base, sign * number, unit) if number is not None else None
        if value is None or self._is_to_come(value):
            return None
        is_from_text = stated is not None or self.base is not None
        reading = PLAIN_READINGS[form.reading] if not is_from_text else "date"
        return FoundDate(span, value, reading, not is_from_text, stated.span if stated else None)

    def _is_to_come(self, value: PartialDate) -> bool:
        """Whether a date lies after the day of publication; where a base is given, the anchor may be that."""
        anchor = self.anchor if self.base is None else None
        return anchor is not None and value.first_day > anchor.last_day + SLACK

    def _day(self, parts: Mapping[str, str | None], span: Span) -> FoundDate | None:
        """A day without its month: of the month just spoken of, else the latest such day."""
        day = int(parts["day"] or "0")
        stated = self._before(span.start, BASE_REACH)
        base = stated.value if stated else self.base
        if base is not None and base.month is not None:
            value = _exact(base.year, base.month, day)
            if value is not None and not self._is_to_come(value):
                return FoundDate(span, value, "date", False, stated.span if stated else None)
        if self.anchor is None or self.anchor.day is None:
            return None
        for back in (0, 1):
            month = shifted(PartialDate(self.anchor.year, self.anchor.month), -back, "month")
            value = _exact(month.year, month.month, day) if month else None
            if value is not None and value.first_day <= self.anchor.first_day:
                return FoundDate(span, value, "date", True)
        return None


def _exact(year: int, month: int | None, day: int | None) -> PartialDate | None:
    try:
        return PartialDate(year, month, day) if EARLIEST <= year <= LATEST else None
    except ValueError:
        return None


def _count(form: Form, parts: Mapping[str, str | None], rules: Calendar) -> tuple[Decimal | None, str]:
    """How many units the words count, and which."""
    if form.unit:
        return Decimal(form.by), form.unit
    word = flat(parts["count"] or "")
    number = Decimal(word) if word.isdigit() else rules.numbers.value(word)
    if number is not None and (parts.get("half") or parts.get("halving")):
        number += Decimal("0.5")
    return number, rules.units[flat(parts["unit"] or "")] if parts.get("unit") else YEAR


def _read(
    form: Form, parts: Mapping[str, str | None], anchor: PartialDate | None, rules: Calendar
) -> PartialDate | None:
    """The value of one match that needs no other date of the text."""
    reading = form.reading
    if reading == "none":
        return None
    if reading == "date":
        return _read_parts(parts, anchor, rules)
    if anchor is None:
        return None
    if reading == "month":
        month = rules.months[flat(parts["month"] or "")]
        latest = anchor.month or 12
        return PartialDate(anchor.year if month <= latest else anchor.year - 1, month)
    if reading in ("month_of", "month_ago"):
        back = rules.years[flat(parts["years"] or "")] if reading == "month_of" else None
        years = back if back is not None else -int(_count(form, parts, rules)[0] or 0)
        return _exact(anchor.year + years, rules.months[flat(parts["month"] or "")], None)
    if reading in ("weekday", "weekday_day"):
        return _weekday(parts, anchor, rules)
    if reading == "season":
        first = rules.seasons[flat(parts["season"] or "")]
        return PartialDate(anchor.year if first <= (anchor.month or 12) else anchor.year - 1)
    if reading == "ago":
        number, unit = _count(form, parts, rules)
        return count_back(anchor, number, unit) if number is not None else None
    return count_back(anchor, Decimal(-form.by), form.unit, is_exact=True)


def _weekday(parts: Mapping[str, str | None], anchor: PartialDate, rules: Calendar) -> PartialDate | None:
    """The latest such day of the week; where the day of the month is named, the latest that is both."""
    if anchor.day is None:
        return None
    back = (anchor.first_day.weekday() - rules.weekdays[flat(parts["weekday"] or "")]) % 7
    day = anchor.first_day - datetime.timedelta(days=back)
    number = parts.get("day")
    for _ in range(5 if number else 1):
        if not number or day.day == int(number):
            return PartialDate.of(day)
        day -= datetime.timedelta(weeks=1)
    return None


def _read_parts(parts: Mapping[str, str | None], anchor: PartialDate | None, rules: Calendar) -> PartialDate | None:
    """A date of which the words name the parts; a day without its year is the latest such day."""
    year_word = parts.get("year")
    year = int(year_word) if year_word else None
    month_word, number = parts.get("month") or parts.get("short"), parts.get("month_number")
    month = rules.months[flat(month_word)] if month_word else int(number) if number else None
    day_word = parts.get("day")
    day = int(day_word) if day_word else None
    if year is not None:
        return _exact(year, month, day)
    if anchor is None or month is None:
        return None
    value = _exact(anchor.year, month, day)
    if value is None or value.first_day > anchor.last_day + SLACK:
        return _exact(anchor.year - 1, month, day)
    return value


def count_back(anchor: PartialDate, number: Decimal, unit: str, *, is_exact: bool = False) -> PartialDate | None:
    """So many units before the anchor: "three months ago" is a month, "two years ago" a year, "yesterday" a day."""
    value = shifted(anchor, -number, unit)
    if value is None or is_exact or value.day is None:
        return value
    return PartialDate(value.year, value.month)


def shifted(base: PartialDate, number: Decimal | int, unit: str) -> PartialDate | None:
    """The date so many units after another, as exact as the unit allows; half years give a month."""
    if unit == "year" and number % 1:
        number, unit = number * 12, "month"
    if number % 1:
        return None
    count = int(number)
    if unit == "year":
        return _exact(base.year + count, None, None)
    if base.month is None:
        return None
    if unit == "month":
        months = base.year * 12 + base.month - 1 + count
        return _exact(months // 12, months % 12 + 1, None)
    if base.day is None:
        return None
    try:
        day = base.first_day + datetime.timedelta(days=count * (7 if unit == "week" else 1))
    except OverflowError:
        return None
    return PartialDate.of(day) if unit == "day" else PartialDate(day.year, day.month)
