"""CSV exports: the rows of a list as its filters leave them, streamed from PostgreSQL's COPY with flat memory.

UTF-8, CRLF, dates as exact as they are, amounts in plain units. By default cells that a spreadsheet would run are made
harmless (`funding.exports.cells`), in SQL; an exact file leaves them alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy
from psycopg import sql

from companies.filters import CompanyFilter, InvestorFilter
from companies.models import Company, Investor
from config.filters import OptionField, QueryFilter, require_once
from config.paging import Order
from funding.exports import columns
from funding.exports.columns import Column
from funding.filters import ExitFilter, ParticipationFilter, RoundFilter, StatementFilter, ValuationFilter
from funding.models import Exit, Participation, Round, Stage, Statement, Valuation
from funding.models.rounds import counts_in_total

CHUNK: Final = 64 * 1024
# A reader with a slow line may take long; one that went away ends the COPY at once.
TIMEOUT: Final = "1h"
CURRENCIES: Final = ("USD", "EUR", "GBP")
# `cells.defused`, as SQL.
SAFE: Final = sql.SQL(r"regexp_replace({}, '^(''*[-=+@\t\r])', '''\1')")


class BadQuery(ValueError):
    """A query string that cannot be read; `problems` are pairs of field label (or nothing) and message."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__(" ".join(f"{label}: {message}" if label else message for label, message in problems))


class Options(forms.Form):
    """What of a query string says how to write, not what."""

    currency = OptionField([(one, one) for one in CURRENCIES], label=gettext_lazy("Currency"))
    exact = OptionField([("1", gettext_lazy("cells exactly as they are"))], label=gettext_lazy("Exact"))
    ids = OptionField([("1", gettext_lazy("with ids and times of recording"))], label=gettext_lazy("Ids"))

    def clean(self) -> dict[str, Any]:
        require_once(self)
        return self.cleaned_data


@dataclass(frozen=True, slots=True)
class Rows:
    """One kind of rows that can be exported: its columns, where they come from, its filter and whom that chooses.

    `ties` orders rows that the list's order leaves equal by what they say, so that one and the same file comes of
    the same records whatever their ids.
    """

    columns: tuple[Column, ...]
    joined: str
    filter: type[QueryFilter]
    choose: Callable[[Any], QuerySet[Any]]
    order_by: Mapping[str, str] | None = None
    ties: tuple[str, ...] = ()


ROWS: Final[Mapping[str, Rows]] = {
    "rounds": Rows(
        columns.ROUNDS,
        columns.ROUNDS_FROM,
        RoundFilter,
        lambda one: one.apply(Round.objects.live()),
        ties=("c.name", "r.stage", "r.raised_low", "r.raised_high", "r.raised_currency", "said.title", "said.quote"),
    ),
    "companies": Rows(
        columns.COMPANIES, columns.COMPANIES_FROM, CompanyFilter, lambda one: one.apply(Company.objects.live())
    ),
    "investors": Rows(
        columns.INVESTORS,
        columns.INVESTORS_FROM,
        InvestorFilter,
        lambda one: one.apply(Investor.objects.live()),
    ),
    "participations": Rows(
        columns.PARTICIPATIONS,
        columns.PARTICIPATIONS_FROM,
        ParticipationFilter,
        lambda one: one.apply_to_parts(Participation.objects.all()),
        {"announced_on": "o.announced_on", "raised_usd": "o.raised_usd"},
    ),
    "valuations": Rows(
        columns.VALUATIONS, columns.VALUATIONS_FROM, ValuationFilter, lambda one: one.apply(Valuation.objects.all())
    ),
    "exits": Rows(
        columns.EXITS,
        columns.EXITS_FROM,
        ExitFilter,
        lambda one: one.apply(Exit.objects.live()),
        ties=("c.name", "r.kind", "r.acquirer", "r.exchange"),
    ),
    "statements": Rows(
        columns.STATEMENTS,
        columns.STATEMENTS_FROM,
        StatementFilter,
        lambda one: one.apply(Statement.objects.live()),
    ),
}


class Export:
    """One file to be written; `count` is the number of rows so far, without the head."""

    def __init__(self, name: str, statement: sql.Composable, params: tuple[Any, ...]) -> None:
        self.filename = f"roundbook-{name}.csv"
        self.count = 0
        self._statement, self._params = statement, params

    def chunks(self) -> Iterator[bytes]:
        """The file in pieces of about 64 KB, all of one moment of the database."""
        pending = bytearray()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [TIMEOUT])
            self.count = -1
            with cursor.copy(self._statement, self._params) as copy:
                # The server sends one line at a time, ended by LF; CSV ends them by CRLF.
                for line in copy:
                    pending += line
                    pending[-1:] = b"\r\n"
                    self.count += 1
                    if len(pending) >= CHUNK:
                        yield bytes(pending)
                        pending.clear()
        yield bytes(pending)


def read(name: str, query: QueryDict) -> Export:
    """The export of the rows called `name` that a query string asks for. Raises KeyError and BadQuery."""
    rows, options = ROWS[name], Options(query)
    chosen = rows.filter(query, also=options.fields)
    problems = [
        (str(options.fields[field].label), str(message))
        for field, messages in options.errors.items()
        for message in messages
    ]
    problems += chosen.problems
    if problems:
        raise BadQuery(problems)
    asked = options.cleaned_data
    into = asked["currency"] or "USD"
    select = _select(rows, into, is_safe=not asked["exact"], has_internals=bool(asked["ids"]))
    condition, params = _condition(rows.choose(chosen))
    statement = sql.SQL("COPY ({} WHERE {} ORDER BY {}) TO STDOUT WITH (FORMAT csv, HEADER)").format(
        select, condition, _order(chosen.ordering, rows)
    )
    return Export(name, statement, params)


def _select(rows: Rows, into: str, *, is_safe: bool, has_internals: bool) -> sql.Composable:
    fills = {
        "into": sql.Literal(into),
        "into_column": sql.Identifier(f"raised_{into.lower()}"),
        "not_in_total": sql.Literal([str(stage) for stage in Stage.values if not counts_in_total(stage)]),
    }
    cells = []
    for column in rows.columns:
        if column.is_internal and not has_internals:
            continue
        cell: sql.Composable = sql.SQL(column.sql).format(**fills)
        cell = SAFE.format(cell) if column.is_text and is_safe else cell
        cells.append(sql.SQL("{} AS {}").format(cell, sql.Identifier(column.heading)))
    return sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(cells), sql.SQL(rows.joined).format(**fills))


def _condition(rows: QuerySet[Any]) -> tuple[sql.Composable, tuple[Any, ...]]:
    """The rows that the filters leave, as Django writes them."""
    try:
        text, params = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return sql.SQL("false"), ()
    return sql.SQL("r.id IN ({})").format(sql.SQL(text)), tuple(params)


def _order(order: Order, rows: Rows) -> sql.Composable:
    ids = "r.id DESC" if order.is_descending else "r.id"
    if not order.column:
        return sql.SQL(ids)
    named = rows.order_by or {}
    column = sql.SQL(named[order.column]) if order.column in named else sql.Identifier("r", order.column)
    ends = sql.SQL("{} DESC NULLS LAST" if order.is_descending else "{} ASC NULLS LAST").format(column)
    return sql.SQL(", ").join([ends, *map(sql.SQL, rows.ties), sql.SQL(ids)])
