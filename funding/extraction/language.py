"""Tell which vocabulary fits a text, by how many of its words are that language's commonest."""

from collections import Counter

from funding.extraction import vocabulary
from funding.extraction.text import TOKEN

SAMPLE = 4000  # characters that are enough to tell
LEAST = 0.08  # below this share of common words the text is in none of the languages


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of the vocabulary whose stop words the text uses most, or None where it uses too few."""
    words = Counter(match.group().casefold() for match in TOKEN.finditer(text[:SAMPLE]) if match.group()[0].isalpha())
    total = sum(words.values())
    if not total:
        return None
    shares = []
    for code in vocabulary.languages():
        stops = vocabulary.load(code).stop_words
        shares.append((sum(count for word, count in words.items() if word in stops) / total, code))
    share, code = max(shares, key=lambda row: (row[0], row[1]))
    return code if share >= LEAST else None
