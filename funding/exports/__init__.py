"""Exports: the rows of a list as its filters leave them, streamed from PostgreSQL's COPY with flat memory.

`read` says which rows, columns and currency a query string asks for; `funding.exports.formats` writes them. Dates are
as exact as they are, amounts in plain units. By default cells that a spreadsheet would run are made harmless
(`funding.spreadsheets`), in SQL; an exact file leaves them alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import psycopg
from django import forms
from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg import sql
from psycopg.errors import QueryCanceled

from companies.filters import CompanyFilter, InvestorFilter
from companies.models import Company, Investor, Role
from config.filters import OptionField, QueryFilter, require_once
from config.paging import Order
from funding import as_of, rates
from funding.exports import columns, formats
from funding.exports.columns import Column, Kind
from funding.filters import (
    ExitFilter,
    ParticipationFilter,
    PeopleFilter,
    RoundFilter,
    StatementFilter,
    ValuationFilter,
)
from funding.models import Exit, Participation, Round, Stage, Statement, Valuation
from funding.models.rounds import counts_in_total

# The currencies that amounts are stored in; any other that there are rates of is converted into as the file is made.
CURRENCIES: Final = ("USD", "EUR", "GBP")
# `spreadsheets.defused`, as SQL. What begins with a letter, as most words do, is not looked at twice.
SAFE: Final = sql.SQL(
    "CASE WHEN {cell} >= 'A' COLLATE \"C\" THEN {cell}"
    r" ELSE regexp_replace({cell}, '^(''*[-=+@\t\r])', '''\1') END"
)

# Where cells keep their sort: yes and no, and numbers as words, for no digit of theirs may be lost.
TYPED: Final = {Kind.FLAG: sql.SQL("({})::boolean"), Kind.NUMBER: sql.SQL("({})::text")}


# Where rows come from: their tables, a condition with its values, and whether it leaves all there are.
Chosen = tuple[str, sql.Composable, tuple[Any, ...], bool]


class TooSlow(Exception):
    """Rows that are not found within the time that a page has; a file of them has more."""


class BadQuery(ValueError):
    """A query string that cannot be read; `problems` are pairs of field label (or nothing) and message.

    `by_name` has the messages by the name of the parameter, empty where they are of none.
    """

    def __init__(self, problems: list[tuple[str, str]], by_name: Mapping[str, list[str]]) -> None:
        self.problems, self.by_name = problems, by_name
        super().__init__(" ".join(f"{label}: {message}" if label else message for label, message in problems))


class CurrencyField(forms.CharField):
    """The code of a currency that there are rates of."""

    def clean(self, value: Any) -> str:
        code = super().clean(value)
        if code and code not in CURRENCIES and code not in (known := rates.currencies()):
            message = _("There are no rates of “%(value)s”; there are of: %(known)s.")
            raise forms.ValidationError(
                message % {"value": code[:20], "known": ", ".join(sorted({*CURRENCIES, *known}))}
            )
        return code


class Options(forms.Form):
    """What of a query string says how to write, not what. `columns` are names, with commas or given many times."""

    currency = CurrencyField(label=gettext_lazy("Currency"), required=False)
    exact = OptionField([("1", gettext_lazy("cells exactly as they are"))], label=gettext_lazy("Exact"))
    ids = OptionField([("1", gettext_lazy("with ids and times of recording"))], label=gettext_lazy("Ids"))
    columns = forms.MultipleChoiceField(label=gettext_lazy("Columns"), required=False)

    def __init__(self, query: QueryDict, known: Sequence[Column]) -> None:
        data = query.copy()
        names = [one.strip() for value in query.getlist("columns") for one in value.split(",")]
        data.setlist("columns", [name for name in names if name])
        super().__init__(data)
        self._known = {column.heading: column for column in known}
        own = self.fields["columns"]
        assert isinstance(own, forms.MultipleChoiceField)
        own.choices = [(heading, heading) for heading in self._known]
        unknown = _("“%(value)s” is no column of this file; its columns are: %(known)s.")
        filled_in = {"value": "%(value)s", "known": ", ".join(self._known)}
        own.error_messages["invalid_choice"] = unknown % filled_in

    def clean(self) -> dict[str, Any]:
        require_once(self)
        names = self.cleaned_data.get("columns", [])
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            self.add_error("columns", _("“%(name)s” is given more than once.") % {"name": twice})
        return self.cleaned_data

    @property
    def chosen(self) -> tuple[Column, ...]:
        """The columns of the file: those named, in their order, else all but ids and times of recording."""
        named = self.cleaned_data["columns"]
        if named:
            return tuple(self._known[name] for name in named)
        with_ids = self.cleaned_data["ids"]
        return tuple(column for column in self._known.values() if with_ids or not column.is_internal)


@dataclass(frozen=True, slots=True)
class Whole:
    """All rows of a kind, where no filter narrows them: where they come from, and which they are."""

    joined: str
    condition: str
    rows: Callable[[], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """One kind of rows that can be exported: its columns, where they come from, its filter and whom that chooses.

    `ties` orders rows that the list's order leaves equal by what they say, so that one and the same file comes of
    the same records whatever their ids. Rows that are `summed` are one for each of these expressions, in the order
    of `sorted`, whatever the list's is. The `whole` gives the same cells as the rest does, sooner.
    """

    columns: tuple[Column, ...]
    joined: str
    filter: type[QueryFilter]
    choose: Callable[[Any], QuerySet[Any]]
    order_by: Mapping[str, str] | None = None
    ties: tuple[str, ...] = ()
    summed: tuple[str, ...] = ()
    sorted: tuple[str, ...] = ()
    whole: Whole | None = None


ROWS: Final[Mapping[str, Rows]] = {
    "rounds": Rows(
        columns.ROUNDS,
        columns.ROUNDS_FROM,
        RoundFilter,
        lambda one: one.apply(Round.objects.live()),
        ties=("c.name", "r.stage", "r.raised_low", "r.raised_high", "r.raised_currency", "said.title", "said.quote"),
        whole=Whole(columns.ALL_ROUNDS_FROM, "r.is_live", lambda: Round.objects.live()),
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
        ties=("c.name", "i.name", "o.stage", "r.is_lead"),
    ),
    "people": Rows(
        columns.PEOPLE,
        columns.PEOPLE_FROM,
        PeopleFilter,
        lambda one: one.apply(Role.objects.filter(person__is_live=True)),
        {"person__name": "p.name"},
        ties=("c.name", "r.title"),
    ),
    "quarters": Rows(
        columns.QUARTERS,
        columns.QUARTERS_FROM,
        RoundFilter,
        lambda one: one.apply(Round.objects.live()),
        summed=(columns.QUARTER, "r.stage"),
        sorted=(f"{columns.QUARTER} NULLS LAST", "r.stage"),
    ),
    "league": Rows(
        columns.LEAGUE,
        columns.LEAGUE_FROM,
        ParticipationFilter,
        lambda one: one.apply_to_parts(Participation.objects.all()),
        summed=("i.id",),
        sorted=("count(*) DESC", "count(*) FILTER (WHERE r.is_lead) DESC", "i.name", "i.slug"),
    ),
    "valuations": Rows(
        columns.VALUATIONS,
        columns.VALUATIONS_FROM,
        ValuationFilter,
        lambda one: one.apply(Valuation.objects.all()),
        ties=("c.name", "o.stage", "v.low", "v.high"),
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

    def __init__(
        self,
        name: str,
        form: formats.Format,
        shown: Sequence[Column],
        query: formats.Query,
        first: Callable[[int], formats.Query],
    ) -> None:
        """`first` gives the query of so many rows, the first of `query`."""
        self.form = form
        self.columns = tuple(shown)
        self.filename = f"roundbook-{name}.{form.suffix}"
        self.content_type = form.content_type
        self.count = 0
        self._query = query
        self._first = first

    def pieces(self) -> formats.Pieces:
        """The file in pieces of about 64 KB, each with the number of rows so far; all of one moment of the database.

        Raises formats.CannotHold.
        """
        for piece, count in self.form.write(self.columns, self._query):
            self.count = count
            yield piece, count

    def first(self, number: int) -> list[list[str]]:
        """The cells of the first rows, as a CSV file has them. Raises TooSlow."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                query = self._first(number)
                cursor.execute(sql.SQL("{} LIMIT {}").format(query.select, sql.Literal(number)), query.params)
                return [[_in_words(cell) for cell in row] for row in cursor.fetchall()]
        except OperationalError as error:
            if isinstance(error.__cause__, QueryCanceled):
                raise TooSlow from error
            raise

    def as_sql(self) -> str:
        """The query whose rows the file has, with all values in it, as any client of the database can run it."""
        connection.ensure_connection()
        return psycopg.ClientCursor(connection.connection).mogrify(self._query.select, self._query.params)

    @property
    def settings(self) -> dict[str, str]:
        """What the server is told while it runs that query for a file."""
        return self._query.settings

    def chunks(self) -> Iterator[bytes]:
        """The pieces alone."""
        return (piece for piece, _count in self.pieces())


