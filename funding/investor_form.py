"""The form in which an investor's own facts are entered by hand: whose arm it is, and what sort of investor it is."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.models import Company, Investor, InvestorKind
from companies.names import fold
from funding import entry
from funding.source_form import SourceForm
from funding.texts import clean_line

LONGEST_NAME = 200
KINDS = {"investor": Investor, "company": Company}
NEW = "new"
MOST_OFFERED = 6  # records of one name to choose from


class InvestorForm(SourceForm):
    """What a source says of an investor. A valid form has its `entry` and the `parent` that is meant.

    `offered` are the records that a typed name may be, as value and words, where the person has to choose.
    """

    parent = forms.CharField(label=gettext_lazy("Part of"), required=False, max_length=LONGEST_NAME)
    # Which record the name means: `investor:slug`, `company:slug`, or that it is one we do not hold yet.
    parent_is = forms.CharField(required=False, max_length=140)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of investor"),
        required=False,
        choices=[("", gettext_lazy("not stated")), *InvestorKind.choices],
    )
    field_order = ("url", "is_own_knowledge", "publisher", "published", "quote", "parent", "kind", "form_key")

    def __init__(self, *args: Any, investor: Investor, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.investor = investor
        self.entry: entry.InvestorEntry | None = None
        self.parent_record: Company | Investor | None = None
        self.offered: list[tuple[str, str]] = []

    def clean_parent(self) -> str:
        name = clean_line(self.cleaned_data["parent"])
        if name and not any(char.isalnum() for char in name):
            raise forms.ValidationError(_("“%(name)s” is no name of an investor or company.") % {"name": name})
        return name

    def clean(self) -> dict[str, Any]:
        """Find whom the name means, and see that nobody becomes an arm of their own arm."""
        cleaned = super().clean() or self.cleaned_data
        self.check_source()
        if cleaned.get("parent"):
            self._find_parent(cleaned["parent"], cleaned.get("parent_is", ""))
        elif not cleaned.get("kind") and not {"parent", "kind"} & self.errors.keys():
            self.add_error("parent", _("Nothing is said of it yet. Name whom it is part of, or choose its kind."))
        if not self.errors:
            self.entry = self._entry()
        return cleaned

    def _find_parent(self, name: str, chosen: str) -> None:
        kind, _colon, slug = chosen.partition(":")
        model: Any = KINDS.get(kind)
        held = self._held(name)
        if model and slug == NEW:
            self.parent_record = model(name=name)
        elif model and slug:
            self.parent_record = model.objects.live().filter(slug=slug).first()
        elif len(held) == 1:
            self.parent_record = held[0]
        if self.parent_record is None:
            self._offer(name, held)
        elif entry.is_below(self.investor, self.parent_record):
            told = {"parent": self.parent_record, "investor": self.investor}
            if self.parent_record == self.investor:
                why = _("%(investor)s cannot be part of itself.") % told
            else:
                why = _("%(parent)s is part of %(investor)s, so %(investor)s cannot be part of it.") % told
            self.add_error("parent", why)

    def _held(self, name: str) -> list[Company | Investor]:
        """The live records of this name, or that go by it as another name of theirs."""
        key = fold(name)
        found: list[Company | Investor] = []
        for model in KINDS.values():
            live: Any = model.objects.live()
            named = live.filter(key=key) or live.filter(aliases__key=key)
            found += named.order_by("pk")[:MOST_OFFERED]
        return found

    def _offer(self, name: str, held: list[Company | Investor]) -> None:
        for one in held:
            kind = "company" if isinstance(one, Company) else "investor"
            words = _("The company %(name)s") if kind == "company" else _("The investor %(name)s")
            self.offered.append((f"{kind}:{one.slug}", words % {"name": f"{one.name} ({one.get_absolute_url()})"}))
        told = {"name": name}
        self.offered.append((f"investor:{NEW}", _("An investor that is not held yet: %(name)s") % told))
        self.offered.append((f"company:{NEW}", _("A company that is not held yet: %(name)s") % told))
        several = _("More than one is called “%(name)s”. Choose which is meant.")
        none = _("Neither an investor nor a company called “%(name)s” is held. Say which it is, or mend the name.")
        self.add_error("parent", (several if held else none) % told)

    def _entry(self) -> entry.InvestorEntry:
        cleaned, parent = self.cleaned_data, self.parent_record
        return entry.InvestorEntry(
            investor=self.investor.name,
            parent=parent.name if parent else "",
            is_of_company=isinstance(parent, Company),
            kind=cleaned["kind"],
            url=cleaned["url"],
            publisher=cleaned["publisher"],
            published=cleaned["published"],
            quote=cleaned["quote"],
        )
