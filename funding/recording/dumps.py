"""All that was ever said, as a file: sources, mentions, statements, assignments, and whose acts they are.

A dump is JSON lines: a head, one object a row with its `table`, and a last line that counts them. It has no
projections, which follow from it, but the ids and addresses of the records, so that links stay good. Restored into an
empty Roundbook it gives the same bytes when dumped again.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.contrib.auth.models import User
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.models import Field, ForeignKey, Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg import sql

from companies.models import Alias, Company, Identifier, Investor, Person
from funding.models import Assignment, Change, Doubt, Exit, Judgement, Mark, Mention, Round, Source, Statement

from . import company_facts, exits, round_facts
from .projecting import rebuild

FORMAT: Final = "roundbook statements"
VERSION: Final = 1
BATCH: Final = 1000  # rows that are added by one statement
LONGEST: Final = 64 * 1024 * 1024  # of a line, in bytes
CHUNK: Final = 64 * 1024
NAMED: Final = frozenset({*company_facts.IDENTITY, "is_live"})
TIMEOUT: Final = "1h"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the dump: all columns of its model, or those of `kept`, by which what follows is known again."""

    name: str
    model: type[Model]
    kept: frozenset[str] | None = None

    @property
    def fields(self) -> "list[Field[Any, Any]]":
        """The columns that are in the dump, in the order of the model."""
        return [field for field in self.model._meta.concrete_fields if self.kept is None or field.name in self.kept]

    @property
    def headings(self) -> list[str]:
        """What the cells of a row are called."""
        return [_heading(field) for field in self.fields]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a dump, as it is written and read."""

    line: bytes
    cells: Mapping[str, Any]


TABLES: Final = (
    Table("change", Change),
    Table("source", Source),
    Table("mention", Mention),
    Table("statement", Statement),
    Table("company", Company, NAMED),
    Table("investor", Investor, NAMED),
    Table("person", Person, NAMED | {"resolved_for"}),
    Table("round", Round, frozenset(round_facts.IDENTITY)),
    Table("exit", Exit, frozenset(exits.IDENTITY)),
    Table("assignment", Assignment),
    Table("judgement", Judgement),
    Table("mark", Mark),
    Table("alias", Alias),
    Table("identifier", Identifier),
    Table("doubt", Doubt),
)
BY_NAME: Final = {table.name: table for table in TABLES}


class BadDump(ValueError):
    """What cannot be restored, and why; nothing of it was."""


def write() -> Iterator[tuple[bytes, int]]:
    """The dump in pieces, each with the number of rows so far; all of one moment of the database."""
    counts = dict.fromkeys(BY_NAME, 0)
    pending = bytearray(_line({"format": FORMAT, "version": VERSION}))
    for line in _rows():
        # Every row begins with the name of its table.
        counts[line[len(b'{"table":"') :].partition(b'"')[0].decode()] += 1
        pending += line
        if len(pending) >= CHUNK:
            yield bytes(pending), sum(counts.values())
            pending.clear()
    yield bytes(pending + _line({"end": counts})), sum(counts.values())


def restore(lines: Iterable[bytes]) -> Mapping[str, int]:
    """Fill an empty Roundbook from a dump, in one transaction; how many rows of each table there were.

    People that are not there get accounts that nobody can sign in to until an administrator opens them. Raises
    BadDump.
    """
    with transaction.atomic():
        _require_empty()
        people = set(User.objects.values_list("username", flat=True))
        counts = dict.fromkeys(BY_NAME, 0)
        rows = _read(lines, counts)
        try:
            for name, of_table in itertools.groupby(rows, key=lambda row: str(row.cells["table"])):
                _add(BY_NAME[name], of_table, people)
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in TABLES]):
                    cursor.execute(statement)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except DatabaseError as error:
            raise BadDump(
                _("The rows do not fit together: %(reason)s") % {"reason": str(error).partition("\n")[0]}
            ) from error
        rebuild()
    return counts


def _rows() -> Iterator[bytes]:
    """Every row as a line of JSON, table by table, in the order of their ids."""
    # One statement sees one moment. Parallel workers would mix the tables.
    parts = sql.SQL(" UNION ALL ").join(_select(table) for table in TABLES)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute("SET LOCAL statement_timeout = %s", [TIMEOUT])
        with cursor.copy(sql.SQL("COPY ({}) TO STDOUT").format(parts)) as copy:
            for line in copy:
                # COPY doubles backslashes; whatever else it would mark, JSON has marked by one already.
                yield bytes(line).replace(rb"\\", b"\\")


def _select(table: Table) -> sql.Composable:
    cells = [sql.SQL("{} AS {}").format(_cell(field), sql.Identifier(_heading(field))) for field in table.fields]
    return sql.SQL("(SELECT row_to_json(line)::text FROM (SELECT {} AS {}, {} FROM {} r ORDER BY r.id) line)").format(
        sql.Literal(table.name),
        sql.Identifier("table"),
        sql.SQL(", ").join(cells),
        sql.Identifier(table.model._meta.db_table),
    )


def _cell(field: "Field[Any, Any]") -> sql.Composable:
    """A column; people by their names, for their ids are another site's."""
    column = sql.Identifier("r", field.attname)
    if _is_person(field):
        return sql.SQL("(SELECT u.username FROM auth_user u WHERE u.id = {})").format(column)
    return column


