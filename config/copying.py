"""Write many rows of a table at once, by COPY, under ids that were asked for before."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import JSONField, Model

EMPTY: Final[dict[type, str]] = {dict: "{}", list: "[]"}
FEW_PAGES: Final = 10  # of a table that is read whole in any case


def next_ids(model: type[Model], number: int) -> Iterator[int]:
    """So many new ids of a table, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            # The sequence is looked up once, not for every number.
            "with kept as materialized (select pg_get_serial_sequence(%s, 'id')::regclass as sequence)"
            " select nextval(sequence) from kept, generate_series(1, %s)",
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
    # A time of making is set as the row is written.
    made = [one for one in fields if getattr(one, "auto_now_add", False)]
    names = [one.attname for one in fields]
    held = [at for at, one in enumerate(fields) if isinstance(one, JSONField)]
    cells = []
    for row in rows:
        for one in made:
            one.pre_save(row, add=True)
        values = row.__dict__
        cells.append([values[name] for name in names])
    for at in held:
        for found in cells:
            found[at] = as_json(found[at])
    write(model, names, cells)


def write(model: type[Model], names: Iterable[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of some columns, by their names there; JSON as `as_json` gives it. The other columns stay null.

    Raises django.db.IntegrityError as `copy` does.
    """
    rows = list(rows)
    if not rows:
        return
    columns = ", ".join(f'"{name}"' for name in names)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy {model._meta.db_table} ({columns}) from stdin") as sink,
    ):
        for row in rows:
            sink.write_row(row)


def as_json(value: Any) -> str | None:
    """A cell of JSON; None is null, in a column that may be."""
    if value is None:
        return None
    if not value:  # most cells hold nothing
        return EMPTY.get(type(value)) or json.dumps(value)
    return json.dumps(value)


def analyse_grown() -> None:
    """Have the planner look anew at tables that are twice as large as when it last did.

    It does so by itself within a minute or two; until then a file that fills an empty site would be compared with
    whole tables, row by row.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select oid::regclass::text from pg_class"
            " where relkind = 'r' and relnamespace = current_schema::regnamespace"
            " and pg_relation_size(oid) > 2 * greatest(relpages, %s) * current_setting('block_size')::int",
            [FEW_PAGES],
        )
        if tables := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"analyze {', '.join(tables)}")


def maker(model: type[Model]) -> Callable[..., Any]:
    """What makes unsaved rows of a table as `model(**columns)` does, in a third of its time; columns by `attname`."""
    fields = model._meta.concrete_fields
    places = {one.attname: at for at, one in enumerate(fields)}
    plain = [one.get_default() for one in fields]
    made = [(at, type(cell)) for at, cell in enumerate(plain) if isinstance(cell, dict | list)]

    def make(**columns: Any) -> Any:
        cells = plain.copy()
        for at, empty in made:  # no two rows may share one
            cells[at] = empty()
        for name, cell in columns.items():
            cells[places[name]] = cell
        return model(*cells)

    return make
