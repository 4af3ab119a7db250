"""Put a backup in the place of the present database."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import launch
from config.backups import restoring
from config.backups.manifest import BackupError
from config.embedded import locks


class Command(BaseCommand):
    help = (
        "Put a backup in the place of the present database, all of it or nothing: it is restored beside, compared"
        " table by table with what was saved, brought to this version, and takes the place then."
    )
    needs = "database"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a file that `backup` made")
        parser.add_argument("--replace", action="store_true", help="also where the present database is not empty")
        parser.add_argument("--yes", action="store_true", help="with --replace: do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            with options["file"].open("rb") as file, _nobody_starts():
                found = restoring.check(file)
                if not restoring.is_empty():
                    self._may_replace(options)
                restoring.restore(file, self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror or error}.") from None
        self.stdout.write(
            f"{found.rows:,} rows of {len(found.tables)} tables restored as they were on {found.made_at},"
            f" {time.monotonic() - began:.0f} s. Everybody signs in anew."
        )

    def _may_replace(self, options: dict[str, Any]) -> None:
        """Raises CommandError where what is there may not be lost."""
        if not options["replace"]:
            raise CommandError("The database is not empty. With --replace all that is in it is lost.")
        if options["yes"]:
            return
        if not sys.stdin.isatty():
            raise CommandError("Nobody can be asked whether the present data may be lost; say so with --yes.")
        if input("All that is in the database now will be lost. Type yes to go on: ").strip().lower() != "yes":
            raise CommandError("Nothing was restored.")


@contextmanager
def _nobody_starts() -> Iterator[None]:
    """Keep `up` from starting on this data folder meanwhile. Raises BackupError where one runs."""
    if not settings.IS_EMBEDDED:
        yield
        return
    lock = locks.take(Path(settings.DATA_DIR) / launch.UP_LOCK)
    if lock is None:
        raise BackupError(f"Roundbook runs on the data folder {settings.DATA_DIR}; stop it, and restore then.")
    try:
        yield
    finally:
        os.close(lock)
