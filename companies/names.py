"""Names, compared: the key under which spellings are looked up, and what else two names say about being one.

Pure Python. `fold` sets legal forms aside, so that a key finds every spelling; whether two spellings of one key can be
one company is for `legal_form`, `is_short`, `is_dictionary` and `mixed_scripts` to qualify, and `score` is for
candidates that a person judges: no score is ever certain.
"""

import gzip
import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

from rapidfuzz.fuzz import WRatio

LONGEST = 200  # characters of a key; a ligature or "&" folds to several, so a key may be longer than its name
SHORT = 4  # letters and digits of a name that too many others may have
WORDS_IN = ("en", "fr", "de", "es", "it", "nl", "pt")  # the languages that articles are read in
# How often a word occurs in the library's corpora before it is taken for one of the language: names of firms and
# of people stand there too, seldom.
COMMON = 51
# Words of many investors' names: what is left without them has to tell one from another.
HOUSE = frozenset({"advisers", "advisors", "angels", "capital", "equity", "fund", "funds", "group", "growth",
                   "holding", "holdings", "invest", "investment", "investments", "management", "partners", "vc",
                   "venture", "ventures"})  # fmt: skip
# Names that two well-known houses bear, who are told apart by their legal form at best.
SHARED = frozenset({"merck", "rothschild", "delta partners"})
_WORDS = re.compile(r"[^\W_]+")
# Letters that Unicode does not take apart into a base letter and an accent.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
# Cyrillic and Greek letters beside the Latin ones they are drawn like.
_LOOK_ALIKES = str.maketrans(
    "авсԁеһіјӏкмнопрԛѕтхуԝѵԍ" + "АВСЕНІЈКМОРЅТХУԚԜ" + "αβγεηικνορτυχω" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "abcdehijlkmhonpqstxywvg" + "ABCEHIJKMOPSTXYQW" + "abyenikvoptuxw" + "ABEZHIKMNOPTYX",
)
_DRAWN_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


@cache
def _legal_forms() -> dict[tuple[str, ...], str]:
    """The unified form of every spelling, which is given by its words."""
    forms = tomllib.loads((Path(__file__).parent / "legal_forms.toml").read_text(encoding="utf-8"))
    return {tuple(spelling.split()): form for form, spellings in forms.items() for spelling in spellings}


@cache
def _longest_form() -> int:
    return max(map(len, _legal_forms()))


@lru_cache(maxsize=4096)  # a name is compared with many
def fold(name: str) -> str:
    """The comparison key of a name: no case, accents, punctuation, legal form at the end or "the" before it.

    >>> fold("The Hugging-Face, Inc."), fold("Crédit Müller S.A.S.")
    ('hugging face', 'credit muller')

    A name of nothing but such words keeps them, and one without letters or digits keeps its signs. A key has at most
    `LONGEST` characters.
    """
    plain = _plain(name)
    return (" ".join(_parted(plain)[0]) or " ".join(plain.split()))[:LONGEST].rstrip()


def commonest(counts: Mapping[str, int]) -> str:
    """The name that is used most, the longest of those used as often; empty where there is none."""
    return min(counts, key=lambda name: (-counts[name], -len(name), name), default="")


def legal_form(name: str) -> str:
    """The legal form at the end of a name, unified; empty where it has none.

    >>> legal_form("Lumio S.A.S."), legal_form("Lumio Private Limited"), legal_form("Lumio")
    ('sas', 'pvt ltd', '')
    """
    return " ".join(_parted(_plain(name))[1])


def forms_agree(a: str, b: str) -> bool:
    """Whether the legal forms of two names can be of one company: the same, or at most one of them said.

    >>> forms_agree("Lumio SAS", "Lumio"), forms_agree("Lumio Ltd", "Lumio Pvt. Ltd."), forms_agree("L GmbH", "L Inc.")
    (True, True, False)
    """
    ours, theirs = legal_form(a), legal_form(b)
    if not ours or not theirs or ours == theirs:
        return True
    # "Private", "Pte" and "Pty" are often left away before "Limited".
    short, long = sorted((ours, theirs), key=len)
    return short == "ltd" and long.endswith(" ltd")


def is_short(name: str) -> bool:
    """Whether a name has so few letters and digits that it says little: N26, GV."""
    return len(fold(name).replace(" ", "")) <= SHORT


def is_dictionary(name: str) -> bool:
    """Whether a name is a single word of a language that articles are read in: Stripe, Monday, Lune."""
    key = fold(name)
    return " " not in key and any(key in _common_words(language) for language in WORDS_IN)


def is_bare(name: str) -> bool:
    """Whether an investor's name says little beside what kind of house it is: A Capital, M Ventures, Growth Partners.

    So does a name that is known to be that of two.
    """
    key = fold(name)
    core = [word for word in key.split() if word not in HOUSE]
    return len("".join(core)) <= 2 or key in SHARED


