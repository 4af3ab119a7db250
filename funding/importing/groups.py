"""Rows of a file that tell of one company, taken together; and who is meant where a row has only a number."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from funding.formats import Format, Row, Table, read
from funding.models import Import, ImportName, Mention
from funding.recording.freshness import Told
from funding.tellings import Field, NewMention, NewStatement
from funding.values import Reference, Text

# Of these the second part of a format's name tells which files number alike.
SEVERAL: Final = ("crunchbase", "unicorns")
UNNAMED: Final = "Row %(row)s speaks of %(key)s by number alone. Import the file that names it first."
NO_COMPANY: Final = "No company is named, and no file imported before says which company %(key)s is of."


def system_of(form: Format) -> str:
    """Whose numbers a format has: two files of one system mean the same by one number."""
    first, *rest = form.name.split("-")
    return "-".join([first, *rest[:1]] if first in SEVERAL else [first])[:40]


@dataclass(slots=True)
class Group:
    """The rows of one company, in order, and what they tell together; `faults` are by the number of the row."""

    key: str
    rows: list[Row] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)

    @property
    def told(self) -> Told | None:
        """What the sound rows tell; None where they are of no company."""
        mentions = {one.key: one for row in self.sound for one in row.tells if isinstance(one, NewMention)}
        company = mentions.pop(self.key, None)
        if company is None or company.kind != Mention.Kind.COMPANY:
            return None
        cells = {main_key(row): dict(row.raw) for row in reversed(self.sound)}
        statements = [one for row in self.sound for one in row.tells if isinstance(one, NewStatement)]
        return Told(company, mentions, statements, cells)

    @property
    def is_named(self) -> bool:
        """Whether the rows themselves name whoever they speak of, so that `name_all` has nothing to say."""
        tells = [one for row in self.rows for one in row.tells]
        mentions = (one for one in tells if isinstance(one, NewMention))
        statements = (one for one in tells if isinstance(one, NewStatement))
        return all(one.name and (one.kind != Mention.Kind.ROUND or one.company) for one in mentions) and not any(
            one.field == Field.ACQUIRER and isinstance(one.value, Reference) for one in statements
        )

    @property
    def sound(self) -> list[Row]:
        """The rows that can be recorded."""
        return [row for row in self.rows if row.number not in self.faults]


def main_key(row: Row) -> str:
    """The key of the mention that a row is: its round or exit, or else the person, company or investor."""
    kinds = {one.kind: one.key for one in reversed(row.tells) if isinstance(one, NewMention)}
    return next((kinds[kind] for kind in ("round", "exit", "person") if kind in kinds), row.company or _first(kinds))


def _first(kinds: Mapping[str, str]) -> str:
    return next(iter(kinds.values()), "")


class Kept(NamedTuple):
    """A row of a file as it was kept."""

    group: str
    number: int
    cells: list[str]


def cells_table(file: Import, rows: Iterable[Kept]) -> Table:
    """Rows that were kept, as the table they are of."""
    found = [(row.number, list(row.cells)) for row in rows]
    return Table(file.encoding, file.delimiter, list(file.header), 0, lambda: iter(found))


def grouped(file: Import, form: Format, rows: Sequence[Kept]) -> list[Group]:
    """Kept rows by their group, in the order in which they come; each is read again. Asks the database nothing."""
    groups: dict[str, Group] = {}
    for kept, row in zip(rows, read(cells_table(file, rows), form), strict=True):
        groups.setdefault(kept.group, Group(kept.group)).rows.append(row)
    return list(groups.values())


def name_all(file: Import, form: Format, groups: Sequence[Group]) -> None:
    """Name whoever the rows of some groups give by number alone."""
    named = Names(file, form, groups)
    for group in groups:
        named.complete(group)


class Names:
    """Who is meant by numbers, from the file itself and from files of the same system imported before."""

    def __init__(self, file: Import, form: Format, groups: Iterable[Group]) -> None:
        bare = set()
        homeless = set()
        for group in groups:
            for one in (one for row in group.rows for one in row.tells if isinstance(one, NewMention)):
                bare |= set() if one.name else {one.key}
                homeless |= {one.key} if one.kind == "round" and not one.company else set()
        system = system_of(form)
        self.names: dict[str, str] = {}
        if bare:
            held = Mention.objects.filter(origin=system, key__in=bare).order_by("pk")
            self.names |= dict(held.values_list("key", "name"))
            self.names |= dict(ImportName.objects.filter(file=file, key__in=bare).values_list("key", "name"))
        self.homes: dict[str, tuple[str, str, str]] = {}
        if homeless:
            rounds = Mention.objects.filter(origin=system, key__in=homeless, company__isnull=False).order_by("pk")
            for key, name, company, called in rounds.values_list("key", "name", "company__key", "company__name"):
                self.homes[key] = (name, company, called)

    def complete(self, group: Group) -> None:
        """Name whoever has only a number in a group; a row that speaks of somebody unknown is a fault."""
        for at, row in enumerate(group.rows):
            tells: list[Any] = []
            for one in row.tells:
                if isinstance(one, NewMention) and not one.name:
                    if one.key not in self.names and one.key not in self.homes:
                        group.faults[row.number] = UNNAMED % {"row": row.number, "key": one.key}
                    one = replace(one, name=self.names.get(one.key, ""))
                if isinstance(one, NewMention) and one.kind == "round" and not one.company:
                    if one.key not in self.homes:
                        group.faults[row.number] = NO_COMPANY % {"key": one.key}
                        continue
                    name, company, called = self.homes[one.key]
                    tells.append(NewMention(company, "company", called))
                    one = replace(one, name=name, company=company)
                tells.append(one)
            group.rows[at] = replace(row, tells=tuple(_with_acquirer_in_words(tells)))


def _with_acquirer_in_words(tells: Sequence[NewMention | NewStatement]) -> Iterator[NewMention | NewStatement]:
    """What a row tells, an acquirer that it gives by number being told by name, as exits keep it."""
    bought = {
        one.value.key
        for one in tells
        if isinstance(one, NewStatement) and one.field == Field.ACQUIRER and isinstance(one.value, Reference)
    }
    names = {one.key: one.name for one in tells if isinstance(one, NewMention) and one.key in bought}
    for one in tells:
        if isinstance(one, NewMention) and one.key in bought:
            continue
        if isinstance(one, NewStatement) and isinstance(one.value, Reference) and one.value.key in bought:
            if names[one.value.key]:
                yield replace(one, value=Text(names[one.value.key]))
            continue
        yield one


def group_of(row: Row) -> str:
    """By what rows are taken together: their company, or whoever else they are about."""
    if row.company:
        return row.company
    rounds = (one.key for one in row.tells if isinstance(one, NewMention) and one.kind == "round")
    return next(rounds, main_key(row))


def statements_by_key(row: Row) -> dict[str, list[NewStatement]]:
    """What a row says, by whom it says it of."""
    found: dict[str, list[NewStatement]] = defaultdict(list)
    for one in row.tells:
        if isinstance(one, NewStatement):
            found[one.subject].append(one)
    return found
