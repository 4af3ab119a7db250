"""Find what a text says of the companies themselves: when and where founded, how many people, how much money."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from decimal import Decimal
from functools import cache

from funding.extraction import vocabulary
from funding.extraction.companies import Cast, Group
from funding.extraction.facts import Span
from funding.extraction.money import Grammar, grammar, read_number
from funding.extraction.names import Name, token_range
from funding.extraction.numerals import numerals
from funding.extraction.reading import PlacedAmount, PlacedDate, Reading
from funding.extraction.subjects import is_candidate, subject_of_opening
from funding.extraction.text import FOLDED, Token
from funding.extraction.vocabulary import Cue, forms, pattern_of
from funding.values import PartialDate, Quantity, Text, Value

YEAR_REACH = 4  # tokens between a word of founding and its year
YEAR_BEFORE = 16  # tokens from a year to the verb of founding after it
AFTER_CITY = 5  # tokens behind a city's adjective in which the company is named
LONGEST_BRACKET = 20  # tokens
PLACES = 4  # the most places named in one go


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact of a company before it has a mention to hang on; of two of one field that of more `strength` stands."""

    company: str
    field: str
    value: Value
    spans: tuple[Span, ...]
    rule: str
    strength: float
    qualifiers: Mapping[str, str | int | bool] = default(default_factory=dict)


