"""Pages, charts and exports as of a date: `?known=2024-05-03`, `?public=2024-05-03`, or both."""

import datetime
import functools
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Min
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.requests import wants_partial
from funding import as_of, figures
from funding.as_of import BadMoment, CannotShow, LeftOut, Moment, Scope, TooMuch
from funding.models import Source, Statement
from funding.values import PartialDate

from . import past_links

Scoping = Callable[..., Scope]
DAYS: Final = "days"  # asks, of htmx, for the form with its slider alone
IN_MEMORY, CHUNK = 1024 * 1024, 64 * 1024


@dataclass(slots=True)
class Past:
    """What the templates show of a date: the one asked for, what the fields hold, and the days to choose from."""

    path: str
    given: Mapping[str, str]
    others: list[tuple[str, str]]
    moment: Moment | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    days: list[datetime.date] | None = None
    left_out: LeftOut | None = None
    first: datetime.date | None = None
    is_record: bool = False
    was_asked: bool = False

    @property
    def today(self) -> datetime.date:
        """The last day that can be asked for."""
        return timezone.localdate()

    @property
    def now(self) -> str:
        """The address of the same page as it is now."""
        return self._address({})

    def _address(self, date: Mapping[str, str]) -> str:
        query = urlencode([*self.others, *date.items()], safe=",:/")
        return f"{self.path}?{query}" if query else self.path

    def _step(self, day: datetime.date | None) -> tuple[str, str] | None:
        """A day in words, and the address of the page of that day."""
        if day is None or self.moment is None:
            return None
        return figures.date(PartialDate.of(day)), self._address(self.moment.parameters | {self.steps: day.isoformat()})

    @property
    def steps(self) -> str:
        """Which date the slider moves: what was public only where that alone is asked for."""
        return "public" if self.moment and not self.moment.known else "known"

    @property
    def day(self) -> datetime.date | None:
        """The date that the slider stands at."""
        return (self.moment.known or self.moment.public) if self.moment else None

    @property
    def position(self) -> int:
        """The place of the last of the days that is not after the date, the newest where none is asked for."""
        days = self.days or []
        return max(sum(1 for day in days if self.day is None or day <= self.day) - 1, 0)

    @property
    def earlier(self) -> tuple[str, str] | None:
        """The last day before the date on which something changed, and its page."""
        return self._step(max((day for day in self.days or [] if self.day and day < self.day), default=None))

    @property
    def later(self) -> tuple[str, str] | None:
        """The first such day after it."""
        return self._step(min((day for day in self.days or [] if self.day and day > self.day), default=None))

    @property
    def since(self) -> str:
        """The query string of what changed since what was known on the date; empty where there was no day since."""
        day = self.moment.known if self.moment else None
        return f"from={day + as_of.ONE_DAY}" if day and day < self.today else ""

    @property
    def is_dateless(self) -> bool:
        """Whether a date was asked for and none was given."""
        return self.was_asked and self.moment is None and not self.problems

    @property
    def is_too_early(self) -> bool:
        """Whether nothing was recorded, or public, by the date."""
        return bool(self.day and (self.first is None or self.day < self.first))

    @property
    def omission(self) -> str:
        """What is left out of what was public, in words."""
        left = self.left_out
        if left is None:
            return ""
        parts = [
            ngettext("%(number)s entry by hand", "%(number)s entries by hand", left.entries)
            % {"number": figures.whole(left.entries)},
            ngettext("%(number)s file", "%(number)s files", left.files) % {"number": figures.whole(left.files)},
            ngettext("%(number)s undated source", "%(number)s undated sources", left.undated)
            % {"number": figures.whole(left.undated)},
        ]
        told = [words for words, number in zip(parts, (left.entries, left.files, left.undated), strict=True) if number]
        if not told:
            return _("No entry by hand, file or undated source had to be left out.")
        listed = get_text_list(told, _("and"))
        return _("Left out, for nobody can say since when they were public: %(listed)s.") % {"listed": listed}

    def named(self, filename: str) -> str:
        """The name of a file with the date in it."""
        if self.moment is None:
            return filename
        stem, dot, suffix = filename.rpartition(".")
        return "-".join([stem, *(f"{name}-{day}" for name, day in self.moment.parameters.items())]) + dot + suffix


