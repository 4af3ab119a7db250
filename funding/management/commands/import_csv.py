"""Import files of rows: check them, and record what can be recorded."""

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from funding import formats, importing, spreadsheets
from funding.formats import Format
from funding.importing import mappings
from funding.models import Import, ImportRow, SavedMapping

PIECE: Final = 1024 * 1024
SHOWN: Final = 5  # reasons of each file that are shown


class Command(BaseCommand):
    help = (
        "Import files of the field (CSV, plain or gzipped, or XLSX): each is recognised by its header and checked row"
        " by row before anything changes. Rows that are refused are counted and explained, and never stop the others."
    )
    needs = "database"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="in the order in which they are to be imported")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--format", metavar="NAME", help="what they are, by a format's name")
        how.add_argument("--mapping", metavar="NAME", help="what their columns mean, by the name of a saved mapping")
        parser.add_argument("--as-of", default="", metavar="DATE", help="the day, month or year that they are of")
        parser.add_argument("--dry-run", action="store_true", help="check only, and change nothing")
        parser.add_argument("--errors", metavar="FILE", help="write the refused rows with their reasons there, as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        form = _form(options["format"])
        mapping = _mapping(options["mapping"])
        refused = 0
        with _errors(options["errors"]) as write:
            for name in options["files"]:
                file = self._arrived(Path(name), form, mapping, options["as_of"])
                refused += self._import(Path(name), file, options["dry_run"], write)
        if refused:
            self.stderr.write(f"{refused:,} rows were refused.")

    def _arrived(self, path: Path, form: Format | None, mapping: SavedMapping | None, as_of: str) -> Import:
        try:
            with transaction.atomic():
                file = importing.arrive(path.name, _pieces(path), form=form)
                if mapping:
                    importing.use_mapping(file, mapping)
                    file.refresh_from_db()
                if as_of:
                    importing.reread(file, encoding="", delimiter="", mapping={}, options={"as_of": as_of})
                return file
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
        except importing.Unusable as error:
            raise CommandError(f"{path}: {error}") from None

    def _import(self, path: Path, file: Import, is_dry: bool, write: Any) -> int:
        try:
            counts = importing.check(file, self._progress)
        except importing.Unusable as error:
            raise CommandError(f"{path}: {error}") from None
        self.stdout.write(f"{path.name}: {importing.form_of(file).title}")
        words = ", ".join(
            f"{counts[one]:,} {one}" for one in (*ImportRow.Verdict.values, "warnings") if counts.get(one)
        )
        self.stdout.write(f"  {words or 'no rows'}")
        self._explain(file, write)
        Import.objects.filter(pk=file.pk).update(state=Import.State.CHECKED)
        if is_dry:
            file.delete()
        else:
            importing.begin(file, None)
            importing.record(file, self._progress)
            added = ", ".join(f"{number:,} {name}" for name, number in file.added.items() if number)
            self.stdout.write(f"  recorded: {added or 'nothing'}")
        return counts.get(ImportRow.Verdict.REFUSED, 0)

    def _explain(self, file: Import, write: Any) -> None:
        refused = file.rows.filter(verdict=ImportRow.Verdict.REFUSED).order_by("number")
        for row in refused[:SHOWN]:
            self.stdout.write(f"  row {row.number}: {row.reason}")
        for row in refused.iterator():
            write([file.name, row.number, row.reason, *row.cells])

    def _progress(self, words: str, done: int, total: int) -> None:
        of = f" of {total:,}" if total else ""
        self.stderr.write(f"  {words}: {done:,}{of}", ending="\r" if sys.stderr.isatty() else "\n")


def _form(name: str | None) -> Format | None:
    """The format asked for. Raises CommandError where there is none of that name."""
    if name and name not in formats.FORMATS:
        known = ", ".join(sorted(formats.FORMATS))
        raise CommandError(f"There is no format “{name}”. Formats are: {known}.")
    return formats.FORMATS[name] if name else None


def _mapping(name: str | None) -> SavedMapping | None:
    """The saved mapping asked for. Raises CommandError where there is none of that name."""
    if not name:
        return None
    try:
        return mappings.named(name)
    except importing.Unusable as error:
        raise CommandError(str(error)) from None


@contextmanager
def _errors(name: str | None) -> Iterator[Callable[[list[Any]], object]]:
    """What writes refused rows: to a file where one is asked for."""
    if not name:
        yield lambda row: None
        return
    try:
        with open(name, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "row", "reason", "cells"])
            yield lambda row: writer.writerow([spreadsheets.defused(str(cell)) for cell in row])
    except OSError as error:
        raise CommandError(f"{name} cannot be written: {error.strerror}.") from None


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
