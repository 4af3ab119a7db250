"""Write all that was ever said to a file, from which `restore_statements` fills an empty Roundbook."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from funding.exports import files
from funding.recording import dumps


class Command(BaseCommand):
    help = (
        "Write sources, mentions, statements and assignments, with who added and retracted them, as JSON lines. The"
        " last line of progress gives the number of rows and the SHA-256 of the file; so does FILE.sha256.json."
    )
    needs = "database"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-o", "--output", default="-", metavar="FILE", help="the file; - is standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = files.write(options["output"], dumps.write())
        except files.CannotWrite as error:
            raise CommandError(str(error)) from None
        self.stderr.write(str(told))
