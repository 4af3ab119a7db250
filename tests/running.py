"""Real processes for tests: `up` on a data folder of its own, and single commands."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import ROOT, without_settings

PATIENCE = 90.0  # seconds; a loaded machine starts slowly


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environ_for(data: Path, **settings: str) -> dict[str, str]:
    """The environment of a process on this data folder: nothing of the developer's or of the tests' own settings."""
    return {**without_settings(dict(os.environ)), "ROUNDBOOK_DATA": str(data), **settings}


def manage(data: Path, *argv: str, text: str | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command of manage.py to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *argv],
        cwd=ROOT,
        env=environ_for(data, **settings),
        input=text,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


class Up:
    """A running `up`. `address` is the site's, `sign_in_link` signs its owner in, `lines` is what it has said."""

    def __init__(self, data: Path, *options: str, port: int | None = None, **settings: str) -> None:
        self.data = data
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(self.port), "--data", str(data), *options],
            cwd=ROOT,
            env=environ_for(data, **settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first match of a pattern in what `up` says; fails the test where it ends or stays silent."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.said):
                return found
            if self.process.poll() is not None:
                self.reader.join(5)
                if found := re.search(pattern, self.said):
                    return found
                raise AssertionError(f"`up` ended with status {self.process.returncode}:\n{self.said}")
            time.sleep(0.05)
        raise AssertionError(f"`up` never said “{pattern}”:\n{self.said}")

    @property
    def sign_in_link(self) -> str:
        """The one-time link for the owner, as soon as it is there."""
        return self.wait_for(r"http://\S+/sign-in/\S+/")[0]

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Stop it as Ctrl-C does; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self.reader.join(5)
        return status


@contextmanager
def running_up(data: Path, *options: str, port: int | None = None, **settings: str) -> Iterator[Up]:
    """`up`, started and answering, and stopped afterwards."""
    up = Up(data, *options, port=port, **settings)
    try:
        assert up.sign_in_link
        yield up
    finally:
        up.stop()


def migrated_folder(shared: Path, data: Path) -> Path:
    """A data folder with a database that is up to date and empty: a copy of one that is made once for all tests.

    To bring a new database up to date takes longer than most tests. `shared` is a folder of all processes that test.
    """
    made = shared / "migrated"
    with (shared / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            with running_up(shared / "being-made", "--no-samples"):
                pass
            (shared / "being-made").rename(made)
    # PostgreSQL refuses files of another owner.
    subprocess.run(["cp", "--archive", made, data], check=True)
    return data


def processes_of(data: Path) -> dict[int, str]:
    """The living processes that belong to a data folder, by id: by their environment, folder, or command line."""
    found = {}
    needle = os.fsencode(data)
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
            belongs = needle in command or needle in (entry / "environ").read_bytes()
            belongs = belongs or os.fsencode(os.readlink(entry / "cwd")).startswith(needle)
        except OSError:
            continue
        if belongs and command:  # a zombie has no command line
            found[int(entry.name)] = command.decode(errors="replace").strip()
    return found
