"""The addresses of records: of a table's hundred links each is one replacement and not one search of all routes."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from django.conf import settings
from django.urls import get_script_prefix, reverse

PLACE: Final = "9876543210"  # stands for the key while a route is looked up; a slug and a number at once
PLAIN: Final = re.compile(r"[a-z0-9-]*").fullmatch  # what needs no quoting


def of_record(route: str, key: str | int) -> str:
    """As `reverse(route, args=[key])`, of a route that has one part, a slug or a number."""
    before, after = _around(route, settings.ROOT_URLCONF, get_script_prefix())
    return f"{before}{key if isinstance(key, int) or PLAIN(key) else quote(key)}{after}"


def of_page(route: str) -> str:
    """As `reverse(route)`, of a route without parts."""
    return _whole(route, settings.ROOT_URLCONF, get_script_prefix())


@lru_cache(maxsize=64)
def _whole(route: str, urlconf: str, prefix: str) -> str:
    return reverse(route)


@lru_cache(maxsize=64)
def _around(route: str, urlconf: str, prefix: str) -> tuple[str, str]:
    """What stands before and after the key; by who serves the site and where, as both may differ in one process."""
    before, _, after = reverse(route, args=[PLACE]).partition(PLACE)
    return before, after
