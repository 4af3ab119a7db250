"""A list as page or partial: one address for both, its state in the query string."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from config import facets, paging, unchanged
from config.facets import Counts
from config.filters import AFTER, QueryFilter, filled
from config.paging import BadPlace, Page
from config.queries import KeptRows
from config.requests import wants_partial

SOON = 200  # rows that are counted before a page is shown; up to `paging.COUNTED` are once it is
COUNTED = "counted"  # the parameter of a page that is to be counted before it is shown
CHOICES = "choices"  # its value where the choices that were found by counting are wanted with the numbers
NUMBERS = "facet-counts"  # the element that holds the numbers, and asks for those that are not there yet
USUAL, MOST = 8, 60  # choices shown at once, and at all, of a parameter that may have any number of them


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a parameter: its value and words, how many rows it would leave, and whether it is in use."""

    value: str
    label: str
    count: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of a parameter, the usual ones apart from those behind a fold."""

    name: str
    usual: list[Choice]
    others: list[Choice]
    errors: Sequence[str] = ()
    label: str = ""

    @property
    def is_other_chosen(self) -> bool:
        """Whether one behind the fold is in use, so that it is open."""
        return any(choice.is_chosen for choice in self.others)

    @property
    def is_in_use(self) -> bool:
        """Whether any is chosen, or was asked for and could not be read."""
        return bool(self.errors) or any(choice.is_chosen and choice.value for choice in (*self.usual, *self.others))


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows: its filter, one page of rows, how many there are, and what could not be read."""

    chosen: QueryFilter
    page: Page
    counts: Counts = facets.NOTHING
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_counted(self) -> bool:
        """Whether any rows were counted."""
        return self.counts is not facets.NOTHING

    @property
    def count(self) -> SafeString:
        """How many rows the filters leave, in words, where the number follows once it is counted."""
        return format_html('<span id="list-count">{}</span>', self.counts.in_words)

    @property
    def sentence(self) -> SafeString:
        """What is listed, or that nothing is."""
        if self.problems:
            number = len(self.problems)
            message = ngettext(
                "Nothing is listed: one part of the address cannot be read.",
                "Nothing is listed: %(number)s parts of the address cannot be read.",
                number,
            )
            return filled(message, number=number)
        return self.chosen.sentence(self.counts.in_words, self.counts.number)

    @property
    def next_query(self) -> str:
        """The query string of the page after this one; empty on the last."""
        return with_place(self.chosen.query, self.page.next) if self.page.next else ""

    @property
    def is_to_be_counted(self) -> bool:
        """Whether the numbers are the least that there can be and more rows may be counted."""
        return not self.counts.is_whole and self.counts.counted < paging.COUNTED

    @property
    def counted_query(self) -> str:
        """The query string of this page with the numbers as they are once counted."""
        return "&".join(filter(None, (self.chosen.query, f"{COUNTED}=yes")))

    def choices(self, name: str, usual: int = MOST) -> Choices:
        """The choices that a field has, each with its number, as many of them as usual before a fold.

        Before it are those in use and those that some row is of.
        """
        own = self.chosen.fields[name]
        assert isinstance(own, forms.ChoiceField)
        asked = set(self.chosen.data.getlist(name))  # type: ignore[attr-defined]
        found = [
            self._choice(name, code, label, code in asked if code else not any(asked)) for code, label in own.choices
        ]
        counted = [one for one in found if one.is_chosen or self.counts.by_choice.get((name, one.value))]
        shown = found if len(found) <= usual else counted[:usual] or found[:usual]
        folded = [one for one in found if one not in shown]
        return Choices(name, shown, folded, self.chosen.errors.get(name, ()), str(own.label))

    def counted_choices(
        self, name: str, chosen: Sequence[str], label: Any = str, others: Callable[[], Iterable[str]] = tuple
    ) -> Choices:
        """The choices that rows are found to be of, the most frequent first, after those in use.

        Where not all rows were read, `others` are the choices that others of them may be of.
        """
        further = () if self.counts.whole.get(name, True) else others()
        codes = list(dict.fromkeys([*chosen, *self.counts.codes(name), *further]))[:MOST]
        found = [self._choice(name, code, label(code), code in chosen) for code in codes]
        return Choices(name, found[:USUAL], found[USUAL:], self.chosen.errors.get(name, ()))

    def _choice(self, name: str, code: str, label: Any, is_chosen: bool) -> Choice:
        return Choice(code, str(label), self.counts.of(name, code) if code else "", is_chosen)

    def numbers(self) -> Iterator[tuple[str, str]]:
        """Each choice that some row is of, as `name=code`, and its number: for htmx, which leaves the form alone.

        As `name=` that the number of every other choice is not known, where not all rows were read.
        """
        for name, code in self.counts.by_choice:
            yield f"{name}={code}", self.counts.of(name, code)
        for name, is_whole in self.counts.whole.items():
            if not is_whole:
                yield f"{name}=", ""


