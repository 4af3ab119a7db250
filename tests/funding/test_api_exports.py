"""Exports by the API: asked for with rows, columns, filters and currency, made by a job, fetched with their hash."""

import base64
import csv
import datetime
import hashlib
import io
import json
import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from factories import bearer, make_rate, make_round, make_user, usd

from config.accounts.roles import give_role
from funding import jobs, tasks
from funding.api import examples
from funding.models import ExportFile, ExportPart, Job
from funding.reporting import asked
from funding.values import Money, Text

pytestmark = pytest.mark.django_db
ASKED = {"rows": "rounds", "columns": ["company", "raised_low"], "filters": {"stage": "seed"}, "order": "largest"}


@pytest.fixture
def analyst():
    return make_user("ana", "analyst")


@pytest.fixture
def api(analyst):
    return Client(headers=bearer(analyst, "export"))


@pytest.fixture
def rounds():
    make_round("Lumio", stage=Text("seed"), raised=Money.exact(5_000_000, "EUR"))
    make_round("Otherio", stage=Text("seed"), raised=usd(9_000_000))
    make_round("Thirdio", stage=Text("series_a"))


def ask(api: Client, body: Any, **headers: str):
    return api.post("/api/v1/exports", json.dumps(body), "application/json", headers=headers)


def made(api: Client, **changed: Any) -> tuple[dict[str, Any], bytes]:
    """What is told of a file once its job has run, and the file."""
    answer = ask(api, ASKED | changed)
    assert answer.status_code == 202, answer.content
    jobs.run(Job.objects.get(kind="export", state="queued").pk)
    told = api.get(answer["Location"]).json()
    assert told["state"] == "done", told
    return told, b"".join(api.get(told["file"]))


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode())))


def pointers(answer) -> list[str]:
    assert answer.status_code == 422, answer.content
    return [one["pointer"] for one in answer.json()["errors"]]


