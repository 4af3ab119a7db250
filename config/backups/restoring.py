"""Put a backup back: into a new database beside the present one, which takes its place once all of it is proved.

Until the two names are exchanged, in one transaction, nothing of the present database is touched. So a restore that
fails, is interrupted, or finds that what it reads is not what was written, leaves everything as it was.
"""

from __future__ import annotations

import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from config.backups import database, manifest, writing
from config.backups.manifest import BackupError, Manifest

# What a database has that was migrated and given its rates and nothing else.
FROM_THE_START: Final = frozenset(
    {
        *("django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions"),
        *("funding_rate", "funding_averagerate", "config_recordchanges"),
    }
)
MAINTENANCE: Final = "postgres"  # the database that every server has
LONGEST_NAME: Final = 50  # of what a database's name may have, the rest being ours


def check(file: BinaryIO) -> Manifest:
    """What a backup holds, after all of it has been read. Raises BackupError where it cannot be restored here."""
    with manifest.open_archive(file) as archive:
        found = manifest.read(archive)
    ours = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if unknown := sorted(set(found.migrations) - ours):
        raise BackupError(
            f"The backup was made by a newer Roundbook ({found.roundbook}, with the migration {unknown[-1]}), and this"
            f" is {manifest.version()}; restore it with that one."
        )
    return found


def is_empty() -> bool:
    """Whether the present database holds nothing that anybody entered, imported or made."""
    with database.connected() as held:
        names = set(database.table_names(held)) - FROM_THE_START
        return not any(database.has_rows(held, name) for name in sorted(names))


def restore(file: BinaryIO, say: Callable[[str], None] = lambda words: None) -> Manifest:
    """Put a backup in the place of the present database, brought to what this Roundbook wants; what it held.

    `say` hears what is being done. Raises BackupError, with the present database as it was.
    """
    found = check(file)
    name = str(connection.settings_dict["NAME"])
    with database.connected() as held:
        server = database.server_version(held)
        program = database.program("pg_restore", max(server, found.server))
    if found.server > server:
        raise BackupError(f"The backup is of PostgreSQL {found.server}, and this database is of {server}, an older.")
    connection.close()
    with database.connected(MAINTENANCE) as server_itself:
        _refuse_others(server_itself, name)
        with _beside(server_itself, name) as beside:
            say(f"Restoring {found.rows:,} rows of {len(found.tables)} tables.")
            _load(program, file, beside)
            say("Comparing every table with what was saved.")
            _compare(beside, found)
            _bring_up_to_date(beside)
            _exchange(server_itself, name, beside)
    ContentType.objects.clear_cache()
    return found


def _refuse_others(held: psycopg.Connection[Any], name: str) -> None:
    """Whoever is connected would go on with the old database, or stand in the way of the new one."""
    asked = "select count(*) from pg_stat_activity where datname = %s and backend_type = 'client backend'"
    row = held.execute(asked, [name]).fetchone()
    if row and row[0]:
        raise BackupError(
            f"The database is in use ({row[0]} connections): stop web, worker, beat and relay, and restore then."
        )


@contextmanager
def _beside(held: psycopg.Connection[Any], name: str) -> Iterator[str]:
    """A new and empty database on the same terms as the present one; dropped again, unless it took its place."""
    beside = f"{name[:LONGEST_NAME]}_restoring"
    asked = """select pg_encoding_to_char(encoding), datlocprovider::text, datcollate, datctype,
        coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') from pg_database d where datname = %s"""
    row = held.execute(asked, [name]).fetchone()
    assert row is not None
    encoding, provider, collate, kinds, locale = row
    made = sql.SQL("create database {} template template0 encoding {} lc_collate {} lc_ctype {}").format(
        sql.Identifier(beside), *(sql.Literal(one) for one in (encoding, collate, kinds))
    )
    if provider in ("i", "b"):
        words = "locale_provider icu icu_locale {}" if provider == "i" else "locale_provider builtin builtin_locale {}"
        made += sql.SQL(" ") + sql.SQL(words).format(sql.Literal(locale))
    try:
        _drop(held, beside)  # of a restore that was killed
        held.execute(made)
    except psycopg.errors.InsufficientPrivilege:
        raise BackupError(
            "A restore makes a new database beside the present one, which this account may not:"
            f" give it the right with ALTER ROLE {held.info.user} CREATEDB."
        ) from None
    except psycopg.Error as error:
        raise BackupError(f"No new database can be made: {database.first_line(error)}") from None
    try:
        yield beside
    finally:
        _drop(held, beside)


def _drop(held: psycopg.Connection[Any], name: str) -> None:
    held.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))


def _load(program: Path, file: BinaryIO, beside: str) -> None:
    command = [program, "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={beside}"]
    with tempfile.TemporaryFile() as errors, zipfile.ZipFile(file) as archive, archive.open(manifest.DUMP) as dump:
        process = subprocess.Popen(
            command, env=database.environment(beside), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors
        )
        try:
            assert process.stdin is not None
            try:
                while chunk := dump.read(manifest.CHUNK):
                    process.stdin.write(chunk)
                process.stdin.close()
            except BrokenPipeError:
                pass  # it has ended, and its status and last words say why
            status = process.wait()
        finally:
            process.kill()
            process.wait()
        if status != 0:
            raise BackupError(f"pg_restore did not end well: {writing.last_words(errors)}")


def _compare(beside: str, found: Manifest) -> None:
    with database.connected(beside) as held:
        restored = {name: database.contents(held, name) for name in database.table_names(held)}
    if differing := sorted(
        name for name in {*found.tables, *restored} if found.tables.get(name) != restored.get(name)
    ):
        raise BackupError(f"What was restored is not what was saved: {', '.join(differing)} differs.")


def _bring_up_to_date(beside: str) -> None:
    try:
        with _as_the_database(beside):
            call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise BackupError(f"The backup cannot be brought to this version: {database.first_line(error)}") from None


@contextmanager
def _as_the_database(name: str) -> Iterator[None]:
    """Let Django take another database of the server for that of the settings, without a limit for statements."""
    held, options = connection.settings_dict["NAME"], connection.settings_dict["OPTIONS"]
    connection.close()
    connection.settings_dict.update(NAME=name, OPTIONS={**options, "options": database.PLAIN})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(NAME=held, OPTIONS=options)


def _exchange(held: psycopg.Connection[Any], name: str, beside: str) -> None:
    """The new database gets the name, and the present one is dropped; both names change, or neither."""
    replaced = f"{name[:LONGEST_NAME]}_replaced"
    renamed = sql.SQL("alter database {} rename to {}")
    try:
        _drop(held, replaced)  # of a restore that was killed in between
        with held.transaction():
            held.execute(renamed.format(sql.Identifier(name), sql.Identifier(replaced)))
            held.execute(renamed.format(sql.Identifier(beside), sql.Identifier(name)))
    except psycopg.errors.ObjectInUse:
        raise BackupError(
            "Somebody uses the database again: stop web, worker, beat and relay, and restore then."
        ) from None
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupError(f"The present database cannot be replaced: {database.first_line(error)}") from None
    _drop(held, replaced)
