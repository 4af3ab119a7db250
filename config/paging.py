"""Lists page by page, each going on after the key of the row before: page 20,000 costs what page 2 costs."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet

COUNTED: Final = 10_000
PAGE_SIZE: Final = 50
BIGGEST_ID: Final = 2**63 - 1

DAY = forms.DateField(input_formats=["%Y-%m-%d"])
AMOUNT = forms.DecimalField(max_digits=20, decimal_places=2)
TEXT = forms.CharField(max_length=200, strip=False)
COUNT = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class BadPlace(ValueError):
    """A place in a list that cannot be read; the message says so."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is ordered: by a column, and rows that share its value by their id.

    Descending orders put nulls last; ascending ones are for columns without nulls. `kind` reads a value of the column
    back from an address. Without a column the id alone decides, the highest first.
    """

    words: str
    column: str = ""
    kind: forms.Field = TEXT
    is_descending: bool = True

    def sort(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows in this order."""
        if not self.column:
            return rows.order_by("-id")
        if self.is_descending:
            return rows.order_by(F(self.column).desc(nulls_last=True), "-id")
        return rows.order_by(self.column, "id")

    def place_of(self, row: Model) -> str:
        """Where a row stands, for the address of the page after it."""
        value = getattr(row, self.column) if self.column else None
        return f"{'' if value is None else value}~{row.pk}"

    def read_place(self, text: str) -> tuple[Any, int]:
        """The value and id of a place. Raises BadPlace."""
        value, _, key = text.rpartition("~")
        try:
            if not (key.isascii() and key.isdigit()) or int(key) > BIGGEST_ID:
                raise ValidationError("no id")
            if bool(value) > bool(self.column) or not (value or self.is_descending):
                raise ValidationError("no value of the column")
            return (self.kind.clean(value) if value else None), int(key)
        except ValidationError:
            raise BadPlace("The address names no place in this list. Start from its first page.") from None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, the place to go on after, and whether it starts with the first."""

    rows: list[Any]
    next: str
    is_first: bool


def take(rows: QuerySet[Any], order: Order, after: str = "", size: int = PAGE_SIZE) -> Page:
    """The rows that follow a place, in at most two queries. Raises BadPlace."""
    ordered = order.sort(rows)
    if not after:
        found = list(ordered[: size + 1])
    else:
        value, key = order.read_place(after)
        found = list(_after(ordered, order, value, key, size + 1))
    shown = found[:size]
    return Page(shown, order.place_of(shown[-1]) if len(found) > size else "", not after)


def _after(rows: QuerySet[Any], order: Order, value: Any, key: int, size: int) -> list[Any]:
    if not order.column:
        return list(rows.filter(pk__lt=key)[:size])
    if not order.is_descending:
        # The first comparison is implied by the second, and lets the index start where the page does.
        beyond = Q(**{f"{order.column}__gt": value}) | Q(pk__gt=key)
        return list(rows.filter(beyond, **{f"{order.column}__gte": value})[:size])
    nulls = rows.filter(**{f"{order.column}__isnull": True})
    if value is None:
        return list(nulls.filter(pk__lt=key)[:size])
    beyond = Q(**{f"{order.column}__lt": value}) | Q(pk__lt=key)
    found = list(rows.filter(beyond, **{f"{order.column}__lte": value})[:size])
    return found + list(nulls[: size - len(found)]) if len(found) < size else found


def count(rows: QuerySet[Any]) -> int:
    """How many rows, exactly up to `COUNTED`; one more stands for any higher number."""
    return rows.order_by()[: COUNTED + 1].count()


def count_in_words(number: int) -> str:
    """`214`, `9,871`, `10,000+`."""
    return f"{COUNTED:,}+" if number > COUNTED else f"{number:,}"
