"""Join the words of one name: capitals, particles, connectors, figures and signs."""

from functools import cache, cached_property

from funding.extraction import vocabulary
from funding.extraction.smallprint import tied_length
from funding.extraction.text import Document, Sentence, Token
from funding.extraction.towns import long_places, short_places
from funding.extraction.vocabulary import Vocabulary, read_toml
from funding.extraction.wordlists import word_lists

LONGEST = 8  # tokens
LONGEST_NUMBER = 4  # figures of a number that is part of a name
LONGEST_INSTITUTION = 6  # small words within the name of an institution
SIGNS = frozenset(".,;:()\"'!?–—-•|/")


class Joiner:
    """Tells how far a name goes that starts at a token."""

    def __init__(self, document: Document, words: Vocabulary, masked: frozenset[int]) -> None:
        self.document = document
        self.tokens = document.tokens
        self.words = words
        self.lexicon = words.lexicon
        self.masked = masked
        self.firms = self.lexicon["firm_words"]
        self.lists = word_lists(words)
        self.particles = self.lexicon["particles"] | particles() - words.stop_words
        self.told = words.nouns.told_by(self.tokens)

    def is_noun(self, token: Token) -> bool:
        """Whether a word is a common noun of a language that writes nouns with a capital."""
        nouns = self.words.nouns
        return nouns.has(token.word) and (token.raw[1:].islower() or token.raw.isupper() and token.word in nouns.words)

    def extend(self, place: int, sentence: Sentence) -> int:
        """The end of the run of name parts that starts here."""
        last = place + (tied_length(self.tokens, place, sentence.last) or 1)
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
        if spaced and token.raw[0].isalnum():
            return self._word(place, last, sentence)
        after = tokens[last + 1] if last + 1 < sentence.last and last + 1 not in self.masked else None
        tight = after is not None and after.start == token.end
        if glued and token.raw in "-." and after is not None and tight:
            if after.is_capital or after.raw[0].isdigit():
                return 0 if self.is_noun(after) else 2
            return self._hyphenated(last, sentence) if token.raw == "-" else 0
        if glued and token.raw == "." and len(before.raw) == 1 and after is not None and after.is_capital:
            return 2
        if glued and token.raw == "'" and after is not None:
            if tight and after.word not in self.lexicon["genitives"]:
                is_part = after.is_capital or len(before.raw) <= 3 or after.word == "s"
                return 2 if is_part else 0
            return 2 if not tight and before.raw.endswith("s") and after.is_capital and after.raw in self.firms else 0
        if token.raw in "&+" and after is not None and after.is_capital:
            return 2
        if glued and token.raw in "+!" and not tight:
            return int(token.raw == "+" or after is not None and (after.raw.islower() or after.raw == ","))
        if glued and token.raw == "/" and tight and after is not None and after.is_capital:
            later = tokens[last + 2].raw if last + 2 < sentence.last else ""
            return 2 if later in self.firms else 0
        return 0

    def _word(self, place: int, last: int, sentence: Sentence) -> int:
        """How much of what follows after a blank belongs to the name."""
        token, before = self.tokens[last], self.tokens[last - 1]
        if token.word in self.lists.titles or before.word in self.lists.titles or self._is_dotted_suffix(last):
            return 0
        if token.is_capital and before.raw not in ",;:":
            if self.is_noun(token) and not self._takes_noun(place, last, sentence):
                return 0
            return tied_length(self.tokens, last, sentence.last) or 1
        if token.raw.isdigit():
            if len(token.raw) <= 2 and before.raw in self.firms:
                return 1
            return self._number(place, last, sentence)
        return self._joint(place, last, sentence) or self._institution(place, last, sentence)

    def _is_dotted_suffix(self, place: int) -> bool:
        """Whether letters with full stops say what kind of body a firm is: "S.r.l.", "B.V."."""
        if len(self.tokens[place].raw) > 2:
            return False
        letters = ""
        while place < len(self.tokens) and len(self.tokens[place].raw) <= 2 and self.tokens[place].raw[0].isalpha():
            letters += self.tokens[place].word
            if place + 2 >= len(self.tokens) or self.tokens[place + 1].raw != ".":
                break
            place += 2
            if self.tokens[place].start != self.tokens[place - 1].end:
                break
        return len(letters) > 1 and letters in vocabulary.legal_suffixes() and self.tokens[place - 1].raw == "."

    def _takes_noun(self, place: int, last: int, sentence: Sentence) -> bool:
        """Whether a word that could be a noun is part of the name before it."""
        token, before = self.tokens[last], self.tokens[last - 1]
        if token.raw in self.firms or token.raw in self.lexicon["institutions"]:
            return True
        if last + 1 < sentence.last and self.tokens[last + 1].raw in self.firms and token.word not in self.told:
            return True
        if last - place == 1 and before.word in vocabulary.first_names() and token.word not in self.told:
            return True
        # A genitive does not follow a name without an article: "Systems" behind one is English.
        return token.word.endswith("s") and self.words.nouns.has(token.word[:-1]) and token.word not in self.told

    @cached_property
    def _numbered(self) -> dict[tuple[str, str], int]:
        """How often a capital stands before a number, and under an empty number how often it stands at all."""
        counts: dict[tuple[str, str], int] = {}
        for place, token in enumerate(self.tokens):
            if token.is_capital:
                counts[token.raw, ""] = counts.get((token.raw, ""), 0) + 1
                if place + 1 < len(self.tokens) and self.tokens[place + 1].raw.isdigit():
                    pair = token.raw, self.tokens[place + 1].raw
                    counts[pair] = counts.get(pair, 0) + 1
        return counts

    def _number(self, place: int, last: int, sentence: Sentence) -> int:
        """Whether a number is part of the name before it: it stands there each time, and nothing is counted by it."""
        token, before = self.tokens[last], self.tokens[last - 1]
        if len(token.raw) > LONGEST_NUMBER or not before.is_capital or len(before.raw) == 1:
            return 0
        if last - place == 1 and before.word in short_places() or before.raw in self.lexicon["not_names"]:
            return 0
        times = self._numbered.get((before.raw, token.raw), 0)
        if times < self._numbered.get((before.raw, ""), 1):
            return 0
        end = last + 1
        if end + 1 < sentence.last and self.tokens[end].raw == "," and self.tokens[end + 1].raw.isdigit():
            return 0
        while (
            end + 1 < sentence.last
            and self.tokens[end].raw == "."
            and self.tokens[end + 1].raw.isdigit()
            and self.tokens[end + 1].start == self.tokens[end - 1].end + 1
        ):
            end += 2
        if end >= sentence.last:
            return end - last
        after = self.tokens[end]
        is_free = times > 1 or after.raw in SIGNS and after.raw != "-" or after.word in self.lists.after_names
        return end - last if is_free and end not in self.masked else 0

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
        connectors = self.lexicon["connectors"]
        is_foreign = word in self.lexicon["foreign_links"] and word not in connectors
        is_institution = word in connectors and self._is_institution(place, last)
        if is_institution and word in self.lexicon["conjunctions"]:
            is_institution = any(token.word in connectors for token in tokens[place:last])
        is_person = word in self.particles and self._is_personal(place, last)
        if is_foreign and tokens[last].start == tokens[last - 1].end + 1:
            return self._linked(last, sentence)
        if not is_institution and not is_person:
            return 0
        step = 1
        while step <= 3 and last + step < sentence.last and last + step not in self.masked:
            token = tokens[last + step]
            if token.is_capital:
                return step + 1 if self._may_join(place, last, last + step, sentence) else 0
            if token.word not in connectors and token.raw != "'" and token.word not in self.particles:
                return 0
            step += 1
        return 0

    def _linked(self, last: int, sentence: Sentence) -> int:
        """How much "and Play" takes in a text whose language has no such word."""
        for step in (1, 2):
            if last + step >= sentence.last or last + step in self.masked:
                return 0
            token = self.tokens[last + step]
            if token.is_capital:
                return step + 1
            if token.word not in self.lexicon["foreign_links"]:
                return 0
        return 0

    def _is_institution(self, place: int, last: int) -> bool:
        """Whether the run names an institution: by a word of its own, or by a compound that ends in one."""
        institutions = self.lexicon["institutions"]
        return any(
            token.raw in institutions or self.words.nouns.ends_in(token.word, institutions)
            for token in self.tokens[place:last]
        )

    def _may_join(self, place: int, last: int, target: int, sentence: Sentence) -> bool:
        """Whether the capital behind a connector belongs to the institution or the person before it."""
        tokens = self.tokens
        after = tokens[target + 1] if target + 1 < sentence.last else None
        if self.words.nouns.openers and after is not None and after.raw == "-" and after.start == tokens[target].end:
            return False
        is_firm = last - place > 1 and tokens[last - 1].raw in self.firms
        if is_firm and (tokens[target].word in short_places() or tokens[target].raw in long_places()):
            return False
        if tokens[last].word in self.particles and self._is_personal(place, last):
            end = target
            while end < sentence.last and tokens[end].is_capital:
                end += 1
            body = self.firms | self.lexicon["institutions"]
            return end - target < 2 or tokens[end - 1].raw not in body
        return True

    def _institution(self, place: int, last: int, sentence: Sentence) -> int:
        """The small words of an institution whose adjectives follow: "Banque ouest-africaine de développement"."""
        if last - place != 1 or self.tokens[place].raw not in self.lexicon["institutions"]:
            return 0
        if not self.lexicon["adjective_endings"] or self.tokens[last - 1].raw.isupper():
            return 0
        tokens, end, taken, is_linked = self.tokens, last, last, False
        limit = min(sentence.last, last + LONGEST_INSTITUTION)
        while end < limit and end not in self.masked:
            token = tokens[end]
            if token.is_capital:
                return end + 1 - last if taken > last else 0
            if token.word in self.lexicon["connectors"] and (is_linked or token.word in self.lexicon["of_words"]):
                is_linked = True
            elif self._is_adjective(token) or is_linked and self._is_small_noun(token):
                taken = end + 1
            elif not (token.raw in "-'" or end + 1 < limit and tokens[end + 1].raw == "-"):
                break
            end += 1
        after = tokens[taken] if taken < sentence.last else None
        is_closed = after is None or after.raw in SIGNS or after.word in self.lists.after_names
        return taken - last if is_closed else 0

    def _is_small_noun(self, token: Token) -> bool:
        return token.raw.islower() and token.word not in self.lists.after_names

    def _is_adjective(self, token: Token) -> bool:
        return self._is_small_noun(token) and token.word.endswith(self.lists.adjective_endings)

    def _is_personal(self, place: int, last: int) -> bool:
        """Whether the words before a particle may be a person's: a first name, none of a firm's words."""
        words = self.tokens[place:last]
        if any(token.raw in self.firms or token.raw.isupper() for token in words):
            return False
        # Behind a first name and a surname "of" tells whose they are: "Ana Lima of Acme".
        is_of = self.tokens[last].word in self.lexicon["belonging"]
        if len(words) > 1 and is_of and words[-1].word not in vocabulary.first_names():
            return False
        return words[0].word in vocabulary.first_names()


@cache
def particles() -> frozenset[str]:
    """The particles of family names in any language, case folded."""
    return frozenset(read_toml("people.toml")["particles"])


@cache
def honorifics() -> frozenset[str]:
    """Titles before a person's name, case folded."""
    return frozenset(read_toml("people.toml")["honorifics"])
