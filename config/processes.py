"""Roundbook's own processes as one tree: started in order, restarted when they die, stopped in order."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO

from config.embedded.detached import die_with_parent

ROOT: Final = Path(__file__).resolve().parent.parent
NAME_WIDTH: Final = 8
CRASHES: Final = 5  # that many deaths of one program ...
CRASH_WINDOW: Final = 60.0  # ... within so many seconds stop everything
LONGEST_LINE: Final = 2000


class CrashLoop(Exception):
    """A program dies again and again; the message says which."""


@dataclass(frozen=True)
class Program:
    """One program of the tree. `patience` is how many seconds it gets to end by itself."""

    name: str
    argv: tuple[str, ...]
    patience: float = 4.0
    is_once: bool = False  # it ends when it is done, and is not started again


@dataclass
class Child:
    """A running program, in a session of its own so that Ctrl-C reaches only us."""

    program: Program
    process: subprocess.Popen[str]
    reader: threading.Thread


@dataclass
class ProcessTree:
    """Programs that run until `stop`. All methods are for one thread, for children end with the thread they are of."""

    programs: Sequence[Program]
    out: TextIO
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    children: dict[str, Child] = field(default_factory=dict)
    deaths: dict[str, deque[float]] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)
    writing: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Start every program, in order."""
        for program in self.programs:
            self._start(program)

    def run_once(self, program: Program) -> None:
        """Start one more program, which ends when it is done and is not started again."""
        self._start(dataclasses.replace(program, is_once=True))

    def tick(self) -> list[tuple[str, int]]:
        """Start again whatever has died; the names and statuses of what was to run once and has ended.

        Raises CrashLoop where starting again does not help.
        """
        ended: list[tuple[str, int]] = []
        for child in list(self.children.values()):
            # Asked without reaping: as long as the dead leader is there, its group's number is nobody else's.
            if os.waitid(os.P_PID, child.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                status = self._bury(child)
                if child.program.is_once:
                    ended.append((child.program.name, status))
                else:
                    self._plan_restart(child.program.name, status)
        now = time.monotonic()
        for program in self.programs:
            if self.due.get(program.name, now + 1) <= now:
                self._start(program)
        return ended

    def stop(self, order: Sequence[str]) -> None:
        """Stop the programs one after the other: politely, and after their patience for good."""
        for name in order:
            child = self.children.pop(name, None)
            if child is None:
                continue
            with suppress(ProcessLookupError):
                child.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(child.program.patience)
            self._kill_group(child)
            child.process.wait()
            child.reader.join(1)

    def say(self, name: str, line: str) -> None:
        """Write one line under a name."""
        with self.writing, suppress(OSError, ValueError):  # nobody reads any more
            self.out.write(f"{name:<{NAME_WIDTH}} | {line[:LONGEST_LINE]}\n")
            self.out.flush()

    def _start(self, program: Program) -> None:
        self.due.pop(program.name, None)
        process = subprocess.Popen(
            program.argv,
            cwd=ROOT,
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        reader = threading.Thread(target=self._read, args=(program.name, process), daemon=True)
        self.children[program.name] = Child(program, process, reader)
        reader.start()

    def _read(self, name: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip():
                self.say(name, line.rstrip())

    def _bury(self, child: Child) -> int:
        """Clear away what a dead program left behind; its exit status."""
        self._kill_group(child)
        status = child.process.wait()
        child.reader.join(1)
        del self.children[child.program.name]
        if child.program.is_once and status != 0:
            self.say(child.program.name, f"ended {ending(status)}.")
        return status

    def _plan_restart(self, name: str, status: int) -> None:
        now = time.monotonic()
        deaths = self.deaths.setdefault(name, deque())
        deaths.append(now)
        while now - deaths[0] > CRASH_WINDOW:
            deaths.popleft()
        if len(deaths) >= CRASHES:
            raise CrashLoop(
                f"The {name} ended {CRASHES} times within a minute, the last time {ending(status)}; "
                "its lines above say why."
            )
        self.due[name] = now + 0.25 * 2 ** (len(deaths) - 1)
        self.say(name, f"ended {ending(status)}; it is started again.")

    def _kill_group(self, child: Child) -> None:
        """End what a program left behind of its own children."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)


def ending(status: int) -> str:
    """How a process ended, in words."""
    if status < 0:
        with suppress(ValueError):
            return f"by {signal.Signals(-status).name}"
    return f"with status {status}"


def job_programs() -> list[Program]:
    """What jobs need besides the servers: the relay, and the worker that it wakes."""
    quiet = "--concurrency 2 --without-gossip --without-mingle --loglevel WARNING"
    return [
        Program("relay", (sys.executable, "manage.py", "relay"), patience=2),
        Program("worker", _celery(f"worker {quiet}"), patience=5),
    ]


def site_programs(host: str, port: int) -> list[Program]:
    """Everything that a site on this machine consists of, in the order of starting."""
    gunicorn = "-m gunicorn config.wsgi --worker-class gthread --threads 8 --log-level warning --no-control-socket"
    return [
        Program("web", (sys.executable, *gunicorn.split(), "--bind", f"{host}:{port}"), patience=3),
        *job_programs(),
        Program("beat", _celery("beat --pidfile= --loglevel WARNING"), patience=2),
    ]


def _celery(words: str) -> tuple[str, ...]:
    return (sys.executable, *f"-m celery --quiet -A config.celery {words}".split())


def child_environ() -> dict[str, str]:
    """The environment of our own processes."""
    environ = {**os.environ, "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    if os.geteuid() == 0:
        # Celery's warning about root is not for a site that serves its own machine.
        environ |= {"C_FORCE_ROOT": "1", "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms"}
    return environ


@contextmanager
def running(programs: Sequence[Program], out: TextIO) -> Iterator[None]:
    """Have these programs running meanwhile, watched by a thread of their own."""
    tree = ProcessTree(programs, out, child_environ())
    leave = threading.Event()

    def watch() -> None:
        try:
            tree.start()
            while not leave.wait(0.2):
                tree.tick()
        except CrashLoop as error:
            print(error, file=sys.stderr, flush=True)
        finally:
            tree.stop([program.name for program in reversed(programs)])

    thread = threading.Thread(target=watch, name="processes")
    thread.start()
    try:
        yield
    finally:
        leave.set()
        thread.join()
