"""Load, check and compile the vocabularies: one TOML file for each language, and one of well-known investors.

A form is a phrase. `(x)` marks letters that may be missing, `[a|b]` a choice, `…` a gap of a few words. No word of
any language stands in the code.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from itertools import product
from typing import Any

from funding.extraction.nouns import Nouns
from funding.extraction.text import TOKEN, Document, Sentence

PARTS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|([^()\[\]]+)")
GAP = 15  # the most words that "…" stands for


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase of the vocabulary found in a text, as a range of tokens; `tail` is where a separated part ends."""

    kind: str
    first: int
    last: int
    label: str
    tail: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """One spelled-out form: its words, its words after a gap, what it is for and what it stands for."""

    words: tuple[str, ...]
    tail: tuple[str, ...]
    kind: str
    label: str


class Branch:
    """The phrases that end after some words, and where each next word leads."""

    def __init__(self) -> None:
        self.after: dict[str, Branch] = {}
        self.phrases: list[Phrase] = []


def spell(form: str) -> list[str]:
    """Every spelling that a form stands for: `mené(e)s` -> `menés`, `menées`."""
    choices: list[list[str]] = []
    for optional, choice, plain in PARTS.findall(form):
        choices.append([plain] if plain else choice.split("|") if choice else ["", optional])
    return ["".join(parts) for parts in product(*choices)]


def words_of(phrase: str) -> tuple[str, ...]:
    """The tokens of a phrase, case-folded."""
    return tuple(match.group().casefold() for match in TOKEN.finditer(phrase))


class Vocabulary:
    """The words of one language, compiled. Raises ValueError where the file lacks a section."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        try:
            self.code: str = data["code"]
            self.numbers: Mapping[str, Any] = data["numbers"]
            self.money: Mapping[str, Any] = data["money"]
            self.dates: Mapping[str, Any] = data["dates"]
            self.names: Mapping[str, Any] = data["names"]
            self.cues: Mapping[str, Any] = data["cues"]
            self.stages: Mapping[str, Any] = data["stages"]
            self.sectors: Mapping[str, Any] = data["sectors"]
            self.multiples: Mapping[str, Any] = data["multiples"]
            self.city_adjectives: Mapping[str, Any] = data["city_adjectives"]
            self.stop_words = frozenset(data["stop_words"])
            self.least_share = float(data["least_share"])
            self.abbreviations = frozenset(data["abbreviations"])
            self.lettered = frozenset(data["lettered"])
            self.glued = frozenset(data.get("glued", ()))
        except KeyError as missing:
            raise ValueError(f"the vocabulary {data.get('code', '')!r} has no section {missing}") from missing
        # Whether an adjective of a people or a city before a name shows by its ending that it is no part of it.
        self.peoples_are_inflected = bool(data.get("peoples_are_inflected", False))
        # Whether the verb can stand at the end of its clause, behind the sum that it speaks of.
        self.verbs_last = bool(data.get("verbs_last", False))
        nouns: Mapping[str, Any] = data.get("nouns", {})
        self.nouns = Nouns(nouns, [forms(nouns.get(part, ())) for part in ("words", "endings")])
        self._phrases = Branch()
        for phrase in self._all_phrases():
            branch = self._phrases
            for word in phrase.words:
                branch = branch.after.setdefault(word, Branch())
            branch.phrases.append(phrase)
            branch.phrases.sort(key=lambda phrase: (phrase.kind, phrase.tail))

    @cached_property
    def cue_words(self) -> frozenset[str]:
        """The cues that are one word."""
        return frozenset(word for word, branch in self._phrases.after.items() if branch.phrases)

    def _all_phrases(self) -> Iterator[Phrase]:
        """Every spelling of every form of cues, stages, sectors and multiples."""
        sections = [(f"cue:{kind}", "", group["forms"]) for kind, group in self.cues.items()]
        sections += [("city", city, group) for city, group in self.city_adjectives.items()]
        sections += [("sector", code, group["forms"]) for code, group in self.sectors.items()]
        sections += [("multiple", code, group["forms"]) for code, group in self.multiples.items()]
        for kind, label, forms in sections:
            for spelling in (spelling for form in forms for spelling in spell(form)):
                head, _, tail = spelling.partition("…")
                yield Phrase(words_of(head), words_of(tail), kind.removeprefix("cue:"), label)

    def document(self, given: str, title: str | None = None) -> Document:
        """A text cut into sentences by this language's abbreviations."""
        return Document(given, self.abbreviations, title, self.lettered, sorted(self.glued))

    def find_cues(self, document: Document, sentence: Sentence) -> list[Cue]:
        """The cues of a sentence in order, of each kind the longest at every place."""
        tokens, found = document.tokens, []
        for first in range(sentence.first, sentence.last):
            matches: list[tuple[int, Phrase]] = []
            branch, last = self._phrases.after.get(tokens[first].word), first + 1
            while branch is not None:
                matches += [(last, phrase) for phrase in branch.phrases]
                branch = branch.after.get(tokens[last].word) if last < sentence.last else None
                last += 1
            seen: set[str] = set()
            for last, phrase in sorted(matches, key=lambda match: -match[0]):
                if phrase.kind in seen:
                    continue
                tail = _find_tail(document, phrase.tail, last, sentence.last) if phrase.tail else last
                if tail:
                    seen.add(phrase.kind)
                    found.append(Cue(phrase.kind, first, last, phrase.label, tail))
        return _without_nested(found)

    @cached_property
    def lexicon(self) -> Mapping[str, frozenset[str]]:
        """The word lists that names are read by, each as a set."""
        return {key: frozenset(forms(values)) for key, values in self.names.items()}


