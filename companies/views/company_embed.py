"""The valuation chart on other people's pages: who may make an address for it, and what stands at that address.

The address is signed and stands for one row: one company, one view, until a day, in the name of who made it. It stops
when the day is over, when it is taken back, and when that person may not export any more. It is the one page that
other sites may frame.
"""

import datetime
import uuid
from typing import Any, Final
from urllib.parse import urlencode

from csp.decorators import csp_replace
from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.models import Company
from config.access import Level, level_of, role_level
from config.requests import moved
from funding import as_of, charts
from funding.as_of import Moment, scopes
from funding.charts import pictures
from funding.evidence import Notes
from funding.models import Embed
from funding.texts import clean_line

from . import company_page, company_values

SALT: Final = "roundbook.embedded-chart"
DAYS: Final = {"30": gettext_lazy("30 days"), "365": gettext_lazy("a year"), "1826": gettext_lazy("five years")}
AS_A_RULE: Final = {"scale": "linear", "currency": "USD", "days": "365", "theme": Embed.Theme.SYSTEM}
# The size of the frame that is offered: the picture, how to read it, and the first lines of the table.
HEIGHT: Final = 760
MOST_LISTED: Final = 50


class BadToken(ValueError):
    """An address that was not made here, or was changed."""


def token_of(embed: Embed) -> str:
    """The signed words that stand in the address of an embedded chart."""
    return signing.dumps(embed.uid.hex, salt=SALT)


def read_token(token: str) -> uuid.UUID:
    """Which row an address stands for. Raises BadToken."""
    try:
        return uuid.UUID(signing.loads(token, salt=SALT))
    except (signing.BadSignature, AttributeError, TypeError, ValueError) as error:
        raise BadToken(str(error)) from error


class EmbedForm(forms.Form):
    """Which view of the chart is embedded, as of which date, and for how long."""

    scale = forms.ChoiceField(choices=charts.SCALES, label=gettext_lazy("Scale"))
    currency = forms.ChoiceField(choices=charts.CURRENCIES, label=gettext_lazy("Currency"))
    theme = forms.ChoiceField(choices=Embed.Theme, label=gettext_lazy("Theme"))
    known = forms.CharField(required=False, max_length=40, label=gettext_lazy("As known on"))
    public = forms.CharField(required=False, max_length=40, label=gettext_lazy("As public on"))
    days = forms.ChoiceField(choices=DAYS, label=gettext_lazy("Works for"))

    def clean_known(self) -> datetime.date | None:
        return self._day("known")

    def clean_public(self) -> datetime.date | None:
        return self._day("public")

    def _day(self, name: str) -> datetime.date | None:
        words = clean_line(self.cleaned_data[name], 40)
        try:
            return as_of.read_day(words) if words else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


@require_http_methods(["GET", "HEAD", "POST"])
def company_embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The page that makes the address of an embedded chart, 422 where it cannot; with those that were made."""
    company = get_object_or_404(Company.objects.select_related("merged_into"), slug=slug)
    if company.merged_into:
        return moved(request, company.merged_into.get_absolute_url())
    is_made = request.method == "POST"
    form = EmbedForm(AS_A_RULE | (request.POST if is_made else request.GET).dict())
    context: dict[str, Any] = {"company": company, "form": form, "height": HEIGHT}
    if is_made and form.is_valid():
        made = _make(request, company, form.cleaned_data)
        context |= {"address": request.build_absolute_uri(f"/embed/{token_of(made)}/"), "until": made.until}
    context["held"] = [(one, token_of(one), _may_take_back(request, one)) for one in _held(company)]
    context["most"] = MOST_LISTED
    return render(request, "companies/company_embed.html", context, status=200 if form.is_valid() else 422)


def _make(request: HttpRequest, company: Company, chosen: dict[str, Any]) -> Embed:
    """The address for a view; the same one where this person made it before and it holds as long."""
    until = timezone.localdate() + datetime.timedelta(days=int(chosen["days"]))
    view = {name: chosen[name] for name in ("scale", "currency", "theme", "known", "public")}
    language = translation.get_language() or ""
    held = Embed.objects.filter(company=company, made_by=request.user.pk, taken_back_at=None, language=language)
    same = held.filter(until=until, **view).first()
    return same or Embed.objects.create(
        company=company, made_by_id=request.user.pk, language=language, until=until, **view
    )


def _held(company: Company) -> list[Embed]:
    """The addresses that work for a company, the newest first."""
    own = Embed.objects.filter(Q(company=company) | Q(company__merged_into=company), taken_back_at=None)
    return list(own.filter(until__gte=timezone.localdate()).select_related("made_by").order_by("-pk")[:MOST_LISTED])


def _may_take_back(request: HttpRequest, embed: Embed) -> bool:
    """Whether it is one's own, or one edits."""
    return embed.made_by_id == request.user.pk or level_of(request) >= Level.EDIT


