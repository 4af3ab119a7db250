"""Who may do what, for the methods that only programs use, and for tokens of the API by their scopes."""

from typing import Any

import pytest
from django.test import Client
from factories import bearer, make_user
from test_access import PERSONAS, ROUTES, address, client_of, is_refused, level_of, wrongly_answered

from config import access
from config.access import ROLES, SCOPES


@pytest.fixture(autouse=True)
def nobody_reads_without_an_account(settings: Any) -> None:
    settings.ROUNDBOOK_OPEN_READING = "nobody"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("persona", PERSONAS)
def test_other_methods_open_to_those_who_may_change_something(persona: str, method: str, db: None) -> None:
    assert wrongly_answered(client_of(persona), method, lambda needed: level_of(persona) >= needed) == []


@pytest.mark.parametrize("scope", sorted(SCOPES.values()))
@pytest.mark.parametrize("role", ROLES)
def test_a_token_opens_the_api_as_far_as_its_scope_and_its_owner_reach(role: str, scope: str, db: None) -> None:
    client = Client(raise_request_exception=False, headers=bearer(make_user(role, role), scope))
    wrong = []
    for route in ROUTES:
        right, path = access.right_for(route), address(route)
        assert right is not None
        if not path.startswith("/api/v1/"):
            continue
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            needed = right.level_for(method)
            may = SCOPES[needed] == scope and ROLES[role] >= needed
            answer = client.generic(method, path)
            if is_refused(answer) == may or answer.status_code >= 500:
                wrong.append((route, method, answer.status_code))
    assert wrong == []
