"""Tokens of the API: made, found again by their secret, and taken back."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from config.models import ApiToken

MARK: Final = "rb_"  # by which programs that look for leaked secrets know one
SHOWN: Final = 10  # characters of a secret by which people tell it from others
LONGEST_DAYS: Final = 366
USE_NOTED_EVERY: Final = timedelta(minutes=1)


def issue(owner: User, name: str, scopes: Iterable[str], expires_on: datetime.date) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can be shown again."""
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        owner=owner,
        name=name,
        prefix=secret[:SHOWN],
        digest=digest(secret),
        scopes=sorted(scopes),
        expires_on=expires_on,
    )
    return token, secret


def find(secret: str) -> ApiToken | None:
    """The usable token of a secret, with its owner; None where there is none, or the owner's account is closed.

    That it was used is noted at most once a minute.
    """
    found = ApiToken.objects.select_related("owner").filter(digest=digest(secret), owner__is_active=True).first()
    if found is None or not found.is_usable:
        return None
    now = timezone.now()
    if found.last_used_at is None or found.last_used_at < now - USE_NOTED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
        ApiToken.objects.filter(stale, pk=found.pk).update(last_used_at=now)
    return found


def revoke(token: ApiToken) -> bool:
    """Let a token not work any more; False where that was done before."""
    return bool(ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()))


def digest(secret: str) -> str:
    """The hash under which a secret is kept; it is long and random, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
