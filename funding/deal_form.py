"""What the forms of a round and of an exit have in common: a company with its source, amounts and dates as typed."""

import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies import candidates
from companies.models import Company
from funding import entry, typed
from funding.retelling import retold
from funding.source_form import SourceForm
from funding.texts import clean_line
from funding.values import Money, PartialDate, Value

NOT_STATED, UNDISCLOSED = "not_stated", "undisclosed"
BOUNDS = {
    "exactly": gettext_lazy("exactly"),
    "about": gettext_lazy("about ≈"),
    "at_least": gettext_lazy("at least ≥"),
    "more_than": gettext_lazy("more than >"),
    "at_most": gettext_lazy("at most ≤"),
    "less_than": gettext_lazy("less than <"),
    UNDISCLOSED: "undisclosed",
    NOT_STATED: gettext_lazy("not stated"),
}
PRECISIONS = {
    "": gettext_lazy("as typed"),
    "day": gettext_lazy("to the day"),
    "month": gettext_lazy("to the month"),
    "year": gettext_lazy("to the year"),
}
CURRENCIES = ("USD", "EUR", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "INR", "JPY", "CNY", "KRW", "ILS", "CAD", "AUD",
              "SGD", "HKD", "BRL", "AED", "ZAR")  # fmt: skip
LONGEST_NAME = 200


def shared_currency(*amounts: Value | None) -> str:
    """The currency to choose for amounts that are all in one; empty where they are not, or it is none to choose."""
    found = {one.currency for one in amounts if isinstance(one, Money)}
    return found.pop() if len(found) == 1 and found <= set(CURRENCIES) else ""


class DealForm(SourceForm):
    """What is said of a company, with its source; `on` is when it was announced, as far as that could be read.

    `of` is the company of a form that is of one, whatever name is sent.
    """

    company = forms.CharField(
        label=gettext_lazy("Company"), max_length=200, error_messages={"required": gettext_lazy("Name the company.")}
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        required=False,
        choices=[("", gettext_lazy("currency")), *((code, code) for code in CURRENCIES)],
    )

    # By which a form that changes a record tells what it was filled with.
    version = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: datetime.date, of: Company | None = None, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.on: PartialDate | None = None
        self.of = of
        if of:
            self.fields["company"].required = False

    @cached_property
    def company_held(self) -> Company | None:
        """The company that we hold under the name that was typed, or the one that the form is of."""
        if self.of:
            return self.of
        return candidates.company_named(clean_line(self.data.get("company", ""))) if self.is_bound else None

    def clean_company(self) -> str:
        return self.of.name if self.of else self.read_name(self.cleaned_data["company"], "company")

    def read_name(self, words: str, kind: str) -> str:
        """A name on one line. Raises a ValidationError that says why it is none; `kind` says of whom."""
        name = clean_line(words)
        if len(name) > LONGEST_NAME:
            raise forms.ValidationError(
                _("“%(name)s…” is longer than %(longest_name)s characters. Shorten the name.")
                % {"name": name[:40], "longest_name": LONGEST_NAME}
            )
        if not any(char.isalnum() for char in name):
            told = {
                "investor": _("“%(name)s” is no name of an investor."),
                "company": _("“%(name)s” is no name of a company."),
            }[kind]
            raise forms.ValidationError(told % {"name": name})
        return name

    def set_date(self, field: str, *, is_past: bool) -> None:
        """Put a date, cut to the precision chosen beside it, in the place of its words."""
        if field in self.errors:
            return
        try:
            self.cleaned_data[field] = self.read_date(field, self.cleaned_data[f"{field}_to"], is_past=is_past)
        except forms.ValidationError as error:
            self.add_error(field, error)

    def read_money(self, field: str, words: str, bound: str) -> Money | None:
        """The amount in a field, as exact as `bound` or its own words say; None, with its error, where it is none."""
        chosen = self.cleaned_data.get("currency", "")
        try:
            amount = typed.read_amount(words)
        except ValueError as error:
            self.add_error(field, retold(str(error)))
            return None
        if amount.bound and bound and amount.bound != bound:
            differ = _("“%(words)s” says “%(bounds)s”, and yet “%(chosen)s” is chosen.") % {
                "words": words,
                "bounds": BOUNDS[amount.bound],
                "chosen": BOUNDS[bound],
            }
            self.add_error(field, " ".join([differ, _("Make them agree.")]))
            return None
        if chosen and not amount.may_be_in(chosen):
            self.add_error(
                field,
                _("“%(words)s” is in %(currency)s, and yet %(chosen)s is chosen. Make them agree.")
                % {"words": words, "currency": amount.currency, "chosen": chosen},
            )
            return None
        currency = chosen or amount.currency or self.currency_elsewhere()
        if not currency:
            self.add_error(
                field, _("“%(words)s” names no currency. Choose one, or write it with the amount.") % {"words": words}
            )
            return None
        return typed.money_of(amount.number, currency, amount.bound or bound)

    def currency_elsewhere(self) -> str:
        """The currency that another amount was typed with, which holds for this one, too; empty where none was."""
        return ""

    @cached_property
    def quoted(self) -> entry.Quote:
        """What the quoted words say."""
        published = self.cleaned_data.get("published")
        return entry.Quote(self.cleaned_data.get("quote", ""), published or self.on)
