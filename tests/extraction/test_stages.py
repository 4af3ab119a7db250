"""Stages are what the words name, as the contract's codes."""

from __future__ import annotations

import pytest

from funding.extraction import vocabulary
from funding.extraction.stages import find_stages
from funding.extraction.text import Document


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "a Series C round", ["series_c"]),
        ("en", "a Series B extension", ["series_b"]),
        ("en", "a pre-seed round", ["pre_seed"]),
        ("en", "an $8 million seed round", ["seed"]),
        ("en", "a convertible note", ["convertible_note"]),
        ("en", "an $80 million debt facility", ["debt"]),
        ("en", "a bridge round", ["bridge"]),
        ("en", "a series a year long", []),
        ("fr", "une série B", ["series_b"]),
        ("fr", "son tour d'amorçage", ["seed"]),
        ("fr", "en pré-amorçage", ["pre_seed"]),
        ("fr", "des obligations convertibles", ["convertible_note"]),
        ("fr", "une série a été tournée", []),
    ],
)
def test_a_stage_is_read_from_its_words(code: str, text: str, expected: list[str]) -> None:
    assert [stage.code for stage in find_stages(Document(text), vocabulary.load(code))] == expected
