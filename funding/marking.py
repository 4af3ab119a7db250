"""Text with words marked: cut where quotes begin and end, so that quotes may overlap. Pure."""

import re
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
    spans = [
        (start, end, note) for note, ends in quoted.items() for start, end in ends if 0 <= start < end <= len(text)
    ]
    first = {note: min(start for start, _, of in spans if of == note) for _, _, note in spans}
    last = {note: max(end for _, end, of in spans if of == note) for _, _, note in spans}
    found = []
    for start, end in _blocks(text):
        cuts = sorted({start, end, *(at for span in spans for at in span[:2] if start < at < end)})
        pieces = tuple(_piece(text, low, high, spans, first, last) for low, high in zip(cuts, cuts[1:], strict=False))
        found.append(Paragraph(text[start:end], pieces))
    return found


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Where each paragraph begins and ends, the white space around it left out."""
    at = 0
    for gap in [*(match.span() for match in BREAK.finditer(text)), (len(text), len(text))]:
        block = text[at : gap[0]]
        if block.strip():
            yield at + len(block) - len(block.lstrip()), at + len(block.rstrip())
        at = gap[1]


def _piece(
    text: str, low: int, high: int, spans: list[tuple[int, int, int]], first: dict[int, int], last: dict[int, int]
) -> Piece:
    notes = sorted({note for start, end, note in spans if start < high and low < end})
    return Piece(
        text[low:high],
        tuple(notes),
        tuple(note for note in notes if low <= first[note] < high),
        tuple(note for note in notes if low < last[note] <= high),
    )
