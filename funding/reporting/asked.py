"""Files of rows that a program asks for: made by a job, kept for a day, and fetched whole.

They are kept in the database, for the worker that makes one may be on another machine than the server that gives it.
"""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from typing import IO, Final

from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from config.access import Level, role_level
from funding import exports, jobs
from funding.as_of import BadMoment, CannotShow, TooMuch
from funding.exports import files, formats
from funding.models import ExportFile, ExportPart, Job
from funding.watching import Refused

KEPT: Final = timedelta(days=1)
MOST: Final = 10  # files of one person at a time
PART: Final = 1024 * 1024  # bytes
CANNOT: Final = (exports.BadQuery, BadMoment, TooMuch, CannotShow, formats.CannotHold, SuspiciousOperation)


def ask(owner: User, rows: str, query: QueryDict, form: str) -> ExportFile:
    """Queue the making of a file in the caller's transaction. Raises Refused where its owner has too many already.

    `query` is one that `exports.opened` takes; the caller has seen to that.
    """
    delete_old()
    if ExportFile.objects.filter(owner=owner).count() >= MOST:
        told = _("You have %(most)s files of this kind already, which is the most. Delete one first.")
        raise Refused(told % {"most": MOST})
    language = translation.get_language() or "en"
    asked = ExportFile.objects.create(owner=owner, rows=rows, query=query.urlencode(), form=form, language=language)
    asked.job = jobs.enqueue(Job.Kind.EXPORT, f"export:{asked.pk}", {"export_file": asked.pk}, by=owner)
    asked.save(update_fields=["job"])
    return asked


def delete(asked: ExportFile) -> None:
    """Delete a file, or stop its making."""
    with transaction.atomic():
        if asked.job and asked.job.is_open:
            jobs.cancel(asked.job, asked.owner)
        asked.delete()


def delete_old() -> int:
    """Delete the files that were asked for more than a day ago; how many."""
    old = ExportFile.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(job__in=Job.objects.open())
    found = list(old.values_list("pk", flat=True))
    ExportFile.objects.filter(pk__in=found).delete()
    return len(found)


def content(asked: ExportFile) -> Iterator[bytes]:
    """The bytes of a file, a part at a time."""
    for number in range(-(-(asked.size or 0) // PART)):
        yield bytes(asked.parts.values_list("content", flat=True).get(number=number))


@jobs.handles(Job.Kind.EXPORT)
def carry_out(job: Job) -> jobs.Effects:
    """Make a file, and keep it in the transaction that says that it is made."""
    asked = ExportFile.objects.select_related("owner").filter(pk=job.payload["export_file"]).first()
    if asked is None:
        raise jobs.JobFailed("The file was deleted.")
    if not asked.owner.is_active or role_level(asked.owner) < Level.EXPORT:
        raise jobs.JobFailed("The account that asked for the file may not export any more.")
    file = tempfile.TemporaryFile()  # noqa: SIM115  closed when it is kept
    try:
        with translation.override(asked.language):
            _make(job, asked, file)
    except BaseException:
        file.close()
        raise
    return lambda: _keep(asked, file)


def _make(job: Job, asked: ExportFile, file: IO[bytes]) -> None:
    query = QueryDict(asked.query)
    try:
        with jobs.held(job, "Making the file"), exports.opened(asked.rows, query, asked.form) as found:
            asked.filename = found.filename
            written = files.copy(found.pieces(), file)
    except CANNOT as error:
        raise jobs.JobFailed(f"The file cannot be made. {error}") from None
    asked.row_count, asked.size, asked.sha256 = written.rows, written.bytes, written.sha256


def _keep(asked: ExportFile, file: IO[bytes]) -> str:
    with file:
        held = ExportFile.objects.select_for_update(no_key=True).filter(pk=asked.pk).first()
        if held is None:
            return "The file was deleted meanwhile."
        file.seek(0)
        for number, piece in enumerate(iter(lambda: file.read(PART), b"")):
            ExportPart.objects.create(file=held, number=number, content=piece)
        asked.save(update_fields=["filename", "row_count", "size", "sha256"])
    return f"{asked.row_count} rows, SHA-256 {asked.sha256}"
