"""Other programs on the same rows: django-import-export and Datasette, installed for the benchmark alone.

Each has an environment of its own in the benchmark's folder, with the versions that stand here. What cannot be
installed or fails is told in its figure, and the others go on.
"""

import csv
import json
import os
import socket
import sqlite3
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from .data_report import Peer

IMPORT_EXPORT: Final = "django-import-export"
DATASETTE: Final = "Datasette"
# By name: what is installed, and whether this project and all that it needs can be imported there as well.
ENVIRONMENTS: Final = {
    IMPORT_EXPORT: (("django-import-export==4.4.3", "tablib==3.10.0", "diff-match-patch==20241021"), True),
    DATASETTE: (("datasette==0.65.5",), False),
}
# A sample: what they take for each row does not depend on how many there are.
MOST_EXPORTED: Final = 20_000
MOST_IMPORTED: Final = 2_000
MOST_SERVED: Final = 120_000
INSTALLING: Final = 600  # seconds
WORKING: Final = 3_600
STARTING: Final = 30
BATCH: Final = 5_000
TWIN: Final = "bench_peer"  # the database that the other importer fills


class Failed(Exception):
    """A peer cannot be measured; the message is one sentence."""


def environment(folder: Path, name: str) -> Path:
    """The Python of a peer's environment, made where it is not there yet. Raises Failed."""
    wanted, sees_ours = ENVIRONMENTS[name]
    place = folder / name.lower()
    python, note = place / "bin" / "python", place / "installed.json"
    if python.exists() and note.exists() and json.loads(note.read_text("utf-8")) == list(wanted):
        return python
    _run([sys.executable, "-m", "venv", "--clear", str(place)], INSTALLING)
    if sees_ours:
        site = sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)})
        ours = "\n".join([str(settings.BASE_DIR), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
        (Path(site) / "roundbook.pth").write_text(ours + "\n", "utf-8")
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted], INSTALLING)
    note.write_text(json.dumps(list(wanted)), "utf-8")
    return python


def _run(command: list[str], patience: int, **environment: str) -> str:
    """What a program prints. Raises Failed with the last line of what it complains of."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=patience, env={**os.environ, **environment},
            cwd=settings.BASE_DIR,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{command[0]} does not come to an end: {error}.") from error
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it says nothing"]
        raise Failed(f"{' '.join(command[:4])}: {said[-1]}")
    return done.stdout


def export_by_import_export(folder: Path, working: Path) -> Peer:
    """The rounds as django-import-export writes them: the same columns, from the same tables."""
    return _by_import_export(folder, "export", working / "import-export.csv", MOST_EXPORTED, _address())


def import_by_import_export(folder: Path, exported: Path) -> Peer:
    """Rounds that we exported, imported by django-import-export with the same relations, into the twin database."""
    return _by_import_export(folder, "import", exported, MOST_IMPORTED, _address(TWIN))


def _by_import_export(folder: Path, what: str, path: Path, rows: int, address: str) -> Peer:
    try:
        python = environment(folder, IMPORT_EXPORT)
        told = _run(
            [str(python), "-m", "funding.bench.peer_resources", what, str(path), str(rows)],
            WORKING,
            DJANGO_SETTINGS_MODULE="config.settings",
            DATABASE_URL=address,
            REDIS_URL="redis://localhost",  # a site with a database of its own needs one; nothing is sent there
            ROUNDBOOK_LOCAL="true",
            ROUNDBOOK_DB_TIMEOUTS="0,0,0",
        )
        found = json.loads(told.splitlines()[-1])
    except Failed as error:
        return Peer(IMPORT_EXPORT, problem=str(error))
    return Peer(IMPORT_EXPORT, found["rows"], found["seconds"])


def _address(database: str = "") -> str:
    """The database that Django speaks to, or another of the same server, as an address."""
    own = connection.get_connection_params()
    query = f"?host={own['host']}" if str(own.get("host", "")).startswith("/") else ""
    place = "" if query else f"{own.get('host') or 'localhost'}:{own.get('port') or 5432}"
    return f"postgresql://{own['user']}@{place}/{database or own['dbname']}{query}"


@contextmanager
def twin() -> Iterator[None]:
    """Have a copy of the database as it is now, for the other importer; it is gone afterwards."""
    own = connection.get_connection_params()
    connection.close()
    _on_server(own, f"drop database if exists {TWIN} with (force)", f"create database {TWIN} template {own['dbname']}")
    try:
        yield
    finally:
        _on_server(own, f"drop database if exists {TWIN} with (force)")


def _on_server(own: dict[str, Any], *statements: str) -> None:
    place = {name: own[name] for name in ("host", "port", "user", "password") if own.get(name)}
    with psycopg.connect(make_conninfo(**place, dbname="postgres"), autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


def serve_by_datasette(folder: Path, exported: Path, working: Path) -> Peer:
    """The rows of our file, put into a table of SQLite, as Datasette streams them in CSV."""
    try:
        python = environment(folder, DATASETTE)
        database = working / "rows.db"
        rows = _fill_sqlite(database, exported)
        with _datasette(python, database) as address:
            start = time.perf_counter()
            with urllib.request.urlopen(f"{address}/rows/rounds.csv?_stream=on&_size=max", timeout=WORKING) as answer:
                lines = 0
                while piece := answer.read(64 * 1024):
                    lines += piece.count(b"\n")
            seconds = time.perf_counter() - start
            # A cell may have lines of its own; what ends early has fewer than there are rows.
            return Peer(DATASETTE, rows, seconds) if lines > rows else Peer(DATASETTE, problem="the file ends early.")
    except (Failed, OSError) as error:
        return Peer(DATASETTE, problem=str(error))


def _fill_sqlite(database: Path, exported: Path) -> int:
    """A table with the columns and cells of a CSV file; how many rows it has."""
    database.unlink(missing_ok=True)
    with exported.open(encoding="utf-8", newline="") as file, sqlite3.connect(database) as base:
        reader = csv.reader(file)
        header = next(reader)
        base.execute(f"create table rounds ({', '.join(header)})")
        rows = islice(reader, MOST_SERVED)
        base.executemany(f"insert into rounds values ({', '.join('?' * len(header))})", rows)
        (number,) = base.execute("select count(*) from rounds").fetchone()
    base.close()
    return int(number)


@contextmanager
def _datasette(python: Path, database: Path) -> Iterator[str]:
    """Have Datasette serve a database meanwhile; its address. Raises Failed where it does not start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(python), "-m", "datasette", "serve", str(database), "--port", str(port),
               "--setting", "max_csv_mb", "0", "--setting", "sql_time_limit_ms", "60000"]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _await(server, address)
        yield address
    finally:
        server.terminate()
        server.wait()


def _await(server: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + STARTING
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/-/versions.json", timeout=STARTING):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise Failed("Datasette does not start.")
