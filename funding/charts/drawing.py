"""Draw a company's valuation history as a Plotly figure: plain dicts, with colours as names of tokens.

Every trace is SVG. `charts.js` replaces `var(--name)` by the colour it stands for, so that one figure serves both
themes. Amounts become floats here and only here, for a picture needs no cents.
"""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from funding import figures
from funding.values import PartialDate

from . import annotations, scale, traces
from .canvas import (
    ACCENT,
    AROUND_DOWN,
    AROUND_UP,
    ARROW,
    BAND,
    INK,
    INK_FAINT,
    INK_SOFT,
    LEFT_HALF,
    LINE,
    LINE_STRONG,
    NOTHING,
    PAPER,
    RING,
    Canvas,
    Frame,
    colour,
    floor,
    is_exact,
    is_range,
    safe,
    stands_at,
)
from .history import History, Point
from .scale import Scale

# The widths that a layout is made for, widest first.
FRAMES = (Frame(840, 500), Frame(600, 480), Frame(340, 430, left=40, right=6))


def figure(history: History, *, leads_on: bool = True) -> dict[str, Any] | None:
    """The picture: `data`, a layout for each width in `layouts`, the ring around each point in `halos`, its `title`.

    None where nothing can be drawn. `leads_on` is whether a click on a point shows the words behind it.
    """
    drawn = history.drawn
    if not drawn:
        return None
    canvas = Canvas(history, _scale(history), *_span(history))
    data = [*traces.held(canvas), *traces.bars(canvas), traces.points(canvas, leads_on=leads_on), *traces.rail(canvas)]
    layouts = [{"width": frame.width, "layout": _layout(canvas, frame)} for frame in FRAMES]
    told = {"company": safe(history.company), "currency": history.currency}
    title = _("Valuation of %(company)s, %(currency)s") % told
    halos = {point.key: _halo(point, canvas) for point in drawn}
    return {"title": title, "data": data, "layouts": layouts, "halos": halos}


def _scale(history: History) -> Scale:
    """An axis that holds every value and every bound, those of other sources included."""
    moneys = [point.money for point in history.drawn if point.money]
    moneys += [other.money for point in history.drawn for other in point.others]
    amounts = [end for money in moneys for end in (money.low, money.high) if end]
    if not amounts:
        return scale.linear(Decimal(1), history.currency)
    if history.view.scale == "log":
        return scale.logarithmic(amounts, history.currency)
    return scale.linear(max(amounts), history.currency)


