"""A real `up` on a data folder of its own, and a headless Chromium that looks at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from local_site import Site
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from running import Up, running_up

from config.suite import browser as installed_browser
from config.suite import must_run_browser_tests

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
# The one message that the strict policy leaves: a style sheet of the map library in plotly.js, which we do not use.
KNOWN = "Applying inline style violates"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = installed_browser()
    if path is None:
        if must_run_browser_tests():
            pytest.fail("There is no Chromium, and in CI the browser tests must run.")
        pytest.skip("There is no Chromium on this machine.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def feed_site() -> Iterator[Site]:
    """A site on the loopback that the owner of `up` allows to be fetched."""
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, feed_site: Site) -> Iterator[Up]:
    data = tmp_path_factory.mktemp("browser") / "data"
    settings = {"ROUNDBOOK_FETCH_ALLOWED_HOSTS": feed_site.name, "ROUNDBOOK_FEED_TICK": "2"}
    with running_up(data, "--no-samples", **settings) as running:
        yield running


@pytest.fixture(scope="module")
def owner(chromium: Browser, up: Up) -> Iterator[BrowserContext]:
    """The browser of the owner, signed in by the link that `up` printed."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
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
    assert [line for line in wrong if not line.startswith(KNOWN)] == []


def _is_foreign(url: str, up: Up) -> bool:
    return not url.startswith((up.address, "data:", "blob:", "about:"))
