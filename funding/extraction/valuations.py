"""Give rounds their valuations: the sum, whether before or after the money, and how many times the one before."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from funding.extraction.companies import Cast, Group
from funding.extraction.events import Round
from funding.extraction.facts import Span
from funding.extraction.money import HEDGE_REACH, grammar
from funding.extraction.reading import PlacedAmount, Reading
from funding.extraction.rounds import RoundFinder
from funding.extraction.text import Document
from funding.extraction.vocabulary import Cue, Vocabulary
from funding.values import Multiple

MOST = 12  # mentions of one sum that are looked at
BASIS_REACH = 8  # tokens between a sum and the words that say pre or post
RATIO_REACH = 9  # tokens between a multiple and what it is a multiple of
# What words for a round at a lower or the same valuation say. What the press calls flat is nearly so, and as often the
# price of a share as the value of the company: it never bounds a proof.
COMPARED = {
    "down": Multiple(None, Decimal(1), high_open=True),
    "flat": Multiple(Decimal(1), Decimal(1), is_approx=True),
}
# Words without which a sentence that says "the same price" speaks of something else.
MONEYED = ("valued", "post_money", "pre_money", "round", "raise", "ratio_base")


@dataclass(slots=True)
class Valuation:
    """What a text says of a company's worth at one round."""

    placed: PlacedAmount | None = None
    basis: str | None = None
    basis_span: Span | None = None
    ratio: Multiple | None = None
    ratio_spans: tuple[Span, ...] = ()
    unicorn: Span | None = None


class ValuationFinder:
    """Finds the valuations of one text."""

    def __init__(self, reading: Reading, cast: Cast, finder: RoundFinder) -> None:
        self.reading = reading
        self.cast = cast
        self.finder = finder
        self.found: dict[int, Valuation] = {}

    def find(self, sums: Mapping[int, PlacedAmount | None]) -> dict[int, Valuation]:
        """The valuation of every round that has one, by the round's identity; `sums` are those already chosen."""
        for key, placed in sums.items():
            if placed is not None:
                value = placed.amount.value
                same = [p for p in self.reading.amounts if p.amount.value == value][:MOST]
                based = next((p for p in [placed, *same] if self._basis(p)[0]), placed)
                self.found[key] = Valuation(based, *self._basis(based))
        for sentence in self.reading.sentences:
            self._read_ratio(sentence.index)
            self._read_compared(sentence.index)
            self._read_unicorn(sentence.index)
        return self.found

    def _target(self, sentence: int, token: int) -> Round | None:
        """The round a valuation belongs to, unless the sentence speaks of another company."""
        target = self.finder.target(sentence, token)
        if target is None or self.finder.by_sentence.get(sentence):
            return target
        first = self.reading.sentences[sentence].first
        rounds = {r.company.key for r in self.finder.rounds}
        names = self.reading.names_in(first, token)
        groups = [self.cast.group(name) for name in names]
        if any(group.key == target.company.key for group in groups):
            return self._newest(target)
        for group in groups:
            if group.key in rounds:
                return next(r for r in self.finder.rounds if r.company.key == group.key)
        if (
            names
            and names[0].first - first <= 1
            and not self._is_aside(groups[0])
            and not self.reading.has(sentence, "round")
        ):
            return None
        return target

    def _is_aside(self, group: Group) -> bool:
        """Whether a name at the head of a sentence is no company: a person's or a place's."""
        return self.cast.is_person(group) or self.cast.is_place(group)

    def _newest(self, target: Round) -> Round:
        """The headline round of a company where the sentence goes back to its name."""
        return next((r for r in self.finder.rounds if r.company.key == target.company.key and r.is_headline), target)

    def _basis(self, placed: PlacedAmount) -> tuple[str | None, Span | None]:
        for kind in ("post_money", "pre_money"):
            for cue in self.reading.cues_of(placed.sentence, kind):
                gap = placed.first - cue.last if cue.last <= placed.first else cue.first - placed.last
                between = range(min(cue.last, placed.last), max(cue.first, placed.first))
                crossed = any(self.reading.sum_starts.get(i, -1) >= 0 and i != placed.first for i in between)
                if gap <= BASIS_REACH and not crossed:
                    return kind.partition("_")[0], self.reading.cue_span(cue)
        return None, None

    def _read_ratio(self, sentence: int) -> None:
        reading = self.reading
        bases = list(reading.cues_of(sentence, "ratio_base"))
        for cue in reading.cues_of(sentence, "multiple"):
            after = [base for base in bases if 0 <= base.first - cue.last <= RATIO_REACH]
            if not after:
                continue
            target = self._target(sentence, cue.first)
            if target is None:
                continue
            if target.is_previous:
                target = self.finder.newest(target.company) or target
            valuation = self.found.setdefault(id(target), Valuation())
            ratio, first = read_multiple(reading.document, reading.words, cue)
            if valuation.ratio is None:
                valuation.ratio = ratio
                end = reading.tokens[max(after[0].last, cue.last) - 1].end
                valuation.ratio_spans = (Span(first, end),)

    def _read_compared(self, sentence: int) -> None:
        """A round below the valuation before it, or at it."""
        for cue in self.reading.cues_of(sentence, *COMPARED):
            target = self._target(sentence, cue.first) if self.reading.has(sentence, *MONEYED) else None
            if target is not None and target.is_previous:
                target = self.finder.newest(target.company) or target
            valuation = self.found.setdefault(id(target), Valuation()) if target is not None else None
            if valuation is not None and valuation.ratio is None:
                valuation.ratio = COMPARED[cue.kind]
                valuation.ratio_spans = (self.reading.cue_span(cue),)

    def _read_unicorn(self, sentence: int) -> None:
        for cue in self.reading.cues_of(sentence, "unicorn"):
            target = self._target(sentence, cue.first)
            if target is not None and target.is_headline:
                valuation = self.found.setdefault(id(target), Valuation())
                if valuation.placed is None and valuation.unicorn is None:
                    valuation.unicorn = self.reading.cue_span(cue)


def read_multiple(document: Document, words: Vocabulary, cue: Cue) -> tuple[Multiple, int]:
    """The multiple with its hedge, and where that starts: "more than double" is open at two."""
    rules = grammar(words.code)
    start = document.tokens[cue.first].start
    head = document.text[max(0, start - HEDGE_REACH) : start]
    match = rules.hedge.search(head)
    if match:
        kind = rules.hedges[" ".join(match["hedge"].casefold().split())]
        return Multiple.hedged(Decimal(cue.label), kind), start - len(head) + match.start()
    return Multiple.hedged(Decimal(cue.label), "exact"), start
