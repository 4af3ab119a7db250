"""The main text of a page, or the reason why there is none."""

import datetime

import pytest

from funding.values import PartialDate
from funding.web import confined, pages
from funding.web.pages import NoArticle, read_page

PARAGRAPHS = [
    "Halden Robotics a levé 40 millions d'euros auprès de Northgate Capital, a annoncé mardi la société d'Oslo.",
    "Les bras de tri de l'entreprise équipent déjà une trentaine d'entrepôts en Norvège, en Suède et au Danemark.",
    "Bruma Ventures, déjà au capital, participe à l'opération, qui porte le total levé à 55 millions d'euros.",
]


def page(paragraphs=PARAGRAPHS, head="", lang="fr") -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html lang={lang!r}><head><title>Halden lève 40 millions</title>{head}</head><body>"
        f"<nav><a href='/'>Accueil</a> <a href='/abonnement'>Abonnez-vous à notre lettre du matin</a></nav>"
        f"<article><h1>Halden Robotics lève 40 millions d'euros</h1>{body}</article>"
        f"<footer>Mentions légales, cookies et vie privée</footer></body></html>"
    ).encode()


def test_the_article_is_found_without_what_surrounds_it():
    found = read_page(page(), "https://www.journal.example/halden")
    assert all(paragraph in found.text for paragraph in PARAGRAPHS)
    assert "Abonnez-vous" not in found.text
    assert "cookies" not in found.text
    assert "Halden" in found.title
    assert (found.language, found.publisher) == ("fr", "journal.example")


def test_what_the_page_says_of_itself_is_kept():
    head = (
        "<meta property='og:site_name' content='Le Journal'>"
        "<meta property='article:published_time' content='2024-03-05T23:30:00+01:00'>"
        "<meta property='og:title' content='Halden lève 40\u202e millions'>"
    )
    found = read_page(page(head=head), "https://journal.example/halden")
    assert found.publisher == "Le Journal"
    assert found.published_on == PartialDate(2024, 3, 5)
    assert found.title == "Halden lève 40 millions"


def test_a_date_before_the_web_or_in_the_future_is_none():
    later = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=40)
    for date in ("1970-01-01", later.isoformat()):
        head = f"<meta property='article:published_time' content='{date}T10:00:00Z'>"
        assert read_page(page(head=head), "https://journal.example/halden").published_on is None


def test_a_page_without_a_date_has_none():
    assert read_page(page(), "https://journal.example/halden").published_on is None


def test_the_charset_is_minded():
    found = read_page(page().decode().encode("cp1252"), "https://journal.example/halden", "cp1252")
    assert PARAGRAPHS[0] in found.text


def test_plain_text_is_its_own_article():
    text = "\n\n".join(PARAGRAPHS)
    found = read_page(text.encode(), "https://journal.example/halden.txt")
    assert found.text == text
    assert found.title == ""


def test_a_publisher_is_no_longer_than_is_stored():
    host = ".".join(["ledger" * 8] * 5)
    assert len(read_page("\n\n".join(PARAGRAPHS).encode(), f"https://{host}/halden").publisher) == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body></body></html>",
        page(["Pour lire la suite, abonnez-vous."]),
        b"<html><body><div id=app></div><script>start()</script></body></html>",
        b"<?xml version='1.0'?><nothing/>",
    ],
)
def test_a_page_without_an_article_says_so(body):
    with pytest.raises(NoArticle, match="No article was found"):
        read_page(body, "https://journal.example/halden")


def test_deeply_nested_tags_do_no_harm():
    body = b"<html><body>" + b"<div>" * 200_000 + b"a" + b"</div>" * 200_000 + b"</body></html>"
    with pytest.raises(NoArticle):
        read_page(body, "https://journal.example/halden")


def test_a_page_that_its_reader_cannot_finish_is_refused(monkeypatch):
    def endless(html, url):
        while True:
            pass

    monkeypatch.setattr(confined, "WALL_SECONDS", 0.2)
    monkeypatch.setattr(pages, "_extract", endless)
    with pytest.raises(NoArticle, match="could not be taken apart"):
        read_page(page(), "https://journal.example/halden")
