"""Find amounts of money: number, scale, currency, and the words that make the figure approximate or one end."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from funding.extraction import numerals
from funding.extraction.currencies import BARE_SIGNS, LETTERS, meaning_of
from funding.extraction.currencies import SIGNS as SIGNS
from funding.extraction.facts import Span
from funding.extraction.figures import Grammar as Grammar
from funding.extraction.figures import grammar as grammar
from funding.extraction.numerals import flat
from funding.extraction.text import Document
from funding.extraction.vocabulary import Vocabulary
from funding.values import Money, plain

HEDGE_REACH = 34  # characters before a figure in which its hedge stands
MOST = Decimal(10) ** 15  # more is no sum of anything but a slip, in whatever currency
LEAST_BARE = Decimal(10_000)  # without scale or mark of currency before it, less is no sum of a round
MILLION = Decimal(1_000_000)
THOUSAND = Decimal(1_000)
WIDEST = Decimal("1.5")  # "from A to B" beyond this ratio tells of growth, not of a range


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum found in a text. `currency_spans` is where its currency stands when not in its own words.

    `is_conversion` marks a figure that repeats the one before it in another currency, `is_bare` one that takes its
    currency from another sum.
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


Found = tuple[Amount | None, re.Match[str]]


def find_amounts(
    document: Document, words: Vocabulary, publisher: str | None = None, *, is_quote: bool = False
) -> list[Amount]:
    """The sums of a text in order, each as exact as its words.

    A figure with a scale and no currency ("valued at 5.6 billion") takes the currency of a sum of its sentence or
    paragraph, or of the first of the text; where the text has none it is no sum. A word or sign that several
    countries use ("pesos", "$") means the country's that the text says or names most, dollars only in a paper of
    that country or, in `is_quote`, where a place of it is quoted.
    """
    rules = grammar(words.code)
    found = [(_read_match(match, document, rules), match) for match in _iter_figures(document, rules)]
    if any(amount for amount, _ in found):
        units = Units(document, rules, publisher, is_quote=is_quote)
        found = [(units.resolved(amount, match) if amount else None, match) for amount, match in found]
        found = _with_signs_named(found, rules)
    return list(_mark_conversions(_with_currencies(found, document, rules), document))


def read_number(form: str, rules: Grammar, *, has_scale: bool) -> Decimal | None:
    """The number that digits or words state in this language, or None."""
    return numerals.read_number(form, rules.numbers, has_scale=has_scale)


def _iter_figures(document: Document, rules: Grammar) -> Iterator[re.Match[str]]:
    """Every figure in order; two figures with a word of range between them are one."""
    place = 0
    while match := rules.figure.search(document.text, place):
        ranged = rules.reach.match(document.text, match.start())
        if ranged and _is_range(ranged, document, rules):
            match = ranged
        elif match["more"] and _addition(match, rules) is None:
            match = rules.plain_figure.match(document.text, match.start()) or match
        yield match
        place = match.end()


def _is_range(match: re.Match[str], document: Document, rules: Grammar) -> bool:
    """Whether the two figures are ends of one range.

    "10 and 20 million" is one only after "between", "from 10 to 20 million" tells of growth.
    """
    low, high = (read_number(match[part], rules, has_scale=True) for part in ("low", "number"))
    scale, low_scale = _scale(match["scale"], rules), _scale(match["lowscale"], rules)
    if low is None or high is None or (low_scale is not None and scale is None):
        return False
    low, high = low * (low_scale or scale or 1), high * (scale or 1)
    if low >= high:
        return False
    before = document.text[max(0, match.start() - HEDGE_REACH) : match.start()]
    if high > WIDEST * low and rules.starting.search(before):
        return False
    return flat(match["to"]) not in rules.between_ands or rules.between.search(before) is not None


def _with_signs_named(found: list[Found], rules: Grammar) -> list[Found]:
    """The sums, those with a bare sign in the currency that the text once adds to that sign: "$5m pesos"."""
    named: dict[str, Amount] = {}
    for amount, match in found:
        sign, name = match["pre"], match["name"]
        if amount and name and sign in BARE_SIGNS and rules.units.get(flat(name)) != BARE_SIGNS[sign]:
            named.setdefault(sign, amount)
    return [
        (_in_currency_of(amount, named.get(match["pre"]) if not match["name"] else None), match)
        for amount, match in found
    ]


def _in_currency_of(amount: Amount | None, other: Amount | None) -> Amount | None:
    if amount is None or other is None:
        return amount
    return replace(amount, value=replace(amount.value, currency=other.value.currency), currency_spans=other.spans)


class Units:
    """Which currencies the words and signs that several countries use mean in one text."""

    def __init__(self, document: Document, rules: Grammar, publisher: str | None, *, is_quote: bool) -> None:
        self.document = document
        self.rules = rules
        self.publisher = publisher
        self.is_quote = is_quote
        self.meanings: dict[str, tuple[str, Span] | None] = {}

    def resolved(self, amount: Amount, match: re.Match[str]) -> Amount:
        """The sum in the currency that its word or sign means here, with the words that tell it."""
        unit = self._unit(match)
        if unit is None:
            return amount
        if unit not in self.meanings:
            self.meanings[unit] = self._meaning(unit)
        meaning = self.meanings[unit]
        if meaning is None:
            return amount
        currency, span = meaning
        return replace(amount, value=replace(amount.value, currency=currency), currency_spans=(span,))

    def _unit(self, match: re.Match[str]) -> str | None:
        """The unit that the sum is in where it alone names no country's currency."""
        name = flat(match["name"] or match["prefix"] or "")
        mark = match["pre"] or match["post"]
        if name:
            return self.rules.units.get(name) if not mark or mark in BARE_SIGNS else None
        return BARE_SIGNS.get(mark) if mark else None

    def _meaning(self, unit: str) -> tuple[str, Span] | None:
        """The currency that the text states for the unit, or that of the country it names most."""
        statements = self.rules.statements.get(unit)
        stated = statements.search(self.document.text) if statements else None
        if stated:
            return self.rules.statement_codes[flat(stated.group())], Span(*stated.span())
        return meaning_of(unit, self.document, self.publisher, is_quote=self.is_quote, at_home=self.rules.at_home)


