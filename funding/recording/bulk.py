"""Record what many rows of a file tell of companies that nobody spoke of before, hundreds of companies at once.

The same functions as for one record work out what is believed (`describing`); only nothing has to be matched, since a
file keeps its own companies and rounds apart, and rows are written by COPY. Whoever is held already, or doubtful
(`freshness`), goes the way of all others (`recording.record_in`). A test holds the two ways equal.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db.models import Model

from companies import sectors
from companies.models import Company, Identifier, Investor
from companies.names import fold
from companies.search import indexing
from config import copying
from funding.company_matching import NEW, SAME_NAME, name_key, tells_by_name
from funding.models import Assignment, Change, Exit, Mention, Participation, Round, Source, Statement, Valuation
from funding.tellings import NewMention

from . import investor_facts, round_facts, totals
from .describing import COLUMNS, Described, Description, Lines, Said, Speaker, Spoken, assigned, later, numbers_of
from .freshness import Known, Told, known_investors
from .settling import free_slug, slug_stem

Key = tuple[int, str, str]  # of a mention: its source, reading and key there
NUMBERS: Final = 50  # addresses with a number that are looked for at once
# Of these nothing is left to be known once a company is described; of companies and rounds, their sectors.
COMPLETE: Final[Sequence[type[Model]]] = (Mention, Statement, Assignment, Valuation, Exit, Identifier)
PORTION: Final = 200  # companies whose rows are written while those of the next are worked out


def record_fresh(
    change: Change,
    source: Source,
    origin: str,
    told: Sequence[Told],
    ahead: Description | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Record and project companies that `fresh` allows, within the caller's transaction that holds `locking.hold_all`.

    Everything is added in `change`. Those that were described ahead are not described again, where that still holds.
    While the database writes, something else is done `meanwhile`, which asks it nothing.
    """
    if told:
        Batch(change, source, origin).write(told, ahead, meanwhile)
    else:
        meanwhile()


class Batch:
    """The rows of all tables that some companies come to."""

    def __init__(self, change: Change, source: Source, origin: str) -> None:
        self.change, self.source, self.origin = change, source, origin
        self.lines: Lines = defaultdict(list)  # of the tables in COLUMNS
        self.new_investors: list[Investor] = []
        self.retold: set[int] = set()  # investors held before that are named anew, or of whom something is said
        self.spoken_of: dict[str, Any] = {}  # mentions of investors, by key
        self.taken_for: dict[str, Investor] = {}  # whom they are taken for

    def write(self, told: Sequence[Told], ahead: Description | None, meanwhile: Callable[[], None]) -> None:
        """Make the rows, and write them with what follows from them."""
        investors = self._investors(told)
        self._say_of_investors(told)
        known = ahead.of if ahead and ahead.of and ahead.holds(self.source, self.change.at) else {}
        left = [one for one in told if one.company.key not in known]
        described = Description.begin(self.source, self.origin, self.change.at, left)
        numbers = numbers_of(left)
        slugs = free_slugs(Company, [one.company.name[:200] for one in told])
        companies: list[Described] = []
        with copying.behind() as behind:
            size = PORTION if left else len(told)  # where all are described there is nothing to work out meanwhile
            for at in range(0, len(told), size):
                for one in told[at : at + size]:
                    companies.append(known.get(one.company.key) or described.describe(one, numbers))
                self._pass_on(behind, companies[at:])
            sector_ids = self._place(behind, companies, slugs)
            parts = self._parts(companies, investors)
            behind.copy(Investor, self.new_investors)
            behind.copy(Participation, parts)
            meanwhile()
            self._follow(companies, sector_ids, parts)

    def _pass_on(self, behind: copying.Behind, companies: Sequence[Described]) -> None:
        """Have the rows that are complete written, and forget them."""
        for one in companies:
            for model in COMPLETE:
                self.lines[model] += one.lines.pop(model, ())
        for model, lines in self.lines.items():
            self._write(behind, model, lines)
        self.lines.clear()

    def _write(self, behind: copying.Behind, model: type[Model], lines: Sequence[str]) -> None:
        """Have rows written, with what is alike in all of them."""
        names = later(model)
        alike = {"created_at": self.change.at, "added_in_id": self.change.pk, "recorded_at": self.change.at}
        if end := copying.line([alike[name] for name in names if name in alike]):
            lines = [f"{one}\t{end}" for one in lines]
        behind.write_lines(model, (*COLUMNS[model], *names), lines)

    def _place(
        self, behind: copying.Behind, companies: Sequence[Described], slugs: Sequence[str]
    ) -> Mapping[int, list[int]]:
        """Give the companies their addresses, and them and their rounds their sectors by id; these by company."""
        ids = sectors.held({name for one in companies for name in one.sectors})
        found = {one.pk: sorted({ids[name] for name in one.sectors}) for one in companies}
        own, rounds = [], []
        for one, slug in zip(companies, slugs, strict=True):
            of = copying.line([found[one.pk]])
            own += [f"{line}\t{slug}\t{of}" for line in one.lines.pop(Company)]
            rounds += [f"{line}\t{of}" for line in one.lines.pop(Round, ())]
        self._write(behind, Company, own)
        self._write(behind, Round, rounds)
        pairs = [copying.line((pk, sector)) for pk, of_company in found.items() for sector in of_company]
        behind.write_lines(Company.sectors.through, ("company_id", "sector_id"), pairs)
        return found

    def _parts(self, companies: Sequence[Described], investors: Mapping[Key, Investor]) -> list[Participation]:
        """Who took part in the rounds."""
        return [
            part
            for one in companies
            for round_id, said in one.parts.items()
            for part in round_facts.participations(round_id, said, investors)
        ]

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
                self.lines[Statement].append(one.line())
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
                self.new_investors.append(record)
            else:
                self.retold.add(record.pk)
            found[key] = record
            row = Spoken(next(mention_ids), Speaker.of(self.source), self.origin, mention, name, None)
            self.lines[Mention].append(row.line(name_key(mention.kind, name)))
            self.spoken_of[key] = row
            self.lines[Assignment].append(assigned(row.pk, SAME_NAME if record_id else NEW, "investor", record.pk))
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

    def _follow(
        self, companies: Sequence[Described], sector_ids: Mapping[int, list[int]], parts: Iterable[Participation]
    ) -> None:
        """The sums, portfolios and names to search for that follow from the companies."""
        closed = [one._replace(sector_ids=sector_ids[one.company_id]) for of in companies for one in of.closed]
        counted = {one.pk for one in closed}
        taking = ((one.round_id, one.investor_id, one.is_lead) for one in parts if one.round_id in counted)
        after = totals.tally_of(closed, taking)
        moved = totals.investors_between(totals.Tally(), after) | self.retold
        moved |= {one.pk for one in self.new_investors}
        investors = Investor.objects.select_for_update(no_key=True).filter(pk__among=list(moved)).order_by("pk")
        held = list(investors)
        totals.follow(totals.Tally(), after, held)
        investor_facts.project_investors([one for one in held if one.pk in self.retold])
        indexing.add_companies([(one.pk, one.name, one.key, one.rounds_count) for one in companies if one.is_live])
        indexing.index_investors([one.pk for one in held])


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
