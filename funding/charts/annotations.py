"""The words of the valuation chart, as Plotly annotations, placed where they cover nothing."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import takewhile
from typing import Any

from django.utils.translation import gettext as _

from funding import figures

from . import labels
from .canvas import (
    ARROW,
    BAND,
    INK,
    INK_FAINT,
    INK_SOFT,
    PAPER,
    Canvas,
    Frame,
    is_exact,
    is_range,
    safe,
    stands_at,
)
from .history import Other, Point, clipped
from .labels import Box, Wanted


def of_points(canvas: Canvas, frame: Frame) -> Iterator[dict[str, Any]]:
    """The values beside their marks, newest first, and those of other sources where there is room."""
    drawn = canvas.history.drawn[::-1]
    taken = [box for point, after in canvas.history.steps for box in _occupied(canvas, point, after, frame)]
    thin = [box for point, after in canvas.history.steps for box in _rises(canvas, point, after, frame)]
    placed = labels.place([_wanted(canvas, point, frame) for point in drawn], taken, frame.inner, thin)
    by_id = {point.id: point for point in drawn}
    for one in placed:
        yield from _label(canvas, by_id[one.id], one)
    marks = [box for point in drawn for box in _marks(canvas, point, frame)]
    for point in drawn:
        for other in point.others:
            words = safe(_other_words(canvas, point, other, frame))
            box = _other_box(canvas, point, other, frame)
            if words and not any(box.overlaps(one) for one in marks):
                marks.append(box)
                yield _text(canvas, point, other.money.middle, words, "right", "middle", -26, 0, INK_SOFT)


def _marks(canvas: Canvas, point: Point, frame: Frame) -> Iterator[Box]:
    """What a point's mark itself takes, and the ticks of other sources beside it."""
    assert point.money is not None
    x = canvas.x(point.middle, frame)
    for money, left, right in ((point.money, x - 7, x + 7), *((one.money, x - 21, x - 10) for one in point.others)):
        level = canvas.y(max(money.middle, canvas.scale.low), frame)
        yield Box(left, level - 6, right, level + 6)


def _other_box(canvas: Canvas, point: Point, other: Other, frame: Frame) -> Box:
    """Where the words about another source stand, left of its tick."""
    right = canvas.x(point.middle, frame) - 26
    level = canvas.y(max(other.money.middle, canvas.scale.low), frame)
    return Box(right - len(_other_words(canvas, point, other, frame)) * labels.CHARACTER, level - 6, right, level + 6)


def _other_words(canvas: Canvas, point: Point, other: Other, frame: Frame) -> str:
    """What another source says and who it is, as far as there is room before the axis."""
    amount = str(figures.money(other.money))
    room = canvas.x(point.middle, frame) - 26 - frame.left
    told = [f"{amount}, {clipped(other.publisher, 24)}", amount]
    return next((words for words in told if len(words) * labels.CHARACTER <= room), "")


def _wanted(canvas: Canvas, point: Point, frame: Frame) -> Wanted:
    assert point.money is not None
    lines = [] if frame.width < 400 else canvas.history.lines[point.id]
    sign = " ∴" if point.is_derived else ""
    if is_range(point):
        level = canvas.y(point.money.high, frame)  # type: ignore[arg-type]
    elif is_exact(point):
        level = canvas.y(point.money.middle, frame)
    else:
        level = canvas.y(max(point.money.middle, canvas.scale.low), frame) - (ARROW if point.money.high is None else 0)
    return Wanted(point.id, canvas.x(point.middle, frame), level, point.words + sign, lines)


def _occupied(canvas: Canvas, point: Point, after: Point | None, frame: Frame) -> Iterator[Box]:
    """What a point's mark, its bar or arrow and its line, held until the point after it, take."""
    assert point.money is not None
    x = canvas.x(point.middle, frame)
    until = canvas.x(after.middle, frame) if after else frame.width
    levels = [
        canvas.y(max(end, canvas.scale.low), frame) for end in (point.money.low, point.money.high) if end is not None
    ]
    if not is_exact(point) and not is_range(point):
        levels.append(levels[0] + (-ARROW if point.money.high is None else ARROW))
    yield Box(x - 7, min(levels) - 5, x + 7, max(levels) + 5)
    if is_exact(point):
        yield Box(x, levels[0] - 1, until, levels[0] + 1)
    for other in point.others:
        level = canvas.y(max(other.money.middle, canvas.scale.low), frame)
        width = len(_other_words(canvas, point, other, frame)) * labels.CHARACTER
        yield Box(x - 26 - width, level - 9, x - 8, level + 9)


