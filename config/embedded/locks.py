"""File locks that the kernel drops when their holders are gone, however they ended."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def take(path: Path, *, is_shared: bool = False, is_patient: bool = False) -> int | None:
    """A descriptor that holds a lock on the file until it is closed, or None where somebody else's is in the way.

    `is_patient` waits for it instead. The lock belongs to the open file: a process that inherits the descriptor
    keeps it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | (0 if is_patient else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def is_held(path: Path) -> bool:
    """Whether anybody holds this file's lock for themselves."""
    descriptor = take(path, is_shared=True)  # shared, so that two who ask are not in each other's way
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def become_only_holder(descriptor: int) -> bool:
    """Turn a shared lock into an exclusive one. Where others hold it too, the own lock is lost and this is False."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait for the lock on this file and hold it meanwhile."""
    descriptor = take(path, is_patient=True)
    assert descriptor is not None
    try:
        yield
    finally:
        os.close(descriptor)
