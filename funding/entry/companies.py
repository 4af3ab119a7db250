"""What somebody enters of a company itself, and of its people: the mentions and statements that it is."""

from collections.abc import Iterator
from dataclasses import dataclass

from companies.models import Company, Person
from funding.models import Assignment
from funding.recording.fields import EDITED
from funding.tellings import Field, NewMention, NewStatement
from funding.values import Money, PartialDate, Quantity, Text, Value

from .entries import COMPANY, RULE
from .quoting import Quote
from .saving import ORIGIN, Recorded

PERSON = "person:0"
FOUNDER = "founder"  # the role of a founder of whom the source says no more


@dataclass(frozen=True, slots=True)
class CompanyEntry:
    """A company's facts in checked values; None and empty stand for what the source does not state.

    `company` is the name it goes by, `name` the one it shall go by where that is another. `published` is the date of
    the source, `quote` its words, as they will be stored.
    """

    company: str
    name: str = ""
    website: str = ""
    founded: PartialDate | None = None
    headquarters: tuple[str, ...] = ()
    employees: Quantity | None = None
    sectors: tuple[str, ...] = ()
    total_raised: Money | None = None
    url: str = ""
    publisher: str = ""
    published: PartialDate | None = None
    quote: str = ""

    def mentions(self) -> list[NewMention]:
        """Whom the entry speaks of."""
        return [NewMention(COMPANY, "company", self.company)]

    def statements(self) -> list[NewStatement]:
        """What the entry says, each value with the quoted words that say it, where there are any."""
        return list(self._statements(Quote(self.quote, self.published)))

    def _statements(self, quote: Quote) -> Iterator[NewStatement]:
        yield NewStatement(COMPANY, Field.NAME, Text(self.company), {}, quote.of_name(self.company), RULE)
        if self.name and self.name != self.company:
            yield NewStatement(COMPANY, Field.NAME, Text(self.name), {}, quote.of_name(self.name), EDITED)
        single: tuple[tuple[str, Value | None, str], ...] = (
            (Field.WEBSITE, Text(self.website) if self.website else None, self.website),
            (Field.EMPLOYEES, self.employees, ""),
        )
        for field, value, words in single:
            if value:
                yield NewStatement(COMPANY, field, value, {}, quote.of_name(words) if words else quote.whole(), RULE)
        if self.founded:
            yield NewStatement(COMPANY, Field.FOUNDED_ON, self.founded, {}, quote.of_date(self.founded), RULE)
        for field, names in ((Field.HEADQUARTERS, self.headquarters), (Field.SECTOR, self.sectors)):
            for name in names:
                yield NewStatement(COMPANY, field, Text(name), {}, quote.of_name(name), RULE)
        if self.total_raised:
            money = self.total_raised
            yield NewStatement(COMPANY, Field.TOTAL_RAISED, money, {}, quote.of_money(money), RULE)


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A person and what they are to a company; `title` may be empty of a founder."""

    company: str
    person: str
    title: str = ""
    is_founder: bool = False
    url: str = ""
    publisher: str = ""
    published: PartialDate | None = None
    quote: str = ""

    def mentions(self) -> list[NewMention]:
        """Whom the entry speaks of."""
        return [NewMention(COMPANY, "company", self.company), NewMention(PERSON, "person", self.person, COMPANY)]

    def statements(self) -> list[NewStatement]:
        """What the entry says, each value with the quoted words that say it, where there are any."""
        quote = Quote(self.quote, self.published)
        title = self.title or FOUNDER
        founder = {"is_founder": True} if self.is_founder else {}
        return [
            NewStatement(COMPANY, Field.NAME, Text(self.company), {}, quote.of_name(self.company), RULE),
            NewStatement(PERSON, Field.ROLE, Text(title), founder, quote.of_name(title) or quote.whole(), RULE),
        ]


def company_of(recorded: Recorded) -> Company:
    """The company that an entry is taken to be of."""
    found = _assigned(recorded, COMPANY).company
    assert found is not None  # the key is a company's
    return found


def person_of(recorded: Recorded) -> Person:
    """The person that an entry is taken to be of."""
    found = _assigned(recorded, PERSON).person
    assert found is not None  # the key is a person's
    return found


def _assigned(recorded: Recorded, key: str) -> Assignment:
    live = Assignment.objects.live().select_related("company", "person")
    return live.get(mention__source=recorded.source, mention__origin=ORIGIN, mention__key=key)
