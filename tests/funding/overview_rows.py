"""Rows of the sums, made as they are: for tests of what reads them."""

import datetime
from typing import Any

from funding.models import RoundSize, RoundTotal
from funding.models.totals import ANY, ANY_SECTOR


def make_cell(
    quarter: datetime.date, stage: str = "seed", country: str = ANY, sector: int = ANY_SECTOR, **sums: Any
) -> RoundTotal:
    """One row of the sums of a cell, nothing in it unless given."""
    held = {"rounds": 0, "unstated": 0, "inexact": 0, "usd": 0, "eur": 0, "gbp": 0} | sums
    return RoundTotal.objects.create(quarter=quarter, stage=stage, country=country, sector=sector, **held)


def make_size(quarter: datetime.date, size: int, rounds: int, stage: str = "seed", **cell: Any) -> RoundSize:
    """So many rounds of one size."""
    cell = {"country": ANY, "sector": ANY_SECTOR} | cell
    return RoundSize.objects.create(quarter=quarter, stage=stage, size=size, rounds=rounds, **cell)
