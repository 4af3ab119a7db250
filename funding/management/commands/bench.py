"""`manage.py bench`: how fast the engine reads articles, the pages are over a million companies, and data moves."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.embedded.programs import CannotStart
from funding.bench import data, extraction, running


def positive(text: str) -> int:
    """A number of one or more, as the command line gives it."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 10_000_000:
        raise ArgumentTypeError(f"“{text}” is no number from 1 to 10,000,000")
    return int(text)


class Command(BaseCommand):
    help = (
        "Measure how fast articles are read, on the samples of the project and on hostile texts made here; how fast"
        " the pages are, over made-up companies; or how fast rounds are imported and exported. Pages and data have"
        " folders of their own."
    )
    needs = "nothing"  # pages and data start servers of their own, one for each folder
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["extraction", "pages", "data"], help="what to measure")
        parser.add_argument("--json", metavar="FILE", help="write the figures there too, as one JSON object")
        sizes = (
            "pages: with so many companies (10,000 and then 1,000,000; may be given again); data: export the rounds of"
            " so many as well (none)"
        )
        parser.add_argument("--companies", metavar="N", type=positive, action="append", help=sizes)
        parser.add_argument("--requests", metavar="N", type=positive, default=200, help="pages: for each (200)")
        parser.add_argument("--seed", metavar="N", type=positive, default=5, help="another population")
        only = "pages: those whose names have these words (may be given again)"
        parser.add_argument("--only", metavar="WORDS", action="append", default=[], help=only)
        parser.add_argument("--data", metavar="DIR", help="where the folders are (bench in the data folder)")
        parser.add_argument("--rows", metavar="N", type=positive, help="data: at most so many rows of the file (all)")
        file = "data: the file of rounds to import (the one of ../shared where it is there, else one is made)"
        parser.add_argument("--file", metavar="FILE", help=file)
        parser.add_argument(
            "--no-peers",
            action="store_true",
            help="data: install no other programs, and compare with PostgreSQL alone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the figures, and write them where --json says."""
        measure: dict[str, Callable[[], tuple[Any, Iterator[str]]]] = {
            "extraction": self._extraction,
            "pages": lambda: self._pages(options),
            "data": lambda: self._data(options),
        }
        try:
            found, lines = measure[options["what"]]()
        except CannotStart as problem:
            raise CommandError(str(problem)) from None
        for line in lines:
            self.stdout.write(line)
        if options["json"]:
            try:
                Path(options["json"]).write_text(json.dumps(found, indent=2) + "\n", "utf-8")
            except OSError as problem:
                raise CommandError(f"cannot write {options['json']}: {problem.strerror}") from problem

    def _extraction(self) -> tuple[Any, Iterator[str]]:
        report = extraction.measure()
        return extraction.as_json(report), extraction.lines(report)

    def _pages(self, options: dict[str, Any]) -> tuple[Any, Iterator[str]]:
        sizes = sorted(set(options["companies"] or running.SIZES))
        report = running.run(
            _folder(options), sizes, options["seed"], options["requests"], options["only"], self.stderr.write
        )
        return report.as_json(), running.lines(report)

    def _data(self, options: dict[str, Any]) -> tuple[Any, Iterator[str]]:
        report = data.run(
            _folder(options),
            Path(options["file"]) if options["file"] else None,
            options["rows"],
            sorted(set(options["companies"] or ())),
            options["seed"],
            self.stderr.write,
            has_peers=not options["no_peers"],
        )
        return report.as_json(), data.lines(report)


def _folder(options: dict[str, Any]) -> Path:
    return Path(options["data"] or settings.DATA_DIR / "bench").resolve()
