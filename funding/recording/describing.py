"""What follows from what a file tells of companies that nobody spoke of before, worked out with no database.

So another process can do it while the rows before are written. Whoever writes it (`bulk`) gives what only the database
knows: addresses, who the investors are, sectors by number, and when.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from django.db.models import Model

from companies.models import Company, Identifier
from companies.names import fold
from config import copying
from funding.company_matching import NEW, name_key
from funding.models import Assignment, Exit, Mention, Round, Source, Statement, Valuation
from funding.rates import Rates
from funding.tellings import Field, NewMention, NewStatement
from funding.values import Money, PartialDate, to_json

from . import company_facts, exits, lone_valuations, round_facts, valuations
from .changes import digest
from .freshness import Told
from .telling import identifiers
from .totals import Counted

OF_FILE: Final = "a row of a file"
RECORDS: Final = ("company", "investor", "round", "exit")  # what a mention may be taken for here
Numbers = Mapping[type[Model], Iterator[int]]
Lines = dict[type[Model], list[str]]  # rows as `copying.line` gives them
new_company, new_round = copying.maker(Company), copying.maker(Round)
# What is known only as a row is written; it comes after all that is known before.
LATER: Final = ("slug", "sector_ids", "created_at", "added_in_id", "recorded_at")


def _columns(model: type[Model]) -> tuple[str, ...]:
    """What is known of a row before it is written."""
    return tuple(one.attname for one in model._meta.concrete_fields if one.attname not in LATER)


def later(model: type[Model]) -> tuple[str, ...]:
    """The columns that come after those in COLUMNS."""
    held = {one.attname for one in model._meta.concrete_fields}
    return tuple(name for name in LATER if name in held)


# The columns that are written of each table, without those in LATER. The others stay as they are by default.
COLUMNS: Final[Mapping[type[Model], Sequence[str]]] = {
    Mention: ("id", "source_id", "origin", "key", "kind", "name", "name_key", "row", "company_id"),
    Statement: ("id", "mention_id", "field", "value", "qualifiers", "quotes", "rule", "digest"),
    Assignment: ("mention_id", "reason", "is_decided", *(f"{kind}_id" for kind in RECORDS)),
    Company: _columns(Company),
    Round: _columns(Round),
    Exit: _columns(Exit),
    Valuation: tuple(name for name in _columns(Valuation) if name != "id"),
    Identifier: ("company_id", "kind", "value"),
}


class Speaker(NamedTuple):
    """The file as what is believed is worked out from: all that follows from it is worked out once."""

    pk: int
    kind: str
    url: str
    text_hash: str
    published_on: datetime.date | None
    published: PartialDate | None
    voice: str
    known_publisher: str

    @classmethod
    def of(cls, source: Source) -> "Speaker":
        return cls(
            source.pk,
            str(source.kind),
            source.url,
            source.text_hash,
            source.published_on,
            source.published,
            source.voice,
            source.known_publisher,
        )


class Spoken:
    """A mention of a row, as what is believed is worked out from."""

    __slots__ = ("pk", "source", "source_id", "origin", "key", "kind", "name", "company_id")

    def __init__(self, pk: int, source: Any, origin: str, new: NewMention, name: str, company: int | None) -> None:
        self.pk = pk
        self.source, self.source_id = source, source.pk
        self.origin, self.key, self.kind = origin, new.key, new.kind
        self.name, self.company_id = name, company

    def line(self, key: str, row: Any = None) -> str:
        """Its row, with the name by which it is compared and the cells it is of."""
        return copying.line((self.pk, self.source_id, self.origin, self.key, self.kind, self.name, key,
                             copying.as_json(row), self.company_id))  # fmt: skip


class Said:
    """A statement of a row, as what is believed is worked out from: no query, and nobody has marked it yet."""

    __slots__ = ("pk", "mention", "mention_id", "field", "said", "value", "qualifiers", "quotes", "rule", "digest",
                 "recorded_at")  # fmt: skip
    pin = None
    mark = None
    confidence = None

    def __init__(self, pk: int, mention: Any, one: NewStatement, at: datetime.datetime) -> None:
        self.pk = pk
        self.mention, self.mention_id = mention, mention.pk
        self.field, self.said, self.value = one.field, one.value, to_json(one.value)
        self.qualifiers, self.quotes, self.rule = dict(one.qualifiers), [dict(quote) for quote in one.quotes], one.rule
        self.digest = digest(one.field, self.value, self.qualifiers)
        self.recorded_at = at

    def line(self) -> str:
        """Its row."""
        json = copying.as_json
        return copying.line((self.pk, self.mention_id, self.field, json(self.value), json(self.qualifiers),
                             json(self.quotes), self.rule, self.digest))  # fmt: skip


def assigned(mention: int, reason: str, record: str, pk: int) -> str:
    """The row that says what a mention is taken for."""
    return copying.line((mention, reason, False, *(pk if kind == record else None for kind in RECORDS)))


@dataclass(slots=True)
class Described:
    """What a company comes to: its rows in `lines`, by table, and what follows from them.

    `parts` are what is said of who took part, by round. Sectors are their names: they have no numbers here.
    """

    pk: int
    name: str = ""
    key: str = ""
    is_live: bool = False
    rounds_count: int = 0
    sectors: list[str] = field(default_factory=list)
    closed: list[Counted] = field(default_factory=list)
    parts: dict[int, list[Any]] = field(default_factory=dict)
    lines: Lines = field(default_factory=lambda: defaultdict(list))

    def add(self, model: type[Model], *rows: Model) -> None:
        """Keep the rows of a table."""
        self.lines[model] += map(copying.line, copying.cells_of(model, COLUMNS[model], rows))


@dataclass(slots=True)
class Description:
    """What some companies come to, by the key of their mention, and all it follows from that is in no row."""

    speaker: Speaker
    origin: str
    at: datetime.datetime
    rates: Rates
    of: dict[str, Described] | None = None  # None until it is known

    @classmethod
    def begin(cls, source: Source, origin: str, at: datetime.datetime, told: Iterable[Told]) -> "Description":
        """Ask for what describing these companies needs."""
        rates = Rates()
        rates.prefetch(_converted(source, told))
        return cls(Speaker.of(source), origin, at, rates)

    def holds(self, source: Source, at: datetime.datetime) -> bool:
        """Whether the same would follow if it were worked out now: what nobody dates is of the day it is recorded."""
        return self.speaker == Speaker.of(source) and self.at.date() == at.date() and self.rates.still_hold()

    def describe(self, told: Told, numbers: Numbers) -> Described:
        """Work out what a company comes to, under new ids (`numbers_of`)."""
        return _Describing(self, told, numbers).company()


def numbers_of(told: Sequence[Told]) -> Numbers:
    """New ids of every table whose rows others refer to."""
    mentions = [mention for one in told for mention in one.mentions.values()]
    count = {kind: sum(mention.kind == kind for mention in mentions) for kind in ("round", "exit")}
    return {
        Company: copying.next_ids(Company, len(told)),
        Mention: copying.next_ids(Mention, len(told) + sum(count.values())),
        Statement: copying.next_ids(Statement, sum(len(one.statements) for one in told)),
        Round: copying.next_ids(Round, count["round"]),
        Exit: copying.next_ids(Exit, count["exit"]),
    }


class _Describing:
    """One company, and all that hangs on it."""

    def __init__(self, of: Description, told: Told, numbers: Numbers) -> None:
        self.of, self.told, self.numbers = of, told, numbers
        self.found = Described(next(numbers[Company]))

    def company(self) -> Described:
        name, rates, found = self.told.company.name[:200], self.of.rates, self.found
        company = new_company(id=found.pk, name=name, key=fold(name))
        own = self._mention(self.told.company, None, "company", company.pk)
        mentions: dict[str, Any] = {own.key: own}
        rounds: dict[int, Round] = {}
        exit_of: dict[int, Exit] = {}
        for new in self.told.mentions.values():
            if new.kind == Mention.Kind.ROUND:
                record = new_round(id=next(self.numbers[Round]))
                record.company = company
                mention = self._mention(new, own, "round", record.pk)
                mentions[new.key], rounds[mention.pk] = mention, record
            elif new.kind == Mention.Kind.EXIT:
                left = Exit(id=next(self.numbers[Exit]), company=company)
                mention = self._mention(new, own, "exit", left.pk)
                mentions[new.key], exit_of[mention.pk] = mention, left
        said = self._statements(mentions)
        for pk, record in rounds.items():
            round_facts.describe_round(record, said[pk], rates)
            if parts := [one for one in said[pk] if one.field == Field.PARTICIPATION]:
                found.parts[record.pk] = parts
        lone = lone_valuations.describe_lone_valuations(company, said[own.pk], rates)
        kinds = {one.pk: self.of.speaker.kind for of in said.values() for one in of}
        valued = [*valuations.describe_valuations(company, list(rounds.values()), lone, rates, kinds), *lone]
        for pk, left in exit_of.items():
            exits.describe_exit(left, said[pk], rates)
        found.sectors = company_facts.describe_company(company, list(mentions.values()), said, rates)
        company_facts.count_rounds(company, rounds.values(), valued, exit_of.values())
        for record in rounds.values():
            record.country = company.country
        found.name, found.key, found.is_live = company.name, company.key, company.is_live
        found.rounds_count = company.rounds_count
        found.closed = [Counted.of(one) for one in rounds.values() if one.status == Round.Status.CLOSED]
        found.add(Company, company)
        found.add(Round, *rounds.values())
        found.add(Exit, *exit_of.values())
        found.add(Valuation, *valued)
        known = [text.partition(":") for text in sorted(identifiers(said[own.pk]))]
        found.add(Identifier, *(Identifier(company=company, kind=kind, value=value) for kind, _, value in known))
        return found

    def _mention(self, new: NewMention, own: Spoken | None, record: str, pk: int) -> Spoken:
        """The mention of a record, taken for it."""
        name = new.name[:200]
        key = name_key(new.kind, name) if own is None else ""
        number = next(self.numbers[Mention])
        found = Spoken(number, self.of.speaker, self.of.origin, new, name, own.pk if own else None)
        self.found.lines[Mention].append(found.line(key, self.told.rows.get(new.key)))
        self.found.lines[Assignment].append(assigned(number, NEW if own is None else OF_FILE, record, pk))
        return found

    def _statements(self, mentions: Mapping[str, Spoken]) -> defaultdict[int, list[Any]]:
        """The statements of each mention, as they are weighed; each is written once."""
        found: defaultdict[int, list[Any]] = defaultdict(list)
        known = set()
        for new in (one for one in self.told.statements if one.subject in mentions):
            one = Said(next(self.numbers[Statement]), mentions[new.subject], new, self.of.at)
            if (one.mention_id, one.digest) in known:
                continue
            known.add((one.mention_id, one.digest))
            found[one.mention_id].append(one)
            self.found.lines[Statement].append(one.line())
        return found


DATED: Final = (Field.RAISED, Field.IS_UNICORN, Field.VALUATION_RATIO)  # of which values follow that are converted


def _converted(source: Source, told: Iterable[Told]) -> set[tuple[str, PartialDate]]:
    """The currencies and dates of which rates will be asked for."""
    found = set()
    for one in told:
        dates = defaultdict(set)
        for statement in one.statements:
            if isinstance(statement.value, PartialDate):
                dates[statement.subject].add(statement.value)
        for statement in one.statements:
            of = statement.value.currency if isinstance(statement.value, Money) else ""
            if of or statement.field in DATED:
                own = statement.qualifiers.get("on")
                on = {PartialDate.from_iso(own)} if own else dates[statement.subject] | {source.published}
                codes = {*round_facts.CURRENCIES, of} - {""}
                found |= {(code, day) for code in codes for day in on if day}
    return found
