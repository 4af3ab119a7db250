"""Tell whether a word that opens a sentence has its capital for being a name, by what follows it."""

from collections.abc import Sequence

from funding.extraction.joints import LONGEST
from funding.extraction.text import Document, Sentence
from funding.extraction.towns import short_places
from funding.extraction.vocabulary import Vocabulary
from funding.extraction.wordlists import word_lists


class Openings:
    """The first words of the sentences of one text; `capitals` are the tokens that have one."""

    def __init__(self, document: Document, words: Vocabulary, masked: frozenset[int], capitals: Sequence[int]) -> None:
        self.document = document
        self.tokens = document.tokens
        self.lexicon = words.lexicon
        self.lists = word_lists(words)
        self.masked = masked
        self.starts = frozenset(self._opening(sentence) for sentence in document.sentences)
        # The words that have a capital where only a name has one.
        self.inside = frozenset(self.tokens[place].word for place in capitals if self._is_inside(place))

    def _opening(self, sentence: Sentence) -> int:
        """The first word of a sentence, behind the quotation mark, bullet or number that may open it."""
        place = sentence.first
        while place < sentence.last - 1 and (not self.tokens[place].raw[0].isalnum() or self._numbers_item(place)):
            place += 1
        return place

    def _numbers_item(self, place: int) -> bool:
        """Whether a figure only counts the item of a list: "3)", "2."."""
        after = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
        return self.tokens[place].raw.isdigit() and after is not None and after.raw in ").:" and len(after.raw) == 1

    def opens(self, place: int) -> bool:
        """Whether a word opens a sentence, a quotation, a bracket or the item of a list."""
        return place in self.starts or place > 0 and self.tokens[place - 1].raw in '"(:–-•*#'

    def _is_inside(self, place: int) -> bool:
        """Whether a token stands where only a name has a capital: not after a mark that opens a sentence."""
        return place not in self.starts and self.tokens[place - 1].raw not in '.!?…"(–—-•*#'

    def is_subject(self, place: int) -> bool:
        """Whether a word that has its capital only at the head of a sentence may yet be a name, by what follows."""
        if place + 1 >= len(self.tokens):
            return False
        token, after = self.tokens[place], self.tokens[place + 1]
        if any(c.isupper() or c.isdigit() for c in token.raw[1:]) or after.raw in ".:('-–—,|":
            return True
        if self._is_item(place):
            return True
        if after.word in self.lexicon["conjunctions"]:
            later = place + 2
            while later < len(self.tokens) - 1 and self._is_light(later):
                later += 1
            return later in self.masked or self._goes_on(later)
        if after.word in self.lexicon["place_words"]:
            return self._leads_to_place(place + 2)
        return after.word in self.lists.verbs

    def _leads_to_place(self, place: int) -> bool:
        """Whether a place follows, behind its article: "Acme from the Netherlands"."""
        while place < len(self.tokens) - 1 and self._is_light(place):
            place += 1
        return place < len(self.tokens) and self.tokens[place].word in short_places()

    def _is_light(self, place: int) -> bool:
        """Whether a word only leads to the name behind it: an article, or the apostrophe of one."""
        word = self.tokens[place].word
        return word in self.lexicon["determiners"] or word == "'" or word in self.lexicon["elisions"]

    def _is_item(self, place: int) -> bool:
        """Whether a word is all that a numbered line has."""
        sentence = self.document.sentence_at(self.tokens[place].start)
        is_alone = place == sentence.last - 1 and self.tokens[place].raw.isalnum()
        if not is_alone:
            return False
        before = self.tokens[place - 2] if place > 1 else self.tokens[place]
        return before.raw.isdigit()

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