class CompanyReader:
    """Reads the facts of the headline companies of one text."""

    def __init__(self, reading: Reading, roles: dict[int, str], cast: Cast, companies: list[Group]) -> None:
        self.reading = reading
        self.roles = roles
        self.cast = cast
        self.companies = {group.key: group for group in companies}

    def read(self) -> list[Finding]:
        """All facts, in the order of the text."""
        found: list[Finding] = []
        current: Group | None = next(iter(self.companies.values()), None)
        for sentence in self.reading.sentences:
            owner = self._owner(sentence.index, current)
            if owner is not None:
                found += self._founded(sentence.index, owner)
                found += self._places(sentence.index, owner)
                found += self._employees(sentence.index, owner)
                found += self._money(sentence.index, owner)
                current = owner
        return found

    def _owner(self, index: int, current: Group | None) -> Group | None:
        """The company that a sentence speaks of: named in it, or, without another subject, spoken of before."""
        sentence = self.reading.sentences[index]
        names = self.reading.names_in(sentence.first, sentence.last)
        for name in names:
            group = self.cast.group(name)
            if group.key in self.companies:
                return group
        if len(self.companies) > 1:
            subjects = [
                n
                for n in names
                if n.first - sentence.first <= 1 and is_candidate(n, sentence.first, self.reading, self.cast)
            ]
            if subjects:
                return None
        opens = [c for c in self.reading.cues_of(index, "founded", "founded_by", "based") if c.first == sentence.first]
        if opens and subject_of_opening(opens[0].last, sentence.last, self.reading, self.cast) is not None:
            return None
        told = set(sources(index, self.reading))
        opening = [
            n
            for n in names
            if n.first - sentence.first <= 2 and n.span not in told and not self.cast.is_place(self.cast.group(n))
        ]
        if opening and is_candidate(opening[0], sentence.first, self.reading, self.cast):
            return None
        return current

    def _founded(self, index: int, owner: Group) -> Iterator[Finding]:
        """The year of founding: "founded in 2016", "was launched in 2018"."""
        reading = self.reading
        for cue in reading.cues_of(index, "founded", "founded_by", "founds"):
            date = self._year_near(cue, index)
            if date is not None and date.date.value.precision in ("year", "month", "day"):
                if cue.kind == "founds" and not self._has_object(cue, owner):
                    continue
                own = reading.span(min(cue.first, date.first), max(cue.last, date.last))
                spans = (own, *date.date.spans[1:])
                value = PartialDate(date.date.value.year)
                yield Finding(
                    owner.key, "founded_on", value, spans, f"founded.{cue.kind}", 0.93 if cue.kind != "founds" else 0.8
                )
                return

    def _year_near(self, cue: Cue, index: int) -> PlacedDate | None:
        reach = 12 if cue.kind == "founds" else YEAR_REACH
        for placed in self.reading.dates_of[index]:
            is_counted = placed.date.reading == "ago" and placed.date.value.precision == "year"
            if placed.date.reading != "date" and not is_counted:
                continue
            if 0 <= placed.first - cue.first <= reach + cue.last - cue.first:
                return placed
            if cue.kind != "founds" and 0 <= cue.first - placed.last <= 1:
                return placed
            if cue.kind == "founds" and 0 <= cue.first - placed.last <= YEAR_BEFORE:
                return placed
        return None

    def _has_object(self, cue: Cue, owner: Group) -> bool:
        """Whether what was founded is the company: its name or a pronoun follows the verb."""
        reading = self.reading
        if cue.last >= len(reading.tokens):
            return False
        objects = reading.names_in(cue.last, min(cue.last + 5, len(reading.tokens)))
        own = any(self.cast.group(name).key == owner.key for name in objects)
        return own or reading.tokens[cue.last].word in reading.lexicon["object_pronouns"]

    def _places(self, index: int, owner: Group) -> Iterator[Finding]:
        """Where the company has its seat."""
        reading = self.reading
        sentence = reading.sentences[index]
        for cue in reading.cues_of(index, "based"):
            last = cue.last
            for number, name in enumerate(reading.names_in(cue.last, sentence.last)[:PLACES]):
                gap = [reading.tokens[i] for i in range(last, name.first)]
                links = reading.lexicon["conjunctions"]
                if number == 0 and gap or number and not self._continues(gap, links):
                    break
                if name.text in vocabulary.regions():
                    break
                if self.cast.group(name).key == owner.key or self.cast.is_person(self.cast.group(name)):
                    break
                spans = (name.span, reading.cue_span(cue))
                yield Finding(owner.key, "headquarters", Text(name.text), spans, "based.in", 0.9)
                last = name.last
        for name in reading.names_in(sentence.first, sentence.last):
            if name.last + 1 < sentence.last and reading.tokens[name.last].raw == "-":
                suffix = [c for c in reading.cues_of(index, "based_suffix") if c.first == name.last + 1]
                if suffix and name.text not in vocabulary.regions() and self._describes(name.last + 2, owner, index):
                    name = self._city_of(name)
                    spans = (name.span, reading.cue_span(suffix[0]))
                    yield Finding(owner.key, "headquarters", Text(name.text), spans, "based.suffix", 0.85)
        heads = reading.lexicon["company_heads"]
        for cue in reading.cues_of(index, "city"):
            is_behind = bool(cue.first) and reading.tokens[cue.first - 1].word in heads
            if is_behind or self._is_of_owner(cue, owner, sentence.last):
                own = reading.span(cue.first - is_behind, cue.last)
                yield Finding(owner.key, "headquarters", Text(cue.label), (own,), "based.adjective", 0.75)

    def _is_of_owner(self, cue: Cue, owner: Group, limit: int) -> bool:
        """Whether the adjective before it speaks of the company: "das Berliner Start-up", "de Gentse Acme"."""
        reading = self.reading
        heads = reading.lexicon["company_heads"]
        names = {name.first: name for name in reading.names_in(cue.last, limit)}
        has_head = False
        for place in range(cue.last, min(cue.last + AFTER_CITY, limit)):
            token = reading.tokens[place]
            if place in names:
                return self.cast.group(names[place]).key == owner.key
            has_head = has_head or token.word in heads
            if not (token.word in heads or token.raw == "-" or reading.words.nouns.has(token.word)):
                break
        stands_alone = cue.first and reading.tokens[cue.first - 1].word in reading.lexicon["determiners"]
        return has_head or bool(stands_alone and self._is_noun(cue, limit))

    def _is_noun(self, cue: Cue, limit: int) -> bool:
        """Whether a capital adjective has no noun behind it and so is one itself: "Die Berliner sammeln"."""
        reading = self.reading
        has_nouns = bool(reading.words.nouns.openers)
        return has_nouns and cue.last < limit and not reading.tokens[cue.last].is_capital

    def _city_of(self, name: Name) -> Name:
        """The city before the country in "Sydney, Australia-based"."""
        if name.first and self.reading.tokens[name.first - 1].raw == ",":
            for city in self.reading.names_in(max(0, name.first - 5), name.first - 1):
                if city.last == name.first - 1:
                    return city
        return name

    def _continues(self, gap: list[Token], links: frozenset[str]) -> bool:
        return (
            len(gap) <= 3
            and all(t.word in links or t.word in self.reading.lexicon["place_words"] for t in gap)
            and any(t.word in links for t in gap)
        )

    def _describes(self, start: int, owner: Group, index: int) -> bool:
        """Whether "X-based" is said of this company: no other name comes between, or it stands alone before a noun."""
        sentence = self.reading.sentences[index]
        names = {name.first: name for name in self.reading.names_in(start, sentence.last)}
        heads = self.reading.lexicon["company_heads"]
        for place in range(start, min(start + 9, sentence.last)):
            if place in names:
                return self.cast.group(names[place]).key == owner.key
            if self.reading.tokens[place].raw in ",.;":
                return True
            if self.reading.tokens[place].word in heads and place + 1 not in names:
                return True
        return True

    def _employees(self, index: int, owner: Group) -> Iterator[Finding]:
        """How many people work there, and how many of them somewhere."""
        reading = self.reading
        sentence = reading.sentences[index]
        if reading.has(index, "future_staff") and not reading.has(index, "employs"):
            return
        rules, words = grammar(reading.words.code), reading.words
        text = reading.document.text
        for match in _staff_matches(text, sentence.start, sentence.end, words.code):
            first, _ = token_range(reading.document, Span(match.start(), match.end()))
            is_told = "lead" in match.re.groupindex
            if self._is_planned(first, index) or not is_told and not self._employs(first, index):
                continue
            value = _quantity(match, rules)
            if value is None:
                continue
            span = Span(match.start(), match.end())
            yield Finding(owner.key, "employees", value, (span,), "employees.count", 0.9)
            yield from self._subset(match.end(), sentence.end, owner, rules)
            return

    def _employs(self, first: int, index: int) -> bool:
        """Whether a verb of employing is close before the figure, or a possessive is."""
        reading = self.reading
        if first and reading.tokens[first - 1].word in reading.lexicon.get("possessives", ()):
            return True
        return any(-1 <= first - cue.last <= 3 for cue in reading.cues_of(index, "employs"))

    def _is_planned(self, first: int, index: int) -> bool:
        """Whether words of a plan or a layoff are close before the figure."""
        if first and self.reading.tokens[first - 1].word in self.reading.lexicon.get("possessives", ()):
            return False
        return any(0 <= first - cue.last <= 6 for cue in self.reading.cues_of(index, "future_staff"))

    def _subset(self, start: int, end: int, owner: Group, rules: Grammar) -> Iterator[Finding]:
        """A part of the staff at one place: "dont 80 en France"."""
        reading = self.reading
        match = _subset(reading.words.code).match(reading.document.text, start, end)
        if match is None:
            return
        value = _quantity(match, rules)
        names = reading.names_in(*token_range(reading.document, Span(match.end(), end)))
        place = next((n for n in names if n.span.start == match.end()), None)
        if value is not None and place is not None:
            span = Span(match.start("subset"), place.span.end)
            yield Finding(owner.key, "employees", value, (span,), "employees.subset", 0.88, {"place": place.text})

    def _money(self, index: int, owner: Group) -> Iterator[Finding]:
        """Revenue, and what was raised in all."""
        for number, placed in self.reading.amounts_of[index]:
            if self._is_of_another(placed, owner):
                continue
            if self.roles.get(number) == "total":
                yield Finding(owner.key, "total_raised", placed.amount.value, placed.amount.spans, "total.cue", 0.88)
            elif self.roles.get(number) == "revenue":
                yield self._revenue(placed, index, owner)

    def _is_of_another(self, placed: PlacedAmount, owner: Group) -> bool:
        """Whether a bracket right behind another company's name holds the sum."""
        name = bracketed_name(placed, self.reading)
        return name is not None and self.cast.group(name).key != owner.key

    def _revenue(self, placed: PlacedAmount, index: int, owner: Group) -> Finding:
        reading = self.reading
        qualifiers: dict[str, str | int | bool] = {}
        spans = list(placed.amount.spans)
        years = reading.dates_of[index]
        if years:
            nearest = min(years, key=lambda d: abs(d.first - placed.first))
            qualifiers["year"] = nearest.date.value.year
            spans += nearest.date.spans
        elif reading.anchor is not None:
            qualifiers["year"] = reading.anchor.year
            spans += [reading.dateline.span] if reading.dateline else []
        expected = list(reading.cues_of(index, "expected"))
        if expected:
            qualifiers["is_expected"] = True
            spans.append(reading.cue_span(expected[0]))
        source = self._source(index)
        if source is not None:
            qualifiers["attributed_to"] = reading.document.quote(source)
            spans.append(source)
        value = placed.amount.value
        strength = 0.7 if expected else 0.82
        return Finding(owner.key, "revenue", value, tuple(spans), "revenue.cue", strength, qualifiers)

    def _source(self, index: int) -> Span | None:
        """Whom the sentence names as its source."""
        return next(iter(sources(index, self.reading)), None)


