"""The grammar of sums: the patterns that a language's figures, scales, currencies and hedges make."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from funding.extraction import vocabulary
from funding.extraction.currencies import BARE_SIGNS, LETTERS, SIGNS, homes_of
from funding.extraction.numerals import Numerals, flat, numerals, tree_of
from funding.extraction.vocabulary import forms, pattern_of

LONG_SCALE = 7  # letters of a word of scale that is one even where the next word is glued to it
THOUSAND = "1000"


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled patterns of one language."""

    figure: re.Pattern[str]
    reach: re.Pattern[str]
    plain_figure: re.Pattern[str]
    hedge: re.Pattern[str]
    suffix: re.Pattern[str]
    scales: Mapping[str, Decimal]
    exact_scales: Mapping[str, Decimal]
    scale_currencies: Mapping[str, str]
    currencies: Mapping[str, str]
    units: Mapping[str, str]
    numbers: Numerals
    hedges: Mapping[str, str]
    suffixes: Mapping[str, str]
    followers: frozenset[str]
    counted: re.Pattern[str] | None
    between: re.Pattern[str]
    starting: re.Pattern[str]
    statements: Mapping[str, re.Pattern[str]]
    statement_codes: Mapping[str, str]
    at_home: frozenset[str]
    between_ands: frozenset[str]


def _words(values: Iterable[str]) -> str:
    """A pattern for any of the spellings that shares what they begin with."""
    return tree_of(sorted({flat(form) for form in forms(values)}))


def _codes(groups: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """What every form of a table stands for."""
    return {flat(form): code for code, group in groups.items() for form in forms(group)}


class Parts:
    """The pieces of pattern that sums are put together from."""

    def __init__(self, code: str) -> None:
        words = vocabulary.load(code)
        money: Mapping[str, Any] = words.money
        scales = [form for scale in money["scale"] for form in forms(scale["forms"])]
        letters = [form for scale in money["scale"] for form in scale.get("letters", [])]
        long = _words(form for form in scales if len(form) >= LONG_SCALE and " " not in form)
        numbers = numerals(code)
        thousands = _words(form for scale in money["scale"] if scale["factor"] == THOUSAND for form in scale["forms"])
        digits = r"\d{1,3}(?:[ ,.']\d{3}){1,4}(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d{1,9}(?:[.,]\d{1,3})?|[½¼]"
        spoken = f"(?i:\\b(?:{numbers.pattern})(?:(?!\\w)|(?=(?:{thousands})(?!\\w))))"
        article = f"(?i:\\b(?:{_words(numbers.articles)}) (?=(?:{_words(money['singulars'])})(?!\\w)))|"
        self.scale = f"(?:(?i:{_words(scales)})(?!\\w)|(?i:{long})(?=[a-zà-ÿ])|(?:{pattern_of(letters)})(?![a-zà-ÿ]))"
        self.number = f"(?:{digits}|{spoken})"
        first = f"(?:{digits}|{article if numbers.articles else ''}{spoken})"
        sign = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=lambda sign: (-len(sign), sign)))
        self.sign = f"(?:{sign})"
        self.link = f"(?:{pattern_of(money['links'])})"
        self.name = f"(?i:{_words(form for group in money['currency'].values() for form in group)})(?!\\w)"
        self.to = f" ?(?P<to>(?i:{pattern_of(money['ranges'] + money['between_ands'])})) ?"
        # Scraped text loses blanks: "raised$21 million", "$33 millionto".
        self.start = (
            "(?:(?<![\\w.,])|(?<=[a-zà-ÿ])(?=[$€£]))"
            f"(?:(?P<pre>{self.sign})[ -]?|(?P<letter>[{''.join(LETTERS)}])(?=\\d)"
            f"|{_optional('prefix', money['prefixes'], after=' ')})"
        )
        self.head = f"(?P<number>{first}){_optional('halving', words.numbers['halves_before'], before=' ')}"
        self.scaled = f"(?:[ -]?(?P<scale>{self.scale}){_optional('half', words.numbers['halves_after'], before=' ')}"
        self.added = (
            f"(?:(?i:{pattern_of(money['additions'])})(?P<more>{self.number})[ -]?"
            f"(?P<morescale>(?i:{_words(scales)}))(?!\\w))?"
        )
        self.close = f")?(?:[ -]?(?P<post>{self.sign})(?![A-Za-z$\\d])|[ -]{self.link}?(?P<name>{self.name}))?"
        self.low = (
            f"(?P<low>{self.number})(?: ?(?P<lowscale>{self.scale}))?"
            f"(?: ?{self.sign}| {self.link}?{self.name})?{self.to}(?:{self.sign} ?)?"
        )


