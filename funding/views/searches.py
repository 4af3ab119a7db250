"""Saved searches: a list page with its filters, kept under a name."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from config import paging
from config.filters import QueryFilter
from funding import watching
from funding.models import Alert, SavedSearch

PAGES = {
    "companies:company_list": SavedSearch.Page.COMPANIES,
    "funding:round_list": SavedSearch.Page.ROUNDS,
    "companies:investor_list": SavedSearch.Page.INVESTORS,
}


class SearchForm(forms.ModelForm):
    """The name of a search."""

    class Meta:
        model = SavedSearch
        fields = ("name",)
        labels = {"name": gettext_lazy("Name")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "off"})}
        error_messages = {"name": {"required": gettext_lazy("Give the search a name.")}}


@require_http_methods(["GET", "HEAD", "POST"])
def search_new(request: HttpRequest) -> HttpResponse:
    """Keep `?of=/rounds/&query=stage%3Dseed`, where `of` is the address of the list and `query` its filters."""
    search = SavedSearch(owner_id=request.user.pk, page=_page(request), query=request.GET.get("query", ""))
    limit = SavedSearch._meta.get_field("query").max_length
    chosen = watching.read_search(search.page, search.query[:limit])
    problems = list(chosen.problems)
    if len(search.query) > limit:
        problems.append(("", _("The address is longer than the %(most)s characters that are kept.") % {"most": limit}))
    form = SearchForm(request.POST or None, instance=search)
    if request.method == "POST" and not problems and form.is_valid() and _kept(form, chosen):
        messages.success(request, _("The search “%(name)s” is kept.") % {"name": search})
        return redirect("funding:search_detail", search.pk)
    context = {"form": form, "problems": problems, "words": _words(chosen) if not problems else "", "search": search}
    return render(request, "funding/search_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def search_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A search with the alerts on it; posting renames it."""
    search = get_object_or_404(SavedSearch, pk=pk, owner=request.user.pk)
    chosen = watching.read_search(search.page, search.query)
    form = SearchForm(request.POST or None, instance=search)
    if request.method == "POST" and form.is_valid() and _kept(form, None):
        messages.success(request, _("“%(name)s” is changed.") % {"name": search})
        return redirect("funding:search_detail", pk)
    context = {
        "search": search,
        "form": form,
        "problems": chosen.problems,
        "words": _words(chosen) if not chosen.problems else "",
        "alerts": Alert.objects.filter(saved_search=search).order_by("pk")[: watching.MOST_LISTS],
    }
    return render(request, "funding/search_edit.html", context)


@require_POST
def search_delete(request: HttpRequest, pk: int) -> HttpResponse:
    gone = get_object_or_404(SavedSearch, pk=pk, owner=request.user.pk)
    gone.delete()
    messages.success(request, _("“%(name)s” is deleted, and the alerts on it.") % {"name": gone})
    return redirect("funding:watch_overview")


def _page(request: HttpRequest) -> str:
    """Which list the address asks to keep."""
    try:
        found = PAGES.get(resolve(request.GET.get("of", "")).view_name)
    except Resolver404:
        found = None
    if found is None:
        raise Http404
    return found


def _words(chosen: QueryFilter) -> Any:
    """What the search finds now, in the words of its list."""
    model = next(model for form, model in watching.SEARCHED.values() if form is type(chosen))
    number = paging.count(chosen.apply(model.objects.live()))
    return chosen.sentence(paging.count_in_words(number), number)


def _kept(form: SearchForm, chosen: QueryFilter | None) -> bool:
    search = form.save(commit=False)
    if chosen is not None:
        search.query = chosen.query
    try:
        watching.keep(search)
    except watching.Refused as error:
        form.add_error("name", str(error))
        return False
    return True
