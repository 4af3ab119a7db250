"""Addresses under which other sites show the valuation chart of a company."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company

from .alerts import own


class Embed(models.Model):
    """One such address: a company in one view, perhaps as of a date, until a day, by the right of who made it.

    `known` and `public` are those of `funding.as_of`. Nothing is ever changed but that it is taken back.
    """

    class Theme(models.TextChoices):
        SYSTEM = "system", _("as the reader's system")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    company = models.ForeignKey(Company, models.CASCADE, related_name="embeds")
    scale = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    theme = models.CharField(max_length=6, choices=Theme)
    language = models.CharField(max_length=10)
    known = models.DateField(null=True, blank=True)
    public = models.DateField(null=True, blank=True)
    until = models.DateField()
    made_by = own("embeds")
    made_at = models.DateTimeField(default=timezone.now)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_back_by=None) | Q(taken_back_at__isnull=False), name="embed_taken_back_at_some_time"
            ),
        ]
        indexes = [models.Index("company", F("id").desc(), name="embed_newest")]

    def __str__(self) -> str:
        return f"{self.company}, until {self.until}"
