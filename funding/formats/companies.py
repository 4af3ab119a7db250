"""What a row tells of its company: who it is, its own facts, and its value apart from any round."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from funding.tellings import Field, NewMention, NewStatement
from funding.values import Money, Text

from . import cells, naming
from .record import Record
from .sentences import ANOTHER_KIND, NO_COMPANY, Refused, Unread

NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
DERIVED: Final = "name from permalink"  # the rule of a name that an address was made into
WORDS: Final = (("website", Field.WEBSITE), ("wikidata", Field.WIKIDATA), ("lei", Field.LEI))
LONGEST_SECTOR: Final = 80
SEVERAL: Final = "; "  # between several numbers of one company


@dataclass(frozen=True, slots=True)
class Named:
    """A company by the cells that name it."""

    mention: NewMention
    statements: tuple[NewStatement, ...]
    names: Mapping[str, str]


def company_of(record: Record) -> str:
    """The key of the company that the row is about, with its name said. Refuses a row that names none."""
    number, permalink = record.text("company.id"), record.text("company.permalink")
    name = record.name("company.name")
    # The rows of one company stand together, so the last one is enough to remember.
    by = number, permalink.lower(), name
    last, named = record.plan.last_company
    if last != by:
        named = _named(record, number, permalink, name)
        record.plan.last_company = by, named
    key: str = named.mention.key
    record.mentions[key] = named.mention
    record.statements += named.statements
    if named.names:
        record.names.update(named.names)
    return key


def _named(record: Record, number: str, permalink: str, name: str) -> Named:
    if not number.startswith(record.plan.options.company_prefix) and number:
        raise Refused(ANOTHER_KIND % {"words": cells.shown(number)})
    slug = naming.slug_of(permalink) if permalink else ""
    rule, derived = record.plan.rules.get("company.name", ""), {}
    if permalink and not name:
        name, rule, derived = (
            naming.name_of(permalink)[: naming.LONGEST_NAME],
            DERIVED,
            {"derived_from": slug or permalink},
        )
    known_by = number or slug or (naming.folded(name) if name else "")
    if not known_by:
        raise Refused(NO_COMPANY)
    key = key_of(record, known_by, name)
    said = [NewStatement(key, Field.NAME, Text(name), derived, (), rule)] if name else []
    if slug:
        by = record.plan.rules["company.permalink"]
        said.append(NewStatement(key, Field.CRUNCHBASE, Text(slug), {}, (), by))
    # Other files may give the number alone, of a company as of an investor.
    names = {key: name, naming.key_of("investor", number): name} if name and number else NO_NAMES
    return Named(NewMention(key, "company", name), tuple(said), names)


def key_of(record: Record, number: str, name: str) -> str:
    """The key of the company of a number; of our own exports, whose numbers are of one Roundbook, with its name."""
    return naming.key_of("company", naming.numbered(number, name) if record.plan.is_own else number)


def say_facts(record: Record, company: str) -> None:
    """Say what the row has of the company itself."""
    if not record.plan.has_facts:
        return
    for meaning, field in WORDS:
        for words in record.text(f"company.{meaning}").split(SEVERAL):
            record.say_words(company, field, words[: naming.LONGEST_NAME], f"company.{meaning}")
    for address in record.text("company.crunchbase").split(SEVERAL):
        if slug := naming.slug_of(address):
            record.say(company, Field.CRUNCHBASE, Text(slug), "company.crunchbase")
    if record.plan.has_seat:
        _say_seats(record, company)
    for name in record.listed("company.aliases"):
        record.say(company, Field.ALIAS, Text(name), "company.aliases")
    record.say(
        company, Field.FOUNDED_ON, record.doubtful(lambda: record.date("company.founded_on")), "company.founded_on"
    )
    if words := record.text("company.employees"):
        try:
            record.say(company, Field.EMPLOYEES, cells.read_count(words), "company.employees")
        except Unread as error:
            record.warn(error.sentence, "company.employees", **error.places)
    sectors = record.text("company.sectors").split(record.plan.options.sector_separator)
    for sector in dict.fromkeys(word for part in sectors if (word := " ".join(part.split())[:LONGEST_SECTOR])):
        record.say(company, Field.SECTOR, Text(sector), "company.sectors")
    total = record.doubtful(lambda: record.money("company.total_raised", record.country()))
    if isinstance(total, Money):
        record.say(company, Field.TOTAL_RAISED, total, "company.total_raised")
    if record.plan.is_own:
        record.say(company, Field.EMPLOYEES, record.count("company.employees"), "company.employees.low")
    if record.plan.has_revenue:
        _say_revenue(record, company)
    _say_founders(record, company)


def _say_seats(record: Record, company: str) -> None:
    """Say where the company sits: each place of a list in its order, or the one place that the row has."""
    for at, place in enumerate(record.listed("company.places")):
        after: dict[str, Any] = {"place_in_list": at} if at else {}
        record.say(company, Field.HEADQUARTERS, Text(place), "company.places", **after)
    if not record.text("company.places") and (seat := record.seat()):
        by = next(one for one in ("company.city", "company.place", "company.country") if record.text(one))
        record.say(company, Field.HEADQUARTERS, Text(seat), by)


def _say_revenue(record: Record, company: str) -> None:
    revenue = record.doubtful(lambda: record.money("company.revenue"))
    if isinstance(revenue, Money):
        year = record.text("company.revenue.year")
        said: dict[str, Any] = {"year": int(year)} if len(year) == 4 and year.isdecimal() else {}
        said |= {"is_expected": True} if record.answer("company.revenue.is_expected") else {}
        by = "company.revenue" if record.plan.has("company.revenue") else "company.revenue.low"
        record.say(company, Field.REVENUE, revenue, by, **said)


def _say_founders(record: Record, company: str) -> None:
    for name in record.listed("company.founders"):
        known_by = f"{company.partition(':')[2]}/{naming.folded(name)}"
        key = record.mention(naming.key_of("person", known_by), "person", name, company)
        record.say(key, Field.ROLE, Text("founder"), "company.founders", is_founder=True)


def say_valuation(record: Record, company: str) -> None:
    """Say the value of the company apart from any round, on its date or that of the file."""
    if record.text("valuation.origin") == "derived":
        return
    value = record.money("valuation.amount", record.country())
    if isinstance(value, Money):
        date = record.date("valuation.on")
        on = date.iso if date else record.plan.options.as_of
        basis = record.basis("valuation.basis", record.plan.options.basis or "unspecified")
        more = {"on": on} if on else {}
        record.say(company, Field.VALUATION, value, "valuation.amount", basis=basis, **more)
