"""Find amounts of money: number, scale, currency, and the words that make the figure approximate or one end."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from funding.extraction import vocabulary
from funding.extraction.facts import Span
from funding.extraction.text import Document
from funding.extraction.vocabulary import Vocabulary, forms, pattern_of
from funding.values import Money, plain

HEDGE_REACH = 34  # characters before a figure in which its hedge stands
MOST = Decimal(10) ** 15  # more is no sum of anything but a slip, in whatever currency
LONG_SCALE = 7  # letters of a word of scale that is one even where the next word is glued to it
LEAST_BARE = Decimal(10_000)  # without scale or mark of currency before it, less is no sum of a round

# Signs and codes that mean the same in every language; the words are in the vocabularies.
SIGNS: Mapping[str, str] = {
    "US$": "USD",
    "USD $": "USD",
    "AUD $": "AUD",
    "CAD $": "CAD",
    "SGD $": "SGD",
    "$US": "USD",
    "USD": "USD",
    "$": "USD",
    "U.S.$": "USD",
    "C$": "CAD",
    "CA$": "CAD",
    "CAD": "CAD",
    "$CAN": "CAD",
    "$CA": "CAD",
    "CDN$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "AUD": "AUD",
    "NZ$": "NZD",
    "NZD": "NZD",
    "S$": "SGD",
    "SGD": "SGD",
    "HK$": "HKD",
    "HKD": "HKD",
    "R$": "BRL",
    "BRL": "BRL",
    "MX$": "MXN",
    "MXN": "MXN",
    "€": "EUR",
    "EUR": "EUR",
    "£": "GBP",
    "GBP": "GBP",
    "CHF": "CHF",
    "Fr.": "CHF",
    "SEK": "SEK",
    "NOK": "NOK",
    "DKK": "DKK",
    "PLN": "PLN",
    "CZK": "CZK",
    "HUF": "HUF",
    "RON": "RON",
    "₹": "INR",
    "INR": "INR",
    "Rs.": "INR",
    "Rs": "INR",
    "¥": "JPY",
    "JPY": "JPY",
    "CN¥": "CNY",
    "RMB": "CNY",
    "CNY": "CNY",
    "₩": "KRW",
    "KRW": "KRW",
    "₪": "ILS",
    "ILS": "ILS",
    "NIS": "ILS",
    "AED": "AED",
    "SAR": "SAR",
    "₺": "TRY",
    "TRY": "TRY",
    "ZAR": "ZAR",
    "KES": "KES",
    "NGN": "NGN",
    "EGP": "EGP",
    "MAD": "MAD",
    "XOF": "XOF",
    "COP": "COP",
    "IDR": "IDR",
    "MYR": "MYR",
    "THB": "THB",
    "VND": "VND",
    "TWD": "TWD",
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum found in a text. `currency_spans` is where its currency stands when not in its own words.

    `value` is None while the currency is unknown; `converted` marks a figure that repeats the one before it in
    another currency.
    """

    span: Span
    value: Money
    currency_spans: tuple[Span, ...] = ()
    is_bare: bool = False
    is_conversion: bool = False

    @property
    def spans(self) -> tuple[Span, ...]:
        """All words that the value needs."""
        return (self.span, *self.currency_spans)


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled patterns of one language."""

    figure: re.Pattern[str]
    reach: re.Pattern[str]
    hedge: re.Pattern[str]
    suffix: re.Pattern[str]
    scales: Mapping[str, Decimal]
    exact_scales: Mapping[str, Decimal]
    currencies: Mapping[str, str]
    words: Mapping[str, Decimal]
    hedges: Mapping[str, str]
    suffixes: Mapping[str, str]
    followers: frozenset[str]
    between: re.Pattern[str]
    dollars: re.Pattern[str] | None
    dollar_codes: Mapping[str, str]
    between_ands: frozenset[str]
    bare_dollars: frozenset[str]
    decimal_mark: str
    round_words: frozenset[str]


def _signs() -> str:
    return "|".join(re.escape(sign) for sign in sorted(SIGNS, key=lambda sign: (-len(sign), sign)))


@cache
def grammar(code: str) -> Grammar:
    """The patterns of a language, compiled once."""
    words = vocabulary.load(code)
    money: Mapping[str, Any] = words.money
    scales = {form.casefold(): Decimal(scale["factor"]) for scale in money["scale"] for form in forms(scale["forms"])}
    letters = {form: Decimal(scale["factor"]) for scale in money["scale"] for form in scale.get("letters", [])}
    currencies = {form.casefold(): c for c, group in money["currency"].items() for form in forms(group)}
    number_words = {
        form.casefold(): Decimal(value) for value, group in words.numbers["words"].items() for form in forms(group)
    }
    hedges = {form.casefold(): kind for kind, group in money["hedges"].items() for form in forms(group)}
    suffixes = {form.casefold(): kind for kind, group in money["suffixes"].items() for form in forms(group)}
    whole = pattern_of(form for form in scales if len(form) >= LONG_SCALE and " " not in form)
    scale = f"(?:(?i:{pattern_of(scales)})(?!\\w)|(?i:{whole})(?=[a-zà-ÿ])|(?:{pattern_of(letters)})(?![a-zà-ÿ]))"
    digits = r"\d{1,3}(?:[ ,.']\d{3}){1,4}(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d{1,9}(?:[.,]\d{1,3})?|[½¼]"
    number = f"(?:{digits}|(?i:\\b(?:{pattern_of(number_words)})\\b))"
    sign, link = _signs(), f"(?:{pattern_of(money['links'])})"
    name = f"(?i:{pattern_of(currencies)})(?!\\w)"
    to = f" ?(?P<to>(?i:{pattern_of(money['ranges'] + money['between_ands'])})) ?"
    # Scraped text loses blanks: "raised$21 million", "$33 millionto".
    start = f"(?:(?<![\\w.,])|(?<=[a-zà-ÿ])(?=[$€£]))(?:(?P<pre>{sign})[ -]?)?"
    end = (
        f"(?P<number>{number})(?:[ -]?(?P<scale>{scale}))?"
        f"(?:[ -]?(?P<post>{sign})(?![A-Za-z$\\d])|[ -]{link}?(?P<name>{name}))?"
    )
    low = (
        f"(?P<low>{number})(?: ?(?P<lowscale>{scale}))?"
        f"(?: ?(?:{sign})| {link}?{name.replace('?P<name>', '')})?{to}(?:(?:{sign}) ?)?"
    )
    dollars = {form.casefold(): code for code, group in money["dollar_statements"].items() for form in forms(group)}
    return Grammar(
        figure=re.compile(start + end),
        reach=re.compile(start + low + end),
        hedge=re.compile(f"(?i:(?<!\\w)(?P<hedge>{pattern_of(hedges)})) ?$"),
        suffix=re.compile(f"(?i:[ -]?(?P<suffix>{pattern_of(suffixes)}))(?!\\w)"),
        scales=scales,
        exact_scales=letters,
        currencies=currencies,
        words=number_words,
        hedges=hedges,
        suffixes=suffixes,
        followers=frozenset(money["bare_followers"]),
        between=re.compile(f"(?i:(?<!\\w)(?:{pattern_of(money['betweens'])})) ?$"),
        dollars=re.compile(f"(?i:(?<!\\w)(?:{pattern_of(dollars)}))(?!\\w)") if dollars else None,
        dollar_codes=dollars,
        between_ands=frozenset(forms(money["between_ands"])),
        bare_dollars=frozenset(form.casefold() for form in forms(money["bare_dollars"])),
        decimal_mark=words.numbers["decimal_mark"],
        round_words=frozenset(forms(words.numbers["round_words"])),
    )


def find_amounts(document: Document, words: Vocabulary) -> list[Amount]:
    """The sums of a text in order, each as exact as its words.

    A figure with a scale and no currency ("valued at 5.6 billion") takes the currency of the sum before it, or of
    the next one; where the text has none it is no sum.
    """
    rules = grammar(words.code)
    found = [(_read_match(match, document, rules), match) for match in _iter_figures(document, rules)]
    home = rules.dollars.search(document.text) if rules.dollars else None
    complete = [(_at_home(a, m, home, rules) if a else a, m) for a, m in found]
    return list(_mark_conversions(_with_currencies(complete, document, rules), document))


def _iter_figures(document: Document, rules: Grammar) -> Iterator[re.Match[str]]:
    """Every figure in order; two figures with a word of range between them are one."""
    place = 0
    while match := rules.figure.search(document.text, place):
        ranged = rules.reach.match(document.text, match.start())
        if ranged and _is_range(ranged, document, rules):
            match = ranged
        yield match
        place = match.end()


def _is_range(match: re.Match[str], document: Document, rules: Grammar) -> bool:
    """Whether the two figures are ends of one range: "10 and 20 million" is one only after "between"."""
    low, high = (read_number(match[part], rules, has_scale=True) for part in ("low", "number"))
    scale, low_scale = _scale(match["scale"], rules), _scale(match["lowscale"], rules)
    if low is None or high is None or not (scale or match["pre"] or match["post"] or match["name"]):
        return False
    if low * (low_scale or scale or 1) >= high * (scale or 1):
        return False
    before = document.text[max(0, match.start() - HEDGE_REACH) : match.start()]
    return _flat(match["to"]) not in rules.between_ands or rules.between.search(before) is not None


def _at_home(amount: Amount, match: re.Match[str], home: re.Match[str] | None, rules: Grammar) -> Amount:
    """The sum in the dollars that the text says all its figures are in, where its own words name no country's."""
    mark = match["pre"] or match["post"] or _flat(match["name"] or "")
    if home is None or mark not in rules.bare_dollars:
        return amount
    currency = rules.dollar_codes[_flat(home.group())]
    return replace(amount, value=replace(amount.value, currency=currency), currency_spans=(Span(*home.span()),))


