"""The entries of RSS and Atom feeds, hostile ones refused."""

import pytest

from funding.values import PartialDate
from funding.web.syndication import FeedUnreadable, read_entries

URL = "https://journal.example/feed.xml"


def rss(items: str, head: str = "<title>Le Journal</title><language>fr-FR</language>") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def item(link="https://journal.example/a", title="A", date="Tue, 05 Mar 2024 23:30:00 -0500") -> str:
    return f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>"


def test_an_rss_feed_is_read():
    found = read_entries(rss(item(title="Halden l&#232;ve 40 M") + item("https://journal.example/b")), URL)
    assert (found.title, found.language, found.left_out) == ("Le Journal", "fr", 0)
    assert [entry.url for entry in found.entries] == ["https://journal.example/a", "https://journal.example/b"]
    assert found.entries[0].title == "Halden lève 40 M"


def test_an_atom_feed_is_read():
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The Ledger</title>
      <entry><title type="html">Bruma &lt;b&gt;closes&lt;/b&gt; a fund</title><link href="/2024/bruma"/>
      <published>2024-03-05T08:00:00Z</published></entry></feed>"""
    found = read_entries(body, URL)
    (entry,) = found.entries
    assert found.title == "The Ledger"
    assert (entry.url, entry.title) == ("https://journal.example/2024/bruma", "Bruma closes a fund")
    assert entry.published == PartialDate(2024, 3, 5)


def test_an_entrys_day_is_that_of_its_own_time_zone():
    (entry,) = read_entries(rss(item(date="Tue, 05 Mar 2024 23:30:00 -0500")), URL).entries
    assert entry.published == PartialDate(2024, 3, 5)


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Tue, 99 Mar 2024", "0000-00-00", "0001-01-01T00:00:00", "9999-12-31T00:00:00"]
)
def test_a_date_that_is_none_or_of_no_day_of_the_web_is_left_open(date):
    (entry,) = read_entries(rss(item(date=date)), URL).entries
    assert entry.published is None


@pytest.mark.parametrize(
    "link", ["", "javascript:alert(1)", "mailto:a@example.com", "http://[bad", "file:///etc/passwd"]
)
def test_an_entry_without_a_web_address_is_left_out_and_counted(link):
    found = read_entries(rss(item(link) + item()), URL)
    assert (len(found.entries), found.left_out) == (1, 1)


def test_an_entry_that_stands_twice_is_one():
    assert len(read_entries(rss(item() + item()), URL).entries) == 1


def test_entries_beyond_the_first_500_are_left_out_and_counted():
    items = "".join(item(f"https://journal.example/{number}") for number in range(520))
    found = read_entries(rss(items), URL)
    assert (len(found.entries), found.left_out) == (500, 20)
    assert found.entries[0].url.endswith("/0")


@pytest.mark.parametrize(
    "encoded",
    [
        rss(item(title="levée")).replace(b'"1.0"', b'"1.0" encoding="ISO-8859-1"').decode().encode("cp1252"),
        b"\xef\xbb\xbf" + rss(item(title="levée")),
        rss(item(title="levée")).decode().encode("utf-16"),
        rss(item(title="levée")).decode().encode("utf-16-le"),
    ],
)
def test_the_charset_is_minded(encoded):
    (entry,) = read_entries(encoded, URL).entries
    assert entry.title == "levée"


LAUGHS = """<?xml version="1.0"{encoding}?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<rss version="2.0"><channel><title>&b;</title></channel></rss>"""


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS.format(encoding="").encode(),
        LAUGHS.format(encoding="").encode("utf-16"),
        LAUGHS.format(encoding="").encode("utf-16-be"),
        b'<!doctype rss SYSTEM "http://evil.test/a.dtd" [ ]><rss version="2.0"><channel/></rss>',
        b'<rss version="2.0"><channel><!entity x SYSTEM "file:///etc/passwd"></channel></rss>',
    ],
)
def test_a_feed_with_entities_of_its_own_is_refused(body):
    with pytest.raises(FeedUnreadable, match="entities of its own"):
        read_entries(body, URL)


def test_a_charset_that_hides_tags_is_not_believed():
    hidden = LAUGHS.format(encoding=' encoding="utf-7"').encode("utf-7")
    with pytest.raises(FeedUnreadable):
        read_entries(hidden, URL)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body><p>Not found</p></body></html>",
        b"{}",
        b"\x00\x01\x02",
        b"/etc/passwd",
        b"https://example.com/",
    ],
)
def test_what_is_no_feed_is_refused(body):
    with pytest.raises(FeedUnreadable, match="no RSS or Atom feed"):
        read_entries(body, URL)


@pytest.mark.parametrize(
    "body",
    [
        rss("<a>" * 60_000),
        rss("<item>" * 60_000),
        rss(item(title="a" * 3_000_000)),
        rss(item(link="https://journal.example/" + "a" * 3000)),
        b'<rss version="2.0"' + b" a='1'" * 100_000 + b"><channel/></rss>",
    ],
)
def test_a_monstrous_feed_does_no_harm(body):
    try:
        found = read_entries(body, URL)
    except FeedUnreadable:
        return
    assert all(len(entry.title) <= 500 and len(entry.url) <= 2000 for entry in found.entries)
