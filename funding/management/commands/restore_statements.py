"""Fill an empty Roundbook from a file of `dump_statements`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from funding.recording import dumps


class Command(BaseCommand):
    help = "Fill an empty Roundbook from a dump of statements, and work out all records: all of it, or nothing."
    needs = "database"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="what dump_statements wrote; - is standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["file"] == "-":
                counts = dumps.restore(sys.stdin.buffer)
            else:
                with open(options["file"], "rb") as lines:
                    counts = dumps.restore(lines)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from None
        except dumps.BadDump as error:
            raise CommandError(f"Nothing was restored. {error}") from None
        told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
        self.stderr.write(f"Restored rows: {told or 'none'}.")
