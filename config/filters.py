"""A list's query string, read: what is asked for, in words, and what cannot be read.

Pages, their partials and exports share one `QueryFilter` each, so what is seen is what is exported. An empty parameter
is as good as none; one that no filter knows, is given twice or cannot be read makes the filter invalid, never less.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.html import conditional_escape, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config import currencies
from config.facets import Facet
from config.paging import Order

AFTER: Final = "after"
MANY: Final = 2  # the number that a filter by itself is worded for


@dataclass(frozen=True, slots=True)
class Phrase:
    """One filter in words, the values that it asks for in bold, and the parameters that ask for it."""

    names: tuple[str, ...]
    markup: SafeString

    def __str__(self) -> str:
        return html.unescape(strip_tags(self.markup))


def phrase(names: str | tuple[str, ...], message: str, **values: object) -> Phrase:
    """A phrase of a translated message with `%(name)s` for values, which come from outside and are escaped."""
    return Phrase((names,) if isinstance(names, str) else names, filled(message, **values))


def filled(message: str, **values: object) -> SafeString:
    """A message of our own, which may hold markup, with values that are escaped."""
    escaped = {name: conditional_escape(value) for name, value in values.items()}
    return mark_safe(message % escaped) if values else mark_safe(message)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list that may be left out: its head, and whether it is shown where nobody chose."""

    label: Any
    is_usual: bool = False


