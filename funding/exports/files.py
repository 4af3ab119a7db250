"""Files that are written whole or not at all, and what stands beside them: how much is in them, and their hash."""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Final

STANDARD_OUTPUT: Final = "-"


class CannotWrite(Exception):
    """A file that there cannot be; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: rows without the head, bytes, and the SHA-256 of them in hexadecimal."""

    rows: int
    bytes: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.rows:,} row{'' if self.rows == 1 else 's'}, SHA-256 {self.sha256}"


def write(output: str, pieces: Iterable[tuple[bytes, int]]) -> Written:
    """Write pieces, each with the number of rows so far, to a file or, by `-`, to standard output.

    Beside a file `FILE.sha256.json` says what is in it. Raises CannotWrite.
    """
    with opened(output) as file:
        written = copy(pieces, file)
    path = Path(output).resolve()
    if output != STANDARD_OUTPUT and path.is_file():
        with opened(f"{path}.sha256.json") as beside:
            beside.write(json.dumps({"file": path.name} | asdict(written), indent=2).encode() + b"\n")
    return written


def copy(pieces: Iterable[tuple[bytes, int]], file: BinaryIO) -> Written:
    """Write pieces into an open file; what was written."""
    digest, size, rows = hashlib.sha256(), 0, 0
    for piece, count in pieces:
        digest.update(piece)
        size, rows = size + len(piece), count
        file.write(piece)
    return Written(rows, size, digest.hexdigest())


@contextmanager
def opened(output: str) -> Iterator[BinaryIO]:
    """Where to write. A file appears under its name only when it is whole. Raises CannotWrite."""
    if output == STANDARD_OUTPUT:
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # What is still held for the closed pipe must not fail again when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise CannotWrite("Standard output was closed before the file was whole.") from None
        return
    # A name that leads elsewhere stays, and what is no file (/dev/null) is written to, never replaced.
    path = Path(output).resolve()
    if path.exists() and not path.is_file() and not path.is_dir():
        try:
            with path.open("wb") as device:
                yield device
        except OSError as error:
            raise CannotWrite(f"{output} cannot be written: {error.strerror}.") from None
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise CannotWrite(f"{output} cannot be written: {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
