"""A list as page or partial: one address for both, its state in the query string."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config import paging
from config.filters import AFTER, QueryFilter
from config.paging import BadPlace, Page
from config.requests import wants_partial


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows: its filter, one page of rows, how many there are, and what could not be read."""

    chosen: QueryFilter
    page: Page
    number: int
    problems: list[tuple[str, str]]

    @property
    def count(self) -> str:
        """How many rows the filters leave, in words."""
        return paging.count_in_words(self.number)

    @property
    def sentence(self) -> SafeString:
        """What is listed, or that nothing is."""
        if self.problems:
            return format_html("Nothing is listed: {} of the address cannot be read.", _parts(len(self.problems)))
        return self.chosen.sentence(self.count, self.number == 1)

    @property
    def next_query(self) -> str:
        """The query string of the page after this one; empty on the last."""
        return with_place(self.chosen.query, self.page.next) if self.page.next else ""


def _parts(number: int) -> str:
    return "one part" if number == 1 else f"{number} parts"


def with_place(query: str, place: str) -> str:
    """A query string that goes on after a place."""
    following = f"{AFTER}={quote(place)}"
    return f"{query}&{following}" if query else following


def open_list(request: HttpRequest, chosen: QueryFilter, rows: QuerySet[Any]) -> Listing:
    """One page of the rows that a filter leaves, starting where the address says."""
    found = chosen.apply(rows)
    problems = chosen.problems
    if problems:
        return Listing(chosen, Page([], "", True), 0, problems)
    try:
        page = paging.take(found, chosen.ordering, request.GET.get(AFTER, ""))
    except BadPlace as error:
        return Listing(chosen, Page([], "", True), 0, [("", str(error))])
    return Listing(chosen, page, paging.count(found), [])


def render_list(request: HttpRequest, page: str, partial: str, listing: Listing, **context: Any) -> HttpResponse:
    """The page, or for htmx its table alone, at 422 where the query string cannot be read."""
    is_partial = wants_partial(request)
    context |= {"listing": listing, "filter": listing.chosen, "is_partial": is_partial}
    status = 422 if listing.problems else 200
    response = render(request, partial if is_partial else page, context, status=status)
    if is_partial and not listing.problems:
        # The address a reader sees and shares has no empty parameters; the same one is not gone to twice.
        query = with_place(listing.chosen.query, place) if (place := request.GET.get(AFTER)) else listing.chosen.query
        address = f"{request.path}?{query}" if query else request.path
        is_here = request.htmx.current_url_abs_path == address  # type: ignore[attr-defined]
        response["HX-Push-Url"] = "false" if is_here else address
    return response
