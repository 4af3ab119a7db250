"""The part that all forms of entry by hand share: where it was said, by whom, when, and in which words."""

import datetime
import secrets
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding import figures, typed
from funding.intake import LONGEST_URL, is_web_address
from funding.retelling import retold
from funding.texts import clean_line, clean_text
from funding.values import PartialDate


class SourceForm(forms.Form):
    """A source, an address or a person's own knowledge, and what is entered from it. `today` bounds its date."""

    url = forms.CharField(label=gettext_lazy("Address"), required=False, max_length=2000)
    is_own_knowledge = forms.BooleanField(label=gettext_lazy("No article: this is my own knowledge"), required=False)
    publisher = forms.CharField(label=gettext_lazy("Publisher"), required=False, max_length=200)
    published = forms.CharField(label=gettext_lazy("Published"), required=False, max_length=60)
    quote = forms.CharField(
        label=gettext_lazy("The words that say it"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    form_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        kwargs["initial"] = {"form_key": secrets.token_urlsafe(16)} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.today = today
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean_url(self) -> str:
        url = clean_line(self.cleaned_data["url"], 2000)
        if not url:
            return ""
        if "://" not in url:
            url = f"https://{url}"
        if len(url) > LONGEST_URL or not is_web_address(url):
            told = _("“%(url)s” is no web address. Copy it from the browser, with https:// in front.") % {
                "url": url[:80]
            }
            raise forms.ValidationError(told)
        return url

    def clean_published(self) -> PartialDate | None:
        return self.read_date("published", "", is_past=True)

    def clean_quote(self) -> str:
        return clean_text(self.cleaned_data["quote"]).strip()

    def clean_publisher(self) -> str:
        return clean_line(self.cleaned_data["publisher"], 200)

    def check_source(self) -> None:
        """An address or one's own knowledge, not neither and not both; for `clean`."""
        cleaned = self.cleaned_data
        if not cleaned.get("url") and not cleaned.get("is_own_knowledge") and "url" not in self.errors:
            self.add_error(
                "url", _("No source is named. Give the address of the article, or tick “my own knowledge”.")
            )
        if cleaned.get("url") and cleaned.get("is_own_knowledge"):
            self.add_error("url", _("An address is given, and “my own knowledge” is ticked. Keep the one that holds."))

    def read_date(self, field: str, precision: str, *, is_past: bool) -> PartialDate | None:
        """The date in a field. Raises a ValidationError that says what is wrong with it."""
        words = clean_line(str(self.data.get(field, "")), 60)
        if not words:
            return None
        try:
            date = typed.at_precision(typed.read_date(words), precision, words)
        except ValueError as error:
            raise forms.ValidationError(retold(str(error))) from error
        # Somewhere it is tomorrow already.
        if is_past and date.first_day > self.today + datetime.timedelta(days=1):
            raise forms.ValidationError(_("%(date)s is in the future. Check the year.") % {"date": figures.date(date)})
        return date

    def problems(self) -> Iterator[tuple[str, str]]:
        """For the summary: the id of each field that needs a look and the first sentence of what is wrong with it."""
        for name, errors in self.errors.items():
            for error in errors:
                yield self[name].auto_id, str(error).split(". ")[0].removesuffix(".")
