"""Fixtures of the tests of funding."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from local_site import Site

from funding.bench import loading
from funding.bench.population import Population
from funding.rates import load_rates

MADE_COMPANIES = 200


@pytest.fixture
def site(settings) -> Iterator[Site]:
    """A site that the owner allows."""
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        settings.FETCH_ALLOWED_HOSTS = [server.name]
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def made() -> Population:
    """A population as the benchmark makes it, small."""
    return Population(MADE_COMPANIES)


@pytest.fixture(scope="module")
def loaded(made: Population, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The population in the database, for all tests of a module; each takes back what it does itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_rates()
        loading.load(made)
        with connection.cursor() as cursor:
            cursor.execute("analyze")
            cursor.execute("set local statement_timeout = '10s'")
        yield
        transaction.set_rollback(True)
