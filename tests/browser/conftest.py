"""A real `up` on a data folder of its own, and a headless Chromium that looks at it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from local_site import Site
from playwright.sync_api import Browser, BrowserContext, Page
from running import Up, running_up


@pytest.fixture(scope="module")
def feed_site() -> Iterator[Site]:
    """A site on the loopback that the owner of `up` allows to be fetched."""
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[Path], Path], feed_site: Site) -> Iterator[Up]:
    data = migrated(tmp_path_factory.mktemp("browser") / "data")
    settings = {"ROUNDBOOK_FETCH_ALLOWED_HOSTS": feed_site.name, "ROUNDBOOK_FEED_TICK": "2"}
    with running_up(data, "--no-samples", **settings) as running:
        yield running


@pytest.fixture(scope="module")
def owner(browser: Browser, up: Up) -> Iterator[BrowserContext]:
    """The browser of the owner, signed in by the link that `up` printed."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.goto(up.sign_in_link)
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(owner: BrowserContext, up: Up) -> Iterator[Page]:
    """A page of the owner's; it fails the test for anything that the browser refused or that broke a script."""
    opened = owner.new_page()
    opened.set_default_timeout(30_000)
    wrong: list[str] = []
    opened.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda request: wrong.append(request.url) if _is_foreign(request.url, up) else None)
    yield opened
    opened.close()
    assert wrong == []


def _is_foreign(url: str, up: Up) -> bool:
    return not url.startswith((up.address, "data:", "blob:", "about:"))
