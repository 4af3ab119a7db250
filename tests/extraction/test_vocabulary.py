"""The vocabularies are whole, agree with each other in their keys, and every form of theirs is found."""

from __future__ import annotations

from collections import Counter

import pytest

from funding.extraction import vocabulary
from funding.extraction.stages import find_stages
from funding.extraction.text import Document
from funding.extraction.vocabulary import Vocabulary, forms

each_language = pytest.mark.parametrize("code", vocabulary.languages())


def test_a_vocabulary_without_a_section_is_refused() -> None:
    with pytest.raises(ValueError, match="has no section"):
        Vocabulary({"code": "xx"})


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no vocabulary"):
        vocabulary.load("tlh")


def test_all_languages_have_the_same_kinds_of_words() -> None:
    loaded = [vocabulary.load(code) for code in vocabulary.languages()]
    for section in ("cues", "stages", "sectors", "names", "numbers", "money", "dates"):
        assert len({frozenset(getattr(words, section)) for words in loaded}) == 1, section


@each_language
def test_every_cue_is_found_in_a_text_of_its_words(code: str) -> None:
    words = vocabulary.load(code)
    for kind, group in words.cues.items():
        for form in forms(group["forms"]):
            document = Document(form.replace("…", " x "))
            found = [cue for sentence in document.sentences for cue in words.find_cues(document, sentence)]
            assert kind in {cue.kind for cue in found}, (kind, form)


@each_language
def test_no_form_stands_twice_under_one_kind(code: str) -> None:
    words = vocabulary.load(code)
    for section in (words.stages, words.sectors, words.multiples):
        counts = Counter(form.casefold() for group in section.values() for form in forms(group["forms"]))
        assert [form for form, count in counts.items() if count > 1] == []


@each_language
def test_every_stage_is_found_in_a_text_of_its_words(code: str) -> None:
    words = vocabulary.load(code)
    for stage, group in words.stages.items():
        for form in forms(group["forms"]):
            found = find_stages(Document(form.replace("{letter}", "C")), words)
            assert [one.code for one in found] == ["series_c" if stage == "series" else stage], form


def test_no_alias_belongs_to_two_investors() -> None:
    entries = vocabulary.read_toml("investors.toml")["investor"]
    counts = Counter(alias.casefold() for entry in entries for alias in [entry["name"], *entry.get("aliases", [])])
    assert [alias for alias, count in counts.items() if count > 1] == []
