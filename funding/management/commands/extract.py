"""`manage.py extract IN.jsonl OUT.jsonl`: read articles, write what the engine finds; needs no database."""

import io
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from funding.extraction.lines import extract_lines


class Command(BaseCommand):
    help = "Extract funding facts from articles, one JSON object a line, in the extraction contract's form."
    needs = "nothing"
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="articles, one JSON object a line; - for standard input")
        parser.add_argument("target", help="where the facts go, one JSON object a line; - for standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write a line for every good one; a bad one is reported and makes the exit status 1."""
        try:
            with ExitStack() as stack:
                source = self._open(options["source"], "r", sys.stdin, stack)
                target = self._open(options["target"], "w", sys.stdout, stack)
                bad = self._extract(source, target)
        except BrokenPipeError:
            raise  # whoever reads what we write has had enough, which is said for every command alike
        except OSError as problem:
            raise CommandError(f"cannot go on with {options['target']}: {problem.strerror}", returncode=1) from None
        if bad:
            raise CommandError(f"{bad} line{'s' if bad > 1 else ''} could not be read", returncode=1)

    def _extract(self, source: TextIO, target: TextIO) -> int:
        """Write what the good lines say; how many were bad."""
        bad = 0
        for line in extract_lines(source):
            if line.problem is not None:
                self.stderr.write(f"line {line.number}: {line.problem}")
                bad += 1
            else:
                target.write(f"{line.row}\n")
        return bad

    def _open(self, name: str, mode: str, standard: TextIO, stack: ExitStack) -> TextIO:
        """The named file, or the standard stream for `-`; a CommandError says why it cannot be opened."""
        # Bytes that are no UTF-8 are the business of their own line, and must not stop the rest.
        errors = "surrogateescape" if mode == "r" else "strict"
        if name == "-":
            if isinstance(standard, io.TextIOWrapper):
                standard.reconfigure(encoding="utf-8", errors=errors)
            return standard
        try:
            return stack.enter_context(Path(name).open(mode, encoding="utf-8", errors=errors))
        except OSError as problem:
            raise CommandError(f"cannot open {name}: {problem.strerror}", returncode=1) from problem
