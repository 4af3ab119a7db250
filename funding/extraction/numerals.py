"""Read numbers in words and digits: "quarante-deux", "doscientos treinta", "1.250,5"."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from funding.extraction import vocabulary
from funding.extraction.vocabulary import forms

Tree = dict[str, "Tree"]


@dataclass(frozen=True, slots=True)
class Numerals:
    """The number words of one language: those below a hundred and a few more, and the hundreds before them."""

    words: Mapping[str, Decimal]
    hundreds: Mapping[str, Decimal]
    joins: tuple[str, ...]
    articles: frozenset[str]
    decimal_mark: str
    round_words: frozenset[str]
    pattern: str

    def value(self, form: str) -> Decimal | None:
        """The number that words state: whole, or hundreds with the rest behind them."""
        word = flat(form)
        if word in self.articles:
            return Decimal(1)
        known = self.words.get(word, self.hundreds.get(word))
        if known is not None:
            return known
        for head, value in self.hundreds.items():
            for join in self.joins:
                rest = self.words.get(word.removeprefix(head + join)) if word.startswith(head + join) else None
                if rest is not None and rest < 100:
                    return value + rest
        return None


def flat(phrase: str) -> str:
    """The phrase in small letters, its blanks single."""
    return " ".join(phrase.lower().split())


@cache
def numerals(code: str) -> Numerals:
    """The number words of a language, compiled once."""
    section: Mapping[str, Any] = vocabulary.load(code).numbers
    words = {flat(form): Decimal(value) for value, group in section["words"].items() for form in forms(group)}
    for compound in section["compounds"]:
        for high, heads in compound["high"].items():
            for low, tails in compound["low"].items():
                value = Decimal(high) + Decimal(low)
                for spelling in _joined(heads, compound["joins"], tails, is_low_first=compound["low_first"]):
                    words.setdefault(spelling, value)
    hundreds = {flat(form): Decimal(value) for value, group in section["hundreds"].items() for form in forms(group)}
    joins = tuple(section["hundred_joins"])
    below = tree_of(words)
    link = "|".join(re.escape(join) for join in sorted(joins, key=len, reverse=True))
    pattern = f"(?:(?:{tree_of(hundreds)})(?:{link})(?:{below})|{below}|{tree_of(hundreds)})"
    return Numerals(
        words=words,
        hundreds=hundreds,
        joins=joins,
        articles=frozenset(section["articles"]),
        decimal_mark=section["decimal_mark"],
        round_words=frozenset(flat(form) for form in forms(section["round_words"])),
        pattern=pattern,
    )


def _joined(heads: Iterable[str], joins: Iterable[str], tails: Iterable[str], *, is_low_first: bool) -> list[str]:
    pairs = [(head, tail) for head in forms(heads) for tail in forms(tails)]
    ordered = [(tail, head) if is_low_first else (head, tail) for head, tail in pairs]
    return [flat(first + join + second) for first, second in ordered for join in joins]


def read_number(form: str, rules: Numerals, *, has_scale: bool) -> Decimal | None:
    """The number that digits or words state in this language, or None.

    One separator before exactly three digits groups thousands, unless a scale word follows a decimal mark of the
    language.
    """
    spoken = rules.value(form)
    if spoken is not None:
        return spoken
    if form in "½¼":
        return Decimal("0.5") if form == "½" else Decimal("0.25")
    if not form[0].isdigit():
        return None
    marks = [c for c in form if not c.isdigit()]
    if not marks:
        return Decimal(form)
    last = marks[-1]
    fraction = form.rpartition(last)[2]
    groups_only = last in " '" or len(fraction) == 3 and (len(marks) > 1 and len(set(marks)) == 1 or not has_scale)
    if groups_only or (len(fraction) == 3 and last != rules.decimal_mark):
        return Decimal("".join(c for c in form if c.isdigit()))
    whole = "".join(c for c in form.rpartition(last)[0] if c.isdigit())
    return Decimal(f"{whole}.{fraction}")


def tree_of(spellings: Iterable[str]) -> str:
    """A regular expression for any of the spellings, the longest first, that shares what they begin with."""
    root: Tree = {}
    for spelling in spellings:
        node = root
        for char in spelling:
            node = node.setdefault(char, {})
        node[""] = {}
    return _branch(root)


def _branch(node: Tree) -> str:
    parts = []
    for char in sorted(char for char in node if char):
        rest = _branch(node[char])
        parts.append(("[ ]{1,2}" if char == " " else re.escape(char)) + rest)
    if not parts:
        return ""
    body = parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
    if "" not in node:
        return body
    return f"(?:{body})?"
