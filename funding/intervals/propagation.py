"""What follows for each of a company's rounds, with its proof."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import localcontext
from itertools import zip_longest

from .conflicts import at_odds, conflicts, only
from .given import Bounded, Compared, Conflict, Kind, Step, ValuedRound
from .multiples import Known, compare, known, with_stated
from .web import Bound, Place, Side, Web, money_of

PRECISION = 40


def propagate(rounds: Sequence[ValuedRound]) -> list[Bounded]:
    """What follows for each round, oldest first, from all that no other statement contradicts."""
    with localcontext() as context:
        context.prec = PRECISION
        if not any(one.stated or one.pre for one in rounds):
            # Only what is stated bounds a value from above, so nothing can clash.
            return _Outcome(rounds, Web(rounds), ()).every()
        clashes = conflicts(rounds)
        doubted = {one for clash in clashes for one in clash.statements}
        held = frozenset().union(*(one.statements for one in rounds)) - doubted
        # Figures that only their rounding keeps apart contradict nothing, but they prove nothing either.
        held -= at_odds(only(rounds, held))
        web = Web(only(rounds, held))
        return _Outcome(rounds, web, clashes).every()


class _Outcome:
    """The bounds of a company's rounds, and what compares with what."""

    def __init__(self, rounds: Sequence[ValuedRound], web: Web, clashes: Sequence[Conflict]) -> None:
        self.rounds = rounds
        self.currencies = web.currencies
        self.ends = web.tightest()
        self.clashes = clashes

    def every(self) -> list[Bounded]:
        """The outcome of each round."""
        return [self._bounded(at) for at in range(len(self.rounds))]

    def _bounded(self, at: int) -> Bounded:
        after, before = self._ends((at, "post")), self._ends((at, "pre"))
        return Bounded(
            money=money_of(after, self.currencies[at]) if after else None,
            steps=_steps(after),
            pre=money_of(before, self.currencies[at]) if before else None,
            pre_steps=_steps(before),
            multiple=self._multiple(at),
            step_up=self._step_up(at),
            contradicts=tuple(one for one in self.clashes if self.rounds[at].statements & set(one.statements)),
        )

    def _ends(self, place: Place) -> Mapping[Side, Bound]:
        return self.ends.get(place, {})

    def _known(self, at: int, kind: Kind) -> Known | None:
        ends = self._ends((at, kind))
        return known(self.rounds[at], kind, ends, money_of(ends, self.currencies[at]))

    def _multiple(self, at: int) -> Compared:
        one = self.rounds[at]
        if at == 0 or not one.follows:
            return with_stated(Compared(why="order" if at else "first"), one)
        found = compare(self._known(at, "post"), self._known(at - 1, "post"), "value_now")
        if found.value is None and one.kind == self.rounds[at - 1].kind == "pre":
            found = compare(self._known(at, "pre"), self._known(at - 1, "pre"), "value_now")
        return with_stated(found, one)

    def _step_up(self, at: int) -> Compared:
        if at == 0 or not self.rounds[at].follows:
            return Compared(why="order" if at else "first")
        return compare(self._known(at, "pre"), self._known(at - 1, "post"), "pre_now")


def _steps(ends: Mapping[Side, Bound]) -> tuple[Step, ...]:
    """The steps of both ends, those of the upper one first; of a value that follows exactly, each step once."""
    high, low = (ends[side].steps if side in ends else () for side in ("high", "low"))
    pairs = list(zip_longest(high, low))
    if all(a and b and a == replace(b, end=a.end, multiple=a.multiple, amount=a.amount) for a, b in pairs):
        return tuple(replace(step, end="both") for step in high)
    return tuple(dict.fromkeys((*high, *low)))
