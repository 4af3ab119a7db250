"""What an entry makes beside what we hold: the sum, the multiple of the last value, the stake sold, the total."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from companies.models import Company
from funding.models import Round, Valuation
from funding.models.rounds import counts_as_equity, counts_in_total
from funding.rates import Conversion, Rates
from funding.values import Money, Multiple, PartialDate

from .sums import adds_up, makes


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures beside the form; each is None where what is entered, or held, does not give it.

    `after` is the value after the round, as entered or as the sum makes it; `total_with` is in US dollars.
    """

    makes: Money | None
    adds_up: bool
    after: Money | None
    in_dollars: Money | None
    rate: Conversion | None
    last: Valuation | None
    multiple: Multiple | None
    stake: Decimal | None
    total: Money | None
    total_with: Money | None


def standing(
    before: Money | None,
    raised: Money | None,
    after: Money | None,
    *,
    stage: str,
    on: PartialDate | None,
    company: Company | None,
    rounds: Sequence[Round],
) -> Standing:
    """Hold what is entered against each other and against the company's rounds, newest first."""
    made = makes(before, raised)
    reached = after or made
    last = _last(rounds, on)
    dollars, rate = None, None
    if raised and raised.currency != "USD":
        rates = Rates()
        dollars, rate = rates.convert(raised, "USD", on), rates.between(raised.currency, "USD", on)
    total = Money.exact(company.raised_usd, "USD") if company and company.raised_usd else None
    new = dollars or (raised if raised and raised.currency == "USD" else None)
    return Standing(
        makes=made,
        adds_up=adds_up(before, raised, after),
        after=reached,
        in_dollars=dollars,
        rate=rate,
        last=last,
        multiple=_multiple(reached, last),
        stake=_stake(raised, reached) if counts_as_equity(stage) else None,
        total=total,
        total_with=makes(total, new) if new and counts_in_total(stage) else None,
    )


def _last(rounds: Sequence[Round], on: PartialDate | None) -> Valuation | None:
    """The valuation of the newest round before the one entered, where it has one."""
    for one in rounds:
        valuation = getattr(one, "valuation", None)
        is_earlier = on is None or (one.announced is not None and one.announced.last_day < on.first_day)
        if valuation and is_earlier:
            return valuation
    return None


def _multiple(after: Money | None, last: Valuation | None) -> Multiple | None:
    """How many times the last value the new one is, where both are exact, after the money, and of one currency."""
    if after is None or last is None or last.basis == Valuation.Basis.PRE:
        return None
    was = last.money
    if not (after.is_exact and was.is_exact and after.currency == was.currency and was.low and after.low):
        return None
    times = round(after.low / was.low, 2)
    return Multiple(times, times)


def _stake(raised: Money | None, after: Money | None) -> Decimal | None:
    """The share that the new money buys, in per cent, where both figures are exact."""
    if not (raised and after and raised.is_exact and after.is_exact and raised.currency == after.currency):
        return None
    if not (raised.low and after.low and raised.low < after.low):
        return None
    return round(raised.low / after.low * 100, 1)
