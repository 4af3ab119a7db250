"""Search from anywhere: the list under the box while somebody types, and the page with all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from companies.search.answers import LONGEST, SHOWN, Group, Result, answer
from companies.search.indexing import COMPANY
from config.markup import NOTHING, markup
from funding.texts import clean_line

from .columns import tick

AT_ONCE: Final = 5  # of each kind under the box
ON_PAGE: Final = 20  # of each kind on the page
OF_ONE_KIND: Final = 100  # on the page of one kind


@dataclass(frozen=True, slots=True)
class Section:
    """The results of one kind as the page shows them: `compares` is whether they are ticked to be compared."""

    group: Group
    compares: bool
    items: Sequence[SafeString]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`/search/?q=…`: what is found, up to `ON_PAGE` of each kind; with `kind=…` more of one."""
    typed, problem = _typed(request)
    kind = clean_line(request.GET.get("kind", ""), LONGEST)
    if kind and kind not in SHOWN:
        problem = problem or _("There is no such kind of results.")
    most = OF_ONE_KIND if kind else ON_PAGE
    groups = answer(typed, most, kind) if typed and not problem else []
    context = {
        "searched": typed,
        "kind": kind,
        "problem": problem,
        "kinds": [_section(group) for group in groups],
        "sentence": _sentence(groups, kind),
        "at_most": most,
        "of_one_kind": OF_ONE_KIND,
    }
    return render(request, "companies/search.html", context, status=422 if problem else 200)


def _section(group: Group) -> Section:
    compares = group.kind == COMPANY and len(group.results) > 1
    return Section(
        group, compares, [_item(one, tick(one.name, one.slug) if compares else NOTHING) for one in group.results]
    )


def _item(one: Result, ticked: SafeString) -> SafeString:
    """In Python, as the cells of tables are: a page has a hundred of them."""
    item = '<li>{}<a href="{}">{}</a> <span class="detail">{}</span></li>\n'
    return markup(item, ticked, one.href, one.marked, one.detail)


@require_safe
def search_suggest(request: HttpRequest) -> HttpResponse:
    """The options under the box; none where nothing is typed or found."""
    typed, problem = _typed(request)
    groups = answer(typed, AT_ONCE) if typed and not problem else []
    return render(request, "companies/_search_options.html", {"typed": typed, "problem": problem, "groups": groups})


def _typed(request: HttpRequest) -> tuple[str, str]:
    """What was typed, on one line, and why it is not looked for; an empty reason where it is."""
    typed = clean_line(request.GET.get("q", ""), LONGEST + 1)
    if len(typed) > LONGEST:
        return typed[:LONGEST], _("A search has at most %(number)s characters.") % {"number": LONGEST}
    if typed and not any(char.isalnum() for char in typed):
        return typed, _("A search needs letters or digits of a name.")
    return typed, ""


def _sentence(groups: list[Group], kind: str) -> str:
    """How much was found."""
    number = sum(len(group.results) for group in groups)
    if not any(group.has_more for group in groups):
        return ngettext("%(number)s result.", "%(number)s results, the most exact first.", number) % {"number": number}
    if kind:
        return _("The first %(most)s, the most exact first.") % {"most": OF_ONE_KIND}
    return _("The first %(most)s of each kind, the most exact first.") % {"most": ON_PAGE}
