"""Which statements about a company's valuations cannot all hold, in the smallest sets that cannot."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from .given import Conflict, Given, ValuedRound
from .web import Bound, Place, Web


@dataclass(frozen=True, slots=True)
class _Crossing:
    """A place that two bounds leave no value for."""

    at: Place
    low: Bound
    high: Bound

    @property
    def statements(self) -> frozenset[int]:
        return frozenset((*self.low.statements, *self.high.statements))


def conflicts(rounds: Sequence[ValuedRound]) -> list[Conflict]:
    """The smallest sets of statements that contradict each other, in the order of their rounds.

    A figure counts as what may have been rounded to it: those that only their rounding keeps apart contradict nothing.
    """
    return [_told(rounds, one) for one in _smallest(Web(rounds, as_rounded=True, checks_sums=True))]


def at_odds(rounds: Sequence[ValuedRound]) -> frozenset[int]:
    """The statements in the smallest sets that cannot all hold to the last digit."""
    return frozenset().union(*(one.statements for one in _smallest(Web(rounds))))


def only(rounds: Iterable[ValuedRound], statements: Iterable[int]) -> list[ValuedRound]:
    """The rounds with what these statements say, and nothing else."""
    kept = set(statements)
    return [_only(one, kept) for one in rounds]


def _only(one: ValuedRound, kept: set[int]) -> ValuedRound:
    given = {field.name: getattr(one, field.name) for field in fields(one)}
    dropped = {n: None for n, said in given.items() if isinstance(said, Given) and said.statement not in kept}
    return replace(one, **dropped)  # type: ignore[arg-type]


def _smallest(web: Web) -> list[_Crossing]:
    """The crossings whose statements hold no others that cross.

    Statements that cannot all hold always make a bound of one cross that of another, at the end of a path that the
    others of them are: so these are all the smallest sets there are.
    """
    found = {one.statements: one for one in reversed(list(_crossings(web)))}
    smallest: list[frozenset[int]] = []
    for statements in sorted(found, key=len):
        if not any(less < statements for less in smallest):
            smallest.append(statements)
    kept = set(smallest)
    return sorted((one for said, one in found.items() if said in kept), key=lambda one: (one.at[0], one.at[1]))


def _crossings(web: Web) -> Iterator[_Crossing]:
    ceilings: dict[Place, list[Bound]] = defaultdict(list)
    for place, bound in web.premises("high"):
        ceilings[place].append(bound)
    for start, premise in web.premises("low"):
        for place, low in web.reach(start, premise, "low"):
            for high in ceilings[place]:
                if low.number > high.number or (low.number == high.number and (low.is_open or high.is_open)):
                    yield _Crossing(place, low, high)


def _told(rounds: Sequence[ValuedRound], found: _Crossing) -> Conflict:
    """The conflict with its bounds as the figures give them, not as they may have been rounded."""
    web = Web(only(rounds, found.statements), checks_sums=True)
    exact = next((one for one in _crossings(web) if one.statements == found.statements), found)
    return Conflict(
        tuple(sorted(found.statements)),
        *exact.at,
        exact.low.number,
        exact.high.number,
        exact.low.is_open,
        exact.high.is_open,
        web.currencies[exact.at[0]],
    )
