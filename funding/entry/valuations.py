"""What somebody enters of a company's value on a day, of no round: the mention and statement that it is."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from funding.models import Valuation
from funding.recording.fields import spoken_for
from funding.recording.lone_valuations import ON
from funding.tellings import Field, NewMention, NewStatement
from funding.values import Money, PartialDate, Text

from .entries import COMPANY, RULE
from .quoting import Quote
from .saving import Recorded, record_once


@dataclass(frozen=True, slots=True)
class ValuationEntry:
    """A company's value on a date in checked values; `basis` is empty where the source does not say which it is.

    `published` is the date of the source, `quote` its words, as they will be stored.
    """

    company: str
    value: Money
    on: PartialDate
    basis: str = ""
    url: str = ""
    publisher: str = ""
    published: PartialDate | None = None
    quote: str = ""

    def mentions(self) -> list[NewMention]:
        """Whom the entry speaks of."""
        return [NewMention(COMPANY, "company", self.company)]

    def statements(self) -> list[NewStatement]:
        """What the entry says, each value with the quoted words that say it, where there are any."""
        quote = Quote(self.quote, self.published)
        qualifiers = {"basis": self.basis or Valuation.Basis.UNSPECIFIED.value, ON: self.on.iso}
        return [
            NewStatement(COMPANY, Field.NAME, Text(self.company), {}, quote.of_name(self.company), RULE),
            NewStatement(COMPANY, Field.VALUATION, self.value, qualifiers, quote.of_money(self.value), RULE),
        ]


@dataclass(frozen=True, slots=True)
class SavedValuation:
    """What recording the entry of a value came to; `valuation` is the one of its date, whichever figure is shown."""

    change: Recorded
    valuation: Valuation


def save_valuation(entry: ValuationEntry, *, by: User, form_key: str) -> SavedValuation:
    """Record the entry of a value with its source in one transaction, once however often its form is sent."""
    recorded = record_once(entry, by=by, form_key=form_key)
    own = recorded.source.mentions.get(key=COMPANY).assignments.live().select_related("company").get()  # type: ignore[attr-defined]
    said = set(recorded.change.added_statements.values_list("pk", flat=True))
    held = Valuation.objects.filter(company=own.company, round=None).select_related("company")
    return SavedValuation(recorded, next(one for one in held if said.intersection(spoken_for(one.resolved))))
