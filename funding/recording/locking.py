"""Hold the names that are written about, so that writers of one company or investor wait for each other."""

from collections.abc import Iterable
from typing import Final

from django.db import connection

EVERYBODY: Final = "everybody"


def hold_all() -> None:
    """Hold all names to the end of the transaction, which should be a short one: every other writer waits for it.

    Nobody waits for its answer at a page, so it may wait itself for longer than a page.
    """
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '1min'; set local statement_timeout = '2min'")
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [EVERYBODY])


def hold(names: Iterable[str]) -> None:
    """Hold, to the end of the transaction, the names of companies and investors that are written about.

    They are taken in one order, so that two writers with several names in common never wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [EVERYBODY])
        cursor.execute(
            "select pg_advisory_xact_lock(hash) from "
            "(select distinct hashtextextended(name, 0) as hash from unnest(%s::text[]) as name order by 1) as hashes",
            [sorted(set(names))],
        )
