"""Tell common nouns from names in a language that writes both with a capital."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from funding.extraction.text import Token

YEAR = 4  # figures of a number that counts nothing


class Nouns:
    """The common nouns of a language: a list, the endings of compounds, and the words that only a noun follows.

    A language whose nouns have no capital has no such section, and no word of it is a noun here.
    """

    def __init__(self, section: Mapping[str, Any], forms: Sequence[Sequence[str]]) -> None:
        words, endings = forms
        self.words = frozenset(word.casefold() for word in words)
        self.endings = tuple(ending.casefold() for ending in endings)
        self.openers = frozenset(section.get("openers", ()))

    def has(self, word: str) -> bool:
        """Whether a case-folded word is a noun: listed, or a compound of one."""
        return word in self.words or word.endswith(self.endings)

    def ends_in(self, word: str, heads: Iterable[str]) -> bool:
        """Whether a case-folded word is a compound that ends in one of the heads: "Technologiegründerfonds"."""
        return bool(self.openers) and any(len(word) > len(head) and word.endswith(head.casefold()) for head in heads)

    def told_by(self, tokens: Sequence[Token]) -> frozenset[str]:
        """The words of a text that mostly stand as a noun does, right after an article or a figure."""
        if not self.openers:
            return frozenset()
        told: Counter[str] = Counter()
        counts: Counter[str] = Counter()
        for place in range(1, len(tokens) - 1):
            token = tokens[place]
            if not token.is_capital or not (token.raw[1:].islower() or len(token.raw) == 1):
                continue
            before, after = tokens[place - 1], tokens[place + 1]
            counts[token.word] += 1
            is_figure = before.raw.isdigit() and len(before.raw) < YEAR
            is_relative = place > 1 and tokens[place - 2].raw == ","
            is_first_part = after.is_capital and self.has(after.word) and not self.has(token.word)
            if (
                (before.word in self.openers and not is_relative or is_figure)
                and after.raw != "-"
                and not is_first_part
            ):
                told[token.word] += 1
        return frozenset(word for word, count in told.items() if 2 * count > counts[word])
