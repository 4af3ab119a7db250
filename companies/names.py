"""Names, compared: fold a name to the key under which two spellings are the same. Pure Python."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

LONGEST = 200  # characters of a key; a ligature or "&" folds to several, so a key may be longer than its name
_WORDS = re.compile(r"[^\W_]+")
# Letters that Unicode does not take apart into a base letter and an accent.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


@cache
def _legal_forms() -> frozenset[str]:
    forms = tomllib.loads((Path(__file__).parent / "legal_forms.toml").read_text(encoding="utf-8"))
    return frozenset(form for of_place in forms.values() for form in of_place)


def fold(name: str) -> str:
    """The comparison key of a name: no case, accents, punctuation, legal form at the end or "the" before it.

    >>> fold("The Hugging-Face, Inc."), fold("Crédit Müller S.A.S.")
    ('hugging face', 'credit muller')

    A name of nothing but such words keeps them, and one without letters or digits keeps its signs. A key has at most
    `LONGEST` characters.
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"(?<=\b\w)\.(?=\w\b)|['’]", "", plain)
    words = _WORDS.findall(plain.replace("&", " and ").replace("+", " and "))
    kept = words[1:] if len(words) > 1 and words[0] == "the" else words
    while len(kept) > 1 and kept[-1] in _legal_forms():
        kept = kept[:-1]
    return (" ".join(kept) or " ".join(plain.split()))[:LONGEST].rstrip()
