"""Find the stages of rounds: what the words name, as the contract's codes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from funding.extraction import vocabulary
from funding.extraction.facts import Span
from funding.extraction.numerals import flat, tree_of
from funding.extraction.text import Document
from funding.extraction.vocabulary import Vocabulary, forms, pattern_of

LETTERS = "[A-J](?:[-+]?[1-9+])?"
WORDS = "[AI](?:[-+]?[1-9+])?"  # letters that are words too, as one that opens a sentence may be
APART = f"(?:(?<=[\\w,€$£] ){WORDS}|[B-HJ](?:[-+]?[1-9+])?)"
SERIES = "series"


@dataclass(frozen=True, slots=True)
class FoundStage:
    """A stage named in the text; its words are the label."""

    span: Span
    code: str


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of a language: the pattern of their words, that of series, and what the words stand for."""

    words: re.Pattern[str]
    series: re.Pattern[str]
    codes: Mapping[str, str]

    def found(self, text: str) -> Iterator[FoundStage]:
        """Every stage, series last."""
        for match in self.words.finditer(text):
            yield FoundStage(Span(*match.span()), self.codes[flat(match.group())])
        for match in self.series.finditer(text):
            letter = match["letter"] or match["opening"] or match["inside"] or match["alone"]
            yield FoundStage(Span(*match.span()), f"{SERIES}_{letter[0].lower()}")


@cache
def stages(code: str) -> Stages:
    """The stages of a language, compiled once; a series needs its letter as a capital."""
    groups = vocabulary.load(code).stages
    codes = {flat(form): stage for stage, group in groups.items() if stage != SERIES for form in forms(group["forms"])}
    parts = [form.partition("{letter}")[::2] for form in forms(groups[SERIES]["forms"])]
    before = pattern_of(head for head, tail in parts if not tail)
    after = pattern_of(tail for head, tail in parts if not head and not tail.startswith(" ")) or "(?!)"
    apart = pattern_of(tail for head, tail in parts if not head and tail.startswith(" ")) or "(?!)"
    letter = f"(?P<letter>{LETTERS})(?!\\w)|(?P<opening>{LETTERS})(?i:{after})(?!\\w)"
    inside = f"(?P<inside>{APART})(?i:{apart})(?!\\w)|\\A(?P<alone>{WORDS})(?i:{apart})\\Z"
    return Stages(
        words=re.compile(f"(?<!\\w)(?i:{tree_of(codes)})(?!\\w)"),
        series=re.compile(f"(?<!\\w)(?:(?i:{before}){letter}|{inside})"),
        codes=codes,
    )


def find_stages(document: Document, words: Vocabulary) -> list[FoundStage]:
    """The stages of a text in order; of overlapping ones the longest."""
    found = sorted(stages(words.code).found(document.text), key=lambda one: (one.span.start, -one.span.end, one.code))
    kept: list[FoundStage] = []
    for candidate in found:
        if not kept or candidate.span.start >= kept[-1].span.end:
            kept.append(candidate)
    return kept
