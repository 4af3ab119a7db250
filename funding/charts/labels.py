"""Place the labels of a chart so that none covers another, a mark or a line. Pure; everything in pixels.

Widths are estimates, for the font is known only to the browser; they err on the wide side.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

WIDE_CHARACTER = 8.2  # of the bold 15 px value
CHARACTER = 6.0  # of the 12 px lines
HEAD = 19
LINE = 16
CLEAR = 12  # from a mark to its label


class Box(NamedTuple):
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def is_within(self, other: "Box") -> bool:
        """Whether it lies wholly in another."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label to place beside the mark at (x, y): its bold head, and lines that may be left out."""

    id: int
    x: float
    y: float
    head: str
    lines: Sequence[str]
    reach: float = 8  # how far the mark itself reaches sideways


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a label went: `right`, `left` or `above` its mark, with the lines there was room for.

    One that `cuts` stands on a thin line and needs a ground of its own.
    """

    id: int
    side: str
    head: str
    lines: Sequence[str]
    cuts: bool = False


def place(wanted: Iterable[Wanted], taken: Iterable[Box], frame: Box, thin: Iterable[Box] = ()) -> list[Placed]:
    """Labels in order of importance, each where it is free; one without any room is left out.

    Where else there is no room, a head alone may interrupt one of the `thin` lines.
    """
    boxes, thin = list(taken), list(thin)
    found: list[Placed] = []
    for one in wanted:
        reach = _reach(one)
        near = _within(reach, boxes)
        placed = next(_candidates(one, [*near, *_within(reach, thin)], frame), None)
        if placed is None:
            cutting = _candidates(replace(one, lines=()), near, frame)
            placed = next((replace(each, cuts=True) for each in cutting), None)
        if placed is None:
            continue
        boxes += _boxes(one, placed)
        found.append(placed)
    return found


def _within(reach: Box, boxes: Iterable[Box]) -> list[Box]:
    """The boxes that share any area with one: `Box.overlaps` of each, of which there are thousands."""
    left, top, right, bottom = reach
    return [box for box in boxes if box[0] < right and left < box[2] and box[1] < bottom and top < box[3]]


def _candidates(one: Wanted, taken: Sequence[Box], frame: Box) -> Iterator[Placed]:
    """The places that are free, best first: with all lines before with fewer, right before left, above for want."""

    def is_free(box: Box) -> bool:
        return box.is_within(frame) and not _within(box, taken)

    sides = [side for side in ("right", "left") if is_free(_head(one, side))]
    for count in range(len(one.lines), -1, -1):
        for side in sides:
            if not count or is_free(_below(one, side, one.lines[:count])):
                yield Placed(one.id, side, one.head, one.lines[:count])
    if is_free(_head(one, "above")):
        yield Placed(one.id, "above", one.head, one.lines[:0])


def _reach(one: Wanted) -> Box:
    """What every place that a label may take lies in: what is not in it need not be looked at for each of them."""
    width = max(len(one.head) * WIDE_CHARACTER, *(len(line) * CHARACTER for line in one.lines), 0)
    side = one.reach + 4 + width
    return Box(one.x - side, one.y - CLEAR - HEAD, one.x + side, one.y + 6 + LINE * len(one.lines))


def _boxes(one: Wanted, placed: Placed) -> list[Box]:
    """What a label takes: its head above the line that the value holds, the other lines below it."""
    head = _head(one, placed.side)
    return [head, _below(one, placed.side, placed.lines)] if placed.lines else [head]


def _head(one: Wanted, side: str) -> Box:
    width = len(one.head) * WIDE_CHARACTER
    if side == "above":
        return Box(one.x - width / 2, one.y - CLEAR - HEAD, one.x + width / 2, one.y - CLEAR)
    return _beside(one, side, width, one.y - HEAD - 2, one.y - 2)


def _below(one: Wanted, side: str, lines: Sequence[str]) -> Box:
    width = max(len(line) for line in lines) * CHARACTER
    return _beside(one, side, width, one.y + 6, one.y + 6 + LINE * len(lines))


def _beside(one: Wanted, side: str, width: float, top: float, bottom: float) -> Box:
    near = one.reach + 4
    if side == "right":
        return Box(one.x + near, top, one.x + near + width, bottom)
    return Box(one.x - near - width, top, one.x - near, bottom)
