"""The form in which an exit is entered by hand: plain fields, read into an `entry.ExitEntry`, every error in words."""

import datetime
from functools import cached_property
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies import candidates
from funding import entry, figures
from funding.deal_form import PRECISIONS, DealForm, shared_currency
from funding.editing import interval
from funding.models import Exit
from funding.texts import clean_line
from funding.values import Money, PartialDate, Undisclosed

# The fields of the one kind, which say nothing of the other.
OF_KIND: Final = {
    Exit.Kind.ACQUISITION: ("acquirer", "price", "is_undisclosed"),
    Exit.Kind.IPO: ("exchange", "ticker", "valuation"),
}
CHOSEN: Final = {
    Exit.Kind.ACQUISITION: gettext_lazy("This is of a listing, and yet “acquisition” is chosen. Make them agree."),
    Exit.Kind.IPO: gettext_lazy("This is of an acquisition, and yet “IPO” is chosen. Make them agree."),
}


class ExitForm(DealForm):
    """An acquisition or a listing with its source; a valid form has its `entry`."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=Exit.Kind,
        initial=Exit.Kind.ACQUISITION,
        error_messages={"required": gettext_lazy("Choose what happened.")},
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=Exit.Status, initial=Exit.Status.COMPLETED)
    announced = forms.CharField(label=gettext_lazy("Announced"), required=False, max_length=60)
    announced_to = forms.ChoiceField(
        label=gettext_lazy("Precision of the announcement"), required=False, choices=PRECISIONS
    )
    acquirer = forms.CharField(label=gettext_lazy("Acquirer"), required=False, max_length=200)
    price = forms.CharField(label=gettext_lazy("Price"), required=False, max_length=60)
    is_undisclosed = forms.BooleanField(label=gettext_lazy("A source says that it is undisclosed"), required=False)
    exchange = forms.CharField(label=gettext_lazy("Exchange"), required=False, max_length=100)
    ticker = forms.CharField(label=gettext_lazy("Ticker"), required=False, max_length=20)
    valuation = forms.CharField(label=gettext_lazy("Valuation at the listing"), required=False, max_length=60)

    def __init__(self, *args: Any, today: datetime.date, record: Exit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, today=today, of=record.company if record else None, **kwargs)
        self.record = record
        self.entry: entry.ExitEntry | None = None
        for name in ("price", "valuation"):
            self.fields[name].widget.attrs["inputmode"] = "decimal"

    def clean_announced_to(self) -> str:
        # Both halves of a date are known only with the second of them.
        self.set_date("announced", is_past=True)
        return str(self.cleaned_data["announced_to"])

    def clean_acquirer(self) -> str:
        words = clean_line(self.cleaned_data["acquirer"])
        return self.read_name(words, "company") if words else ""

    def clean_exchange(self) -> str:
        return clean_line(self.cleaned_data["exchange"], 100)

    def clean_ticker(self) -> str:
        return clean_line(self.cleaned_data["ticker"], 20)

    def clean(self) -> dict[str, Any]:
        """Read the amounts, then hold everything against each other."""
        cleaned = super().clean() or self.cleaned_data
        self.on = cleaned.get("announced") if isinstance(cleaned.get("announced"), PartialDate) else None
        price, valuation = self._amount("price"), self._amount("valuation")
        self.check_source()
        self._hold_kind()
        self._hold_price(price)
        self._hold_against_quote(price or valuation)
        if not self.errors:
            undisclosed = Undisclosed() if cleaned.get("is_undisclosed") else None
            self.entry = entry.ExitEntry(
                company=self.company_held.name if self.company_held else cleaned["company"],
                price=price or undisclosed,
                valuation=valuation,
                announced=self.on,
                **{name: cleaned[name] for name in ("kind", "status", "acquirer", "exchange", "ticker")},
                **{name: cleaned[name] for name in ("url", "publisher", "published", "quote")},
            )
        return cleaned

    @cached_property
    def exits_held(self) -> list[Exit]:
        """The exits that we hold of the company, newest first."""
        company = self.company_held or candidates.company_named(self.initial.get("company", ""))
        found = Exit.objects.live().filter(company=company).newest_first() if company else Exit.objects.none()
        held = list(found.exclude(pk=self.record.pk) if self.record else found)
        for one in held:
            one.company = company
        return held

    @property
    def near(self) -> Exit | None:
        """The held exit that what is entered would count as."""
        if not self.is_bound or self.company_held is None or self.record:
            return None
        cleaned = self.cleaned_data
        is_rumour = cleaned.get("status") == Exit.Status.RUMOURED
        buyer = cleaned.get("acquirer", "")
        return entry.exit_near(self.exits_held, cleaned.get("kind", ""), self.on, buyer, is_rumour=is_rumour)

    def _amount(self, field: str) -> Money | None:
        """An amount; how exact it is stands in front of it (`≈ 300m`)."""
        words = clean_line(self.cleaned_data.get(field, ""))
        return self.read_money(field, words, "") if words and field not in self.errors else None

    def _hold_kind(self) -> None:
        """What is typed of the other kind of exit than the one chosen."""
        chosen = self.cleaned_data.get("kind")
        for kind, names in OF_KIND.items():
            for name in names:
                if chosen and kind != chosen and self.cleaned_data.get(name) and name not in self.errors:
                    self.add_error(name, CHOSEN[Exit.Kind(chosen)])

    def _hold_price(self, price: Money | None) -> None:
        if price and self.cleaned_data.get("is_undisclosed"):
            told = {"price": figures.money(price)}
            self.add_error("price", _("%(price)s is typed, and yet “undisclosed” is ticked. Keep one.") % told)
        acquirer, company = self.cleaned_data.get("acquirer"), self.cleaned_data.get("company")
        if acquirer and company and acquirer.casefold() == company.casefold():
            self.add_error("acquirer", _("A company does not acquire itself. Name who bought it."))

    def _hold_against_quote(self, amount: Money | None) -> None:
        found = self.quoted.contradicting(amount, ()) if amount else None
        if found and amount:
            told = {"quoted": figures.money(found.value), "entered": figures.money(amount)}
            differ = _("The quote says %(quoted)s; you entered %(entered)s.") % told
            self.add_error("quote", f"{differ} {_('Quote the words for %(entered)s, or correct it.') % told}")


def filled_with(held: entry.ExitEntry, *, with_currency: bool = True) -> dict[str, Any]:
    """What a form is filled with that changes an exit: what is held of it, as somebody would have typed it.

    The currency is chosen beside the amounts, or stands in each of them.
    """
    currency = shared_currency(held.price, held.valuation) if with_currency else ""
    return {
        "version": entry.version_of(held),
        "announced": figures.date(held.announced),
        "price": interval(held.price, currency) if isinstance(held.price, Money) else "",
        "currency": currency,
        "is_undisclosed": isinstance(held.price, Undisclosed),
        "valuation": interval(held.valuation, currency) if held.valuation else "",
        **{name: getattr(held, name) for name in ("company", "kind", "status", "acquirer", "exchange", "ticker")},
    }
