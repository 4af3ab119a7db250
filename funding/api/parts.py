"""The members that a record has in the API: each a name, the SQL that makes it, and the schema that it keeps.

One definition serves lists, single records, bulk and the OpenAPI document. PostgreSQL writes the JSON: decimals as
strings, dates as exact as they are, unknown as null. Rows go by the alias `r`. The SQL here is fixed text without
parameters; a per cent sign in it would have to be doubled.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from config.problems import API

Schema = Mapping[str, Any]

STRING: Final[Schema] = {"type": "string"}
INTEGER: Final[Schema] = {"type": "integer"}
BOOLEAN: Final[Schema] = {"type": "boolean"}
DECIMAL: Final[Schema] = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
# What the database leaves out of an interval in a statement.
WHOLE: Final = """'{"low": null, "high": null, "low_open": false, "high_open": false, "is_approx": false}'::jsonb"""
LINK: Final[Schema] = {"type": "string", "format": "uri-reference"}


@dataclass(frozen=True, slots=True)
class Part:
    """A member of a record. One that is not `is_usual` comes with a single record, or where `fields` names it."""

    name: str
    sql: str
    schema: Schema
    is_usual: bool = True


def ref(name: str) -> Schema:
    """The schema of this name among the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: Schema) -> Schema:
    """The schema, or null."""
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(codes: Iterable[str]) -> Schema:
    """One of some codes."""
    return {"type": "string", "enum": [code for code in codes if code]}


def array(schema: Schema) -> Schema:
    """Any number of these."""
    return {"type": "array", "items": schema}


def text(name: str, sql: str) -> Part:
    """Words, null where there are none."""
    return Part(name, f"nullif({sql}, '')", nullable(STRING))


def code(name: str, sql: str, codes: Iterable[str]) -> Part:
    """One of some codes, null where there is none."""
    return Part(name, f"nullif({sql}, '')", nullable(one_of(codes)))


def number(name: str, sql: str) -> Part:
    """A whole number."""
    return Part(name, sql, INTEGER)


def flag(name: str, sql: str) -> Part:
    """True or false."""
    return Part(name, sql, BOOLEAN)


def day(name: str, sql: str) -> Part:
    """A day, or null."""
    return Part(name, f"to_char({sql}, 'YYYY-MM-DD')", nullable(DAY))


def moment(name: str, sql: str) -> Part:
    """An instant in UTC, or null."""
    return Part(name, at(sql), nullable(MOMENT))


def at(sql: str) -> str:
    """An instant in UTC, to the microsecond."""
    return f"""to_char({sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def amount(name: str, sql: str) -> Part:
    """A decimal as a string, or null."""
    return Part(name, f"trim_scale({sql})::text", nullable(DECIMAL))


def date(name: str, stem: str) -> Part:
    """A date with its precision, or null, from the columns `{stem}_on` and `{stem}_precision`."""
    return Part(name, date_of(f"{stem}_on", f"{stem}_precision"), nullable(ref("Date")))


def date_of(on: str, precision: str) -> str:
    """The SQL of a date as exact as it is."""
    return (
        f"CASE WHEN {on} IS NOT NULL THEN json_build_object('on', to_char({on}, CASE {precision}"
        f" WHEN 'year' THEN 'YYYY' WHEN 'month' THEN 'YYYY-MM' ELSE 'YYYY-MM-DD' END),"
        f" 'precision', coalesce(nullif({precision}, ''), 'day')) END"
    )


def money(name: str, prefix: str) -> Part:
    """An amount of money with its ends, or null, from the columns `{prefix}low` and so on."""
    return Part(name, interval_of(prefix, is_money=True), nullable(ref("Money")))


def interval_of(prefix: str, *, is_money: bool) -> str:
    """The SQL of an interval: its ends, whether each is left out, whether it is approximate, and its currency."""
    low, high = f"{prefix}low", f"{prefix}high"
    currency = f", 'currency', {prefix}currency" if is_money else ""
    return (
        f"CASE WHEN coalesce({low}, {high}) IS NOT NULL THEN json_build_object("
        f"'low', trim_scale({low})::text, 'high', trim_scale({high})::text, 'low_open', {prefix}low_open,"
        f" 'high_open', {prefix}high_open, 'is_approx', {prefix}is_approx{currency}) END"
    )


def link(name: str, resource: str, key: str) -> Part:
    """The address of another record of the API, or null."""
    return Part(name, link_to(resource, key), nullable(LINK))


def link_to(resource: str, key: str) -> str:
    """The SQL of the address of a record, null where its key is."""
    return f"('{API}{resource}/' || {key})"


def named(name: str, resource: str, alias: str) -> Part:
    """A company or investor, as slug, name and address, by the alias of its row; null where there is none."""
    return Part(name, named_of(resource, alias), nullable(ref("Named")))


def named_of(resource: str, alias: str) -> str:
    """The SQL of it."""
    return (
        f"CASE WHEN {alias}.id IS NOT NULL THEN json_build_object('slug', {alias}.slug, 'name', {alias}.name,"
        f" 'href', {link_to(resource, f'{alias}.slug')}) END"
    )


def listed(select: str) -> str:
    """An array of what a query gives, which orders itself."""
    return f"coalesce((SELECT json_agg(listed.o) FROM ({select}) listed (o)), '[]')"


def links(ids: str) -> str:
    """Addresses of the statements whose ids a JSON array holds."""
    return (
        f"coalesce((SELECT json_agg('{API}statements/' || ids.id ORDER BY ids.n)"
        f" FROM jsonb_array_elements_text({ids}) WITH ORDINALITY AS ids (id, n)), '[]')"
    )


def value_of(value: str) -> str:
    """A value of a statement, the flags that are left out in the database filled in."""
    return (
        f"CASE WHEN {value} ->> 'kind' IN ('money', 'quantity', 'multiple') THEN {WHOLE} || ({value}) ELSE {value} END"
    )


def statements(resolved: str) -> Part:
    """By field, what is believed and the statements it rests on: one entry, or several where several hold at once."""
    sql = f"""coalesce((
        SELECT json_object_agg(told.field, told.entries ORDER BY told.field) FROM (
            SELECT field.name AS field, json_agg(json_build_object(
                'value', {value_of("kept -> 'value'")}, 'qualifiers', coalesce(kept -> 'qualifiers', '{{}}'),
                'statement', {link_to("statements", "(kept ->> 'statement')")},
                'agreeing', {links("kept -> 'agreeing'")}, 'differing', {links("kept -> 'differing'")},
                'corrected', {links("kept -> 'corrected'")},
                'is_pinned', coalesce((kept ->> 'pinned')::boolean, false), 'reason', kept ->> 'reason'
            )) AS entries
            FROM jsonb_each({resolved}) AS field (name, held)
            CROSS JOIN LATERAL jsonb_array_elements(
                CASE jsonb_typeof(held) WHEN 'array' THEN held ELSE jsonb_build_array(held) END
            ) AS kept
            WHERE jsonb_typeof(kept) = 'object' AND kept ? 'value'
            GROUP BY field.name
        ) told
    ), '{{}}')"""
    return Part("statements", sql, {"type": "object", "additionalProperties": array(ref("Believed"))})


def schema_of(parts: Sequence[Part]) -> Schema:
    """The schema of a record with these members, of which `fields` may leave out any."""
    return {
        "type": "object",
        "properties": {part.name: part.schema for part in parts},
        "additionalProperties": False,
    }
