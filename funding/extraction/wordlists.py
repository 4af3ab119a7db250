"""The word lists of a language that names are read by, folded once for all texts."""

from collections.abc import Mapping
from functools import lru_cache

from funding.extraction.vocabulary import Vocabulary, forms, words_of

LANGUAGES = 16  # whose lists are kept


class WordLists:
    """What a language's vocabulary says about names, case folded."""

    def __init__(self, words: Vocabulary) -> None:
        lexicon = words.lexicon
        days = (group for part in ("months", "weekdays") for group in words.dates[part].values())
        self.terms = _folded(lexicon["not_names"])
        self.peoples = _folded(lexicon["peoples"])
        self.banned = self.terms | self.peoples | {form.casefold() for group in days for form in group}
        self.titles = _folded(lexicon["titles"])
        self.openers = _folded(lexicon["openers"])
        self.verbs = words.cue_words | lexicon["auxiliaries"] | lexicon["subject_verbs"]
        raises = {form.casefold() for form in forms(words.cues["raise"]["forms"])}
        verbs = lexicon["auxiliaries"] | lexicon["subject_verbs"] | raises
        self.after_names = verbs | lexicon["conjunctions"] | lexicon["relatives"] | words.stop_words
        self.never_small = words.stop_words | words.cue_words | lexicon["company_heads"] | lexicon["titles"]
        self.place_endings = tuple(sorted(lexicon["place_endings"]))
        self.people_endings = tuple(sorted(lexicon["people_endings"]))
        self.adjective_endings = tuple(sorted(lexicon["adjective_endings"]))
        naming: dict[str, list[tuple[str, ...]]] = {}
        for phrase in sorted(words_of(form) for form in lexicon["naming"]):
            naming.setdefault(phrase[0], []).append(phrase)
        self.naming: Mapping[str, list[tuple[str, ...]]] = naming


def _folded(values: frozenset[str]) -> frozenset[str]:
    return frozenset(form.casefold() for form in values)


@lru_cache(maxsize=LANGUAGES)
def word_lists(words: Vocabulary) -> WordLists:
    """The lists of a vocabulary."""
    return WordLists(words)
