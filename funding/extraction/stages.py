"""Find the stages of rounds: what the words name, as the contract's codes."""

import re
from dataclasses import dataclass
from functools import cache

from funding.extraction import vocabulary
from funding.extraction.facts import Span
from funding.extraction.text import Document
from funding.extraction.vocabulary import Vocabulary, forms, pattern_of

LETTERS = "[A-J](?:[-+]?[1-9+])?"


@dataclass(frozen=True, slots=True)
class FoundStage:
    """A stage named in the text; its words are the label."""

    span: Span
    code: str


@cache
def patterns(code: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The pattern of every stage of a language; a series needs its letter as a capital."""
    compiled = []
    for stage, group in vocabulary.load(code).stages.items():
        if stage == "series":
            parts = [form.partition("{letter}")[::2] for form in forms(group["forms"])]
            before = pattern_of(head for head, tail in parts if not tail)
            after = pattern_of(tail for _, tail in parts if tail) or "(?!)"
            letter = f"(?P<letter>{LETTERS})(?!\\w)|(?P<opening>{LETTERS})(?i:{after})(?!\\w)"
            pattern = f"(?<!\\w)(?:(?i:{before}){letter})"
        else:
            pattern = f"(?<!\\w)(?i:{pattern_of(group['forms'])})(?!\\w)"
        compiled.append((re.compile(pattern), stage))
    return tuple(compiled)


def find_stages(document: Document, words: Vocabulary) -> list[FoundStage]:
    """The stages of a text in order; of overlapping ones the longest."""
    found = []
    for pattern, stage in patterns(words.code):
        for match in pattern.finditer(document.text):
            code = f"series_{(match['letter'] or match['opening'])[0].lower()}" if stage == "series" else stage
            found.append(FoundStage(Span(match.start(), match.end()), code))
    found.sort(key=lambda one: (one.span.start, -one.span.end, one.code))
    kept: list[FoundStage] = []
    for candidate in found:
        if not kept or candidate.span.start >= kept[-1].span.end:
            kept.append(candidate)
    return kept
