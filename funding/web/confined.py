"""Running a parser on hostile bytes in a child process with little time and little memory. No Django.

The parsers are good, and still a few hundred kilobytes can keep one busy for minutes; then only the child is lost.
"""

import json
import os
import resource
import select
import signal
import time
from collections.abc import Callable
from typing import Any, Final

CPU_SECONDS: Final = 5
WALL_SECONDS: Final = 15.0
# Beyond what the process already holds when it is forked.
MEMORY: Final = 512 * 1024 * 1024


class Confined(Exception):
    """The child was stopped: it took too long, wanted too much memory, or crashed."""


def call(function: Callable[..., Any], *args: Any) -> Any:
    """`function(*args)` in a forked child, whose result must be plain JSON values.

    A ValueError of the function is raised here with its text. Raises Confined where the child did not come to an end.
    The function must touch neither the database nor anything else it would share with its parent.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(writing, function, args)
    os.close(writing)
    try:
        answer = _read_all(reading, time.monotonic() + WALL_SECONDS)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not answer:
        raise Confined("It could not be read: too large or too deeply nested for its reader.")
    kind, value = json.loads(answer)
    if kind == "refused":
        raise ValueError(value)
    return value


def _work(writing: int, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """The child's whole life; it never returns into its parent's code."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        limit = _address_space() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        try:
            answer = ["done", function(*args)]
        except ValueError as error:
            answer = ["refused", str(error)]
        with os.fdopen(writing, "w", encoding="ascii") as pipe:
            json.dump(answer, pipe)
    except BaseException:
        os._exit(1)
    os._exit(0)


def _read_all(reading: int, deadline: float) -> bytes:
    """What the child wrote, empty where it did not finish before the deadline."""
    parts = []
    while (left := deadline - time.monotonic()) > 0 and select.select([reading], [], [], left)[0]:
        part = os.read(reading, 65536)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return b""


def _address_space() -> int:
    """Bytes of address space this process has."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 2 * 1024**3
