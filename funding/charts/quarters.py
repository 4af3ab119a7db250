"""Money raised per quarter and group of stages, as sums."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.db.models import Case, Count, DateField, F, Q, Sum, Value, When
from django.db.models.functions import TruncQuarter

from funding.models import Round, Stage
from funding.models.rounds import counts_in_total
from funding.values import Money

SHOWN: Final = 12
# From the bottom of a bar to its top: the class that colours it, the label, the stages.
GROUPS: Final = (
    ("stage-5", "growth, private equity", {Stage.GROWTH, Stage.PRIVATE_EQUITY, Stage.PRE_IPO}),
    (
        "stage-4",
        "Series C and later",
        {Stage(f"series_{letter}") for letter in "cdefghij"},
    ),
    ("stage-3", "Series B", {Stage.SERIES_B}),
    ("stage-2", "Series A", {Stage.SERIES_A, Stage.PRE_SERIES_A}),
    ("stage-1", "pre-seed, seed, angel", {Stage.PRE_SEED, Stage.SEED, Stage.ANGEL}),
    ("stage-other", "other, or not stated", set()),
)
OTHER: Final = "stage-other"
COUNTED: Final = [stage for stage in ["", *Stage.values] if counts_in_total(stage)]


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year, `number` from 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: datetime.date) -> "Quarter":
        return cls(day.year, (day.month + 2) // 3)

    def __str__(self) -> str:
        return f"Q{self.number} {self.year}"

    def shifted(self, quarters: int) -> "Quarter":
        """So many quarters later, or earlier."""
        at = self.year * 4 + self.number - 1 + quarters
        return Quarter(at // 4, at % 4 + 1)

    @property
    def first_day(self) -> datetime.date:
        return datetime.date(self.year, self.number * 3 - 2, 1)

    @property
    def query(self) -> str:
        """The filter of the list of rounds that leaves those of the quarter."""
        return f"since={self.first_day:%Y-%m}&until={self.year}-{self.number * 3:02d}&status=closed"


@dataclass(slots=True)
class OfQuarter:
    """The rounds of one quarter: their sum in US dollars by group, how many, and how many are in no sum."""

    quarter: Quarter
    is_incomplete: bool
    by_group: dict[str, Decimal] = field(default_factory=dict)
    rounds: int = 0
    without_amount: int = 0
    without_rate: int = 0

    @property
    def total(self) -> Decimal:
        return sum(self.by_group.values(), Decimal(0))

    @property
    def money(self) -> Money | None:
        """The sum; at least so much while rounds of the quarter may still become known; None where none counts."""
        if not self.by_group:
            return None
        return Money.at_least(self.total, "USD") if self.is_incomplete else Money.exact(self.total, "USD")


@dataclass(frozen=True, slots=True)
class History:
    """Some quarters in a row, and how many rounds are in none because no source dates them exactly enough."""

    quarters: list[OfQuarter]
    without_quarter: int

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
    def without_rate(self) -> int:
        return sum(one.without_rate for one in self.quarters)

    @property
    def money(self) -> Money | None:
        """The sum of all quarters."""
        total = sum((one.total for one in self.quarters), Decimal(0))
        return Money.exact(total, "USD") if total else None

    @property
    def incomplete(self) -> list[Quarter]:
        return [one.quarter for one in self.quarters if one.is_incomplete]

    @property
    def groups(self) -> list[tuple[str, str]]:
        """The groups that some bar has, as (class, label), the earliest stages last."""
        used = {group for one in self.quarters for group in one.by_group}
        return [(css, label) for css, label, _ in GROUPS if css in used]


def raised_per_quarter(newest: datetime.date, today: datetime.date) -> History:
    """The quarters up to that of the newest round, from one query.

    Closed rounds whose stage counts in a total, dated to the month at least. The running quarter and the one before
    are incomplete, for rounds become known late.
    """
    last = min(Quarter.of(newest), Quarter.of(today))
    first = last.shifted(1 - SHOWN)
    running = Quarter.of(today)
    quarters = {
        quarter: OfQuarter(quarter, quarter >= running.shifted(-1))
        for quarter in (first.shifted(number) for number in range(SHOWN))
    }
    without_quarter = 0
    for row in _sums(first.first_day, last.shifted(1).first_day):
        if row["quarter"] is None:
            without_quarter += row["rounds"]
            continue
        one = quarters[Quarter.of(row["quarter"])]
        one.rounds += row["rounds"]
        one.without_amount += row["rounds"] - row["with_amount"]
        one.without_rate += row["with_amount"] - row["with_dollars"]
        if row["dollars"] is not None:
            group = group_of(row["stage"])
            one.by_group[group] = one.by_group.get(group, Decimal(0)) + row["dollars"]
    return History(list(quarters.values()), without_quarter)


def _sums(first: datetime.date, end: datetime.date):  # type: ignore[no-untyped-def]
    counted = Round.objects.live().filter(status=Round.Status.CLOSED, stage__in=COUNTED)
    within = counted.filter(Q(announced_on__gte=first, announced_on__lt=end) | Q(announced_on=None))
    placed = Case(
        When(announced_precision="year", then=Value(None)),
        default=TruncQuarter("announced_on"),
        output_field=DateField(),
    )
    has_amount = Q(raised_low__isnull=False) | Q(raised_high__isnull=False)
    return within.values("stage", quarter=placed).annotate(
        rounds=Count("pk"),
        with_amount=Count("pk", filter=has_amount),
        with_dollars=Count("pk", filter=Q(raised_usd__isnull=False)),
        dollars=Sum(F("raised_usd")),
    )


def group_of(stage: str) -> str:
    """The class of the group that a stage belongs to."""
    return next((css for css, _, stages in GROUPS if stage in stages), OTHER)