@cache
def _common_words(language: str) -> frozenset[str]:
    # The package's own class takes twice as long, for it makes ready to correct words.
    packed = resources.files("spellchecker").joinpath("resources", f"{language}.json.gz").read_bytes()
    counted = json.loads(gzip.decompress(packed))
    common = [word for word, count in counted.items() if count >= COMMON]
    # Most are plain as they stand, and there are hundreds of thousands.
    is_plain = {word for word in common if word.isascii() and word.isalpha() and word.islower()}
    return frozenset(is_plain.union("".join(_WORDS.findall(_plain(word))) for word in common if word not in is_plain))


def mixed_scripts(name: str) -> str:
    """Why a name may not be what it looks like, in words; empty where nothing is wrong with its letters.

    >>> mixed_scripts("Lumi\\u043e")
    'Cyrillic and Latin letters in one word, “Lumiо”'
    """
    if any(unicodedata.category(letter) == "Cf" for letter in name):
        return "an invisible character in the name"
    for word in _WORDS.findall(unicodedata.normalize("NFC", name)):
        drawn = {unicodedata.name(letter, "").removeprefix("FULLWIDTH ").split(" ")[0] for letter in word}
        scripts = sorted(drawn.intersection(_DRAWN_ALIKE))
        if len(scripts) > 1:
            return f"{' and '.join(script.capitalize() for script in scripts)} letters in one word, “{word}”"
    return ""


def score(a: str, b: str) -> float:
    """How much two names are alike, from 0 to 1, legal forms included where both say one. Never proof of anything."""
    ours, theirs = fold(_drawn(a)), fold(_drawn(b))
    if (forms := (legal_form(a), legal_form(b))) and all(forms):
        ours, theirs = f"{ours} {forms[0]}", f"{theirs} {forms[1]}"
    return round(WRatio(ours, theirs) / 100, 2)


def likeness(a: str, b: str) -> tuple[str, ...]:
    """What two names have in common and what sets them apart, in words for people."""
    ours, theirs = fold(a), fold(b)
    if ours != theirs and fold(_drawn(a)) == fold(_drawn(b)):
        reasons = ["names that look alike in other letters"]
    else:
        reasons = [_how_alike(ours, theirs)]
    if not forms_agree(a, b):
        reasons.append(f"legal forms differ ({legal_form(a)}, {legal_form(b)})")
    if ours == theirs and is_short(a):
        reasons.append("a short name")
    if ours == theirs and is_dictionary(a):
        reasons.append("a word of the dictionary")
    reasons += [reason for reason in (mixed_scripts(a), mixed_scripts(b)) if reason]
    return tuple(dict.fromkeys(reason for reason in reasons if reason))


def _how_alike(ours: str, theirs: str) -> str:
    if ours == theirs:
        return "same name"
    if ours.replace(" ", "") == theirs.replace(" ", ""):
        return "same name but for spaces"
    short, long = sorted((ours.split(), theirs.split()), key=len)
    for at in range(len(long) - len(short) + 1):
        if long[at : at + len(short)] == short:
            more = " ".join(long[:at] + long[at + len(short) :])
            return f"same name with “{more}” more"
    return "similar names"


def _drawn(name: str) -> str:
    """A name as it looks: letters of other scripts as the Latin ones they are drawn like."""
    return unicodedata.normalize("NFC", name).translate(_LOOK_ALIKES)


def plain_letters(text: str) -> str:
    """Lower case without accents, character for character, so that places in it are places in the text.

    >>> plain_letters("Crédit Œuvre")
    'credit œuvre'
    """
    return "".join(unicodedata.normalize("NFKD", char)[0].lower()[:1] or char for char in text)


def _plain(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    plain = "".join(letter for letter in plain if unicodedata.category(letter) not in ("Mn", "Cf"))
    plain = re.sub(r"(?<=\b\w)\.(?=\w\b)|['’]", "", plain)
    return plain.replace("&", " and ").replace("+", " and ")


def _parted(plain: str) -> tuple[list[str], list[str]]:
    """The words of a name, and the unified legal forms that stand after them."""
    words = _WORDS.findall(plain)
    kept = words[1:] if len(words) > 1 and words[0] == "the" else words
    forms: list[str] = []
    while form := _form_at_end(kept):
        kept = kept[: -len(form)]
        forms.insert(0, _legal_forms()[form])
    return kept, forms


def _form_at_end(words: list[str]) -> tuple[str, ...]:
    """The longest spelling of a legal form that words end with, a word at least being left before it."""
    for length in range(min(_longest_form(), len(words) - 1), 0, -1):
        if (spelling := tuple(words[-length:])) in _legal_forms():
            return spelling
    return ()
