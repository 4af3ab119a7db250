"""The records as they were, in temporary tables that stand before the real ones for one transaction.

PostgreSQL looks for a table in the session's temporary schema first. So while `shown` lasts, every query of the same
connection reads the past under the usual names: statements and assignments as they were, and the records that follow
from django.utils.translation import gettext as _
from them, projected by `funding.recording` itself. Nothing real is written, and the transaction is rolled back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import errors, sql

from companies.filters.fields import READS_PAST
from companies.models import Company, Investor, Person, SearchEntry, SearchWord
from funding.models import Assignment, Change, Exit, Round, RoundTotal, Source, Valuation
from funding.models.totals import Cell
from funding.recording import projecting
from funding.recording.projecting import Touched

from .moments import Moment
from .scopes import FIRST_OF_PAST, SPAN, Scope, differing, recorded

# The change in whose name rounds are grouped where they were grouped otherwise then. It is never stored.
BY_THE_RULES = 0
ASSIGNED_THEN = "assigned_then"


class CannotShow(RuntimeError):
    """The account of the database may not make temporary tables."""


@contextmanager
def shown(moment: Moment, scope: Scope) -> Iterator[None]:
    """Let every query of this block read the records of a scope as they were at a moment; other records are not there.

    Raises CannotShow. The block must not write: PostgreSQL refuses it.
    """
    with transaction.atomic():
        companies, investors = differing(moment, scope)
        try:
            _create(moment, scope)
        except ProgrammingError as error:
            if isinstance(error.__cause__, errors.InsufficientPrivilege):
                raise CannotShow(_("The account of the database may not make temporary tables.")) from None
            raise
        # From here on PostgreSQL refuses to write to anything but the shadows.
        _execute(sql.SQL("set local transaction_read_only = on"))
        _project(moment, scope, companies, investors)
        was_past = READS_PAST.set(True)
        try:
            yield
        finally:
            READS_PAST.reset(was_past)
            transaction.set_rollback(True)


def projections() -> list[type[models.Model]]:
    """The models whose rows follow from what is recorded: those of companies, rounds and what hangs on them."""
    of_companies = apps.get_app_config("companies").get_models(include_auto_created=True)
    of_funding = apps.get_app_config("funding").get_models()
    modules = {Round.__module__, Exit.__module__, RoundTotal.__module__}
    return [*of_companies, *(model for model in of_funding if model.__module__ in modules)]


def _create(moment: Moment, scope: Scope) -> None:
    """Make the shadows of what was recorded, and copies of the records of a scope as they are now."""
    schema = _schema()
    ids = None if scope.companies is None else {Company: scope.companies, Investor: scope.investors or ()}
    for model, paths in recorded():
        name = ASSIGNED_THEN if model is Assignment else model._meta.db_table
        _view(name, model, _compiled(_rows_then(model, paths, moment)))
    changes = Change.objects.filter(at__lt=moment.before) if moment.before else Change.objects.all()
    all_changes = sql.SQL("{} union all {}").format(_compiled(changes.values_list(*_names(Change))), _by_the_rules())
    _view(Change._meta.db_table, Change, all_changes)
    for model in (Assignment, *projections()):
        source = sql.Identifier("pg_temp", ASSIGNED_THEN) if model is Assignment else _real(schema, model)
        _table(schema, model, source, _copied(schema, model, ids))
    for model in (Company, Investor, Person, Round):
        _unmerge(model)


def _rows_then(model: Any, paths: Iterable[str], moment: Moment) -> QuerySet[Any]:
    """What was recorded by then, retracted only where that had happened; of sources that were public, where asked."""
    rows: QuerySet[Any] = model.objects.all()
    if moment.public:
        published = Source.objects.filter(moment.published())
        rows = rows.filter(**{f"{path}__source__in": published for path in paths})
    if moment.before is None:
        return rows.values_list(*_names(model))
    was_retracted = Q(retracted_at__lt=moment.before)
    then = {
        f"{name}_then": Case(When(was_retracted, then=F(name)), output_field=model._meta.get_field(name))
        for name in ("retracted_in_id", "retracted_at")
    }
    names = [f"{name}_then" if f"{name}_then" in then else name for name in _names(model)]
    return rows.filter(recorded_at__lt=moment.before).annotate(**then).values_list(*names)


def _by_the_rules() -> sql.Composable:
    """The row of the change that groups rounds on a page of the past."""
    cells = {"id": sql.Literal(BY_THE_RULES), "kind": sql.Literal(str(Change.Kind.MATCHING)), "note": sql.Literal("")}
    cells["at"] = sql.Literal(timezone.now())
    return sql.SQL("select {}").format(sql.SQL(", ").join(cells.get(name, sql.NULL) for name in _names(Change)))


def _copied(schema: sql.Identifier, model: type[models.Model], ids: Mapping[Any, Iterable[int]] | None) -> Any:
    """The rows of a model that a shadow begins with. What is of all records is large, and no page of the past asks."""
    if issubclass(model, Cell | SearchEntry | SearchWord):
        return sql.SQL("false")
    return _within(schema, model, ids) if ids else sql.SQL("true")


def _within(schema: sql.Identifier, model: type[models.Model], ids: Mapping[Any, Iterable[int]]) -> sql.Composable:
    """The rows of these companies and investors, and of what hangs on them; all where it hangs on neither.

    What has to be of several records goes with the first of them; what may be of any is taken with each.
    """
    if model in ids:
        return _among("id", ids[model])
    order = (Company, Round, Exit, Person, Investor)
    owners = [one for one in model._meta.concrete_fields if one.related_model in order and one.related_model != model]
    needed = sorted((one for one in owners if not one.null), key=lambda one: order.index(one.related_model))
    found = []
    for one in needed[:1] or owners:
        owner: Any = one.related_model
        if owner in ids:
            found.append(_among(one.column, ids[owner]))
        else:
            theirs = sql.SQL("select id from {} where {}").format(_real(schema, owner), _within(schema, owner, ids))
            found.append(sql.SQL("{} in ({})").format(sql.Identifier(one.column), theirs))
    return sql.SQL(" or ").join(found) if found else sql.SQL("true")


def _among(column: str, ids: Iterable[int]) -> sql.Composable:
    return sql.SQL("{} = any({}::bigint[])").format(sql.Identifier(column), sql.Literal(sorted(ids)))


def _unmerge(model: type[models.Model]) -> None:
    """Let a record stand by itself where mentions were taken for it then: it was merged since."""
    if "merged_into_id" in _names(model):
        column = sql.Identifier(f"{model._meta.model_name}_id")
        _execute(
            sql.SQL(
                "update {table} as r set merged_into_id = null where merged_into_id is not null and exists"
                " (select 1 from {assignment} where {column} = r.id and retracted_at is null)"
            ).format(table=_shadow(model), assignment=_shadow(Assignment), column=column)
        )


def _project(moment: Moment, scope: Scope, companies: Sequence[int], investors: Sequence[int]) -> None:
    """Bring the shadows of the records that differ up to what was live then."""
    change = Change(pk=BY_THE_RULES, kind=Change.Kind.MATCHING, at=moment.before or timezone.now())
    live = Assignment.objects.live()
    speaking = [
        set(live.filter(**{f"{name}__in": ids}).values_list(name, flat=True).distinct())
        for name, ids in (("company_id", companies), ("investor_id", investors))
    ]
    silent: dict[Any, set[int]] = {}
    if scope.companies is None:
        # No list shows what nothing was said of, so there is no need to project how it came to nothing.
        silent = {Company: set(companies) - speaking[0], Investor: set(investors) - speaking[1]}
        companies, investors = sorted(speaking[0]), sorted(speaking[1])
    for company in companies:
        _execute(*(_numbered(model, FIRST_OF_PAST + SPAN * company) for model in (Round, Valuation, Exit)))
        projecting.project(change, Touched({company}, set()))
    projecting.project(change, Touched(set(), set(investors)))
    # Last, for what a record of today holds may have been another's then.
    if silent:
        _drop(silent)


def _drop(ids: Mapping[Any, Iterable[int]]) -> None:
    """Take records out of the shadows, with what hangs on them."""
    schema = sql.Identifier("pg_temp")
    for model in sorted(projections(), key=lambda model: model in (Company, Investor, Person, Round, Exit)):
        if (condition := _within(schema, model, ids)) != sql.SQL("true"):
            _execute(sql.SQL("delete from {} where {}").format(_shadow(model), condition))


def _schema() -> sql.Identifier:
    """Where the real tables are."""
    with connection.cursor() as cursor:
        cursor.execute("select current_schema()")
        return sql.Identifier(cursor.fetchone()[0])


def _names(model: type[models.Model]) -> list[str]:
    return [column.attname for column in model._meta.concrete_fields]


def _listed(model: type[models.Model]) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(column.column) for column in model._meta.concrete_fields)


def _real(schema: sql.Identifier, model: type[models.Model]) -> sql.Composable:
    return sql.SQL("{}.{}").format(schema, sql.Identifier(model._meta.db_table))


def _shadow(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier("pg_temp", model._meta.db_table)


def _compiled(rows: QuerySet[Any]) -> sql.Composable:
    """A query as text, its values in it: what defines a view takes no parameters."""
    text, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        return sql.SQL(cursor.mogrify(text, params))


def _execute(*statements: sql.Composable) -> None:
    """Run statements, their values in them, in one go."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("; ").join(statements))


def _view(name: str, model: type[models.Model], rows: sql.Composable) -> None:
    """A view of the columns of a model, under a name of the temporary schema."""
    view = sql.Identifier("pg_temp", name)
    _execute(sql.SQL("create temporary view {} ({}) as {}").format(view, _listed(model), rows))


def _table(
    schema: sql.Identifier, model: type[models.Model], source: sql.Composable, condition: sql.Composable
) -> None:
    """A temporary table like that of a model, with the rows of a source that meet a condition."""
    _execute(
        sql.SQL(
            "create temporary table {} (like {}.{} including defaults including identity including indexes)"
            " on commit drop"
        ).format(_shadow(model), schema, sql.Identifier(model._meta.db_table)),
        sql.SQL("insert into {} ({columns}) select {columns} from {} where {}").format(
            _shadow(model), source, condition, columns=_listed(model)
        ),
        _numbered(model, FIRST_OF_PAST),
    )


def _numbered(model: type[models.Model], first: int) -> sql.Composable:
    """What counts new rows of a shadow from a number on."""
    shadow = sql.Literal(f"pg_temp.{model._meta.db_table}")
    return sql.SQL("select setval(pg_get_serial_sequence({}, 'id'), {}, false)").format(shadow, sql.Literal(first))
