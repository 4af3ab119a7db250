"""What tests that drive a real browser share: how it is started, and how somebody is signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from config import suite

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
CHROMIUM = suite.browser()
NEEDS_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not suite.must_run_browser_tests(), reason="there is no Chromium"),
]
# For tests on Django's live server, whose threads see only what is committed.
ON_LIVE_SERVER = [*NEEDS_BROWSER, pytest.mark.django_db(transaction=True)]


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless Chromium; to be left before tests without a browser run in the same process."""
    # Playwright runs a loop in this thread until it is left, at which Django takes offence.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


def signed_in(browser: Browser, live_server: Any, user: User, **options: Any) -> BrowserContext:
    """A browser of its own for somebody, on the live server and signed in there."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(base_url=live_server.url, **options)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])  # type: ignore[list-item]
    return context
