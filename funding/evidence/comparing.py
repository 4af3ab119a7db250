"""One value beside another in words: multiples, step-ups, and the part of the company that was sold."""

from django.utils.translation import gettext as _

from funding import figures, intervals
from funding.models import Valuation
from funding.models.rounds import counts_as_equity
from funding.values import Money, Multiple, from_json

from . import wording


def multiple_of(valuation: Valuation) -> Multiple | None:
    """How many times the value before it is, None where nothing says."""
    if valuation.multiple_low is None and valuation.multiple_high is None:
        return None
    return Multiple(
        valuation.multiple_low,
        valuation.multiple_high,
        valuation.multiple_low_open,
        valuation.multiple_high_open,
        valuation.multiple_is_approx,
    )


def step_up_of(valuation: Valuation) -> Multiple | None:
    """The value before the money by the one after it of the round before; None where nothing says."""
    kept = valuation.follows.get("step_up", {}).get("value")
    value = from_json(kept) if kept else None
    return value if isinstance(value, Multiple) else None


def why(valuation: Valuation, name: str) -> str:
    """Why there is no `multiple` or `step_up`, in words; empty where there is one, or nothing was looked for."""
    return str(wording.WHY.get(valuation.follows.get(name, {}).get("why", ""), ""))


def is_first(valuation: Valuation) -> bool:
    """Whether no round comes before it, so that there is nothing to compare it with."""
    return bool(valuation.follows.get("step_up", {}).get("why") == "first")


def reasons(valuation: Valuation) -> list[str]:
    """Why there is no multiple or step-up, each reason once; none for the first round."""
    if is_first(valuation):
        return []
    return [one for one in dict.fromkeys(why(valuation, name) for name in ("multiple", "step_up")) if one]


def step_up_words(valuation: Valuation) -> str:
    """`2.13× if $4.5bn is post-money, an up round`, or `undetermined: …`; empty where nothing was looked for."""
    found = step_up_of(valuation)
    if found is None:
        reason = why(valuation, "step_up")
        return _("undetermined: %(reason)s") % {"reason": reason} if reason else ""
    words = figures.multiple(found)
    if valuation.follows["step_up"]["assumes_post"]:
        words = _if_post(words, str(figures.money(valuation.money)))
    direction = intervals.direction(found)
    return ", ".join([words, *([str(wording.DIRECTIONS[direction])] if direction else [])])


def stake_words(valuation: Valuation) -> str:
    """Which part the new money bought, for either reading where the basis is not stated; empty where nothing says."""
    raised = valuation.round.raised if valuation.round else None
    if valuation.round is None or raised is None or not counts_as_equity(valuation.round.stage):
        return ""
    after = after_of(valuation)
    stake = intervals.stake_sold(raised, after)
    if stake is None:
        return ""
    if valuation.origin == Valuation.Origin.DERIVED or valuation.basis != Valuation.Basis.UNSPECIFIED:
        return figures.percent(stake)
    first = _if_post(figures.percent(stake), str(figures.money(valuation.money)))
    made = _plus(valuation.money, raised)
    other = intervals.stake_sold(raised, made)
    if other is None:
        return first
    second = _("%(figure)s if it is pre-money (%(made)s after)")
    return ", ".join([first, second % {"figure": figures.percent(other), "made": figures.in_full(made)}])


def _if_post(figure: str, value: str) -> str:
    return _("%(figure)s if %(value)s is post-money") % {"figure": figure, "value": value}


def after_of(valuation: Valuation) -> Money | None:
    """The value after the money, as narrowly as it is known; None where only one before it is."""
    kept = valuation.follows.get("post")
    if kept:
        value = from_json(kept["value"])
        assert isinstance(value, Money)
        return value
    return None if valuation.basis == Valuation.Basis.PRE else valuation.money


def _plus(before: Money, raised: Money) -> Money | None:
    """Two amounts of one currency, added; None where one is no single figure."""
    if before.low is None or raised.low is None or before.low != before.high or raised.low != raised.high:
        return None
    total = before.low + raised.low
    return Money(total, total, is_approx=before.is_approx or raised.is_approx, currency=before.currency)
