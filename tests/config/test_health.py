"""What a machine asks: /health/ and /csp-report/."""

import json
import logging
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from config import health
from funding.models import Job

HEALTH = "/health/"
CSP_REPORT = "/csp-report/"


def test_all_is_well_with_database_and_broker(client: Client, db: None) -> None:
    answer = client.get(HEALTH)
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "broker": "ok", "oldest_due_job_seconds": None}
    assert "no-store" in answer["Cache-Control"]


def test_a_broker_that_does_not_answer_degrades_the_site_but_does_not_stop_it(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = health.app.connection(f"redis+socket://{settings.DATA_DIR}/nobody.sock")
    monkeypatch.setattr(health.app, "connection_for_write", lambda: nobody)
    answer = client.get(HEALTH)
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["broker"] == "does not answer"


def test_without_its_database_the_site_is_down(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(health.connection, "cursor", refuse)
    answer = client.get(HEALTH)
    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": "does not answer"}


def test_code_that_is_ahead_of_its_database_is_down(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_is_migrated", False)
    monkeypatch.setattr("config.health.MigrationExecutor.migration_plan", lambda *args: ["0009_something"])
    answer = client.get(HEALTH)
    assert answer.status_code == 503
    assert answer.json()["database"] == "migrations are outstanding"


@pytest.mark.parametrize(("minutes", "status"), [(1, "ok"), (6, "degraded")])
def test_a_job_that_waits_for_long_degrades_the_site(client: Client, db: None, minutes: int, status: str) -> None:
    due = timezone.now() - timedelta(minutes=minutes)
    Job.objects.create(kind=Job.Kind.ARTICLE, idempotency_key="article:1", run_after=due)
    answer = client.get(HEALTH).json()
    assert answer["status"] == status
    assert 60 * minutes <= answer["oldest_due_job_seconds"] < 60 * minutes + 30


def test_looking_is_all_that_may_be_done(client: Client, db: None) -> None:
    assert client.post(HEALTH).status_code == 405


def report(client: Client, body: bytes) -> int:
    return client.post(CSP_REPORT, body, content_type="application/csp-report").status_code


def test_a_report_is_logged_by_its_telling_fields(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    sent = {"csp-report": {"blocked-uri": "inline", "violated-directive": "style-src", "script-sample": "secret"}}
    assert report(client, json.dumps(sent).encode()) == 204
    assert caplog.messages == ['Content policy: {"violated-directive": "style-src", "blocked-uri": "inline"}']


def test_a_report_is_one_line_whatever_it_holds(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    sent = {"csp-report": {"blocked-uri": "a\nERROR root: forged\r\x1b[2J\u2028" + "x" * 5000}}
    assert report(client, json.dumps(sent).encode()) == 204
    (message,) = caplog.messages
    assert len(message.splitlines()) == 1 and message.isascii() and message.isprintable()
    assert len(message) < 500


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"[]", b"null", b'{"csp-report": 3}', b'{"csp-report": null}', b"[" * 9000, b"x" * 20000],
)
def test_what_is_no_report_is_logged_as_such(client: Client, body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert report(client, body) == 204
    (message,) = caplog.messages
    assert len(message) < 100


def test_only_posting_reports_anything(client: Client) -> None:
    assert client.get(CSP_REPORT).status_code == 405
