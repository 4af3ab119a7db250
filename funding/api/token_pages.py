"""The page on which people make and take back their tokens of the API."""

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from config import access, tokens
from config.models import ApiToken
from funding.texts import clean_line

USUAL_DAYS = 90
SHOWN = 100  # tokens, the newest first


class TokenForm(forms.Form):
    """A new token: what for, for how long, and with which of the rights that its owner has."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("What will use it, such as “notebook of the deal team”."),
        error_messages={"required": gettext_lazy("Name what will use it.")},
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Works until"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Choose the last day on which it works."),
            "invalid": gettext_lazy("Write the last day as 2027-01-31."),
        },
    )

    def __init__(self, *args: Any, level: access.Level, **kwargs: Any) -> None:
        today = timezone.now().date()
        initial = {"scopes": ["read"], "expires_on": today + datetime.timedelta(days=USUAL_DAYS)}
        super().__init__(*args, initial=initial, **kwargs)
        allowed = [scope for needed, scope in access.SCOPES.items() if level >= needed]
        self.fields["scopes"].choices = [(code, words) for code, words in ApiToken.Scope.choices if code in allowed]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 80)
        if not name:
            raise forms.ValidationError(_("Name what will use it."))
        return name

    def clean_expires_on(self) -> datetime.date:
        day, today = self.cleaned_data["expires_on"], timezone.now().date()
        if day < today:
            raise forms.ValidationError(_("That day is over. Choose today or a later day."))
        if day > today + datetime.timedelta(days=tokens.LONGEST_DAYS):
            raise forms.ValidationError(_("A token works for a year at most. Make another before it ends."))
        return day


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """One's own tokens, and the form for another; posted, the page shows the new one's secret, this once."""
    form = TokenForm(request.POST if request.method == "POST" else None, level=access.role_level(request.user))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        token, secret = tokens.issue(request.user, given["name"], given["scopes"], given["expires_on"])  # type: ignore[arg-type]
        fresh = TokenForm(level=access.role_level(request.user))
        header = f"Authorization: Bearer {token.prefix}…"
        return _page(request, fresh, made=token, secret=secret, header=header)
    return _page(request, form, status=422 if form.is_bound else 200)


@login_required
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Let one of one's own tokens not work any more."""
    token = get_object_or_404(ApiToken, pk=pk, owner=request.user.pk)
    if tokens.revoke(token):
        messages.success(request, _("The token %(name)s no longer works.") % {"name": token})
    else:
        messages.info(request, _("The token %(name)s was revoked before.") % {"name": token})
    return redirect("api:token_list")


def _page(request: HttpRequest, form: TokenForm, status: int = 200, **made: Any) -> HttpResponse:
    own = list(ApiToken.objects.filter(owner=request.user.pk).order_by("-pk")[:SHOWN])
    context = {"form": form, "tokens": own, "most": SHOWN if len(own) == SHOWN else 0, **made}
    return render(request, "api/tokens.html", context, status=status)
