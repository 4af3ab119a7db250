"""`relay`: tell the workers of due jobs until stopped."""

from typing import Any

from django.core.management.base import BaseCommand

from funding.relay import Relay


class Command(BaseCommand):
    help = "Tells the workers of due jobs until it is stopped. Any number may run at a time."
    needs = "database"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        Relay().run()