def has_past(scope: Scoping, *, is_record: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view be asked as of a date. The view itself reads as ever, and sees a query string without the date.

    `scope` says what the view reads, from the request and its arguments; it may raise TooMuch. `is_record` is whether
    the page is of one record, so that the days on which it changed can be chosen.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @functools.wraps(view)
        def dated(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            asked = request.GET
            past = _past(request, is_record=is_record)
            try:
                past.moment = as_of.read(asked)
                if wants_partial(request) and DAYS in asked:
                    return _form(request, past, scope(request, **kwargs))
                if past.moment is None:
                    return view(request, **kwargs)
                found = scope(request, **kwargs)
                _tell(past, past.moment, found)
                with as_of.shown(past.moment, found):
                    answer = whole(view(request, **kwargs))
            except BadMoment as error:
                past.problems = error.problems
                return _refused(request, past, 422)
            except TooMuch as error:
                return _refused(request, past, 422, too_much=str(error))
            except CannotShow as error:
                return _refused(request, past, 503, cannot=str(error))
            return _dated(request, answer, past.moment.parameters)

        dated.shows_the_past = True  # type: ignore[attr-defined]
        return dated

    return decorate


def _past(request: HttpRequest, *, is_record: bool) -> Past:
    """What was asked of the date, which the query string no longer holds afterwards."""
    asked = request.GET
    own = (*as_of.PARAMETERS, DAYS)
    rest = QueryDict(mutable=True)
    for name, values in asked.lists():
        if name not in own:
            rest.setlist(name, values)
    others = [(name, value) for name, values in rest.lists() for value in values]
    given = {name: asked.get(name, "") for name in as_of.PARAMETERS}
    was_asked = any(name in asked for name in as_of.PARAMETERS)
    past = Past(request.path, given, others, is_record=is_record, was_asked=was_asked)
    request.GET = rest  # type: ignore[assignment]
    request.past = past  # type: ignore[attr-defined]
    return past


def _tell(past: Past, moment: Moment, scope: Scope) -> None:
    """Fill in what the banner says, before the shadows hide the present."""
    past.left_out = as_of.left_out(moment, scope)
    is_public = moment.known is None
    if past.is_record:
        past.days = as_of.days(scope, of_publication=is_public)
        past.first = past.days[0] if past.days else None
    elif is_public:
        past.first = Source.objects.exclude(kind__in=as_of.NEVER_PUBLIC).aggregate(first=Min("published_on"))["first"]
    else:
        first = Statement.objects.aggregate(first=Min("recorded_at"))["first"]
        past.first = first.date() if first else None


def _form(request: HttpRequest, past: Past, scope: Scope) -> HttpResponse:
    if past.is_record:
        past.days = as_of.days(scope)
    return render(request, "_as_of_form.html", {"past": past})


def whole(answer: HttpResponseBase) -> HttpResponseBase:
    """The answer with all of its content read: what streams would otherwise be read from the present.

    A file goes to the disk beyond a megabyte, so that a reader with a slow line keeps no transaction open.
    """
    if answer.streaming:
        kept = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115, closed when it has been sent
        for chunk in answer.streaming_content:  # type: ignore[attr-defined]
            kept.write(chunk)
        kept.seek(0)
        answer.streaming_content = _pieces(kept)  # type: ignore[attr-defined]
    return answer


def _pieces(kept: Any) -> Iterator[bytes]:
    with kept:
        while piece := kept.read(CHUNK):
            yield piece


def _dated(request: HttpRequest, answer: HttpResponseBase, date: Mapping[str, str]) -> HttpResponseBase:
    """The answer with the date in its links, and in the addresses that its headers name."""
    if answer.status_code == 410:
        answer.status_code = 404  # nothing was taken back: it was not there yet
    if not answer.streaming and answer.get("Content-Type", "").startswith("text/html"):
        markup = answer.content.decode()  # type: ignore[attr-defined]
        answer.content = past_links.keep_date(markup, request.path, date, _shows_the_past).encode()  # type: ignore[attr-defined]
    for header in ("Location", "HX-Push-Url"):
        if answer.get(header, "").startswith("/"):
            answer[header] = past_links.add_date(answer[header], request.path, date, _shows_the_past)
    if answer.get("HX-Push-Url") and answer["HX-Push-Url"] == request.htmx.current_url_abs_path:  # type: ignore[attr-defined]
        answer["HX-Push-Url"] = "false"
    return answer


@functools.lru_cache(maxsize=4096)
def _shows_the_past(path: str) -> bool:
    try:
        return getattr(resolve(path).func, "shows_the_past", False)
    except Resolver404:
        return False


def _refused(request: HttpRequest, past: Past, status: int, **why: str) -> HttpResponse:
    """The page that says why there is no page of that date, with the form to choose another."""
    template = "funding/_past_refused.html" if wants_partial(request) else "funding/past_refused.html"
    return render(request, template, {"past": past, **why}, status=status)
