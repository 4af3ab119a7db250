"""What somebody enters of an investor itself: whose arm it is, and what sort of investor; and its recording, once."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from companies import candidates
from companies.models import Company, Investor
from funding import recording
from funding.models import Change, Statement
from funding.tellings import Field, NewMention, NewStatement
from funding.values import PartialDate, Reference, Text

from .entries import RULE
from .quoting import Quote
from .saving import ORIGIN, hold_form, source_of

INVESTOR = "investor:0"
PARENTS = {Investor: "investor:1", Company: "company:0"}
MOST_STEPS = 20  # up a line of parents


@dataclass(frozen=True, slots=True)
class InvestorEntry:
    """An investor's facts in checked values; empty stands for what the source does not state.

    `parent` is the name of whom it is an arm of, a company where `is_of_company`.
    """

    investor: str
    parent: str = ""
    is_of_company: bool = False
    kind: str = ""
    url: str = ""
    publisher: str = ""
    published: PartialDate | None = None
    quote: str = ""

    @property
    def parent_key(self) -> str:
        """The key of the mention of the parent."""
        return PARENTS[Company if self.is_of_company else Investor]

    def mentions(self) -> list[NewMention]:
        """Whom the entry speaks of."""
        found = [NewMention(INVESTOR, "investor", self.investor)]
        kind = self.parent_key.split(":")[0]
        return [*found, NewMention(self.parent_key, kind, self.parent)] if self.parent else found

    def statements(self) -> Iterator[NewStatement]:
        """What the entry says, with the quoted words that say it, where there are any."""
        quote = Quote(self.quote, self.published)
        if self.parent:
            words = quote.of_name(self.parent) or quote.whole()
            yield NewStatement(INVESTOR, Field.PARENT, Reference(self.parent_key), {}, words, RULE)
            if self.is_of_company:
                named = quote.of_name(self.parent)
                yield NewStatement(self.parent_key, Field.NAME, Text(self.parent), {}, named, RULE)
        if self.kind:
            yield NewStatement(INVESTOR, Field.INVESTOR_KIND, Text(self.kind), {}, quote.whole(), RULE)


def save_investor(
    entry: InvestorEntry, investor: Investor, parent: Company | Investor | None, *, by: User, form_key: str
) -> Change:
    """Record an entry with its source in one transaction; once, however often the same form is sent.

    `parent` is the record that the person means; one that is not saved yet is made.
    """
    with transaction.atomic():
        source = source_of(entry, by, hold_form(entry, by, form_key))
        before = Statement.objects.live().filter(mention__source=source).select_related("added_in").first()
        if before:
            return before.added_in
        meant = [(INVESTOR, investor), *([(entry.parent_key, parent)] if parent else [])]
        return recording.record(
            source,
            entry.mentions(),
            entry.statements(),
            origin=ORIGIN,
            kind=Change.Kind.ENTRY,
            by=by,
            # By its name alone where that says whom is meant: a person's word slows every later source of that name.
            decided={key: one for key, one in meant if one.pk is None or not is_known_by_name(one)},
        )


def is_known_by_name(record: Company | Investor) -> bool:
    """Whether no other record of its kind that is spoken of has the name."""
    namesakes = type(record).objects.live().filter(key=record.key).exclude(pk=record.pk)
    return candidates.record_named(type(record), record.name)[0] == record and not namesakes.exists()


def is_below(investor: Investor, other: Company | Investor | None) -> bool:
    """Whether a parent named for an investor is that investor itself, or an arm of it at any depth."""
    seen: set[int] = set()
    while isinstance(other, Investor) and other.pk not in seen and len(seen) < MOST_STEPS:
        if other == investor:
            return True
        if other.pk:
            seen.add(other.pk)
        other = other.parent
    return False