@contextmanager
def opened(name: str, query: QueryDict, form: str = "csv") -> Iterator[Export]:
    """`read` for a query string that may ask for a date: within the block rows are as they were then.

    Raises what `read` does, and as_of.BadMoment, as_of.TooMuch and as_of.CannotShow.
    """
    moment = as_of.read(query)
    query = query.copy()
    for parameter in as_of.PARAMETERS:
        query.pop(parameter, None)
    with as_of.shown(moment, as_of.scopes.of_export(name, query)) if moment else nullcontext():
        yield read(name, query, form)


def read(name: str, query: QueryDict, form: str = "csv") -> Export:
    """The export of the rows called `name` that a query string asks for. Raises KeyError and BadQuery."""
    rows, written = ROWS[name], formats.FORMATS[form]
    options = Options(query, rows.columns)
    # The columns of a list are others than those of its file.
    asked_of_rows = query.copy()
    asked_of_rows.pop("columns", None)
    chosen = rows.filter(asked_of_rows, also=options.fields)
    problems = [
        (str(options.fields[field].label) if field in options.fields else "", str(message))
        for field, messages in options.errors.items()
        for message in messages
    ]
    problems += chosen.problems
    by_name = {
        field if field in options.fields or field in chosen.fields else "": [str(one) for one in messages]
        for field, messages in [*options.errors.items(), *chosen.errors.items()]
    }
    if rows.summed and query.get("order"):
        problems.append((_("Order"), _("These rows have one order alone.")))
        by_name["order"] = [problems[-1][1]]
    if problems:
        raise BadQuery(problems, by_name)
    asked = options.cleaned_data
    is_safe = written.is_defused and not asked["exact"]
    into = asked["currency"] or "USD"
    grouped = sql.SQL(" GROUP BY " + ", ".join(rows.summed) if rows.summed else "")
    order = _order(chosen.ordering, rows)

    def query(source: Chosen) -> formats.Query:
        joined, condition, params, is_whole = source
        select = _select(joined, options.chosen, into, is_safe=is_safe, is_typed=written.is_typed)
        statement = sql.SQL("{} WHERE {}{} ORDER BY {}").format(select, condition, grouped, order)
        return formats.Query(statement, params, is_whole)

    def first(number: int) -> formats.Query:
        return query(_first_of(rows, chosen, number))

    return Export(name, written, options.chosen, query(_chosen(rows, chosen)), first)


