"""Tell which vocabulary fits a text, by how many of its words are that language's commonest."""

from collections import Counter

from funding.extraction import vocabulary
from funding.extraction.text import TOKEN

SAMPLE = 4000  # characters that are enough to tell
FEW = 20  # words of a text too short for its stop words to tell


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of the vocabulary whose stop words the text uses most, or None where it uses too few.

    How many are enough is told by the vocabulary, for kindred languages share many of them.
    """
    words = Counter(match.group().casefold() for match in TOKEN.finditer(text[:SAMPLE]) if match.group()[0].isalpha())
    total = sum(words.values())
    if not total:
        return None
    shares = []
    for code in vocabulary.languages():
        known = vocabulary.load(code)
        # A heading alone has few stop words; there the words of funding tell too.
        stops = known.stop_words | known.cue_words if total <= FEW else known.stop_words
        share = sum(count for word, count in words.items() if word in stops) / total
        if share >= known.least_share:
            shares.append((share, code))
    return max(shares)[1] if shares else None
