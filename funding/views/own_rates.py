"""The owner's own rates: take them from CSV, see what is held, and take a currency's back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from funding import own_rates
from funding.models import Job

MOST_REFUSED = 100  # rows shown
MOST_JOBS = 5
EXAMPLE = "date,currency,rate,base\n2024-05-31,KES,139.52,EUR"


class RatesForm(forms.Form):
    """Rates as text or as a file, which is put into the text, so that nothing has to be chosen twice."""

    text = forms.CharField(
        required=False,
        strip=False,
        max_length=own_rates.LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "placeholder": EXAMPLE}),
        label=gettext_lazy("Rates"),
        help_text=gettext_lazy("Columns date, currency, rate and perhaps base, a row a line, as in the field."),
    )
    file = forms.FileField(required=False, label=gettext_lazy("Or a CSV file"))
    is_overriding = forms.BooleanField(
        required=False, label=gettext_lazy("Use them also where the European Central Bank has a rate")
    )

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        text, file = asked.get("text", ""), asked.get("file")
        if text.strip() and file:
            raise forms.ValidationError(_("Give the text or the file, not both."))
        if file:
            if file.size > own_rates.LONGEST:
                message = _("The file is too large for this page. The command import_rates takes it.")
                raise forms.ValidationError(message)
            try:
                text = own_rates.decoded(file.read())
            except own_rates.BadFile as error:
                raise forms.ValidationError(str(error)) from None
        if not text.strip():
            raise forms.ValidationError(_("Nothing is given: write rates, or choose a file."))
        try:
            asked["found"] = own_rates.read(text, is_overriding=asked.get("is_overriding", False))
        except own_rates.BadFile as error:
            raise forms.ValidationError(str(error)) from None
        asked["text"] = text
        return asked


@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """What is held; posted with `check`, what a file would change and what of it is refused, else it is taken."""
    if request.method != "POST":
        return _page(request, RatesForm())
    form = RatesForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    found = form.cleaned_data["found"]
    if "check" in request.POST or (found.refused and "anyway" not in request.POST):
        typed = {name: form.cleaned_data[name] for name in ("text", "is_overriding")}
        return _page(request, RatesForm(initial=typed), found, status=200 if "check" in request.POST else 422)
    job = own_rates.store(found, request.user)
    if job is None:
        messages.info(request, _("Nothing changed: these rates are held already."))
    else:
        taken = len(found.new) + len(found.changed)
        told = ngettext("%(n)d rate is taken.", "%(n)d rates are taken.", taken) % {"n": taken}
        messages.success(request, f"{told} {_following(job)}")
    return redirect("funding:rates")


@require_POST
def rates_remove(request: HttpRequest) -> HttpResponse:
    """Take back the own rates of one currency."""
    currency = request.POST.get("currency", "")[:3]
    job = own_rates.remove(currency, request.user)
    if job is None:
        messages.info(request, _("No own rates of this currency are held."))
    else:
        told = _("The own rates of %(currency)s are gone.") % {"currency": currency}
        messages.success(request, f"{told} {_following(job)}")
    return redirect("funding:rates")


def _following(job: Job) -> str:
    message = ngettext(
        "The amounts of %(n)d company are being converted anew.",
        "The amounts of %(n)d companies are being converted anew.",
        job.total_count,
    )
    return message % {"n": job.total_count}


def _page(
    request: HttpRequest, form: RatesForm, found: own_rates.Read | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "found": found,
        "refused": found.refused[:MOST_REFUSED] if found else [],
        "held": own_rates.held(),
        "jobs": Job.objects.filter(kind=Job.Kind.RATES).newest_first()[:MOST_JOBS],
    }
    return render(request, "funding/rates.html", context, status=status)
