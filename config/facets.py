"""How many rows of a list each choice of its filters would leave, in one query that reads a bounded number of rows.

Of a list of up to so many rows as are counted the numbers are exact. Of a longer one they are counted over those that
the database finds first, for in any order of ours they would have to be sorted, and are the least that there can be.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from psycopg import sql

from config import paging

FEW = 1_000  # rows


@dataclass(frozen=True, slots=True, eq=False)
class Facet:
    """A parameter whose choices are counted, and the expression that says which choice a row is of; null for none.

    Where the expression is an array of ids, `names` is the model and column that a choice goes by. Each is but itself:
    a filter gives the same ones all day, so that their SQL is written once. `is_indexed` is whether the indexes that
    rows are chosen in hold its columns, so that the rows themselves need not be read.
    """

    name: str
    code: Any
    names: tuple[type[Model], str] | None = None
    is_indexed: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows a list has, one more than were `counted` standing for any higher number, and those of choices.

    `whole` says of each counted parameter whether all rows were read. `alone` are the choices that leave the rows of
    the list, being the only ones in use of theirs.
    """

    number: int
    by_choice: Mapping[tuple[str, str], int]
    whole: Mapping[str, bool]
    counted: int = 0
    alone: frozenset[tuple[str, str]] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether no number is only the least that there can be."""
        return self.number <= self.counted and all(self.whole.values())

    @property
    def in_words(self) -> str:
        """How many rows the list has: `214`, `10,000+`."""
        return paging.count_in_words(self.number, self.counted)

    def of(self, name: str, code: str) -> str:
        """The rows of a choice in words: `0`, `1,204`, `1,204+` where there may be more.

        Empty where it is not counted, and where none was met among rows that are not all.
        """
        number = self.by_choice.get((name, code), 0)
        is_exact = (name, code) in self.alone or self.whole.get(name, False)
        if name not in self.whole or not (number or is_exact):
            return ""
        words = paging.count_in_words(number, self.counted)
        return words if is_exact or words.endswith("+") else f"{words}+"

    def with_only(self, only: Mapping[str, str]) -> "Counts":
        """The same, where of some parameters one choice alone is in use: it leaves the rows of the list.

        Counted apart, over the first rows of any choice, it may have met none of them.
        """
        kept = [(name, code) for name, code in only.items() if name in self.whole]
        by_choice = {**self.by_choice, **dict.fromkeys(kept, self.number)}
        return replace(self, by_choice=by_choice, alone=frozenset(kept))

    def codes(self, name: str) -> list[str]:
        """The choices of a parameter that some row is of, the most frequent first."""
        found = [(code, number) for (of, code), number in self.by_choice.items() if of == name]
        return [code for code, _number in sorted(found, key=lambda row: (-row[1], row[0]))]


NOTHING = Counts(0, {}, {})


def count(
    choose: Callable[[str], QuerySet[Any]],
    facets: Sequence[Facet],
    in_use: Sequence[str],
    most: int,
    sort: Callable[[QuerySet[Any]], QuerySet[Any]],
) -> Counts:
    """The rows of a list and of each choice of its facets, in one query that reads at most so many, and one more.

    `choose` gives the rows with one parameter left out: what a choice would leave does not depend on what is chosen
    of the same parameter. `in_use` are the parameters that are. `sort` says which rows are read where only few are.
    """
    apart = dict.fromkeys(facet.name for facet in facets if facet.name in in_use)
    passes = {"": [facet for facet in facets if facet.name not in apart]}
    passes |= {name: [facet for facet in facets if facet.name == name] for name in apart}
    tables, parts, params = [], [], []
    for number, (name, of_pass) in enumerate(passes.items()):
        try:
            text, given = _read(choose(name), tuple(of_pass), most, sort)
        except EmptyResultSet:
            continue
        tables += _tables(number, of_pass, sql.SQL(text))
        params += given
        parts += _parts(number, name, of_pass)
    if not parts:
        return _counts([], passes, most)
    with connection.cursor() as cursor:
        statement = sql.SQL("WITH {} {}").format(sql.SQL(", ").join(tables), sql.SQL(" UNION ALL ").join(parts))
        cursor.execute(statement, params)
        return _counts(cursor.fetchall(), passes, most)


def _read(
    rows: QuerySet[Any], facets: tuple[Facet, ...], most: int, sort: Callable[[QuerySet[Any]], QuerySet[Any]]
) -> tuple[str, tuple[Any, ...]]:
    """The SQL of one pass, and its values: a column for each facet, or any where there is none."""
    if not facets:
        return rows.order_by().values("pk")[: most + 1].query.sql_with_params()
    if most > FEW or all(facet.is_indexed for facet in facets):
        return rows.order_by().values(**_columns(facets))[: most + 1].query.sql_with_params()
    # They are chosen by their ids, which an index may give by itself, and read after that. Of many that takes longer.
    chosen, ids = sort(rows).values("pk")[: most + 1].query.sql_with_params()
    text, given = _of_all(rows.model, facets)
    return f"{text} WHERE id IN ({chosen})", (*given, *ids)


def _columns(facets: Sequence[Facet]) -> dict[str, Any]:
    return {f"choice_{place}": facet.code for place, facet in enumerate(facets)}


@lru_cache(maxsize=256)
def _of_all(model: type[Model], facets: tuple[Facet, ...]) -> tuple[str, tuple[Any, ...]]:
    """The columns of all rows, in SQL, which takes longer to write than the rest of the page's query."""
    return model._default_manager.order_by().values(**_columns(facets)).query.sql_with_params()


