"""Mappings that were saved under a name: what there are, their new names, and their end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from config import paging
from funding import importing
from funding.formats import Format
from funding.importing import mappings
from funding.models import SavedMapping

from . import import_words

BY_NAME = paging.Order(gettext_lazy("by name"), "name", is_descending=False, has_nulls=False)
SHOWN = 6  # columns of each that are named


@require_safe
def mapping_list(request: HttpRequest) -> HttpResponse:
    """The mappings by name, each with some of its columns and what they are taken as."""
    return _list(request)


def _list(request: HttpRequest, wrong: int = 0, typed: str = "", error: str = "") -> HttpResponse:
    problem = ""
    try:
        page = paging.take(SavedMapping.objects.select_related("created_by"), BY_NAME, request.GET.get("after", ""))
    except paging.BadPlace as bad:
        problem, page = str(bad), paging.Page([], "", True)
    found = [(one, typed if one.pk == wrong else one.name, *_taken(one)) for one in page.rows]
    context = {"mappings": found, "wrong": wrong, "error": error, "page": page, "problem": problem}
    return render(request, "funding/mapping_list.html", context, status=422 if error else 200)


def _taken(mapping: SavedMapping) -> tuple[list[tuple[str, str]], int]:
    """Some columns with what they are taken as, and how many others there are."""
    form = Format.from_json(mapping.format)
    found = [(column, import_words.words_for(form.meaning_of(column))) for column in mapping.header]
    taken = [pair for pair in found if pair[1]]
    return taken[:SHOWN], len(taken[SHOWN:])


@require_POST
def mapping_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a mapping another name."""
    mapping = get_object_or_404(SavedMapping, pk=pk)
    typed = request.POST.get("name", "")
    try:
        mappings.rename(mapping, typed)
    except importing.Unusable as error:
        return _list(request, pk, typed, str(error))
    messages.success(request, _("The mapping is called “%(name)s” now.") % {"name": mapping.name})
    return redirect("funding:mapping_list")


@require_POST
def mapping_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a mapping; files that were read by it stay as they are."""
    mapping = get_object_or_404(SavedMapping, pk=pk)
    mapping.delete()
    messages.success(request, _("The mapping “%(name)s” is deleted.") % {"name": mapping.name})
    return redirect("funding:mapping_list")
