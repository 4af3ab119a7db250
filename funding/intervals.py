"""Bounds that follow from what is said of a company's valuations, each with its proof. Pure Python.

Three rules, applied until nothing changes: a stated ratio binds a valuation and the one before it; the value after a
round exceeds the money raised in it (an unspecified basis is read as post-money, and the proof says so); a unicorn is
worth a thousand million dollars or more. An approximate figure never bounds a proof. Bounds of different currencies
are never combined, nor are values before the money and values after it. Of statements that contradict each other
nothing is derived.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Any, Generic, Literal, TypeVar

from funding.values import Interval, Money, Multiple, Text

UNICORN = Decimal(1_000_000_000)

V = TypeVar("V")
I = TypeVar("I", bound=Interval)  # noqa: E741
Rule = Literal["stated", "ratio_of_next", "ratio_of_previous", "exceeds_raised", "unicorn"]
End = Literal["low", "high"]
_ENDS: tuple[tuple[End, End], ...] = (("high", "low"), ("low", "high"))


@dataclass(frozen=True, slots=True)
class Given(Generic[V]):
    """A value and the statement that says it."""

    value: V
    statement: int


@dataclass(frozen=True, slots=True)
class ValuedRound:
    """What is known of one round of the company, oldest first in the sequence that `propagate` takes.

    `ratio` is how many times the previous valuation this one is; `raised` only where the money is new equity.
    `basis` is `pre`, `post` or `unspecified`. `follows` says whether the round before it in the sequence is surely the
    one before it in time: where the dates leave that open, nothing is carried from one to the other.
    """

    stated: Given[Money] | None = None
    basis: str = "unspecified"
    raised: Given[Money] | None = None
    ratio: Given[Multiple] | None = None
    is_unicorn: Given[Text] | None = None
    follows: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One bound and what it follows from: `statements` of the sources, `from_round` whose bound it uses."""

    rule: Rule
    end: End
    bound: Decimal
    is_open: bool
    statements: tuple[int, ...]
    assumes_post: bool = False
    multiple: Decimal | None = None
    from_round: int | None = None


@dataclass(frozen=True, slots=True)
class Bounded:
    """What follows for one round: an interval with its steps, or a contradiction and the statements in it."""

    money: Money | None
    steps: tuple[Step, ...] = ()
    multiple: Multiple | None = None
    multiple_statements: tuple[int, ...] = ()
    multiple_is_stated: bool = False
    contradicts: tuple[int, ...] = ()


