"""Entering what a company is worth on a day, of no round, by hand."""

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
from funding.valuation_form import ValuationForm

from .entry import BUSY, company_asked, summary


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def valuation_new(request: HttpRequest) -> HttpResponse:
    """The form; posted, the value is recorded. To htmx the same post only tells what is held beside it."""
    today = timezone.now().date()
    if request.method != "POST":
        return _page(request, ValuationForm(initial={"company": company_asked(request)}, today=today))
    form = ValuationForm(request.POST, today=today)
    is_valid = form.is_valid()
    if wants_partial(request):
        return render(request, "funding/_valuation_held.html", {"form": form})
    if not is_valid or form.entry is None:
        return _page(request, form, status=422)
    try:
        saved = entry.save_valuation(form.entry, by=request.user, form_key=form.cleaned_data["form_key"])  # type: ignore[arg-type]
    except OperationalError:  # another recording holds the same company for longer than we wait
        form.add_error("company", BUSY)
        return _page(request, form, status=422)
    level = messages.SUCCESS if saved.change.is_new else messages.INFO
    messages.add_message(request, level, render_to_string("funding/_valuation_saved.html", {"saved": saved}, request))
    return redirect(f"{saved.valuation.company.get_absolute_url()}?evidence=valuation-{saved.valuation.pk}#history")


def _page(request: HttpRequest, form: ValuationForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form}
    if status == 422:
        context |= summary(list(form.problems()))
    return render(request, "funding/valuation_form.html", context, status=status)
