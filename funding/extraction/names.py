"""Find names: runs of capitalised words, joined as names are, without the words that only look like names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from funding.extraction import vocabulary
from funding.extraction.facts import Span
from funding.extraction.joints import LONGEST, Joiner, honorifics
from funding.extraction.openings import Openings
from funding.extraction.smallprint import SmallNames
from funding.extraction.text import Document, Sentence, Token
from funding.extraction.towns import comes_of_place, long_places, short_places
from funding.extraction.vocabulary import Vocabulary
from funding.extraction.wordlists import word_lists

PLAIN = frozenset(',;:()?!"%-–—')  # signs that open no name
MOST_PLACES = 50  # of a word that are looked at
TITLE_CASE = 0.6  # a heading with this share of capitals tells nothing of what is a name


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the text, as a range of tokens; `known` is set for a well-known investor."""

    first: int
    last: int
    span: Span
    text: str
    known: str | None = None

    @property
    def key(self) -> str:
        """What tells two names apart: letters and digits only, case folded."""
        return name_key(self.text)


@lru_cache(maxsize=20_000)
def name_key(text: str) -> str:
    """Letters and digits of a name, case folded."""
    return "".join(c for c in text.casefold() if c.isalnum())


class NameFinder:
    """Finds the names of one document; `masked` are the tokens of sums, dates and stages, which are none."""

    def __init__(self, document: Document, words: Vocabulary, masked: frozenset[int]) -> None:
        self.document = document
        self.tokens = document.tokens
        self.words = words
        self.lexicon = words.lexicon
        self.masked = masked
        self.lists = word_lists(words)
        self.joiner = Joiner(document, words, masked)
        small = SmallNames(document, words, masked)
        self.small, self.tied = small.find(), small.tied()
        self.nouns = self.joiner.told
        self.places: dict[str, list[int]] = {}
        capitals = [place for place, token in enumerate(self.tokens) if token.is_capital]
        for place in capitals:
            if place:
                self.places.setdefault(self.tokens[place].raw, []).append(place)
        self.lower = frozenset(word.casefold() for word in small.counts)
        self.openings = Openings(document, words, masked, capitals)
        self.starts, self.capitals = self.openings.starts, self.openings.inside

    def find(self) -> list[Name]:
        """All names in order. A heading in title case yields only names that the body has too."""
        found: list[Name] = []
        headings: list[Sentence] = []
        for sentence in self.document.sentences:
            if sentence.is_title and self._is_title_case(sentence):
                headings.append(sentence)
            else:
                found += self._find_in(sentence)
        known = {name.text for name in found}
        for sentence in headings:
            found += self._find_listed(sentence, known)
        return self._without_topics(sorted(found, key=lambda name: name.first))

    def _without_topics(self, names: list[Name]) -> list[Name]:
        """Leave out what only opens the heading before a colon ("Robotics: Acme raises") and never comes again."""
        topics = [name for name in names if name.first in self.starts and self._is_topic(name)]
        counts: Counter[str] = Counter(name.key for name in names) if topics else Counter()
        dropped = {name.first for name in topics if counts[name.key] == 1}
        return [name for name in names if name.first not in dropped]

    def _is_topic(self, name: Name) -> bool:
        is_before_colon = name.last < len(self.tokens) and self.tokens[name.last].raw == ":"
        return is_before_colon and self.document.sentence_at(name.span.start).is_title

    def _is_title_case(self, sentence: Sentence) -> bool:
        alphabetic = [t for t in self.tokens[sentence.first : sentence.last] if t.raw[0].isalpha() and len(t.raw) > 3]
        capital = sum(token.is_capital for token in alphabetic)
        return len(alphabetic) >= 4 and capital >= TITLE_CASE * len(alphabetic) + 1

    def _find_listed(self, sentence: Sentence, known: set[str]) -> list[Name]:
        """The names of a heading in title case: the longest runs that the body has as names."""
        found, place = [], sentence.first
        while place < sentence.last:
            for last in range(min(place + LONGEST, sentence.last), place, -1):
                text = self._text(place, last)
                if text in known:
                    found.append(self._name(place, last))
                    place = last - 1
                    break
            place += 1
        return found

    def _find_in(self, sentence: Sentence) -> list[Name]:
        found: list[Name] = []
        tokens, small, tied, last = self.tokens, self.small, self.tied, sentence.last
        known, towns = vocabulary.known_investors().by_first, long_places()
        place = sentence.first
        while place < last:
            token = tokens[place]
            # Most words are neither capital nor odd, and are passed quickly.
            is_odd = token.is_capital or not (token.raw.isalpha() or token.raw in PLAIN)
            if not is_odd and token.raw not in small and place not in tied:
                place += 1
                continue
            name = self._known_at(place, sentence) if token.word in known else None
            if name is None and token.raw in towns:
                name = self._town_at(place, sentence)
            name = name or self._read_at(place, sentence)
            if name is None:
                place += 1
                continue
            found.append(name)
            place = name.last
        return found

    def _known_at(self, place: int, sentence: Sentence) -> Name | None:
        """The well-known investor named here, unless more capitals carry the name on."""
        first = self.tokens[place]
        if place in self.masked or not (first.is_capital or first.raw[0].isdigit() or not first.raw.isalpha()):
            return None
        for words, name in vocabulary.known_investors().by_first.get(first.word, ()):
            last = place + len(words)
            if last > sentence.last or any(self.tokens[place + i].word != word for i, word in enumerate(words)):
                continue
            if any(index in self.masked for index in range(place, last)):
                continue
            longer = self._read_at(place, sentence)
            if longer is not None and longer.last > last:
                return longer
            return self._name(place, last, name)
        return None

    def _town_at(self, place: int, sentence: Sentence) -> Name | None:
        """The town or country of several words named here, unless more capitals carry the name on."""
        for words in long_places().get(self.tokens[place].raw, ()):
            last = place + len(words)
            if last > sentence.last or any(self.tokens[place + i].raw != word for i, word in enumerate(words)):
                continue
            if any(index in self.masked for index in range(place, last)):
                continue
            longer = self._read_at(place, sentence)
            return longer if longer is not None and longer.last > last else self._name(place, last)
        return None

    def _read_at(self, place: int, sentence: Sentence) -> Name | None:
        """The name that starts with this token, or None."""
        if not self._may_start(place, sentence):
            return None
        last = self.joiner.extend(place, sentence)
        first = place
        while first < last and self._is_dispensable(first, last):
            first += 1
        while last > first and (self._is_loose(last - 1) or self._is_trailing(last - 1, first)):
            last -= 1
        if first >= last or (last - first == 1 and self._is_no_name(first)):
            return None
        if first > place and not self._may_start(first, sentence):
            return None
        return self._name(first, last)

    def _may_start(self, place: int, sentence: Sentence) -> bool:
        token = self.tokens[place]
        if place in self.masked or not token.raw[0].isalnum():
            return False
        if token.raw in self.small or place in self.tied:
            return True
        if token.raw[0].isdigit():
            return self._starts_with_figure(place, sentence)
        if not token.is_capital or place in self.starts and self._is_cue(place, sentence):
            return False
        after = self.tokens[place + 1] if place + 1 < sentence.last else None
        if token.word in self.lexicon["elisions"] and after and after.raw == "'":
            return False
        if self.joiner.is_noun(token) and not self._is_noun_of_name(place, sentence):
            return False
        return not (
            len(token.raw) == 1 and not (after and after.start <= token.end + 1 and self._carries(place, sentence))
        )

    def _is_cue(self, place: int, sentence: Sentence) -> bool:
        """Whether the word that opens a sentence is one of funding, and no part of an institution's name."""
        token = self.tokens[place]
        if token.word not in self.words.cue_words or token.word in self.capitals:
            return False
        is_short = token.raw.isupper() and len(token.raw) > 1
        is_body = is_short or token.raw in self.lexicon["institutions"] or token.raw in self.joiner.firms
        return not is_body or self.joiner.extend(place, sentence) == place + 1

    def _is_noun_of_name(self, place: int, sentence: Sentence) -> bool:
        """Whether a common noun opens a name: a first name, or an institution before the place or task it is for."""
        token = self.tokens[place]
        after = self.tokens[place + 1] if place + 1 < sentence.last else None
        if after is None or after.start != token.end + 1:
            return False
        if token.word in vocabulary.first_names():
            return after.is_capital and token.word not in self.nouns
        is_body = token.raw in self.lexicon["institutions"] or self.words.nouns.ends_in(
            token.word, self.lexicon["institutions"]
        )
        is_tied = after.word in self.lexicon["connectors"] and self.joiner.extend(place, sentence) > place + 1
        return is_body and (after.word in short_places() or is_tied)

    def _is_loose(self, place: int) -> bool:
        """Whether a sign at the end of a run is no part of the name, as a plus sign written to it is."""
        token = self.tokens[place]
        return not token.raw[0].isalnum() and not (token.raw in "+!" and token.start == self.tokens[place - 1].end)

    def _carries(self, place: int, sentence: Sentence) -> bool:
        """Whether a single letter is an initial or the first part of a name."""
        return self.joiner.extend(place, sentence) > place + 1

    def _starts_with_figure(self, place: int, sentence: Sentence) -> bool:
        """Whether a figure opens a name: "83North", or "360 Capital"."""
        token = self.tokens[place]
        after = self.tokens[place + 1] if place + 1 < sentence.last else token
        if any(c.isupper() for c in token.raw):
            return len(token.raw) > 2 or after.is_capital and self._stands_twice(token.raw, after.raw)
        return (
            place + 1 < sentence.last
            and after.raw in self.joiner.firms
            and (token.raw.isdigit() or sum(map(str.isalpha, token.raw)) > 1)
        )

    def _stands_twice(self, first: str, second: str) -> bool:
        """Whether the text has the two words side by side more than once."""
        return sum(self.tokens[place - 1].raw == first for place in self.places.get(second, ())[:MOST_PLACES]) > 1

    def _is_dispensable(self, first: int, last: int) -> bool:
        """Whether the first word only stands before the name: an article, a role, a people, a sentence's opening."""
        token = self.tokens[first]
        if token.word in self.lists.titles or token.raw in "-.&+'" or token.raw in self.small:
            return token.raw not in self.small
        if last - first > 1 and (
            token.raw[1:].islower() and token.word in honorifics() or self._is_apposed(first, last)
        ):
            return True
        if first in self.starts and token.word in self.lists.banned and last - first > 1:
            return self._stands_alone(first + 1, last) or token.word not in self.capitals
        if token.word in self.lists.peoples and last - first > 1 and not self._is_of_body(first, last):
            before = self.tokens[first - 1].word if first else ""
            is_noun = last - first > 2 and before in self.lexicon["determiners"]
            return is_noun or self.words.peoples_are_inflected or self._stands_alone(first + 1, last)
        if self._is_article(first, last):
            return True
        if first in self.starts and last - first > 1 and token.word in self.words.stop_words:
            return True
        is_long = last - first > 2 and self.tokens[first + 2].raw[0].isalnum()
        if is_long and token.word not in vocabulary.first_names():
            return self.tokens[first + 1].word in vocabulary.first_names() and not self._has_firm_word(first, last)
        return (
            self.openings.opens(first)
            and last - first > 1
            and token.word in self.words.stop_words
            and token.raw.istitle()
        )

    def _is_of_body(self, first: int, last: int) -> bool:
        """Whether an adjective of a people is part of the name of an institution: "Vlaams Audiovisueel Fonds".

        Where nouns have capitals adjectives have them only in names, those of towns apart.
        """
        if self.words.nouns.openers:
            endings = self.lists.place_endings
            return not self.openings.opens(first) and not self.tokens[first].word.endswith(endings)
        return self.words.peoples_are_inflected and self.tokens[last - 1].raw in self.lexicon["institutions"]

    def _is_apposed(self, first: int, last: int) -> bool:
        """Whether the first word is an adjective of a town or people, or a noun that opens, before the name itself."""
        token, after = self.tokens[first], self.tokens[first + 1]
        if not token.raw[1:].islower() or not after.is_capital:
            return False
        if comes_of_place(token.word, self.lists.place_endings):
            return True
        before = self.tokens[first - 1].word if first else ""
        is_people = bool(self.lists.people_endings) and token.word.endswith(self.lists.people_endings)
        if is_people and before in self.lexicon["determiners"] and not self._is_of_body(first, last):
            return True
        is_head = token.word in self.lexicon["company_heads"] or token.word in self.lists.openers
        is_free = token.word not in self.capitals and after.raw not in self.joiner.firms
        return is_head and is_free and first in self.starts

    def _is_article(self, first: int, last: int) -> bool:
        """Whether a capital article opens the run, before a people's name or in a language of capital nouns."""
        if last - first < 2 or self.tokens[first].word not in self.lexicon["determiners"] | self.words.nouns.openers:
            return False
        return (
            self.tokens[first + 1].word in self.lists.peoples
            or bool(self.words.nouns.openers)
            and self.openings.opens(first)
        )

    def _has_firm_word(self, first: int, last: int) -> bool:
        return any(token.raw in self.joiner.firms for token in self.tokens[first:last])

    def _stands_alone(self, first: int, last: int) -> bool:
        """Whether the words also occur without the word before them."""
        head, length = self.tokens[first].raw, last - first
        before = self.tokens[first - 1].raw
        words = [token.raw for token in self.tokens[first:last]]
        return any(
            self.tokens[place - 1].raw != before and [t.raw for t in self.tokens[place : place + length]] == words
            for place in self.places.get(head, ())[:MOST_PLACES]
        )

    def _is_trailing(self, place: int, first: int) -> bool:
        """Whether the last word is no part of the name: a legal suffix or a role."""
        token = self.tokens[place]
        return place > first and (token.word in self.lists.titles or token.word in vocabulary.legal_suffixes())

    def _is_no_name(self, place: int) -> bool:
        token = self.tokens[place]
        if token.raw in self.small:
            return False
        if token.word in self.lists.banned or token.word in self.lists.titles or token.word in self.nouns:
            return True
        if token.word in vocabulary.legal_suffixes():
            return True
        if token.raw in vocabulary.places():
            return False
        opens = self.openings.opens(place)
        if opens and token.word in self.lists.openers or comes_of_place(token.word, self.lists.place_endings):
            return True
        if place in self.starts and token.word not in self.capitals and not self.openings.is_subject(place):
            return True
        if token.word in self.words.stop_words:
            return opens or len(token.raw) < 3 or token.raw.istitle()
        return opens and token.raw[1:].islower() and token.word in self.lower - self.capitals

    def _text(self, first: int, last: int) -> str:
        return self.document.given[self.tokens[first].start : self.tokens[last - 1].end]

    def _name(self, first: int, last: int, known: str | None = None) -> Name:
        span = Span(self.tokens[first].start, self.tokens[last - 1].end)
        return Name(first, last, span, self.document.quote(span), known)


def token_range(document: Document, span: Span) -> tuple[int, int]:
    """The tokens that a span covers, as first and end."""
    first = document.token_at(span.start)
    last = first
    tokens: Sequence[Token] = document.tokens
    while last < len(tokens) and tokens[last].start < span.end:
        last += 1
    return first, last
