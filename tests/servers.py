"""An early pytest plugin: one throw-away PostgreSQL and broker for the run, whatever the developer's own settings are.

It is loaded by `-p tests.servers` in pyproject.toml, for pytest-django reads the settings before any conftest.py.
Parallel workers share the servers; each has its own database (pytest-django's suffix) and its own queue.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config.embedded import database_url, redis_url  # noqa: E402
from config.embedded.folder import DataFolder  # noqa: E402
from config.embedded.programs import CannotStart  # noqa: E402

# What decides how Roundbook runs; anything of these that the developer has set must not reach the tests.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "EMAIL_URL")
DEFAULT_FROM_EMAIL = "DEFAULT_FROM_EMAIL"


def without_settings(environ: dict[str, str]) -> dict[str, str]:
    """The environment of somebody who has set nothing of Roundbook's, for a process that a test starts."""
    return {
        name: value
        for name, value in environ.items()
        if name.removesuffix("_FILE") not in (*FOREIGN, DEFAULT_FROM_EMAIL) and not name.startswith("ROUNDBOOK_")
    }


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start the servers and point the settings to them; a parallel worker finds both done by its controller."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        _start(early_config)
    os.environ["ROUNDBOOK_QUEUE"] = f"test-{worker or 'main'}"


def _start(config: pytest.Config) -> None:
    stack = ExitStack()
    config.add_cleanup(stack.close)
    data = Path(tempfile.mkdtemp(prefix="roundbook-test-"))
    stack.callback(shutil.rmtree, data, ignore_errors=True)
    folder = DataFolder(data, is_throwaway=True)
    try:
        stack.enter_context(folder.use())
    except CannotStart as error:
        raise pytest.UsageError(str(error)) from None
    inherited = without_settings(dict(os.environ))
    os.environ.clear()
    os.environ.update(
        inherited,
        ROUNDBOOK_LOCAL="true",
        ROUNDBOOK_DATA=str(data),
        DATABASE_URL=database_url(data),
        REDIS_URL=redis_url(data),
        # All tests come from one address; those of the limits set their own.
        ROUNDBOOK_API_TOKEN_LIMIT="0",
        ROUNDBOOK_API_ADDRESS_LIMIT="0",
    )