def _optional(group: str, values: Iterable[str], *, before: str = "", after: str = "") -> str:
    """A named group for any of the forms that may be missing, and always is where there are none."""
    tree = _words(values)
    return f"(?:{before}(?P<{group}>(?i:{tree}))(?!\\w){after})?" if tree else f"(?:(?P<{group}>(?!)))?"


@cache
def grammar(code: str) -> Grammar:
    """The patterns of a language, compiled once."""
    words = vocabulary.load(code)
    money: Mapping[str, Any] = words.money
    parts = Parts(code)
    hedges, suffixes = _codes(money["hedges"]), _codes(money["suffixes"])
    units = _codes(money["units"])
    statements = _statements(money, frozenset(units.values()))
    counting = "|".join(re.escape(form) for form in money["counted_by"])
    return Grammar(
        figure=re.compile(parts.start + parts.head + parts.scaled + parts.added + parts.close),
        plain_figure=re.compile(parts.start + parts.head + parts.scaled + parts.close),
        reach=re.compile(parts.start + parts.low + parts.head + parts.scaled + parts.close),
        hedge=re.compile(f"(?i:(?<!\\w)(?P<hedge>{pattern_of(hedges)})) ?$"),
        suffix=re.compile(f"(?i:[ -]?(?P<suffix>{pattern_of(suffixes)}))(?!\\w)"),
        scales={flat(form): Decimal(scale["factor"]) for scale in money["scale"] for form in forms(scale["forms"])},
        exact_scales={form: Decimal(scale["factor"]) for scale in money["scale"] for form in scale.get("letters", [])},
        scale_currencies={
            flat(form): scale["currency"]
            for scale in money["scale"]
            if "currency" in scale
            for form in forms(scale["forms"])
        },
        currencies=_codes(money["currency"]),
        units=units,
        numbers=numerals(code),
        hedges=hedges,
        suffixes=suffixes,
        followers=frozenset(money["bare_followers"]) | words.stop_words,
        counted=re.compile(f" (?i:{counting})(?P<what>\\w+)") if counting else None,
        between=re.compile(f"(?i:(?<!\\w)(?:{pattern_of(money['betweens'])})) ?$"),
        starting=re.compile(f"(?i:(?<!\\w)(?:{pattern_of(money['froms'])})) ?$"),
        statements={unit: re.compile(f"(?i:(?<!\\w)(?:{_words(said)}))(?!\\w)") for unit, said in statements.items()},
        statement_codes={flat(form): code for said in statements.values() for form, code in said.items()},
        at_home=frozenset(money["at_home"]),
        between_ands=frozenset(map(flat, forms(money["between_ands"]))),
    )


def _statements(money: Mapping[str, Any], units: frozenset[str]) -> dict[str, dict[str, str]]:
    """The words that say which country's a unit is: full names of currencies, for dollars phrases of their own."""
    names = {form: code for form, code in _codes(money["currency"]).items() if " " in form}
    said = {}
    for unit in units:
        homes = homes_of(unit)
        said[unit] = {form: code for form, code in names.items() if homes and code in homes.currencies}
    for unit in BARE_SIGNS.values():
        said[unit] = _codes(money["dollar_statements"])
    return {unit: forms_of for unit, forms_of in said.items() if forms_of}
