"""Fixtures of the tests of funding."""

import threading
from collections.abc import Iterator

import pytest
from local_site import Site


@pytest.fixture
def site(settings) -> Iterator[Site]:
    """A site that the owner allows."""
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        settings.FETCH_ALLOWED_HOSTS = [server.name]
        yield server
        server.shutdown()
