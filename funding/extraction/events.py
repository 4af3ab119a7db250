"""What one sentence says of a raise, and the round that several such sentences speak of."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from funding.extraction.companies import Group
from funding.extraction.facts import Span
from funding.extraction.names import Name
from funding.extraction.reading import PlacedAmount, PlacedDate, PlacedStage
from funding.extraction.vocabulary import Cue
from funding.values import Money


@dataclass(slots=True)
class Event:
    """One statement that a company raised: what its own sentence says."""

    sentence: int
    first: int
    last: int
    company: Group | None
    name: Name | None
    amount: PlacedAmount | None = None
    stage: PlacedStage | None = None
    date: PlacedDate | None = None
    undisclosed: Span | None = None
    is_previous: bool = False
    rumour: Cue | None = None
    is_aside: bool = False
    is_title: bool = False
    rule: str = "raise.subject"


@dataclass(slots=True)
class Round:
    """A round with the events that speak of it."""

    company: Group
    events: list[Event] = field(default_factory=list)
    is_headline: bool = False
    chance: float = 0.5  # how likely it is what the text tells: the news, or else a sum that was raised

    @property
    def amount(self) -> PlacedAmount | None:
        """The sum, of several equal ones the most exact."""
        sums = [event.amount for event in self.events if event.amount and not event.is_title]
        sums = sums or [event.amount for event in self.events if event.amount]
        return max(sums, key=lambda placed: (_digits(placed.amount.value), -placed.first)) if sums else None

    @property
    def stage(self) -> PlacedStage | None:
        """The stage, a series before any other."""
        stages = [event.stage for event in self.events if event.stage]
        return next((s for s in stages if s.stage.code.startswith("series")), stages[0] if stages else None)

    @property
    def date(self) -> PlacedDate | None:
        """The most exact date."""
        found = [event.date for event in self.events if event.date]
        return max(found, key=lambda d: (len(d.date.value.iso), -d.first)) if found else None

    @property
    def is_previous(self) -> bool:
        """Whether all that speaks of it speaks of the past."""
        return all(event.is_previous for event in self.events)


def _digits(value: Money) -> int:
    return len(value.middle.normalize().as_tuple().digits)


def sentences_of(rounds: Sequence[Round]) -> dict[int, list[int]]:
    """The sentences that speak of each round, in order, by the round's identity."""
    return {id(found): sorted({event.sentence for event in found.events}) for found in rounds}


def first_told(rounds: Sequence[Round]) -> dict[int, Round]:
    """Of every sentence that speaks of a round, the first of the rounds that it speaks of."""
    told: dict[int, Round] = {}
    for found in rounds:
        for event in found.events:
            told.setdefault(event.sentence, found)
    return told
