"""Write an export to a file: the rows and columns that the pages' Export links give."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import SuspiciousOperation
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict

from funding import as_of, exports
from funding.exports import formats


class Command(BaseCommand):
    help = (
        "Write rows as CSV, XLSX or JSON lines, with bounds, precisions, converted amounts, sources and quotes. The"
        " last line of progress gives the number of rows and the SHA-256 of the file; FILE.sha256.json beside it, too."
    )
    needs = "database"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rows", choices=sorted(exports.ROWS), help="what to write")
        parser.add_argument(
            "--format",
            choices=list(formats.FORMATS),
            help="csv: UTF-8, CRLF, RFC 4180; jsonl: an object a line. By the name of FILE where it is not given",
        )
        parser.add_argument("-o", "--output", default="-", metavar="FILE", help="the file; - is standard output")
        parser.add_argument(
            "--filter",
            default="",
            metavar="QUERYSTRING",
            help="as in a list's address: 'stage=seed&since=2023', or as of a date: 'known=2024-05-03'",
        )
        parser.add_argument("--currency", help="what to convert into, any that there are rates of; USD by default")
        parser.add_argument("--columns", metavar="NAMES", help="which columns, with commas, in this order")
        parser.add_argument(
            "--exact",
            action="store_true",
            help="leave cells as they are; without this, those that a spreadsheet would run get an apostrophe",
        )
        parser.add_argument("--with-ids", action="store_true", help="add ids and times of recording")

    def handle(self, *args: Any, **options: Any) -> None:
        query = _query(options)
        digest, size = hashlib.sha256(), 0
        try:
            with _as_of(options["rows"], query):
                found = _read(options["rows"], query, _format(options))
                with _opened(options["output"]) as file:
                    for chunk in found.chunks():
                        digest.update(chunk)
                        size += len(chunk)
                        file.write(chunk)
        except as_of.CannotShow as error:
            raise CommandError(f"There is no export of that date. {error}") from None
        except formats.CannotHold as error:
            raise CommandError(f"There is no file. {error}") from None
        _tell_beside(options["output"], {"rows": found.count, "bytes": size, "sha256": digest.hexdigest()})
        # On standard error, for standard output may be the file.
        self.stderr.write(f"{found.count:,} row{'' if found.count == 1 else 's'}, SHA-256 {digest.hexdigest()}")


def _format(options: dict[str, Any]) -> str:
    """The format asked for, or else that of the file's name, or CSV."""
    ending = Path(options["output"]).suffix.removeprefix(".")
    return options["format"] or (ending if ending in formats.FORMATS else "csv")


def _tell_beside(output: str, told: dict[str, Any]) -> None:
    """Write `FILE.sha256.json` beside a file: how many rows and bytes it has, and its hash. Raises CommandError."""
    path = Path(output).resolve()
    if output == "-" or not path.is_file():
        return
    with _opened(f"{path}.sha256.json") as file:
        file.write(json.dumps({"file": path.name} | told, indent=2).encode() + b"\n")


def _query(options: dict[str, Any]) -> QueryDict:
    """The query string asked for. Raises CommandError where it is none."""
    try:
        query = QueryDict(options["filter"].removeprefix("?"), mutable=True)
    except SuspiciousOperation as error:
        raise CommandError(f"The filter cannot be read. {error}") from None
    for name, value in (("exact", options["exact"]), ("ids", options["with_ids"])):
        if value:
            query[name] = "1"
    for name in ("currency", "columns"):
        if options[name]:
            query[name] = options[name]
    return query


def _as_of(rows: str, query: QueryDict) -> AbstractContextManager[None]:
    """The past, where the query asks for a date, which is taken out of it. Raises CommandError."""
    try:
        moment = as_of.read(query)
        for name in as_of.PARAMETERS:
            query.pop(name, None)
        return as_of.shown(moment, as_of.scopes.of_export(rows, query)) if moment else nullcontext()
    except (as_of.BadMoment, as_of.TooMuch) as error:
        raise CommandError(f"There is no export of that date. {error}") from None


def _read(rows: str, query: QueryDict, form: str) -> exports.Export:
    """The export asked for. Raises CommandError with what cannot be read."""
    try:
        return exports.read(rows, query, form)
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
