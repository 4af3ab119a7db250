"""Write many rows of a table at once, by COPY, under ids that were asked for before."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model


def next_ids(model: type[Model], number: int) -> Iterator[int]:
    """So many new ids of a table, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)",
            [model._meta.db_table, number],
        )
        return iter([row[0] for row in cursor.fetchall()])


def copy(model: type[Model], rows: Sequence[Model]) -> None:
    """Write unsaved rows of a table. Those of a table whose ids nobody asked for get them from the database.

    Raises django.db.IntegrityError where a constraint is broken: all are written or none.
    """
    if not rows:
        return
    fields = [one for one in model._meta.concrete_fields if not (one.primary_key and rows[0].pk is None)]
    columns = ", ".join(f'"{one.column}"' for one in fields)
    # What a column needs beside its own value: JSON to be written as such, a time of making to be set.
    plain = [
        one.attname if not isinstance(one, JSONField) and not getattr(one, "auto_now_add", False) else ""
        for one in fields
    ]
    names = list(zip(plain, fields, strict=True))

    def cell(row: Model, name: str, of: Any) -> Any:
        return getattr(row, name) if name else of.get_db_prep_save(of.pre_save(row, add=True), connection)

    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy {model._meta.db_table} ({columns}) from stdin") as sink,
    ):
        for row in rows:
            sink.write_row([cell(row, name, of) for name, of in names])
