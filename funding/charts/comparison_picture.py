"""Draw a comparison as a Plotly figure: each company a stepped line of its own colour and marker, ending in its name.

As in `drawing`, colours are names of tokens, every trace is SVG, and amounts become floats here and only here.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import log10
from typing import Any, Final

from django.utils.translation import gettext as _

from funding import figures
from funding.values import Money

from . import labels, scale
from .canvas import INK, INK_FAINT, INK_SOFT, LINE, LINE_STRONG, NOTHING, PAPER, Frame, safe
from .comparison import DATE, Comparison, Line, Point
from .history import clipped, middle
from .scale import Scale

MARKERS: Final = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "pentagon", "star")
# The widths that a layout is made for, widest first; the names of the lines stand in the right margin.
FRAMES: Final = (
    Frame(1080, 520, right=190, bottom=40, rail=0),
    Frame(700, 480, right=150, bottom=40, rail=0),
    Frame(340, 430, left=48, right=92, bottom=40, rail=0),
)
GAP: Final = 17  # pixels from one name to the next
TO_NAME: Final = 12
SIZE: Final = 11
FAINT: Final = 0.1


def figure(found: Comparison) -> dict[str, Any] | None:
    """The picture: `data`, a layout for each width in `layouts`, its `title`. None where nothing can be drawn."""
    drawn = found.drawn
    if not drawn:
        return None
    on = _scale(found)
    data = [trace for line in drawn for trace in (*_held(found, on, line), *_bars(found, on, line))]
    data += [_marks(found, on, line) for line in drawn]
    layouts = [{"width": frame.width, "layout": _layout(found, on, frame)} for frame in FRAMES]
    return {"title": safe(found.title), "data": data, "layouts": layouts, "halos": {}}


def _scale(found: Comparison) -> Scale:
    """An axis that holds every value and every bound."""
    moneys = [point.money for line in found.drawn for point in line.points]
    amounts = [end for money in moneys for end in (money.low, money.high) if end]
    if not amounts:
        return scale.linear(Decimal(1), found.view.currency)
    if found.view.scale == "log":
        return scale.logarithmic(amounts, found.view.currency)
    return scale.linear(max(amounts), found.view.currency)


def colour(line: Line) -> str:
    """The token of a line's colour."""
    return f"var(--series-{line.number})"


def _at(found: Comparison, line: Line, day: Any) -> str | float:
    """Where a day stands on the axis below."""
    return day.isoformat() if found.view.by == DATE else line.years(day)


def _until(found: Comparison, line: Line, at: int) -> str | float:
    """Where the value of a point ends: at the next, or today."""
    after = line.points[at + 1] if at + 1 < len(line.points) else None
    return _at(found, line, middle(after.on) if after else found.today)


def _ends(on: Scale, money: Money) -> list[float]:
    """The ends that are known, once where they are one; on a logarithmic axis nothing lies below its foot."""
    known = dict.fromkeys(end for end in (money.low, money.high) if end is not None)
    return [float(max(end, on.low)) for end in known]


def _is_point(money: Money) -> bool:
    return money.low is not None and money.low == money.high


def _held(found: Comparison, on: Scale, line: Line) -> Iterator[dict[str, Any]]:
    """Each value held until the next, its ends as thin lines where it is a range; dotted after the last."""
    for at, point in enumerate(line.points):
        begins, until = _at(found, line, middle(point.on)), _until(found, line, at)
        is_last = at + 1 == len(line.points)
        style = {"shape": "hv"} | ({"dash": "2px,5px"} if is_last else {})
        for end in _ends(on, point.money):
            yield _stroke(line, [begins, until], [end, end], 2 if _is_point(point.money) else 1, "held", style)
        if not is_last:
            levels = [*_ends(on, point.money), *_ends(on, line.points[at + 1].money)]
            yield _stroke(line, [until, until], [min(levels), max(levels)], 1, "step")


def _bars(found: Comparison, on: Scale, line: Line) -> Iterator[dict[str, Any]]:
    """Ranges as upright bars; level ones as wide as a date that is not known to the day."""
    for point in line.points:
        ends = _ends(on, point.money)
        if len(ends) > 1:
            yield _stroke(line, [_at(found, line, middle(point.on))] * 2, ends, 5, "range")
        first, last = _widest(found, line, point)
        if first != last:
            for end in ends:
                yield _stroke(line, [first, last], [end, end], 2.5 if len(ends) == 1 else 1.5, "date")


