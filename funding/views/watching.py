"""Watch lists: what somebody keeps an eye on, why, and the searches and alerts that go with it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.filters import find_record
from companies.models import Company, Investor
from config import paging
from config.access import Level, level_of
from config.filters import AFTER
from funding import watching
from funding.models import Alert, Digest, SavedSearch, WatchEntry, WatchList

NOTE_LENGTH = WatchEntry._meta.get_field("note").max_length


class ListForm(forms.ModelForm):
    """The name of a list, what it is for, and who reads it."""

    class Meta:
        model = WatchList
        fields = ("name", "note", "is_shared")
        labels = {
            "name": gettext_lazy("Name"),
            "note": gettext_lazy("What it is for"),
            "is_shared": gettext_lazy("Shared: everybody with access to this site reads it and its notes"),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "note": forms.Textarea(attrs={"rows": 2, "maxlength": 2000}),
        }
        error_messages = {"name": {"required": gettext_lazy("Give the list a name.")}}


class EntryForm(forms.Form):
    """A company or investor by its name, and why it is on the list."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("company", gettext_lazy("Company")), ("investor", gettext_lazy("Investor"))],
    )
    name = forms.CharField(
        label=gettext_lazy("Name or alias"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give the name of a company or an investor.")},
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=NOTE_LENGTH)

    def clean(self) -> dict[str, Any]:
        """The record of this name, as `record`."""
        kind, name = self.cleaned_data.get("kind"), self.cleaned_data.get("name")
        if kind and name:
            found = find_record(Company if kind == "company" else Investor, name)
            if found is None or not found.is_live:
                told = _("No company is called “%(name)s”.") if kind == "company" else _(
                    "No investor is called “%(name)s”."
                )  # fmt: skip
                self.add_error("name", told % {"name": name})
            self.cleaned_data["record"] = found
        return self.cleaned_data


@require_safe
def watch_overview(request: HttpRequest) -> HttpResponse:
    """`/lists/`: one's own lists, searches and alerts, and the lists of others that are shared."""
    mine = request.user.pk
    shared = WatchList.objects.filter(is_shared=True).exclude(owner=mine).select_related("owner")
    context = {
        "lists": WatchList.objects.filter(owner=mine).order_by("name")[: watching.MOST_LISTS],
        "shared": shared.order_by("name")[: watching.MOST_LISTS],
        "searches": SavedSearch.objects.filter(owner=mine).order_by("name")[: watching.MOST_LISTS],
        "alerts": Alert.objects.filter(owner=mine)
        .select_related("watch_list", "saved_search")
        .order_by("-pk")[: watching.MOST_LISTS],
        "digest": Digest.objects.filter(owner=mine).first() if request.user.is_authenticated else None,
        "hours": range(24),
        "has_mail": settings.HAS_MAIL,
    }
    return render(request, "funding/watch_overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def watch_list_new(request: HttpRequest) -> HttpResponse:
    form = ListForm(request.POST or None, instance=WatchList(owner=_owner(request)))
    if request.method == "POST" and form.is_valid() and _kept(form):
        messages.success(request, _("The list “%(name)s” is there.") % {"name": form.instance})
        return redirect(form.instance)
    return render(request, "funding/watch_list_edit.html", {"form": form, "list": None})


@require_http_methods(["GET", "HEAD", "POST"])
def watch_list(request: HttpRequest, pk: int) -> HttpResponse:
    """A list with its entries; posting puts one on it."""
    shown = get_object_or_404(watching.visible_lists(request.user).select_related("owner"), pk=pk)
    is_own = shown.owner_id == request.user.pk
    if request.method == "POST" and not is_own:
        raise Http404
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _watched(form, shown):
        messages.success(request, _("%(record)s is on the list.") % {"record": form.cleaned_data["record"]})
        return redirect(shown)
    entries = watching.entries_of(shown)
    problem, page = "", paging.Page([], "", True)
    try:
        page = paging.take(entries, watching.NEWEST_FIRST, request.GET.get(AFTER, ""))
    except paging.BadPlace as error:
        problem = str(error)
    alerts = Alert.objects.filter(watch_list=shown, owner=request.user.pk).order_by("pk")
    context = {
        "list": shown,
        "is_own": is_own,
        "form": form,
        "page": page,
        "entries": watching.with_last(page.rows),
        "compares": any(one.company_id for one in page.rows),
        "problem": problem,
        "number": paging.count(shown.entries.all()),
        "alerts": alerts[: watching.MOST_LISTS],
    }
    return render(request, "funding/watch_list.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def watch_list_edit(request: HttpRequest, pk: int) -> HttpResponse:
    edited = get_object_or_404(WatchList, pk=pk, owner=request.user.pk)
    form = ListForm(request.POST or None, instance=edited)
    if request.method == "POST" and form.is_valid() and _kept(form):
        messages.success(request, _("“%(name)s” is changed.") % {"name": form.instance})
        return redirect(form.instance)
    return render(request, "funding/watch_list_edit.html", {"form": form, "list": edited})


@require_POST
def watch_list_delete(request: HttpRequest, pk: int) -> HttpResponse:
    gone = get_object_or_404(WatchList, pk=pk, owner=request.user.pk)
    gone.delete()
    messages.success(request, _("“%(name)s” is deleted, and the alerts on it.") % {"name": gone})
    return redirect("funding:watch_overview")


@require_POST
def watch_entry_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the note of an entry, or take it off its list."""
    entry = get_object_or_404(
        WatchEntry.objects.select_related("watch_list", "company", "investor"),
        pk=pk,
        watch_list__owner=request.user.pk,
    )
    if request.POST.get("act") == "remove":
        entry.delete()
        messages.success(request, _("%(record)s is off the list.") % {"record": entry})
    elif len(note := request.POST.get("note", "").strip()) > NOTE_LENGTH:
        messages.error(request, _("A note has at most %(most)s characters; this one has %(number)s.")
                       % {"most": NOTE_LENGTH, "number": len(note)})  # fmt: skip
    else:
        entry.note = note
        entry.save(update_fields=["note"])
        messages.success(request, _("The note on %(record)s is changed.") % {"record": entry})
    return redirect(entry.watch_list)


@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: HttpRequest) -> HttpResponse:
    """On which of one's lists a company or investor is: `?company=slug` or `?investor=slug`."""
    record = _record(request)
    side = str(record._meta.model_name)
    lists = list(WatchList.objects.filter(owner=request.user.pk).order_by("name")[: watching.MOST_LISTS])
    entries = {one.watch_list_id: one for one in WatchEntry.objects.filter(watch_list__in=lists, **{side: record})}
    context: dict[str, Any] = {"record": record, "side": side, "new": "", "problem": ""}
    if request.method == "POST":
        context["new"] = request.POST.get("new", "").strip()
        context["problem"] = _put(request, record, lists, set(entries))
        if not context["problem"]:
            return redirect(record)
    context["lists"] = [(one, entries.get(one.pk)) for one in lists]
    return render(request, "funding/watch.html", context)


def _put(request: HttpRequest, record: Any, lists: list[WatchList], before: set[int]) -> str:
    """Put a record on the lists that are ticked and take it off the others; what is wrong, in words."""
    ticked, name = set(request.POST.getlist("list")), request.POST.get("new", "").strip()
    limit = WatchList._meta.get_field("name").max_length
    if name and len(name) > limit:
        return _("The name of a list has at most %(most)s characters.") % {"most": limit}
    try:
        chosen = [one for one in lists if str(one.pk) in ticked]
        if name:
            chosen.append(WatchList(owner=request.user, name=name))
            watching.keep(chosen[-1])
        for one in chosen:
            if one.pk not in before:
                watching.watch(one, record)
        for one in lists:
            if one.pk in before and one not in chosen:
                watching.unwatch(one, record)
    except watching.Refused as error:
        return str(error)
    if chosen:
        told = _("%(record)s is watched on: %(lists)s.")
        messages.success(request, told % {"record": record, "lists": ", ".join(map(str, chosen))})
    else:
        messages.success(request, _("%(record)s is on none of your lists.") % {"record": record})
    return ""


def _record(request: HttpRequest) -> Company | Investor:
    """The company or investor that the address names."""
    for name, model in (("company", Company), ("investor", Investor)):
        if slug := request.GET.get(name):
            return get_object_or_404(model.objects.live(), slug=slug)
    raise Http404


def _owner(request: HttpRequest) -> Any:
    if level_of(request) < Level.EXPORT or not request.user.is_authenticated:
        raise Http404
    return request.user


def _kept(form: forms.ModelForm) -> bool:
    try:
        watching.keep(form.save(commit=False))
    except watching.Refused as error:
        form.add_error("name", str(error))
        return False
    return True


def _watched(form: EntryForm, watch_list: WatchList) -> bool:
    try:
        watching.watch(watch_list, form.cleaned_data["record"], form.cleaned_data["note"])
    except watching.Refused as error:
        form.add_error("name", str(error))
        return False
    return True
