"""Entering by hand whose arm an investor is, and what sort of investor it is."""

from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from companies import candidates
from companies.models import Company, Investor
from config.requests import moved
from funding import entry
from funding.investor_form import InvestorForm
from funding.tellings import Field
from funding.views.entry import BUSY

from .suggest import typed


@require_http_methods(["GET", "HEAD", "POST"])
def investor_facts(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; posted, the facts are recorded and the investor's page is shown."""
    investor: Any = get_object_or_404(Investor.objects.select_related("merged_into"), slug=slug)
    if investor.merged_into:
        return moved(request, investor.merged_into.get_absolute_url())
    today = timezone.now().date()
    if request.method != "POST":
        return _render(request, investor, InvestorForm(investor=investor, today=today))
    form = InvestorForm(request.POST, investor=investor, today=today)
    if not form.is_valid() or form.entry is None:
        return _render(request, investor, form, status=422)
    parent, key = form.parent_record, form.cleaned_data["form_key"]
    try:
        change = entry.save_investor(form.entry, investor, parent, by=request.user, form_key=key)
    except OperationalError:  # another recording holds the names for longer than we wait
        form.add_error("parent", BUSY)
        return _render(request, investor, form, status=422)
    investor.refresh_from_db()
    context = {"told": _told(investor, form), "change": change}
    messages.success(request, render_to_string("funding/_done.html", context, request))
    return redirect(investor)


def _told(investor: Investor, form: InvestorForm) -> str:
    """What was done; where something else that is said is believed all the same, that too."""
    entered = form.entry
    assert entered is not None  # of a valid form
    is_parent_shown = not entered.parent or _name(investor.parent or investor.parent_company) == entered.parent
    if is_parent_shown and investor.kind in (entered.kind, entered.kind or investor.kind):
        return _("Recorded.")
    return _("Recorded, but another statement is the one shown. Pin yours at the mark ≠ if it is the one that holds.")


def _name(record: Company | Investor | None) -> str:
    return record.name if record else ""


def _render(request: HttpRequest, investor: Investor, form: InvestorForm, status: int = 200) -> HttpResponse:
    context = {
        "investor": investor,
        "form": form,
        "problems": list(form.problems()) if form.is_bound else [],
        "held": [(_("Part of"), investor.parent or investor.parent_company, investor.resolved.get(Field.PARENT)),
                 (_("Kind of investor"), investor.get_kind_display(), investor.resolved.get(Field.INVESTOR_KIND))],
    }  # fmt: skip
    return render(request, "companies/investor_facts.html", context, status=status)


@require_GET
def parent_suggest(request: HttpRequest) -> HttpResponse:
    """The investors and companies that a typed name may be, for whom an investor is part of."""
    words = typed(request, "parent")
    context = {
        "investors": candidates.investors_like(words, candidates.MOST // 2),
        "companies": candidates.companies_like(words, candidates.MOST // 2),
        "except": request.GET.get("except", ""),
    }
    return render(request, "companies/_parent_suggestions.html", context)