def _widest(found: Comparison, line: Line, point: Point) -> tuple[str | float, str | float]:
    """The earliest and latest place that a point may have, as its own date and that of the founding are known."""
    if found.view.by == DATE:
        return point.on.first_day.isoformat(), point.on.last_day.isoformat()
    assert line.founded is not None
    earliest = line.years(point.on.first_day, line.founded.last_day)
    return earliest, line.years(point.on.last_day, line.founded.first_day)


def _stroke(
    line: Line, x: list[str | float], y: list[float], width: float, name: str, style: dict[str, str] | None = None
) -> dict[str, Any]:
    pen = {"color": colour(line), "width": width} | (style or {})
    return {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "line": pen, "hoverinfo": "skip"}


def _marks(found: Comparison, on: Scale, line: Line) -> dict[str, Any]:
    """The marks of a line: its own shape, filled for a value after the money; a foot where only one end is known."""
    ink, shape = colour(line), MARKERS[line.number - 1]
    xs, ys, texts, keys, symbols, fills = [], [], [], [], [], []
    for point in line.points:
        ends = _ends(on, point.money)
        is_bound = point.money.low is None or point.money.high is None
        for level in [sum(ends) / len(ends)] if _is_point(point.money) or is_bound else [min(ends), max(ends)]:
            xs.append(_at(found, line, middle(point.on)))
            ys.append(level)
            texts.append("<br>".join(map(safe, _hover(line, point))))
            keys.append(point.key)
            symbols.append("line-ew-open" if is_bound else shape)
            fills.append(ink if point.is_full else PAPER)
    return {
        "type": "scatter", "mode": "markers", "name": safe(line.company.name), "x": xs, "y": ys, "customdata": keys,
        "hovertext": texts, "hoverinfo": "text", "cliponaxis": False,
        "marker": {"symbol": symbols, "size": SIZE, "color": fills, "opacity": 1, "line": {"color": ink, "width": 2}},
    }  # fmt: skip


def _hover(line: Line, point: Point) -> list[str]:
    told = [f"{line.company.name}, {figures.money(point.money)}", figures.date(point.on)]
    if point.round and point.valuation is None:
        told.append(_("%(raised)s raised in %(round)s") % {"raised": figures.money(point.native),
                                                           "round": point.round.label})  # fmt: skip
    return [*told, *([point.standing] if point.standing else [])]


def _layout(found: Comparison, on: Scale, frame: Frame) -> dict[str, Any]:
    """All that depends on the width: axes, bands, arrows and the names of the lines."""
    return {
        "height": frame.height, "autosize": True, "showlegend": False, "hovermode": "closest", "hoverdistance": 24,
        "dragmode": False, "paper_bgcolor": PAPER, "plot_bgcolor": PAPER,
        "font": {"family": "var(--sans)", "size": 12, "color": INK_FAINT},
        "margin": {"l": frame.left, "r": frame.right, "t": frame.top, "b": frame.bottom, "pad": 0},
        "hoverlabel": {
            "bgcolor": "var(--paper-raised)", "bordercolor": LINE_STRONG, "align": "left",
            "font": {"family": "var(--sans)", "size": 12, "color": INK},
        },
        "xaxis": _level_axis(found, frame),
        "yaxis": {
            "type": "log" if on.is_log else "linear", "range": list(on.ends), "fixedrange": True, "tickmode": "array",
            "tickvals": [float(tick) for tick in on.ticks], "ticktext": list(on.words), "ticks": "",
            "gridcolor": LINE, "zeroline": False, "showline": False,
        },
        "shapes": list(_bands(found, on)),
        "annotations": [*_arrows(found, on), *_names(found, on, frame)],
    }  # fmt: skip