def with_place(query: str, place: str) -> str:
    """A query string that goes on after a place."""
    following = f"{AFTER}={quote(place)}"
    return f"{query}&{following}" if query else following


def open_list(request: HttpRequest, chosen: QueryFilter, shown: KeptRows) -> Listing:
    """One page of the rows that a filter leaves, starting where the address says."""
    rows = shown.all()
    if problems := chosen.problems:
        return Listing(chosen, Page([], "", True), problems=problems)
    try:
        after = request.GET.get(AFTER, "")
        page = paging.take(chosen.in_order(rows), chosen.ordering, after, shown=shown, is_kept=chosen.is_long_to_find)
    except BadPlace as error:
        return Listing(chosen, Page([], "", True), problems=[("", str(error))])
    if request.GET.get(AFTER) and wants_partial(request):
        return Listing(chosen, page)  # the table of a further page comes alone: what was counted stays as it is
    most = paging.COUNTED if request.GET.get(COUNTED) else min(SOON, paging.COUNTED)
    return Listing(chosen, page, _counts(chosen, rows, most))


def _counts(chosen: QueryFilter, rows: QuerySet[Any], most: int) -> Counts:
    key = (type(chosen).__name__, chosen.query_without("columns"), chosen.shown_currency, get_language(), most)
    return unchanged.found(("counts", *key), lambda: _counted(chosen, rows, most))


def _counted(chosen: QueryFilter, rows: QuerySet[Any], most: int) -> Counts:
    in_use = [name for name in chosen.fields if chosen.cleaned_data.get(name)]
    plain = rows.prefetch_related(None).select_related(None)
    # Of all rows those found first may be of one country; to put fewer in order would take longer than the page.
    sort = (lambda found: found.order_by()) if in_use else chosen.ordering.sort
    counts = facets.count(lambda name: chosen.apply(plain, name), chosen.facets(), in_use, most, sort)
    return counts.with_only({name: codes[0] for name in in_use if len(codes := chosen.codes_of(name)) == 1})


def numbers_alone(
    request: HttpRequest,
    chosen: QueryFilter,
    shown: KeptRows,
    choose: Callable[[Listing], Mapping[str, Choices]] | None = None,
) -> HttpResponse | None:
    """The numbers of a list that is shown already, where htmx asks for them; None where it is the list itself.

    For a page that was loaded as a whole the choices come as well that `choose` finds by counting.
    """
    if not wants_partial(request) or request.htmx.target != NUMBERS or chosen.problems:  # type: ignore[attr-defined]
        return None
    counts = _counts(chosen, shown.all(), paging.COUNTED)
    listing = Listing(chosen, Page([], "", True), counts)
    context: dict[str, Any] = {"listing": listing}
    if request.GET.get(COUNTED) == CHOICES and choose is not None:
        context["facets"] = choose(listing)
    return render(request, "_list_numbers.html", context)


def render_list(request: HttpRequest, page: str, partial: str, listing: Listing, **context: Any) -> HttpResponse:
    """The page, or for htmx its table alone, at 422 where the query string cannot be read."""
    is_partial = wants_partial(request)
    context |= {
        "listing": listing,
        "filter": listing.chosen,
        "shown": listing.chosen.columns,
        "at_wide": listing.chosen.wide,
        "heads": {} if listing.problems else listing.chosen.heads(),
        "is_partial": is_partial,
    }
    status = 422 if listing.problems else 200
    response = render(request, partial if is_partial else page, context, status=status)
    if is_partial and not listing.problems:
        # The address a reader sees and shares has no empty parameters; the same one is not gone to twice.
        query = with_place(listing.chosen.query, place) if (place := request.GET.get(AFTER)) else listing.chosen.query
        address = f"{request.path}?{query}" if query else request.path
        is_here = request.htmx.current_url_abs_path == address  # type: ignore[attr-defined]
        response["HX-Push-Url"] = "false" if is_here else address
    return response
