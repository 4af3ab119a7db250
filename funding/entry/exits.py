"""An exit as somebody entered it: the mentions and statements that it is, and its recording, once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from companies.names import fold
from funding import exit_matching
from funding.exit_matching import ExitMention
from funding.models import Assignment, Change, Exit, Source
from funding.tellings import Field, NewMention, NewStatement
from funding.values import Money, PartialDate, Text, Undisclosed

from .entries import COMPANY, RULE
from .quoting import Quote
from .saving import ORIGIN, record_once

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
        if self.status:
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


def exit_near(
    held: Sequence[Exit], kind: str, announced: PartialDate | None, acquirer: str, *, is_rumour: bool
) -> Exit | None:
    """The exit of a company that an entry would count as, of those held."""
    entered = ExitMention(0, "", kind, announced, fold(acquirer), is_rumour)
    told = [ExitMention(one.pk, "", one.kind, one.announced, one.acquirer_key, one.status == Exit.Status.RUMOURED)
            for one in held]  # fmt: skip
    groups = exit_matching.group_exits([entered, *told])
    beside = {one.id for group in groups for one in group if entered in group}
    return next((one for one in held if one.pk in beside), None)


@dataclass(frozen=True, slots=True)
class SavedExit:
    """What recording the entry of an exit came to; `is_new` is false where the same form had been saved before."""

    change: Change
    exit: Exit
    statements: int
    is_new: bool


def save_exit(entry: ExitEntry, *, by: User, form_key: str) -> SavedExit:
    """Record the entry of an exit with its source in one transaction, once however often its form is sent."""
    recorded = record_once(entry, by=by, form_key=form_key)
    return SavedExit(recorded.change, _exit_of(recorded.source), recorded.statements, recorded.is_new)


def _exit_of(source: Source) -> Exit:
    """The exit that the entry of a source is taken for."""
    assigned = Assignment.objects.live().select_related("exit__company")
    found = assigned.get(mention__source=source, mention__origin=ORIGIN, mention__key=EXIT).exit
    assert found is not None  # the key is an exit's
    return found
