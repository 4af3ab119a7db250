"""Have something worked out by a process of its own while this one goes on: Python works on one thing at a time."""

import gc
import logging
import os
import pickle
import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any, Final, Generic, NoReturn, TypeVar

from django.db import connections

A = TypeVar("A")
T = TypeVar("T")
ERRORS: Final = 2  # the number of the file of standard errors
STANDARD: Final = 3  # the lowest number of a file that is not standard input, output or errors

logger = logging.getLogger(__name__)


class Aside(Generic[A, T]):
    """Work that another process does, a piece at a time. It knows what this one knew when the first was begun.

    Pieces and what they come to are copied between the two; the database is out of reach of the other. A process that
    cannot be had, dies or fails loses nothing: the work is done here then. To be used in a `with`, which ends it.
    """

    def __init__(self, work: Callable[[A], T]) -> None:
        self.work = work
        self.pid = 0
        self.end: Connection | None = None
        self.begun: list[A] = []

    def __enter__(self) -> "Aside[A, T]":
        return self

    def __exit__(self, *raised: object) -> None:
        if self.end:
            self.end.close()
            self.end = None
        if self.pid:
            with suppress(ProcessLookupError, ChildProcessError):  # somebody else saw its end
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            self.pid = 0

    def begin(self, piece: A) -> None:
        """Have a piece worked on. One is worked on at a time."""
        first = not self.begun
        self.begun = [piece]
        try:
            if first:
                self._start()
            if self.end:
                self.end.send_bytes(pickle.dumps(piece, pickle.HIGHEST_PROTOCOL))
        except OSError as error:  # too many processes, no memory for one more, or it has died
            self._give_up(error)

    @property
    def is_done(self) -> bool:
        """Whether there is an answer, so that `result` need not be waited for."""
        return bool(self.end and self.end.poll() and self._lives())

    def result(self) -> T:
        """What the piece that was begun comes to, waited for. Raises what working on it raises."""
        (piece,) = self.begun
        try:
            if self.end and (answer := self.end.recv_bytes()):
                found: T = pickle.loads(answer)
                return found
        except (EOFError, OSError) as error:
            self._give_up(error)
        return self.work(piece)

    def _lives(self) -> bool:
        with suppress(ChildProcessError):
            if os.waitpid(self.pid, os.WNOHANG) == (0, 0):
                return True
        self.pid = 0
        return False

    def _start(self) -> None:
        # Not by `multiprocessing`, which lets no worker of Celery have a process of its own.
        end, other = Pipe()
        with other:
            pid = os.fork()
            if not pid:
                _serve(self.work, other)
        self.end, self.pid = end, pid

    def _give_up(self, error: Exception) -> None:
        """Go on without another process."""
        logger.warning("A process that did a part of the work is gone; it is done here. %s", error)
        self.__exit__()


def _answer(work: Callable[[Any], Any], piece: Any) -> bytes:
    """What the work comes to; nothing where it fails."""
    try:
        return pickle.dumps(work(piece), pickle.HIGHEST_PROTOCOL)
    except Exception:
        _complain()
        return b""


def _complain() -> None:
    """Say what went wrong, past whatever took the place of standard errors in the process before: it may be closed."""
    with suppress(OSError):
        os.write(ERRORS, traceback.format_exc().encode())


def _refuse(*asked: Any) -> NoReturn:
    raise RuntimeError("A process of its own cannot ask the database.")


def _serve(work: Callable[[Any], Any], end: Connection) -> NoReturn:
    """Work on what is sent until the other process is gone. Where that fails nothing is answered."""
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        # A connection that stays open here would have its server wait for this process when the other is gone.
        for one in map(int, os.listdir("/dev/fd")):
            if one >= STANDARD and one != end.fileno():
                with suppress(OSError):  # what the list was read from
                    os.close(one)
        for connection in connections.all(initialized_only=True):
            connection.execute_wrappers.append(_refuse)
        gc.freeze()  # what both processes share would be copied to be looked through
        gc.enable()
        while True:
            piece = pickle.loads(end.recv_bytes())
            end.send_bytes(_answer(work, piece))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # nobody waits any more
    except BaseException:
        _complain()
    finally:
        os._exit(0)  # neither what ends a process nor what waits in a buffer is of this one
