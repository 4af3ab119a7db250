"""Bounds that follow from what is said of a company's valuations, each with its proof. Pure Python.

Three rules, applied until nothing changes: a stated ratio binds a valuation and the one before it; the value after a
round exceeds the money raised in it (an unspecified basis is read as post-money, and the proof says so); a unicorn is
worth a thousand million dollars or more. An approximate figure never bounds a proof, and bounds of different
currencies are never combined.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from typing import Generic, Literal, TypeVar

from funding.values import Money, Multiple

UNICORN = Decimal(1_000_000_000)

V = TypeVar("V")
Rule = Literal["stated", "ratio_of_next", "ratio_of_previous", "exceeds_raised", "unicorn"]


@dataclass(frozen=True, slots=True)
class Given(Generic[V]):
    """A value and the statement that says it."""

    value: V
    statement: int


@dataclass(frozen=True, slots=True)
class ValuedRound:
    """What is known of one round of the company, oldest first in the sequence that `propagate` takes.

    `ratio` is how many times the previous valuation this one is; `raised` only where the money is new equity.
    `basis` is `pre`, `post` or `unspecified`.
    """

    stated: Given[Money] | None = None
    basis: str = "unspecified"
    raised: Given[Money] | None = None
    ratio: Given[Multiple] | None = None
    is_unicorn: Given[bool] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One bound and what it follows from: `statements` of the sources, `from_round` whose bound it uses."""

    rule: Rule
    end: Literal["low", "high"]
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
    contradicts: tuple[int, ...] = field(default=())

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
    with localcontext() as context:
        context.prec = 40
        states = [_premises(one, index, rounds) for index, one in enumerate(rounds)]
        # Each pass carries bounds one round farther either way, so this many reach every round.
        for _ in range(2 * len(rounds) + 1):
            changed = [_along_ratio(rounds, states, index) for index in range(1, len(rounds))]
            if True not in changed:
                break
        return [_bounded(one, index, rounds, states) for index, one in enumerate(rounds)]


def _premises(one: ValuedRound, index: int, rounds: Sequence[ValuedRound]) -> _State:
    """The bounds that a round's own statements give."""
    state = _State(_currency(one, index, rounds))
    if one.stated and not one.stated.value.is_approx and one.stated.value.currency == state.currency:
        money, cause = one.stated.value, (one.stated.statement,)
        if money.low is not None:
            state.tighten(Step("stated", "low", money.low, money.low_open, cause))
        if money.high is not None:
            state.tighten(Step("stated", "high", money.high, money.high_open, cause))
    if one.raised and one.basis != "pre" and one.raised.value.currency == state.currency:
        raised = one.raised.value
        # A value that no source states is spoken of as post-money; only a stated one of no basis is assumed to be.
        assumes = one.stated is not None and one.basis == "unspecified"
        if raised.low is not None and not raised.is_approx:
            state.tighten(Step("exceeds_raised", "low", raised.low, True, (one.raised.statement,), assumes))
    if one.is_unicorn and state.currency == "USD":
        state.tighten(Step("unicorn", "low", UNICORN, False, (one.is_unicorn.statement,)))
    return state


def _currency(one: ValuedRound, index: int, rounds: Sequence[ValuedRound]) -> str:
    """The currency that bounds of a round are held in: of its own value, of the ratio that binds it, of its raise."""
    if one.stated:
        return one.stated.value.currency
    after = rounds[index + 1] if index + 1 < len(rounds) else None
    if after and after.ratio and after.stated:
        return after.stated.value.currency
    if one.is_unicorn:
        return "USD"
    return one.raised.value.currency if one.raised else ""


def _along_ratio(rounds: Sequence[ValuedRound], states: list[_State], index: int) -> bool:
    """Carry bounds over the ratio of round `index` to the one before it, both ways; whether any grew tighter."""
    given, now, before = rounds[index].ratio, states[index], states[index - 1]
    if given is None or given.value.is_approx or not now.currency or now.currency != before.currency:
        return False
    if now.is_empty or before.is_empty:
        return False
    ratio, changed = given.value, False
    # The two values compared are of one kind: where the source does not say which, both are read as post-money.
    assumes = rounds[index].basis == "unspecified"
    for end, other in (("high", "low"), ("low", "high")):
        at = getattr(ratio, other)
        if not at:
            continue
        at_open = getattr(ratio, f"{other}_open")
        bound, is_open, steps = getattr(now, end), getattr(now, f"{end}_open"), getattr(now, f"{end}_steps")
        if bound is not None:
            cause = _causes(given.statement, steps)
            step = Step("ratio_of_next", end, bound / at, is_open or at_open, cause, assumes, at, index)  # type: ignore[arg-type]
            changed |= before.tighten(step, steps if steps and steps[-1].rule != "stated" else ())
        end, other = other, end
        bound, is_open, steps = getattr(before, end), getattr(before, f"{end}_open"), getattr(before, f"{end}_steps")
        if bound is not None:
            cause = _causes(given.statement, steps)
            step = Step("ratio_of_previous", end, bound * at, is_open or at_open, cause, assumes, at, index - 1)  # type: ignore[arg-type]
            changed |= now.tighten(step, steps if steps and steps[-1].rule != "stated" else ())
    return changed


def _causes(statement: int, steps: Sequence[Step]) -> tuple[int, ...]:
    """The statements of a step over a ratio: what said the bound, and what said the ratio."""
    carried = steps[-1].statements if steps else ()
    return tuple(dict.fromkeys((*carried, statement)))


def _bounded(one: ValuedRound, index: int, rounds: Sequence[ValuedRound], states: Sequence[_State]) -> Bounded:
    """The outcome for one round."""
    state = states[index]
    result = Bounded(None)
    if state.is_empty:
        result = Bounded(None, contradicts=state.statements)
    elif state.low is not None or state.high is not None:
        money = Money(state.low, state.high, state.low_open, state.high_open, currency=state.currency)
        steps = tuple(dict.fromkeys((*state.high_steps, *state.low_steps)))
        result = Bounded(money, steps)
    return replace(result, **_multiple(one, index, rounds, states))  # type: ignore[arg-type]


def _multiple(
    one: ValuedRound, index: int, rounds: Sequence[ValuedRound], states: Sequence[_State]
) -> dict[str, object]:
    """How many times the value before: of the two values where both are stated, else as it is said."""
    before = rounds[index - 1] if index else None
    if before and before.stated and one.stated:
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
    if usd is None or usd.is_approx:
        return None if usd is None or usd.low is None else (True if usd.low >= UNICORN else None)
    if usd.low is not None and usd.low >= UNICORN:
        return True
    if usd.high is not None and (usd.high < UNICORN or (usd.high == UNICORN and usd.high_open)):
        return False
    return None
