"""Who may do what, route by route and role by role."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from factories import make_user

from config import access
from config.access import RIGHTS, ROLES, Level
from tests.servers import ROOT

PERSONAS = ("anonymous", "no role", *ROLES)
ARGUMENTS: tuple[tuple[object, ...], ...] = ((), (1,), ("some-slug",), ("token",), ("MQ", "set-password"), (1, 1))
# Open to the middleware, and sending visitors to the sign-in page by themselves; signing out ends the test's session.
ASK_THEMSELVES = {
    *("account_change_password", "account_logout", "account_reauthenticate", "account_set_password"),
    *("account_inactive", "account_signup"),
}
ROUTES = sorted(
    name for name in access.route_names(get_resolver()) if not name.startswith("admin:") and access.right_for(name)
)


def address(route: str) -> str:
    """An address of the route, of a record that need not exist."""
    for arguments in ARGUMENTS:
        try:
            return reverse(route, args=arguments)
        except NoReverseMatch:
            continue
    raise AssertionError(f"no arguments fit {route}")


def is_refused(answer: HttpResponse) -> bool:
    """Whether the request was turned away: to the sign-in page, or with a reason."""
    return answer.status_code in (401, 403) or answer.get("Location", "").startswith("/accounts/login/")


def level_of(persona: str) -> Level:
    return ROLES.get(persona, Level.OPEN)


def client_of(persona: str) -> Client:
    client = Client(raise_request_exception=False)
    if persona == "no role":
        client.force_login(User.objects.create_user("nora"), backend="django.contrib.auth.backends.ModelBackend")
    elif persona != "anonymous":
        client.force_login(make_user(persona, persona), backend="django.contrib.auth.backends.ModelBackend")
    return client


def wrongly_answered(client: Client, method: str, reaches: Callable[[Level], bool]) -> list[tuple[str, int]]:
    """The routes that opened to somebody who may not, were closed to somebody who may, or failed, with the status."""
    wrong = []
    for route in ROUTES:
        if route in ASK_THEMSELVES:
            continue
        right = access.right_for(route)
        assert right is not None
        answer = client.generic(method, address(route))
        needed = right.level_for(method)
        may = needed == Level.OPEN or reaches(needed)
        if is_refused(answer) == may or answer.status_code >= 500:
            wrong.append((route, answer.status_code))
    return wrong


@pytest.fixture(autouse=True)
def nobody_reads_without_an_account(settings: Any) -> None:
    settings.ROUNDBOOK_OPEN_READING = "nobody"


def test_every_route_is_listed() -> None:
    assert access.unlisted_routes(get_resolver()) == []


def test_every_listed_right_is_of_a_route() -> None:
    names = set(access.route_names(get_resolver()))
    assert [name for name in RIGHTS if not name.endswith(":*") and name not in names] == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("persona", PERSONAS)
def test_a_route_opens_to_those_who_may_and_to_nobody_else(persona: str, method: str, db: None) -> None:
    assert wrongly_answered(client_of(persona), method, lambda needed: level_of(persona) >= needed) == []


@pytest.mark.parametrize("persona", PERSONAS)
def test_the_admin_is_for_admins(persona: str, db: None) -> None:
    answer = client_of(persona).get("/admin/")
    assert answer.status_code == (200 if persona == "admin" else 302 if persona == "anonymous" else 403)


def test_a_visitor_is_brought_back_after_signing_in(client: Client, db: None) -> None:
    answer = client.get("/companies/?q=hug")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/companies/%3Fq%3Dhug"


def test_reading_is_open_to_this_machine_where_the_owner_says_so(client: Client, db: None, settings: Any) -> None:
    settings.ROUNDBOOK_OPEN_READING = "localhost"
    settings.ALLOWED_HOSTS = ["localhost", "roundbook.example.com"]
    path = "/companies/"
    assert client.get(path, HTTP_HOST="localhost").status_code == 200
    # Somebody farther away: by a proxy, by another machine, or by a name that was pointed at us.
    assert client.get(path, HTTP_HOST="localhost", HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 302
    assert client.get(path, HTTP_HOST="localhost", REMOTE_ADDR="203.0.113.9").status_code == 302
    assert client.get(path, HTTP_HOST="roundbook.example.com").status_code == 302


def test_reading_does_not_open_anything_else(client: Client, db: None, settings: Any) -> None:
    settings.ROUNDBOOK_OPEN_READING = "everyone"
    assert client.get("/companies/").status_code == 200
    assert client.get("/rounds/new/").status_code == 302
    assert client.get("/review/").status_code == 302


def test_the_roles_are_told_in_the_documentation() -> None:
    text = (ROOT / "docs" / "access.md").read_text("utf-8")
    assert [role for role in ROLES if f"| {role} |" not in text] == []


@pytest.mark.parametrize(
    ("page", "entry"),
    [
        ("/companies/", ("Companies", "page")),
        ("/exits/new/", ("Companies", "true")),
        ("/valuations/new/", ("Companies", "true")),
        ("/imports/", ("Articles", "true")),
        ("/jobs/", ("Articles", "true")),
        ("/feeds/new/", ("Articles", "true")),
    ],
)
@pytest.mark.django_db
def test_the_masthead_marks_the_entry_that_a_page_belongs_to(editor_client: Client, page: str, entry: tuple[str, str]):
    sections = editor_client.get(page).context["sections"]
    assert [(str(one.label), one.current) for one in sections if one.current] == [entry]
