"""Fold typography without moving a character, and cut a text into tokens and sentences that keep their offsets."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from funding.extraction.facts import Span

# One character for one: offsets into the folded text are offsets into the text as it was given.
FOLDED = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u2007": " ",
        "\u2018": "'",
        "\u2019": "'",
        "\u02bc": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2212": "-",
        "\t": " ",
    }
)
TOKEN = re.compile(r"\w+|[^\w\s]")
LINK_TARGET = re.compile(r"(?<=\])\([^()\s]{1,2000}\)|https?://[^\s)\]]{1,2000}")
LONGEST = 200  # tokens after which a sentence ends whatever follows; nobody writes such, and rules stay quick
SHORTEST = 3  # letters of a name that a verb may be glued to
ENDS = frozenset(".!?…")
CLOSERS = frozenset("\"')]")
OPENERS = frozenset("\"'([-–—•*")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign: `word` is its case-folded form.

    `is_capital` says whether it is written as a name may be: with a capital first or inside (`iFood`).
    """

    start: int
    end: int
    raw: str
    word: str
    is_capital: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: characters `start` to `end`, tokens `first` to `last` (the end of neither belongs to it)."""

    index: int
    start: int
    end: int
    first: int
    last: int
    paragraph: int
    is_title: bool


class Document:
    """A text with its tokens and sentences. `given` is the text untouched, `text` the folded one of equal length.

    `abbreviations` end in a full stop without ending a sentence; `lettered` are the words that a single letter
    follows; `glued` are verbs that scraped text may have lost the blank before.
    """

    def __init__(
        self,
        given: str,
        abbreviations: Collection[str] = (),
        title: str | None = None,
        lettered: Collection[str] = (),
        glued: Collection[str] = (),
    ) -> None:
        self.given = given
        self.text = LINK_TARGET.sub(lambda link: " " * len(link.group()), given.translate(FOLDED))
        verbs = tuple(glued)
        self.tokens = tuple(
            Token(start, start + len(raw), raw, raw.casefold(), _is_capital(raw))
            for match in TOKEN.finditer(self.text)
            for start, raw in _parts(match.start(), match.group(), verbs)
        )
        self._lettered = frozenset(lettered)
        self.sentences = tuple(self._cut(frozenset(abbreviations), title))
        self._starts = [sentence.start for sentence in self.sentences]

    @cached_property
    def token_starts(self) -> list[int]:
        """Where every token starts."""
        return [token.start for token in self.tokens]

    def token_at(self, offset: int) -> int:
        """The index of the token that holds or precedes a character offset."""
        return max(bisect_right(self.token_starts, offset) - 1, 0)

    def sentence_at(self, offset: int) -> Sentence:
        """The sentence that holds a character offset."""
        return self.sentences[max(bisect_right(self._starts, offset) - 1, 0)]

    def quote(self, span: Span) -> str:
        """The words of a span as they were given."""
        return self.given[span.start : span.end]

    def _cut(self, abbreviations: frozenset[str], title: str | None) -> Iterator[Sentence]:
        """Sentences in order; a new line always ends one."""
        first, paragraph, index = 0, 0, 0
        heading = title.translate(FOLDED).strip() if title else None
        while first < len(self.tokens):
            last = first
            while not self._ends_after(last, abbreviations) and last - first < LONGEST:
                last += 1
            start, end = self.tokens[first].start, self.tokens[last].end
            is_title = paragraph == 0 and self._is_title(start, heading)
            yield Sentence(index, start, end, first, last + 1, paragraph, is_title)
            index += 1
            first = last + 1
            if first < len(self.tokens) and "\n" in self.text[end : self.tokens[first].start]:
                paragraph += 1

    def _is_title(self, start: int, heading: str | None) -> bool:
        """Whether the line that starts here is the title: the one given, or else one that reads as a heading."""
        line_end = self.text.find("\n", start)
        line = self.text[start : line_end if line_end >= 0 else None].strip()
        return line == heading if heading else _is_heading(line, line_end)

    def _ends_after(self, position: int, abbreviations: frozenset[str]) -> bool:
        """Whether a sentence ends with the token at `position`."""
        tokens = self.tokens
        if position + 1 >= len(tokens):
            return True
        token, after = tokens[position], tokens[position + 1]
        gap = self.text[token.end : after.start]
        if "\n" in gap:
            return True
        if not gap:
            return False
        mark = token
        if token.raw in CLOSERS and position and not self.text[tokens[position - 1].end : token.start]:
            mark, position = tokens[position - 1], position - 1
        if mark.raw not in ENDS:
            return False
        if not (after.raw[0].isupper() or after.raw[0].isdigit() or after.raw in OPENERS or after.is_capital):
            return False
        if mark.raw != ".":
            return True
        before = tokens[position - 1] if position else mark
        # "Series B." ends a sentence where "J. Smith" does not.
        is_letter = position >= 2 and tokens[position - 2].word in self._lettered
        opens_topic = position + 2 < len(tokens) and after.is_capital and tokens[position + 2].raw == ":"
        if opens_topic:
            return True
        is_initial = len(before.raw) == 1 and before.raw.isalpha() and before.end == mark.start and not is_letter
        return not is_initial and before.word not in abbreviations


def _parts(start: int, raw: str, verbs: tuple[str, ...]) -> list[tuple[int, str]]:
    """The token, or where a verb is glued to a name ("Acmeraised"), the name and the verb, each with its place."""
    if raw.endswith(verbs) and _is_capital(raw):
        verb = max((verb for verb in verbs if raw.endswith(verb)), key=len)
        if len(raw) - len(verb) >= SHORTEST:
            cut = len(raw) - len(verb)
            return [(start, raw[:cut]), (start + cut, verb)]
    return [(start, raw)]


def _is_capital(raw: str) -> bool:
    return raw[0].isupper() or (raw[0].isalpha() and any(map(str.isupper, raw[1:])))


def _is_heading(line: str, line_end: int) -> bool:
    """Whether the first line reads as a title: short, with more below it, and without a full stop."""
    return line_end >= 0 and len(line) <= 200 and not line.endswith(".")
