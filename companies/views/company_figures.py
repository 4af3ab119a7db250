"""The key figures of a company: what it is valued at, what it raised, and by which rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from companies.models import Company, Unicorn
from funding import charts, evidence, figures
from funding.evidence import Mark, Notes, wording
from funding.models import Round, Valuation
from funding.models.rounds import counts_as_equity, counts_in_total
from funding.recording.valuations import deciding_of, in_order
from funding.tellings import Field
from funding.values import Money, PartialDate, from_json


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure of the strip: its name, its value, its marks, and the line below that says how it is meant."""

    name: str
    value: str
    marks: list[Mark]
    second: str
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """What closed rounds raised: the sum, how many are in it, and how many it leaves out and why."""

    money: Money | None
    counted: int
    undisclosed: int
    not_stated: int
    not_converted: int


@dataclass(frozen=True, slots=True)
class Totals:
    """All that was raised, equity alone, and what a source states beyond it, all in `currency`."""

    every: Total
    equity: Total
    currency: str
    stated: Money | None
    stated_ids: list[int] = field(default_factory=list)

    @property
    def residual(self) -> Money | None:
        """How much of the stated total has no round; None where none is stated or the sum reaches it."""
        raised = self.every.money
        if self.stated is None or self.stated.low is None or raised is None or raised.high is None:
            return None
        rest = self.stated.low - raised.high
        if rest <= 0:
            return None
        is_exact = self.stated.low == self.stated.high and raised.low == raised.high
        is_approx = self.stated.is_approx or raised.is_approx or not is_exact
        return Money(rest, rest, is_approx=is_approx, currency=self.currency)


def totals(company: Company, rounds: Sequence[Round], into: str = "") -> Totals:
    """The sums of a company's closed rounds, in the reader's currency (`into`).

    Where none was chosen in their own currency if they share one, else in US dollars.
    """
    summed = [one for one in rounds if one.status == Round.Status.CLOSED and counts_in_total(one.stage)]
    raised = [(one, one.raised) for one in summed]
    currencies = {money.currency for _round, money in raised if money}
    currency = into or (currencies.pop() if len(currencies) == 1 else "USD")
    counted = [_Counted(one, money, money and evidence.in_currency(one, currency, "raised_")) for one, money in raised]
    equity = [one for one in counted if counts_as_equity(one.round.stage)]
    kept = company.resolved.get(Field.TOTAL_RAISED)
    stated = from_json(kept["value"]) if kept else None
    is_comparable = isinstance(stated, Money) and stated.currency == currency
    return Totals(
        _total(counted, currency),
        _total(equity, currency),
        currency,
        stated if isinstance(stated, Money) and is_comparable else None,
        kept["agreeing"] if kept and is_comparable else [],
    )


class _Counted(NamedTuple):
    """A round that counts in a total, what it raised, and that in the currency of the total, as far as it is known."""

    round: Round
    raised: Money | None
    converted: Money | None


def _total(counted: Sequence[_Counted], currency: str) -> Total:
    """The sum of amounts, bounds added to bounds, each at the rate of its own date."""
    known = [one for one in counted if one.raised]
    moneys = [one.converted for one in known if one.converted]
    undisclosed = sum(1 for one in counted if one.round.raised_undisclosed)
    silent = len(counted) - len(known) - undisclosed
    return Total(_sum(moneys, currency), len(moneys), undisclosed, silent, len(known) - len(moneys))


def _sum(moneys: Sequence[Money], currency: str) -> Money | None:
    if not moneys:
        return None
    low = sum((money.low or Decimal(0) for money in moneys), Decimal(0))
    highs = [money.high for money in moneys if money.high is not None]
    high = sum(highs, Decimal(0)) if len(highs) == len(moneys) else None
    low_open = any(money.low_open for money in moneys) and low != high
    high_open = any(money.high_open for money in moneys) and high is not None and low != high
    return Money(low, high, low_open, high_open, any(money.is_approx for money in moneys), currency=currency)


def strip(
    company: Company,
    raised: Totals,
    valuations: Sequence[Valuation],
    notes: Notes,
    marks: dict[int, list[Mark]],
    currency: str = "",
) -> list[KeyFigure]:
    """The key figures of a company's page, in their order; `marks` are those of each valuation.

    `currency` is the reader's, empty for amounts as they are stated.
    """
    valued = counted(valuations)
    latest = latest_of(valued)
    before = _before(latest, valued)
    return [
        _value(_("Valuation"), latest, marks, currency),
        _value(_("Value before that"), before, marks, currency),
        _multiple(latest if latest and latest.round else latest_of([one for one in valued if one.round]), notes),
        _raised(raised),
        _unicorn(company, valued, marks),
    ]