class QueryFilter(forms.Form):
    """A form over a query string. Subclasses name their fields, `ORDERS` and `COLUMNS`, and how to choose."""

    ORDERS: ClassVar[Mapping[str, Order]]
    COLUMNS: ClassVar[Mapping[str, Column]] = {}

    def __init__(self, query: QueryDict, also: Iterable[str] = (), currency: str | None = None) -> None:
        """`also` names the parameters that belong to somebody else, such as the place in the list.

        `currency` is the reader's, which the address overrides; None where no amounts are shown.
        """
        super().__init__(data=query)
        self._also = frozenset(also)
        self._currency = currency
        if currency is not None:
            self.fields["currency"] = OptionField(list(currencies.CHOICES.items()), label=gettext_lazy("Currency"))
        self.fields["order"] = forms.ChoiceField(
            required=False,
            choices=[(name, order.words) for name, order in self.ORDERS.items()],
            label=gettext_lazy("Order"),
            error_messages={"invalid_choice": gettext_lazy("“%(value)s” is no order of this list.")},
        )
        if self.COLUMNS:
            self.fields["columns"] = ChoicesField(
                [(name, column.label) for name, column in self.COLUMNS.items()],
                unknown=gettext_lazy("“%(value)s” is no column of this list."),
                label=gettext_lazy("Columns"),
            )

    def clean(self) -> dict[str, Any]:
        for name in self.data:
            if name not in self.fields and name not in self._also:
                self.add_error(None, _("“%(name)s” is no filter of this list.") % {"name": name[:60]})
        require_once(self)
        return self.cleaned_data

    @property
    def ordering(self) -> Order:
        """The order asked for, else the list's own."""
        asked = self.cleaned_data.get("order") if self.is_valid() else ""
        return self.ORDERS.get(asked or "", next(iter(self.ORDERS.values())))

    @property
    def shown_currency(self) -> str:
        """The currency that amounts are shown in: USD, EUR or GBP, or empty for each in that which it is stated in."""
        asked = (self.cleaned_data.get("currency") if self.is_valid() else "") or self._currency or ""
        return asked if asked in currencies.STORED else ""

    @property
    def usual_columns(self) -> list[str]:
        """The columns of the list where nobody chose."""
        return [name for name, column in self.COLUMNS.items() if column.is_usual]

    @property
    def columns(self) -> dict[str, bool]:
        """Whether each column is shown."""
        asked = (self.cleaned_data.get("columns") if self.is_valid() else None) or self.usual_columns
        return {name: name in asked for name in self.COLUMNS}

    @property
    def column_choices(self) -> list[tuple[str, str, bool]]:
        """Each column by name and head, and whether it is shown."""
        return [(name, str(self.COLUMNS[name].label), is_shown) for name, is_shown in self.columns.items()]

    @property
    def has_own_columns(self) -> bool:
        """Whether other columns were chosen than the usual ones."""
        return [name for name, is_shown in self.columns.items() if is_shown] != self.usual_columns

    @property
    def wide(self) -> str:
        """The class of what a phone leaves out: some usual columns, but none that somebody chose."""
        return "" if self.has_own_columns else "at-wide"

    def conditions(self) -> list[tuple[str, Q]]:
        """What each parameter in use asks of a row; asked only of a filter that could be read."""
        raise NotImplementedError

    def apply(self, rows: QuerySet[Any], without: str = "") -> QuerySet[Any]:
        """The rows asked for, one parameter being left out; none where the query string cannot be read."""
        if not self.is_valid():
            return rows.none()
        for name, condition in self.conditions():
            if name != without:
                rows = rows.filter(condition)
        return rows

    @property
    def is_long_to_find(self) -> bool:
        """Whether the rows asked for lie far apart in the order asked for."""
        return False

    def in_order(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows asked for, to be gone through in the order asked for until a page is full."""
        return self.apply(rows)

    def facets(self) -> Sequence[Facet]:
        """The parameters whose choices are counted."""
        return ()

    def codes_of(self, name: str) -> list[str]:
        """The codes of the choices of a parameter that are in use, as its facet has them."""
        asked = self.cleaned_data.get(name) or []
        return [str(one) for one in (asked if isinstance(asked, list) else [asked])]

    def phrases(self, number: int = MANY) -> list[Phrase]:
        """The filters in use, in words that agree with a number of rows; asked only of one that could be read."""
        raise NotImplementedError

    def rows_in_words(self, count: str, number: int) -> SafeString:
        """`<b>214 rounds</b>`."""
        raise NotImplementedError

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What cannot be read, as (label of the field or nothing, message)."""
        return [
            (str(self.fields[name].label or name) if name in self.fields else "", str(message))
            for name, messages in self.errors.items()
            for message in messages
        ]

    @property
    def query(self) -> str:
        """The filters in use as a query string, without empty parameters and without the place in the list."""
        return self.query_without()

    @property
    def rows_query(self) -> str:
        """The query string of the rows alone, as files of them take it: they have columns of their own."""
        query = self.query_without("columns", "currency")
        return "&".join(filter(None, (query, f"currency={self.shown_currency}" if self.shown_currency else "")))

    def query_without(self, *names: str) -> str:
        """The query string less some parameters, and less the list's own order and columns, which need no saying."""
        return urlencode([(name, value) for name, value in self._given() if name not in names])

    def _given(self) -> list[tuple[str, str]]:
        own_order = ("order", next(iter(self.ORDERS)))
        is_usual = set(self.data.getlist("columns")) == set(self.usual_columns)  # type: ignore[attr-defined]
        return [
            (name, value)
            for name in self.data
            if name in self.fields and not (name == "columns" and is_usual)
            for value in self.data.getlist(name)  # type: ignore[attr-defined]
            if value and (name, value) != own_order
        ]

    @property
    def cleared(self) -> str:
        """The query string without any filter: the order and the columns alone."""
        return urlencode([(name, value) for name, value in self._given() if name in ("order", "columns")])

    @property
    def chips(self) -> list[tuple[Phrase, str]]:
        """Each filter in use, with the query string that leaves it out."""
        phrases = self.phrases() if self.is_valid() else []
        return [(one, self.query_without(*one.names)) for one in phrases]

    def heads(self) -> dict[str, dict[str, str]]:
        """By column of the table that a list can be ordered by: the query string for it, and how it is ordered now.

        Asked for again, a column is ordered the other way round.
        """
        others, current = self.query_without("order"), self.ordering
        found: dict[str, dict[str, str]] = {}
        for name, order in self.ORDERS.items():
            head = found.setdefault(order.column or "id", {"sort": "", "query": ""})
            if order is current:
                head["sort"] = "descending" if order.is_descending else "ascending"
            elif not head["query"]:
                head["query"] = f"{others}{'&' if others else ''}order={name}"
        return found

    def sentence(self, count: str, number: int) -> SafeString:
        """What is listed: **214 rounds** of the stage **Seed**, announced **since 2023**; the newest first."""
        phrases = [one.markup for one in self.phrases(number)]
        rows, order = self.rows_in_words(count, number), self.ordering.words
        if not phrases:
            return filled(_("%(rows)s; %(order)s."), rows=rows, order=order)
        listed = format_html_join(", ", "{}", ((one,) for one in phrases))
        return filled(_("%(rows)s %(filters)s; %(order)s."), rows=rows, filters=listed, order=order)


def require_once(form: forms.Form) -> None:
    """Refuse parameters that are given twice and mean one thing; neither could be left out without a word."""
    for name, field in form.fields.items():
        given = [value for value in form.data.getlist(name) if value]  # type: ignore[attr-defined]
        if len(given) > 1 and not isinstance(field, forms.MultipleChoiceField):
            form.add_error(name, _("Given more than once; one value is needed."))


def either(words: Sequence[str]) -> str:
    """`Seed`, `Seed or Series A`, `Seed, Series A or Series B`."""
    if len(words) < 2:
        return "".join(words)
    return _("%(all_but_last)s or %(last)s") % {"all_but_last": ", ".join(words[:-1]), "last": words[-1]}


class ChoicesField(forms.MultipleChoiceField):
    """Any of several codes, each once; `unknown` is said of a `%(value)s` that does not exist."""

    def __init__(self, choices: Sequence[tuple[str, Any]], unknown: Any, **options: Any) -> None:
        super().__init__(
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": unknown},
            **options,
        )

    def clean(self, value: Any) -> list[str]:
        return super().clean([one for one in value or [] if one])

    def words(self, chosen: Sequence[str]) -> str:
        """The chosen codes as their labels."""
        labels = dict(self.choices)
        return either([str(labels[code]) for code in chosen])


class OptionField(forms.ChoiceField):
    """One of a few words, or none."""

    def __init__(self, choices: Sequence[tuple[str, Any]], **options: Any) -> None:
        self.known = ", ".join(code for code, _label in choices)
        super().__init__(choices=[("", gettext_lazy("all")), *choices], required=False, **options)

    def validate(self, value: Any) -> None:
        if value and not self.valid_value(value):
            message = _("“%(value)s” is not known here; it is one of: %(known)s.")
            raise ValidationError(message % {"value": value, "known": self.known})
