"""Text as it may be stored: what every boundary does to text from outside. Pure Python."""

import unicodedata
from typing import Final

# A long read has 60,000 characters; twenty times that is no article.
MAX_CHARACTERS: Final = 1_000_000
JOINERS: Final = "\u200c\u200d"


def clean_text(text: str, limit: int = MAX_CHARACTERS) -> str:
    """`text` in composed form with its line ends unified and nothing invisible in it, at most `limit` characters.

    Dropped are control and format characters other than newline and tab (NUL, bidi overrides, zero-width spaces, soft
    hyphens) and lone surrogates. Cleaning twice changes nothing more.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = unicodedata.normalize("NFC", text)
    kept = "".join(char for at, char in enumerate(text) if _is_kept(char, text, at))
    return unicodedata.normalize("NFC", kept)[:limit].rstrip(JOINERS)


def clean_line(text: str, limit: int = 500) -> str:
    """`clean_text` on one line, runs of white space as one space: for titles, names and reasons."""
    return " ".join(clean_text(text).split())[:limit].rstrip(JOINERS + " ")


def _is_kept(char: str, text: str, at: int) -> bool:
    if char in "\n\t":
        return True
    if char in JOINERS:
        return 0 < at < len(text) - 1 and _is_joined(text[at - 1]) and _is_joined(text[at + 1])
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs")


def _is_joined(char: str) -> bool:
    """Whether a character is of a script that shapes its letters by joiners: Arabic, those of India and beyond."""
    return "\u0600" <= char <= "\u1fff" and unicodedata.category(char)[0] in "LM"
