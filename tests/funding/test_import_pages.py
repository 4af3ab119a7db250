"""`/imports/`: an editor takes in a file, has it checked and recorded by jobs, and takes it back."""

import csv
import io
from typing import Any

import pytest
from alert_jobs import run_jobs
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from factories import make_user

from companies.models import Company
from funding import dispatch, importing, jobs
from funding.models import Import, ImportRow, Job, Valuation

pytestmark = pytest.mark.django_db
HEAD = "Company,Valuation ($B),Date Joined,Country,City,Industry,Select Investors"
HALDEN = 'Halden,$1.5,4/7/2021,Norway,Oslo,Fintech,"Quillmark Ventures, Tarn Capital"'
BRIGHTWATER = "Brightwater Labs,$2,5/3/2020,Norway,Bergen,Health,Quillmark Ventures"
BAD = ",$1.1,4/7/2021,Norway,=Fernmoor,Fintech,Quillmark Ventures"


def taken_in(client: Client, *lines: str, name: str = "unicorns-2021-11.csv") -> Import:
    content = "\n".join([HEAD, *(lines or (HALDEN, BRIGHTWATER, BAD)), ""]).encode()
    answer = client.post("/imports/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    file = Import.objects.get()
    assert answer["Location"] == file.get_absolute_url()
    return file


def page_of(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def asked(client: Client, file: Import, step: str) -> str:
    """A step asked for by its button and done by a worker; the page after it."""
    assert client.post(f"/imports/{file.pk}/{step}/").status_code == 302
    assert [job.state for job in run_jobs("import")] == ["done"]
    file.refresh_from_db()
    return page_of(client, f"/imports/{file.pk}/")


def test_a_file_is_taken_in_checked_recorded_and_taken_back(editor_client: Client) -> None:
    file = taken_in(editor_client)
    page = page_of(editor_client, f"/imports/{file.pk}/")
    assert "CB Insights, unicorns" in page and "2021-11" in page and "utf-8" in page.lower()

    page = asked(editor_client, file, "check")
    assert file.state == "checked" and "New 2" in page and "Refused 1" in page and "Brightwater Labs" in page
    assert not Company.objects.exists()

    page = asked(editor_client, file, "record")
    assert file.state == "recorded" and set(Company.objects.live().values_list("name", flat=True)) == {
        "Halden",
        "Brightwater Labs",
    }
    assert "2 new rows, 1 refused row" in page_of(editor_client, "/imports/")
    assert "Companies spoken of" in page and file.source.get_absolute_url() in page
    assert Valuation.objects.count() == 2

    assert "Take this file back" in page_of(editor_client, f"/imports/{file.pk}/take-back/")
    asked(editor_client, file, "take-back")
    assert file.state == "undone" and not Company.objects.live().exists()


def test_refused_rows_stand_under_their_tab_and_in_a_file_that_no_spreadsheet_runs(editor_client: Client) -> None:
    file = taken_in(editor_client)
    asked(editor_client, file, "check")
    page = page_of(editor_client, f"/imports/{file.pk}/?verdict=refused")
    page = page.partition('id="rows"')[2].partition('id="columns"')[0]
    assert "=Fernmoor" in page and "Brightwater Labs" not in page
    assert "No column of the row names a company." in page
    answer = editor_client.get(f"/imports/{file.pk}/refused.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert rows[0] == ["row", "reason", *HEAD.split(",")]
    assert rows[1][:2] == ["4", "No column of the row names a company."] and len(rows) == 2
    assert rows[1][2] == "" and "'=Fernmoor" in rows[1] and "=Fernmoor" not in rows[1]


def test_rows_go_on_page_by_page(editor_client: Client) -> None:
    file = taken_in(editor_client, *(f"Company {number},$2,5/3/2020,Norway,Bergen,Health," for number in range(60)))
    page = asked(editor_client, file, "check")
    assert "Company 0" in page and "Company 59" not in page
    kept = ImportRow.objects.get(number=51)
    page = page_of(editor_client, f"/imports/{file.pk}/?verdict=new&after=51~{kept.pk}")
    assert "Company 59" in page and "Company 0 " not in page
    page = page_of(editor_client, f"/imports/{file.pk}/?verdict=new&after=nonsense")
    assert "names no place in this list" in page


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "The file is empty."),
        ("broken.csv.gz", b"\x1f\x8b\x08 damaged", "damaged"),
        ("additions.csv", b"content,month_str,year_str,value\r\nrounds,2015-01,2015,3\r\n", "counts how many records"),
    ],
)
def test_a_file_that_is_no_table_says_so_at_the_field(
    editor_client: Client, name: str, content: bytes, message: str
) -> None:
    answer = editor_client.post("/imports/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert message in answer.content.decode() and 'id="id_file_error"' in answer.content.decode()
    assert not Import.objects.exists()


def test_no_file_at_all_and_one_too_large_are_told_at_the_field(editor_client: Client, settings: Any) -> None:
    answer = editor_client.post("/imports/")
    assert answer.status_code == 422 and "Choose a file." in answer.content.decode()
    settings.IMPORT_MB = 1
    answer = editor_client.post("/imports/", {"file": SimpleUploadedFile("a.csv", b"x" * (1024**2 + 1))})
    assert answer.status_code == 413 and "larger than 1 MB" in answer.content.decode()
    assert not Import.objects.exists()


def test_steps_out_of_turn_are_refused_with_the_reason(editor_client: Client) -> None:
    file = taken_in(editor_client)
    page = editor_client.post(f"/imports/{file.pk}/record/", follow=True).content.decode()
    assert "The file is to be mapped." in page
    editor_client.post(f"/imports/{file.pk}/check/")
    page = editor_client.post(f"/imports/{file.pk}/check/", follow=True).content.decode()
    assert "A job is at work on this file." in page and Job.objects.count() == 1
    assert "hx-trigger" in page
    page = editor_client.post(f"/imports/{file.pk}/delete/", follow=True).content.decode()
    assert "A job is at work on this file." in page and Import.objects.exists()


def test_a_file_is_deleted_as_long_as_nothing_of_it_is_recorded(editor_client: Client) -> None:
    file = taken_in(editor_client)
    asked(editor_client, file, "check")
    page = editor_client.post(f"/imports/{file.pk}/delete/", follow=True).content.decode()
    assert "unicorns-2021-11.csv is deleted." in page and not ImportRow.objects.exists()
    file = taken_in(editor_client)
    asked(editor_client, file, "check")
    asked(editor_client, file, "record")
    page = editor_client.post(f"/imports/{file.pk}/delete/", follow=True).content.decode()
    assert "Take it back instead." in page and Import.objects.exists()


def test_recording_that_is_cancelled_goes_on_where_it_stopped(
    editor_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = taken_in(editor_client, HALDEN, BRIGHTWATER, HALDEN.replace("Halden", "Mirelle Foods"))
    asked(editor_client, file, "check")
    importing.ask(file, "record", None)
    monkeypatch.setattr("funding.importing.parts.BATCH", 1)
    report = jobs.report_progress

    def cancelled_after_the_first(job: Job, words: str, done: int, total: int) -> None:
        report(job, words, done, total)
        jobs.cancel(job, None)

    monkeypatch.setattr(jobs, "report_progress", cancelled_after_the_first)
    assert [job.state for job in run_jobs("import")] == ["cancelled"]
    file.refresh_from_db()
    assert file.state == "recording" and Company.objects.live().count() == 2
    page = page_of(editor_client, f"/imports/{file.pk}/")
    assert "Cancelled." in page and "Go on recording" in page and "Take back" in page

    monkeypatch.setattr(jobs, "report_progress", report)
    asked(editor_client, file, "record")
    assert file.state == "recorded" and Company.objects.live().count() == 3


def test_a_worker_lost_after_its_last_batch_is_no_failure(editor_client: Client) -> None:
    file = taken_in(editor_client)
    asked(editor_client, file, "check")
    job = importing.ask(file, "record", None)
    importing.record(Import.objects.get(pk=file.pk))
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and job.result == "The file is recorded."


def test_a_check_that_is_cancelled_can_be_asked_for_again_by_either_page(editor_client: Client) -> None:
    file = taken_in(editor_client)
    job = importing.ask(file, "check", None)
    jobs.cancel(job, None)
    file.refresh_from_db()
    assert file.state == "arrived" and file.reason == "Cancelled."
    jobs.retry(job, None)
    file.refresh_from_db()
    assert file.state == "checking" and not file.reason
    assert [job.state for job in run_jobs("import")] == ["done"]
    assert Import.objects.get().state == "checked"


def test_a_job_of_a_deleted_file_says_so(editor_client: Client) -> None:
    file = taken_in(editor_client)
    job = importing.ask(file, "check", None)
    Import.objects.all().delete()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and "was deleted" in job.error


def test_only_editors_come_here(client: Client, editor_client: Client) -> None:
    file = taken_in(editor_client)
    client.force_login(make_user("ana", "analyst"))
    for address in ("/imports/", f"/imports/{file.pk}/", f"/imports/{file.pk}/refused.csv"):
        assert client.get(address).status_code == 403
    for step in ("check", "record", "take-back", "delete"):
        assert client.post(f"/imports/{file.pk}/{step}/").status_code == 403


def test_pages_are_told_in_french(editor_client: Client) -> None:
    file = taken_in(editor_client)
    asked(editor_client, file, "check")
    editor_client.cookies["django_language"] = "fr"
    page = page_of(editor_client, f"/imports/{file.pk}/?verdict=refused")
    assert "Contrôler à nouveau" in page and "Lignes" in page and "Refusées 1" in page
    assert "Aucune colonne de la ligne ne nomme de société." in page
    assert "2 lignes nouvelles, 1 ligne refusée" in page_of(editor_client, "/imports/")


def test_pages_ask_the_database_few_questions(editor_client: Client, django_assert_max_num_queries: Any) -> None:
    file = taken_in(editor_client)
    asked(editor_client, file, "check")
    asked(editor_client, file, "record")
    for address in ("/imports/", f"/imports/{file.pk}/", f"/imports/{file.pk}/?verdict=refused"):
        with django_assert_max_num_queries(12):
            editor_client.get(address)


def test_columns_of_an_unknown_file_are_mapped_by_hand(editor_client: Client) -> None:
    content = b"Firm;Amount;When\nHalden;1,5;04.07.2021\n"
    editor_client.post("/imports/", {"file": SimpleUploadedFile("deals.csv", content)})
    file = Import.objects.get()
    page = page_of(editor_client, f"/imports/{file.pk}/")
    assert "A file of another kind" in page and "04.07.2021" in page
    given = {"c0": "company.name", "c1": "round.raised", "c2": "round.announced_on"}
    options = {"as_of": "2021-12", "currency": "eur", "unit": "1000000", "date_order": "dmy"}
    answer = editor_client.post(f"/imports/{file.pk}/mapping/", given | options, follow=True)
    assert "What the columns mean is kept." in answer.content.decode()
    file.refresh_from_db()
    assert file.format["mapping"] == {"Firm": "company.name", "Amount": "round.raised", "When": "round.announced_on"}
    assert file.format["options"]["currency"] == "EUR" and file.format["options"]["unit"] == "1000000"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"c0": "company.nom"}, "“company.nom” is nothing that a column can mean."),
        ({"currency": "euro"}, "“EURO” is no ISO code of a currency."),
        ({"unit": "many"}, "a number above 0"),
        ({"as_of": "soon"}, "soon"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_and_all_typed_stays(
    editor_client: Client, wrong: dict[str, str], message: str
) -> None:
    file = taken_in(editor_client)
    before = file.format
    answer = editor_client.post(f"/imports/{file.pk}/mapping/", {"c3": "company.place"} | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422 and message in page and 'value="company.place"' in page
    file.refresh_from_db()
    assert file.format == before


def test_a_mapping_is_not_changed_once_a_file_is_recorded(editor_client: Client) -> None:
    file = taken_in(editor_client)
    asked(editor_client, file, "check")
    asked(editor_client, file, "record")
    editor_client.post(f"/imports/{file.pk}/mapping/", {"c0": "company.place"})
    before = file.format
    file.refresh_from_db()
    assert file.format == before and file.state == "recorded"


def test_a_job_of_a_file_is_not_stopped_at_the_time_limit_of_others(
    editor_client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    sent = {}
    monkeypatch.setattr(dispatch.app, "send_task", lambda _name, args, **options: sent.update({args[0]: options}))
    job = importing.ask(taken_in(editor_client), "check", None)
    other = jobs.enqueue(Job.Kind.PRUNING, "pruning:today")
    assert dispatch.send_due() == 2
    assert sent[job.pk]["soft_time_limit"] == settings.JOB_LONG_LIMIT > settings.CELERY_TASK_TIME_LIMIT
    assert "soft_time_limit" not in sent[other.pk]
