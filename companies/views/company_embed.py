"""The valuation chart on other people's pages: who may make an address for it, and what stands at that address.

The address holds all that it opens, signed: one company, one view, until a day, in the name of who made it. It stops
when the day is over, and when that person may not export any more. It is the one page that other sites may frame.
"""

import datetime
import json
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from csp.decorators import csp_replace
from django import forms
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from companies.models import Company
from config.access import Level, role_level
from config.requests import moved
from funding import charts
from funding.evidence import Notes

from . import company_page

SALT: Final = "roundbook.embedded-chart"
DAYS: Final = {"30": gettext_lazy("30 days"), "365": gettext_lazy("a year"), "1826": gettext_lazy("five years")}
AS_A_RULE: Final = {"scale": "linear", "currency": "USD", "days": "365", "theme": "system"}
THEMES: Final = {
    "system": gettext_lazy("as the reader's system"),
    "light": gettext_lazy("light"),
    "dark": gettext_lazy("dark"),
}
# The size of the frame that is offered: the picture, how to read it, and the first lines of the table.
HEIGHT: Final = 760


class BadToken(ValueError):
    """An address that was not made here, or was changed."""


@dataclass(frozen=True, slots=True)
class Permit:
    """What an address opens: the chart of a company in one view, until a day, by the right of who made it."""

    company: int
    scale: str
    currency: str
    theme: str
    language: str
    until: str
    by: int

    @property
    def token(self) -> str:
        """The signed words of it that stand in the address."""
        return signing.dumps(list(asdict(self).values()), salt=SALT, compress=True)

    @classmethod
    def read(cls, token: str) -> Self:
        """What a token says. Raises BadToken."""
        try:
            return cls(*signing.loads(token, salt=SALT))
        except (signing.BadSignature, TypeError, ValueError) as error:
            raise BadToken(str(error)) from error

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return datetime.date.fromisoformat(self.until) < timezone.localdate()

    @property
    def is_backed(self) -> bool:
        """Whether who made it still may export."""
        maker = User.objects.filter(pk=self.by).first()
        return maker is not None and role_level(maker) >= Level.EXPORT


class EmbedForm(forms.Form):
    """Which view of the chart is embedded, and for how long."""

    scale = forms.ChoiceField(choices=charts.SCALES, label=gettext_lazy("Scale"))
    currency = forms.ChoiceField(choices=charts.CURRENCIES, label=gettext_lazy("Currency"))
    theme = forms.ChoiceField(choices=THEMES, label=gettext_lazy("Theme"))
    days = forms.ChoiceField(choices=DAYS, label=gettext_lazy("Works for"))


@require_safe
def company_embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The page that makes the address of an embedded chart: 422 where a choice is none of those offered."""
    company = get_object_or_404(Company.objects.select_related("merged_into"), slug=slug)
    if company.merged_into:
        return moved(request, company.merged_into.get_absolute_url())
    form = EmbedForm(AS_A_RULE | request.GET.dict())
    context: dict[str, Any] = {"company": company, "form": form, "height": HEIGHT}
    if not form.is_valid():
        return render(request, "companies/company_embed.html", context, status=422)
    chosen = form.cleaned_data
    until = timezone.localdate() + datetime.timedelta(days=int(chosen.pop("days")))
    language = translation.get_language() or ""
    assert request.user.pk is not None  # the route is for those who are signed in as analysts
    permit = Permit(company=company.pk, language=language, until=until.isoformat(), by=request.user.pk, **chosen)
    address = request.build_absolute_uri(f"/embed/{permit.token}/")
    return render(request, "companies/company_embed.html", context | {"address": address, "until": until})


@require_safe
@csp_replace({"frame-ancestors": ["*"]})
@xframe_options_exempt
def embedded_chart(request: HttpRequest, token: str) -> HttpResponse:
    """The chart, its table and a link back, for a frame; the same page with the reason where it is not shown."""
    try:
        permit = Permit.read(token)
    except BadToken:
        return _refusal(404, _("This is no address of a chart. It may have been cut short."))
    with translation.override(permit.language or None):
        company = Company.objects.filter(pk=permit.company).select_related("merged_into").first()
        company = company and (company.merged_into or company)
        if company is None or not company.is_live or permit.is_over or not permit.is_backed:
            return _refusal(410, _("This chart is not shown here any more."))
        return _chart(request, company, permit)


def _chart(request: HttpRequest, company: Company, permit: Permit) -> HttpResponse:
    rounds = company_page.rounds_of(company)
    view = charts.View(permit.scale, permit.currency)
    history = company_page.history_of(company, rounds, Notes.of_company(company), view, timezone.localdate())
    figure = charts.figure(history, leads_on=False)
    context = {
        "company": company,
        "history": history,
        "figure": figure,
        "figure_json": json.dumps(figure),
        "page": request.build_absolute_uri(company.get_absolute_url()),
        "theme": "" if permit.theme == "system" else permit.theme,
        "language": permit.language,
    }
    # Without the request, so that nothing on the page is of whoever looks at it.
    return HttpResponse(render_to_string("companies/embed.html", context))


def _refusal(status: int, problem: str) -> HttpResponse:
    return HttpResponse(render_to_string("companies/embed.html", {"problem": problem}), status=status)
