"""The picture of a chart as it stands in its page: drawn once, and kept by all that it was drawn from.

As with rows (`funding.drawn`) nothing has to be told when a record changes: its chart has other values then, and is
another picture.
"""

import json
from collections.abc import Hashable
from dataclasses import fields
from operator import attrgetter
from typing import Final

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from funding.models import Round

from .drawing import figure
from .history import History, Point

APART: Final = ("round", "others", "marks", "why")
MOST: Final = 128  # pictures, some of them 100 KB; at the next one all are forgotten
# Of a point all but what stands in tables alone; its round and what other sources say are told apart.
OF_POINT: Final = attrgetter(*[each.name for each in fields(Point) if each.name not in APART])
OF_ROUND: Final = attrgetter(
    *("stage", "announced_on", "announced_precision", "raised_undisclosed", "raised_low", "raised_high"),
    *("raised_low_open", "raised_high_open", "raised_is_approx", "raised_currency"),
)

_kept: dict[Hashable, SafeString] = {}


def of_history(history: History, *, leads_on: bool = True) -> SafeString:
    """The figure of a history as JSON, written for an attribute; empty where nothing can be drawn."""
    if not history.drawn:
        return SafeString("")
    key = (leads_on, get_language(), _values(history))
    found = _kept.get(key)
    if found is None:
        found = escape(json.dumps(figure(history, leads_on=leads_on)))
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = found
    return found


def _values(history: History) -> Hashable:
    """All that a picture is drawn from. Its words are not among it: they take longer than to look for it."""

    def of_round(one: Round) -> Hashable:
        return OF_ROUND(one), tuple(history.leads.get(one.pk, ()))

    points = [
        (OF_POINT(point), tuple(point.others), of_round(point.round) if point.round else None)
        for point in history.drawn
    ]
    rail = map(of_round, history.rounds)
    return history.company, history.view, history.currency, history.today, tuple(points), tuple(rail)
