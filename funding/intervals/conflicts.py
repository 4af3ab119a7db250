"""Which statements about a company's valuations cannot all hold, in the smallest sets that cannot."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from .given import Conflict, Given, ValuedRound
from .web import Bound, Place, Web, cross

# How many ties lie between two bounds that are held against each other one by one. Statements about values farther
# apart count only where nothing nearer clashes: that keeps the work for a long history with many errors small.
REACH = 10


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
    found = _smallest(rounds, as_rounded=True)
    if not found:
        return []
    # Told with the bounds as the figures give them, not as they may have been rounded.
    exact = Web(rounds, checks_sums=True)
    by_statements = {one.statements: one for one in reversed(list(_crossings(exact)))}
    return [_told(by_statements.get(one.statements, one), exact) for one in found]


def at_odds(rounds: Sequence[ValuedRound]) -> frozenset[int]:
    """The statements in the smallest sets that cannot all hold to the last digit."""
    return frozenset().union(*(one.statements for one in _smallest(rounds, as_rounded=False)))


def only(rounds: Iterable[ValuedRound], statements: Iterable[int]) -> list[ValuedRound]:
    """The rounds with what these statements say, and nothing else."""
    kept = set(statements)
    return [_only(one, kept) for one in rounds]


def _only(one: ValuedRound, kept: set[int]) -> ValuedRound:
    given = {field.name: getattr(one, field.name) for field in fields(one)}
    dropped = {n: None for n, said in given.items() if isinstance(said, Given) and said.statement not in kept}
    return replace(one, **dropped)  # type: ignore[arg-type]


def _smallest(rounds: Sequence[ValuedRound], *, as_rounded: bool) -> list[_Crossing]:
    """The crossings whose statements hold no others that cross, in the order of their rounds.

    Statements that cannot all hold always make a bound of one cross that of another, at the end of a path that the
    others of them are: so these are all the smallest sets there are.
    """
    found: list[_Crossing] = []
    web = Web(rounds, as_rounded=as_rounded, checks_sums=as_rounded)
    while crossing := _first(web):
        near = {one.statements: one for one in reversed(list(_crossings(web)))}
        kept = _without_supersets(near) or [_shrunk(crossing, rounds, as_rounded)]
        found += kept
        doubted = {statement for one in kept for statement in one.statements}
        held = {statement for one in rounds for statement in one.statements} - doubted
        rounds = only(rounds, held)
        web = Web(rounds, as_rounded=as_rounded, checks_sums=as_rounded)
    return sorted(found, key=lambda one: one.at)


def _without_supersets(found: dict[frozenset[int], _Crossing]) -> list[_Crossing]:
    smallest: list[frozenset[int]] = []
    by_member: dict[int, list[frozenset[int]]] = defaultdict(list)
    for statements in sorted(found, key=len):
        # A set that lies in this one shares any of its own members with it.
        if not any(less < statements for member in statements for less in by_member[member]):
            smallest.append(statements)
            by_member[min(statements)].append(statements)
    return [found[statements] for statements in smallest]


def _shrunk(found: _Crossing, rounds: Sequence[ValuedRound], as_rounded: bool) -> _Crossing:
    """The crossing without statements that it does not need."""
    for statement in sorted(found.statements):
        fewer = only(rounds, found.statements - {statement})
        found = _first(Web(fewer, as_rounded=as_rounded, checks_sums=as_rounded)) or found
    return found


def _first(web: Web) -> _Crossing | None:
    """A place for which nothing is left; None where all can hold."""
    for place, ends in sorted(web.tightest().items()):
        if len(ends) == 2 and cross(ends["low"], ends["high"]):
            return _Crossing(place, ends["low"], ends["high"])
    return None


def _crossings(web: Web) -> Iterator[_Crossing]:
    ceilings: dict[Place, list[Bound]] = defaultdict(list)
    for bound in web.premises("high"):
        ceilings[bound.place].append(bound)
    for premise in web.premises("low"):
        for low in web.reach(premise, "low", REACH):
            for high in ceilings[low.place]:
                if cross(low, high):
                    yield _Crossing(low.place, low, high)


def _told(found: _Crossing, web: Web) -> Conflict:
    return Conflict(
        tuple(sorted(found.statements)),
        *found.at,
        found.low.number,
        found.high.number,
        found.low.is_open,
        found.high.is_open,
        web.currencies[found.at[0]],
    )
