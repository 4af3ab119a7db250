"""A round as somebody entered it, and the mentions and statements that it is."""

from collections.abc import Iterator
from dataclasses import dataclass

from funding.models import Stage
from funding.tellings import Field, NewMention, NewStatement
from funding.values import Money, Multiple, PartialDate, Reference, Text, Undisclosed, Value

from .quoting import Quote

COMPANY, ROUND = "company:0", "round:0"
RULE = "entry"


@dataclass(frozen=True, slots=True)
class Share:
    """Somebody who took part; `is_lead` only where the source says so, for otherwise nothing is known."""

    investor: str
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A round in checked values; None and empty stand for what the source does not state.

    `valued` is a value of which the source does not say whether it is before or after the money, `ratio` how many
    times the value of the round before the new one is; `is_extension` that the round is a further part of an earlier
    one. `published` is the date of the source, `quote` its words, as they will be stored.
    """

    company: str
    stage: str = ""
    status: str = "closed"
    announced: PartialDate | None = None
    closed: PartialDate | None = None
    raised: Money | Undisclosed | None = None
    pre: Money | None = None
    post: Money | None = None
    valued: Money | None = None
    ratio: Multiple | None = None
    investors: tuple[Share, ...] = ()
    is_extension: bool = False
    url: str = ""
    publisher: str = ""
    published: PartialDate | None = None
    quote: str = ""

    @property
    def says_something(self) -> bool:
        """Whether anything is entered beside the company's name."""
        return bool(
            self.stage
            or self.announced
            or self.closed
            or self.raised
            or self.pre
            or self.post
            or self.valued
            or self.ratio
            or self.investors
        )

    def mentions(self) -> list[NewMention]:
        """Whom the entry speaks of."""
        label = Stage(self.stage).label if self.stage else ""
        found = [
            NewMention(COMPANY, "company", self.company),
            NewMention(ROUND, "round", f"{self.company} ({label})" if label else self.company, COMPANY),
        ]
        return found + [NewMention(_key(at), "investor", one.investor) for at, one in enumerate(self.investors)]

    def statements(self) -> list[NewStatement]:
        """What the entry says, each value with the quoted words that say it, where there are any."""
        return list(self._statements(Quote(self.quote, self.published)))

    def _statements(self, quote: Quote) -> Iterator[NewStatement]:
        yield NewStatement(COMPANY, Field.NAME, Text(self.company), {}, quote.of_name(self.company), RULE)
        for field, date in ((Field.ANNOUNCED_ON, self.announced), (Field.CLOSED_ON, self.closed)):
            if date:
                yield NewStatement(ROUND, field, date, {}, quote.of_date(date), RULE)
        if self.raised:
            yield NewStatement(ROUND, Field.RAISED, self.raised, {}, _words_of_raised(quote, self.raised), RULE)
        if self.stage:
            words = quote.of_stage(self.stage)
            label = {"label": words[0]["text"]} if words else {}
            yield NewStatement(ROUND, Field.STAGE, Text(self.stage), label, words, RULE)
        if self.status:
            extension = {"is_extension": True} if self.is_extension else {}
            yield NewStatement(ROUND, Field.STATUS, Text(self.status), extension, (), RULE)
        for basis, value in (("pre", self.pre), ("post", self.post), ("unspecified", self.valued)):
            if value:
                yield NewStatement(ROUND, Field.VALUATION, value, {"basis": basis}, quote.of_money(value), RULE)
        if self.ratio:
            yield NewStatement(ROUND, Field.VALUATION_RATIO, self.ratio, {}, quote.whole(), RULE)
        for at, one in enumerate(self.investors):
            lead = {"is_lead": True} if one.is_lead else {}
            named = quote.of_name(one.investor)
            yield NewStatement(ROUND, Field.PARTICIPATION, Reference(_key(at)), lead, named, RULE)


def _key(at: int) -> str:
    return f"investor:{at}"


def _words_of_raised(quote: Quote, raised: Value) -> list[dict[str, object]]:
    """The words for the amount; all of a quote of which no amount can be read, for the person says that it says it."""
    return quote.of_money(raised) or ([] if quote.amounts else quote.whole())
