"""Money raised per quarter and group of stages, as sums."""

import datetime
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext, gettext_lazy, ngettext

from funding import figures
from funding.models import Stage
from funding.totals import OfStage, money_of_sum
from funding.values import Money

SHOWN: Final = 12
WRITTEN: Final = re.compile(
    r"(?P<year>\d{4})(?:[- ]?[QT](?P<of>[1-4]))?|[QT](?P<number>[1-4])[- ](?P<named>\d{4})", re.I
)
YEARS: Final = range(1900, 2100)
# From the bottom of a bar to its top: the class that colours it, the label, the stages.
GROUPS: Final = (
    ("stage-5", gettext_lazy("growth, private equity"), {Stage.GROWTH, Stage.PRIVATE_EQUITY, Stage.PRE_IPO}),
    (
        "stage-4",
        gettext_lazy("Series C and later"),
        {Stage(f"series_{letter}") for letter in "cdefghij"},
    ),
    ("stage-3", gettext_lazy("Series B"), {Stage.SERIES_B}),
    ("stage-2", gettext_lazy("Series A"), {Stage.SERIES_A, Stage.PRE_SERIES_A}),
    ("stage-1", gettext_lazy("pre-seed, seed, angel"), {Stage.PRE_SEED, Stage.SEED, Stage.ANGEL}),
    ("stage-other", gettext_lazy("other, or not stated"), set()),
)
OTHER: Final = "stage-other"


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year, `number` from 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: datetime.date) -> "Quarter":
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def read(cls, text: str, *, is_end: bool = False) -> "Quarter":
        """A quarter as people write it, `2024-Q3`, or a year, which is its first quarter or as an end its last.

        Raises ValueError, as for years that no round is of.
        """
        found = WRITTEN.fullmatch(text.strip())
        if not found or int(found["year"] or found["named"]) not in YEARS:
            raise ValueError(f"{text!r} is no quarter")
        year, number = found["year"] or found["named"], found["of"] or found["number"]
        return cls(int(year), int(number) if number else 4 if is_end else 1)

    def __str__(self) -> str:
        return gettext("Q%(number)d %(year)d") % {"number": self.number, "year": self.year}

    @property
    def short(self) -> str:
        """The quarter without its year."""
        return gettext("Q%(number)d") % {"number": self.number}

    @property
    def code(self) -> str:
        """As an address has it."""
        return f"{self.year}-Q{self.number}"

    def shifted(self, quarters: int) -> "Quarter":
        """So many quarters later, or earlier."""
        at = self.year * 4 + self.number - 1 + quarters
        return Quarter(at // 4, at % 4 + 1)

    def until(self, last: "Quarter") -> int:
        """How many quarters there are from this one to another, both counted."""
        return (last.year - self.year) * 4 + last.number - self.number + 1

    @property
    def first_day(self) -> datetime.date:
        return datetime.date(self.year, self.number * 3 - 2, 1)

    @property
    def last_day(self) -> datetime.date:
        return self.shifted(1).first_day - datetime.timedelta(days=1)


def query_of(first: Quarter, last: Quarter, others: Iterable[tuple[str, str]] = ()) -> str:
    """The filter of the list of rounds that leaves the closed ones of these quarters, and what else is asked for."""
    dates = [("since", f"{first.first_day:%Y-%m}"), ("until", f"{last.last_day:%Y-%m}"), ("status", "closed")]
    return urlencode([*dates, *others])


@dataclass(slots=True)
class OfQuarter:
    """The rounds of one quarter: their sums by group, how many, and how many are in no sum.

    `inexact` is, by group, how many of the amounts in the sums are no exact numbers.
    """

    quarter: Quarter
    is_incomplete: bool
    currency: str
    query: str
    by_group: dict[str, Decimal] = field(default_factory=dict)
    rounds: int = 0
    without_amount: int = 0
    inexact: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> Decimal:
        return sum(self.by_group.values(), Decimal(0))

    @property
    def money(self) -> Money | None:
        """The sum, about so much where an amount in it is no exact number; None where none counts.

        At least so much while rounds of the quarter may still become known.
        """
        if not self.by_group:
            return None
        if self.inexact.total():
            return Money.about(self.total, self.currency)
        of = Money.at_least if self.is_incomplete else Money.exact
        return of(self.total, self.currency)

    def money_of(self, group: str) -> Money | None:
        """The sum of one group."""
        amount = self.by_group.get(group)
        return None if amount is None else money_of_sum(amount, self.inexact[group], self.currency)

    @property
    def words(self) -> str:
        """The quarter and its sum, for whoever does not see the bar."""
        values = {"quarter": self.quarter, "money": figures.money(self.money), "rounds": self.rounds}
        if self.money is None:
            words = ngettext("%(quarter)s: %(rounds)d round", "%(quarter)s: %(rounds)d rounds", self.rounds)
        else:
            words = ngettext(
                "%(quarter)s: %(money)s in %(rounds)d round",
                "%(quarter)s: %(money)s in %(rounds)d rounds",
                self.rounds,
            )
        return f"{words % values} ({gettext('incomplete')})" if self.is_incomplete else words % values


@dataclass(frozen=True, slots=True)
class History:
    """Some quarters in a row, with the sums that they were made of."""

    quarters: list[OfQuarter]
    currency: str
    rows: list[OfStage]

    @property
    def first(self) -> Quarter:
        return self.quarters[0].quarter

    @property
    def last(self) -> Quarter:
        return self.quarters[-1].quarter

    @property
    def rounds(self) -> int:
        return sum(one.rounds for one in self.quarters)

    @property
    def without_amount(self) -> int:
        return sum(one.without_amount for one in self.quarters)

    @property
    def inexact(self) -> int:
        return sum(one.inexact.total() for one in self.quarters)

    @property
    def money(self) -> Money | None:
        """The sum of all quarters."""
        total = sum((one.total for one in self.quarters), Decimal(0))
        return money_of_sum(total, self.inexact, self.currency) if total else None

    @property
    def incomplete(self) -> list[Quarter]:
        return [one.quarter for one in self.quarters if one.is_incomplete]

    @property
    def labels(self) -> list[str]:
        """The labels of all groups, from the earliest stages on."""
        return [str(label) for _css, label, _stages in reversed(GROUPS)]

    @property
    def groups(self) -> list[tuple[str, str]]:
        """The groups that some bar has, as (class, label), the earliest stages last."""
        used = {group for one in self.quarters for group in one.by_group}
        return [(css, str(label)) for css, label, _stages in GROUPS if css in used]


def history(
    rows: list[OfStage],
    currency: str,
    today: datetime.date,
    period: tuple[Quarter, Quarter] | None = None,
    others: Iterable[tuple[str, str]] = (),
) -> History:
    """The quarters of a period; without one, the twelve that end with the last one that has a round.

    The running quarter and the one before are incomplete, for rounds become known late. `others` is what the links to
    the rounds of a quarter ask for beside its dates.
    """
    running = Quarter.of(today)
    last = Quarter.of(rows[-1].quarter) if rows else running
    first, last = period or (last.shifted(1 - SHOWN), last)
    others = list(others)
    quarters = {
        quarter: OfQuarter(quarter, quarter >= running.shifted(-1), currency, query_of(quarter, quarter, others))
        for quarter in (first.shifted(number) for number in range(first.until(last)))
    }
    for row in rows:
        one = quarters[Quarter.of(row.quarter)]
        one.rounds += row.rounds
        one.without_amount += row.unstated
        if row.rounds > row.unstated:
            group = group_of(row.stage)
            one.by_group[group] = one.by_group.get(group, Decimal(0)) + row.amount
            one.inexact[group] += row.inexact
    return History(list(quarters.values()), currency, rows)


def group_of(stage: str) -> str:
    """The class of the group that a stage belongs to."""
    return next((css for css, _label, stages in GROUPS if stage in stages), OTHER)
