"""Files that are imported: how each is read, how far it is, and its rows that wait to be recorded or were refused."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from .jobs import Job
from .mentions import Change
from .sources import Source


class ImportQuerySet(models.QuerySet):
    def newest_first(self) -> Self:
        """By when they came in."""
        return self.order_by("-id")


class Import(models.Model):
    """One file of rows, from its arrival to its undo.

    `format` is how it is read (`funding.formats.Format.as_json`), empty until somebody says so. `counts` holds how
    many rows came to what, `added` what recording them made. The content is kept in parts until it is recorded.
    """

    class State(models.TextChoices):
        ARRIVED = "arrived", gettext_lazy("to be mapped")
        CHECKING = "checking", gettext_lazy("being checked")
        CHECKED = "checked", gettext_lazy("checked")
        RECORDING = "recording", gettext_lazy("being recorded")
        RECORDED = "recorded", gettext_lazy("recorded")
        UNDOING = "undoing", gettext_lazy("being taken back")
        UNDONE = "undone", gettext_lazy("taken back")

    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State, default=State.ARRIVED)
    encoding = models.CharField(max_length=40, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    header: Any = models.JSONField(default=list, blank=True)
    format: Any = models.JSONField(default=dict, blank=True)
    counts: Any = models.JSONField(default=dict, blank=True)
    added: Any = models.JSONField(default=dict, blank=True)
    reason = models.TextField(blank=True)
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="imports")
    change = models.OneToOneField(Change, models.PROTECT, null=True, blank=True, related_name="imported")
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="imports")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=("recording", "recorded", "undoing", "undone"))
                | Q(source__isnull=False, change__isnull=False),
                name="import_recorded_has_source_and_change",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("funding:import_detail", args=[self.pk])


class SavedMapping(models.Model):
    """What the columns of a file mean, under a name, for other files with the same header.

    `format` is as that of an import, without a date; `header_digest` is what headers are found by
    (`funding.importing.mappings`).
    """

    name = models.CharField(max_length=100)
    header: Any = models.JSONField(default=list)
    header_digest = models.CharField(max_length=64, db_index=True)
    format: Any = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="saved_mapping_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_mapping_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportPart(models.Model):
    """A piece of the content of a file, in order."""

    file = models.ForeignKey(Import, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("file", "number", name="import_part_once")]

    def __str__(self) -> str:
        return f"{self.file}, part {self.number}"


class ImportRow(models.Model):
    """One row of a file that is checked and waits to be recorded, or why it is not.

    `group` is the mention of the company that it tells of: rows of one group are recorded together. Once recorded a
    row is a mention, and no row here any more.
    """

    class Verdict(models.TextChoices):
        NEW = "new", pgettext_lazy("rows", "new")
        CHANGED = "changed", gettext_lazy("changed")
        DUPLICATE = "duplicate", gettext_lazy("duplicate")
        CONFLICTING = "conflicting", gettext_lazy("conflicting")
        REFUSED = "refused", gettext_lazy("refused")

    file = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    group = models.CharField(max_length=40, blank=True)
    cells: Any = models.JSONField()
    verdict = models.CharField(max_length=11, choices=Verdict)
    reason = models.TextField(blank=True)
    warnings: Any = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(verdict__in=("refused", "duplicate", "conflicting")) | ~Q(reason=""),
                name="import_row_says_why",
            ),
        ]
        indexes = [
            models.Index("file", "group", "number", condition=Q(verdict__in=("new", "changed", "conflicting")),
                         name="import_row_to_record"),
            models.Index("file", "verdict", "number", name="import_row_by_verdict"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.file}, row {self.number}"


class ImportName(models.Model):
    """What a file calls somebody whom rows of it, or of other files given with it, name by a number alone."""

    file = models.ForeignKey(Import, models.CASCADE, related_name="names")
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint("file", "key", name="import_name_once")]

    def __str__(self) -> str:
        return self.name
