"""Take own rates from a CSV file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from funding import own_rates


class Command(BaseCommand):
    help = (
        "Take own rates from a CSV file with the columns date, currency, rate and perhaps base (EUR where it is not"
        " given): one unit of the base was worth `rate` units of the currency. They are used where the European"
        " Central Bank has no rate."
    )
    needs = "database"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="UTF-8, with commas, semicolons or tabs")
        parser.add_argument("--override", action="store_true", help="use them before the European Central Bank's, too")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be taken, and what refused")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = own_rates.decoded(options["file"].read_bytes())
            found = own_rates.read(text, is_overriding=options["override"])
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from None
        except own_rates.BadFile as error:
            raise CommandError(f"{options['file']}: {error}") from None
        for one in found.refused:
            self.stderr.write(f"line {one.line}: {one.cells}: {one.reason}")
        self.stdout.write(
            f"{len(found.new)} new, {len(found.changed)} changed, {found.unchanged} as they were,"
            f" {len(found.refused)} refused."
        )
        if found.beside:
            self.stdout.write(f"{found.beside} stand beside a rate of the European Central Bank, which is used.")
        if options["dry_run"]:
            return
        job = own_rates.store(found, None)
        if job:
            number = job.total_count
            self.stdout.write(f"Job {job.pk} converts the amounts of {number} companies, as soon as a worker runs.")
