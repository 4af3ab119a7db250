"""What changed between two dates, by day: of everything, or of one company."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.models import Company
from config.filters import AFTER
from config.paging import BIGGEST_ID
from funding import as_of, chronicle, figures
from funding.models import Change
from funding.values import PartialDate

PAGE_SIZE: Final = 20
AS_A_RULE: Final = datetime.timedelta(days=30)
FIRST, LAST = "from", "to"


@dataclass(slots=True)
class Asked:
    """The two days asked for, both of which count, and what of the address cannot be read."""

    given: dict[str, str]
    first: datetime.date
    last: datetime.date
    after: tuple[datetime.datetime, int] | None = None
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The days as a query string."""
        return f"{FIRST}={self.first}&{LAST}={self.last}"

    @property
    def words(self) -> str:
        """The days in words."""
        first, last = (figures.date(PartialDate.of(day)) for day in (self.first, self.last))
        if first == last:
            return _("on %(date)s") % {"date": first}
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}


@require_safe
def change_list(request: HttpRequest) -> HttpResponse:
    """What changed of everything."""
    return _render(request, None)


@require_safe
def company_changes(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed of one company, its rounds and its people."""
    company = get_object_or_404(Company.objects.select_related("merged_into"), slug=slug)
    return _render(request, company)


def _render(request: HttpRequest, company: Company | None) -> HttpResponse:
    asked = _asked(request.GET)
    found, place = ([], "") if asked.problems else _page(asked, company)
    days: dict[datetime.date, list[chronicle.Entry]] = defaultdict(list)
    for entry in chronicle.entries(found, company) if found else ():
        days[timezone.localdate(entry.change.at)].append(entry)
    context = {"asked": asked, "company": company, "days": dict(days), "next": place, "path": request.path}
    return render(request, "funding/change_list.html", context, status=422 if asked.problems else 200)


def _asked(query: QueryDict) -> Asked:
    """What the address asks for: without days the last thirty."""
    today = timezone.localdate()
    given = {name: query.get(name, "").strip() for name in (FIRST, LAST)}
    days: dict[str, datetime.date] = {}
    problems: dict[str, str] = {}
    for name, text in given.items():
        if len([value for value in query.getlist(name) if value.strip()]) > 1:
            problems[name] = _("Given more than once; one date is needed.")
        elif text:
            try:
                days[name] = as_of.read_day(text)
            except ValueError as error:
                problems[name] = str(error)
    last = days.get(LAST, today)
    first = days.get(FIRST) or last - min(AS_A_RULE, last - datetime.date.min)
    asked = Asked(given, first, last, problems=problems)
    if not problems and first > last:
        problems[LAST] = _("%(last)s lies before %(first)s.") % {
            "last": figures.date(PartialDate.of(last)),
            "first": figures.date(PartialDate.of(first)),
        }
    if place := query.get(AFTER, ""):
        asked.after = read_place(place)
        if asked.after is None:
            problems[""] = _("The address names no place in this list. Start from its first page.")
    return asked


def read_place(text: str) -> tuple[datetime.datetime, int] | None:
    """The moment and id of a change, as `page_of` writes them; None where it cannot be read."""
    at, _, key = text.rpartition("~")
    try:
        moment = datetime.datetime.fromisoformat(at)
    except ValueError:
        return None
    is_id = key.isascii() and key.isdigit() and len(key) < 20 and int(key) <= BIGGEST_ID
    return (moment, int(key)) if is_id and moment.tzinfo else None


def _page(asked: Asked, company: Company | None) -> tuple[list[Change], str]:
    """The changes of one page, and the place to go on after."""
    days = (asked.first, asked.last + as_of.ONE_DAY)
    first, end = (datetime.datetime.combine(day, datetime.time(), datetime.UTC) for day in days)
    return page_of(chronicle.changes_between(first, end, company), asked.after)


def page_of(changes: QuerySet[Change], after: tuple[datetime.datetime, int] | None) -> tuple[list[Change], str]:
    """The changes that follow a place, and the place to go on after; empty where there are no more."""
    if after:
        at, key = after
        changes = changes.filter(at__lte=at).exclude(at=at, pk__gte=key)
    found = list(changes[: PAGE_SIZE + 1])
    if len(found) <= PAGE_SIZE:
        return found, ""
    last = found[PAGE_SIZE - 1]
    return found[:PAGE_SIZE], f"{last.at.isoformat()}~{last.pk}"
