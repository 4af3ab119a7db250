"""Fixtures that all tests share: the personas."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from browsing import running_browser
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from factories import make_user
from playwright.sync_api import Browser
from running import migrated_folder

from config import unchanged

# The files that take minutes: begun last, they would be waited for alone.
LONGEST = (
    "test_every_page.py",
    "test_up.py",
    "test_retellings.py",
    "test_field_imports.py",
    "test_changing.py",
    "test_company_page_browser.py",
    "test_chaos.py",
    "test_servers.py",
    "test_tour.py",
    "test_projection.py",
    "test_api_schemathesis.py",
    "test_truth_machine.py",
    "test_analysts_hour.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; the others keep their order."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    """Let no test speak the language that one before it asked a page in, nor know what that one kept."""
    yield
    translation.deactivate()
    cache.clear()
    unchanged.forget()


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Makes a data folder of a new site in which nothing has happened yet."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return partial(migrated_folder, shared)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        yield started


@pytest.fixture
def editor(db: None) -> User:
    """Somebody who enters rounds and decides reviews."""
    return make_user("erin", "editor")


@pytest.fixture
def reader_client(db: None) -> Client:
    return _client(make_user("rui", "reader"))


@pytest.fixture
def analyst_client(db: None) -> Client:
    return _client(make_user("ana", "analyst"))


@pytest.fixture
def editor_client(editor: User) -> Client:
    return _client(editor)


@pytest.fixture
def admin_client(db: None) -> Client:
    return _client(make_user("ada", "admin"))
