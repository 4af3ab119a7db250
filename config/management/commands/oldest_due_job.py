"""Say for how long the longest waiting job has been due; for the health check of the relay."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import health


class Command(BaseCommand):
    help = "Say for how many seconds the longest waiting job has been due."
    needs = "database"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at-most", type=int, metavar="SECONDS", help="fail where it is longer")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = health.oldest_due()
        if waiting is None:
            self.stdout.write("No job is due.")
        elif options["at_most"] is not None and waiting > options["at_most"]:
            raise CommandError(f"A job has been due for {waiting} s.")
        else:
            self.stdout.write(f"{waiting} s")
