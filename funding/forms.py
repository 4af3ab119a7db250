"""The form that brings in an article."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info

from funding import intake
from funding.extraction import vocabulary
from funding.web import addresses

WAYS = ("text", "url", "file")
LARGEST_FILE = 4 * intake.LONGEST + 4  # bytes; a larger one has more characters than are read


def language_choices() -> list[tuple[str, str]]:
    """The languages that can be read, by code, after recognising it."""
    names = [(code, get_language_info(code)["name"]) for code in vocabulary.languages()]
    return [("", "recognise it"), *sorted(names, key=lambda pair: pair[1])]


class ImportForm(forms.Form):
    """An article as its text, its address or a text file, one of the three, and what is known of it besides."""

    text = forms.CharField(
        label="Text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 9, "placeholder": "Paste the article here, its title as the first line"}),
    )
    url = forms.CharField(
        label="Address",
        required=False,
        help_text="The page is fetched, and its main text read.",
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="Text file",
        required=False,
        allow_empty_file=True,
        help_text="Plain text in UTF-8.",
        widget=forms.FileInput(attrs={"accept": ".txt,text/plain"}),
    )
    title = forms.CharField(label="Title", required=False, max_length=500)
    publisher = forms.CharField(label="Publisher", required=False, max_length=200)
    published_on = forms.CharField(
        label="Published",
        required=False,
        help_text="2023-08-24, 2023-08 or 2023: “last May” is read against it.",
        widget=forms.TextInput(attrs={"placeholder": "2023-08-24", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label="Language", required=False, choices=language_choices)

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
            raise forms.ValidationError(f"{file.name} has {file.size:,} bytes; at most {LARGEST_FILE:,} are read.")
        text = self._or_error(intake.read_file, file.read())
        if not text.strip():
            raise forms.ValidationError(f"There is no text in {file.name}.")
        return text

    def clean(self) -> dict[str, Any]:
        """One way, and a text that can be read."""
        given = [way for way in WAYS if (self.cleaned_data.get(way) or "").strip()]
        if any(way in self.errors for way in WAYS):
            return self.cleaned_data
        if not given:
            self.add_error("text", "Paste the text, give its address, or choose a file.")
        elif len(given) > 1:
            names = " and ".join(str(self.fields[way].label).lower() for way in given)
            self.add_error(given[-1], f"Both {names} are given, and they are one article each. Leave one out.")
        return self.cleaned_data

    def _or_error(self, read: Any, *given: Any) -> Any:
        """What `read` makes of what is given, its refusal as an error of the field."""
        try:
            return read(*given)
        except (intake.Unreadable, addresses.AddressRefused) as error:
            raise forms.ValidationError(str(error)) from None
