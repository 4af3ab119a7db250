"""An exit as somebody entered it: the mentions and statements that it is, and its recording, once."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from funding import recording
from funding.models import Assignment, Change, Exit, Source, Statement
from funding.tellings import Field, NewMention, NewStatement
from funding.values import Money, PartialDate, Text, Undisclosed

from .entries import COMPANY, RULE
from .quoting import Quote
from .saving import ORIGIN, hold_form, source_of

EXIT = "exit:0"


@dataclass(frozen=True, slots=True)
class ExitEntry:
    """An exit in checked values; None and empty stand for what the source does not state.

    `published` is the date of the source, `quote` its words, as they will be stored.
    """

    company: str
    kind: str
    status: str
    announced: PartialDate | None = None
    acquirer: str = ""
    price: Money | Undisclosed | None = None
    exchange: str = ""
    ticker: str = ""
    valuation: Money | None = None
    url: str = ""
    publisher: str = ""
    published: PartialDate | None = None
    quote: str = ""

    def mentions(self) -> list[NewMention]:
        """Whom the entry speaks of."""
        return [NewMention(COMPANY, "company", self.company), NewMention(EXIT, "exit", self.company, COMPANY)]

    def statements(self) -> list[NewStatement]:
        """What the entry says, each value with the quoted words that say it, where there are any."""
        return list(self._statements(Quote(self.quote, self.published)))

    def _statements(self, quote: Quote) -> Iterator[NewStatement]:
        yield NewStatement(COMPANY, Field.NAME, Text(self.company), {}, quote.of_name(self.company), RULE)
        yield NewStatement(EXIT, Field.EXIT_KIND, Text(self.kind), {}, quote.whole(), RULE)
        yield NewStatement(EXIT, Field.EXIT_STATUS, Text(self.status), {}, (), RULE)
        if self.announced:
            yield NewStatement(EXIT, Field.ANNOUNCED_ON, self.announced, {}, quote.of_date(self.announced), RULE)
        for field, words in (
            (Field.ACQUIRER, self.acquirer),
            (Field.EXCHANGE, self.exchange),
            (Field.TICKER, self.ticker),
        ):
            if words:
                yield NewStatement(EXIT, field, Text(words), {}, quote.of_name(words), RULE)
        for field, value in ((Field.PRICE, self.price), (Field.VALUATION, self.valuation)):
            if value:
                yield NewStatement(EXIT, field, value, {}, quote.of_money(value), RULE)


@dataclass(frozen=True, slots=True)
class SavedExit:
    """What recording the entry of an exit came to; `is_new` is false where the same form had been saved before."""

    change: Change
    exit: Exit
    statements: int
    is_new: bool


def save_exit(entry: ExitEntry, *, by: User, form_key: str) -> SavedExit:
    """Record the entry of an exit with its source in one transaction, once however often its form is sent."""
    with transaction.atomic():
        source = source_of(entry, by, hold_form(entry, by, form_key))
        said = Statement.objects.live().filter(mention__source=source)
        before = said.select_related("added_in").order_by("pk").first()
        if before:
            return SavedExit(before.added_in, _exit_of(source), said.count(), is_new=False)
        told = entry.mentions(), entry.statements()
        change = recording.record(source, *told, origin=ORIGIN, kind=Change.Kind.ENTRY, by=by)
        return SavedExit(change, _exit_of(source), change.added_statements.count(), is_new=True)


def _exit_of(source: Source) -> Exit:
    """The exit that the entry of a source is taken for."""
    assigned = Assignment.objects.live().select_related("exit__company")
    found = assigned.get(mention__source=source, mention__origin=ORIGIN, mention__key=EXIT).exit
    assert found is not None  # the key is an exit's
    return found
