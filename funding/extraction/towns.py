"""The names of towns and countries that are more than one word, and the adjectives that are made of them."""

from collections.abc import Mapping, Sequence
from functools import cache

from funding.extraction import vocabulary
from funding.extraction.text import TOKEN

SHORTEST = 4  # letters of a town that an ending may be taken from


@cache
def long_places() -> Mapping[str, Sequence[tuple[str, ...]]]:
    """Places of more than one word by their first token, the longest first: "Rio" -> ("Rio", "de", "Janeiro")."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for place in sorted(vocabulary.places() | vocabulary.regions()):
        parts = tuple(TOKEN.findall(place.replace("’", "'")))
        if len(parts) > 1:
            by_first.setdefault(parts[0], []).append(parts)
    for rows in by_first.values():
        rows.sort(key=lambda parts: (-len(parts), parts))
    return by_first


@cache
def short_places() -> frozenset[str]:
    """Places and regions of one word, case folded."""
    return frozenset(name.casefold() for name in vocabulary.places() | vocabulary.regions() if " " not in name)


def comes_of_place(word: str, endings: Sequence[str]) -> bool:
    """Whether a case-folded word is a town with one of the endings: "kölner", "berlins"."""
    return any(
        word.endswith(ending) and len(word) - len(ending) >= SHORTEST and word[: -len(ending)] in short_places()
        for ending in endings
    )