def _in_words(cell: Any) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return "" if cell is None else str(cell)


def _select(joined: str, shown: Sequence[Column], into: str, *, is_safe: bool, is_typed: bool) -> sql.Composable:
    fills: dict[str, sql.Composable] = {
        "into": sql.Literal(into),
        "not_in_total": sql.Literal([str(stage) for stage in Stage.values if not counts_in_total(stage)]),
        "counted_amount": sql.SQL(f"o.raised_{into.lower()}" if into in CURRENCIES else columns.COUNTED),
        "counted_rates": sql.SQL("" if into in CURRENCIES else columns.COUNTED_RATES).format(into=sql.Literal(into)),
    }
    cells = []
    for column in shown:
        cell: sql.Composable = sql.SQL(column.sql).format(**fills)
        if column.kind is Kind.TEXT and is_safe:
            cell = SAFE.format(cell=cell)
        elif is_typed and column.kind in TYPED:
            cell = TYPED[column.kind].format(cell)
        cells.append(sql.SQL("{} AS {}").format(cell, sql.Identifier(column.heading)))
    return sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(cells), sql.SQL(joined).format(**fills))


def _first_of(rows: Rows, chosen: Any, number: int) -> Chosen:
    """Where the first so many rows come from, with all that share the place of the last of them in the list's order.

    An index finds them where there is one of that order; to look at all rows of a million takes too long for a page.
    Raises OperationalError where even that is too long.
    """
    order = chosen.ordering
    if rows.sorted or order.column in (rows.order_by or {}):
        return _chosen(rows, chosen)
    column = F(order.column or "pk")
    ends = column.desc(nulls_last=True) if order.is_descending else column.asc(nulls_last=True)
    try:
        text, params = rows.choose(chosen).order_by(ends).values("pk").query.sql_with_params()
    except EmptyResultSet:
        return rows.joined, sql.SQL("false"), (), False
    # They are read by themselves: how many share a place the planner could not know, and would join all rows first.
    with connection.cursor() as cursor:
        cursor.execute(f"{text} FETCH FIRST {number:d} ROWS WITH TIES", params)
        ids = [pk for (pk,) in cursor.fetchall()]
    return rows.joined, sql.SQL("r.id = ANY(%s)"), (ids,), False


def _chosen(rows: Rows, chosen: Any) -> Chosen:
    """Where the rows come from, those that the filters leave, as Django writes them, and whether it is the whole."""
    try:
        text, params = _as_sql(rows.choose(chosen))
    except EmptyResultSet:
        return rows.joined, sql.SQL("false"), (), False
    if rows.whole and (text, params) == _as_sql(rows.whole.rows()):
        return rows.whole.joined, sql.SQL(rows.whole.condition), (), True
    return rows.joined, sql.SQL("r.id IN ({})").format(sql.SQL(text)), tuple(params), False


def _as_sql(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    return rows.order_by().values("pk").query.sql_with_params()


def _order(order: Order, rows: Rows) -> sql.Composable:
    if rows.sorted:
        return sql.SQL(", ".join(rows.sorted))
    ids = "r.id DESC" if order.is_descending else "r.id"
    if not order.column:
        return sql.SQL(ids)
    named = rows.order_by or {}
    column = sql.SQL(named[order.column]) if order.column in named else sql.Identifier("r", order.column)
    ends = sql.SQL("{} DESC NULLS LAST" if order.is_descending else "{} ASC NULLS LAST").format(column)
    return sql.SQL(", ").join([ends, *map(sql.SQL, rows.ties), sql.SQL(ids)])
