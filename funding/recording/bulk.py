"""Record what many rows of a file tell of companies that nobody spoke of before, hundreds of companies at once.

The same functions as for one record work out what is believed (`describe_round` and its like); only nothing has to be
matched, since a file keeps its own companies and rounds apart, and rows are written by COPY. Whoever is held already,
or doubtful (`freshness`), goes the way of all others (`recording.record_in`). A test holds the two ways equal.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

from django.db.models import Model

from companies import sectors
from companies.models import Company, Identifier, Investor
from companies.names import fold
from companies.search import indexing
from config import copying
from funding.company_matching import NEW, SAME_NAME, name_key, tells_by_name
from funding.models import (
    Assignment,
    Change,
    Exit,
    Mention,
    Participation,
    Round,
    Source,
    Statement,
    Valuation,
)
from funding.rates import Rates
from funding.tellings import NewMention, NewStatement
from funding.values import Money, PartialDate, to_json

from . import company_facts, exits, investor_facts, lone_valuations, round_facts, totals, valuations
from .changes import digest
from .freshness import Known, Told, known_investors
from .settling import free_slug, slug_stem
from .telling import identifiers

OF_FILE: Final = "a row of a file"
RECORDS: Final = ("company", "investor", "round", "exit")  # what a mention may be taken for here
CompanySector: Final = Company.sectors.through
Numbers = Mapping[type[Model], Iterator[int]]
M = TypeVar("M", bound=Model)
Key = tuple[int, str, str]  # of a mention: its source, reading and key there
NUMBERS: Final = 50  # addresses with a number that are looked for at once


class Speaker:
    """The file as what is believed is worked out from: all that follows from it is worked out once."""

    __slots__ = ("pk", "kind", "url", "text_hash", "published_on", "published", "voice", "known_publisher")

    def __init__(self, source: Source) -> None:
        self.pk, self.kind, self.url, self.text_hash = source.pk, str(source.kind), source.url, source.text_hash
        self.published_on, self.published = source.published_on, source.published
        self.voice, self.known_publisher = source.voice, source.known_publisher


class Spoken:
    """A mention of a row, as what is believed is worked out from."""

    __slots__ = ("pk", "source", "source_id", "origin", "key", "kind", "name", "company_id")

    def __init__(self, pk: int, source: Any, origin: str, new: NewMention, name: str, company: int | None) -> None:
        self.pk = pk
        self.source, self.source_id = source, source.pk
        self.origin, self.key, self.kind = origin, new.key, new.kind
        self.name, self.company_id = name, company


class Said:
    """A statement of a row, as what is believed is worked out from: no query, and nobody has marked it yet."""

    __slots__ = ("pk", "mention", "mention_id", "field", "said", "value", "qualifiers", "quotes", "rule", "digest",
                 "recorded_at")  # fmt: skip
    pin = None
    mark = None
    confidence = None

    def __init__(self, pk: int, mention: Any, one: NewStatement, at: Any) -> None:
        self.pk = pk
        self.mention, self.mention_id = mention, mention.pk
        self.field, self.said, self.value = one.field, one.value, to_json(one.value)
        self.qualifiers, self.quotes, self.rule = dict(one.qualifiers), [dict(quote) for quote in one.quotes], one.rule
        self.digest = digest(one.field, self.value, self.qualifiers)
        self.recorded_at = at


def record_fresh(change: Change, source: Source, origin: str, told: Sequence[Told]) -> None:
    """Record and project companies that `fresh` allows, within the caller's transaction that holds `locking.hold_all`.

    Everything is added in `change`.
    """
    if told:
        Batch(change, source, origin).write(told)


PORTION: Final = 200  # companies whose rows are written while those of the next are worked out
# Written at the end of a batch, for sectors have to be known; references are checked with the end of the transaction.
LAST: Final = (Company, Investor, Round, Exit, Participation, CompanySector, Identifier)
# Of the tables with the most rows the columns that are written; nothing asks their rows for anything else.
RECORDED: Final = ("added_in_id", "recorded_at")
COLUMNS: Final[Mapping[type[Model], Sequence[str]]] = {
    Mention: ("id", "source_id", "origin", "key", "kind", "name", "name_key", "row", "company_id"),
    Statement: ("id", *RECORDED, "mention_id", "field", "value", "qualifiers", "quotes", "rule", "digest"),
    Assignment: (*RECORDED, "mention_id", "reason", "is_decided", *(f"{kind}_id" for kind in RECORDS)),
}
new_company, new_round = copying.maker(Company), copying.maker(Round)


class Batch:
    """The rows of all tables that some companies come to."""

    def __init__(self, change: Change, source: Source, origin: str) -> None:
        self.change, self.source, self.origin = change, source, origin
        self.speaker = Speaker(source)
        self.rates = Rates()
        self.rows: dict[type[Model], list[Model]] = defaultdict(list)
        self.cells: dict[type[Model], list[Sequence[Any]]] = defaultdict(list)  # of the tables in COLUMNS
        self.sectors_of: dict[int, list[str]] = {}
        self.retold: set[int] = set()  # investors held before that are named anew, or of whom something is said
        self.spoken_of: dict[str, Any] = {}  # mentions of investors, by key
        self.taken_for: dict[str, Investor] = {}  # whom they are taken for

    def write(self, told: Sequence[Told]) -> None:
        """Make the rows, and write them with what follows from them."""
        investors = self._investors(told)
        self._say_of_investors(told)
        self.rates.prefetch(_converted(told))
        numbers = self._numbers(told)
        companies = self._companies(told, numbers)
        with copying.behind() as behind:
            for at, (one, company) in enumerate(zip(told, companies, strict=True), 1):
                self._company(one, company, investors, numbers)
                if at % PORTION == 0:
                    self._pass_on(behind)
            self._pass_on(behind)
            self._place_sectors(companies)
            for model in LAST:
                behind.copy(model, self.rows[model])
            self._follow(companies)

    def _pass_on(self, behind: copying.Behind) -> None:
        """Have the rows that are complete written, and forget them."""
        for model, names in COLUMNS.items():
            behind.write(model, names, self.cells.pop(model, ()))
        behind.copy(Valuation, self.rows.pop(Valuation, ()))

    def _numbers(self, told: Sequence[Told]) -> Numbers:
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

    def _companies(self, told: Sequence[Told], numbers: Numbers) -> list[Company]:
        names = [one.company.name[:200] for one in told]
        slugs = free_slugs(Company, names)
        return [
            new_company(id=next(numbers[Company]), name=name, key=fold(name), slug=slug)
            for name, slug in zip(names, slugs, strict=True)
        ]

    def _company(
        self,
        told: Told,
        company: Company,
        investors: Mapping[Key, Investor],
        numbers: Numbers,
    ) -> None:
        """The rows of one company and of all that hangs on it."""
        own = self._mention(told, told.company, numbers, None, "company", company.pk)
        mentions = {own.key: own}
        rounds: dict[int, Round] = {}
        exit_of: dict[int, Exit] = {}
        for new in told.mentions.values():
            if new.kind == Mention.Kind.ROUND:
                record = new_round(id=next(numbers[Round]))
                record.company = company
                mention = self._mention(told, new, numbers, own, "round", record.pk)
                mentions[new.key], rounds[mention.pk] = mention, record
            elif new.kind == Mention.Kind.EXIT:
                left = Exit(id=next(numbers[Exit]), company=company)
                mention = self._mention(told, new, numbers, own, "exit", left.pk)
                mentions[new.key], exit_of[mention.pk] = mention, left
        said = self._statements(told, mentions, numbers)
        for pk, record in rounds.items():
            round_facts.describe_round(record, said[pk], self.rates)
            self.rows[Round].append(record)
            self.rows[Participation] += round_facts.participations(record, said[pk], investors)
        lone = lone_valuations.describe_lone_valuations(company, said[own.pk], self.rates)
        kinds = {one.pk: self.speaker.kind for of in said.values() for one in of}
        valued = valuations.describe_valuations(company, list(rounds.values()), lone, self.rates, kinds)
        self.rows[Valuation] += [*valued, *lone]
        for pk, left in exit_of.items():
            exits.describe_exit(left, said[pk], self.rates)
            self.rows[Exit].append(left)
        company_facts.count_rounds(company, rounds.values(), [*valued, *lone], exit_of.values())
        self._describe(company, list(mentions.values()), said)

    def _describe(self, company: Company, mentions: Sequence[Any], said: Mapping[int, Any]) -> None:
        """The company itself, once its rounds are known."""
        names = company_facts.describe_company(company, mentions, said, self.rates)
        self.sectors_of[company.pk] = names
        self.rows[Company].append(company)
        for text in sorted(identifiers(said[mentions[0].pk])):
            kind, _, value = text.partition(":")
            self.rows[Identifier].append(Identifier(company=company, kind=kind, value=value))

    def _mention(
        self, told: Told, new: NewMention, numbers: Numbers, own: Spoken | None, record: str, pk: int
    ) -> Spoken:
        """The mention of a record, taken for it."""
        name = new.name[:200]
        key = name_key(new.kind, name) if own is None else ""
        row = told.rows.get(new.key)
        mention = self._spoken(next(numbers[Mention]), new, name, key, row, own.pk if own else None)
        self._assign(mention.pk, NEW if own is None else OF_FILE, record, pk)
        return mention

    def _spoken(
        self, pk: int, new: NewMention, name: str, key: str, row: Any = None, company: int | None = None
    ) -> Spoken:
        """A mention, which is written."""
        self.cells[Mention].append(
            (pk, self.source.pk, self.origin, new.key, new.kind, name, key, copying.as_json(row), company)
        )
        return Spoken(pk, self.speaker, self.origin, new, name, company)

    def _assign(self, mention: int, reason: str, record: str, pk: int) -> None:
        records = [pk if kind == record else None for kind in RECORDS]
        self.cells[Assignment].append((self.change.pk, self.change.at, mention, reason, False, *records))

    def _statements(self, told: Told, mentions: Mapping[str, Spoken], numbers: Numbers) -> defaultdict[int, list[Any]]:
        """The statements of each mention of a company, as they are written and as they are weighed."""
        found: defaultdict[int, list[Any]] = defaultdict(list)
        known = set()
        for new in (one for one in told.statements if one.subject in mentions):
            one = Said(next(numbers[Statement]), mentions[new.subject], new, self.change.at)
            if (one.mention_id, one.digest) in known:
                continue
            known.add((one.mention_id, one.digest))
            found[one.mention_id].append(one)
            self._state(one)
        return found

    def _state(self, one: Said) -> None:
        """Write a statement."""
        json = copying.as_json
        self.cells[Statement].append(
            (one.pk, self.change.pk, self.change.at, one.mention_id, one.field, json(one.value), json(one.qualifiers),
             json(one.quotes), one.rule, one.digest)
        )  # fmt: skip

    def _say_of_investors(self, told: Sequence[Told]) -> None:
        """Write what the rows say of the investors themselves, each thing once however many rows say it."""
        said = [new for one in told for new in one.statements if new.subject in self.spoken_of]
        if not said:
            return
        live = Statement.objects.live().filter(mention__in=[one.pk for one in self.spoken_of.values()])
        known = set(live.values_list("mention_id", "digest"))
        ids = copying.next_ids(Statement, len(said))
        for new in said:
            one = Said(next(ids), self.spoken_of[new.subject], new, self.change.at)
            if (one.mention_id, one.digest) not in known:
                known.add((one.mention_id, one.digest))
                self._state(one)
                self.retold.add(self.taken_for[new.subject].pk)

    def _investors(self, told: Sequence[Told]) -> dict[Key, Investor]:
        """The investors that the rows name, those new among them made, by source, reading and key."""
        mentions = {key: mention for one in told for key, mention in one.investors.items()}
        known = known_investors(self.source, self.origin, told)
        held = Investor.objects.in_bulk({*known.of_file.values(), *known.by_name.values()})
        found = {key: held[known.of_file[key]] for key in mentions if key in known.of_file}
        told_before = Mention.objects.filter(source=self.source, origin=self.origin, key__among=list(found))
        self.spoken_of = {row.key: row for row in told_before}
        unnamed = {key: mention for key, mention in mentions.items() if key not in found}
        silent = self._silent(unnamed.values())
        new = {key: mention for key, mention in unnamed.items() if self._named(mention, known) is None}
        made = [mention for mention in new.values() if fold(mention.name[:200]) not in silent]
        slugs = iter(free_slugs(Investor, [mention.name[:200] for mention in made]))
        ids, mention_ids = copying.next_ids(Investor, len(made)), copying.next_ids(Mention, len(unnamed))
        for key, mention in unnamed.items():
            name = mention.name[:200]
            record_id = self._named(mention, known)
            record = held[record_id] if record_id else silent.get(fold(name))
            if record is None:
                record = Investor(id=next(ids), name=name, key=fold(name), slug=next(slugs), is_live=True)
                self.rows[Investor].append(record)
            else:
                self.retold.add(record.pk)
            found[key] = record
            row = self._spoken(next(mention_ids), mention, name, name_key(mention.kind, name))
            self.spoken_of[key] = row
            self._assign(row.pk, SAME_NAME if record_id else NEW, "investor", record.pk)
        self.taken_for = found
        return {(self.source.pk, self.origin, key): one for key, one in found.items()}

    def _named(self, mention: NewMention, known: Known) -> int | None:
        """The investor held that is known by the name."""
        return known.by_name.get(name_key("investor", mention.name[:200]))

    def _silent(self, mentions: Iterable[NewMention]) -> dict[str, Investor]:
        """Investors of whom nobody speaks now, whose names tell, by folded name: they come back."""
        keys = {fold(one.name[:200]) for one in mentions if tells_by_name(one.name)}
        rows = Investor.objects.filter(key__among=list(keys), is_live=False, merged_into=None).order_by("-pk")
        return {one.key: one for one in rows}

    def _place_sectors(self, companies: Sequence[Company]) -> None:
        """Give the companies, and their rounds, their sectors by id."""
        names = {name for found in self.sectors_of.values() for name in found}
        ids = sectors.held(names)
        for company in companies:
            company.sector_ids = sorted({ids[name] for name in self.sectors_of[company.pk]})
            self.rows[CompanySector] += [CompanySector(company=company, sector_id=pk) for pk in company.sector_ids]
        for one in self._made(Round):
            one.country, one.sector_ids = one.company.country, one.company.sector_ids

    def _follow(self, companies: Sequence[Company]) -> None:
        """The sums, portfolios and names to search for that follow from the companies."""
        closed = {one.pk: one for one in self._made(Round) if one.status == Round.Status.CLOSED}
        parts = (one for one in self._made(Participation) if one.round_id in closed)
        after = totals.tally_of(closed.values(), ((one.round_id, one.investor_id, one.is_lead) for one in parts))
        moved = totals.investors_between(totals.Tally(), after) | self.retold
        moved |= {one.pk for one in self.rows[Investor]}
        investors = Investor.objects.select_for_update(no_key=True).filter(pk__among=list(moved)).order_by("pk")
        held = list(investors)
        totals.follow(totals.Tally(), after, held)
        investor_facts.project_investors([one for one in held if one.pk in self.retold])
        indexing.add_companies([one for one in companies if one.is_live])
        indexing.index_investors([one.pk for one in held])

    def _made(self, model: type[M]) -> list[M]:
        """The rows of a table that are made as records."""
        return cast(list[M], self.rows[model])


def _converted(told: Iterable[Told]) -> set[tuple[str, PartialDate]]:
    """The currencies and dates of which rates will be asked for."""
    found = set()
    for one in told:
        dates = {s.subject: s.value for s in one.statements if isinstance(s.value, PartialDate)}
        for statement in one.statements:
            on = dates.get(statement.subject)
            if isinstance(statement.value, Money) and on:
                found |= {(currency, on) for currency in (statement.value.currency, *round_facts.CURRENCIES)}
    return found


def free_slugs(model: type[Model], names: Sequence[str]) -> list[str]:
    """An address for each of several new records, as `settling.free_slug` would give them one after another."""
    stems = [slug_stem(name) for name in names]
    rows = model._default_manager
    taken = set(rows.filter(slug__among=stems).values_list("slug", flat=True))
    again = {stem for stem, number in Counter(stems).items() if number > 1 or stem in taken}
    numbered = [f"{stem}-{number}" for stem in again for number in range(2, NUMBERS)]
    taken |= set(rows.filter(slug__among=numbered).values_list("slug", flat=True)) if numbered else set()
    found = []
    for stem in stems:
        slug = next((one for one in _addresses(stem) if one not in taken), "") or free_slug(model, stem)
        taken.add(slug)
        found.append(slug)
    return found


def _addresses(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem}-{number}" for number in range(2, NUMBERS))
