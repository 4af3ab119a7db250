"""The arithmetic of a round: the value before and the money raised make the value after. Pure."""

from decimal import Decimal

from funding.values import Money


def makes(before: Money | None, raised: Money | None) -> Money | None:
    """Pre-money and the amount raised, added; None where one is missing or their currencies differ."""
    if before is None or raised is None or before.currency != raised.currency:
        return None
    low, high = _plus(before.low, raised.low), _plus(before.high, raised.high)
    if low is None and high is None:
        return None
    return Money(
        low,
        high,
        low is not None and (before.low_open or raised.low_open),
        high is not None and (before.high_open or raised.high_open),
        before.is_approx or raised.is_approx,
        currency=before.currency,
    )


def adds_up(before: Money | None, raised: Money | None, after: Money | None) -> bool:
    """Whether some reading of the three figures, each rounded as it is given, adds up; so where one is missing."""
    if before is None or raised is None or after is None or not before.currency == raised.currency == after.currency:
        return True
    (a_low, a_high, *_), (b_low, b_high, *_) = before.admits(), raised.admits()
    low, high, *_ = after.admits()
    least, most = _plus(a_low, b_low), _plus(a_high, b_high)
    is_below = high is not None and least is not None and least > high
    is_above = low is not None and most is not None and most < low
    return not (is_below or is_above)


def falls_short(raised: Money | None, after: Money | None) -> bool:
    """Whether the value after the money is surely no more than the money itself."""
    if raised is None or after is None or raised.currency != after.currency:
        return False
    return raised.low is not None and after.high is not None and not after.is_approx and after.high <= raised.low


def _plus(a: Decimal | None, b: Decimal | None) -> Decimal | None:
    return None if a is None or b is None else a + b
