"""Fill an empty database with the made-up population: rows by COPY, and what follows from them by set-based SQL."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Field, Model

from companies.models import Company, Investor, Person, Sector
from companies.search import indexing
from companies.sectors import key_of
from funding.models import (
    Assignment,
    Change,
    Investment,
    InvestorTotal,
    Mention,
    Participation,
    Round,
    RoundSize,
    RoundTotal,
    Source,
)
from funding.models.totals import ANY, ANY_SECTOR, NO_SECTOR
from funding.sizes import STEPS

from . import rows
from .population import SECTORS, Population

LINES: Final = 20_000  # of one table, that are sent at once
FOLLOWERS: Final = (Mention, Assignment, Investment, InvestorTotal, RoundTotal, RoundSize)

# What projecting would write beside the records (`funding.recording.totals`), of all at once.
CLOSED: Final = "r.is_live and r.status = 'closed'"
LAST_DAY: Final = """case r.announced_precision
    when 'month' then (r.announced_on + interval '1 month - 1 day')::date
    when 'year' then (r.announced_on + interval '1 year - 1 day')::date
    else r.announced_on end"""
CELLS: Final = f"""(
    select date_trunc('quarter', r.announced_on)::date as quarter, r.stage, c.country, s.sector, r.raised_usd,
        r.raised_eur, r.raised_gbp, r.size, r.is_inexact
    from (
        -- By itself, for a logarithm is worked out once a round and not once a cell.
        select *, floor(log(nullif(raised_usd, 0)) * {STEPS}) as size,
            raised_is_approx or raised_low is distinct from raised_high as is_inexact
        from {{rounds}} offset 0
    ) r
    cross join lateral (values ('{ANY}'), (r.country)) as c(country)
    cross join lateral (
        select {ANY_SECTOR} union all
        select unnest(case when r.sector_ids = '{{{{}}}}' then '{{{{{NO_SECTOR}}}}}' else r.sector_ids end)
    ) as s(sector)
    where {CLOSED} and r.announced_on is not null and r.announced_precision <> 'year'
) as cells"""
FOLLOWING: Final = {
    "mentions": """
        insert into {mentions} (id, source_id, origin, key, kind, name, name_key, row, company_id)
        select c.id, {source}, 'file', 'company:' || c.id, 'company', c.name, c.key,
            json_build_object('company', c.name, 'country', c.country, 'city', c.city), null
        from {companies} c
        union all
        select {offset} + r.id, {source}, 'file', 'round:' || r.id, 'round', c.name, '',
            json_build_object('company', c.name, 'stage', r.stage, 'announced_on', r.announced_on,
                'raised', r.raised_low, 'currency', r.raised_currency), c.id
        from {rounds} r join {companies} c on c.id = r.company_id""",
    "assignments": """
        insert into {assignments} (mention_id, company_id, round_id, added_in_id, recorded_at, is_decided, reason)
        select id, case kind when 'company' then id end, case kind when 'round' then id - {offset} end, {change},
            {at}, false, 'row of a file'
        from {mentions}""",
    "investments": f"""
        insert into {{investments}} (investor_id, company_id, rounds, led, entry_id, first_on, first_precision,
            last_on, last_precision)
        select investor_id, company_id, count(*), count(*) filter (where is_lead),
            (array_agg(id order by told, id))[1], (array_agg(announced_on order by told, id))[1],
            (array_agg(announced_precision order by told, id))[1], max(announced_on),
            coalesce((array_agg(announced_precision order by announced_on desc, id)
                filter (where announced_on is not null))[1], '')
        from (
            select p.investor_id, p.is_lead, r.*, {LAST_DAY} as told
            from {{parts}} p join {{rounds}} r on r.id = p.round_id where {CLOSED}
        ) as taken group by investor_id, company_id""",
    "years of investors": f"""
        insert into {{years}} (investor_id, year, stage, rounds, led)
        select p.investor_id, coalesce(extract(year from r.announced_on), 0), r.stage, count(*),
            count(*) filter (where p.is_lead)
        from {{parts}} p join {{rounds}} r on r.id = p.round_id where {CLOSED} group by 1, 2, 3""",
    "counters of investors": """
        update {investors} i set rounds_count = t.rounds, led_count = t.led, companies_count = t.companies,
            last_round_on = t.last_on
        from (
            select investor_id, sum(rounds) as rounds, sum(led) as led, count(*) as companies, max(last_on) as last_on
            from {investments} group by investor_id
        ) as t where t.investor_id = i.id""",
    "sums of rounds": f"""
        insert into {{totals}} (quarter, stage, country, sector, rounds, unstated, inexact, usd, eur, gbp)
        select quarter, stage, country, sector, count(*), count(*) filter (where raised_usd is null),
            count(*) filter (where is_inexact and raised_usd is not null),
            coalesce(sum(raised_usd), 0), coalesce(sum(raised_eur), 0), coalesce(sum(raised_gbp), 0)
        from {CELLS} group by quarter, stage, country, sector""",
    "sizes of rounds": f"""
        insert into {{sizes}} (quarter, stage, country, sector, size, rounds)
        select quarter, stage, country, sector, size, count(*)
        from {CELLS} where size is not null group by 1, 2, 3, 4, 5""",
}


def load(population: Population, say: Callable[[str], None] = lambda step: None) -> None:
    """Fill the database, in one transaction; `say` hears of each step. Rates must be loaded, all else be empty."""
    with transaction.atomic():
        _set("statement_timeout = 0", "session_replication_role = replica", "maintenance_work_mem = '512MB'",
             "work_mem = '256MB'")  # fmt: skip
        source, change = _origin()
        sectors = Sector.objects.bulk_create(Sector(name=name, key=key_of(name)) for name in SECTORS)
        with _without_indexes(say):
            say("companies, rounds and who took part")
            _copy(population, [sector.pk for sector in sectors])
            _follow(say, source=source.pk, change=change.pk, offset=population.number)
        _set_sequences()
        _set("session_replication_role = origin")
    say("names to search for")
    indexing.index_everything()


def _set(*settings: str) -> None:
    with connection.cursor() as cursor:
        for setting in settings:
            cursor.execute(f"set local {setting}")


def _origin() -> tuple[Source, Change]:
    """The file that all is said to come from, and the change that added it."""
    day = rows.MADE_AT.date()
    source = Source.objects.create(kind=Source.Kind.FILE, title="A made-up population", text_hash="made up",
                                   published_on=day, published_precision="day")  # fmt: skip
    return source, Change.objects.create(kind=Change.Kind.ENTRY, at=rows.MADE_AT, note="A made-up population")


def _copy(population: Population, sectors: list[int]) -> None:
    """Write the rows of companies, sending each table's as soon as there are enough."""
    waiting: dict[type[Model], list[str]] = defaultdict(list)
    tails = {model: _tail(model) for model in rows.COLUMNS}

    def put(model: type[Model], row: rows.Row) -> None:
        lines = waiting[model]
        lines.append("\t".join(["\\N" if cell is None else str(cell) for cell in row]) + tails[model])
        if len(lines) >= LINES:
            _send(model, lines)

    for row in rows.investor_rows(population):
        put(Investor, row)
    writer = rows.Writer(put, sectors)
    for made in population.companies():
        writer.write(made)
    for model, lines in waiting.items():
        _send(model, lines)


