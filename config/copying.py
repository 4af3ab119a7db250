"""Write many rows of a table at once, by COPY, under ids that were asked for before."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.db import connection
from django.db.models import JSONField, Model

EMPTY: Final[dict[type, str]] = {dict: "{}", list: "[]"}
ESCAPED: Final = str.maketrans({"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"})
NULL: Final = r"\N"
LISTS: Final = (list, tuple)
SENT: Final = 1_000  # rows that are sent at once
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
    if rows:
        write(model, *_as_cells(model, rows))


def _as_cells(model: type[Model], rows: Sequence[Model]) -> tuple[list[str], list[list[Any]]]:
    """The columns of unsaved rows, and what they hold."""
    fields = [one for one in model._meta.concrete_fields if not (one.primary_key and rows[0].pk is None)]
    # A time of making is set as the row is written.
    made = [one for one in fields if getattr(one, "auto_now_add", False)]
    for row in rows:
        for one in made:
            one.pre_save(row, add=True)
    names = [one.attname for one in fields]
    return names, cells_of(model, names, rows)


def cells_of(model: type[Model], names: Sequence[str], rows: Iterable[Model]) -> list[list[Any]]:
    """What some columns of unsaved rows hold, as `write` takes it."""
    held = [at for at, name in enumerate(names) if isinstance(model._meta.get_field(name), JSONField)]
    cells = []
    for row in rows:
        values = row.__dict__
        cells.append([values[name] for name in names])
    for at in held:
        for found in cells:
            found[at] = as_json(found[at])
    return cells


def write(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of some columns, by their names there; JSON as `as_json` gives it. The other columns stay null.

    Raises django.db.IntegrityError as `copy` does.
    """
    write_lines(model, names, [line(row) for row in rows])


def write_lines(model: type[Model], names: Sequence[str], lines: Sequence[str]) -> None:
    """`write` of rows that are lines already."""
    if not lines:
        return
    if other := _behind.get():
        other.wait()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        _send(connection.connection, model, names, lines)


def line(cells: Sequence[Any]) -> str:
    """A row as COPY reads it: cells between tabs, and no end.

    Numbers, dates and truths are read as they are written here; words and lists may hold what separates cells.
    """
    texts = [
        one if type(one) is str else NULL if one is None else as_array(one) if type(one) in LISTS else str(one)
        for one in cells
    ]
    found = "\t".join(texts)
    # Rows in which nothing has to be escaped are nearly all, and cells are many: asked once for all of them.
    nulls = cells.count(None)
    if found.count("\\") == nulls and found.count("\t") == len(texts) - 1 and "\n" not in found and "\r" not in found:
        return found
    return "\t".join(
        [text if one is None else text.translate(ESCAPED) for one, text in zip(cells, texts, strict=True)]
    )


def _send(server: Any, model: type[Model], names: Sequence[str], lines: Sequence[str]) -> None:
    columns = ", ".join(f'"{name}"' for name in names)
    with server.cursor() as cursor, cursor.copy(f"copy {model._meta.db_table} ({columns}) from stdin") as sink:
        for at in range(0, len(lines), SENT):
            sink.write("\n".join(lines[at : at + SENT]) + "\n")


class Behind:
    """Has rows written while its caller works out the next ones, in the caller's transaction.

    PostgreSQL and Python so have a processor each. Whatever the caller asks the database meanwhile waits for them.
    """

    def __init__(self, server: Any, thread: Executor) -> None:
        self.server, self.thread = server, thread
        self.pending: list[Future[Any]] = []

    def copy(self, model: type[Model], rows: Sequence[Model]) -> None:
        """Write rows as `copying.copy` does; what is broken is raised by `wait`."""
        if rows:
            names, cells = _as_cells(model, rows)
            self.write_lines(model, names, [line(row) for row in cells])

    def write_lines(self, model: type[Model], names: Sequence[str], lines: Sequence[str]) -> None:
        """Write rows as `copying.write_lines` does; what is broken is raised by `wait`."""
        if lines:
            self.pending.append(self.thread.submit(_send, self.server, model, names, lines))

    def check(self) -> None:
        """Have the references of all that was written checked, as the end of the transaction would."""
        self.pending.append(self.thread.submit(self.server.execute, "set constraints all immediate"))

    def wait(self) -> None:
        """Wait until all is written. Raises django.db.IntegrityError where a constraint is broken."""
        pending, self.pending = self.pending, []
        with connection.wrap_database_errors:
            for one in pending:
                one.result()


@contextmanager
def behind() -> Iterator[Behind]:
    """Write rows behind the caller's back, within a transaction; at the end all is written.

    They may come before what they refer to.
    """
    with connection.cursor() as cursor:
        cursor.execute("set constraints all deferred")

    def after_them(execute: Callable[..., Any], *asked: Any) -> Any:
        found.wait()
        return execute(*asked)

    with ThreadPoolExecutor(max_workers=1) as thread:
        found = Behind(connection.connection, thread)
        now = _behind.set(found)
        try:
            with connection.execute_wrapper(after_them):
                yield found
            found.wait()
        finally:
            _behind.reset(now)


_behind: ContextVar[Behind | None] = ContextVar("behind", default=None)


def as_array(cells: Sequence[Any]) -> str:
    """A list of numbers or words as PostgreSQL reads one, in a tenth of the time that psycopg takes to write it."""
    if not cells or not isinstance(cells[0], str):
        return f"{{{','.join(map(str, cells))}}}"
    if not any('"' in one or "\\" in one for one in cells):
        words = '","'.join(cells)
    else:
        words = '","'.join(one.replace("\\", "\\\\").replace('"', '\\"') for one in cells)
    return f'{{"{words}"}}'


def as_json(value: Any) -> str | None:
    """A cell of JSON; None is null, in a column that may be."""
    if value is None:
        return None
    if not value:  # most cells hold nothing
        return EMPTY.get(type(value)) or json.dumps(value)
    return json.dumps(value)


def analyse_grown() -> None:
    """Have the planner look anew at tables that are three times as large as when it last did.

    It does so by itself within a minute or two; until then a file that fills an empty site would be compared with
    whole tables, row by row.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select oid::regclass::text from pg_class"
            " where relkind = 'r' and relnamespace = current_schema::regnamespace"
            " and pg_relation_size(oid) > 3 * greatest(relpages, %s) * current_setting('block_size')::int",
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
