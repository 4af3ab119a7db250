"""Entering a round by hand."""

from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from companies.models import Company
from config.requests import wants_partial
from funding import entry
from funding.entry.standing import standing
from funding.round_form import RoundForm
from funding.texts import clean_line

BUSY = gettext_lazy(
    "Somebody is just recording facts of this company. Nothing was recorded yet; send the form again in a moment."
)
NUMBERS = (
    gettext_lazy("No"),
    gettext_lazy("One"),
    gettext_lazy("Two"),
    gettext_lazy("Three"),
    gettext_lazy("Four"),
    gettext_lazy("Five"),
    gettext_lazy("Six"),
    gettext_lazy("Seven"),
    gettext_lazy("Eight"),
    gettext_lazy("Nine"),
    gettext_lazy("Ten"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def round_new(request: HttpRequest) -> HttpResponse:
    """The form; posted, the round is recorded. To htmx the same post only tells what the entry adds up to."""
    today = timezone.now().date()
    if request.method != "POST":
        return _page(request, RoundForm(initial={"company": company_asked(request)}, today=today))
    form = RoundForm(request.POST, today=today)
    is_valid = form.is_valid()
    if wants_partial(request):
        return render(request, "funding/_round_check.html", beside(request, form) | {"is_live": True})
    if "take_from_quote" in request.POST:
        form = form.with_amount_of_quote()
        form.is_valid()
        return _page(request, form)
    if not is_valid:
        return _page(request, form, status=422)
    return _save(request, form)


def company_asked(request: HttpRequest) -> str:
    """The name of the company whose page the reader comes from, or the words that the address gives for one."""
    words = clean_line(request.GET.get("company", ""), 200)
    held = Company.objects.filter(slug=words, merged_into=None).first() if words else None
    return held.name if held else words


def _save(request: HttpRequest, form: RoundForm) -> HttpResponse:
    assert form.entry is not None  # of a valid form
    told_by: dict[str, Any] = {"by": request.user, "form_key": form.cleaned_data["form_key"]}
    # A form that is sent twice meets the round that it made itself.
    saved = entry.saved_before(form.entry, **told_by)
    if saved is None and form.is_undecided:
        return _page(request, form, status=422)
    if saved is None:
        try:
            saved = entry.save(form.entry, **told_by, same_as=form.same_round, is_another=form.is_another)
        except OperationalError:  # another recording holds the same company for longer than we wait
            form.add_error("company", BUSY)
            return _page(request, form, status=422)
    told = render_to_string("funding/_round_saved.html", {"saved": saved}, request)
    messages.add_message(request, messages.SUCCESS if saved.is_new else messages.INFO, told)
    return redirect("funding:round_new") if "another" in request.POST else redirect(saved.round.company)


def _page(request: HttpRequest, form: RoundForm, status: int = 200) -> HttpResponse:
    context = beside(request, form)
    if status == 422:
        context |= summary(context["problems"] or [("round-held", _("We may hold this round already"))])
    return render(request, "funding/round_form.html", context, status=status)


def summary(problems: list[tuple[str, str]]) -> dict[str, Any]:
    """What stands above a form that was not saved: the id and sentence of each problem, and how many there are."""
    count = len(problems)
    return {"summary": problems, "count_in_words": NUMBERS[count] if count < len(NUMBERS) else str(count)}


def beside(request: HttpRequest, form: RoundForm) -> dict[str, Any]:
    """What stands in the margin: whether it adds up, what we hold, and what will be recorded."""
    stage = form.data.get("stage", "") if form.is_bound else ""
    beside = standing(
        form.pre,
        form.raised_money,
        form.post or form.valued,
        stage=stage,
        on=form.on,
        company=form.company_held,
        rounds=form.rounds_held,
    )
    count = len(form.entry.statements()) if form.entry else 0
    return {
        "form": form,
        "problems": list(form.problems()) if form.is_bound else [],
        "beside": beside,
        "statement_count": count,
        "held_shown": request.POST.get("held_shown", ""),
    }
