"""The history of one record: what was believed before and after each change, by whom and why, and taking it back."""

import datetime
from collections import defaultdict
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from companies.models import Company, Investor
from config.filters import AFTER
from config.requests import wants_partial
from funding import chronicle
from funding.evidence import wording
from funding.models import Round

from .changes import page_of, read_place

LATEST: Final = 5  # changes on the page of a company, where its history is only begun


@require_safe
@vary_on_headers("HX-Request")
def company_history(request: HttpRequest, slug: str) -> HttpResponse:
    """The history of a company, its rounds and its people; its latest changes alone where htmx asks."""
    record = get_object_or_404(Company, slug=slug)
    return _render(request, record, str(record))


@require_safe
def investor_history(request: HttpRequest, slug: str) -> HttpResponse:
    """The history of an investor, and of the rounds that it is named in as far as they name it."""
    record = get_object_or_404(Investor, slug=slug)
    return _render(request, record, str(record))


@require_safe
def round_history(request: HttpRequest, pk: int) -> HttpResponse:
    """The history of a round."""
    record = get_object_or_404(Round.objects.select_related("company"), pk=pk)
    return _render(request, record, f"{record.company}, {wording.round_name(record)}")


def _render(request: HttpRequest, record: Any, name: str) -> HttpResponse:
    asked = request.GET.get(AFTER, "")
    after = read_place(asked) if asked else None
    is_unreadable = bool(asked) and after is None
    found, place = ([], "") if is_unreadable else page_of(chronicle.history_of(record), after)
    if wants_partial(request):
        latest = chronicle.entries(found[:LATEST], record, believed=True) if found else []
        changed = [(entry, [row for row in entry.rows if not row.is_same]) for entry in latest]
        return render(request, "funding/_timeline.html", {"entries": changed})
    days: dict[datetime.date, list[chronicle.Entry]] = defaultdict(list)
    for entry in chronicle.entries(found, record, believed=True) if found else ():
        days[timezone.localdate(entry.change.at)].append(entry)
    context = {
        "record": record,
        "name": name,
        "days": dict(days),
        "next": place,
        "is_first": not asked,
        "problem": _("The address names no place in this list. Start from its first page.") if is_unreadable else "",
    }
    return render(request, "funding/history.html", context, status=422 if is_unreadable else 200)
