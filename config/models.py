"""Rows of the project itself; everything about funding lives in its own apps."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone

LINK_LIFETIME: Final = timedelta(hours=24)


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    def usable(self) -> OneTimeLinkQuerySet:
        """Links that were not used and are not older than a day."""
        return self.filter(used_at=None, created_at__gt=timezone.now() - LINK_LIFETIME)


class OneTimeLink(models.Model):
    """A link that signs one person in, once. Only the hash of its secret is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = OneTimeLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"link of {self.created_at:%Y-%m-%d %H:%M} for user {self.user_id}"
