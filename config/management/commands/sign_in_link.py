"""Print a link that signs somebody in once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from config.accounts.links import one_time_link
from config.accounts.roles import OWNER, ensure_owner


class Command(BaseCommand):
    help = "Print a link that signs somebody in once, within 24 hours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", default=OWNER, help="whom the link signs in (default: the owner)")
        parser.add_argument("--site", default="", metavar="ADDRESS", help="put this address before the path")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["username"]
        user = ensure_owner() if name == OWNER else User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account “{name}”.")
        self.stdout.write(options["site"].rstrip("/") + one_time_link(user))
