"""Schemathesis asks the API what its document allows, and what it does not: nothing fails, nothing is undocumented."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.http import QueryDict
from factories import bearer, make_user, tell_story
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from test_exits import BOUGHT, tell_exit

from config.wsgi import application
from funding import jobs
from funding.api.records import KINDS
from funding.models import Change, ExportFile, Job
from funding.reporting import asked

pytestmark = [pytest.mark.django_db, pytest.mark.long]
CASES = 2_000
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The connection of the test for all requests, as the test client has it: a request would close it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_two_thousand_requests_get_no_failure_and_no_undocumented_answer(one_connection: None) -> None:
    with connection.cursor() as cursor:
        # Between two requests the strategies are made, which may take longer than a transaction may stand idle.
        cursor.execute("SET idle_in_transaction_session_timeout = 0")
    tell_story()
    tell_exit(**BOUGHT)
    editor = make_user("eda", "editor")
    headers = bearer(editor, "read", "export", "write")
    asked.ask(editor, "rounds", QueryDict(), "csv")
    jobs.run(Job.objects.get(kind="export").pk)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, headers=headers)
    operations = [found.ok() for found in schema.get_all_operations()]
    numbers, statuses = count(), {}
    each = CASES // len(operations) // 2 + 2
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _ask(operation, mode, each, headers, numbers, statuses)
    total = next(numbers)
    assert total >= CASES, total
    # Not all of it is refused: records are read, and some are written.
    assert statuses[200] > CASES / 20
    assert statuses[201] and Change.objects.filter(kind="entry").exists()


def held(kind: str, key: str) -> Any:
    """The slug or id of a record of a kind that is there, or of a file that was asked for; 1 where there is none."""
    rows = KINDS[kind].rows() if kind in KINDS else ExportFile.objects.all()
    first = rows.order_by("pk").first()
    return getattr(first, "slug" if key == "slug" else "pk", 1)


def _ask(
    operation: Any, mode: Any, most: int, headers: dict[str, str], numbers: Any, statuses: dict[int, int]
) -> None:
    """Ask an address so many times. Every other request is about a record that is there."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(
        max_examples=most,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        if next(numbers) % 2 and case.path_parameters:
            case.path_parameters = {name: held(case.path.split("/")[3], name) for name in case.path_parameters}
        answer = case.call(headers=headers)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        case.validate_response(answer, checks=CHECKS)

    ask()
