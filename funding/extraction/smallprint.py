"""Find names that are written in small letters, by what stands around them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from funding.extraction.text import Document, Token
from funding.extraction.vocabulary import Vocabulary
from funding.extraction.wordlists import word_lists

SHORTEST, OFTEN = 3, 2
# Letters with figures inside or behind them ("loket9"): too few of both would be a measure or a term ("b2b").
MIXED = re.compile(
    r"[^\W\d_]{4,20}\d{1,4}|[^\W\d_]{2,20}\d[^\W\d_]{2,20}|\d{1,4}[^\W\d_]{5,20}|[^\W\d_][013-9][^\W\d_]"
)
# A dot or an ampersand between two words, and what the first of these must not be.
TIE = re.compile(r"(?<=\w)[.&](?=[^\W\d_])")
TIES = frozenset(".&")
AFTER_END = re.compile(r"(?<=[.!?])\s{1,3}(?=[^\W\d_])")
WEB = frozenset({"www", "http", "https"})
ENDS = frozenset(".,;:!?)–—\"'")


class SmallNames:
    """The words of one text that are names although no capital says so."""

    def __init__(self, document: Document, words: Vocabulary, masked: frozenset[int]) -> None:
        self.document = document
        self.tokens = document.tokens
        self.words = words
        self.masked = masked
        self.counts = Counter(token.raw for token in self.tokens if not token.is_capital)
        self.lists = word_lists(words)

    def find(self) -> frozenset[str]:
        """The words, as they are written."""
        found = {*self._named(), *self._opening(), *self._mixed()}
        return frozenset(found - self._with_article(found))

    def tied(self) -> dict[int, int]:
        """Where a small letter opens a name such as "moroso.ai", and how many tokens it takes."""
        found = {}
        for match in TIE.finditer(self.document.text):
            place = self.document.token_at(match.start() - 1)
            sentence = self.document.sentence_at(match.start())
            length = tied_length(self.tokens, place, sentence.last)
            if length and not self.tokens[place].is_capital:
                found[place] = length
        return found

    def _may_be(self, place: int) -> bool:
        token = self.tokens[place]
        is_small = token.raw.islower() and token.raw[0].isalnum() and len(token.raw) >= SHORTEST
        return (
            is_small
            and not token.raw.isdigit()
            and place not in self.masked
            and token.word not in self.lists.never_small
        )

    def _named(self) -> Iterator[str]:
        """What a text says that something is called: "the company is called frigo."."""
        for last in self._ends_of_naming():
            place = last
            while place < len(self.tokens) and self.tokens[place].raw in "\"':":
                place += 1
            if place >= len(self.tokens) - 1 or not self._may_be(place):
                continue
            after = self.tokens[place + 1].raw
            sentence = self.document.sentence_at(self.tokens[place].start)
            if (
                after in ENDS
                or place + 1 == sentence.last
                or self.counts[self.tokens[place].raw] >= OFTEN
                and place > last
            ):
                yield self.tokens[place].raw

    def _ends_of_naming(self) -> Iterator[int]:
        by_first = self.lists.naming
        for place in [place for place, token in enumerate(self.tokens) if token.word in by_first]:
            for phrase in by_first[self.tokens[place].word]:
                if tuple(t.word for t in self.tokens[place : place + len(phrase)]) == phrase:
                    yield place + len(phrase)

    def _opening(self) -> Iterator[str]:
        """Words that open the title, or several sentences, although whatever opens one has a capital."""
        opening: Counter[str] = Counter()
        for sentence in self.document.sentences:
            if self._may_be(sentence.first):
                opening[self.tokens[sentence.first].raw] += OFTEN if sentence.is_title else 1
        for match in AFTER_END.finditer(self.document.text):
            place = self.document.token_at(match.end())
            if self._may_be(place):
                is_short = place > 1 and self.tokens[place - 2].word in self.words.abbreviations
                opening[self.tokens[place].raw] += not is_short
        for word, count in opening.items():
            if count >= OFTEN and self.counts[word] >= OFTEN:
                yield word

    def _mixed(self) -> Iterator[str]:
        """Words with a figure in them: "n8n"."""
        for word, count in self.counts.items():
            if word.isalpha() or word in self.lists.terms or not MIXED.fullmatch(word):
                continue
            if count >= OFTEN or not word[0].isdigit():
                yield word

    def _with_article(self, found: set[str]) -> set[str]:
        """Those that have an article somewhere, as common nouns do."""
        if not found:
            return set()
        articles = self.words.lexicon["determiners"] - {"'"}
        return {
            after.raw
            for token, after in zip(self.tokens, self.tokens[1:], strict=False)
            if after.raw in found and token.word in articles
        }


def tied_length(tokens: Sequence[Token], place: int, limit: int) -> int:
    """How many tokens a name such as "moroso.ai", "imec.istart" or "e.bricks" takes, or 0 where there is none."""
    first = tokens[place]
    last = place + 1
    if last + 1 >= limit or tokens[last].raw not in TIES or first.word in WEB or _is_tied_before(tokens, place):
        return 0
    while last + 1 < limit and tokens[last].raw in TIES and tokens[last].start == tokens[last - 1].end:
        after = tokens[last + 1]
        if after.start != tokens[last].end or not after.raw[0].isalpha() or not after.raw.islower():
            break
        last += 2
    if last == place + 1 or last < limit and tokens[last].raw in "@/_" and tokens[last].start == tokens[last - 1].end:
        return 0
    letters = tokens[last - 1].end - first.start
    is_long = len(first.raw) >= SHORTEST and len(tokens[last - 1].raw) >= 2 or len(tokens[place + 2].raw) > SHORTEST
    return last - place if is_long and letters > 2 * SHORTEST - 1 else 0


def _is_tied_before(tokens: Sequence[Token], place: int) -> bool:
    """Whether the word goes on one before it without a blank, as in an address."""
    return place > 0 and tokens[place - 1].end == tokens[place].start and tokens[place - 1].raw in "@/.-_"
