"""In which currency a reader sees amounts: that of the address, else the one chosen at the foot of any page.

The choice of who is signed in is of their account, and holds wherever they sign in; that of a visitor is a cookie.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.models import ReaderSetting
from config.readers import known_of

COOKIE: Final = "currency"
PARAMETER: Final = "currency"
AS_STATED: Final = "as_stated"
STORED: Final = ("USD", "EUR", "GBP")  # kept with every amount, so that a page converts nothing itself
CHOICES: Final = {AS_STATED: gettext_lazy("as stated"), **{code: code for code in STORED}}


def of_reader(request: HttpRequest) -> str:
    """The currency that the reader chose, one of `CHOICES`; empty where none was, so that each page has its own."""
    user = getattr(request, "user", None)  # there is none yet where a request is refused early
    chosen = (known_of(user).currency if user else "") or request.COOKIES.get(COOKIE, "")
    return chosen if chosen in CHOICES else ""


def of_reader_or(request: HttpRequest, own: str) -> str:
    """The reader's, where it is one that sums are kept in, else the page's own."""
    chosen = of_reader(request)
    return chosen if chosen in STORED else own


@require_POST
def set_currency(request: HttpRequest) -> HttpResponse:
    """Keep a choice, and go back to the page it was made on, less what its address says of currencies.

    That of an account is kept with it, that of a visitor for a year.
    """
    chosen = request.POST.get("currency", "")
    if chosen not in CHOICES:
        raise BadRequest(_("Amounts are shown as stated, or in one of: %(known)s.") % {"known": ", ".join(STORED)})
    answer = HttpResponseRedirect(_back(request))
    if request.user.is_authenticated:
        ReaderSetting.objects.update_or_create(user_id=request.user.pk, defaults={"currency": chosen})
        answer.delete_cookie(COOKIE, samesite="Lax")
        return answer
    answer.set_cookie(
        COOKIE,
        chosen,
        max_age=timedelta(days=365),
        secure=not settings.PLAIN_HTTP,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _back(request: HttpRequest) -> str:
    """The page that was asked from, less its currency, where it is one of ours."""
    asked_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(asked_from, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(asked_from)
    query = [one for one in parse_qsl(parts.query, keep_blank_values=True) if one[0] != PARAMETER]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


def currency_context(request: HttpRequest) -> dict[str, object]:
    """Context processor: the choices of the foot of the page, and the one in use."""
    return {"currency_choices": CHOICES, "reader_currency": of_reader(request) or AS_STATED}
