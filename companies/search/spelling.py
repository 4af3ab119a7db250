"""Words of names, as they are looked for: by how they begin, and in spite of a typo.

Pure Python. A name is held under every beginning of its words (`beginnings`), so that words typed in any order, the
last of them unfinished, find it by equality alone. A word is held under what is left of it when letters are dropped
(`neighbourhood`): a typed word that is misspelt leaves the same somewhere.
"""

from collections.abc import Iterable
from typing import Final
from zlib import crc32

from rapidfuzz.distance import OSA

LONGEST_BEGINNING: Final = 8  # letters; of a longer typed word these are looked up, and the rest compared
STEM: Final = 7  # letters of a word that are held against typos
ONE_EDIT_FROM: Final = 4  # letters of a typed word in which one edit is forgiven
TWO_EDITS_FROM: Final = 8
BEGINNINGS_FROM: Final = 6  # letters of a misspelt word that may be the beginning of a longer one
UNUSED_BITS: Final = 8  # of a checksum of 32; what is left fits a column of whole numbers


def beginnings(words: Iterable[str]) -> set[str]:
    """Every beginning of the words, up to a length.

    >>> sorted(beginnings(["ab", "acme"]))
    ['a', 'ab', 'ac', 'acm', 'acme']
    """
    return {word[:length] for word in words for length in range(1, min(len(word), LONGEST_BEGINNING) + 1)}


def edits_forgiven(typed: str) -> int:
    """In how many letters a typed word may differ from the one that is meant."""
    return 2 if len(typed) >= TWO_EDITS_FROM else 1 if len(typed) >= ONE_EDIT_FROM else 0


def neighbourhood(word: str) -> set[int]:
    """The numbers under which a word is held: a typed word that is meant for it has one of them among its own."""
    return _numbers(word[:STEM], 2 if len(word) >= TWO_EDITS_FROM - 2 else 1)


def looked_up(typed: str) -> set[int]:
    """The numbers under which the words are held that a typed word may be meant for."""
    return _numbers(typed[:STEM], edits_forgiven(typed))


def edits(typed: str, word: str) -> int:
    """How many edits make a typed word another, or the beginning of another: letters added, dropped, changed, swapped.

    Short words are not taken for the beginnings of others, for too many would do.

    >>> edits("mitsral", "mistral"), edits("contetn", "contentsquare"), edits("halen", "halden")
    (1, 1, 1)
    >>> edits("hald", "halden") > edits_forgiven("hald")
    True
    """
    most = edits_forgiven(typed)
    if len(typed) < BEGINNINGS_FROM:
        return OSA.distance(typed, word, score_cutoff=most)
    lengths = range(len(typed) - most, min(len(typed) + most, len(word)) + 1)
    return min((OSA.distance(typed, word[:length], score_cutoff=most) for length in lengths), default=most + 1)


def _numbers(word: str, dropped: int) -> set[int]:
    """A number for each of what is left of a word when at most so many letters are dropped."""
    rests = fewer = {word}
    for _ in range(dropped):
        fewer = {rest[:at] + rest[at + 1 :] for rest in fewer for at in range(len(rest))}
        rests = rests | fewer
    return {crc32(rest.encode()) >> UNUSED_BITS for rest in rests}