def _find_tail(document: Document, tail: Sequence[str], first: int, limit: int) -> int:
    """Where the words after a gap end, or 0."""
    for start in range(first, min(first + GAP, limit - len(tail)) + 1):
        if start + len(tail) <= limit and all(document.tokens[start + i].word == w for i, w in enumerate(tail)):
            return start + len(tail)
    return 0


def _without_nested(found: list[Cue]) -> list[Cue]:
    """Drop a cue that lies within a longer one of the same kind."""
    reach: dict[str, int] = {}
    kept = []
    for cue in found:
        if cue.last > reach.get(cue.kind, -1):
            kept.append(cue)
            reach[cue.kind] = cue.last
    return kept


def forms(values: Iterable[str]) -> list[str]:
    """All spellings of a list of forms, in order."""
    return [spelling for form in values for spelling in spell(form)]


def pattern_of(values: Iterable[str]) -> str:
    """A regular expression for any of the spellings, the longest first, their spaces one or two spaces wide."""
    spellings = sorted(set(forms(values)), key=lambda form: (-len(form), form))
    return "|".join(re.escape(spelling).replace(r"\ ", r" {1,2}") for spelling in spellings)


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Well-known investors by the first word of an alias: the alias (case-folded words) and the name as usually
    written, the longest alias first."""

    by_first: Mapping[str, Sequence[tuple[tuple[str, ...], str]]]


def read_toml(name: str) -> dict[str, Any]:
    """A file of the vocabulary, read."""
    return tomllib.loads(resources.files("funding.extraction").joinpath("vocabulary", name).read_text("utf-8"))


@cache
def languages() -> tuple[str, ...]:
    """The codes of the languages that have a vocabulary, in order."""
    files = resources.files("funding.extraction").joinpath("vocabulary").iterdir()
    stems = (file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))
    return tuple(sorted(stem for stem in stems if len(stem) == 2))


@cache
def load(code: str) -> Vocabulary:
    """The vocabulary of a language. Raises ValueError where there is none or it is incomplete."""
    if code not in languages():
        raise ValueError(f"there is no vocabulary for the language {code!r}")
    return Vocabulary(read_toml(f"{code}.toml"))


@cache
def known_investors() -> KnownNames:
    """The well-known investors of investors.toml."""
    aliases = {
        words_of(alias): entry["name"]
        for entry in read_toml("investors.toml")["investor"]
        for alias in [entry["name"], *entry.get("aliases", [])]
    }
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for alias, name in sorted(aliases.items(), key=lambda row: (-len(row[0]), row)):
        by_first.setdefault(alias[0], []).append((alias, name))
    return KnownNames(by_first)


@cache
def first_names() -> frozenset[str]:
    """First names, case folded."""
    return frozenset(read_toml("people.toml")["first_names"])


@cache
def places() -> frozenset[str]:
    """Countries and large cities, as they are written."""
    return frozenset(read_toml("people.toml")["places"])


@cache
def regions() -> frozenset[str]:
    """States and regions, in which a company has no seat that could be named."""
    return frozenset(read_toml("people.toml")["regions"])


@cache
def legal_suffixes() -> frozenset[str]:
    """Words that say what kind of body a firm is and are no part of its name, case folded."""
    return frozenset(read_toml("people.toml")["legal_suffixes"])


@cache
def firm_words() -> frozenset[str]:
    """Words that names of investing firms carry, in any language."""
    return frozenset(word for code in languages() for word in load(code).names["firm_words"])
