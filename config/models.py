"""Rows of the project itself; everything about funding lives in its own apps."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

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


class ApiToken(models.Model):
    """What a program signs in to the API with, in the name of its owner. Only the hash of its secret is kept.

    `prefix` is the beginning of the secret, by which people tell tokens apart. A token lasts to the end of
    `expires_on`, in UTC, and never has more rights than its owner (`config/access.py`).
    """

    class Scope(models.TextChoices):
        READ = "read", gettext_lazy("read records")
        EXPORT = "export", gettext_lazy("export in bulk")
        WRITE = "write", gettext_lazy("enter and change")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=6, choices=Scope))
    created_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=["read", "export", "write"], scopes__len__gte=1),
                name="api_token_has_known_scopes",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="api_token_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_usable(self) -> bool:
        """Whether it was neither revoked nor has expired."""
        return self.revoked_at is None and self.expires_on >= timezone.now().date()

    @property
    def scopes_in_words(self) -> str:
        """`read records, export in bulk`."""
        return ", ".join(str(scope.label) for scope in self.Scope if scope in self.scopes)


class ReaderSetting(models.Model):
    """What somebody set for all pages, wherever they sign in. `currency` is one of `config.currencies.CHOICES`."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reader_setting")
    currency = models.CharField(max_length=10, blank=True)

    def __str__(self) -> str:
        return f"settings of user {self.user_id}"


class KeptAnswer(models.Model):
    """What the API answered to a change that came with an `Idempotency-Key`, for the same request coming again.

    It is written in the transaction of the change itself. `digest` is the hash of method, address and body.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("owner", "key", name="kept_answer_once_a_key")]
        indexes = [models.Index("created_at", name="kept_answer_by_age")]

    def __str__(self) -> str:
        return f"answer {self.status} to {self.key}"


class RecordChanges(models.Model):
    """How many transactions changed a table of records, and the last of them (`config/unchanged.py`).

    There are several rows, so that writers never wait for each other: each adds to one that nobody else adds to.
    Triggers alone write them.
    """

    number = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)  # the id of a transaction

    def __str__(self) -> str:
        return f"{self.number} changes"
