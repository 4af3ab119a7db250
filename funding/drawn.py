"""Rows of tables are drawn once: each is kept with all that it was drawn from, and found again by the same.

The fifty rows of a list have mostly been drawn for another page before, whoever asked and however it was filtered.
Nothing has to be told when a record changes: it has other values then, and is another row.
"""

import datetime
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db.models import Model
from django.db.models.base import ModelState
from django.urls import get_script_prefix
from django.utils.translation import get_language

from funding.values import Money

MOST: Final = 4_096  # rows of all tables and languages; at the next one all are forgotten

_kept: dict[Hashable, Any] = {}


def once(table: Hashable, draw: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function that draws a record as `draw` does, unless one of the same values was drawn for the table before.

    `table` says all that the drawing depends on besides the record, the language and where the site is served.
    `draw` may look at the record and what was read with it, and at no clock and no database.
    """
    place = (table, get_language(), settings.ROOT_URLCONF, get_script_prefix())

    def drawn(one: Any) -> Any:
        if isinstance(one, Model):
            key = (place, _values(one))
        elif isinstance(one, OfRecords):
            key = (place, _parts(one, ()))
        else:
            return draw(one)
        found = _kept.get(key)
        if found is None:
            found = draw(one)
            if len(_kept) >= MOST:
                _kept.clear()
            _kept[key] = found
        return found

    return drawn


class OfRecords:
    """A frozen dataclass of records and values, which is drawn once as a record is; by itself none is."""

    __slots__ = ()


_PLAIN: Final = frozenset({
    type(None), bool, int, str, float, Decimal, datetime.date, datetime.datetime, Money,
})  # fmt: skip


def _values(one: Model, within: tuple[Model, ...] = ()) -> Hashable:
    """All that was read of a record and put beside it, with its names.

    `within` are the records that led to it, for they may refer to each other both ways.
    """
    if any(one is other for other in within):
        return one.pk
    own, path = vars(one), (*within, one)
    return (type(one), *own, *[value if type(value) in _PLAIN else _hashable(value, path) for value in own.values()])


def _parts(one: Any, within: tuple[Model, ...]) -> Hashable:
    """All that a dataclass is of."""
    return (type(one), *[_hashable(getattr(one, each.name), within) for each in fields(one)])


def _hashable(value: Any, within: tuple[Model, ...]) -> Hashable:
    """A value that a key may hold, the same for the same values; one of no kind known here must be so by itself."""
    if isinstance(value, ModelState):  # holds the records that it refers to
        return tuple([(name, of and _values(of, within)) for name, of in value.fields_cache.items()])
    if isinstance(value, Model):
        return _values(value, within)
    if is_dataclass(value):
        return _parts(value, within)
    if isinstance(value, Mapping):
        return repr(value) if value else ""  # of JSON, where 1 and true are not the same
    if isinstance(value, (list, tuple)):
        return tuple([one if type(one) in _PLAIN else _hashable(one, within) for one in value])
    return value