@require_POST
def embed_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an address show nothing any more, for good."""
    embed = get_object_or_404(Embed.objects.select_related("company__merged_into"), pk=pk)
    if not _may_take_back(request, embed):
        raise PermissionDenied(_("Somebody else made this address. An editor can take it back."))
    held = Embed.objects.filter(pk=pk, taken_back_at=None)
    held.update(taken_back_at=timezone.now(), taken_back_by=request.user.pk)
    messages.success(request, _("The address is taken back: it shows nothing any more."))
    return redirect("companies:company_embed", (embed.company.merged_into or embed.company).slug)


@require_safe
@csp_replace({"frame-ancestors": ["*"]})
@xframe_options_exempt
def embedded_chart(request: HttpRequest, token: str) -> HttpResponse:
    """The chart, its table and a link back, for a frame; the same page with the reason where it is not shown."""
    try:
        uid = read_token(token)
    except BadToken:
        return _refusal(404, _("This is no address of a chart. It may have been cut short."))
    related = ("company__merged_into", "made_by")
    embed = Embed.objects.filter(uid=uid).select_related(*related).first()
    with translation.override((embed and embed.language) or None):
        if embed is None or not _is_open(embed):
            return _refusal(410, _("This chart is not shown here any more."))
        if any(name in request.GET for name in as_of.PARAMETERS):
            return _refusal(422, _("The date of this chart is part of its address; no other can be asked for."))
        return _as_of_its_date(request, embed)


def _is_open(embed: Embed) -> bool:
    is_over = embed.taken_back_at is not None or embed.until < timezone.localdate()
    return not is_over and role_level(embed.made_by) >= Level.EXPORT


def _as_of_its_date(request: HttpRequest, embed: Embed) -> HttpResponse:
    """The chart of now, or of the date that the address was made for."""
    company = embed.company.merged_into or embed.company
    if not embed.known and not embed.public:
        return _of(request, company.pk, embed, None)
    moment = Moment.of(embed.known, embed.public)
    try:
        with as_of.shown(moment, scopes.of_companies([company.pk])):
            return _of(request, company.pk, embed, moment)
    except as_of.CannotShow as error:
        return _refusal(503, str(error))


def _of(request: HttpRequest, pk: int, embed: Embed, moment: Moment | None) -> HttpResponse:
    company = Company.objects.live().filter(pk=pk).first()
    if company is None:
        return _refusal(410, _("This chart is not shown here any more."))
    return _chart(request, company, embed, moment)


def _chart(request: HttpRequest, company: Company, embed: Embed, moment: Moment | None) -> HttpResponse:
    rounds = company_page.rounds_of(company)
    view = charts.View(embed.scale, embed.currency)
    today = (embed.known or embed.public) or timezone.localdate()
    history = company_page.history_of(
        company, rounds, company_page.valuations_of(company, rounds), Notes.of_company(company), view, today
    )
    context = {
        "company": company,
        "history": history,
        "as_of": moment.words if moment else "",
        "figure": pictures.of_history(history, leads_on=False),
        "value_rows": company_values.rows(history, None),
        "page": request.build_absolute_uri(company.get_absolute_url()) + _query(moment),
        "theme": "" if embed.theme == Embed.Theme.SYSTEM else embed.theme,
        "language": embed.language,
    }
    # Without the request, so that nothing on the page is of whoever looks at it.
    return HttpResponse(render_to_string("companies/embed.html", context))


def _refusal(status: int, problem: str) -> HttpResponse:
    return HttpResponse(render_to_string("companies/embed.html", {"problem": problem}), status=status)


def _query(moment: Moment | None) -> str:
    """What asks the page of the company for the same date."""
    return f"?{urlencode(moment.parameters)}" if moment else ""
