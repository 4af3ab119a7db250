"""What a request asks to read, and the JSON that PostgreSQL makes of it: pages, single records, and bulk."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from psycopg import sql

from config import paging
from config.filters import AFTER, QueryFilter
from config.paging import BIGGEST_ID, BadPlace, Order
from config.problems import Problem
from funding import as_of
from funding.as_of import BadMoment, CannotShow, Moment, TooMuch

from .parts import Part
from .records import Kind

FIELDS, LIMIT = "fields", "limit"
USUAL, MOST = 50, 200  # records of a page
CHUNK: Final = 64 * 1024
TIMEOUT: Final = "1h"  # of a statement that is read by somebody with a slow line
# Characters that JSON text never holds as they are, so that COPY leaves every line alone.
COPY: Final = sql.SQL(r"COPY ({}) TO STDOUT WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')")
# What is of a page of the site and not of what it lists.
OF_PAGES: Final = ("columns",)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query string that was read: the filter, the members, the moment, and the place and size of the page."""

    kind: Kind
    chosen: QueryFilter
    parts: tuple[Part, ...]
    moment: Moment | None
    query: QueryDict
    after: str = ""
    limit: int = USUAL

    @property
    def past(self) -> Any:
        """What lets the queries of a block read the moment that is asked for."""
        if self.moment is None:
            return nullcontext()
        assert self.kind.scope is not None  # others take no date
        return _shown(self.moment, lambda: self.kind.scope(self.query))  # type: ignore[misc]


def own_parameters(kind: Kind, *, is_one: bool = False, is_bulk: bool = False) -> list[str]:
    """The parameters of an address beside the filters of its list."""
    paged = [] if is_one or is_bulk else [AFTER, LIMIT]
    can_be_past = kind.scope_of_one if is_one else kind.scope
    return [*paged, FIELDS, *(as_of.PARAMETERS if can_be_past else ())]


def read(kind: Kind, query: QueryDict, *, is_bulk: bool = False) -> Asked:
    """What a list or bulk is asked for. Raises Problem, which names each parameter that is unknown or unreadable."""
    own = own_parameters(kind, is_bulk=is_bulk)
    chosen = kind.filter(query, also=own)
    errors = [
        {"parameter": name, "detail": _("There is no such parameter here.")}
        for name in query
        if name not in own and (name not in chosen.fields or name in OF_PAGES)
    ]
    unknown = {error["parameter"] for error in errors}
    errors += [
        {"parameter": name, "detail": str(message)}
        for name, messages in chosen.errors.items()
        if name in chosen.fields and name not in unknown
        for message in messages
    ]
    parts = _parts(kind, query, errors)
    limit = USUAL if is_bulk else _limit(query, errors)
    moment = _moment(kind.scope, query, errors)
    if errors:
        raise Problem("bad-parameter", errors=errors)
    return Asked(kind, chosen, parts, moment, query, query.get(AFTER, ""), limit)


def _parts(kind: Kind, query: QueryDict, errors: list[dict[str, str]], *, is_one: bool = False) -> tuple[Part, ...]:
    names = [name.strip() for given in query.getlist(FIELDS) for name in given.split(",") if name.strip()]
    if not names:
        return tuple(part for part in kind.parts if part.is_usual or is_one)
    known = {part.name for part in kind.parts}
    errors += [
        {"parameter": FIELDS, "detail": _("“%(name)s” is no member of these records.") % {"name": name[:60]}}
        for name in dict.fromkeys(names)
        if name not in known
    ]
    return tuple(part for part in kind.parts if part.name in names)


def _limit(query: QueryDict, errors: list[dict[str, str]]) -> int:
    given = [text.strip() for text in query.getlist(LIMIT) if text.strip()]
    if not given:
        return USUAL
    text = given[0]
    if len(given) == 1 and text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST:
        return int(text)
    told = _("It is one whole number from 1 to %(most)d.") % {"most": MOST}
    errors.append({"parameter": LIMIT, "detail": told})
    return USUAL


def _moment(can_be_past: Any, query: QueryDict, errors: list[dict[str, str]]) -> Moment | None:
    if not can_be_past:
        return None
    try:
        return as_of.read(query)
    except BadMoment as error:
        errors += [{"parameter": name, "detail": told} for name, told in error.problems.items()]
        return None


class _shown:
    """The past, as a block; what of it cannot be shown is a problem."""

    def __init__(self, moment: Moment, scope: Any) -> None:
        self.moment, self.scope = moment, scope

    def __enter__(self) -> None:
        try:
            self.block = as_of.shown(self.moment, self.scope())
            self.block.__enter__()
        except TooMuch as error:
            told = _("%(many)s Ask for one company or investor.") % {"many": error}
            raise Problem("too-much", told) from None
        except CannotShow as error:
            raise Problem("unavailable", str(error)) from None

    def __exit__(self, *error: Any) -> Any:
        return self.block.__exit__(*error)


