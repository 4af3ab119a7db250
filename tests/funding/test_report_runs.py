"""A run makes the file and hands it over once: by mail, as link, or into the folder; what fails says why."""

import email
import email.policy
import hashlib
import json

import pytest
from alert_jobs import make_analyst, run_jobs
from django.http import QueryDict
from django.utils import timezone
from factories import make_round, usd
from mail_server import serving
from test_report_schedule import make_report

from config.accounts.roles import give_role
from funding import exports, jobs
from funding.models import Job, ReportRun
from funding.reporting import running, schedule
from funding.values import PartialDate

pytestmark = pytest.mark.django_db


@pytest.fixture
def mails(settings):
    with serving(settings) as server:
        settings.SITE_ADDRESS = "https://roundbook.example"
        yield server


def ask(**columns) -> ReportRun:
    """A run of a report as a worker leaves it."""
    report = make_report(**{"way": "attachment", "query": "columns=company,raised_low"} | columns)
    return again(schedule.ask(report, report.way))


def again(run: ReportRun) -> ReportRun:
    run_jobs("report")
    run.refresh_from_db()
    return run


def message(server) -> email.message.EmailMessage:
    [text] = server.taken
    return email.message_from_bytes(text.encode(), policy=email.policy.default)


def file_of(report) -> bytes:
    return b"".join(exports.read(report.rows, QueryDict(report.query), report.form).chunks())


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_a_file_goes_out_by_mail_as_it_is(mails, form):
    make_round("Halden Robotics, Åre", raised=usd(5))
    run = ask(form=form)
    told = message(mails)
    [attached] = told.iter_attachments()
    assert attached.get_content() == file_of(run.report)
    day = timezone.now().date().isoformat()
    assert attached.get_filename() == run.filename == f"seeds-{day}.{form}"
    assert (told["To"], told["Subject"]) == ("ana@desk.example", f"Seeds, {day}")
    assert (run.state, run.rows, run.sha256) == ("sent", 1, hashlib.sha256(file_of(run.report)).hexdigest())
    assert run.sha256 in told.get_body().get_content()
    assert run.answer == "to ana@desk.example"


def test_a_link_leads_to_the_report(mails):
    make_round()
    run = ask(way="link")
    told = message(mails)
    assert not list(told.iter_attachments())
    assert f"https://roundbook.example/reports/{run.report_id}/" in told.get_body().get_content()
    assert run.state == "sent"


def test_what_is_too_large_for_a_mail_goes_out_as_link(mails, monkeypatch):
    monkeypatch.setattr(running, "MOST_ATTACHED", 10)
    make_round()
    run = ask()
    assert "It is too large for a mail." in message(mails).get_body().get_content()
    assert not list(message(mails).iter_attachments())
    assert run.state == "sent"


def test_a_mail_is_in_the_language_of_the_report(mails):
    ask(language="fr")
    assert "Le rapport «\u00a0Seeds\u00a0»." in message(mails).get_body().get_content()


def test_a_mail_is_sent_once_however_often_its_job_runs(mails):
    run = ask()
    job = run.job
    Job.objects.filter(pk=job.pk).update(state="queued", finished_at=None)
    again(run)
    assert len(mails.taken) == 1
    assert run.state == "sent"


def test_where_the_process_dies_in_the_middle_nobody_knows_and_the_owner_decides(mails):
    run = ask()
    # As a worker leaves it that is killed after the claim: it said that it is sending, and its lease runs out.
    ReportRun.objects.update(state="sending", ended_at=None)
    Job.objects.update(state="queued", finished_at=None)
    again(run)
    assert (run.state, len(mails.taken)) == ("unsure", 1)
    schedule.ask_again(run)
    with pytest.raises(ValueError, match="This is no run"):
        schedule.ask_again(run)
    again(run)
    assert (run.state, len(mails.taken)) == ("sent", 2)
    assert mails.taken[0].count(str(run.uid)) == mails.taken[1].count(str(run.uid)) > 0