@dataclass(slots=True)
class _State:
    """The tightest bounds so far, each with the steps that led to it, oldest first."""

    currency: str
    low: Decimal | None = None
    low_open: bool = False
    low_steps: tuple[Step, ...] = ()
    high: Decimal | None = None
    high_open: bool = False
    high_steps: tuple[Step, ...] = ()

    def tighten(self, step: Step, before: tuple[Step, ...] = ()) -> bool:
        """Take a bound if it is tighter than what is held; whether it was."""
        if step.end == "low":
            held, is_open = self.low, self.low_open
            if held is not None and (step.bound < held or (step.bound == held and (is_open or not step.is_open))):
                return False
            self.low, self.low_open, self.low_steps = step.bound, step.is_open, (*before, step)
        else:
            held, is_open = self.high, self.high_open
            if held is not None and (step.bound > held or (step.bound == held and (is_open or not step.is_open))):
                return False
            self.high, self.high_open, self.high_steps = step.bound, step.is_open, (*before, step)
        return True

    def end(self, end: End) -> tuple[Decimal | None, bool, tuple[Step, ...]]:
        """One bound, whether it is excluded, and its proof."""
        if end == "low":
            return self.low, self.low_open, self.low_steps
        return self.high, self.high_open, self.high_steps

    @property
    def is_empty(self) -> bool:
        """Whether no value is left between the bounds."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    @property
    def statements(self) -> tuple[int, ...]:
        """All statements that the bounds rest on."""
        return tuple(sorted({s for step in (*self.low_steps, *self.high_steps) for s in step.statements}))


def propagate(rounds: Sequence[ValuedRound]) -> list[Bounded]:
    """What follows for each round, oldest first: its interval with proof, and its multiple of the one before."""
    contradicts: dict[int, set[int]] = {}
    doubted: set[int] = set()
    with localcontext() as context:
        context.prec = 40
        states = _settled(rounds, doubted)
        while misfits := [state for state in states if state.is_empty]:
            # Figures that only their rounding keeps apart contradict nothing, but they prove nothing either.
            for at, state in enumerate(_settled(rounds, doubted, as_rounded=True)):
                if state.is_empty:
                    contradicts.setdefault(at, set()).update(state.statements)
            doubted.update(*(state.statements for state in misfits), *contradicts.values())
            states = _settled(rounds, doubted)
        return [
            replace(_bounded(state, contradicts.get(at, set())), **_multiple(rounds, at))
            for at, state in enumerate(states)
        ]


def _settled(rounds: Sequence[ValuedRound], doubted: set[int], *, as_rounded: bool = False) -> list[_State]:
    """The bounds of each round when nothing can be tightened any more, without what doubted statements say.

    `as_rounded` reads every figure as what may have been rounded to it.
    """
    usable = [_usable(one, doubted, as_rounded) for one in rounds]
    states = [_premises(one, _currency(rounds, index)) for index, one in enumerate(usable)]
    # Each pass carries bounds one round farther either way, so this many reach every round.
    for _ in range(2 * len(rounds) + 1):
        changed = [_along_ratio(usable, states, index) for index in range(1, len(rounds))]
        if True not in changed:
            break
    return states


def _usable(one: ValuedRound, doubted: set[int], as_rounded: bool) -> ValuedRound:
    """The round with only what may bound a proof."""

    def read(given: Given[I] | None) -> Given[I] | None:
        if given is None or given.value.is_approx or given.statement in doubted:
            return None
        if not as_rounded:
            return given
        low, high, low_open, high_open = given.value.admits()
        value = replace(given.value, low=low, high=high, low_open=low_open, high_open=high_open)
        return Given(value, given.statement)

    unicorn = None if one.is_unicorn and one.is_unicorn.statement in doubted else one.is_unicorn
    return replace(one, stated=read(one.stated), raised=read(one.raised), ratio=read(one.ratio), is_unicorn=unicorn)


def _premises(one: ValuedRound, currency: str) -> _State:
    """The bounds that a round's own statements give."""
    state = _State(currency)
    if one.stated and one.stated.value.currency == currency:
        money, cause = one.stated.value, (one.stated.statement,)
        if money.low is not None:
            state.tighten(Step("stated", "low", money.low, money.low_open, cause))
        if money.high is not None:
            state.tighten(Step("stated", "high", money.high, money.high_open, cause))
    if one.raised and one.basis != "pre" and one.raised.value.currency == currency:
        raised = one.raised.value
        # A value that no source states is spoken of as post-money; only a stated one of no basis is assumed to be.
        assumes = one.stated is not None and one.basis == "unspecified"
        if raised.low is not None:
            state.tighten(Step("exceeds_raised", "low", raised.low, True, (one.raised.statement,), assumes))
    if one.is_unicorn and currency == "USD":
        state.tighten(Step("unicorn", "low", UNICORN, False, (one.is_unicorn.statement,)))
    return state


def _currency(rounds: Sequence[ValuedRound], index: int) -> str:
    """The currency that bounds of a round are held in.

    Of its own value, else of the nearest value that ratios tie it to; where nobody states one, dollars for a unicorn,
    else that of the money raised, its own before that of the nearest round it is tied to.
    """
    near = _tied_to(rounds, index)
    stated = [one.stated.value.currency for one in near if one.stated]
    if stated:
        return stated[0]
    others = ["USD" if one.is_unicorn else one.raised.value.currency if one.raised else "" for one in near]
    return next((currency for currency in others if currency), "")


def _tied_to(rounds: Sequence[ValuedRound], index: int) -> list[ValuedRound]:
    """The round and those that ratios tie it to, nearest first, of two as near the later one."""
    first = last = index
    while first > 0 and _is_tied(rounds, first):
        first -= 1
    while last + 1 < len(rounds) and _is_tied(rounds, last + 1):
        last += 1
    return [rounds[at] for at in sorted(range(first, last + 1), key=lambda at: (abs(at - index), -at))]


def _is_tied(rounds: Sequence[ValuedRound], index: int) -> bool:
    """Whether a ratio binds a round's value and the one before it: both before the money, or both after it."""
    now, before = rounds[index], rounds[index - 1]
    is_usable = now.ratio is not None and not now.ratio.value.is_approx and now.follows
    return is_usable and _are_of_one_kind(now, before)


def _are_of_one_kind(now: ValuedRound, before: ValuedRound) -> bool:
    return (now.basis == "pre") == (before.basis == "pre")


