"""The form that brings in an article."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import get_text_list
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from funding import figures, intake
from funding.extraction import vocabulary
from funding.retelling import retold
from funding.web import addresses

WAYS = ("text", "url", "file")
LARGEST_FILE = 4 * intake.LONGEST + 4  # bytes; a larger one has more characters than are read


def language_choices() -> list[tuple[str, str]]:
    """The languages that can be read, by code, after recognising it."""
    names = [(code, get_language_info(code)["name_translated"]) for code in vocabulary.languages()]
    return [("", _("recognise it")), *sorted(names, key=lambda pair: pair[1])]


class ImportForm(forms.Form):
    """An article as its text, its address or a text file, one of the three, and what is known of it besides."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 9, "placeholder": gettext_lazy("Paste the article here, its title as the first line")}
        ),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        help_text=gettext_lazy("The page is fetched, and its main text read."),
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Text file"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("Plain text in UTF-8."),
        widget=forms.FileInput(attrs={"accept": ".txt,text/plain"}),
    )
    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=500)
    publisher = forms.CharField(label=gettext_lazy("Publisher"), required=False, max_length=200)
    published_on = forms.CharField(
        label=gettext_lazy("Published"),
        required=False,
        help_text=gettext_lazy("2023-08-24, 2023-08 or 2023: “last May” is read against it."),
        widget=forms.TextInput(attrs={"placeholder": "2023-08-24", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False, choices=language_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "import-%s"})

    def clean_published_on(self) -> Any:
        """The date at its precision, or None."""
        return self._or_error(intake.read_published, self.cleaned_data["published_on"])

    def clean_url(self) -> str:
        """An address that may be fetched."""
        url = self.cleaned_data["url"].strip()
        if url:
            self._or_error(addresses.read_address, url, settings.FETCH_ALLOWED_HOSTS)
        return url

    def clean_file(self) -> str:
        """The text in the file."""
        file = self.cleaned_data["file"]
        if file is None:
            return ""
        if file.size > LARGEST_FILE:
            told = {"name": file.name, "size": figures.whole(file.size), "most": figures.whole(LARGEST_FILE)}
            raise forms.ValidationError(_("%(name)s has %(size)s bytes; at most %(most)s are read.") % told)
        text = self._or_error(intake.read_file, file.read())
        if not text.strip():
            raise forms.ValidationError(_("There is no text in %(name)s.") % {"name": file.name})
        return text

    def clean(self) -> dict[str, Any]:
        """One way, and a text that can be read."""
        given = [way for way in WAYS if (self.cleaned_data.get(way) or "").strip()]
        if any(way in self.errors for way in WAYS):
            return self.cleaned_data
        if not given:
            self.add_error("text", _("Paste the text, give its address, or choose a file."))
        elif len(given) > 1:
            names = get_text_list([str(self.fields[way].label).lower() for way in given], _("and"))
            told = _("Both %(names)s are given, and they are one article each. Leave one out.")
            self.add_error(given[-1], told % {"names": names})
        return self.cleaned_data

    def _or_error(self, read: Any, *given: Any) -> Any:
        """What `read` makes of what is given, its refusal as an error of the field."""
        try:
            return read(*given)
        except (intake.Unreadable, addresses.AddressRefused) as error:
            raise forms.ValidationError(retold(str(error))) from None