def _heading(field: "Field[Any, Any]") -> str:
    """What a cell is called in the dump."""
    return field.name if _is_person(field) else field.attname


def _is_person(field: "Field[Any, Any]") -> bool:
    return isinstance(field, ForeignKey) and field.related_model is User


def _line(told: Mapping[str, Any]) -> bytes:
    return orjson.dumps(told) + b"\n"


def _require_empty() -> None:
    for table in TABLES:
        if table.model._default_manager.exists():
            raise BadDump(
                _("Only an empty Roundbook can be filled; this one has rows of “%(table)s” already.")
                % {"table": table.name}
            )


def _read(lines: Iterable[bytes], counts: dict[str, int]) -> Iterator[Row]:
    """The rows of a dump, counted; raises BadDump where it is none, or not whole."""
    at, has_ended = 0, False
    for at, line in enumerate(lines, 1):
        try:
            row = orjson.loads(line) if len(line) <= LONGEST else None
        except orjson.JSONDecodeError:
            row = None
        if not isinstance(row, dict) or has_ended:
            raise BadDump(_("Line %(line)s is no row of a dump.") % {"line": at})
        if at == 1:
            if row != {"format": FORMAT, "version": VERSION}:
                raise BadDump(_("This is no dump of statements, or one of another version."))
        elif "end" in row:
            if row["end"] != counts:
                raise BadDump(_("The dump is not whole: its last line counts other rows than it has."))
            has_ended = True
        else:
            table = BY_NAME.get(str(row.get("table")))
            if table is None or set(row) - {"table", *table.headings}:
                raise BadDump(_("Line %(line)s is no row of a dump.") % {"line": at})
            counts[table.name] += 1
            yield Row(line.strip(), row)
    if not has_ended:
        raise BadDump(
            ngettext(
                "The dump is not whole: it ends after %(lines)s line.",
                "The dump is not whole: it ends after %(lines)s lines.",
                at,
            )
            % {"lines": at}
        )


def _add(table: Table, rows: Iterator[Row], people: set[str]) -> None:
    """Add rows of one table; what a row does not say of its columns is as it is where nothing is known."""
    model = table.model
    fields = model._meta.concrete_fields
    names = [field.name for field in fields if _is_person(field)]
    cells = [
        sql.SQL("(SELECT u.id FROM auth_user u WHERE u.username = line ->> {})").format(sql.Literal(field.name))
        if _is_person(field)
        else sql.Identifier("told", field.attname)
        for field in fields
    ]
    # The cells go from the file into the database as they are written, for no digit of them may change.
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {cells} FROM json_array_elements(%(rows)s::json) AS line,"
        " json_populate_record(json_populate_record(NULL::{table}, %(blank)s::json), line) AS told"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(sql.Identifier(field.attname) for field in fields),
        cells=sql.SQL(", ").join(cells),
    )
    blank = model()
    empty = {field.attname: field.get_prep_value(getattr(blank, field.attname)) for field in fields}
    with connection.cursor() as cursor:
        while batch := list(itertools.islice(rows, BATCH)):
            told = {str(row.cells[name]) for row in batch for name in names if row.cells.get(name)}
            for new in sorted(told - people):
                User.objects.create_user(new, password=None, is_active=False)
            people |= told
            lines = b",".join(row.line for row in batch).decode()
            cursor.execute(statement, {"rows": f"[{lines}]", "blank": orjson.dumps(empty, default=str).decode()})
