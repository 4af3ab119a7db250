"""A run of a report: its file made, and handed over once, by mail or into the folder that the owner allows.

A mail is sent at most once, as that of an alert is (`funding.alerting.sending`). A file in the folder has its name
from the run, so that one that is written twice is there once.
"""

import tempfile
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from config.access import Level, role_level
from funding import figures, jobs
from funding.alerting import mails, sending
from funding.exports import files
from funding.exports.files import Written
from funding.models import Job, Report, ReportRun
from funding.reporting import reports
from funding.texts import clean_line

GONE = "The report was deleted meanwhile."
State = ReportRun.State
MOST_ATTACHED: Final = 10 * 1024 * 1024  # bytes; what is larger goes out as a link


def follow(job: Job) -> None:
    """What a run learns from a job that did not come to a good end."""
    run = ReportRun.objects.select_for_update(no_key=True).filter(pk=job.payload.get("report_run")).first()
    if run is None or run.state in (State.SENT, State.UNSURE):
        return
    if job.state == Job.State.QUEUED:
        sending.settle(run, State.WAITING, "")
    elif run.state == State.SENDING:
        sending.settle(run, State.UNSURE, mails.UNSURE)
    else:
        sending.settle(run, State.FAILED, job.error)


@jobs.handles(Job.Kind.REPORT, on_outcome=follow)
def carry_out(job: Job) -> jobs.Effects:
    """Make the file of a run and hand it over, unless that was done before."""
    run = ReportRun.objects.select_related("report__owner").filter(pk=job.payload["report_run"]).first()
    if run is None:
        raise jobs.JobFailed("The report was deleted.")
    if run.state == State.SENDING:
        return sending.ending(run, State.UNSURE, mails.UNSURE, GONE)
    if run.state != State.WAITING:
        return lambda: f"It was {run.get_state_display()} before"
    if not run.report.owner.is_active or role_level(run.report.owner) < Level.EXPORT:
        raise jobs.JobFailed("The account that the report is of may not export any more.")
    day = run.due_at.date()
    with translation.override(run.report.language), tempfile.TemporaryFile() as file:
        jobs.report_progress(job, "Making the file", 0, 0)
        try:
            with reports.opened(run.report, day) as found:
                written = files.copy(found.pieces(), file)
        except reports.CannotMake as error:
            raise jobs.JobFailed(f"The file cannot be made. {error}") from None
        jobs.report_progress(job, "The file is made", 1, 1)
        _note(run, reports.filename(run.report, day), written)
        file.seek(0)
        if run.way == Report.Way.FOLDER:
            return _put(run, file, written)
        return _mail(run, file, written)


def _note(run: ReportRun, filename: str, written: Written) -> None:
    """Keep what the file is, whatever becomes of it."""
    run.filename, run.rows, run.size, run.sha256 = filename, written.rows, written.bytes, written.sha256
    run.save(update_fields=["filename", "rows", "size", "sha256"])


def _put(run: ReportRun, file: IO[bytes], written: Written) -> jobs.Effects:
    """Put the file into the folder, under a name of the run's own."""
    if not settings.REPORT_FOLDER:
        raise jobs.JobFailed("This site has no folder for reports: whoever runs it sets ROUNDBOOK_REPORT_FOLDER.")
    owner = slugify(run.report.owner.get_username()) or str(run.report.owner_id)
    folder = Path(settings.REPORT_FOLDER) / owner
    stem, _dot, suffix = run.filename.rpartition(".")
    path = folder / f"{stem}-{str(run.uid)[:8]}.{suffix}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files.write(str(path), ((piece, written.rows) for piece in iter(lambda: file.read(64 * 1024), b"")))
    except (OSError, files.CannotWrite) as error:
        raise jobs.JobDelayed(f"The file cannot be put into the folder: {error}") from error
    return sending.ending(run, State.SENT, f"{owner}/{path.name}", GONE)


def _mail(run: ReportRun, file: IO[bytes], written: Written) -> jobs.Effects:
    message = write_mail(run, file, written)
    claimed = ReportRun.objects.filter(pk=run.pk, state=State.WAITING)
    if not claimed.update(state=State.SENDING):
        raise jobs.JobDelayed("Another worker has it in hand.")
    return sending.hand_over(run, lambda: message, f"to {run.report.owner.email}", GONE)


def write_mail(run: ReportRun, file: IO[bytes], written: Written) -> EmailMessage:
    """The mail of a run in the language of its report, with the file or, where that is large, a link to the report."""
    report = run.report
    is_attached = run.way == Report.Way.ATTACHMENT and written.bytes <= MOST_ATTACHED
    context: dict[str, Any] = {
        "report": report,
        "run": run,
        "rows": figures.whole(written.rows),
        "is_attached": is_attached,
        "is_too_large": run.way == Report.Way.ATTACHMENT and not is_attached,
        "address": mails.site_address(report.get_absolute_url()),
        "reports": mails.site_address(reverse("funding:report_list")),
    }
    subject = _("%(name)s, %(day)s") % {"name": clean_line(report.name, 80), "day": run.due_at.date().isoformat()}
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    headers = {"Message-ID": f"<{run.uid}@{domain}>", "Auto-Submitted": "auto-generated"}
    body = render_to_string("funding/report_mail.txt", context)
    message = EmailMessage(subject, body, None, [report.owner.email], headers=headers)
    if is_attached:
        # As bytes and not as text, for no line end of it may change on its way.
        message.attach(run.filename, file.read(), "application/octet-stream")
    return message