def _read_match(match: re.Match[str], document: Document, rules: Grammar) -> Amount | None:
    """The sum that a match states, or None where it is a bare number."""
    currency = _currency(match, rules)
    if currency is None:
        return None
    scale = _scale(match["scale"], rules)
    value = _value(match, rules)
    if value is None or (scale is None and (value < LEAST_BARE or match["letter"])) or value >= MOST:
        return None
    return _bounded(match, value, _low(match, rules), currency, document, rules)


def _currency(match: re.Match[str], rules: Grammar) -> str | None:
    """The currency that the match names; a word says more than a bare sign before the figure."""
    sign, name = match["pre"] or match["post"], match["name"] or match["prefix"]
    if name and (not sign or sign in BARE_SIGNS):
        return rules.currencies[flat(name)]
    if sign:
        return SIGNS[sign]
    if match["letter"]:
        return LETTERS[match["letter"]]
    return rules.scale_currencies.get(flat(match["scale"])) if match["scale"] else None


def _value(match: re.Match[str], rules: Grammar) -> Decimal | None:
    """The figure times its scale, with the half or the smaller scale that is added to it."""
    scale = _scale(match["scale"], rules)
    number = read_number(match["number"], rules, has_scale=scale is not None)
    if number is None or (match["halving"] and number != number.to_integral_value()):
        return None
    if match["half"] or match["halving"]:
        number += Decimal("0.5")
    if match.groupdict().get("more"):
        added = _addition(match, rules)
        if added is not None:
            return added
    return number * (scale or 1)


def _addition(match: re.Match[str], rules: Grammar) -> Decimal | None:
    """The value of two figures in a row: "three million two hundred thousand", "nine thousand 200 million"."""
    scale, more_scale = _scale(match["scale"], rules), _scale(match["morescale"], rules)
    number = read_number(match["number"], rules, has_scale=True)
    more = read_number(match["more"], rules, has_scale=True)
    if scale is None or more_scale is None or number is None or more is None or match["half"]:
        return None
    if number % 1 or more % 1:
        return None
    if more_scale < scale and more * more_scale < scale:
        return number * scale + more * more_scale
    return (
        (number * scale + more) * more_scale if scale == THOUSAND and more < THOUSAND and more_scale > scale else None
    )


def _low(match: re.Match[str], rules: Grammar) -> Decimal | None:
    """The lower end where the match is a range."""
    if "low" not in match.re.groupindex:
        return None
    number = read_number(match["low"], rules, has_scale=True)
    scale = _scale(match["lowscale"], rules) or _scale(match["scale"], rules) or Decimal(1)
    return number * scale if number is not None else None


