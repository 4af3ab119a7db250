"""English and French: who gets which, and that a catalogue says what the code says."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from config import catalogues


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [("", "en-gb"), ("en-US,en;q=0.8", "en-gb"), ("fr-CA,fr;q=0.9,en;q=0.5", "fr"), ("de,nl", "en-gb")],
)
def test_a_page_is_in_the_language_that_the_browser_asks_for(
    client: Client, db: None, accepted: str, spoken: str
) -> None:
    answer = client.get("/accounts/login/", HTTP_ACCEPT_LANGUAGE=accepted)
    assert f'<html lang="{spoken}">' in answer.content.decode()
    assert answer["Content-Language"] == spoken
    assert {"Accept-Language", "Cookie"} <= {part.strip() for part in answer["Vary"].split(",")}


def test_the_language_chosen_on_the_page_counts_more(client: Client, db: None) -> None:
    answer = client.post("/language/", {"language": "fr", "next": "/accounts/login/"}, HTTP_ACCEPT_LANGUAGE="en")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    page = client.get("/accounts/login/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert '<html lang="fr">' in page
    assert "Se connecter" in page
    assert (
        '<button class="link-button" type="submit" name="language" value="fr" lang="fr" aria-current="true">' in page
    )


def test_choosing_a_language_leads_back_to_the_page_it_was_chosen_on(client: Client, db: None) -> None:
    answer = client.post("/language/", {"language": "fr"}, HTTP_REFERER="http://testserver/companies/?q=hug")
    assert answer["Location"] == "http://testserver/companies/?q=hug"


def test_a_language_that_is_not_spoken_changes_nothing_and_no_foreign_page_is_led_to(client: Client, db: None) -> None:
    answer = client.post("/language/", {"language": "xx", "next": "https://example.com/"})
    assert answer["Location"] == "/"
    assert 'lang="en-gb">' in client.get("/accounts/login/").content.decode()


def test_what_is_refused_is_refused_in_the_language_of_the_reader(reader_client: Client) -> None:
    page = reader_client.get("/rounds/new/", HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    assert "Il faut ici le rôle editor ou davantage, que votre compte n’a pas." in page


def test_dates_and_numbers_of_templates_are_written_as_the_figures_are() -> None:
    from datetime import date

    from django.utils.formats import date_format, number_format

    with translation.override("en-gb"):
        assert date_format(date(2023, 8, 24)) == "24 Aug 2023"
        assert number_format(12345, force_grouping=True) == "12,345"
    with translation.override("fr"):
        assert date_format(date(2023, 8, 24)) == "24 août 2023"
        assert number_format(12345, force_grouping=True) == "12\u202f345"


def test_french_says_all_that_the_code_says() -> None:
    """`manage.py messages` adds to the catalogue what is missing here."""
    assert catalogues.faults("fr") == []


def test_code_and_templates_are_both_read_for_messages() -> None:
    found = catalogues.spoken()
    assert ("config/access.py", 0) in found.get("Overview").locations
    assert [name for name, _line in found.get("Skip to content").locations] == ["templates/base.html"]
    assert found.get("System", context="theme") is not None
    assert "Signed in as <b>%(name)s</b>" in found


def test_faults_of_a_catalogue_are_told_with_the_file_that_holds_the_message(monkeypatch: Any) -> None:
    catalog = catalogues.written("fr")
    catalog.get("Overview").string = ""
    catalog.get("Skip to content").flags.add("fuzzy")
    catalog.get("Signed in as <b>%(name)s</b>").string = "Connecté en tant que <b>%(nom)s</b>"
    catalog.get("Sign in").string = "Qui êtes-vous ?"
    catalog.get("Sign out").string = "«\u00a0Adieu\u00a0»\u00a0: connexion close"
    monkeypatch.setattr(catalogues, "written", lambda language: catalog)
    told = catalogues.faults("fr")
    assert any(one.startswith("not translated: 'Overview' (config/access.py") for one in told)
    assert "unsure: 'Skip to content' (templates/base.html)" in told
    assert "other placeholders: 'Signed in as <b>%(name)s</b>' (templates/_colophon.html)" in told
    assert any(one.startswith("a line may break at the space of a sign: 'Sign in'") for one in told)
    assert not any("'Sign out'" in one for one in told)


def test_a_catalogue_is_compiled_when_it_is_newer_than_what_was_compiled(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(catalogues, "LOCALES", tmp_path)
    path = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Round"\nmsgstr "Tour"\n')
    catalogues.compile_stale()
    compiled = path.with_suffix(".mo")
    assert b"Tour" in compiled.read_bytes()
    os.utime(compiled, (1, 1))
    catalogues.compile_stale()
    assert compiled.stat().st_mtime > 1


def test_without_a_catalogue_to_compile_the_site_starts_nevertheless(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(catalogues, "LOCALES", tmp_path)
    catalogues.compile_stale()
    assert list(tmp_path.iterdir()) == []


TEMPLATES = Path(__file__).parents[2] / "templates"
NOT_WORDS = re.compile(
    r"{#.*?#}|{% comment %}.*?{% endcomment %}|{% blocktrans(?:late)?\b.*?{% endblocktrans(?:late)? %}"
    r"|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
ATTRIBUTES = re.compile(r'(?:aria-label|title|placeholder|alt)="([^"]*)"')
# The same in every language, or never seen: the page that shows how pages look quotes a paper, an error page has no
# language, and a base page that other packages extend has a title for want of one.
NAMES = {
    "XLSX",
    "SHA-256",
    "openapi.json",
    "JSON",
    "Roundbook",
    "· Roundbook",
    "Roundbook · Roundbook",
    "PNG",
    "SVG",
    "CSV",
    "UTC",
    ":00 UTC",
}
UNTOLD = {"funding/design.html", "500.html", "503.html", "allauth/layouts/base.html"}


@pytest.mark.parametrize("path", sorted(str(one.relative_to(TEMPLATES)) for one in TEMPLATES.rglob("*.html")))
def test_every_word_of_a_template_can_be_translated(path: str) -> None:
    text = NOT_WORDS.sub("", (TEMPLATES / path).read_text("utf-8"))
    shown = [*re.sub(r"<[^>]*>", "\n", text).split("\n"), *ATTRIBUTES.findall(text)]
    words = {one.strip() for one in shown if re.search(r"[A-Za-z]{2,}", one)} - NAMES
    assert path in UNTOLD or not {one for one in words if not one.startswith("&lt;")}
