"""Sizes of rounds in steps, so that medians are found from counts alone. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from math import floor

STEPS = 48  # to ten times the amount: the middle of a step is within 2.5 % of every amount in it


@lru_cache(maxsize=10_000)  # rounds are of round sums
def size_of(amount: Decimal) -> int:
    """The step that an amount, in currency units and more than nothing, is in."""
    return floor(amount.log10() * STEPS)


def middle_of(size: int) -> Decimal:
    """The middle of a step, in currency units."""
    return Decimal(10) ** ((size + Decimal("0.5")) / STEPS)


def median_of(counts: Mapping[int, int]) -> Decimal | None:
    """About the median of amounts of which so many are of each size, within 2.5 %; None of no amounts."""
    seen, half = 0, sum(counts.values()) / 2
    for size in sorted(counts):
        seen += counts[size]
        if counts[size] and seen >= half:
            return middle_of(size)
    return None