def _bounded(
    match: re.Match[str], value: Decimal, low: Decimal | None, currency: str, document: Document, rules: Grammar
) -> Amount:
    """The sum with the hedge before it or the suffix after it, both within its span."""
    start, end = match.start(), match.end()
    number = flat(match["number"])
    # A hedge may end in the article that stands for the figure.
    is_article = number in rules.numbers.articles
    reach = match.start("number") + len(match["number"].rstrip()) if is_article else start
    before = document.text[max(0, start - HEDGE_REACH) : reach]
    hedge = rules.hedge.search(before)
    kind = rules.hedges[flat(hedge["hedge"])] if hedge else "exact"
    if kind == "plain":
        kind = "exact"
    elif hedge:
        start = max(0, start - HEDGE_REACH) + hedge.start()
    if kind == "exact" and number in rules.numbers.round_words:
        kind = "approx"
    suffix = rules.suffix.match(document.text, end)
    if "low" in match.re.groupindex and flat(match["to"]) in rules.between_ands:
        between = rules.between.search(document.text, max(0, start - HEDGE_REACH), start)
        start = between.start() if between else start
    if suffix and kind == "exact":
        kind, end = rules.suffixes[flat(suffix["suffix"])], suffix.end()
    return Amount(Span(start, end), _money(kind, value, low, currency))


def _money(kind: str, value: Decimal, low: Decimal | None, currency: str) -> Money:
    """The value that a hedge makes of a figure."""
    value = Decimal(plain(value))
    low = None if low is None else Decimal(plain(low))
    if low is not None and low < value:
        return Money(low, value, is_approx=kind == "approx", currency=currency)
    return Money.hedged(value, kind, currency=currency)


def _scale(form: str | None, rules: Grammar) -> Decimal | None:
    if form is None:
        return None
    return rules.exact_scales[form] if form in rules.exact_scales else rules.scales[flat(form)]


def _with_currencies(found: list[Found], document: Document, rules: Grammar) -> Iterator[Amount]:
    """The sums, those without a currency of their own included where another lends one."""
    lenders = Lenders([amount for amount, _ in found if amount], document)
    for amount, match in found:
        if amount:
            yield amount
            continue
        if not match["scale"] or not _may_be_bare(match, document, rules):
            continue
        lender = lenders.of(match.start())
        value, factor = _value(match, rules), _scale(match["scale"], rules)
        if lender is not None and value is not None and factor is not None and MILLION <= value < MOST:
            bare = _bounded(match, value, _low(match, rules), lender.value.currency, document, rules)
            yield replace(bare, currency_spans=lender.spans, is_bare=True)


class Lenders:
    """The sums with a currency, which lend it to figures without one."""

    def __init__(self, stated: list[Amount], document: Document) -> None:
        self.stated = stated
        self.starts = [amount.span.start for amount in stated]
        self.document = document

    def of(self, place: int) -> Amount | None:
        """A sum of the same sentence, the one before it in the paragraph, or else the text's first."""
        if not self.stated or not self.document.sentences:
            return self.stated[0] if self.stated else None
        sentence = self.document.sentence_at(place)
        here = bisect_left(self.starts, place)
        if here and self.starts[here - 1] >= sentence.start:
            return self.stated[here - 1]
        if here < len(self.starts) and self.starts[here] < sentence.end:
            return self.stated[here]
        if here and self.document.sentence_at(self.starts[here - 1]).paragraph == sentence.paragraph:
            return self.stated[here - 1]
        return self.stated[0]


def _may_be_bare(match: re.Match[str], document: Document, rules: Grammar) -> bool:
    """Whether nothing that is counted follows the figure: "13 million users" is no sum."""
    before = document.text[max(0, match.start() - 2) : match.start()].rstrip()
    if before and unicodedata.category(before[-1]) == "Sc":
        return False
    rest = document.text[match.end() : match.end() + 24]
    if not rest.strip() or not rest.lstrip(" ")[0].isalpha():
        return not rest.lstrip(" ").startswith("%")
    if rules.counted is not None:
        counted = rules.counted.match(rest)
        return counted is None or counted["what"][0].isupper() or counted["what"] in rules.followers
    word = re.match(r"\w+", rest.lstrip(" "))
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
