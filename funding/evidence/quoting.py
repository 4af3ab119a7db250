"""Cut the sentence around the words that back a figure, with those words marked. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from funding.extraction.text import Document

LEFT_OUT = " […] "
LONGEST = 420  # characters; a longer passage is cut around its marked words
CONTEXT = 110  # characters kept on either side of marked words in a passage that is cut

QUOTATION_MARKS = {"fr": ("«\u202f", "\u202f»"), "de": ("„", "“")}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a quotation, and whether it is the words that say the figure."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Quotation:
    """A passage of a text in pieces, with the offsets of its first and last marked character."""

    pieces: tuple[Piece, ...]
    start: int
    end: int

    def __str__(self) -> str:
        return "".join(piece.text for piece in self.pieces)


Span = tuple[int, int]


class Passages:
    """A text that passages are quoted from; it is cut into sentences once, when first asked."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _document(self) -> Document:
        return Document(self.text)

    def quote(self, spans: Iterable[Span]) -> Quotation | None:
        """The sentences that hold the spans; None where no span lies in the text."""
        marked = _joined(span for span in spans if 0 <= span[0] < span[1] <= len(self.text))
        if not marked:
            return None
        pieces: list[Piece] = []
        for start, end in self._windows(marked):
            inside = [span for span in marked if start <= span[0] < end]
            pieces += ([Piece(LEFT_OUT)] if pieces else []) + self._pieces(start, end, inside)
        return Quotation(tuple(pieces), marked[0][0], marked[-1][1])

    def _windows(self, marked: Sequence[Span]) -> list[Span]:
        """The sentences around the spans; those that follow one another are one passage."""
        sentences = [self._sentence(start, end) for start, end in marked]
        windows: list[Span] = []
        for start, end in sentences:
            gap = self.text[windows[-1][1] : start] if windows else ""
            if windows and "\n" not in gap and not gap.strip():
                windows[-1] = (windows[-1][0], max(end, windows[-1][1]))
            else:
                windows.append((start, end))
        return windows

    def _sentence(self, start: int, end: int) -> Span:
        """From where the sentence of `start` begins to where that of `end` ends."""
        if not self._document.sentences:
            return start, end
        first, last = self._document.sentence_at(start), self._document.sentence_at(end - 1)
        return min(first.start, start), max(last.end, end)

    def _pieces(self, start: int, end: int, inside: Sequence[Span]) -> list[Piece]:
        """A passage cut at its marked words, shortened between them where it is too long."""
        is_long = end - start > LONGEST
        pieces: list[Piece] = []
        at = start
        for first, last in inside:
            between = self.text[at:first]
            pieces.append(Piece(_shortened(between, tail=True, head=at > start) if is_long else between))
            pieces.append(Piece(self.text[first:last], True))
            at = last
        rest = self.text[at:end]
        pieces.append(Piece(_shortened(rest, tail=False, head=True) if is_long else rest))
        return [piece for piece in pieces if piece.text]


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, overlapping ones as one."""
    joined: list[Span] = []
    for start, end in sorted(set(spans)):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _shortened(words: str, *, head: bool, tail: bool) -> str:
    """Unmarked words, kept only where marked ones come before (`head`) or after (`tail`) them."""
    if len(words) <= CONTEXT * (head + tail) + len(LEFT_OUT):
        return words
    before = words[:CONTEXT].rsplit(" ", 1)[0] if head else ""
    after = words[-CONTEXT:].split(" ", 1)[-1] if tail else ""
    if head and tail:
        return f"{before}{LEFT_OUT}{after}"
    return f"{before}{LEFT_OUT.rstrip()}" if head else f"{LEFT_OUT.lstrip()}{after}"


def quotation_marks(language: str) -> tuple[str, str]:
    """What opens and closes a quotation in a language; English where it is not known otherwise."""
    return QUOTATION_MARKS.get(language, ("“", "”"))
