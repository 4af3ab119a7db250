"""A list's query string, read: what is asked for, in words, and what cannot be read.

Pages, their partials and exports share one `QueryFilter` each, so what is seen is what is exported. An empty parameter
is as good as none; one that no filter knows, is given twice or cannot be read makes the filter invalid, never less.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config.paging import Order

AFTER: Final = "after"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One filter in words: `of` **Seed or Series A**, and the parameters that ask for it."""

    names: tuple[str, ...]
    before: str
    words: str

    def __str__(self) -> str:
        return f"{self.before} {self.words}".strip()


class QueryFilter(forms.Form):
    """A form over a query string. Subclasses name their fields, `ORDERS`, `NOUN`, `phrases` and how to `apply`."""

    NOUN: ClassVar[tuple[str, str]]
    ORDERS: ClassVar[Mapping[str, Order]]

    def __init__(self, query: QueryDict, also: Iterable[str] = ()) -> None:
        """`also` names the parameters that belong to somebody else, such as the place in the list."""
        super().__init__(data=query)
        self._also = frozenset(also)
        self.fields["order"] = forms.ChoiceField(
            required=False,
            choices=[(name, order.words) for name, order in self.ORDERS.items()],
            error_messages={"invalid_choice": "“%(value)s” is no order of this list."},
        )

    def clean(self) -> dict[str, Any]:
        for name in self.data:
            if name not in self.fields and name not in self._also:
                self.add_error(None, f"“{name[:60]}” is no filter of this list.")
        require_once(self)
        return self.cleaned_data

    @property
    def ordering(self) -> Order:
        """The order asked for, else the list's own."""
        asked = self.cleaned_data.get("order") if self.is_valid() else ""
        return self.ORDERS.get(asked or "", next(iter(self.ORDERS.values())))

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows asked for; none where the query string cannot be read."""
        raise NotImplementedError

    def phrases(self) -> list[Phrase]:
        """The filters in use, in words; asked only of a filter that could be read."""
        raise NotImplementedError

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What cannot be read, as (label of the field or nothing, message)."""
        return [
            (self.fields[name].label or name if name in self.fields else "", str(message))
            for name, messages in self.errors.items()
            for message in messages
        ]

    @property
    def query(self) -> str:
        """The filters in use as a query string, without empty parameters and without the place in the list."""
        return self.query_without()

    def query_without(self, *names: str) -> str:
        """The query string less some parameters, and less the list's own order, which goes without saying."""
        own_order = ("order", next(iter(self.ORDERS)))
        kept = [
            (name, value)
            for name in self.data
            if name not in names and name in self.fields
            for value in self.data.getlist(name)
            if value and (name, value) != own_order
        ]
        return urlencode(kept)

    @property
    def chips(self) -> list[tuple[Phrase, str]]:
        """Each filter in use, with the query string that leaves it out."""
        phrases = self.phrases() if self.is_valid() else []
        return [(phrase, self.query_without(*phrase.names)) for phrase in phrases]

    def order_links(self) -> dict[str, str]:
        """The query string for each order, for the heads of columns."""
        others = self.query_without("order")
        return {name: f"{others}{'&' if others else ''}order={name}" for name in self.ORDERS}

    def sentence(self, count: str, is_one: bool) -> SafeString:
        """What is listed: **214 rounds** of **Seed**, announced since **2023**; newest first."""
        noun = self.NOUN[0] if is_one else self.NOUN[1]
        parts = format_html_join(", ", "{} <b>{}</b>", ((phrase.before, phrase.words) for phrase in self.phrases()))
        return format_html("<b>{} {}</b>{}{}; {}.", count, noun, " " if parts else "", parts, self.ordering.words)


def require_once(form: forms.Form) -> None:
    """Refuse parameters that are given twice and mean one thing; neither could be left out without a word."""
    for name, field in form.fields.items():
        given = [value for value in form.data.getlist(name) if value]  # type: ignore[attr-defined]
        if len(given) > 1 and not _takes_several(field):
            form.add_error(name, "Given more than once; one value is needed.")


def _takes_several(field: forms.Field) -> bool:
    return isinstance(field, forms.MultipleChoiceField)


def either(words: Sequence[str]) -> str:
    """`Seed`, `Seed or Series A`, `Seed, Series A or Series B`."""
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


class ChoicesField(forms.MultipleChoiceField):
    """Any of several codes, each once; `thing` names them in the message about one that does not exist."""

    def __init__(self, thing: str, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        messages = {"invalid_choice": f"“%(value)s” is no {thing}."}
        super().__init__(
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages=messages,
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

    def __init__(self, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        known = ", ".join(code for code, _ in choices)
        messages = {"invalid_choice": f"“%(value)s” is not known here; it is one of: {known}."}
        super().__init__(choices=[("", "all"), *choices], required=False, error_messages=messages, **options)
