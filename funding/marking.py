"""Text with words marked: cut where quotes begin and end, so that quotes may overlap. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

BREAK = re.compile(r"\n\s*\n")
Spans = Mapping[int, Iterable[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters that the same notes quote.

    `notes` are the numbers of the notes that quote it, `first_of` those whose words begin here for the first time,
    and `last_of` those whose words end here for good.
    """

    text: str
    notes: tuple[int, ...] = ()
    first_of: tuple[int, ...] = ()
    last_of: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What stands between empty lines."""

    text: str
    pieces: tuple[Piece, ...]


def paragraphs(text: str, quoted: Spans) -> list[Paragraph]:
    """The paragraphs of `text` with the words marked that each note, by number, quotes as (start, end).

    Spans that lie outside the text are left out. A quote over several paragraphs is marked in each.
    """
    spans = sorted(
        (start, end, note) for note, ends in quoted.items() for start, end in ends if 0 <= start < end <= len(text)
    )
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for start, end, note in spans:
        first.setdefault(note, start)
        last[note] = max(end, last.get(note, end))
    edges = sorted({at for span in spans for at in span[:2]})
    found, current, following = [], [], 0
    for start, end in _blocks(text):
        cuts = [start, *edges[bisect_right(edges, start) : bisect_left(edges, end)], end]
        pieces = []
        for low, high in zip(cuts, cuts[1:], strict=False):
            # Quotes are looked at as the text reaches them: a long review has thousands.
            while following < len(spans) and spans[following][0] < high:
                current.append(spans[following])
                following += 1
            current = [span for span in current if span[1] > low]
            pieces.append(_piece(text[low:high], low, high, sorted({span[2] for span in current}), first, last))
        found.append(Paragraph(text[start:end], tuple(pieces)))
    return found


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Where each paragraph begins and ends, the white space around it left out."""
    at = 0
    for gap in [*(match.span() for match in BREAK.finditer(text)), (len(text), len(text))]:
        block = text[at : gap[0]]
        if block.strip():
            yield at + len(block) - len(block.lstrip()), at + len(block.rstrip())
        at = gap[1]


def _piece(words: str, low: int, high: int, notes: list[int], first: dict[int, int], last: dict[int, int]) -> Piece:
    return Piece(
        words,
        tuple(notes),
        tuple(note for note in notes if low <= first[note] < high),
        tuple(note for note in notes if low < last[note] <= high),
    )
