"""The main text of a web page, with what the page says of itself."""

import datetime
import functools
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import trafilatura

from funding.texts import clean_line, clean_text
from funding.values import PartialDate
from funding.web import confined

# Fewer words than this are a cookie notice or a paywall's teaser, not an article.
FEWEST_WORDS = 40
MARKUP = re.compile(r"<(?:!doctype|html|head|body|article|main|div|p|br)\b", re.IGNORECASE)


class NoArticle(Exception):
    """A page in which no article was found; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class Page:
    """An article as its page shows it. What the page does not say is empty or None."""

    title: str
    text: str
    published_on: PartialDate | None
    language: str
    publisher: str


def read_page(body: bytes, url: str, charset: str = "utf-8") -> Page:
    """The article in a page's HTML (or plain text), decoded by `charset`. Raises NoArticle with the reason."""
    html = body.decode(charset, errors="replace")
    _warm_up()
    try:
        found = confined.call(_extract, html, url) if MARKUP.search(html) else {"text": html}
    except (confined.Confined, ValueError) as error:
        raise NoArticle(f"The page could not be taken apart. {error}") from error
    text = clean_text(found.get("text") or "")
    if len(text.split()) < FEWEST_WORDS:
        raise NoArticle(
            "No article was found on the page: it may stand behind a sign-in or be put there by a script. "
            "Its text can be pasted instead."
        )
    return Page(
        title=clean_line(found.get("title") or ""),
        text=text,
        published_on=_day(found.get("date")),
        language=(found.get("language") or "")[:2].lower(),
        publisher=clean_line(found.get("publisher") or "", 200) or _site(url)[:200],
    )


@functools.cache
def _warm_up() -> None:
    """Read a page of our own once in this process: what that compiles, every child would compile again."""
    _extract(
        f"<html lang='en'><head><title>A</title></head><body><article><p>{'A word. ' * 60}</p></article></body>", ""
    )


def _extract(html: str, url: str) -> dict[str, Any]:
    """What trafilatura finds, as plain values; runs in a confined child."""
    document = trafilatura.bare_extraction(
        html,
        url=url,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        date_extraction_params={"original_date": True, "extensive_search": False, "outputformat": "%Y-%m-%d"},
    )
    if document is None:
        return {}
    return {
        "text": document.text,
        "title": document.title,
        "date": document.date,
        "language": _stated_language(html) or document.language,
        "publisher": document.sitename,
    }


def _stated_language(html: str) -> str:
    """The two letters of the page's own `lang`, empty where it states none."""
    opening = html[: html.find(">", html.lower().find("<html")) + 1] if "<html" in html.lower() else ""
    _, found, rest = opening.lower().partition("lang=")
    letters = rest.lstrip("\"'")[:2]
    return letters if found and letters.isascii() and letters.isalpha() else ""


def _day(date: str | None) -> PartialDate | None:
    """A day the page can have been published on."""
    try:
        return published_on(datetime.date.fromisoformat(date or ""))
    except ValueError:
        return None


def published_on(day: datetime.date) -> PartialDate | None:
    """The day, where something on the web can have been published on it: not before the web, not after tomorrow."""
    tomorrow = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    return PartialDate.of(day, "day") if datetime.date(1994, 1, 1) <= day <= tomorrow else None


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
