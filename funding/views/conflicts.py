"""Where sources differ, over all records: what is open, and what people settled."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from config import paging
from config.filters import AFTER
from config.paging import BadPlace, Page
from funding import disagreements
from funding.evidence import wording

PAGE_SIZE: Final = 20
NEWEST_FIRST: Final = paging.Order(gettext_lazy("the newest first"))
STATES: Final = (("", gettext_lazy("Open")), ("settled", gettext_lazy("Settled")))


@require_safe
def conflict_list(request: HttpRequest) -> HttpResponse:
    """The disagreements by company, the newest company first; those that people settled by themselves."""
    asked = _asked(request)
    shows_settled = asked["state"] == "settled"
    rows: Any = disagreements.marks if shows_settled else disagreements.companies_in
    problem = ""
    try:
        page = paging.take(rows(asked["kind"], asked["field"]), NEWEST_FIRST, request.GET.get(AFTER, ""), PAGE_SIZE)
    except BadPlace as error:
        page, problem = Page([], "", True), str(error)
    listed: Any = disagreements.settled(page.rows) if shows_settled else _open(page, asked)
    context = {
        "asked": asked,
        "listed": listed,
        "page": page,
        "problem": problem,
        "states": [(value, words, _query(asked, state=value)) for value, words in STATES],
        "kinds": [("", _("All records")), *disagreements.KINDS.items()],
        "fields": _fields(),
        "first": _query(asked),
        "next": _query(asked, after=page.next) if page.next else "",
    }
    return render(request, "funding/conflict_list.html", context, status=422 if problem else 200)


def _open(page: Page, asked: Mapping[str, str]) -> list[disagreements.Disagreement]:
    return disagreements.of_companies(page.rows, asked["kind"], asked["field"]) if page.rows else []


def _asked(request: HttpRequest) -> dict[str, str]:
    """What the address asks for; what it does not know counts as nothing asked."""
    allowed = {
        "state": {"settled"},
        "kind": set(disagreements.KINDS),
        "field": {name for name, _ in _fields()},
    }
    given = {name: request.GET.get(name, "") for name in allowed}
    return {name: value if value in allowed[name] else "" for name, value in given.items()}


def _fields() -> list[tuple[str, str]]:
    names = dict.fromkeys((*disagreements.OF_ROUND, *disagreements.OF_COMPANY, *disagreements.OF_EXIT))
    return [("", _("All")), *((name, wording.label(name)) for name in names)]


def _query(asked: Mapping[str, str], **other: str) -> str:
    """A query string for the list with what is asked for, some of it otherwise; `?` alone for all."""
    return "?" + urlencode({name: value for name, value in {**asked, **other}.items() if value})