def bracketed_name(placed: PlacedAmount, reading: Reading) -> Name | None:
    """The name right before the bracket that holds a sum: "Acme (now valued at $5 billion)"."""
    first = reading.sentences[placed.sentence].first
    for place in range(placed.first - 1, max(first, placed.first - LONGEST_BRACKET), -1):
        if reading.tokens[place].raw == ")":
            return None
        if reading.tokens[place].raw == "(":
            return next((n for n in reading.names_in(max(first, place - 8), place) if n.last == place), None)
    return None


def sources(index: int, reading: Reading) -> Iterator[Span]:
    """The papers and agencies that a sentence names right beside a word of reporting."""
    sentence = reading.sentences[index]
    for cue in reading.cues_of(index, "source"):
        names = reading.names_in(cue.last, min(cue.last + 10, sentence.last))
        if names and names[0].first - cue.last <= 2 and not names[0].known:
            yield names[0].span


@cache
def _number(code: str) -> str:
    spoken = numerals(code).pattern
    return f"(?P<number>\\d{{1,3}}(?:[ .,']\\d{{3}}){{1,3}}(?!\\d)|\\d{{1,7}}(?!\\d)|(?i:{spoken}))"


@cache
def _staff(code: str) -> re.Pattern[str]:
    words = vocabulary.load(code)
    hedge = pattern_of(form for group in words.money["hedges"].values() for form in forms(group))
    nouns = pattern_of(words.cues["employees"]["forms"])
    return re.compile(
        f"(?<![\\w.,€$£])(?:(?P<hedge>(?i:{hedge})) ?)?{_number(code)}[ -]?(?:[a-zà-ÿ-]{{1,16}} )?(?i:{nouns})(?!\\w)"
    )


