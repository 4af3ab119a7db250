"""Entering what a company itself is, and who its people are, by hand."""

from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from companies.models import Company, Role
from config.requests import moved, wants_partial
from funding import company_form, entry
from funding.company_form import CompanyForm, PersonForm
from funding.entry.entries import COMPANY
from funding.views.changing import Outcome, save, told
from funding.views.entry import BUSY, company_asked, summary


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def company_new(request: HttpRequest) -> HttpResponse:
    """The form of a company that may not be held yet; posted, its facts are recorded and its page is shown.

    To htmx the same post only tells which company it may be.
    """
    today = timezone.now().date()
    if request.method != "POST":
        return _facts_page(request, CompanyForm(initial={"company": company_asked(request)}, today=today), Outcome())
    form = CompanyForm(request.POST, today=today)
    if wants_partial(request):
        return render(request, "companies/_company_known.html", {"form": form})
    recorded = None
    if form.is_valid() and form.entry:
        # A form that is sent twice meets the company that it made itself.
        told_by: dict[str, Any] = {"by": request.user, "form_key": form.cleaned_data["form_key"]}
        recorded = entry.recorded_before(form.entry, **told_by)
        if recorded is None and form.is_undecided:
            form.ask_which()
    recorded = recorded or _recorded(request, form)
    if recorded is None:
        return _facts_page(request, form, Outcome(status=422))
    _say(request, recorded)
    return redirect(entry.company_of(recorded))


@require_http_methods(["GET", "HEAD", "POST"])
def company_facts(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a held company's facts, filled with them; posted, what differs is recorded, or 409 if outdated."""
    company = get_object_or_404(Company.objects.select_related("merged_into"), slug=slug)
    if company.merged_into:
        return moved(request, company.merged_into.get_absolute_url())
    today = timezone.now().date()
    if request.method != "POST":
        held = company_form.filled_with(entry.company_held(company))
        return _facts_page(request, CompanyForm(initial=held, today=today, of=company), Outcome())
    form = CompanyForm(request.POST, today=today, of=company)
    outcome = save(request, form, company, COMPANY, entry.company_held) if form.is_valid() else Outcome(status=422)
    if outcome.status != 200:
        return _facts_page(request, form, outcome)
    return told(request, outcome, company.get_absolute_url())


def _facts_page(request: HttpRequest, form: CompanyForm, outcome: Outcome) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "versions": outcome.versions}
    if outcome.status == 422:
        context |= summary(list(form.problems()))
    return render(request, "companies/company_facts.html", context, status=outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a person of a company and their role there; posted, it is recorded and the page is shown."""
    company = get_object_or_404(Company.objects.select_related("merged_into"), slug=slug)
    if company.merged_into:
        return moved(request, company.merged_into.get_absolute_url())
    today = timezone.now().date()
    form = PersonForm(request.POST if request.method == "POST" else None, today=today, of=company)
    recorded = _recorded(request, form) if request.method == "POST" else None
    if recorded:
        _say(request, recorded)
        return redirect(f"{company.get_absolute_url()}#company-facts")
    held = Role.objects.filter(company=company, person__is_live=True).select_related("person").order_by("pk")
    context: dict[str, Any] = {"form": form, "held": list(held)}
    status = 200
    if request.method == "POST":
        context, status = context | summary(list(form.problems())), 422
    return render(request, "companies/person_form.html", context, status=status)


def _recorded(request: HttpRequest, form: Any) -> entry.Recorded | None:
    """What recording a form came to; None, with its errors on it, where it is not valid or the names are held."""
    if not form.is_valid() or form.entry is None:
        return None
    told_by: dict[str, Any] = {"by": request.user, "form_key": form.cleaned_data["form_key"]}
    try:
        return entry.record_once(form.entry, **told_by, decided=form.decided)
    except OperationalError:  # another recording holds the same company for longer than we wait
        form.add_error("company", BUSY)
        return None


def _say(request: HttpRequest, recorded: entry.Recorded) -> None:
    words = _("Recorded.") if recorded.is_new else _("This was saved already.")
    shown = render_to_string("funding/_done.html", {"told": words, "change": recorded.change}, request)
    messages.add_message(request, messages.SUCCESS if recorded.is_new else messages.INFO, shown)
