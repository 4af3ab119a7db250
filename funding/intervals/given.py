"""What the reasoning about valuations takes and gives: statements by round, steps of a proof, and what follows."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from funding.values import Interval, Money, Multiple, Text

V = TypeVar("V", bound=Interval | Text)
Kind = Literal["post", "pre"]
End = Literal["low", "high", "both"]
Rule = Literal[
    "stated",
    "exceeds_raised",
    "unicorn",
    "ratio_of_next",
    "ratio_of_previous",
    "pre_plus_raised",
    "post_less_raised",
]
# Why two values cannot be compared.
Why = Literal["", "first", "order", "currency", "value_before", "value_now", "pre_now"]


@dataclass(frozen=True, slots=True)
class Given(Generic[V]):
    """A value and the statement that says it."""

    value: V
    statement: int


@dataclass(frozen=True, slots=True)
class ValuedRound:
    """What is known of one round of the company, oldest first in the sequence that `propagate` takes.

    `ratio` is how many times the previous valuation this one is; `raised` only where the money is new equity.
    `basis`, that of `stated`, is `pre`, `post` or `unspecified`; `pre` is a value before the money that is stated
    beside one after it. `follows` says whether the round before it in the sequence is surely the one before it in
    time: where the dates leave that open, nothing is carried from one to the other.
    """

    stated: Given[Money] | None = None
    basis: str = "unspecified"
    raised: Given[Money] | None = None
    ratio: Given[Multiple] | None = None
    is_unicorn: Given[Text] | None = None
    follows: bool = True
    pre: Given[Money] | None = None

    @property
    def kind(self) -> Kind:
        """Which of its two values the stated one is; one of no basis is read as the one after the money."""
        return "pre" if self.basis == "pre" else "post"

    def stated_as(self, kind: Kind) -> Given[Money] | None:
        """What is stated of the value before the money, or of the one after it."""
        if kind == self.kind:
            return self.stated
        return self.pre if kind == "pre" else None

    @property
    def is_read_as_post(self) -> bool:
        """Whether a value is stated of which the source does not say whether it holds the money."""
        return self.stated is not None and self.basis == "unspecified"

    @property
    def statements(self) -> frozenset[int]:
        """All that is said of it."""
        given = (self.stated, self.raised, self.ratio, self.is_unicorn, self.pre)
        return frozenset(one.statement for one in given if one)


@dataclass(frozen=True, slots=True)
class Step:
    """One bound and what it follows from: its own `statements`, and the bound of the step before it, if any.

    `multiple` is the ratio that was used and `amount` the money raised that was added or taken away; `bound` is of the
    value after the money, or before it where `kind` says so. An `end` of `both` is the value itself.
    """

    rule: Rule
    end: End
    bound: Decimal
    is_open: bool
    statements: tuple[int, ...]
    assumes_post: bool = False
    multiple: Decimal | None = None
    amount: Decimal | None = None
    kind: Kind = "post"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Statements that cannot all hold, though each one less of them could.

    Together they put one value of the round `at` both above `low` and below `high`.
    """

    statements: tuple[int, ...]
    at: int
    kind: Kind
    low: Decimal
    high: Decimal
    low_open: bool
    high_open: bool
    currency: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One value as a multiple of another, the statements it rests on, or why there is none.

    `assumes_post` where a value of no basis was read as the one after the money.
    """

    value: Multiple | None = None
    statements: tuple[int, ...] = ()
    is_stated: bool = False
    assumes_post: bool = False
    why: Why = ""


@dataclass(frozen=True, slots=True)
class Bounded:
    """What follows for one round: the values after and before the money, each with its steps.

    `multiple` compares the value after the money with that of the round before, `step_up` the value before the money
    with it. `contradicts` are the conflicts that statements about this round are in.
    """

    money: Money | None = None
    steps: tuple[Step, ...] = ()
    pre: Money | None = None
    pre_steps: tuple[Step, ...] = ()
    multiple: Compared = field(default_factory=Compared)
    step_up: Compared = field(default_factory=Compared)
    contradicts: tuple[Conflict, ...] = ()