def test_without_the_claim_a_killed_worker_would_send_twice(mails, monkeypatch):
    """The control of the test before: the mechanism is the state that is kept before the mail is handed over."""
    run = ask()
    ReportRun.objects.update(state="waiting", ended_at=None)
    Job.objects.update(state="queued", finished_at=None)
    again(run)
    assert len(mails.taken) == 2


def test_a_server_that_refuses_is_told_and_the_run_can_be_tried_again(mails):
    mails.answers["RCPT"] = "550 nobody here"
    run = ask()
    assert run.state == "failed"
    assert "The mail server refused it" in run.answer and "nobody here" in run.answer
    del mails.answers["RCPT"]
    schedule.ask_again(run)
    assert again(run).state == "sent"


def test_a_server_that_is_away_is_tried_again_later(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    run = ask()
    job = run.job
    job.refresh_from_db()
    assert (run.state, job.state) == ("waiting", "queued")
    assert "cannot be reached" in job.error


def test_a_file_is_put_into_the_folder_with_its_hash_beside_it_and_once(settings, tmp_path):
    settings.REPORT_FOLDER = str(tmp_path)
    make_round()
    run = ask(way="folder", name="../../Über “alles”")
    [path] = tmp_path.rglob("*.csv")
    assert path.parent == tmp_path / "ana"
    assert path.read_bytes() == file_of(run.report)
    assert run.answer == f"ana/{path.name}"
    told = json.loads(path.with_name(f"{path.name}.sha256.json").read_text())
    assert (told["rows"], told["sha256"]) == (1, run.sha256)
    ReportRun.objects.update(state="waiting", ended_at=None)
    Job.objects.update(state="queued", finished_at=None)
    again(run)
    assert len(list(tmp_path.rglob("*.csv"))) == 1


def test_without_a_folder_the_owner_of_the_site_is_named(settings):
    settings.REPORT_FOLDER = ""
    run = ask(way="folder")
    assert (run.state, "ROUNDBOOK_REPORT_FOLDER" in run.answer) == ("failed", True)


def test_a_folder_that_cannot_be_written_is_tried_again(settings, tmp_path):
    (tmp_path / "ana").write_text("a file where the folder should be")
    settings.REPORT_FOLDER = str(tmp_path)
    run = ask(way="folder")
    run.job.refresh_from_db()
    assert (run.state, run.job.state) == ("waiting", "queued")
    assert "cannot be put into the folder" in run.job.error


def test_a_report_that_can_no_longer_be_read_fails_with_the_reason(mails):
    run = ask(query="colour=blue")
    assert run.state == "failed"
    assert "“colour” is no filter of this list." in run.answer
    assert mails.taken == []


def test_whoever_may_not_export_any_more_gets_nothing(mails):
    owner = make_analyst()
    give_role(owner, "reader")
    run = ask(owner=owner)
    assert (run.state, run.answer) == ("failed", "The account that the report is of may not export any more.")
    assert mails.taken == []


def test_the_period_of_a_run_is_that_of_its_day(mails):
    make_round("Of September", announced_on=PartialDate(2026, 9, 3))
    make_round("Of October", announced_on=PartialDate(2026, 10, 3))
    report = make_report(query="columns=company", period="quarter", way="attachment")
    run = schedule.ask(report, "attachment")
    ReportRun.objects.update(due_at=timezone.datetime(2026, 11, 27, 7, tzinfo=timezone.get_default_timezone()))
    again(run)
    [attached] = message(mails).iter_attachments()
    assert attached.get_content() == b"company\r\nOf September\r\n"
    assert run.filename == "seeds-2026-11-27.csv"


def test_a_report_as_of_a_date_goes_out_as_of_that_date(mails):
    make_round()
    run = ask(query="columns=company&known=2020-01-01")
    assert (run.state, run.rows) == ("sent", 0)


def test_a_cancelled_job_gives_its_run_up(mails):
    report = make_report(way="attachment")
    run = schedule.ask(report, "attachment")
    assert jobs.cancel(run.job, report.owner)
    run.refresh_from_db()
    assert (run.state, mails.taken) == ("failed", [])
