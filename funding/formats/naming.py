"""Keys of whom a file speaks of, names from addresses, and the names of a list."""

import csv
import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from companies.names import fold

LONGEST_KEY: Final = 40
LONGEST_NAME: Final = 200
# A legal form that a comma sets off from its name: "Sumitomo Corp., Ltd." is one.
_FORM = re.compile(
    r"(?:inc|incorporated|llc|l\.l\.c|ltd|limited|lp|l\.p|llp|plc|corp|co|gmbh|s\.a|jr|ph\.d|m\.d)\.?", re.I
)
_AND_OTHERS = re.compile(
    r"""(?<!\w)(?:(?:and|&|et)\s+)?
    (?:(?:several|many|some|few|a\ few|various|multiple)\s+)?
    (?:others?|other\ investors?|etc)\.?$""",
    re.IGNORECASE | re.VERBOSE,
)
_AND_FIRST = re.compile(r"(?:and|&)\s+", re.IGNORECASE)
# What stands for investors that are not named.
_NOBODY = re.compile(
    r"""(?:(?:a\s+)?(?:group|consortium|clutch|bunch|team)\ of\s+(?=\w)|(?:an?\s+)?(?=(?:
        undisclosed|unnamed|unknown|unspecified|existing|new|other|others|various|several|multiple|many|some|few
        |private|individual|angel|seed|strategic|institutional|accredited|business|hni|high\ net[-\ ]?worth)(?:\s|$)))
    (?:(?:undisclosed|unnamed|unknown|unspecified|existing|new|other|others|various|several|multiple|many|some|few
        |private|individual|angel|seed|strategic|institutional|accredited|business|hni|high\ net[-\ ]?worth|and|&)
        (?:\s+|$))*
    (?:investors?|individuals?|hnis?(?:['’]s)?|angels?|funds?|firms?|sources?|strategic|partners?|backers?|company)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ESCAPE = re.compile(r"(?:\\+x[0-9a-fA-F]{2})+")
_ESCAPED = re.compile(r"\\+([nrt'\"])")
_PROFILE = re.compile(r"(?:^|/)(organization|company|person|financial[-_]organization)/([^/?#]+)", re.I)

_ORGANIZATION: Final = "/organization/"
_MORE: Final = frozenset("/?#")


def key_of(kind: str, known_by: str) -> str:
    """The key of a mention: its kind and what it is known by, shortened by a hash where that is long."""
    key = f"{kind}:{known_by}"
    return key if len(key) <= LONGEST_KEY else f"{kind}:{_short(known_by)}"


def number_key(number: str) -> str:
    """The key of the mention of a round that has a number in its database: files of one speak of it under one key."""
    key = f"round:#{number}"
    return key if len(key) <= LONGEST_KEY else f"round:#{_short(number)}"


def own_key(known_by: str, file: str) -> str:
    """The key of a round in a file of our own exports: before the dot what it is known by in all of them."""
    return f"round:~{_short(known_by)}.{file}"


def numbered(number: str, name: str) -> str:
    """What somebody with a number of our own is known by: two Roundbooks number alike whom they do not name alike."""
    return f"{number}@{folded(name)}" if name and number != folded(name) else number


def _short(words: str) -> str:
    return hashlib.blake2b(words.encode(), digest_size=12).hexdigest()


@lru_cache(maxsize=100_000)
def folded(name: str) -> str:
    """The folded name, under which a file's spellings of one name are one."""
    return fold(name) or name


def slug_of(address: str) -> str:
    """What an address at Crunchbase knows its organisation by, in small letters; of a person with `person/`.

    >>> slug_of("/ORGANIZATION/-FAME"), slug_of("https://www.crunchbase.com/person/ada-l?x=1"), slug_of("lumio")
    ('-fame', 'person/ada-l', 'lumio')
    """
    low = address.lower()
    if low.startswith(_ORGANIZATION) and low.isascii() and _MORE.isdisjoint(low[len(_ORGANIZATION) :]):
        return low[len(_ORGANIZATION) :]
    match = _PROFILE.search(low)
    if match is None:
        return "" if "/" in low.strip("/") else low.strip("/")
    kind, slug = match.groups()
    return f"person/{slug}" if kind == "person" else slug


def name_of(address: str) -> str:
    """A name made of an address, for a file that has no other; a number at its end stays, for it may be the name's.

    >>> name_of("/organization/foo-bar-2"), name_of("/ORGANIZATION/AFFLUENT-ATTACHÃ©")
    ('Foo Bar 2', 'Affluent Attaché')
    """
    if (plain := slug_of(address)) and address.isascii() and "/" not in plain:
        return " ".join(map(str.capitalize, filter(None, plain.split("-"))))
    match = _PROFILE.search(address)
    slug = _repaired(match[2] if match else address.strip("/").rpartition("/")[2])
    return " ".join(map(str.capitalize, filter(None, slug.split("-"))))


def _repaired(text: str) -> str:
    """Words that were read in Latin-1 though they are UTF-8, and perhaps put into small letters since; else as is."""
    if text.isascii():
        return text
    for candidate in (text, "".join(char.upper() if "à" <= char <= "þ" else char for char in text)):
        try:
            return candidate.encode("latin-1").decode("utf-8")
        except UnicodeError:
            continue
    return text


def unescaped(words: str) -> str:
    r"""Words without the byte escapes that a program left in them: `\\xe2\\x80\\x99`, `\\n`.

    >>> unescaped(r"Seed\\nFunding"), unescaped(r"\\xc2\\xa010/7/2015").strip()
    ('Seed Funding', '10/7/2015')
    """
    if "\\" not in words:
        return words
    words = _ESCAPE.sub(_bytes_of, words)
    return _ESCAPED.sub(lambda match: match[1] if match[1] in "'\"" else " ", words)


def _bytes_of(match: re.Match[str]) -> str:
    try:
        return bytes.fromhex(re.sub(r"\\+x", "", match[0])).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


def split_names(words: str, separator: str) -> tuple[list[str], list[str]]:
    """The names of a list, each once, and what stands in it for somebody who is not named.

    A legal form behind a comma stays with its name, "and others" is dropped, and PostgreSQL has braces around lists.
    Words joined by "and" are left together, for a name may have one.
    """
    if words.startswith("{") and words.endswith("}"):
        parts: Iterator[str] = iter(next(csv.reader([words[1:-1]], escapechar="\\"), []))
    else:
        parts = iter(words.split(separator))
    names: list[str] = []
    for part in parts:
        part = " ".join(part.split())
        if names and separator == "," and _FORM.fullmatch(part):
            names[-1] = f"{names[-1]}, {part}"
        else:
            names.append(part)
    found: dict[str, str] = {}
    nobody = []
    for name in names:
        if len(name) > LONGEST_NAME:
            found.setdefault(name, name)
            continue
        cleaned = _AND_FIRST.sub("", name, 1) if _AND_FIRST.match(name) else name
        cleaned = _AND_OTHERS.sub("", cleaned).strip(" ,;&")
        if not cleaned:
            if name:
                nobody.append(name)
        elif _NOBODY.fullmatch(cleaned):
            nobody.append(name)
        else:
            found.setdefault(folded(cleaned), cleaned)
    return list(found.values()), nobody


_FOOTNOTE = re.compile(r"\[\d+\]")


def without_footnotes(words: str) -> str:
    """Words without marks of notes: `December 2024[22]`."""
    return _FOOTNOTE.sub(" ", words) if "[" in words else words