def _rises(canvas: Canvas, point: Point, after: Point | None, frame: Frame) -> Iterator[Box]:
    """The thin line from a held value to the next."""
    if after is None or not (is_exact(point) or is_range(point)):
        return
    assert after.money is not None and point.money is not None
    x = canvas.x(after.middle, frame)
    ends = [canvas.y(max(end, canvas.scale.low), frame) for end in (point.money.low, point.money.high) if end]
    levels = [canvas.y(after.money.middle, frame), *ends]
    yield Box(x - 1, min(levels), x + 1, max(levels))


def _label(canvas: Canvas, point: Point, placed: labels.Placed) -> Iterator[dict[str, Any]]:
    assert point.money is not None
    money = point.money
    amount = money.high if is_range(point) else money.middle
    assert amount is not None
    lift = 0 if is_range(point) or money.high is not None else ARROW
    head = safe(placed.head)
    ground = {"bgcolor": PAPER} if placed.cuts else {}
    if placed.side == "above":
        yield _text(canvas, point, amount, head, "center", "bottom", 0, lift + 10, INK, 15) | ground
        return
    anchor, shift = ("left", 12) if placed.side == "right" else ("right", -12)
    yield _text(canvas, point, amount, head, anchor, "bottom", shift, lift + 1, INK, 15) | ground
    if placed.lines:
        text = "<br>".join(map(safe, placed.lines))
        ground = BAND if is_range(point) and anchor == "left" else PAPER
        yield _text(canvas, point, amount, text, anchor, "top", shift, lift - 4, INK_SOFT) | {"bgcolor": ground}


def _text(
    canvas: Canvas, point: Point, amount: Decimal, text: str, anchor: str, hang: str, shift: float, lift: float,
    colour: str, size: int = 12,
) -> dict[str, Any]:  # fmt: skip
    return {
        "x": stands_at(point), "y": canvas.on_axis(max(amount, canvas.scale.low)), "text": text, "showarrow": False,
        "xanchor": anchor, "yanchor": hang, "xshift": shift, "yshift": lift, "align": anchor,
        # A bold tag would become a style attribute, which the content security policy refuses.
        "font": {"size": size, "color": colour, "weight": 600 if size > 12 else 400}, "borderpad": 0,
    }  # fmt: skip


def of_rounds(canvas: Canvas, frame: Frame) -> Iterator[dict[str, Any]]:
    """Stage, amount and lead under each round, newest first, with as many of the lines as there is room for."""
    if frame.width > 400 and canvas.history.rounds:
        yield {
            "x": 1, "xref": "paper", "y": 1, "yref": "y2", "showarrow": False, "borderpad": 0, "xanchor": "right",
            "yanchor": "bottom", "yshift": -4, "text": _("rounds, each as wide as its date is exact"),
            "font": {"size": 12, "color": INK_FAINT},
        }  # fmt: skip
    taken: list[tuple[float, float]] = []
    rail = [(canvas.x(one.middle, frame), one) for one in canvas.history.rail]
    marks = sorted(x for x, _one in rail)
    for x, one in reversed(rail):
        found = _rail_place(x, one.clipped, marks, taken, frame)
        if found is None:
            continue
        place, lines = found
        taken.append(place)
        side, shift = ("right", 4) if place[0] < x - 4 else ("left", -4)
        yield {
            "x": one.middle.isoformat(), "y": 0.8, "yref": "y2", "showarrow": False, "borderpad": 0,
            "text": "<br>".join(map(safe, lines)), "xanchor": side, "align": side, "yanchor": "top", "xshift": shift,
            "yshift": -7, "font": {"size": 12, "color": INK_SOFT},
        }  # fmt: skip


def _rail_place(
    x: float, lines: Sequence[str], marks: Sequence[float], taken: Sequence[tuple[float, float]], frame: Frame
) -> tuple[tuple[float, float], list[str]] | None:
    """Room for a round's lines to the right of its mark, fewer where not all fit, and to the left where none does.

    To the right first, for a label that reaches back to the round before would leave that one without any; and never
    below the mark of another round, whose words it would seem to be. Places are told by their two ends, `marks` in
    their order.
    """
    near, far = x - 4, x + 4
    until = min([frame.width, *[left for left, right in taken if right > near]])
    if near >= 0 and (fitting := _fitting(lines, until - x)):
        return (near, x + _width(fitting)), fitting
    before = bisect_left(marks, near)
    others = [right for left, right in taken if left < far]
    since = max([0.0, *others, *([marks[before - 1] + 4] if before else [])])
    if far <= frame.width and (fitting := _fitting(lines, x - since)):
        return (x - _width(fitting), far), fitting
    return None


def _fitting(lines: Sequence[str], room: float) -> list[str]:
    """As many of some lines, from the first on, as none is longer than there is room for."""
    return list(takewhile(lambda line: len(line) * labels.CHARACTER <= room, lines))


def _width(lines: Sequence[str]) -> float:
    return max(map(len, lines)) * labels.CHARACTER