def page(asked: Asked) -> tuple[list[str], str]:
    """The records of a page as JSON, and the place that the next one starts after; empty on the last."""
    order = asked.chosen.ordering
    rows = asked.kind.choose(asked.chosen).only("pk", *([order.column] if order.column else []))
    try:
        found = paging.take(rows, order, asked.after, asked.limit)
    except BadPlace as error:
        raise Problem("bad-parameter", errors=[{"parameter": AFTER, "detail": str(error)}]) from None
    return as_json(asked.kind, asked.parts, [row.pk for row in found.rows]), found.next


def as_json(kind: Kind, parts: Sequence[Part], ids: Sequence[int]) -> list[str]:
    """The records of these ids as JSON, in their order."""
    if not ids:
        return []
    select = _select(kind, parts, sql.SQL("r.id = ANY (%s)"), sql.SQL("array_position(%s, r.id)"))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT made::text FROM ({}) rows (made)").format(select), [list(ids), list(ids)])
        return [row[0] for row in cursor.fetchall()]


def _select(kind: Kind, parts: Sequence[Part], condition: sql.Composable, order: sql.Composable) -> sql.Composable:
    members = sql.SQL(", ").join(sql.SQL(f"{part.sql} AS {part.name}") for part in parts)
    inner = sql.SQL(" ").join(
        [
            sql.SQL("SELECT"),
            members,
            sql.SQL(f"FROM {kind.joined} WHERE"),
            condition,
            sql.SQL("ORDER BY"),
            order,
        ]
    )
    return sql.SQL("SELECT row_to_json(o) FROM ({}) o").format(inner)


@dataclass(frozen=True, slots=True)
class Record:
    """One record as JSON, and the tag of its version: the hash of all that it says."""

    text: str
    tag: str


def read_one(kind: Kind, key: Any, query: QueryDict) -> tuple[Record, Moment | None]:
    """A record by its slug or id, with the members that are asked for. Raises Problem."""
    own = own_parameters(kind, is_one=True)
    errors = [
        {"parameter": name, "detail": _("There is no such parameter here.")} for name in query if name not in own
    ]
    parts = _parts(kind, query, errors, is_one=True)
    moment = _moment(kind.scope_of_one, query, errors)
    if errors:
        raise Problem("bad-parameter", errors=errors)
    if moment is None:
        return one(kind, key, parts), None
    assert kind.scope_of_one is not None
    with _shown(moment, lambda: kind.scope_of_one(key)):  # type: ignore[misc]
        return one(kind, key, parts), moment


def one(kind: Kind, key: Any, parts: Sequence[Part] | None = None) -> Record:
    """A record by its slug or id; its tag is of all its members, whichever are shown. Raises Problem."""
    pk = None if kind.by == "pk" and key > BIGGEST_ID else _pk(kind, key)
    whole = as_json(kind, kind.parts, [pk]) if pk else []
    if not whole:
        raise Problem("not-found", _("There is no such record."))
    tag = f'"{hashlib.sha256(whole[0].encode()).hexdigest()[:32]}"'
    assert pk is not None
    shown = whole if parts is None or tuple(parts) == kind.parts else as_json(kind, parts, [pk])
    return Record(shown[0], tag)


def _pk(kind: Kind, key: Any) -> int | None:
    rows: QuerySet[Any] = (kind.each or kind.rows)()
    return rows.filter(**{kind.by: key}).values_list("pk", flat=True).first()


def bulk(asked: Asked) -> Iterator[bytes]:
    """All records asked for, one JSON object a line, in pieces of about 64 KB, all of one moment of the database."""
    try:
        text, params = asked.kind.choose(asked.chosen).order_by().values("pk").query.sql_with_params()
        condition: sql.Composable = sql.SQL("r.id IN ({})").format(sql.SQL(text))
    except EmptyResultSet:
        condition, params = sql.SQL("false"), ()
    order = _order(asked.chosen.ordering) if asked.query.get("order") else sql.SQL("r.id")
    statement = COPY.format(_select(asked.kind, asked.parts, condition, order))
    pending = bytearray()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [TIMEOUT])
        with cursor.copy(statement, params) as copy:
            for line in copy:
                pending += line
                if len(pending) >= CHUNK:
                    yield bytes(pending)
                    pending.clear()
    yield bytes(pending)


def _order(order: Order) -> sql.Composable:
    ids = "r.id DESC" if order.is_descending else "r.id"
    if not order.column:
        return sql.SQL(ids)
    ends = "{} DESC NULLS LAST, {}" if order.is_descending else "{} ASC NULLS LAST, {}"
    return sql.SQL(ends).format(sql.Identifier("r", order.column), sql.SQL(ids))
