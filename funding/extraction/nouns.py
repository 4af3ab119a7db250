"""Tell common nouns from names in a language that writes both with a capital."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from funding.extraction.text import Token


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
        """The words of a text that stand at least once as a noun does, right after an article or a figure."""
        if not self.openers:
            return frozenset()
        told = set()
        for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
            is_plain = token.raw[0].isupper() and (token.raw[1:].islower() or len(token.raw) == 1)
            if is_plain and after.raw != "-" and (before.word in self.openers or before.raw.isdigit()):
                told.add(token.word)
        return frozenset(told)
