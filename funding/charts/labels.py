"""Place the labels of a chart so that none covers another, a mark or a line. Pure; everything in pixels.

Widths are estimates, for the font is known only to the browser; they err on the wide side.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

WIDE_CHARACTER = 8.2  # of the bold 15 px value
CHARACTER = 6.0  # of the 12 px lines
HEAD = 19
LINE = 16
CLEAR = 12  # from a mark to its label


@dataclass(frozen=True, slots=True)
class Box:
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
        placed = next(_candidates(one, [*boxes, *thin], frame), None)
        if placed is None:
            cutting = _candidates(replace(one, lines=()), boxes, frame)
            placed = next((replace(each, cuts=True) for each in cutting), None)
        if placed is None:
            continue
        boxes += _boxes(one, placed)
        found.append(placed)
    return found


def _candidates(one: Wanted, taken: Sequence[Box], frame: Box) -> Iterator[Placed]:
    """The places that are free, best first: with all lines before with fewer, right before left."""
    for count in range(len(one.lines), -1, -1):
        for side in ("right", "left", "above") if not count else ("right", "left"):
            placed = Placed(one.id, side, one.head, one.lines[:count])
            if all(box.is_within(frame) and not any(box.overlaps(t) for t in taken) for box in _boxes(one, placed)):
                yield placed


def _boxes(one: Wanted, placed: Placed) -> list[Box]:
    """The head above the line that the value holds, the other lines below it."""
    width = len(placed.head) * WIDE_CHARACTER
    if placed.side == "above":
        return [Box(one.x - width / 2, one.y - CLEAR - HEAD, one.x + width / 2, one.y - CLEAR)]
    boxes = [_beside(one, placed.side, width, one.y - HEAD - 2, one.y - 2)]
    if placed.lines:
        width = max(len(line) for line in placed.lines) * CHARACTER
        boxes.append(_beside(one, placed.side, width, one.y + 6, one.y + 6 + LINE * len(placed.lines)))
    return boxes


def _beside(one: Wanted, side: str, width: float, top: float, bottom: float) -> Box:
    near = one.reach + 4
    if side == "right":
        return Box(one.x + near, top, one.x + near + width, bottom)
    return Box(one.x - near - width, top, one.x - near, bottom)
