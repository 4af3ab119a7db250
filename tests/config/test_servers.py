"""The plugin that gives a test run its servers, seen from outside."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.embedded import socket_dir
from tests.servers import ROOT, without_settings

FOREIGN = {"DATABASE_URL": "postgresql://somebody@db.invalid/theirs", "REDIS_URL": "redis://broker.invalid/0"}


def start(tmp_path: Path, code: str, *options: str) -> "subprocess.Popen[str]":
    """A test run of one file, by a developer who works on servers of their own."""
    file = tmp_path / "test_inside.py"
    file.write_text(code)
    # This test may itself be run by a parallel worker, which that run is none of.
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-c", "pyproject.toml", *options, file],
        cwd=ROOT,
        env={**without_settings(environ), **FOREIGN, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_the_developers_own_servers_are_never_touched(tmp_path: Path, options: tuple[str, ...]) -> None:
    code = (
        "import pytest\n"
        "from django.conf import settings\n"
        "from django.db import connection\n"
        "from config.embedded import socket_dir\n"
        "@pytest.mark.django_db\n"
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_where(number):\n"
        "    with connection.cursor() as cursor:\n"
        "        cursor.execute('select current_database()')\n"
        "        assert cursor.fetchone()[0].startswith('test_roundbook')\n"
        "    assert connection.settings_dict['OPTIONS']['host'] == str(socket_dir(settings.DATA_DIR))\n"
        "    assert settings.DATA_DIR.name.startswith('roundbook-test-')\n"
    )
    run = start(tmp_path, code, *options)
    said, _ = run.communicate(timeout=120)
    assert run.returncode == 0, said
    assert list(tmp_path.glob("roundbook-test-*")) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_server_outlives_its_run(tmp_path: Path, number: signal.Signals) -> None:
    run = start(tmp_path, "import time\ndef test_waiting():\n    print('waiting', flush=True)\n    time.sleep(60)\n")
    assert run.stdout is not None
    while "waiting" not in run.stdout.readline():
        assert run.poll() is None
    (data,) = tmp_path.glob("roundbook-test-*")
    servers = [int((data / f"{name}.lock").read_text()) for name in ("postgres", "broker")]
    run.send_signal(number)
    run.wait(60)
    deadline = time.monotonic() + 20
    while any(is_alive(server) for server in servers):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    if not socket_dir(data).is_relative_to(data):
        shutil.rmtree(socket_dir(data), ignore_errors=True)


def is_alive(number: int) -> bool:
    """Whether a process runs; one that nobody has taken note of the end of does not."""
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes() != b""
    except OSError:
        return False
