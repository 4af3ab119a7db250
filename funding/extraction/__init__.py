"""Reads funding facts out of article text: pure Python, no network, no clock, the same answer every time."""

from funding.extraction.engine import ENGINE_VERSION, extract
from funding.extraction.facts import Extraction, Fact, Mention, MentionKind, Span
from funding.extraction.language import detect_language

__all__ = ["ENGINE_VERSION", "Extraction", "Fact", "Mention", "MentionKind", "Span", "detect_language", "extract"]
