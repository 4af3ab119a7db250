"""Save the whole database in one file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backups import writing
from config.backups.manifest import BackupError


class Command(BaseCommand):
    help = (
        "Save the whole database in one file, which says what it holds and is checked against it by `restore`. It may"
        " run while Roundbook does. The last line gives the number of rows and the SHA-256 of the file."
    )
    needs = "database"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the backup; replaced, once the new one is whole")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            made, digest = writing.write(options["file"], self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{options['file']}: {made.rows:,} rows of {len(made.tables)} tables, {made.size:,} bytes,"
            f" {time.monotonic() - began:.0f} s, SHA-256 {digest}"
        )
