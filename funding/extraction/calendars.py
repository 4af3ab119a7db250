"""The forms of dates of a language: its patterns, the words in them, and where a text may hold one."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from funding.extraction import vocabulary
from funding.extraction.numerals import Numerals, flat, numerals, tree_of
from funding.extraction.vocabulary import forms

BEFORE, AFTER = 64, 72  # characters around a word of time that the longest form of a date takes
GROUP_NAME = re.compile(r"\(\?P<[a-z_]{1,20}>")
KINDS = ("month", "short", "weekday", "unit", "year")  # words of time, the surest first


@dataclass(frozen=True, slots=True)
class Form:
    """One form of date: how to read it, and the kinds of words or the phrases that it cannot do without."""

    pattern: re.Pattern[str]
    reading: str
    unit: str
    by: int
    kinds: frozenset[str]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The compiled forms of a language with what their words stand for."""

    forms: tuple[Form, ...]
    trigger: re.Pattern[str]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    units: Mapping[str, str]
    years: Mapping[str, int]
    seasons: Mapping[str, int]
    numbers: Numerals

    def candidates(self, text: str) -> Iterator[tuple[int, Form, re.Match[str]]]:
        """Every match of every form, with the rank of the form; looked for only near words of time."""
        windows = self._windows(text)
        low = text.lower()
        for rank, form in enumerate(self.forms):
            found = windows_of(form, windows, low, len(text))
            for start, end in found:
                for match in form.pattern.finditer(text, start, end):
                    yield rank, form, match

    def _windows(self, text: str) -> dict[str, list[tuple[int, int]]]:
        """The places of each kind of words of time."""
        places: dict[str, list[tuple[int, int]]] = {}
        for match in self.trigger.finditer(text):
            places.setdefault(match.lastgroup or "", []).append(match.span())
        return places


def windows_of(
    form: Form, places: Mapping[str, list[tuple[int, int]]], low: str, length: int
) -> list[tuple[int, int]]:
    """The stretches of a text in which a form can stand."""
    spans = [span for kind in form.kinds for span in places.get(kind, ())]
    for key in form.keys:
        at = low.find(key)
        while at >= 0:
            spans.append((at, at + len(key)))
            at = low.find(key, at + len(key))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        start, end = max(0, start - BEFORE), min(length, end + AFTER)
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return [(start, _word_end(low, end)) for start, end in merged]


def _word_end(text: str, end: int) -> int:
    """The end of the word that a stretch would cut."""
    while end < len(text) and not text[end].isspace():
        end += 1
    return end


def _codes(groups: Mapping[str, Iterable[str]]) -> dict[str, int]:
    return {flat(form): int(code) for code, group in groups.items() for form in forms(group)}


@cache
def calendar(code: str) -> Calendar:
    """The date patterns of a language, compiled once."""
    dates: Mapping[str, Any] = vocabulary.load(code).dates
    words: Mapping[str, Any] = vocabulary.load(code).numbers
    numbers = numerals(code)
    months, short = _codes(dates["months"]), _codes(dates["short_months"])
    weekdays, short_weekdays = _codes(dates["weekdays"]), _codes(dates["short_weekdays"])
    years, seasons = _codes(dates["years"]), _codes(dates["seasons"])
    units = {flat(form): unit for unit, group in dates["units"].items() for form in forms(group)}
    counts = tree_of(numbers.words)
    before, after = (tree_of(flat(form) for form in forms(words[f"halves_{place}"])) for place in ("before", "after"))
    halving = f"(?: (?P<halving>{before}))?" if before else ""
    half = f"(?: (?P<half>{after}))?" if after else ""
    parts = {
        "{month}": f"(?P<month>{tree_of(months)})(?!\\w)",
        "{short}": f"(?P<short>{tree_of({**months, **short})})(?!\\w)",
        "{weekday}": f"(?P<weekday>{tree_of(weekdays)})",
        "{short_weekday}": f"(?P<weekday>{tree_of(short_weekdays)})",
        "{day}": r"(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)",
        "{year}": r"(?P<year>(?:19|20)\d\d)(?!\d)",
        "{month_number}": r"(?P<month_number>1[0-2]|0?[1-9])",
        "{count}": f"(?P<count>\\d{{1,2}}|{counts}){halving}",
        "{unit}": f"(?P<unit>{tree_of(units)})(?!\\w){half}",
        "{years}": f"(?P<years>{tree_of(years)})(?!\\w)",
        "{season}": f"(?P<season>{tree_of(seasons)})(?!\\w)",
    }
    compiled = []
    for row in dates["patterns"]:
        form = row["form"]
        kinds = [kind for kind in KINDS if f"{{{kind}}}" in form or f"{{short_{kind}}}" in form]
        if row["reading"] != "none":
            kinds = kinds[:1]
        for part, words_of_it in parts.items():
            form = form.replace(part, words_of_it, 1).replace(part, GROUP_NAME.sub("(?:", words_of_it))
        keys = () if kinds else tuple(row.get("keys", ())) or tuple(seasons)
        pattern = re.compile(f"(?<![\\w€$£/.,])(?i:{form})(?![\\w€$£%])")
        compiled.append(
            Form(pattern, row["reading"], row.get("unit", ""), int(row.get("by", 0)), frozenset(kinds), keys)
        )
    return Calendar(
        forms=tuple(compiled),
        trigger=_trigger(months, short, {**weekdays, **short_weekdays}, units),
        months={**months, **short},
        weekdays={**weekdays, **short_weekdays},
        units=units,
        years=years,
        seasons=seasons,
        numbers=numbers,
    )


def _trigger(*tables: Mapping[str, Any]) -> re.Pattern[str]:
    """A pattern of all words of time by their kind; an abbreviated month is one only in some forms."""
    kinds = [f"(?P<{kind}>{tree_of(table)})" for kind, table in zip(KINDS, tables, strict=False) if table]
    # The word of a weekday may go on, in the evening of that day.
    whole = [kind if "<weekday>" in kind else kind + r"(?!\w)" for kind in kinds]
    return re.compile(f"(?<!\\w)(?:(?i:{'|'.join(whole)})|(?P<year>(?:19|20)\\d\\d))")
