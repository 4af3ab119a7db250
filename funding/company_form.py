"""The forms in which a company's own facts and its people are entered by hand, every error in words."""

import re
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.models import Company, Identifier
from companies.names import fold
from funding import entry, figures, typed
from funding.deal_form import LONGEST_NAME, DealForm, shared_currency
from funding.editing import interval
from funding.entry.entries import COMPANY
from funding.intake import is_web_address
from funding.recording.telling import domain_of
from funding.retelling import retold
from funding.texts import clean_line
from funding.values import Money, PartialDate, Quantity

MOST_LISTED = 20  # offices or sectors of one company


class CompanyForm(DealForm):
    """A company's facts with their source; a valid form has its `entry`. Fields that are empty say nothing."""

    is_another = forms.BooleanField(label=gettext_lazy("This is another company of the same name"), required=False)
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=200)
    website = forms.CharField(label=gettext_lazy("Website"), required=False, max_length=200)
    founded = forms.CharField(label=gettext_lazy("Founded"), required=False, max_length=60)
    headquarters = forms.CharField(label=gettext_lazy("Offices"), required=False, max_length=400)
    employees = forms.CharField(label=gettext_lazy("Employees"), required=False, max_length=60)
    sectors = forms.CharField(label=gettext_lazy("Sectors"), required=False, max_length=400)
    total_raised = forms.CharField(label=gettext_lazy("Raised in all, as stated"), required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry: entry.CompanyEntry | None = None
        self.total: Money | None = None
        self.fields["employees"].widget.attrs["inputmode"] = "numeric"
        self.fields["total_raised"].widget.attrs["inputmode"] = "decimal"

    def clean_name(self) -> str:
        words = clean_line(self.cleaned_data["name"])
        return self.read_name(words, "company") if words else ""

    def clean_website(self) -> str:
        words = clean_line(self.cleaned_data["website"], LONGEST_NAME)
        address = words if "://" in words else f"https://{words}"
        host = address.split("://", 1)[1].split("/", 1)[0] if words else ""
        if words and (" " in words or "." not in host or not is_web_address(address)):
            told = _("“%(words)s” is no web address. Write it as lumio.example.") % {"words": words}
            raise forms.ValidationError(told)
        return words

    def clean_founded(self) -> PartialDate | None:
        return self.read_date("founded", "", is_past=True)

    def clean_employees(self) -> Quantity | None:
        words = clean_line(self.cleaned_data["employees"])
        try:
            return typed.read_count(words) if words else None
        except ValueError as error:
            raise forms.ValidationError(retold(str(error))) from error

    def clean_headquarters(self) -> tuple[str, ...]:
        # A comma stands within "Paris, France".
        return self._listed("headquarters", ";")

    def clean_sectors(self) -> tuple[str, ...]:
        return self._listed("sectors", ";" if ";" in self.cleaned_data["sectors"] else ",")

    def _listed(self, field: str, between: str) -> tuple[str, ...]:
        """The words between marks, each once. Raises a ValidationError where they are too many."""
        words = [clean_line(part, 100) for part in re.split(between, self.cleaned_data[field])]
        found = tuple({fold(part): part for part in reversed(words) if fold(part)}.values())[::-1]
        if len(found) > MOST_LISTED:
            told = {"count": len(found), "most": MOST_LISTED}
            raise forms.ValidationError(_("%(count)s are named; %(most)s is the most.") % told)
        return found

    def clean(self) -> dict[str, Any]:
        """Read the amount, and see that something is said."""
        cleaned = super().clean() or self.cleaned_data
        words = clean_line(cleaned.get("total_raised", ""))
        self.total = self.read_money("total_raised", words, "") if words else None
        self.check_source()
        self._hold_against_quote()
        said = ("website", "founded", "headquarters", "employees", "sectors", "total_raised")
        if self.of is None and not self.errors and not any(cleaned.get(name) for name in said):
            self.add_error("website", _("Nothing is said of the company yet. Enter a fact of it."))
        if not self.errors:
            self.entry = entry.CompanyEntry(
                company=cleaned["company"] if cleaned["is_another"] else _goes_by(self),
                name=cleaned["name"] if cleaned["name"] != _goes_by(self) else "",
                total_raised=self.total,
                **{name: cleaned[name] for name in ("website", "founded", "headquarters", "employees", "sectors")},
                **{name: cleaned[name] for name in ("url", "publisher", "published", "quote")},
            )
        return cleaned

    @cached_property
    def same_website(self) -> Company | None:
        """Another company, not held under the name that was typed, whose website is the one that was."""
        domain = domain_of(clean_line(self.data.get("website", ""), LONGEST_NAME)) if self.is_bound else ""
        if not domain or self.of:
            return None
        known = Company.objects.live().filter(identifiers__kind=Identifier.Kind.DOMAIN, identifiers__value=domain)
        held = self.company_held
        return (known.exclude(pk=held.pk) if held else known).order_by("pk").first()

    @property
    def is_undecided(self) -> bool:
        """Whether a company of that name is held, and nobody has said that this is another."""
        return self.of is None and self.company_held is not None and not self.cleaned_data.get("is_another")

    @property
    def decided(self) -> dict[str, Company]:
        """Whom the mentions of a valid form mean, where the name alone does not tell."""
        if self.of is None and self.cleaned_data["is_another"] and self.company_held:
            return {COMPANY: Company(name=self.cleaned_data["company"])}
        return _known_as(self.of)

    def ask_which(self) -> None:
        """Ask whether the company that is held is meant."""
        told = {"name": self.company_held.name if self.company_held else ""}
        held = _("%(name)s is held already. Change its facts on its own page, or say that this is another one.")
        self.add_error("company", held % told)

    def _hold_against_quote(self) -> None:
        found = self.quoted.contradicting(self.total, ()) if self.total else None
        if found and self.total:
            told = {"quoted": figures.money(found.value), "entered": figures.money(self.total)}
            differ = _("The quote says %(quoted)s; you entered %(entered)s.") % told
            self.add_error("quote", f"{differ} {_('Quote the words for %(entered)s, or correct it.') % told}")


class PersonForm(DealForm):
    """A person and what they are to a company, with the source; a valid form has its `entry`."""

    person = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, error_messages={"required": gettext_lazy("Name the person.")}
    )
    title = forms.CharField(label=gettext_lazy("Role"), required=False, max_length=200)
    is_founder = forms.BooleanField(label=gettext_lazy("A founder of the company"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry: entry.PersonEntry | None = None

    def clean_person(self) -> str:
        name = clean_line(self.cleaned_data["person"], LONGEST_NAME)
        if not any(char.isalpha() for char in name):
            raise forms.ValidationError(_("“%(name)s” is no name of a person.") % {"name": name})
        return name

    @property
    def decided(self) -> dict[str, Company]:
        """Whom the mentions mean, where the name alone does not tell."""
        return _known_as(self.of)

    def clean_title(self) -> str:
        return clean_line(self.cleaned_data["title"], LONGEST_NAME)

    def clean(self) -> dict[str, Any]:
        """See that what the person does is said."""
        cleaned = super().clean() or self.cleaned_data
        self.check_source()
        if not cleaned.get("title") and not cleaned.get("is_founder") and "title" not in self.errors:
            self.add_error("title", _("Say what the person does: chief executive, board member, or tick “founder”."))
        if not self.errors:
            self.entry = entry.PersonEntry(
                company=_goes_by(self),
                **{name: cleaned[name] for name in ("person", "title", "is_founder")},
                **{name: cleaned[name] for name in ("url", "publisher", "published", "quote")},
            )
        return cleaned


def _known_as(company: Company | None) -> dict[str, Company]:
    return {COMPANY: company} if company and not entry.is_known_by_name(company) else {}


def _line(names: tuple[str, ...]) -> str:
    """Names on one line, with commas between them, but where one holds a comma itself."""
    return "".join(f"{name}; " for name in names) if any("," in name for name in names) else ", ".join(names)


def _goes_by(form: DealForm) -> str:
    """The name that the company of a valid form is entered under: that of the record, where one is held."""
    held = form.company_held
    return held.name if held else str(form.cleaned_data["company"])


def filled_with(held: entry.CompanyEntry, *, with_currency: bool = True) -> dict[str, Any]:
    """What a form is filled with that changes a company's facts: what is held, as somebody would have typed it.

    The currency is chosen beside the amount, or stands in it.
    """
    currency = shared_currency(held.total_raised) if with_currency else ""
    return {
        "version": entry.version_of(held),
        "company": held.company,
        "name": held.company,
        "website": held.website,
        "founded": figures.date(held.founded),
        "headquarters": "; ".join(held.headquarters),
        "employees": interval(held.employees) if held.employees else "",
        "sectors": _line(held.sectors),
        "total_raised": interval(held.total_raised, currency) if held.total_raised else "",
        "currency": currency,
    }