@cache
def _staff_told(code: str) -> re.Pattern[str]:
    words = vocabulary.load(code)
    hedge = pattern_of(form for group in words.money["hedges"].values() for form in forms(group))
    leads = pattern_of(words.numbers["staff_leads"])
    end = "|".join(sorted(map(re.escape, words.stop_words), key=lambda word: (-len(word), word)))
    return re.compile(
        f"(?<!\\w)(?P<lead>(?i:{leads})) (?:(?P<hedge>(?i:{hedge})) ?)?{_number(code)}(?![\\w.,]\\w)"
        f'(?= ?[.,;:)"]|$| (?i:{end})(?!\\w))'
    )


def _staff_matches(text: str, start: int, end: int, code: str) -> list[re.Match[str]]:
    """Where a text says how many work at a company, the figure before the word for them or behind it."""
    found = [match for pattern in (_staff(code), _staff_told(code)) for match in pattern.finditer(text, start, end)]
    return sorted(found, key=lambda match: (match.start(), -match.end()))


@cache
def _subset(code: str) -> re.Pattern[str]:
    words = vocabulary.load(code)
    lead = pattern_of(words.names["subset_words"])
    hedge = pattern_of(form for group in words.money["hedges"].values() for form in forms(group))
    into = pattern_of(words.names["place_words"])
    return re.compile(
        f",? ?(?P<subset>(?i:{lead}) (?:(?P<hedge>(?i:{hedge})) ?)?{_number(code)} "
        f"(?:[a-zà-ÿ-]{{1,16}} )?(?i:{into}) )"
    )


def read_staff(quote: str, code: str) -> Quantity | None:
    """How many people work somewhere, by the words that say so."""
    found = _staff_matches(quote.translate(FOLDED), 0, len(quote), code)
    return _quantity(found[0], grammar(code)) if found else None


def read_subset(quote: str, code: str) -> tuple[Quantity | None, int]:
    """How many of them work at one place, and where in the words its name begins."""
    match = _subset(code).match(quote.translate(FOLDED))
    return (_quantity(match, grammar(code)), match.end()) if match else (None, 0)


def _quantity(match: re.Match[str], rules: Grammar) -> Quantity | None:
    number = read_number(match["number"], rules, has_scale=False)
    if number is None or number != number.to_integral_value() or number <= 0:
        return None
    hedge = match["hedge"]
    kind = rules.hedges[" ".join(hedge.casefold().split())] if hedge else "exact"
    return Quantity.hedged(Decimal(int(number)), kind)