def valuations_of(rounds: Iterable[Round], lone: Iterable[Valuation]) -> list[Valuation]:
    """The valuations of rounds in their order, and those of no round after them."""
    return [*(one.valuation for one in rounds if hasattr(one, "valuation")), *lone]


def counted(valuations: Iterable[Valuation]) -> list[Valuation]:
    """Those of rounds that took place and of none, oldest first; undated ones only where there are no others."""
    return in_order(one for one in valuations if one.is_counted)


def latest_of(valued: Sequence[Valuation]) -> Valuation | None:
    """The last value that is stated; the last derived one only where none is."""
    stated = [one for one in valued if one.origin != Valuation.Origin.DERIVED]
    ordered = stated or valued
    return ordered[-1] if ordered else None


def _before(latest: Valuation | None, valued: Sequence[Valuation]) -> Valuation | None:
    at = valued.index(latest) if latest in valued else 0
    return valued[at - 1] if at and valued[at - 1].valued_on else None


def _value(name: str, valuation: Valuation | None, marks: dict[int, list[Mark]], currency: str) -> KeyFigure:
    if valuation is None:
        return KeyFigure(name, _("not known"), [], _("No source states it, and nothing follows."), True)
    shown = (evidence.in_currency(valuation, currency) if currency else None) or valuation.money
    told = standing(valuation, currency)
    return KeyFigure(name, str(figures.money(shown)), marks.get(valuation.pk, []), told)


def standing(valuation: Valuation, currency: str = "") -> str:
    """When and how a value is meant: `24 Aug 2023. Pre- or post-money not stated.`

    With the reader's currency also what it is converted from, else what it is in dollars.
    """
    parts = [f"{capfirst(figures.date(valuation.valued))}."] if valuation.valued else []
    if valuation.origin == Valuation.Origin.DERIVED:
        parts.append(f"{charts.derived_words(valuation.money).capitalize()}.")
    else:
        after = evidence.after_of(valuation) if valuation.basis == Valuation.Basis.PRE else None
        made = _("Pre-money; %(amount)s after the money.") % {"amount": figures.in_full(after)} if after else ""
        parts.append(made or str(wording.BASES[valuation.basis]))
    dollars = evidence.in_currency(valuation, currency or "USD")
    if currency and dollars and valuation.currency != currency:
        at_rate = wording.rate_of(valuation, valuation.valued)
        parts.append(_("%(amount)s, %(at_rate)s.") % {"amount": figures.money(valuation.money), "at_rate": at_rate})
    elif valuation.currency != (currency or "USD"):
        at_rate = (
            _("%(amount)s at this site's own rate.") if valuation.is_own_rate else _("%(amount)s at that day's rate.")
        )
        rate = at_rate % {"amount": figures.money(dollars)}
        parts.append(rate if dollars else _("No rate to convert it at."))
    return " ".join(parts)


def _multiple(latest: Valuation | None, notes: Notes) -> KeyFigure:
    """How many times the value before the latest is, and its step-up; or why neither is known."""
    multiple = evidence.multiple_of(latest) if latest else None
    step_up = evidence.step_up_words(latest) if latest else ""
    if latest is None or (multiple is None and evidence.step_up_of(latest) is None):
        why = evidence.why(latest, "multiple") if latest else ""
        reason = f"{why[:1].upper()}{why[1:]}." if why else _("It takes two values, or words that say it.")
        return KeyFigure(_("Multiple"), _("undetermined") if why else _("not known"), [], reason, True)
    parts = []
    if multiple:
        is_stated = latest.multiple_proof.get("is_stated")
        parts.append(_("Stated.") if is_stated else _("Computed from the two values."))
        kept = latest.round.resolved.get(Field.VALUATION_RATIO) if latest.round else None
        if kept and not is_stated:
            parts.append(_("Stated as %(multiple)s.") % {"multiple": figures.words(from_json(kept["value"]))})
    parts += [_("Step-up %(multiple)s.") % {"multiple": step_up}] if step_up else []
    marks = notes.marks(latest.multiple_proof.get("statements", []))
    value = figures.multiple(multiple) or _("undetermined")
    return KeyFigure(_("Multiple"), value, marks, " ".join(parts), not multiple)


def _raised(found: Totals) -> KeyFigure:
    every = found.every
    name = _("Raised, all types")
    if every.money is None:
        return KeyFigure(name, _("not known"), [], _left_out(every) or _("No amount is stated."), True)
    parts = [ngettext("%(count)d round", "%(count)d rounds", every.counted) % {"count": every.counted}]
    told = ", ".join([*parts, *filter(None, [_left_out(every)])])
    equity = str(figures.money(found.equity.money)) or _("not known")
    alone = (
        _("Equity alone: the same.")
        if found.equity.money == every.money
        else _("Equity alone: %(amount)s.") % {"amount": equity}
    )
    rule = Mark("∴", "#raised-rule", _("How the sum is made"), "is-proof")
    return KeyFigure(name, str(figures.money(every.money)), [rule], f"{told}. {alone}")


