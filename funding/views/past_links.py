"""Links of a page of the past lead to other pages of that date, where they have one."""

import html
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.utils.html import format_html_join

# Templates write attributes with double quotes, and whatever is not ours is escaped: no text can look like one.
TAG: Final = re.compile(r"<(?!/)[a-z][^>]*>")
ATTRIBUTE: Final = re.compile(r'\b(href|hx-get|hx-push-url|hx-replace-url)="([/?][^"]*)"')
MAIN: Final = re.compile(r"(<main\b.*</main>)", re.DOTALL)
LEADS_TO_NOW: Final = "data-now"


def keep_date(markup: str, path: str, date: Mapping[str, str], has_past: Callable[[str], bool]) -> str:
    """The markup with `date` in each of its own links and forms to addresses of which `has_past` holds.

    Of a whole page only what is within its main part; a link that is marked as leading to now is left alone. `path` is
    that of the page itself, which links such as `?scale=log` mean.
    """
    hidden = format_html_join("", '<input type="hidden" name="{}" value="{}">', date.items())

    def linked(attribute: re.Match[str]) -> str:
        address = add_date(html.unescape(attribute[2]), path, date, has_past)
        return f'{attribute[1]}="{html.escape(address)}"'

    def dated(tag: re.Match[str]) -> str:
        found = tag[0]
        if LEADS_TO_NOW in found:
            return found
        if found.startswith("<form"):
            action = re.search(r'\baction="([^"]*)"', found)
            leads = has_past(urlsplit(html.unescape(action[1])).path if action and action[1] else path)
            return found + hidden if leads and 'method="post"' not in found else found
        return ATTRIBUTE.sub(linked, found)

    whole = MAIN.search(markup)
    if not whole:
        return TAG.sub(dated, markup)
    return markup[: whole.start()] + TAG.sub(dated, whole[1]) + markup[whole.end() :]


def add_date(address: str, path: str, date: Mapping[str, str], has_past: Callable[[str], bool]) -> str:
    """An address of this site with the date in its query, where its page has a past."""
    parts = urlsplit(address)
    if parts.netloc or not has_past(parts.path or path):
        return address
    query = parse_qsl(parts.query, keep_blank_values=True)
    if any(name in date for name, _ in query):
        return address
    return urlunsplit(parts._replace(query=urlencode([*query, *date.items()], safe=",:/")))