def _level_axis(found: Comparison, frame: Frame) -> dict[str, Any]:
    """The axis of dates or of years, from a little before the first point to today."""
    axis: dict[str, Any] = {
        "fixedrange": True, "showgrid": False, "zeroline": False, "showline": True, "linecolor": INK, "linewidth": 1,
        "ticks": "outside", "ticklen": 5, "tickcolor": INK,
    }  # fmt: skip
    if found.view.by == DATE:
        first = min(point.on.first_day for line in found.drawn for point in line.points)
        years = max((found.today - first).days / 365, 1)
        step = _step(years * 12, frame, (1, 3, 6, 12, 24, 60))
        begins = min(first.toordinal(), found.today.toordinal() - 365) - int(years * 8) - 10
        return axis | {
            "type": "date", "range": [first.fromordinal(begins).isoformat(), found.today.isoformat()],
            "dtick": f"M{step}", "tickformat": "%Y" if step >= 12 else "%b %Y", "tick0": f"{first.year}-01-01",
            "ticklabelmode": "period" if step == 12 else "instant",
        }  # fmt: skip
    places = [_widest(found, line, point)[0] for line in found.drawn for point in line.points]
    least = min(0.0, *(float(place) for place in places))
    most = max(line.years(found.today) for line in found.drawn)
    words = {"text": _("years since founding"), "standoff": 4, "font": {"size": 12, "color": INK_FAINT}}
    step = _step(most - least, frame, (1, 2, 5, 10, 20))
    return axis | {"type": "linear", "range": [least, max(most, least + 1)], "dtick": step, "tick0": 0, "title": words}


def _step(length: float, frame: Frame, steps: Sequence[int]) -> int:
    """The least of the steps that leaves each tick of an axis room for its words."""
    least = length / (frame.plot_width / 62)
    return next((step for step in steps if step >= least), 2 * steps[-1])


def _bands(found: Comparison, on: Scale) -> Iterator[dict[str, Any]]:
    """A range is held as a pale band."""
    for line in found.drawn:
        for at, point in enumerate(line.points):
            ends = _ends(on, point.money)
            if len(ends) > 1:
                yield {
                    "type": "rect", "x0": _at(found, line, middle(point.on)), "x1": _until(found, line, at),
                    "y0": ends[0], "y1": ends[1], "fillcolor": colour(line), "opacity": FAINT, "line": {"width": 0},
                    "layer": "below",
                }  # fmt: skip


def _arrows(found: Comparison, on: Scale) -> Iterator[dict[str, Any]]:
    """The open arrow of a bound."""
    for line in found.drawn:
        for point in line.points:
            if point.money.low is None or point.money.high is None:
                towards = 26 if point.money.high is None else -26
                yield {
                    "x": _at(found, line, middle(point.on)), "y": _on_axis(on, _ends(on, point.money)[0]), "ax": 0,
                    "ay": towards, "yshift": towards, "text": "", "showarrow": True, "arrowhead": 4, "arrowsize": 1,
                    "arrowwidth": 1.5, "arrowcolor": colour(line),
                }  # fmt: skip


def _names(found: Comparison, on: Scale, frame: Frame) -> Iterator[dict[str, Any]]:
    """The name of each line beside its end, moved apart where two would touch, with a stroke from one to the other.

    Its ink is that of text, for the colours of the lines are too pale to read.
    """
    ends = [(line, max(_ends(on, line.points[-1].money))) for line in found.drawn]
    ends.sort(key=lambda pair: -pair[1])
    wanted = [frame.top + (1 - on.share(Decimal(level))) * frame.plot_height for _line, level in ends]
    room = int((frame.right - TO_NAME - 4) / labels.CHARACTER)
    for (line, level), at, placed in zip(ends, wanted, spread(wanted, frame), strict=True):
        yield {
            "x": _until(found, line, len(line.points) - 1), "y": _on_axis(on, level), "ax": TO_NAME, "ay": placed - at,
            "text": safe(clipped(line.company.name, room)), "showarrow": True, "arrowhead": 0, "arrowwidth": 1.5,
            "arrowcolor": colour(line), "xanchor": "left", "align": "left", "borderpad": 2, "bgcolor": NOTHING,
            "font": {"size": 12, "color": INK_SOFT},
        }  # fmt: skip


def _on_axis(on: Scale, level: float) -> float:
    """A level for annotations, which Plotly counts in powers of ten on a logarithmic axis."""
    return log10(level) if on.is_log else level


def spread(wanted: Sequence[float], frame: Frame) -> list[float]:
    """Heights in ascending order, moved apart so that names do not touch, within the frame."""
    placed: list[float] = []
    for height in wanted:
        placed.append(max(height, placed[-1] + GAP if placed else frame.top))
    lowest = float(frame.height - frame.bottom)
    for at in range(len(placed) - 1, -1, -1):
        placed[at] = min(placed[at], lowest)
        lowest = placed[at] - GAP
    return placed
