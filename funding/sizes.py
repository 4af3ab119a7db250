"""Sizes of rounds in steps, so that medians are found from counts alone. Pure."""

from bisect import bisect_left
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate
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
    """About the median of amounts of which so many are of each size, within 2.5 %; None of no amounts.

    Of an even number it is the middle between the two amounts in the middle.
    """
    steps = sorted(counts)
    seen = list(accumulate(counts[step] for step in steps))
    if not seen or not seen[-1]:
        return None
    lower, upper = (middle_of(steps[bisect_left(seen, place)]) for place in ((seen[-1] + 1) // 2, seen[-1] // 2 + 1))
    return (lower + upper) / 2
