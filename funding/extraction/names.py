"""Find names: runs of capitalised words, joined as names are, without the words that only look like names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from funding.extraction import vocabulary
from funding.extraction.facts import Span
from funding.extraction.text import Document, Sentence, Token
from funding.extraction.vocabulary import Vocabulary

LONGEST = 8  # tokens
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
        folded = {kind: frozenset(w.casefold() for w in self.lexicon[kind]) for kind in ("not_names", "peoples")}
        days = (group for part in ("months", "weekdays") for group in words.dates[part].values())
        self.banned = folded["not_names"] | folded["peoples"] | {form.casefold() for group in days for form in group}
        self.peoples = folded["peoples"]
        self.titles = frozenset(title.casefold() for title in self.lexicon["titles"])
        self.nouns = words.nouns.told_by(self.tokens)
        self.places: dict[str, list[int]] = {}
        for place, token in enumerate(self.tokens):
            if place and token.is_capital:
                self.places.setdefault(token.raw, []).append(place)
        self.lower = frozenset(t.word for t in self.tokens if t.raw.islower())
        self.starts = frozenset(self._opening(sentence) for sentence in document.sentences)
        self.capitals = frozenset(t.word for i, t in enumerate(self.tokens) if t.is_capital and self._is_inside(i))

    def _opening(self, sentence: Sentence) -> int:
        """The first word of a sentence, behind the quotation mark or bullet that may open it."""
        place = sentence.first
        while place < sentence.last - 1 and not self.tokens[place].raw[0].isalnum():
            place += 1
        return place

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
        counts = Counter(name.key for name in names)
        return [
            name
            for name in names
            if not (
                name.first in self.starts
                and counts[name.key] == 1
                and self.document.sentence_at(name.span.start).is_title
                and name.last < len(self.tokens)
                and self.tokens[name.last].raw == ":"
            )
        ]

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
        place = sentence.first
        while place < sentence.last:
            name = self._known_at(place, sentence) or self._read_at(place, sentence)
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

    def _read_at(self, place: int, sentence: Sentence) -> Name | None:
        """The name that starts with this token, or None."""
        if not self._may_start(place, sentence):
            return None
        last = self._extend(place, sentence)
        first = place
        while first < last and self._is_dispensable(first, last):
            first += 1
        while last > first and (not self.tokens[last - 1].raw[0].isalnum() or self._is_trailing(last - 1, first)):
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
        if token.raw[0].isdigit():
            return self._starts_with_figure(place, sentence)
        if not token.is_capital or (place in self.starts and token.word in self.words.cue_words - self.capitals):
            return False
        after = self.tokens[place + 1] if place + 1 < sentence.last else None
        if token.word in self.lexicon["elisions"] and after and after.raw == "'" or self._is_noun(token):
            return False
        return not (
            len(token.raw) == 1 and not (after and after.start <= token.end + 1 and self._carries(place, sentence))
        )

    def _is_noun(self, token: Token) -> bool:
        """Whether a word is a common noun of a language that writes nouns with a capital."""
        return self.words.nouns.has(token.word)

    def _carries(self, place: int, sentence: Sentence) -> bool:
        """Whether a single letter is an initial or the first part of a name."""
        return self._extend(place, sentence) > place + 1

    def _starts_with_figure(self, place: int, sentence: Sentence) -> bool:
        """Whether a figure opens a name: "83North", or "360 Capital"."""
        token = self.tokens[place]
        if any(c.isupper() for c in token.raw):
            return len(token.raw) > 2
        return (
            token.raw.isdigit()
            and place + 1 < sentence.last
            and self.tokens[place + 1].raw in self.lexicon["firm_words"]
        )

    def _extend(self, place: int, sentence: Sentence) -> int:
        """The end of the run of name parts that starts here."""
        last = place + 1
        while last < sentence.last and last - place < LONGEST:
            step = self._step(place, last, sentence)
            if not step:
                break
            last += step
        return last

    def _step(self, place: int, last: int, sentence: Sentence) -> int:
        """How many tokens more the name takes: a word, or a joint with the word after it."""
        tokens = self.tokens
        token, before = tokens[last], tokens[last - 1]
        if last in self.masked:
            return 0
        glued, spaced = token.start == before.end, token.start == before.end + 1
        after = tokens[last + 1] if last + 1 < sentence.last and last + 1 not in self.masked else None
        tight = after is not None and after.start == token.end
        if spaced and token.raw[0].isalnum():
            if token.word in self.titles or before.word in self.titles:
                return 0
            if token.is_capital and before.raw not in ",;:":
                return 0 if self._is_noun(token) and token.raw not in self._firms else 1
            if token.raw.isdigit() and len(token.raw) <= 2 and before.raw in self.lexicon["firm_words"]:
                return 1
            return self._joint(place, last, sentence)
        if glued and token.raw in "-." and after is not None and tight:
            if after.is_capital or after.raw[0].isdigit():
                return 0 if self._is_noun(after) else 2
            return self._hyphenated(last, sentence) if token.raw == "-" else 0
        if glued and token.raw == "." and len(before.raw) == 1 and after is not None and after.is_capital:
            return 2
        if glued and token.raw == "'" and after is not None:
            if tight and after.word != "s" and (after.is_capital or len(before.raw) <= 3):
                return 2
            return 2 if not tight and before.raw.endswith("s") and after.is_capital and after.raw in self._firms else 0
        if token.raw in "&+" and after is not None and after.is_capital:
            return 2
        return 0

    @property
    def _firms(self) -> frozenset[str]:
        return self.lexicon["firm_words"]

    def _hyphenated(self, last: int, sentence: Sentence) -> int:
        """How much of "-sur-l'Adour" or "-en-Laye" belongs to the name."""
        tokens = self.tokens
        for length in range(2, 7):
            end = last + length
            if end >= sentence.last or tokens[end].start != tokens[end - 1].end:
                return 0
            if tokens[end].is_capital and tokens[end - 1].raw in "-'":
                return length + 1
        return 0

    def _joint(self, place: int, last: int, sentence: Sentence) -> int:
        """How many tokens a particle or connector with its capital takes: "de Witte", "of Australia"."""
        tokens = self.tokens
        word = tokens[last].word
        is_institution = any(t.raw in self.lexicon["institutions"] for t in tokens[place:last])
        is_person = last - place >= 1 and word in self.lexicon["particles"] and self._is_personal(place, last)
        if not (is_institution and word in self.lexicon["connectors"]) and not is_person:
            return 0
        step = 1
        while step <= 3 and last + step < sentence.last and last + step not in self.masked:
            token = tokens[last + step]
            if token.is_capital:
                return step + 1
            if (
                token.word not in self.lexicon["connectors"]
                and token.raw != "'"
                and token.word not in self.lexicon["particles"]
            ):
                return 0
            step += 1
        return 0

    def _is_personal(self, place: int, last: int) -> bool:
        """Whether the words before a particle may be a person's: a first name, none of a firm's words."""
        words = self.tokens[place:last]
        if any(token.raw in self.lexicon["firm_words"] or token.raw.isupper() for token in words):
            return False
        return words[0].word in vocabulary.first_names()

    def _is_dispensable(self, first: int, last: int) -> bool:
        """Whether the first word only stands before the name: an article, a role, a people, a sentence's opening."""
        token = self.tokens[first]
        if token.word in self.titles or token.raw in "-.&+'":
            return True
        if first in self.starts and token.word in self.banned and last - first > 1:
            return self._stands_alone(first + 1, last) or token.word not in self.capitals
        if token.word in self.peoples and last - first > 1:
            before = self.tokens[first - 1].word if first else ""
            is_noun = last - first > 2 and before in self.lexicon["determiners"]
            return is_noun or self.words.peoples_are_inflected or self._stands_alone(first + 1, last)
        if self._is_article(first, last):
            return True
        if first in self.starts and last - first > 1 and token.word in self.words.stop_words:
            return True
        if last - first > 2 and token.word not in vocabulary.first_names():
            return self.tokens[first + 1].word in vocabulary.first_names() and not self._has_firm_word(first, last)
        return first in self.starts and last - first > 1 and token.word in self.words.stop_words

    def _is_article(self, first: int, last: int) -> bool:
        """Whether a capital article opens the run, before a people's name or in a language of capital nouns."""
        if last - first < 2 or self.tokens[first].word not in self.lexicon["determiners"] | self.words.nouns.openers:
            return False
        return self.tokens[first + 1].word in self.peoples or bool(self.words.nouns.openers)

    def _has_firm_word(self, first: int, last: int) -> bool:
        return any(token.raw in self._firms for token in self.tokens[first:last])

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
        return place > first and (token.word in self.titles or token.word in vocabulary.legal_suffixes())

    def _is_no_name(self, place: int) -> bool:
        token = self.tokens[place]
        if token.word in self.banned or token.word in self.titles or token.word in self.nouns:
            return True
        opens = place in self.starts or (place > 0 and self.tokens[place - 1].raw in '"(:–-•*#')
        if token.raw in vocabulary.places():
            return False
        if place in self.starts and token.word not in self.capitals and not self._is_subject(place):
            return True
        if token.word in self.words.stop_words:
            return opens or len(token.raw) < 3 or token.raw.istitle()
        return opens and token.raw[1:].islower() and token.word in self.lower - self.capitals

    def _is_inside(self, place: int) -> bool:
        """Whether a token stands where only a name has a capital: not after a mark that opens a sentence."""
        return place not in self.starts and self.tokens[place - 1].raw not in '.!?…"(–—-•*#'

    def _is_subject(self, place: int) -> bool:
        """Whether a word that has its capital only at the head of a sentence may yet be a name, by what follows."""
        if place + 1 >= len(self.tokens):
            return False
        token, after = self.tokens[place], self.tokens[place + 1]
        if any(c.isupper() or c.isdigit() for c in token.raw[1:]) or after.raw in ".:('" or after.raw == "-":
            return True
        if after.raw == "," or after.word in self.lexicon["conjunctions"]:
            later = self.tokens[place + 2] if place + 2 < len(self.tokens) else after
            opens_aside = later.word in self.lexicon["determiners"] | self.lexicon["relatives"]
            if place + 2 in self.masked:
                return True
            return self._goes_on(place + 2) or (after.raw == "," and opens_aside)
        return after.word in self.words.cue_words or after.word in self.lexicon["auxiliaries"]

    def _goes_on(self, place: int) -> bool:
        """Whether the capitals here are followed as a member of a list is, by a comma, a conjunction or a bracket."""
        last = place
        while last < len(self.tokens) and last - place < LONGEST and self.tokens[last].is_capital:
            last += 1
        if last == place or last == len(self.tokens):
            return False
        after = self.tokens[last]
        is_joined = self.tokens[place - 1].raw != ","
        return is_joined or after.raw in ",(" or after.word in self.lexicon["conjunctions"]

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