def _tables(number: int, facets: Sequence[Facet], rows: sql.SQL) -> Iterator[sql.Composable]:
    """What the parts of a pass read: its rows, where each may be of several choices, and how many are of each kind.

    The rows of one kind are of the same choice of every facet that leaves them one. There are far fewer kinds than
    rows, so that the rows are gone through once and not for each facet.
    """
    read, kinds = _named(number)
    if any(facet.names for facet in facets):
        yield sql.SQL("{} AS MATERIALIZED ({})").format(read, rows)
        found = read
    else:
        found = sql.SQL("({}) AS found").format(rows)
    columns = [_column(place) for place, facet in enumerate(facets) if facet.names is None]
    counted = sql.SQL(", ").join([*columns, sql.SQL("count(*) AS n")])
    by = sql.SQL("GROUP BY {}").format(sql.SQL(", ").join(columns)) if columns else sql.SQL("")
    yield sql.SQL("{} AS MATERIALIZED (SELECT {} FROM {} {})").format(kinds, counted, found, by)


def _parts(number: int, name: str, facets: Sequence[Facet]) -> Iterator[sql.Composable]:
    """The queries that count what one pass has read: all of it, then by the choices of each facet."""
    read, kinds = _named(number)
    yield sql.SQL("SELECT true, {}, NULL::text, coalesce(sum(n), 0)::int FROM {}").format(sql.Literal(name), kinds)
    for place, facet in enumerate(facets):
        values = {"name": sql.Literal(facet.name), "column": _column(place), "read": read, "kinds": kinds}
        if facet.names is None:
            counted = "SELECT false, {name}, {column}::text, sum(n)::int FROM {kinds} GROUP BY {column}"
        else:
            model, by = facet.names
            values |= {"by": sql.Identifier(by), "named": sql.Identifier(model._meta.db_table)}
            counted = (
                "SELECT false, {name}, {named}.{by}::text, ids.n FROM {named} JOIN ("
                "SELECT unnest({column}) AS id, count(*) AS n FROM {read} GROUP BY 1) ids USING (id)"
            )
        yield sql.SQL(counted).format(**values)


def _named(number: int) -> tuple[sql.Identifier, sql.Identifier]:
    """The names of what a pass reads and of its kinds."""
    return sql.Identifier(f"pass_{number}"), sql.Identifier(f"kinds_{number}")


def _column(place: int) -> sql.Identifier:
    return sql.Identifier(f"choice_{place}")


def _counts(
    rows: Sequence[tuple[bool, str, str | None, int]], passes: Mapping[str, Sequence[Facet]], most: int
) -> Counts:
    read = {name: number for is_all, name, _code, number in rows if is_all}
    by_choice = {(name, code): number for is_all, name, code, number in rows if not is_all and code is not None}
    whole = {facet.name: read.get(name, 0) <= most for name, facets in passes.items() for facet in facets}
    return Counts(read.get("", 0), by_choice, whole, most)
