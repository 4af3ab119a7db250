"""A server process that outlives whoever started it.

The process inherits the lock on a file of its own, so the kernel knows whether it is alive: no process id is trusted,
which may be a zombie's or another program's by now. Its id stands in that file for whoever stops it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from config.embedded import locks
from config.embedded.programs import CannotStart

PATIENCE: Final = 20.0  # seconds: for recovery after a crash, and for the last backends of a killed server
LARGEST_LOG: Final = 1_000_000  # bytes; then a new log is begun at the next start, and the one before it kept

_PR_SET_PDEATHSIG: Final = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: int) -> Callable[[], None]:
    """For `preexec_fn`: the child gets this signal when the thread that started it is gone, kill -9 included.

    Linux only; elsewhere it does nothing.
    """
    parent = os.getpid()

    def arrange() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, number)
            if os.getppid() != parent:
                os.kill(os.getpid(), number)

    return arrange


class Detached(ABC):
    """One server of a data folder."""

    name: str
    stop_signal: signal.Signals
    # Tests and benchmarks: nothing is kept, and the server ends with whoever started it.
    is_throwaway: bool

    def __init__(self, data: Path, *, is_throwaway: bool = False) -> None:
        self.data = data
        self.is_throwaway = is_throwaway
        self.lock = data / f"{self.name}.lock"
        self.log = data / f"{self.name}.log"

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server takes requests now."""

    @abstractmethod
    def launch(self, lock: int) -> subprocess.Popen[bytes]:
        """Start the process, which must inherit the lock."""

    def is_alive(self) -> bool:
        """Whether a process of this server still runs, answering or not."""
        return locks.is_held(self.lock)

    def ensure(self) -> bool:
        """Have the server running and answering; True where it had to be started. Raises CannotStart.

        Only for the holder of the folder's start lock.
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            lock = locks.take(self.lock)
            if lock is not None:
                try:
                    self._start(lock, deadline)
                finally:
                    os.close(lock)
                return True
            if self.answers():
                return False
            time.sleep(0.05)
        raise CannotStart(f"The {self.name} of {self.data} runs but does not answer; its log is {self.log}.")

    def _start(self, lock: int, deadline: float) -> None:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        process = self.launch(lock)
        while not self.answers():
            if process.poll() is not None:
                raise CannotStart(f"The {self.name} does not start: {self.complaint()} Its log is {self.log}.")
            if time.monotonic() > deadline:
                raise CannotStart(f"The {self.name} does not answer; its log is {self.log}.")
            time.sleep(0.02)

    def spawn(self, argv: Sequence[str | Path], lock: int, **options: Any) -> subprocess.Popen[bytes]:
        """A process in a session of its own that holds the lock, has its id in it, and writes to the log."""

        def arrange() -> None:
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
            if end_with_us is not None:
                end_with_us()

        end_with_us = die_with_parent(self.stop_signal) if self.is_throwaway else None
        with open(self.log, "ab") as log:
            return subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(lock,),
                preexec_fn=arrange,
                **options,
            )

    def process_id(self) -> int | None:
        """The id of the running process, None where none runs."""
        try:
            return int(self.lock.read_text()) if self.is_alive() else None
        except (OSError, ValueError):
            return None

    def stop(self, patience: float = 10.0) -> None:
        """Stop the server and wait until none of its processes is left. Harmless where none runs."""
        number = self.process_id()
        if number is None:
            return
        for wish in (self.stop_signal, signal.SIGQUIT):
            with suppress(ProcessLookupError):  # then its last children are still on their way out
                os.kill(number, wish)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if not self.is_alive():
                    return
                time.sleep(0.02)

    def complaint(self) -> str:
        """What the server last complained of in its log, as a sentence."""
        try:
            lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            lines = []
        complaints = [line for line in lines if "FATAL:" in line] or lines or ["it says nothing"]
        last = complaints[-1].rpartition("FATAL:")[2].strip()
        return last if last.endswith(".") else f"{last}."
