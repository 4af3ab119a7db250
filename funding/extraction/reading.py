"""Everything that the finders see in one text, gathered once: what all later rules look at."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Generic, TypeVar

from funding.extraction import dates, money, stages
from funding.extraction.dates import FoundDate
from funding.extraction.facts import Span
from funding.extraction.money import Amount
from funding.extraction.names import Name, NameFinder, token_range
from funding.extraction.stages import FoundStage
from funding.extraction.text import Document, Sentence
from funding.extraction.vocabulary import Cue, Vocabulary, words_of
from funding.values import PartialDate

LEDE, NEAR_LEDE = 5, 31  # sentences of the head of a text; days from its date
APART = 30  # tokens that the end of a sentence between a name and a cue counts
DATELINE = 70  # characters of the body in which a dateline stands


@dataclass(frozen=True, slots=True)
class Place:
    """Something found, as a range of tokens in one sentence."""

    first: int
    last: int
    sentence: int


@dataclass(frozen=True, slots=True)
class PlacedAmount(Place):
    """A sum and its tokens."""

    amount: Amount


@dataclass(frozen=True, slots=True)
class PlacedDate(Place):
    """A date and its tokens."""

    date: FoundDate


@dataclass(frozen=True, slots=True)
class PlacedStage(Place):
    """A stage and its tokens."""

    stage: FoundStage


class Reading:
    """One text as the finders see it."""

    def __init__(
        self, document: Document, words: Vocabulary, published_on: PartialDate | None, publisher: str | None = None
    ) -> None:
        self.document = document
        self.pronouns = frozenset(
            " ".join(words_of(form)) for form in words.lexicon["pronouns"] if " " in form or "'" in form
        )
        self.tokens = document.tokens
        self.words = words
        self.lexicon = words.lexicon
        self.published_on = published_on
        self.dateline = None if published_on else self._find_dateline()
        self.anchor = published_on or (self.dateline.value if self.dateline else None)
        self.amounts = [
            PlacedAmount(*self._place(amount.span), amount)
            for amount in money.find_amounts(document, words, publisher)
        ]
        taken = {i for placed in self.amounts for i in range(placed.first, placed.last)}
        found_dates = dates.find_dates(document, words, self.anchor)
        if self.dateline is not None:
            found_dates = [self._from_dateline(date, self.dateline) for date in found_dates]
        if self.anchor is None:
            found_dates = self._dates_by_lede(found_dates)
        self.dates = [
            PlacedDate(*place, date)
            for date in found_dates
            if not taken.intersection(range((place := self._place(date.span))[0], place[1]))
            and not self._opens_name(date)
        ]
        self.stages = [PlacedStage(*self._place(stage.span), stage) for stage in stages.find_stages(document, words)]
        cues = [words.find_cues(document, sentence) for sentence in document.sentences]
        funds = {i for row in cues for cue in row if cue.kind == "fund" for i in range(cue.first, cue.last)}
        self.stages = [stage for stage in self.stages if not {stage.first, stage.last - 1} <= funds]
        placed: list[Place] = [*self.amounts, *self.dates, *self.stages]
        masked = frozenset(i for place in placed for i in range(place.first, place.last))
        self.amounts_of = _by_sentence(list(enumerate(self.amounts)), lambda row: row[1].sentence)
        self.dates_of = _by_sentence(self.dates, lambda date: date.sentence)
        self.stages_of = _by_sentence(self.stages, lambda stage: stage.sentence)
        self.sum_starts = {p.first: i for i, p in enumerate(self.amounts) if not p.amount.is_conversion}
        self.names = NameFinder(document, words, masked).find()
        self._name_starts = [name.first for name in self.names]
        self.cues = cues
        self._kinds = [frozenset(cue.kind for cue in cues) for cues in self.cues]
        self.seat_starts = frozenset(cue.last for cues in self.cues for cue in cues if cue.kind == "based")
        self.list_starts = frozenset(
            max(cue.last, cue.tail) for cues in self.cues for cue in cues if cue.kind in ("joins_after", "lead_by")
        )

    def _place(self, span: Span) -> tuple[int, int, int]:
        first, last = token_range(self.document, span)
        return first, last, self.document.sentence_at(span.start).index

    def _dates_by_lede(self, found: list[FoundDate]) -> list[FoundDate]:
        """The dates of a text whose day of publication is unknown: a full date at its head tells the year of others.

        Only days without a year are read so, and only those within a month of it; "last Monday" stays unknown.
        """
        head = self.document.sentences[min(LEDE, len(self.document.sentences)) - 1].end if found else 0
        full = [date for date in found if date.value.day and date.span.start < head]
        if not full:
            return found
        lede = full[-1]
        near = [
            replace(date, counted_from=lede.span) if date.is_relative else date
            for date in dates.find_dates(self.document, self.words, lede.value)
            if date.reading == "date"
            and date.value.day
            and abs((date.value.first_day - lede.value.first_day).days) <= NEAR_LEDE
        ]
        starts = {date.span.start for date in near}
        kept = [date for date in found if date.span.start not in starts]
        return sorted(kept + near, key=lambda date: date.span.start)

    def _from_dateline(self, date: FoundDate, line: FoundDate) -> FoundDate:
        """The date with the dateline that it is counted from, where it is."""
        return replace(date, counted_from=line.span) if date.is_relative and not date.counted_from else date

    def _opens_name(self, date: FoundDate) -> bool:
        """Whether a bare year is the first part of a firm's name: "1984 Ventures"."""
        _, last, _ = self._place(date.span)
        after = self.tokens[last].raw if last < len(self.tokens) else ""
        return len(date.value.iso) == 4 and after in self.lexicon["firm_words"]

    def _find_dateline(self) -> FoundDate | None:
        """A date that opens the body before a dash: "PARIS, 24 August 2023 –"."""
        for sentence in self.document.sentences:
            if sentence.is_title:
                continue
            if sentence.start > self.document.sentences[0].end + 2 * DATELINE:
                break
            head = self.document.text[sentence.start : sentence.start + DATELINE]
            for date in dates.find_dates(Document(head), self.words, None):
                rest = head[date.span.end :].lstrip()
                if rest[:1] in ("–", "—", "-", "|", ":"):
                    offset = sentence.start
                    span = Span(date.span.start + offset, date.span.end + offset)
                    return FoundDate(span, date.value, date.reading, False)
        return None

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences in order."""
        return self.document.sentences

    def names_in(self, first: int, last: int) -> list[Name]:
        """The names wholly between two tokens."""
        low, high = bisect_left(self._name_starts, first), bisect_left(self._name_starts, last)
        while high > low and self.names[high - 1].last > last:
            high -= 1
        return self.names[low:high]

    def cues_of(self, sentence: int, *kinds: str) -> Iterator[Cue]:
        """The cues of a sentence that are of one of the kinds, in order."""
        if self._kinds[sentence].isdisjoint(kinds):
            return iter(())
        return (cue for cue in self.cues[sentence] if cue.kind in kinds)

    def has(self, sentence: int, *kinds: str) -> bool:
        """Whether the sentence has a cue of one of the kinds."""
        return not self._kinds[sentence].isdisjoint(kinds)

    def words_near(self, names: Iterable[Name], *kinds: str) -> tuple[Name, Span] | None:
        """The cue of a kind nearest to one of the names, in its sentence or one beside it, with that name."""
        found = []
        for name in names:
            index = self.sentence_of(name.first)
            for near in range(max(0, index - 1), min(len(self.sentences), index + 2)):
                for cue in self.cues_of(near, *kinds):
                    gap = abs(name.first - cue.first) + APART * (near != index)
                    found.append((gap, cue.first, name, self.cue_span(cue)))
        return min(found, key=lambda row: row[:2])[2:] if found else None

    def span(self, first: int, last: int) -> Span:
        """The characters of a range of tokens."""
        return Span(self.tokens[first].start, self.tokens[last - 1].end)

    def cue_span(self, cue: Cue) -> Span:
        """The characters of a cue, without its separated part."""
        return self.span(cue.first, cue.last)

    def sentence_of(self, token: int) -> int:
        """The index of the sentence that holds a token."""
        return self.document.sentence_at(self.tokens[token].start).index


Row = TypeVar("Row")


class BySentence(Generic[Row]):
    """Things found, by the sentence that they stand in."""

    def __init__(self, rows: dict[int, list[Row]]) -> None:
        self._rows = rows

    def __getitem__(self, sentence: int) -> list[Row]:
        return self._rows.get(sentence, [])


def _by_sentence(rows: list[Row], sentence_of: Callable[[Row], int]) -> BySentence[Row]:
    """The rows by sentence, in order."""
    grouped: dict[int, list[Row]] = {}
    for row in rows:
        grouped.setdefault(sentence_of(row), []).append(row)
    return BySentence(grouped)
