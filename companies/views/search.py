"""Search from anywhere: the list under the box while somebody types, and the page with all of it."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from companies.search.answers import LONGEST, Group, answer
from funding.texts import clean_line

AT_ONCE: Final = 5  # of each kind under the box
ON_PAGE: Final = 50  # of each kind on the page


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`/search/?q=…`: what is found, up to `ON_PAGE` of each kind."""
    typed, problem = _typed(request)
    groups = answer(typed, ON_PAGE) if typed and not problem else []
    context = {
        "searched": typed,
        "problem": problem,
        "groups": groups,
        "sentence": _sentence(groups),
        "at_most": ON_PAGE,
    }
    return render(request, "companies/search.html", context, status=422 if problem else 200)


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


def _sentence(groups: list[Group]) -> str:
    """How much was found."""
    number = sum(len(group.results) for group in groups)
    if any(group.has_more for group in groups):
        return _("The first %(most)s of each kind, the most exact first.") % {"most": ON_PAGE}
    return ngettext("%(number)s result.", "%(number)s results, the most exact first.", number) % {"number": number}
