"""Data folders of the benchmark's own: with one made-up population each, kept for the next time, or emptied anew."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.embedded import locks, socket_dir
from config.embedded.folder import DataFolder
from config.embedded.postgres import DATABASE
from funding import rates

from . import loading
from .population import Population

NOTE: Final = "population.json"
AT_ONCE: Final = 1 << 20  # bytes
VERSION: Final = 2  # of what is made: a folder of another one is filled anew

Say = Callable[[str], None]


@contextmanager
def filled(path: Path, companies: int, seed: int, say: Say) -> Iterator[None]:
    """Have the database of a folder hold this population, and Django speak to it meanwhile. Raises CannotStart."""
    folder = DataFolder(path, has_broker=False)
    folder.prepare()
    with locks.alone(path / "bench.lock"), folder.use(), _speaking_to(folder):
        wanted = {"companies": companies, "seed": seed, "version": VERSION}
        held = _note(path)
        if held == wanted:
            say(f"{path} holds {companies:,} companies already.")
            _bring_up_to_date(say)
        else:
            if held:
                say(f"{path} holds another population; it is filled anew.")
            _fill(folder, wanted, say)
        yield


@contextmanager
def emptied(path: Path, say: Say) -> Iterator[None]:
    """Have the database of a folder hold the tables and rates alone, and Django speak to it. Raises CannotStart."""
    folder = DataFolder(path, has_broker=False)
    folder.prepare()
    with locks.alone(path / "bench.lock"), folder.use(), _speaking_to(folder):
        say(f"making an empty database in {path}")
        with suppress(FileNotFoundError):
            (path / NOTE).unlink()
        with _made_anew(folder):
            loading.tidy()
        yield


def read_through(path: Path) -> None:
    """Read the tables, so that they are in memory as far as they fit: it is a site that is timed, and no disk."""
    for file in sorted((path / "postgres" / "base").glob("*/*")):
        # What the server has removed meanwhile is of no table.
        with suppress(FileNotFoundError), file.open("rb", buffering=0) as opened:
            while opened.read(AT_ONCE):
                pass


@contextmanager
def _speaking_to(folder: DataFolder) -> Iterator[None]:
    """Have Django's connection go to the folder's own server, whatever database the settings name."""
    before = connection.settings_dict
    options = {**before["OPTIONS"], "host": str(socket_dir(folder.path))}
    own = {"NAME": DATABASE, "USER": "postgres", "PASSWORD": "", "HOST": "", "PORT": "", "OPTIONS": options}
    connection.close()
    connection.settings_dict = {**before, **own}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before


def _note(path: Path) -> dict[str, Any]:
    """What the folder was filled with; nothing where it never was, or not to the end."""
    try:
        return dict(json.loads((path / NOTE).read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def _bring_up_to_date(say: Say) -> None:
    """Bring the tables to what the code wants, as those of any other site with data in it."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    say("bringing the database up to date")
    with _unhurried():
        call_command("migrate", verbosity=0, interactive=False)
        loading.tidy()


@contextmanager
def _unhurried() -> Iterator[None]:
    """Have the database take its time meanwhile; a new connection has the limits of the settings again."""
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
    yield
    connection.close()


def _fill(folder: DataFolder, wanted: dict[str, int], say: Say) -> None:
    """Make the database anew, with its tables, rates and population."""
    note = folder.path / NOTE
    with suppress(FileNotFoundError):
        note.unlink()
    with _made_anew(folder):
        say(f"making {wanted['companies']:,} companies in {folder.path}")
        loading.load(Population(wanted["companies"], wanted["seed"]), say)
        say("vacuum")
        loading.tidy()
    note.write_text(json.dumps(wanted) + "\n", "utf-8")


@contextmanager
def _made_anew(folder: DataFolder) -> Iterator[None]:
    """Make the database anew with its tables and rates; meanwhile it takes its time."""
    connection.close()
    with folder.postgres.connect() as server:
        server.execute(f"drop database if exists {DATABASE} with (force)")
        server.execute(f"create database {DATABASE}")
    with _unhurried():
        call_command("migrate", verbosity=0, interactive=False)
        rates.load_rates()
        yield


def server_version() -> str:
    """The version of the PostgreSQL that Django speaks to."""
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        return str(cursor.fetchone()[0])