def _read_match(match: re.Match[str], document: Document, rules: Grammar) -> Amount | None:
    """The sum that a match states, or None where it is a bare number."""
    sign = match["pre"] or match["post"]
    currency = SIGNS[sign] if sign else rules.currencies[_flat(match["name"])] if match["name"] else None
    if currency is None:
        return None
    scale = _scale(match["scale"], rules)
    number = read_number(match["number"], rules, has_scale=scale is not None)
    if number is None or (scale is None and number < LEAST_BARE) or number * (scale or 1) >= MOST:
        return None
    low = None
    if "low" in match.re.groupindex:
        low_number = read_number(match["low"], rules, has_scale=True)
        low_scale = _scale(match["lowscale"], rules) or scale or Decimal(1)
        low = low_number * low_scale if low_number is not None else None
    return _bounded(match, number * (scale or Decimal(1)), low, currency, document, rules)


def _bounded(
    match: re.Match[str], value: Decimal, low: Decimal | None, currency: str, document: Document, rules: Grammar
) -> Amount:
    """The sum with the hedge before it or the suffix after it, both within its span."""
    start, end = match.start(), match.end()
    before = document.text[max(0, start - HEDGE_REACH) : start]
    hedge = rules.hedge.search(before)
    kind = rules.hedges[_flat(hedge["hedge"])] if hedge else "exact"
    if kind == "plain":
        kind = "exact"
    elif hedge:
        start -= len(before) - hedge.start()
    if kind == "exact" and _flat(match["number"]) in rules.round_words:
        kind = "approx"
    suffix = rules.suffix.match(document.text, end)
    if "low" in match.re.groupindex and _flat(match["to"]) in rules.between_ands:
        between = rules.between.search(document.text, max(0, start - HEDGE_REACH), start)
        start = between.start() if between else start
    if suffix and kind == "exact":
        kind, end = rules.suffixes[_flat(suffix["suffix"])], suffix.end()
    return Amount(Span(start, end), _money(kind, value, low, currency))


