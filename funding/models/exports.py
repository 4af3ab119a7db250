"""Files of rows that were asked for and are fetched once they are made: what is in them, and their content."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .alerts import own
from .jobs import Job
from .reports import Report


class ExportFileQuerySet(models.QuerySet):
    def newest_first(self) -> Self:
        """By when they were asked for."""
        return self.order_by("-id")


class ExportFile(models.Model):
    """An export that a job makes: the `query` string that its `rows` take, and the format of the file.

    Its job says how far it is. Once that is done, `row_count` and `sha256` are those of the file, which its parts
    hold in their order until it is deleted. `funding.reporting.asked` is the only writer.
    """

    owner = own("export_files")
    rows = models.CharField(max_length=20)
    query = models.CharField(max_length=4000, blank=True)
    form = models.CharField(max_length=5, choices=Report.Format, default=Report.Format.CSV)
    language = models.CharField(max_length=10, default="en")
    filename = models.CharField(max_length=200, blank=True)
    row_count = models.PositiveBigIntegerField(null=True, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="export_files")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ExportFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256="", row_count=None, size=None)
                | (~Q(sha256="") & Q(row_count__isnull=False, size__isnull=False)),
                name="export_file_made_has_hash",
            ),
        ]
        indexes = [
            models.Index("owner", F("id").desc(), name="export_file_newest"),
            models.Index("created_at", name="export_file_by_age"),
        ]

    def __str__(self) -> str:
        return self.filename or f"export of {self.rows}"

    @property
    def is_made(self) -> bool:
        """Whether there is a file to fetch."""
        return bool(self.sha256)


class ExportPart(models.Model):
    """A piece of the content of a file, in order."""

    file = models.ForeignKey(ExportFile, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("file", "number", name="export_part_once")]

    def __str__(self) -> str:
        return f"{self.file}, part {self.number}"
