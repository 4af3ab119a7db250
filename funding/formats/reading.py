"""What each row of a table tells, as its format reads it."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from funding.tellings import NewMention, NewStatement
from funding.values import PartialDate

from . import arrays, companies, exits, parties, rounds, stages
from .cells import shown
from .files import Broken, Table
from .known import Format
from .record import Plan, Record
from .sentences import ANOTHER_KIND, CELLS, SWALLOWED, Refused

MANY_LINES: Final = 5  # lines of one row from which an open quotation mark is likely
ENTITIES: Final = ("company", "investor", "person")


@dataclass(slots=True)
class Row:
    """One row of a file and what it tells.

    `number` is the line that it begins on, `raw` its cells by column as they stand there, `id` what its database knows
    it by, empty where it has none, and `company` the key of the mention it is about. `tells` are mentions and
    statements; a mention without a name is of somebody whose number stands here alone. `names` gives names by such
    keys, for rows of other files; the number of a person stands in its key before an "@". A row with a `refusal`, a
    sentence, tells nothing. `warnings` are sentences about cells that were left while the rest was taken.
    """

    number: int
    raw: Mapping[str, str]
    id: str = ""
    company: str = ""
    tells: tuple[NewMention | NewStatement, ...] = ()
    refusal: str = ""
    warnings: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    source_url: str = ""


def read(table: Table, format: Format, *, latest: datetime.date | None = None) -> Iterator[Row]:
    """Each row of a table as a format reads it, in order; memory does not grow with the table.

    No date after `latest` is taken: the day of the file where the format has one, or else today. What several rows
    tell in the same words is told by each of them. Raises Refused where files of the format are never taken.
    """
    if format.refusal:
        raise Refused(format.refusal)
    latest = latest or datetime.date.today()
    if format.options.as_of:
        latest = min(latest, _last_day(format.options.as_of))
    plan = Plan(table.header, format, latest)
    plans = {kind: plan.of_entity(kind) for kind in ENTITIES} if plan.has("entity.kind") else {}
    header, width = table.header, len(table.header)
    for number, cells in table.rows():
        if len(cells) == width:
            yield _read(plan, plans, number, cells, dict(zip(header, cells, strict=True)))
        else:
            yield _misshapen(header, number, cells)


def _last_day(iso: str) -> datetime.date:
    return PartialDate.from_iso(iso).last_day


def _misshapen(header: Sequence[str], number: int, cells: Sequence[str]) -> Row:
    """A row that does not have the cells of the header."""
    if isinstance(cells, Broken):
        return Row(number, {}, refusal=cells.why)
    places = {"found": len(cells), "wanted": len(header)}
    lines = 1 + sum(cell.count("\n") for cell in cells)
    why = SWALLOWED % {**places, "lines": lines} if lines >= MANY_LINES else CELLS % places
    return Row(number, dict(zip(header, cells, strict=False)), refusal=why)


def _read(plan: Plan, plans: Mapping[str, Plan], number: int, cells: Sequence[str], raw: Mapping[str, str]) -> Row:
    record = Record(plan, number, cells)
    try:
        if plans:
            record.follow(_plan_of(record, plans))
        company = _tell(record)
    except Refused as refusal:
        return Row(number, raw, _id(record), refusal=str(refusal), warnings=tuple(record.warnings))
    return Row(
        number,
        raw,
        _id(record),
        company,
        (*record.mentions.values(), *record.statements),
        "",
        tuple(record.warnings),
        record.names,
        _address(record.text("source.url")),
    )


def _plan_of(record: Record, plans: Mapping[str, Plan]) -> Plan:
    """The plan for what the row is about. Refuses a row about anything else."""
    words = record.text("entity.kind")
    kind = record.plan.options.kinds.get(stages.flat(words), "")
    if kind not in plans:
        raise Refused(ANOTHER_KIND % {"words": shown(words)})
    return plans[kind]


def _tell(record: Record) -> str:
    """Say all that the row tells; gives the key of its company, empty where it is about none."""
    groups = record.plan.groups
    company = ""
    if "company" in groups and not ("person" in groups and not _names_company(record)):
        company = companies.company_of(record)
        companies.say_facts(record, company)
        if "valuation" in groups:
            companies.say_valuation(record, company)
        if "rounds" in groups:
            arrays.say_rounds(record, company)
        if "valuations" in groups:
            arrays.say_valuations(record, company)
        if "exit" in groups:
            exits.read_exit(record, company)
    if "investor" in groups:
        investor = parties.investor_of(record)
        parties.say_investor(record, investor)
        rounds.say_participation(record, company, investor)
    elif "round" in groups:
        rounds.say_round(record, company)
    if "person" in groups:
        parties.say_person(record, company)
    return company


def _names_company(record: Record) -> bool:
    return any(record.text(f"company.{one}") for one in ("id", "permalink", "name"))


def _id(record: Record) -> str:
    """What the row is known by in its database."""
    for meaning in record.plan.identity:
        if words := record.text(meaning):
            if meaning == "round.id" and "investor" in record.plan.groups:
                return f"{words} {record.text('investor.id') or record.text('investor.permalink')}".strip()
            return words[:200]
    return ""


def _address(words: str) -> str:
    return words if words.startswith(("https://", "http://")) and len(words) <= 2000 else ""
