"""Amounts of the records of a page in any currency that there are rates of, where none is stored in it."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from config import currencies
from funding import figures, rates
from funding.rates import Rates
from funding.values import Money, PartialDate

from . import wording


class UnknownCurrency(ValueError):
    """A currency that there are no rates of; the text says of which there are."""


def asked_of(request: HttpRequest) -> str:
    """The currency of a record's page: that of the address, else the reader's; empty where neither says one."""
    asked = request.GET.get(currencies.PARAMETER, "").strip()
    if not asked or asked in currencies.CHOICES:
        return asked or currencies.of_reader(request)
    return asked[:20].upper()


def put_beside(rows: Iterable[tuple[Any, str]], into: str) -> None:
    """Give rounds (with the prefix `raised_`) and valuations (with none) their amount in a currency, as if stored.

    With it goes the day of the rate. Nothing is saved, and in a stored currency nothing is done. Raises
    UnknownCurrency.
    """
    if not into or into in currencies.CHOICES:
        return
    dated: list[tuple[Any, str, Money, PartialDate]] = []
    for one, prefix in rows:
        money: Money | None = getattr(one, prefix.removesuffix("_") or "money")
        on = one.announced if prefix else one.valued
        if money and on:
            dated.append((one, prefix, money, on))
    table = _read([(money, on) for _one, _prefix, money, on in dated], into)
    for one, prefix, money, on in dated:
        rate, middle = table.between(money.currency, into, on), money.middle
        if rate and middle is not None:
            setattr(one, f"{prefix}{into.lower()}", middle * rate.rate)
            if money.currency != into:
                one.rate_on, one.is_own_rate = rate.on, rate.is_own


def _read(dated: Iterable[tuple[Money, PartialDate]], into: str) -> Rates:
    """The rates that bring amounts of dates into a currency. Raises UnknownCurrency."""
    table = Rates()
    if not table.read(((code, on) for money, on in dated for code in (money.currency, into)), into):
        known = {*currencies.STORED, *rates.currencies()}
        told = {"value": into, "known": ", ".join(sorted(known))}
        raise UnknownCurrency(_("There are no rates of “%(value)s”; there are of: %(known)s.") % told)
    return table


@dataclass(frozen=True, slots=True)
class Rated:
    """The day of a rate and whose it is, as `wording.rate_of` reads them of a record."""

    rate_on: datetime.date
    is_own_rate: bool


def in_words(moneys: Mapping[str, Money], into: str, on: PartialDate | None) -> dict[str, str]:
    """What amounts of one date are in another currency, with the rate; those that are of that currency left out.

    Raises UnknownCurrency.
    """
    foreign = {name: money for name, money in moneys.items() if money.currency != into}
    table = _read([(money, on) for money in foreign.values()] if on else [], into)
    found = {}
    for name, money in foreign.items():
        amount, rate = table.convert(money, into, on), table.between(money.currency, into, on)
        if amount is None or rate is None:
            found[name] = _("Not converted: no reference rate of that date is held.")
        else:
            at_rate = wording.rate_of(Rated(rate.on, rate.is_own), on)
            found[name] = _("%(amount)s %(at_rate)s.") % {"amount": figures.money(amount), "at_rate": at_rate}
    return found
