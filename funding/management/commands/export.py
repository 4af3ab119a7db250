"""Write an export to a file: the rows and columns that the pages' Export links give."""

from pathlib import Path
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict

from funding import as_of, exports
from funding.exports import files, formats


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
        try:
            with exports.opened(options["rows"], query, _format(options)) as found:
                told = files.write(options["output"], found.pieces())
        except (exports.BadQuery, SuspiciousOperation) as error:
            raise CommandError(f"The filter cannot be read. {error}") from None
        except (as_of.BadMoment, as_of.TooMuch, as_of.CannotShow) as error:
            raise CommandError(f"There is no export of that date. {error}") from None
        except formats.CannotHold as error:
            raise CommandError(f"There is no file. {error}") from None
        except files.CannotWrite as error:
            raise CommandError(str(error)) from None
        # On standard error, for standard output may be the file.
        self.stderr.write(str(told))


def _format(options: dict[str, Any]) -> str:
    """The format asked for, or else that of the file's name, or CSV."""
    ending = Path(options["output"]).suffix.removeprefix(".")
    return options["format"] or (ending if ending in formats.FORMATS else "csv")


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