def _left_out(total: Total) -> str:
    parts = [
        (total.undisclosed, ngettext("%(count)d more undisclosed", "%(count)d more undisclosed", total.undisclosed)),
        (total.not_stated, _("%(count)d without an amount")),
        (total.not_converted, _("%(count)d without a rate")),
    ]
    return ", ".join(words % {"count": count} for count, words in parts if count)


def _unicorn(company: Company, valued: Sequence[Valuation], marks: dict[int, list[Mark]]) -> KeyFigure:
    """Whether the company's value is a thousand million dollars or more, since when, and whether it ever was."""
    deciding = deciding_of(valued)
    if deciding is None or not deciding.unicorn:
        return KeyFigure(_("Unicorn"), _("not known"), [], _("No value is known."), True)
    verdict = deciding.unicorn
    run = []
    for one in reversed(valued[: valued.index(deciding) + 1]):
        if one.unicorn != verdict:
            break
        run.append(one)
    at_least = _since(run[-1].valued) if run and run[-1].valued else _("At $1bn or more.")
    parts = {Unicorn.YES: [at_least],
             Unicorn.NO: [_("Below $1bn.")],
             Unicorn.UNDETERMINED: [_left_open(deciding)]}[Unicorn(verdict)]  # fmt: skip
    if verdict == Unicorn.YES:
        parts += _open_before(valued, deciding)
    elif company.was_unicorn == Unicorn.YES:
        last = next(one for one in reversed(valued) if one.unicorn == Unicorn.YES)
        told = {"when": _when(last), "amount": figures.money(last.money)}
        parts.append(_("It was one %(when)s, at %(amount)s.") % told)
    elif company.was_unicorn == Unicorn.UNDETERMINED and verdict == Unicorn.NO:
        parts.append(_("Whether it ever was one is undetermined."))
    shown = run[-1] if verdict == Unicorn.YES and run else deciding
    return KeyFigure(_("Unicorn"), str(Unicorn(verdict).label).capitalize(), marks.get(shown.pk, []), " ".join(parts))


def _since(valued: PartialDate) -> str:
    """From when the value is known to be that of a unicorn; French sets an article before a day, and only there."""
    if valued.day:
        return _("Since %(date)s, at $1bn or more.") % {"date": figures.date(valued)}
    return pgettext("month or year", "Since %(date)s, at $1bn or more.") % {"date": figures.date(valued)}


def _left_open(deciding: Valuation) -> str:
    """Which value does not say whether it is that of a unicorn, and why not."""
    told = {"amount": figures.money(deciding.money), "when": _when(deciding)}
    if evidence.in_currency(deciding, "USD") is None:
        return _("%(amount)s %(when)s has no rate to dollars.") % told
    return _("%(amount)s %(when)s may lie on either side of $1bn.") % told


def _open_before(valued: Sequence[Valuation], deciding: Valuation) -> list[str]:
    """Since when it may have been one already."""
    open_ones = [one for one in valued if one.unicorn == Unicorn.UNDETERMINED and one is not deciding]
    return [_("Undetermined %(when)s.") % {"when": _when(open_ones[-1])}] if open_ones else []


def _when(valuation: Valuation) -> str:
    if valuation.valued:
        return figures.when(valuation.valued)
    return _("in an undated round") if valuation.round else _("without a date")


def rule_of(found: Totals) -> list[str]:
    """How the totals are made, in sentences."""
    every = found.every
    if every.money is None:
        return []
    told = {"amount": figures.money(every.money), "count": every.counted}
    made = ngettext(
        "%(amount)s is the sum of %(count)d closed round",
        "%(amount)s is the sum of %(count)d closed rounds",
        every.counted,
    )
    between = f"{pgettext('between two parts', ';')} "
    parts = [f"{between.join([made % told, *filter(None, [_left_out(every)])])}."]
    if found.currency == "USD":
        parts.append(_("All types but secondary sales, each at the rate of its own date."))
    else:
        parts.append(_("All types but secondary sales, all in their own currency."))
    equity = found.equity.money
    if equity == every.money:
        parts.append(_("Equity alone is the same."))
    elif equity is not None:
        told = {"amount": figures.money(equity), "count": found.equity.counted}
        parts.append(_("Equity alone, without debt and grants: %(amount)s in %(count)d.") % told)
    return parts
