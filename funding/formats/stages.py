"""Which stage, exit, status or kind of investor the words of a file mean. The words are in `words.toml`."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

_MARKS = re.compile(r"[\s_\-–—/]+")
# A follow-on that is folded into the series before it: A+, A1, A2+, Seed II, Series B (Extension).
_FOLLOWING = re.compile(r"(.*?(?:series [a-j]|seed))(?: ?\d{1,2}| ii| iii)?(?: ?\++)?(?: \(?ext(?:ension|\.)?\)?)?")
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")
NONE: Final[Mapping[str, str]] = MappingProxyType({})
LONGEST: Final = 200  # characters of a label
EXIT: Final = "exit "  # before the kind of exit that a file counts among its rounds


def flat(words: str) -> str:
    """Words without case, doubled spaces, and with hyphens and strokes as spaces."""
    return _MARKS.sub(" ", words.casefold()).strip()


@cache
def words_of(section: str) -> Mapping[str, str]:
    """What each form of a section stands for, by its flat words."""
    read = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
    return {flat(form): meaning for meaning, forms in read[section].items() for form in forms}


def stage_of(label: str, own: Mapping[str, str] = NONE) -> str:
    """The stage that a label names, `exit acquisition` or `exit ipo` where it is none of a round, empty if unknown.

    `own` is what labels mean in one format alone. A label that names two stages names none.

    >>> stage_of("Pre-Seed"), stage_of("Series B2+"), stage_of("Early Stage VC (Series A)"), stage_of("Seed & Debt")
    ('pre_seed', 'series_b', 'series_a', '')
    """
    key = flat(label) if len(label) <= LONGEST else ""
    known = words_of("stage")
    if key in own:
        return own[key]
    if found := known.get(key):
        return found
    match = _FOLLOWING.fullmatch(key)
    if match and (found := known.get(match[1], "")):
        return found
    # PitchBook puts the series in brackets behind the class of the deal.
    within = {found for part in _IN_BRACKETS.findall(key) if (found := known.get(flat(part), ""))}
    before = own.get(flat(key.partition("(")[0])) or known.get(flat(key.partition("(")[0]), "")
    return within.pop() if len(within) == 1 else before


def series_of(code: str, own: Mapping[str, str] = NONE) -> str:
    """The stage that a code beside the type of a round names: a letter, or what a label would; empty if unknown.

    >>> series_of("A"), series_of("debt_round"), series_of("Yet to launch")
    ('series_a', 'debt_financing', '')
    """
    return words_of("code").get(flat(code)) or stage_of(code, own)
