"""The marks and lines of the valuation chart as Plotly traces: held values, ranges, points, the rail of rounds."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from funding import figures

from .canvas import (
    INK,
    LINE_STRONG,
    PAPER,
    RADIUS,
    Canvas,
    colour,
    floor,
    is_exact,
    is_range,
    safe,
    stands_at,
)
from .history import History, Point


def held(canvas: Canvas) -> Iterator[dict[str, Any]]:
    """Each value held until the next: stepwise, and dotted where no later statement ends it."""
    for point, after in canvas.history.steps:
        until = stands_at(after) if after else canvas.history.today.isoformat()
        line = {"shape": "hv"} | ({} if after else {"dash": "2px,5px"})
        assert point.money is not None
        if is_exact(point) or is_range(point):
            ink, width = (colour(point), 2) if is_exact(point) else (LINE_STRONG, 1)
            for end in dict.fromkeys((point.money.low, point.money.high)):
                level = floor(canvas, end)  # type: ignore[arg-type]
                yield _line([stands_at(point), until], [level, level], ink, width, line=line, name="held")
        if after:
            yield from _step(canvas, point, after)


def _step(canvas: Canvas, point: Point, after: Point) -> Iterator[dict[str, Any]]:
    """The upright part of a step, between values that are both known at least as ranges."""
    if not (is_exact(point) or is_range(point)) or not (is_exact(after) or is_range(after)):
        return
    ends = [floor(canvas, end) for one in (point, after) for end in (one.money.low, one.money.high)]  # type: ignore[arg-type, union-attr]
    yield _line([stands_at(after)] * 2, [min(ends), max(ends)], LINE_STRONG, 1, name="step")


def bars(canvas: Canvas) -> Iterator[dict[str, Any]]:
    """Ranges as upright bars with caps as wide as their date; feet of one-sided bounds; values known to the month."""
    for point in canvas.history.drawn:
        assert point.money is not None and point.on is not None
        period = [point.on.first_day.isoformat(), point.on.last_day.isoformat()]
        ends = [floor(canvas, end) for end in (point.money.low, point.money.high) if end is not None]
        ink = colour(point)
        if is_range(point):
            yield _line([stands_at(point)] * 2, ends, ink, 5, name="range")
        if point.on.precision != "day":
            width = 2.5 if is_exact(point) else 1.5
            for end in dict.fromkeys(ends):
                yield _line(period, [end, end], ink, width, name="date")


def points(canvas: Canvas, *, leads_on: bool) -> dict[str, Any]:
    """The marks themselves, each with what hovering shows; a range can be pointed at along its bar.

    `leads_on` is whether a click shows the words behind a value.
    """
    xs, ys, texts, keys, symbols, sizes, fills, edges = [], [], [], [], [], [], [], []
    for point in canvas.history.drawn:
        text = _hover(canvas.history, point, leads_on=leads_on)
        for amount, symbol, size, fill, edge in _marks(canvas, point):
            xs.append(stands_at(point))
            ys.append(amount)
            texts.append(text)
            keys.append(point.key)
            symbols.append(symbol)
            sizes.append(size)
            fills.append(fill)
            edges.append(edge)
    return {
        "type": "scatter", "mode": "markers", "name": "valuations", "x": xs, "y": ys, "customdata": keys,
        "hovertext": texts, "hoverinfo": "text", "cliponaxis": False,
        "marker": {"symbol": symbols, "size": sizes, "color": fills, "opacity": 1,
                   "line": {"color": edges, "width": 2}},
    }  # fmt: skip


def _marks(canvas: Canvas, point: Point) -> Iterator[tuple[float, str, float, str, str]]:
    """Of one point, (amount, symbol, size, fill, edge)."""
    money, ink = point.money, colour(point)
    assert money is not None
    ends = [floor(canvas, end) for end in (money.low, money.high) if end is not None]
    if is_exact(point):
        is_full = point.is_derived or (point.basis == "post" and not point.is_secondary)
        yield ends[0], "circle", 2 * RADIUS, ink if is_full else PAPER, ink
    elif is_range(point):
        for amount in (ends[0], sum(ends) / 2, ends[1]):
            yield amount, "line-ew-open", 9 if point.on and point.on.precision == "day" else 0, ink, ink
    else:
        yield ends[0], "line-ew-open", 12, ink, ink


def _hover(history: History, point: Point, *, leads_on: bool) -> str:
    lines = [point.words, *history.lines[point.id]]
    return "<br>".join(map(safe, [*lines, _("Click for the words")] if leads_on else lines))


def rail(canvas: Canvas) -> Iterator[dict[str, Any]]:
    """The rounds, each as wide as its date is exact."""
    xs, texts = [], []
    for one in canvas.history.rail:
        on = one.on
        if on.precision != "day":
            period = [on.first_day.isoformat(), on.last_day.isoformat()]
            yield _line(period, [0.8, 0.8], INK, 5, yaxis="y2", name="round")
        xs.append(one.middle.isoformat())
        texts.append("<br>".join(safe(line) for line in (one.label, figures.date(on), *one.lines)))
    sizes = [7 if one.on.precision == "day" else 5 for one in canvas.history.rail]
    yield {
        "type": "scatter", "mode": "markers", "name": "rounds", "x": xs, "y": [0.8] * len(xs), "yaxis": "y2",
        "hovertext": texts, "hoverinfo": "text", "cliponaxis": False,
        "marker": {"color": INK, "size": sizes, "opacity": 1, "line": {"width": 0}},
    }  # fmt: skip


def _line(x: list[str], y: list[float], colour: str, width: float, **more: Any) -> dict[str, Any]:
    line = {"color": colour, "width": width} | more.pop("line", {})
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"} | more
