"""Lists page by page, each going on after the key of the row before: page 20,000 costs what page 2 costs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from config import unchanged
from config.queries import KeptRows

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

    Nulls come last either way. `has_nulls` is whether the column may hold any; `kind` reads a value of it back from an
    address. Without a column the id alone decides.
    """

    words: Any
    column: str = ""
    kind: forms.Field = TEXT
    is_descending: bool = True
    has_nulls: bool = True

    def sort(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows in this order."""
        by_id = "-id" if self.is_descending else "id"
        if not self.column:
            return rows.order_by(by_id)
        if not self.has_nulls:
            return rows.order_by(f"-{self.column}" if self.is_descending else self.column, by_id)
        column = F(self.column)
        return rows.order_by(
            column.desc(nulls_last=True) if self.is_descending else column.asc(nulls_last=True), by_id
        )

    def sort_known(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with a value, as an index reads them: one that puts nulls last downwards has them first upwards."""
        if not self.has_nulls:
            return self.sort(rows)
        known = rows.filter(**{f"{self.column}__isnull": False})
        if self.is_descending:
            return self.sort(known)
        return known.order_by(F(self.column).asc(nulls_first=True), "id")

    def beyond(self, value: Any, key: int) -> Q:
        """The rows with a value that follow a place.

        The comparison of the column alone is implied by the rest, and lets an index start where the page does.
        """
        than = "lt" if self.is_descending else "gt"
        tied_or_later = Q(**{f"{self.column}__{than}": value}) | Q(**{f"pk__{than}": key})
        return Q(**{f"{self.column}__{than}e": value}) & tied_or_later

    def place_of(self, row: Model) -> str:
        """Where a row stands, for the address of the page after it."""
        value = getattr(row, self.column) if self.column else None
        return f"{'' if value is None else value}~{row.pk}"

    def read_place(self, text: str) -> tuple[Any, int]:
        """The value and id of a place. Raises BadPlace."""
        value, _tilde, key = text.rpartition("~")
        try:
            if not (key.isascii() and key.isdigit()) or int(key) > BIGGEST_ID:
                raise ValidationError("no id")
            if (value and not self.column) or (not value and self.column and not self.has_nulls):
                raise ValidationError("no value of the column")
            return (self.kind.clean(value) if value else None), int(key)
        except ValidationError:
            raise BadPlace(_("The address names no place in this list. Start from its first page.")) from None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, the place to go on after, and whether it starts with the first."""

    rows: list[Any]
    next: str
    is_first: bool


def take(
    rows: QuerySet[Any],
    order: Order,
    after: str = "",
    size: int = PAGE_SIZE,
    *,
    shown: KeptRows | None = None,
    is_kept: bool = False,
) -> Page:
    """The rows that follow a place, in at most two queries, as `shown` reads them. Raises BadPlace.

    With `is_kept` it is kept which rows these are, until a record changes: for what is long to find.
    """
    first = partial(_first_kept if is_kept else _first, shown or KeptRows(lambda: rows))
    found = _following(first, rows, order, order.read_place(after) if after else None, size + 1)
    page = found[:size]
    return Page(page, order.place_of(page[-1]) if len(found) > size else "", not after)


def _following(
    first: Callable[[QuerySet[Any], int], list[Any]],
    rows: QuerySet[Any],
    order: Order,
    place: tuple[Any, int] | None,
    size: int,
) -> list[Any]:
    value, key = place or (None, 0)
    than = "pk__lt" if order.is_descending else "pk__gt"
    if not order.column:
        return first(order.sort(rows.filter(**{than: key}) if place else rows), size)
    if place is None and (order.is_descending or not order.has_nulls):
        return first(order.sort(rows), size)
    nulls = rows.filter(**{f"{order.column}__isnull": True}).order_by("-id" if order.is_descending else "id")
    if place and value is None:
        return first(nulls.filter(**{than: key}), size)
    known = order.sort_known(rows.filter(order.beyond(value, key)) if place else rows)
    found = first(known, size)
    return found + first(nulls, size - len(found)) if len(found) < size and order.has_nulls else found


def _first(shown: KeptRows, rows: QuerySet[Any], size: int) -> list[Any]:
    """The first so many rows. They are chosen by their ids, which an index may give by itself, and read after that:
    rows that a filter leaves out are not read at all."""
    return shown.chosen(rows.select_related(None).values("pk")[:size])


def _first_kept(shown: KeptRows, rows: QuerySet[Any], size: int) -> list[Any]:
    """The same, where the ids are found once and the rows are read each time."""
    chosen = rows.select_related(None).values_list("pk", flat=True)[:size]
    text, given = chosen.query.sql_with_params()
    ids = unchanged.found(("first rows", text, repr(given)), lambda: list(chosen))
    among = rows.model._default_manager.filter(pk__among=ids).order_by(*rows.query.order_by)
    return shown.chosen(among.values("pk"))


def count(rows: QuerySet[Any]) -> int:
    """How many rows, exactly up to `COUNTED`; one more stands for any higher number."""
    return rows.order_by()[: COUNTED + 1].count()


def count_in_words(number: int, counted: int | None = None) -> str:
    """`214`, `9,871`, `10,000+` where more than were counted, as the reader's language writes numbers."""
    most = min(number, COUNTED if counted is None else counted)
    return number_format(most, decimal_pos=0, use_l10n=True, force_grouping=True) + ("+" if number > most else "")