def _money(kind: str, value: Decimal, low: Decimal | None, currency: str) -> Money:
    """The value that a hedge makes of a figure."""
    value = Decimal(plain(value))
    low = None if low is None else Decimal(plain(low))
    if low is not None and low < value:
        return Money(low, value, is_approx=kind == "approx", currency=currency)
    return Money.hedged(value, kind, currency=currency)


def _flat(phrase: str) -> str:
    return " ".join(phrase.casefold().split())


def _scale(form: str | None, rules: Grammar) -> Decimal | None:
    if form is None:
        return None
    return rules.exact_scales[form] if form in rules.exact_scales else rules.scales[_flat(form)]


def read_number(form: str, rules: Grammar, *, has_scale: bool) -> Decimal | None:
    """The number that digits or words state in this language, or None.

    One separator before exactly three digits groups thousands, unless a scale word follows a decimal mark of the
    language.
    """
    if _flat(form) in rules.words:
        return rules.words[_flat(form)]
    if form in "½¼":
        return Decimal("0.5") if form == "½" else Decimal("0.25")
    marks = [c for c in form if not c.isdigit()]
    if not marks:
        return Decimal(form)
    last = marks[-1]
    fraction = form.rpartition(last)[2]
    groups_only = last in " '" or len(fraction) == 3 and (len(marks) > 1 and len(set(marks)) == 1 or not has_scale)
    if groups_only or (len(fraction) == 3 and last != rules.decimal_mark):
        return Decimal("".join(c for c in form if c.isdigit()))
    whole = "".join(c for c in form.rpartition(last)[0] if c.isdigit())
    return Decimal(f"{whole}.{fraction}")


def _with_currencies(
    found: list[tuple[Amount | None, re.Match[str]]], document: Document, rules: Grammar
) -> Iterator[Amount]:
    """The sums, those without a currency of their own included where a neighbour lends one."""
    stated = [amount for amount, _ in found if amount]
    before: Amount | None = None
    for amount, match in found:
        if amount:
            before = amount
            yield amount
            continue
        lender = before or next((a for a in stated if a.span.start > match.start()), None)
        if lender is None or not match["scale"] or not _may_be_bare(match, document, rules):
            continue
        number = read_number(match["number"], rules, has_scale=True)
        factor = _scale(match["scale"], rules)
        if number is not None and factor is not None and factor >= 1_000_000 and number * factor < MOST:
            bare = _bounded(match, number * factor, None, lender.value.currency, document, rules)
            yield replace(bare, currency_spans=lender.spans, is_bare=True)


def _may_be_bare(match: re.Match[str], document: Document, rules: Grammar) -> bool:
    """Whether nothing that is counted follows the figure: "13 million users" is no sum."""
    rest = document.text[match.end() : match.end() + 24].lstrip(" ")
    if not rest or not rest[0].isalpha():
        return not rest.startswith("%")
    word = re.match(r"\w+", rest)
    return word is not None and word.group().casefold() in rules.followers


def _mark_conversions(amounts: Iterator[Amount], document: Document) -> Iterator[Amount]:
    """Mark a sum in brackets, right after another in another currency, as its conversion."""
    last: Amount | None = None
    for amount in amounts:
        if last is not None and last.value.currency != amount.value.currency:
            between = document.text[last.span.end : amount.span.start].strip()
            if between in ("(", "/", "[") or (between.startswith("(") and len(between) < 16):
                yield replace(amount, is_conversion=True)
                continue
        last = amount
        yield amount