def _others(model: type[Model]) -> list[Field]:
    """The columns that rows do not give; not the key, which the database counts."""
    given = rows.COLUMNS[model].split()
    return [one for one in model._meta.concrete_fields if one.column not in given and not one.primary_key]


def _tail(model: type[Model]) -> str:
    """The end of each line of a table: the defaults of the columns that rows do not give."""
    return "".join(f"\t{_default(one)}" for one in _others(model)) + "\n"


def _default(one: Field) -> str:
    if getattr(one, "auto_now_add", False):
        return rows.MADE_AT.isoformat()
    value = one.get_default()
    if value is None:
        return "\\N"
    if one.get_internal_type() == "ArrayField":
        return "{}"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _send(model: type[Model], lines: list[str]) -> None:
    columns = ", ".join([*rows.COLUMNS[model].split(), *(one.column for one in _others(model))])
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy {model._meta.db_table} ({columns}) from stdin") as copy,
    ):
        copy.write("".join(lines))
    lines.clear()


def _follow(say: Callable[[str], None], **numbers: int) -> None:
    """Write what follows from the records."""
    models = {"companies": Company, "rounds": Round, "parts": Participation, "investors": Investor,
              "mentions": Mention, "assignments": Assignment, "investments": Investment, "years": InvestorTotal,
              "totals": RoundTotal, "sizes": RoundSize}  # fmt: skip
    places: Mapping[str, Any] = {name: model._meta.db_table for name, model in models.items()} | numbers
    with connection.cursor() as cursor:
        for step, statement in FOLLOWING.items():
            say(step)
            cursor.execute(statement.format(**places, at=f"'{rows.MADE_AT.isoformat()}'::timestamptz"))


@contextmanager
def _without_indexes(say: Callable[[str], None]) -> Iterator[None]:
    """Take away indexes and unique constraints meanwhile: made once over all rows they cost a tenth."""
    tables = [model._meta.db_table for model in (*rows.COLUMNS, *FOLLOWERS)]
    with connection.cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint"
            " where contype = 'u' and conrelid = any(%s::regclass[])",
            [tables],
        )
        constraints = cursor.fetchall()
        for table, name, _ in constraints:
            cursor.execute(f"alter table {table} drop constraint {name}")
        cursor.execute(
            "select indexrelid::regclass, pg_get_indexdef(indexrelid) from pg_index"
            " where not indisprimary and indrelid = any(%s::regclass[])",
            [tables],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"drop index {name}")
    yield
    say("indexes")
    with connection.cursor() as cursor:
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f"alter table {table} add constraint {name} {definition}")


def _set_sequences() -> None:
    """Let what is added later be numbered after what is there."""
    with connection.cursor() as cursor:
        for table in (model._meta.db_table for model in (Company, Investor, Person, Round, Mention)):
            cursor.execute(
                f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) + 1 from {table}))"
            )


def tidy() -> None:
    """Have the planner know what is there; outside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
