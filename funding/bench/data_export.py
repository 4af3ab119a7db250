"""How fast rounds are exported and given in bulk by the API, beside PostgreSQL's own client with the same query."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

from django.db import connection
from django.http import QueryDict
from psycopg.conninfo import make_conninfo

from config.embedded.programs import CannotStart, postgres_programs
from funding import exports
from funding.exports import files

from . import memory
from .data_report import Bulk, Exported
from .pages import Page
from .timing import Visitor

TRIES: Final = 3  # of each, in turn; the fastest counts
ROWS: Final = "rounds"
OWN: Final = "roundbook-rounds.csv"
BULK: Final = Page("bulk", "/api/v1/bulk/rounds", role="analyst")


def measure(folder: Path, tries: int = TRIES) -> Exported:
    """What exporting all rounds takes, by our own code and by psql, each into a file of the folder."""
    own, theirs = folder / OWN, folder / "psql-rounds.csv"
    psql = _psql()
    ours_seconds, psql_seconds, growths = [], [], []
    written = None
    for _ in range(tries):
        with memory.watched() as growth:
            start = time.perf_counter()
            written = _export(own)
            ours_seconds.append(time.perf_counter() - start)
        growths.append(growth.bytes)
        start = time.perf_counter()
        _copy_by_psql(psql, theirs)
        psql_seconds.append(time.perf_counter() - start)
    assert written is not None
    # Our lines, the head's among them, end by CRLF.
    is_same = written.bytes - written.rows - 1 == theirs.stat().st_size
    theirs.unlink()
    return Exported(written.rows, written.bytes, min(ours_seconds), min(psql_seconds), max(growths), is_same)


def _export(path: Path) -> files.Written:
    """As `manage.py export rounds -o FILE` does."""
    with files.opened(str(path)) as file:
        return files.copy(exports.read(ROWS, QueryDict("")).pieces(), file)


def _psql() -> str:
    """PostgreSQL's own client: that of the embedded server, or else one on the PATH. Raises CannotStart."""
    try:
        beside = postgres_programs(None) / "psql"
    except CannotStart:
        beside = Path()
    found = str(beside) if beside.is_file() else shutil.which("psql")
    if not found:
        raise CannotStart("There is no psql to compare with: install PostgreSQL's client.")
    return found


def _copy_by_psql(psql: str, path: Path) -> None:
    export = exports.read(ROWS, QueryDict(""))
    query = " ".join(export.as_sql().split("\n"))
    # The server works for psql as it does for us.
    options = " ".join(f"-c {name}={value}" for name, value in (export.settings | {"statement_timeout": "0"}).items())
    given = connection.get_connection_params()
    place = {name: given[name] for name in ("host", "port", "user", "password", "dbname") if given.get(name)}
    command = f"\\copy ({query}) to '{path}' with (format csv, header)"
    done = subprocess.run(
        [psql, "--no-psqlrc", "--quiet", "--dbname", make_conninfo(**place), "--command", command],
        env={**os.environ, "PGOPTIONS": options},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise CannotStart(f"psql cannot copy: {done.stderr.strip()}")


def bulk() -> Bulk:
    """What all rounds take from the API, asked for in this process through all the middleware."""
    start = time.perf_counter()
    answer = Visitor().ask(BULK, BULK.address)
    if answer.status_code != 200:
        raise CannotStart(f"The API answers {answer.status_code} for {BULK.address}.")
    rows = size = 0
    for piece in answer.streaming_content:
        rows += piece.count(b"\n")
        size += len(piece)
    return Bulk(rows, size, time.perf_counter() - start)