def _span(history: History) -> tuple[datetime.date, datetime.date]:
    """From a little before the first date to today, a year at least; other sources of the first value get room too."""
    dates = [point.on for point in history.drawn if point.on]
    dates += [one.on for one in history.rail]
    first, last = min(date.first_day for date in dates), max(date.last_day for date in dates)
    last = max(last, history.today)
    days = max((last - first).days, 365)
    before = days * 3 // 10 if history.drawn[0].others else days // 16 + 10
    return first - datetime.timedelta(days=before), last + datetime.timedelta(days=days // 80 + 1)


def _halo(point: Point, canvas: Canvas) -> dict[str, Any]:
    """The ring that says which point the evidence beside the chart is of."""
    assert point.money is not None
    shape: dict[str, Any] = {"xsizemode": "pixel", "xanchor": stands_at(point)}
    shape |= {"line": {"color": ACCENT, "width": 1.25}, "fillcolor": NOTHING}
    if is_range(point):
        low, high = floor(canvas, point.money.low), float(point.money.high)  # type: ignore[arg-type]
        return shape | {"type": "rect", "x0": -9, "x1": 9, "y0": low, "y1": high}
    # As paths, for on a logarithmic axis Plotly takes no pixels below nought for the corners of a box.
    path = RING if is_exact(point) else AROUND_UP if point.money.high is None else AROUND_DOWN
    level = {"ysizemode": "pixel", "yanchor": floor(canvas, point.money.middle)}
    return shape | level | {"type": "path", "path": path}


def _layout(canvas: Canvas, frame: Frame) -> dict[str, Any]:
    """All that depends on the width: axes, bands, labels."""
    return {
        "height": frame.height, "autosize": True, "showlegend": False, "hovermode": "closest", "hoverdistance": 24,
        "dragmode": False, "paper_bgcolor": PAPER, "plot_bgcolor": PAPER,
        "font": {"family": "var(--sans)", "size": 12, "color": INK_FAINT},
        "margin": {"l": frame.left, "r": frame.right, "t": frame.top, "b": frame.bottom, "pad": 0},
        "hoverlabel": {
            "bgcolor": "var(--paper-raised)", "bordercolor": LINE_STRONG, "align": "left",
            "font": {"family": "var(--sans)", "size": 12, "color": INK},
        },
        "xaxis": _time_axis(canvas, frame),
        "yaxis": _money_axis(canvas, frame),
        "yaxis2": {"domain": [0, frame.rail - 0.085], "range": [0, 1], "visible": False, "fixedrange": True},
        "shapes": [*_bands(canvas), *_halves(canvas), *_ticks(canvas)],
        "annotations": [
            *_arrows(canvas),
            *annotations.of_points(canvas, frame),
            *annotations.of_rounds(canvas, frame),
        ],
    }  # fmt: skip


def _time_axis(canvas: Canvas, frame: Frame) -> dict[str, Any]:
    months = (canvas.last - canvas.first).days / 30.4
    least = months / (frame.plot_width / 62)
    step = next((step for step in (1, 3, 6, 12, 24, 60) if step >= least), 120)
    named = _months_named(canvas, step) if step < 12 else {"dtick": f"M{step}", "tickformat": "%Y"}
    return named | {
        "type": "date", "range": [canvas.first.isoformat(), canvas.last.isoformat()], "fixedrange": True,
        "showgrid": False, "zeroline": False, "showline": True, "linecolor": INK, "linewidth": 1, "ticks": "outside",
        "ticklen": 5, "tickcolor": INK,
        "tick0": f"{canvas.first.year}-01-01", "ticklabelmode": "period" if step == 12 else "instant", "anchor": "y",
    }  # fmt: skip


def _months_named(canvas: Canvas, step: int) -> dict[str, Any]:
    """Ticks at the first days of months in the reader's language, for the library writes them in English alone."""
    first, last = (day.year * 12 + day.month - 1 for day in (canvas.first, canvas.last))
    months = [(at // 12, at % 12 + 1) for at in range(-(-first // step) * step, last + 1, step)]
    days = [datetime.date(year, month, 1) for year, month in months]
    kept = [day for day in days if canvas.first <= day <= canvas.last]
    words = [figures.date(PartialDate(day.year, day.month)) for day in kept]
    return {"tickmode": "array", "tickvals": [day.isoformat() for day in kept], "ticktext": words}


def _money_axis(canvas: Canvas, frame: Frame) -> dict[str, Any]:
    on = canvas.scale
    return {
        "type": "log" if on.is_log else "linear", "range": list(on.ends), "domain": [frame.rail, 1],
        "fixedrange": True, "tickmode": "array", "tickvals": [float(tick) for tick in on.ticks],
        "ticktext": list(on.words), "ticks": "", "gridcolor": LINE, "zeroline": False, "showline": False,
    }  # fmt: skip


def _bands(canvas: Canvas) -> Iterator[dict[str, Any]]:
    """A range is held as a pale band."""
    for point, after in canvas.history.steps:
        if is_range(point):
            assert point.money is not None and point.money.low is not None and point.money.high is not None
            until = stands_at(after) if after else canvas.history.today.isoformat()
            ends = {"y0": floor(canvas, point.money.low), "y1": float(point.money.high)}
            fill = {"fillcolor": BAND, "line": {"width": 0}, "layer": "below"}
            yield {"type": "rect", "x0": stands_at(point), "x1": until} | ends | fill


def _halves(canvas: Canvas) -> Iterator[dict[str, Any]]:
    """The filled half of a value before the money, or of which the source does not say."""
    for point in canvas.history.drawn:
        if is_exact(point) and not point.is_derived and not point.is_secondary and point.basis != "post":
            level = {"xanchor": stands_at(point), "yanchor": float(point.money.low)}  # type: ignore[union-attr, arg-type]
            sized = {"xsizemode": "pixel", "ysizemode": "pixel", "fillcolor": ACCENT, "line": {"width": 0}}
            yield {"type": "path", "path": LEFT_HALF} | level | sized


def _ticks(canvas: Canvas) -> Iterator[dict[str, Any]]:
    """A short tick beside the chosen point for each source that differs."""
    for point in canvas.history.drawn:
        for other in point.others:
            level = floor(canvas, other.money.middle)
            line = {"line": {"color": INK_SOFT, "width": 1.5}, "y0": level, "y1": level}
            yield {"type": "line", "xsizemode": "pixel", "xanchor": stands_at(point), "x0": -21, "x1": -10} | line


def _arrows(canvas: Canvas) -> Iterator[dict[str, Any]]:
    """The open arrow of a one-sided bound, of the chosen value and of others."""
    for point in canvas.history.drawn:
        assert point.money is not None
        if not is_exact(point) and not is_range(point):
            yield _arrow(canvas, point, point.money.middle, point.money.high is None, colour(point))
        for other in point.others:
            if other.money.low is None or other.money.high is None:
                yield _arrow(canvas, point, other.money.middle, other.money.high is None, INK_SOFT, -15.5)


def _arrow(
    canvas: Canvas, point: Point, amount: Decimal, is_up: bool, colour: str, shift: float = 0
) -> dict[str, Any]:
    towards = ARROW if is_up else -ARROW
    return {
        "x": stands_at(point), "y": canvas.on_axis(max(amount, canvas.scale.low)), "xshift": shift, "yshift": towards,
        "ax": 0, "ay": towards, "text": "", "showarrow": True, "arrowhead": 4, "arrowsize": 1, "arrowwidth": 1.5,
        "arrowcolor": colour,
    }  # fmt: skip
