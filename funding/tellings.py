"""What one source tells, before it is recorded: whom it speaks of and what it says of them. Pure Python.

Extraction, forms and files make these; `funding.recording` writes them. `Field` names what can be said of whom.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from funding.values import Value


class Field:
    """The names of fields, as extraction and forms give them."""

    NAME: Final = "name"
    ALIAS: Final = "alias"  # another name of a company or investor
    # of a round
    ANNOUNCED_ON: Final = "announced_on"
    CLOSED_ON: Final = "closed_on"
    RAISED: Final = "raised"
    STAGE: Final = "stage"
    STATUS: Final = "status"
    PARTICIPATION: Final = "participation"
    VALUATION: Final = "valuation"
    VALUATION_RATIO: Final = "valuation_ratio"
    IS_UNICORN: Final = "is_unicorn"
    # of a company
    FOUNDED_ON: Final = "founded_on"
    HEADQUARTERS: Final = "headquarters"
    EMPLOYEES: Final = "employees"
    REVENUE: Final = "revenue"
    TOTAL_RAISED: Final = "total_raised"
    SECTOR: Final = "sector"
    WEBSITE: Final = "website"
    WIKIDATA: Final = "wikidata"
    LEI: Final = "lei"
    CRUNCHBASE: Final = "crunchbase"
    # of an exit, beside the date of its announcement and, of a listing, the valuation
    EXIT_KIND: Final = "exit_kind"
    EXIT_STATUS: Final = "exit_status"
    ACQUIRER: Final = "acquirer"
    PRICE: Final = "price"
    EXCHANGE: Final = "exchange"
    TICKER: Final = "ticker"
    # of an investor
    PARENT: Final = "parent"
    INVESTOR_KIND: Final = "investor_kind"
    # of a person
    ROLE: Final = "role"


@dataclass(frozen=True, slots=True)
class NewMention:
    """Whom a source speaks of. `company` is the key of the company that a round or person is of."""

    key: str
    kind: str
    name: str
    company: str = ""


@dataclass(frozen=True, slots=True)
class NewStatement:
    """One value of one field of the mention `subject`, with its quotes (`{start, end, text}`) and how it was found."""

    subject: str
    field: str
    value: Value
    qualifiers: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    quotes: Sequence[Mapping[str, Any]] = ()
    rule: str = ""
    confidence: float | None = None
