"""Entering an exit by hand."""

from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from config.requests import wants_partial
from funding import entry
from funding.evidence import wording
from funding.exit_form import ExitForm

from .entry import BUSY, company_asked, summary


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def exit_new(request: HttpRequest) -> HttpResponse:
    """The form; posted, the exit is recorded. To htmx the same post only tells what is held beside it."""
    today = timezone.now().date()
    if request.method != "POST":
        return _page(request, ExitForm(initial={"company": company_asked(request)}, today=today))
    form = ExitForm(request.POST, today=today)
    is_valid = form.is_valid()
    if wants_partial(request):
        return render(request, "funding/_exit_held.html", beside(form))
    if not is_valid:
        return _page(request, form, status=422)
    assert form.entry is not None  # of a valid form
    try:
        saved = entry.save_exit(form.entry, by=request.user, form_key=form.cleaned_data["form_key"])  # type: ignore[arg-type]
    except OperationalError:  # another recording holds the same company for longer than we wait
        form.add_error("company", BUSY)
        return _page(request, form, status=422)
    told = {"saved": saved, "told": wording.exit_told(saved.exit)}
    level = messages.SUCCESS if saved.is_new else messages.INFO
    messages.add_message(request, level, render_to_string("funding/_exit_saved.html", told, request))
    return redirect(saved.exit)


def _page(request: HttpRequest, form: ExitForm, status: int = 200) -> HttpResponse:
    context = beside(form)
    if status == 422:
        context |= summary(list(form.problems()))
    return render(request, "funding/exit_form.html", context, status=status)


def beside(form: ExitForm) -> dict[str, Any]:
    """What stands in the margin: the exits held, with what each did to the company, and the one that this may be."""
    return {"form": form, "held": [(one, wording.exit_told(one)) for one in form.exits_held]}
