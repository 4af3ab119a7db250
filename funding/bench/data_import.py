"""How fast a file of rounds is read and imported, beside the barest way to write the same rows."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.db.models import Model

from companies.models import Company, Identifier, Investor
from funding import formats, importing
from funding.models import (
    Assignment,
    Exit,
    Import,
    Mention,
    Participation,
    Round,
    Statement,
    Valuation,
)

from . import memory
from .data_report import Floor, Imported, Read

PIECE: Final = 1024 * 1024
SCHEMA: Final = "bench_floor"
# The records and what they rest on, what others refer to first. What follows from them (sums, portfolios, names to
# search for) is left out, as are the rows kept while a file is checked: the floor has none of it to write.
TABLES: Final[tuple[type[Model], ...]] = (
    *(Company, Identifier, Company.sectors.through, Investor, Mention, Statement, Round, Exit),
    *(Assignment, Participation, Valuation),
)


def read(path: Path) -> Read:
    """How fast the rows of a file are read and understood, with nothing of it kept."""
    start = time.perf_counter()
    table = formats.open_table(path)
    form = formats.recognise(table.header) or formats.UNMAPPED
    rows = refused = 0
    for row in formats.read(table, form):
        rows += 1
        refused += bool(row.refusal)
    return Read(path.name, form.title, rows, refused, time.perf_counter() - start)


def record(path: Path) -> Imported:
    """Import a file as `import_csv` does, step by step. Raises importing.Unusable where it is no table."""
    with memory.watched() as growth:
        began = time.perf_counter()
        file = importing.arrive(path.name, _pieces(path))
        arrived = time.perf_counter()
        counts = importing.check(file)
        Import.objects.filter(pk=file.pk).update(state=Import.State.CHECKED)
        checked = time.perf_counter()
        importing.begin(file, None)
        importing.record(file)
        recorded = time.perf_counter()
    return Imported(
        rows=sum(number for name, number in counts.items() if name != "warnings"),
        recorded=file.added.get("rows", 0),
        arriving=arrived - began,
        checking=checked - arrived,
        recording=recorded - checked,
        growth=growth.bytes,
        written={model._meta.db_table: model._default_manager.count() for model in TABLES},
    )


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def floor() -> Floor:
    """What PostgreSQL takes to write the very rows that were imported into tables just like theirs.

    INSERT … SELECT from the tables as they are, with the same indexes, checks and foreign keys, in one transaction;
    nothing is read, matched, resolved or counted.
    """
    tables = [model._meta.db_table for model in TABLES]
    with connection.cursor() as cursor:
        cursor.execute(f"drop schema if exists {SCHEMA} cascade")
        cursor.execute(f"create schema {SCHEMA}")
        try:
            _make_alike(tables)
            rows, start = 0, time.perf_counter()
            with transaction.atomic():
                cursor.execute("set local statement_timeout = 0")
                for table in tables:
                    cursor.execute(f"insert into {SCHEMA}.{table} select * from public.{table} order by id")
                    rows += cursor.rowcount
            return Floor(rows, time.perf_counter() - start)
        finally:
            cursor.execute(f"drop schema {SCHEMA} cascade")


def _make_alike(tables: list[str]) -> None:
    """Empty tables in a schema of their own, with all that the real ones have."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint"
            " where contype = 'f' and conrelid = any(%s::regclass[])",
            [tables],
        )
        keys = cursor.fetchall()
        for table in tables:
            cursor.execute(f"create table {SCHEMA}.{table} (like public.{table} including all)")
        # A key refers to the table alike where there is one.
        cursor.execute(f"set local search_path = {SCHEMA}, public")
        for table, name, definition in keys:
            cursor.execute(f"alter table {SCHEMA}.{table} add constraint {name} {definition}")
