"""Queries whose SQL is written once, for Django takes as long to write that of a page as PostgreSQL to answer it.

A `KeptQuery` is a queryset with `Given` in the place of each value that differs from page to page:

    OF_COMPANY = KeptQuery(lambda: Round.objects.filter(company=Given("company")).order_by("pk"))
    OF_COMPANY.ask(company=17)

`KeptRows` are all rows with what is shown of them, of which each page chooses some by a queryset of its own.
"""

import re
from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import (
    BigIntegerField,
    Expression,
    Field,
    ForeignObject,
    Lookup,
    QuerySet,
    prefetch_related_objects,
)

from . import copying


class Given(Expression):
    """The place of a value in a kept query, by its name. What is given must be as psycopg takes it: ids, dates, words.

    With `__among` in the place of `__in` it is a list, however long.
    """

    def __init__(self, name: str, output_field: Any = None) -> None:
        super().__init__(output_field or BigIntegerField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


class Among(Lookup):
    """That a column is one of a list, which is a single value of the statement: of thousands, cheaper than `__in`."""

    lookup_name = "among"
    prepare_rhs = False  # a list is no value of the column

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, before = self.process_lhs(compiler, connection)
        given, after = self.process_rhs(compiler, connection)
        return f"{column} = any({given})", (*before, *after)

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [copying.as_array(value)]


class Chosen(Lookup):
    """That a column is one of those that a queryset gives: the place of its SQL in a kept query."""

    lookup_name = "chosen"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, before = self.process_lhs(compiler, connection)
        given, after = self.process_rhs(compiler, connection)
        return f"{column} IN ({given})", (*before, *after)


for kind in (Field, ForeignObject):
    kind.register_lookup(Among)
    kind.register_lookup(Chosen)

# Where a value stands in a statement; a doubled % is one that is written.
PLACE: Final = re.compile(r"(?<!%)((?:%%)*)%s")


class KeptQuery:
    """A queryset that is written at its first use, and asked with other values each time.

    What it is made of may not depend on the day, the language or the request. It reads the past as well
    (`funding.as_of`), for there the tables have the same names.
    """

    def __init__(self, write: Callable[[], QuerySet[Any]]) -> None:
        self._write = write

    @cached_property
    def _written(self) -> tuple[QuerySet[Any], Any, str, tuple[Any, ...]]:
        rows = self._write()
        compiler = rows.query.get_compiler(rows.db)
        text, values = compiler.as_sql()
        return rows, compiler, text, tuple(values)

    def ask(self, **given: Any) -> list[Any]:
        """What the queryset holds with these values, in one query and those that it prefetches. Raises KeyError.

        For a column that is `__chosen` the value is a queryset of one column.
        """
        rows, written, text, places = self._written
        values: tuple[Any, ...] = tuple([given[one.name] if isinstance(one, Given) else one for one in places])
        if any(isinstance(one, QuerySet) for one in values):
            try:
                text, values = _spliced(text, values)
            except EmptyResultSet:
                return []
        asked = rows._chain()  # type: ignore[attr-defined]
        compiler = copy(written)
        compiler.query, compiler.connection = asked.query, connections[rows.db]
        compiler.as_sql = lambda *_options, **_more: (text, values)
        asked.query.get_compiler = lambda *_options, **_more: compiler
        found = list(asked._iterable_class(asked))
        if asked._prefetch_related_lookups:
            prefetch_related_objects(found, *asked._prefetch_related_lookups)
        return found


def _spliced(text: str, values: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """A statement with the SQL of each queryset among its values in the place of the value. Raises EmptyResultSet."""
    given: list[Any] = []
    rest = iter(values)

    def written(place: re.Match[str]) -> str:
        value = next(rest)
        if not isinstance(value, QuerySet):
            given.append(value)
            return place[0]
        inner, of_inner = value.query.sql_with_params()
        given.extend(of_inner)
        return place[1] + inner

    return PLACE.sub(written, text), tuple(given)


class KeptRows:
    """All rows of a list, with what is shown of them and no condition: their SQL is written once for each order."""

    def __init__(self, rows: Callable[[], QuerySet[Any]]) -> None:
        self.all = rows
        self._by_order: dict[tuple[Any, ...], KeptQuery] = {}

    def chosen(self, ids: QuerySet[Any]) -> list[Any]:
        """The rows that a queryset of ids chooses, in its order."""
        order = tuple(ids.query.order_by)
        if order not in self._by_order:
            self._by_order[order] = KeptQuery(lambda: self.all().filter(pk__chosen=Given("ids")).order_by(*order))
        return self._by_order[order].ask(ids=ids)