def test_a_file_is_asked_for_followed_and_fetched(api, rounds):
    answer = ask(api, ASKED)
    first = answer.json()
    assert answer.status_code == 202 and answer["Location"] == first["href"]
    assert (first["state"], first["file"], first["row_count"]) == ("queued", None, None)
    assert api.get(f"{first['href']}/file").status_code == 404
    jobs.run(Job.objects.get(kind="export").pk)
    told = api.get(first["href"]).json()
    fetched = api.get(told["file"])
    content = b"".join(fetched)
    assert rows_of(content) == [["company", "raised_low"], ["Otherio", "9000000"], ["Lumio", "5000000"]]
    assert (told["row_count"], told["size"]) == (2, len(content))
    digest = hashlib.sha256(content)
    assert told["sha256"] == digest.hexdigest()
    assert fetched["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert fetched["Content-Length"] == str(len(content))
    assert fetched["Content-Disposition"] == 'attachment; filename="roundbook-rounds.csv"'
    assert [one["id"] for one in api.get("/api/v1/exports").json()["data"]] == [told["id"]]


def test_a_file_is_in_the_currency_and_the_format_that_are_asked_for(api, rounds):
    make_rate("SEK", "11.5", datetime.date(2024, 2, 20))
    columns = ["company", "converted_low", "converted_currency", "rate_on"]
    told, content = made(api, columns=columns, currency="SEK", format="jsonl", filters={"company": "lumio"})
    assert json.loads(content) == {
        "company": "Lumio", "converted_low": "57500000", "converted_currency": "SEK", "rate_on": "2024-02-20",
    }  # fmt: skip
    assert told["filename"] == "roundbook-rounds.jsonl"
    workbook, content = made(api, format="xlsx")
    assert content.startswith(b"PK") and workbook["row_count"] == 2


def test_a_file_is_of_what_was_known_on_a_day(api, rounds):
    yesterday = (timezone.now() - datetime.timedelta(days=1)).date().isoformat()
    told, content = made(api, known=yesterday)
    assert told["row_count"] == 0 and rows_of(content) == [["company", "raised_low"]]


def test_a_large_file_is_kept_in_parts(api, rounds, monkeypatch):
    monkeypatch.setattr(asked, "PART", 10)
    told, content = made(api)
    assert ExportPart.objects.count() == -(-len(content) // 10) > 1
    assert told["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("changed", "places"),
    [
        ({"rows": "nothing"}, ["/rows"]),
        ({"rows": None}, ["/rows"]),
        ({"format": "pdf"}, ["/format"]),
        ({"columns": ["nonsense"]}, ["/columns"]),
        ({"columns": "company"}, ["/columns"]),
        ({"filters": {"stage": "series_z"}}, ["/filters/stage"]),
        ({"filters": {"colour": "red"}}, ["/filters"]),
        ({"filters": {"currency": "EUR"}}, ["/filters/currency"]),
        ({"filters": {"stage": {"a": 1}}}, ["/filters/stage"]),
        ({"filters": "stage=seed"}, ["/filters"]),
        ({"filters": {"q": "x" * 5000}}, ["/filters"]),
        ({"order": "nonsense"}, ["/order"]),
        ({"rows": "quarters", "columns": None}, ["/order"]),
        ({"currency": "XXX"}, ["/currency"]),
        ({"known": "soon"}, ["/known"]),
        ({"exact": "yes"}, ["/exact"]),
        ({"colour": "red"}, ["/colour"]),
    ],
)
def test_what_cannot_be_exported_is_refused_with_its_place(api, changed, places):
    assert pointers(ask(api, ASKED | changed)) == places
    assert not ExportFile.objects.exists() and not Job.objects.exists()


def test_the_same_key_asks_for_one_file(api, rounds):
    first, again = (ask(api, ASKED, **{"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first.content == again.content and ExportFile.objects.count() == 1


def test_a_file_is_its_owners_alone(api, rounds):
    told, _content = made(api)
    other = Client(headers=bearer(make_user("ben", "admin"), "export"))
    for path in (told["href"], told["file"]):
        assert other.get(path).status_code == 404
    assert other.delete(told["href"]).status_code == 404
    assert other.get("/api/v1/exports").json()["data"] == []


def test_a_file_needs_the_scope_and_the_role(analyst, rounds):
    assert ask(Client(headers=bearer(analyst, "read")), ASKED).json()["type"] == "/api/#out-of-scope"
    assert ask(Client(headers=bearer(make_user("rui", "reader"), "export")), ASKED).status_code == 403
    api = Client(headers=bearer(analyst, "export"))
    address = ask(api, ASKED)["Location"]
    give_role(analyst, "reader")
    jobs.run(Job.objects.get().pk)
    assert Job.objects.get().state == "failed" and not ExportPart.objects.exists()
    give_role(analyst, "analyst")
    assert api.get(address).json()["error"]


def test_a_file_is_deleted_and_its_making_stopped(api, rounds):
    told, _content = made(api)
    assert api.delete(told["href"]).status_code == 204
    assert api.get(told["href"]).status_code == 404 and not ExportPart.objects.exists()
    waiting = ask(api, ASKED)["Location"]
    assert api.delete(waiting).status_code == 204
    assert Job.objects.latest("pk").state == "cancelled"


def test_files_are_kept_for_a_day_and_so_many_at_a_time(api, rounds, monkeypatch):
    monkeypatch.setattr(asked, "MOST", 2)
    told, _content = made(api)
    assert ask(api, ASKED).status_code == 202
    refused = ask(api, ASKED)
    assert refused.status_code == 422 and refused.json()["type"] == "/api/#too-much"
    ExportFile.objects.filter(pk=told["id"]).update(created_at=timezone.now() - datetime.timedelta(hours=25))
    tasks.delete_old_exports()
    assert api.get(told["href"]).status_code == 404
    assert ask(api, ASKED).status_code == 202


def test_the_example_is_taken_as_it_stands(api, rounds):
    make_rate("SEK", "11.5", datetime.date(2024, 2, 20))
    answer = ask(api, examples.BODIES["ExportEntry"])
    assert answer.status_code == 202, answer.content
    assert answer.json().keys() == examples.EXPORT.keys()


def test_a_job_that_takes_long_is_held_meanwhile(settings, transactional_db, analyst, rounds):
    settings.JOB_LEASE = 0.08
    job = Job.objects.create(kind="export", idempotency_key="long")
    claimed = jobs.claim(job.pk)
    assert claimed is not None
    settings.JOB_LEASE = 0.2
    with jobs.held(claimed, "Making the file"):
        time.sleep(0.5)
        job.refresh_from_db()
        assert job.lease_until > timezone.now() and job.progress == "Making the file"