def _along_ratio(rounds: Sequence[ValuedRound], states: list[_State], index: int) -> bool:
    """Carry bounds over the ratio of round `index` to the one before it, both ways; whether any grew tighter."""
    given, now, before = rounds[index].ratio, states[index], states[index - 1]
    if given is None or not _is_tied(rounds, index) or not now.currency or now.currency != before.currency:
        return False
    if now.is_empty or before.is_empty:
        return False
    ratio, changed = given.value, False
    # The two values compared are of one kind: where the source does not say which, both are read as post-money.
    assumes = rounds[index].basis == "unspecified"
    for end, other in _ENDS:
        # The value before is at most the highest value now by the lowest ratio; so with the other ends.
        times, times_open = _end(ratio, other)
        bound, is_open, steps = now.end(end)
        if times and bound is not None and not _came_from(steps, index - 1):
            cause, is_open = _causes(given.statement, steps), is_open or times_open
            step = Step("ratio_of_next", end, bound / times, is_open, cause, assumes, times, index)
            changed |= before.tighten(step, _carried(steps))
        times, times_open = _end(ratio, end)
        bound, is_open, steps = before.end(end)
        if times and bound is not None and not _came_from(steps, index):
            cause, is_open = _causes(given.statement, steps), is_open or times_open
            step = Step("ratio_of_previous", end, bound * times, is_open, cause, assumes, times, index - 1)
            changed |= now.tighten(step, _carried(steps))
    return changed


def _end(interval: Interval, end: End) -> tuple[Decimal | None, bool]:
    return (interval.low, interval.low_open) if end == "low" else (interval.high, interval.high_open)


def _came_from(steps: Sequence[Step], index: int) -> bool:
    """Whether a bound came over the ratio from that round; carried back it is no tighter, but for its rounding."""
    return bool(steps) and steps[-1].from_round == index


def _carried(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps that a proof takes over with a bound: none for a stated one, which the next step names itself."""
    return steps if steps and steps[-1].rule != "stated" else ()


def _causes(statement: int, steps: Sequence[Step]) -> tuple[int, ...]:
    """The statements of a step over a ratio: what said the bound, and what said the ratio."""
    carried = steps[-1].statements if steps else ()
    return tuple(dict.fromkeys((*carried, statement)))


def _bounded(state: _State, contradicts: set[int]) -> Bounded:
    """The outcome for one round."""
    if contradicts:
        return Bounded(None, contradicts=tuple(sorted(contradicts)))
    if state.low is None and state.high is None:
        return Bounded(None)
    money = Money(state.low, state.high, state.low_open, state.high_open, currency=state.currency)
    return Bounded(money, tuple(dict.fromkeys((*state.high_steps, *state.low_steps))))


def _multiple(rounds: Sequence[ValuedRound], index: int) -> dict[str, Any]:
    """How many times the value before: of the two values where both are stated, else as it is said."""
    one, before = rounds[index], rounds[index - 1] if index else None
    if before and before.stated and one.stated and one.follows and _are_of_one_kind(one, before):
        found = _quotient(one.stated.value, before.stated.value)
        if found:
            return {"multiple": found, "multiple_statements": (one.stated.statement, before.stated.statement)}
    if one.ratio:
        return {
            "multiple": one.ratio.value,
            "multiple_statements": (one.ratio.statement,),
            "multiple_is_stated": True,
        }
    return {}


def _quotient(now: Money, before: Money) -> Multiple | None:
    """The one value as a multiple of the other; None across currencies or where nothing bounds it."""
    if now.currency != before.currency:
        return None
    low = now.low / before.high if now.low is not None and before.high else None
    high = now.high / before.low if now.high is not None and before.low else None
    if low is None and high is None:
        return None
    low_open, high_open = now.low_open or before.high_open, now.high_open or before.low_open
    return Multiple(low, high, low_open and low is not None, high_open and high is not None,
                    is_approx=now.is_approx or before.is_approx)  # fmt: skip


def is_unicorn(usd: Money | None) -> bool | None:
    """Whether a value is a thousand million dollars or more; None where its interval leaves it undetermined."""
    if usd is None:
        return None
    low, high, high_open = usd.low, usd.high, usd.high_open
    if usd.is_approx:
        low, high, _, high_open = usd.admits()
    if low is not None and low >= UNICORN:
        return True
    if high is not None and (high < UNICORN or (high == UNICORN and high_open)):
        return False
    return None
