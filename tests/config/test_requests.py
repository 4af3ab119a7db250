"""What is answered to requests that cannot be served, and what they leave in the log."""

import logging
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.test import Client

from config.logs import keep_brief


@pytest.mark.parametrize("address", ["/companies/?q=%00", "/companies/a%00b/", "/rounds/?after=%00~1"])
def test_an_address_with_a_nul_is_refused(client: Client, db: None, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_refusal_says_why(reader_client: Client) -> None:
    assert "Say which figure: valuation=, statement= or statements=" in reader_client.get("/evidence/").text


@pytest.mark.parametrize("form", [{"text": "a" * 5_300_000}, {f"field{at}": "a" for at in range(2100)}])
def test_more_than_is_read_at_once_is_refused_as_too_much(editor_client: Client, form: dict[str, str]) -> None:
    answer = editor_client.post("/articles/", urlencode(form), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "than are read at once" in answer.text


def test_a_form_in_another_charset_is_refused() -> None:
    # With the checks of a real site, which read the form before any view does.
    kind = "application/x-www-form-urlencoded; charset=utf-16"
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.cookies["csrftoken"] = "a" * 32
    assert strict.post("/accounts/login/", b"a=%ff%fe&b", content_type=kind).status_code == 400


def test_a_database_that_is_busy_or_away_is_told_of_and_not_an_error_of_ours(
    editor_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr("funding.inbox.page", fail)
    editor_client.raise_request_exception = False
    answer = editor_client.get("/review/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "Nothing was changed" in answer.text


def test_any_other_failure_is_an_error_of_ours(editor_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: Any) -> None:
        raise RuntimeError("a slip")

    monkeypatch.setattr("funding.inbox.page", fail)
    editor_client.raise_request_exception = False
    answer = editor_client.get("/review/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text


def record_of(error: Exception, status: int) -> logging.LogRecord:
    given = ("Said of %s", ("/companies/?q=100%",), (type(error), error, None))
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, *given)
    record.status_code = status
    assert keep_brief(record)
    return record


@pytest.mark.parametrize(
    ("error", "status"), [(BadRequest("It holds a NUL."), 400), (OperationalError("It holds\na NUL."), 503)]
)
def test_the_log_has_one_line_of_what_is_no_error_of_ours(error: Exception, status: int) -> None:
    record = record_of(error, status)
    assert record.getMessage() == "Said of /companies/?q=100% (It holds a NUL.)"
    assert record.exc_info is None


def test_the_log_has_the_traceback_of_an_error_of_ours() -> None:
    assert record_of(RuntimeError("a slip"), 500).exc_info is not None
