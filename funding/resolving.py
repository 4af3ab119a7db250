"""Decide what we believe of statements that may differ, and say why. Pure Python; no order of arrival matters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from funding.values import Interval, Money, PartialDate, Undisclosed, Value, agree

# Within this a publisher that gives another figure, no less exact, takes its first back; later it may just tell again.
TO_CORRECT = timedelta(days=30)
# A release speaks for the company, a report is somebody's own work, a rewrite repeats one.
KINDS = {"entry": 0, "release": 0, "report": 1, "file": 2, "rewrite": 3}


@dataclass(frozen=True, slots=True)
class Said:
    """A live statement as resolution sees it.

    `voice` is the same for sources that repeat one another, which count once. `compared` is the value in the currency
    of its rivals, where it has to be converted to be compared. `digest` breaks ties by content alone. `pin` is who
    pinned it and why, for the reason. `publisher` is empty where it is not known, or is a person.
    """

    id: int
    value: Value
    source_kind: str
    voice: str
    published: PartialDate | None
    digest: str
    qualifiers: Mapping[str, Any] = field(default_factory=dict)
    compared: Value | None = None
    is_pinned: bool = False
    pin: str = ""
    publisher: str = ""

    @property
    def comparable(self) -> Value:
        """What `agree` is asked about."""
        return self.value if self.compared is None else self.compared


@dataclass(frozen=True, slots=True)
class Resolved:
    """The statement believed, those that agree with it (itself included), those that do not, and the reason.

    `corrected` are those whose own publisher corrected them since: they count no more.
    """

    chosen: Said
    agreeing: tuple[Said, ...]
    differing: tuple[Said, ...]
    reason: str
    corrected: tuple[Said, ...] = ()

    @property
    def value(self) -> Value:
        """The value believed."""
        return self.chosen.value

    @property
    def is_settled(self) -> bool:
        """Whether a person's pin decides against all that differ; not where another that differs is pinned, too."""
        return self.chosen.is_pinned and not any(one.is_pinned for one in self.differing)


def resolve(statements: Iterable[Said]) -> Resolved | None:
    """The value to show of all that is said of one field of one record; None where nothing is said.

    What its own publisher corrected does not count. The order: pinned; a person's entry; exact over approximate over
    bound, day over month; release over report over rewrite; most independent voices; latest published; content.
    """
    everything = tuple(sorted(statements, key=lambda one: (one.digest, one.id)))
    if not everything:
        return None
    if len(everything) == 1:  # by far the most are alone: nothing to weigh
        return Resolved(everything[0], everything, (), _reason(everything[0], everything, (), everything))
    corrected = tuple(one for one in everything if any(_corrects(other, one) for other in everything))
    said = [one for one in everything if one not in corrected]
    ranked = sorted(said, key=lambda one: _rank(one, said))
    chosen = ranked[0]
    agreeing = tuple(one for one in ranked if agree(one.comparable, chosen.comparable))
    differing = tuple(one for one in ranked if not agree(one.comparable, chosen.comparable))
    return Resolved(chosen, agreeing, differing, _reason(chosen, agreeing, differing, said), corrected)


def _corrects(later: Said, earlier: Said) -> bool:
    """Whether a publisher gave another value for what it had said shortly before, no less exactly."""
    if not earlier.publisher or later.publisher != earlier.publisher or earlier.is_pinned:
        return False
    if later.published is None or earlier.published is None or later.source_kind != earlier.source_kind:
        return False
    after = later.published.first_day - earlier.published.last_day
    is_shortly_after = timedelta(0) < after <= TO_CORRECT
    is_no_less_exact = inexactness(later.value) <= inexactness(earlier.value)
    return is_shortly_after and is_no_less_exact and not agree(later.comparable, earlier.comparable)


def _rank(one: Said, said: Sequence[Said]) -> tuple[Any, ...]:
    return (
        not one.is_pinned,
        one.source_kind != "entry",
        inexactness(one.value),
        KINDS.get(one.source_kind, len(KINDS)),
        -_voices(one, said),
        -(one.published.last_day.toordinal() if one.published else 0),
        one.digest,
        one.id,
    )


def inexactness(value: Value) -> int:
    """0 for an exact value or a day, more for less: approximate or a month, an interval or a year, undisclosed."""
    match value:
        case Undisclosed():
            return 3
        case Interval():
            if value.is_exact:
                return 0
            return 1 if value.low is not None and value.low == value.high else 2
        case PartialDate():
            return {"day": 0, "month": 1, "year": 2}[value.precision]
    return 0


def _voices(one: Said, said: Sequence[Said]) -> int:
    """How many independent voices agree with a statement, its own included."""
    return len({other.voice for other in said if agree(one.comparable, other.comparable)})


def _reason(chosen: Said, agreeing: Sequence[Said], differing: Sequence[Said], said: Sequence[Said]) -> str:
    """Why this statement is the one shown, by the first rule that sets it apart from those that differ."""
    if chosen.is_pinned:
        return chosen.pin or "pinned by a person"
    if not differing:
        voices = len({one.voice for one in agreeing})
        return "the only source" if voices == 1 else f"{voices} independent sources agree"
    rival = differing[0]
    if chosen.source_kind == "entry" and rival.source_kind != "entry":
        return "a person's entry comes before what is read"
    ours, theirs = inexactness(chosen.value), inexactness(rival.value)
    if ours < theirs:
        return _exactness_reason(chosen.value, rival.value)
    if KINDS.get(chosen.source_kind, 9) < KINDS.get(rival.source_kind, 9):
        return f"a {chosen.source_kind} comes before a {rival.source_kind}"
    for_us, for_them = _voices(chosen, said), _voices(rival, said)
    if for_us > for_them:
        return f"{for_us} independent sources against {for_them}"
    if chosen.published and rival.published and chosen.published.last_day > rival.published.last_day:
        return "the later source"
    return "nothing sets the sources apart; the choice is fixed by their content"


def _exactness_reason(ours: Value, theirs: Value) -> str:
    if isinstance(theirs, Undisclosed):
        return "a figure comes before “undisclosed”"
    if isinstance(ours, PartialDate):
        return (
            f"a {ours.precision} is more exact than a date without one"
            if ours.precision == "day"
            else (f"a {ours.precision} is more exact than a year")
        )
    names = ("exact", "approximate", "only a bound")
    return f"{names[inexactness(ours)]} comes before {names[min(inexactness(theirs), 2)]}"


def same_currency(said: Sequence[Said]) -> bool:
    """Whether all sums among the statements are of one currency, so that none has to be converted."""
    return len({one.value.currency for one in said if isinstance(one.value, Money)}) <= 1
