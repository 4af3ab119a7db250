"""Fragments for typeahead fields: the records that a typed name may be, and the offer to make a new one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from companies import candidates
from companies.names import fold
from funding.texts import clean_line


@require_GET
def company_suggest(request: HttpRequest) -> HttpResponse:
    words = typed(request, "company") or typed(request, "acquirer")
    return _suggest(request, words, candidates.companies_like(words), "new company")


@require_GET
def investor_suggest(request: HttpRequest) -> HttpResponse:
    words = typed(request, "investor")
    return _suggest(request, words, candidates.investors_like(words), "new investor")


def typed(request: HttpRequest, field: str) -> str:
    """What was typed, under the name of the field it was typed into or as `q`."""
    return clean_line(request.GET.get("q") or request.GET.get(field, ""), candidates.LONGEST)


def _suggest(request: HttpRequest, words: str, found: list[candidates.Candidate], as_new: str) -> HttpResponse:
    found = [one for one in found if one.slug != request.GET.get("except")]
    is_held = request.GET.get("only") == "held" or any(fold(one.name) == fold(words) for one in found)
    context = {"candidates": found, "create": "" if is_held else words, "as_new": as_new}
    return render(request, "companies/_suggestions.html", context)
