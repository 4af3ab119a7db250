"""Sums kept beside the rounds, so that a page over a million companies costs what one over a few costs.

All of them follow the rounds in the same transaction (`funding.recording.totals`). Of rounds only live and closed ones
count.
"""

from django.db import models
from django.db.models import F

from companies.models import Company, Investor, precision_field
from config.records import Record

from .rounds import Round

ANY = "*"  # every country, those of unknown country with them
ANY_SECTOR, NO_SECTOR = 0, -1


class Cell(models.Model):
    """What falls into one quarter, stage, country and sector.

    Rows are additive: one cell may have several, some of them negative, so that writers never wait for each other. A
    round is in the cells of its country and of `ANY`, and of each sector and of `ANY_SECTOR`.
    """

    quarter = models.DateField()  # its first day
    stage = models.CharField(max_length=24, blank=True)
    country = models.CharField(max_length=2, blank=True)
    sector = models.IntegerField()

    class Meta:
        abstract = True


class RoundTotal(Cell):
    """How many rounds a cell has, how many of them without an amount, and their sums at the rates of their days.

    `inexact` of the amounts are no exact numbers: bounds, ranges and what its source calls approximate.
    """

    rounds = models.IntegerField()
    unstated = models.IntegerField()
    inexact = models.IntegerField(default=0, db_default=0)
    usd = models.DecimalField(max_digits=22, decimal_places=2)
    eur = models.DecimalField(max_digits=22, decimal_places=2)
    gbp = models.DecimalField(max_digits=22, decimal_places=2)

    class Meta:
        # All that a sum needs is in the index, for its rows lie far apart in the table.
        indexes = [
            models.Index(
                "country", "sector", "quarter", name="round_total_sums",
                include=["stage", "rounds", "unstated", "inexact", "usd", "eur", "gbp"],
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.rounds} rounds of {self.quarter}"


class RoundSize(Cell):
    """How many rounds of a cell are of one size: `funding.sizes` has the steps, by which medians are found."""

    size = models.SmallIntegerField()
    rounds = models.IntegerField()

    class Meta:
        indexes = [
            # A cell is found by all that it is of: a quarter of all countries has thousands.
            models.Index("country", "sector", "quarter", "stage", "size", name="round_size_sums", include=["rounds"])
        ]

    def __str__(self) -> str:
        return f"{self.rounds} rounds of {self.quarter}"


class Investment(Record):
    """An investor's engagement in one company: the closed rounds it took part in, from the first to the last."""

    investor = models.ForeignKey(Investor, models.CASCADE, related_name="investments")
    company = models.ForeignKey(Company, models.CASCADE, related_name="investments")
    rounds = models.PositiveIntegerField()
    led = models.PositiveIntegerField()
    entry = models.ForeignKey(Round, models.CASCADE, related_name="+")  # the first of them
    first_on = models.DateField(null=True, blank=True)
    first_precision = precision_field()
    last_on = models.DateField(null=True, blank=True)
    last_precision = precision_field()

    class Meta:
        constraints = [models.UniqueConstraint("investor", "company", name="investment_once")]
        indexes = [
            models.Index("investor", F("last_on").desc(nulls_last=True), F("id").desc(), name="investment_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.investor} in {self.company}"


class InvestorTotal(Record):
    """How many closed rounds of one year (0 where undated) and stage an investor took part in, and led."""

    investor = models.ForeignKey(Investor, models.CASCADE, related_name="totals")
    year = models.SmallIntegerField()
    stage = models.CharField(max_length=24, blank=True)
    rounds = models.IntegerField()
    led = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("investor", "year", "stage", name="investor_total_once")]
        indexes = [models.Index("investor", "stage", name="investor_total_by_stage", include=["rounds", "led"])]

    def __str__(self) -> str:
        return f"{self.rounds} rounds of {self.investor} in {self.year}"
