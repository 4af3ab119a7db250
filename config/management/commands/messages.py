"""`manage.py messages`: bring the catalogues of translations up to what the code says, and report what lacks."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import catalogues


class Command(BaseCommand):
    help = "Add to the catalogues of translations what the code says anew, and list what is not translated yet."
    needs = "nothing"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only report, and end with status 1 where a word lacks"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Update, compile and report. CommandError with `--check` where a catalogue is not complete."""
        wrong = []
        for language in catalogues.LANGUAGES:
            if not check:
                catalogues.update(language)
                catalogues.compile_stale()
            wrong += [f"{language}: {fault}" for fault in catalogues.faults(language)]
        for fault in wrong:
            self.stdout.write(fault)
        self.stdout.write(f"{len(wrong)} messages lack." if wrong else "The catalogues are complete.")
        if wrong and check:
            raise CommandError("The catalogues are not complete.")
