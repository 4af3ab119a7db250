"""The only formatting of money, multiples and dates in templates."""

import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.safestring import SafeString

from funding import cells, figures, retelling
from funding.values import Money, Multiple, PartialDate, Value, from_json

register = template.Library()


@register.filter
def money(value: Money | None) -> SafeString:
    """An amount with its unit set apart, for alignment in columns; nothing for None."""
    return cells.money(value)


register.filter(cells.marks)
register.filter(cells.kept_mark)
register.filter(figures.whole)


@register.filter
def multiple(value: Multiple | None) -> str:
    """`> 2×`."""
    return figures.multiple(value)


@register.filter
def on(value: PartialDate | None) -> str:
    """A date at its precision: `24 Aug 2023`, `May 2022`, `2019`."""
    return figures.date(value)


@register.filter
def words(value: Value | dict[str, Any]) -> str:
    """Any value of a statement, as the database keeps it or as it is, in words."""
    return figures.words(from_json(value) if isinstance(value, dict) else value)


@register.filter
def day(value: datetime.date | None) -> str:
    """A day, or that of a moment, as figures write dates: `24 Aug 2023`; nothing for None."""
    return figures.day(value)


@register.filter
def moment(value: datetime.datetime | None, form: str = "H:i") -> str:
    """A moment in UTC: `24 Aug 2023, 09:14`; nothing for None."""
    return f"{day(value)}, {time_format(timezone.localtime(value), form)}" if value else ""


@register.filter
def retold(words: str | None) -> str:
    """A reason or an error that is kept in English, in the reader's language."""
    return retelling.retold(words or "")
