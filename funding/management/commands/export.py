"""Write an export to a file: the rows and columns that the pages' Export links give."""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import SuspiciousOperation
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict

from funding import exports


class Command(BaseCommand):
    help = (
        "Write rows as CSV, with bounds, precisions, converted amounts, sources and quotes. The last line of progress"
        " gives the number of rows and the SHA-256 of the file."
    )
    needs = "database"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rows", choices=sorted(exports.ROWS), help="what to write")
        parser.add_argument("--format", choices=["csv"], default="csv", help="csv: UTF-8, CRLF, RFC 4180")
        parser.add_argument("-o", "--output", default="-", metavar="FILE", help="the file; - is standard output")
        parser.add_argument(
            "--filter", default="", metavar="QUERYSTRING", help="as in a list's address: 'stage=seed&since=2023'"
        )
        parser.add_argument("--currency", choices=exports.CURRENCIES, help="what to convert into; USD by default")
        parser.add_argument(
            "--exact",
            action="store_true",
            help="leave cells as they are; without this, those that a spreadsheet would run get an apostrophe",
        )
        parser.add_argument("--with-ids", action="store_true", help="add ids and times of recording")

    def handle(self, *args: Any, **options: Any) -> None:
        found = _read(options)
        digest = hashlib.sha256()
        with _opened(options["output"]) as file:
            for chunk in found.chunks():
                digest.update(chunk)
                file.write(chunk)
        # On standard error, for standard output may be the file.
        self.stderr.write(f"{found.count:,} row{'' if found.count == 1 else 's'}, SHA-256 {digest.hexdigest()}")


def _read(options: dict[str, Any]) -> exports.Export:
    """The export asked for. Raises CommandError with what cannot be read."""
    try:
        query = QueryDict(options["filter"].removeprefix("?"), mutable=True)
        for name, value in (("exact", options["exact"]), ("ids", options["with_ids"])):
            if value:
                query[name] = "1"
        if options["currency"]:
            query["currency"] = options["currency"]
        return exports.read(options["rows"], query)
    except (exports.BadQuery, SuspiciousOperation) as error:
        raise CommandError(f"The filter cannot be read. {error}") from None


@contextmanager
def _opened(output: str) -> Iterator[BinaryIO]:
    """Where to write. A file appears under its name only when it is whole."""
    if output == "-":
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # What is still held for the closed pipe must not fail again when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise CommandError("Standard output was closed before the file was whole.") from None
        return
    # A name that leads elsewhere stays, and what is no file (/dev/null) is written to, never replaced.
    path = Path(output).resolve()
    if path.exists() and not path.is_file() and not path.is_dir():
        try:
            with path.open("wb") as device:
                yield device
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from None
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
