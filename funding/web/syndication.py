"""The entries of an RSS or Atom feed, read from its bytes as if they were hostile."""

import codecs
import datetime
import email.utils
import html
import io
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

import feedparser

from funding.texts import clean_line
from funding.values import PartialDate
from funding.web import confined
from funding.web.fetching import charset_of
from funding.web.pages import published_on

MAX_ENTRIES: Final = 500
DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
DECLARED_CHARSET: Final = re.compile(rb"\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})[\"']")
INTERNAL_SUBSET: Final = re.compile(r"<!ENTITY|<!DOCTYPE[^>]*\[", re.IGNORECASE)
TAG: Final = re.compile(r"<[^<>]*>")


class FeedUnreadable(Exception):
    """Bytes that hold no feed; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: where its article is, and what the feed says of it."""

    url: str
    title: str
    published: PartialDate | None


@dataclass(frozen=True, slots=True)
class Content:
    """A feed's entries, newest first as feeds have them. `left_out` counts those without a usable address and those
    beyond the first 500."""

    title: str
    language: str
    entries: tuple[Entry, ...]
    left_out: int


def read_entries(body: bytes, url: str, charset: str = "") -> Content:
    """The entries of a feed fetched from `url`; `charset` is what its header declared. Raises FeedUnreadable."""
    text = _decoded(body, charset)
    if INTERNAL_SUBSET.search(text):
        raise FeedUnreadable("The feed defines entities of its own, which no honest feed does; it is not read.")
    try:
        found = confined.call(_parse, text)
    except (confined.Confined, ValueError) as error:
        raise FeedUnreadable(f"The feed could not be taken apart. {error}") from error
    if not found["is_feed"]:
        raise FeedUnreadable("The address holds no RSS or Atom feed.")
    entries = [_entry(raw, url) for raw in found["entries"]]
    usable = {entry.url: entry for entry in reversed(entries) if entry is not None}
    left_out = found["total"] - sum(entry is not None for entry in entries)
    language = found["language"][:2].lower()
    return Content(
        title=clean_line(_plain(found["title"]), 300),
        language=language if language.isascii() and language.isalpha() else "",
        entries=tuple(reversed(usable.values())),
        left_out=left_out,
    )


def _decoded(body: bytes, charset: str) -> str:
    """The feed without its XML declaration, so that nothing is read in another charset than what was checked."""
    declared = DECLARED_CHARSET.match(body[:400])
    if body.startswith((b"<\x00", b"\x00<")):
        body = (codecs.BOM_UTF16_LE if body[:1] == b"<" else codecs.BOM_UTF16_BE) + body
    codec = charset_of(body, charset or (declared[1].decode("ascii") if declared else ""))
    return DECLARATION.sub("", body.decode(codec, errors="replace"), count=1)


def _parse(text: str) -> dict[str, Any]:
    """What feedparser finds, as plain values; runs in a confined child."""
    # From a stream: bytes themselves might be taken for the name of a file.
    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", errors="replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return {
        "is_feed": bool(parsed.get("version")),
        "title": parsed.feed.get("title", ""),
        "language": parsed.feed.get("language", ""),
        "total": len(parsed.entries),
        "entries": [
            {
                "link": entry.get("link", ""),
                "title": entry.get("title", ""),
                "published": entry.get("published", "") or entry.get("updated", ""),
            }
            for entry in parsed.entries[:MAX_ENTRIES]
        ],
    }


def _entry(raw: dict[str, str], base: str) -> Entry | None:
    """An entry, or None where its link is no web address."""
    try:
        url = urljoin(base, raw["link"].strip()) if raw["link"].strip() else ""
        # Only the form is looked at here; whether it may be fetched is decided when it is.
        if not url.startswith(("http://", "https://")) or len(url) > 2000 or clean_line(url) != url[:500]:
            return None
    except ValueError:
        return None
    return Entry(url, clean_line(_plain(raw["title"]), 500), _published(raw["published"]))


def _plain(markup: str) -> str:
    """The words of a title that may be HTML."""
    return html.unescape(TAG.sub(" ", markup)) if "<" in markup or "&" in markup else markup


def _published(text: str) -> PartialDate | None:
    """The day in the feed's own time zone: that is the day its readers saw."""
    for read in (email.utils.parsedate_to_datetime, datetime.datetime.fromisoformat):
        try:
            return published_on(read(text.strip()).date())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None
