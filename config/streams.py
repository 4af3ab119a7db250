"""The streams and words that a command line is given: closed, broken and full ones end in a sentence."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def open_closed() -> None:
    """Put an empty stream in the place of one that was closed (`<&-`), so that nothing fails on its being missing."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, for as long as we run


@contextmanager
def end_in_a_sentence(argv: Sequence[str]) -> Iterator[None]:
    """Exit with status 1 and a sentence where a reader stops early, no room is left, or an argument is no text."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _say_nothing_more()
        sys.exit("Standard output was closed before all was said.")
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        _say_nothing_more()
        sys.exit(f"Not all could be written: {error.strerror}.")
    except UnicodeEncodeError:
        if all(is_text(one) for one in argv):
            raise
        sys.exit("An argument holds bytes that are no text in UTF-8.")


def is_text(argument: str) -> bool:
    """Whether an argument was UTF-8; other bytes come as halves of characters."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _say_nothing_more() -> None:
    """What is still held for a stream that takes no more must not fail again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
