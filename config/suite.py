"""`python3 manage.py test`: the tests, with the browser that some of them drive.

It is no Django command, for Django's settings must be read inside pytest, after the throw-away servers are up.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from config.environment import ROOT

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES: Final = ("chromium", "fonts-dejavu-core")
# Whole files to a worker, for the tests of one file may share a running `up`; in the order of `tests/conftest.py`, for
# files of few tests are not the shortest.
PARALLEL: Final = ("--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder")


def run(argv: Sequence[str]) -> NoReturn:
    """Run the tests and exit with their status. What is not known here goes to pytest."""
    parser = argparse.ArgumentParser(
        prog="manage.py test", description="Run the tests against a real PostgreSQL and a real broker of their own."
    )
    parser.add_argument("--all", action="store_true", help="the long tests as well")
    options, for_pytest = parser.parse_known_args(argv)
    provide_browser()
    tier = [] if options.all else ["-m", "not long"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *PARALLEL, *tier, *for_pytest],
        cwd=ROOT,
    )
    sys.exit(done.returncode)


def browser() -> str | None:
    """The Chromium of this machine, None where it has none."""
    return next((path for name in BROWSERS if (path := shutil.which(name)) and _runs(path)), None)


def must_run_browser_tests() -> bool:
    """Whether a missing browser is a failure instead of a reason to skip."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def provide_browser() -> None:
    """Install Chromium from the distribution's packages where we may; in CI, exit where there is none afterwards."""
    if browser() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests.", file=sys.stderr, flush=True)
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES]):
            subprocess.run(["apt-get", *command], env=environ, stdout=subprocess.DEVNULL)
    if browser() is None:
        if must_run_browser_tests():
            sys.exit("There is no Chromium, and in CI the browser tests must run.")
        print("There is no Chromium; the browser tests will be skipped.", file=sys.stderr, flush=True)


def _runs(path: str) -> bool:
    """Whether this is a browser, and not a distribution's advice to install one some other way."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
