"""Links that sign somebody in once, for the owner at the first start and for a forgotten password."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from config.models import OneTimeLink


def one_time_link(user: User) -> str:
    """A new path, `/sign-in/<token>/`, that signs this person in once within 24 hours."""
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(user=user, digest=_digest(token))
    return reverse("sign_in_link", args=[token])


def use_link(token: str) -> User | None:
    """The person a link is for, using it up; None when it is unknown, used, too old, or the account is closed.

    The update is conditional, so of two requests with one link a single one wins.
    """
    links = OneTimeLink.objects.filter(digest=_digest(token), user__is_active=True)
    if links.usable().update(used_at=timezone.now()) != 1:
        return None
    user: User = links.select_related("user").get().user
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# require_GET also refuses HEAD, so that asking whether the link exists does not use it up.
@never_cache
@require_GET
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in by a one-time link; a link that no longer works says how to get another."""
    user = use_link(token)
    if user is None:
        is_own = (
            request.user.is_authenticated
            and OneTimeLink.objects.filter(digest=_digest(token), user_id=request.user.pk).exists()
        )
        if is_own:  # a reload of the page that signed them in
            return HttpResponseRedirect(resolve_url(settings.LOGIN_REDIRECT_URL))
        return render(request, "account/link_used.html", status=410)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return HttpResponseRedirect(resolve_url(settings.LOGIN_REDIRECT_URL))
