"""The form in which a company's value on a day is entered by hand, of no round, every error in words."""

import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies import candidates
from funding import entry, figures
from funding.deal_form import PRECISIONS, DealForm
from funding.models import Round, Valuation
from funding.models.rounds import counts_as_equity
from funding.texts import clean_line
from funding.values import Money, PartialDate

MOST_HELD = 6


class ValuationForm(DealForm):
    """What a company is said to be worth, with its source; a valid form has its `entry`."""

    valued = forms.CharField(label=gettext_lazy("As of"), required=False, max_length=60)
    valued_to = forms.ChoiceField(label=gettext_lazy("Precision of the date"), required=False, choices=PRECISIONS)
    value = forms.CharField(
        label=gettext_lazy("Value"), max_length=60, error_messages={"required": gettext_lazy("No amount is typed.")}
    )
    basis = forms.ChoiceField(
        label=gettext_lazy("Basis"),
        choices=Valuation.Basis,
        initial=Valuation.Basis.UNSPECIFIED,
        error_messages={"required": gettext_lazy("Choose the basis.")},
    )

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.entry: entry.ValuationEntry | None = None
        self.money: Money | None = None
        self.fields["value"].widget.attrs["inputmode"] = "decimal"

    def clean_valued_to(self) -> str:
        # Both halves of a date are known only with the second of them.
        self.set_date("valued", is_past=True)
        return str(self.cleaned_data["valued_to"])

    def clean(self) -> dict[str, Any]:
        """Read the amount, then hold it against the quote."""
        cleaned = super().clean() or self.cleaned_data
        given = cleaned.get("valued") or cleaned.get("published")
        self.on = given if isinstance(given, PartialDate) else None
        words = clean_line(cleaned.get("value", ""))
        self.money = self.read_money("value", words, "") if words and "value" not in self.errors else None
        self.check_source()
        if self.on is None and not {"valued", "published"} & self.errors.keys():
            self.add_error("valued", _("No date is given. Say of which day, month or year the value is."))
        found = self.contradicted_by
        if found and self.money:
            told = {"quoted": figures.money(found), "entered": figures.money(self.money)}
            differ = _("The quote says %(quoted)s; you entered %(entered)s.") % told
            self.add_error("quote", f"{differ} {_('Quote the words for %(entered)s, or correct it.') % told}")
        if not self.errors and self.money and self.on:
            self.entry = entry.ValuationEntry(
                company=self.company_held.name if self.company_held else cleaned["company"],
                value=self.money,
                on=self.on,
                **{name: cleaned[name] for name in ("basis", "url", "publisher", "published", "quote")},
            )
        return cleaned

    @property
    def contradicted_by(self) -> Money | None:
        """The amount in the quote that speaks against the one entered."""
        found = self.quoted.contradicting(self.money, ()) if self.money else None
        return found.value if found else None

    @cached_property
    def held(self) -> list[Valuation]:
        """The values of that company, or of the one that the form begins with, the latest first."""
        company = self.company_held or candidates.company_named(self.initial.get("company", ""))
        if company is None:
            return []
        found = company.valuations.counted().select_related("round")  # type: ignore[attr-defined]
        return list(found.latest_first()[:MOST_HELD])

    @property
    def same_date(self) -> Valuation | None:
        """The value of no round that is held of that date: what is entered counts as the same."""
        return next((one for one in self.held if self.on and one.round is None and one.valued == self.on), None)

    @cached_property
    def round_near(self) -> Round | None:
        """The round announced on the date: its value is better entered with the round."""
        if self.company_held is None or self.on is None:
            return None
        rounds = self.company_held.rounds.live().filter(announced_on__range=(self.on.first_day, self.on.last_day))
        return rounds.newest_first().first()

    @cached_property
    def raised_more(self) -> Round | None:
        """A round before the date that raised no less than the value, though the company holds that money since."""
        if self.company_held is None or self.on is None or self.money is None:
            return None
        rounds = self.company_held.rounds.live().filter(status=Round.Status.CLOSED, announced_on__lte=self.on.last_day)
        equity = (one for one in rounds.newest_first()[:MOST_HELD] if counts_as_equity(one.stage))
        return next((one for one in equity if entry.falls_short(one.raised, self.money)), None)
