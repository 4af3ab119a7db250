"""Several companies beside each other: what each was valued at, or had raised, by date or by years since founding."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from companies.models import Company
from funding import evidence, figures
from funding.models import Round, Valuation
from funding.models.rounds import counts_in_total
from funding.values import Money, PartialDate

from .history import SCALES, UnknownChoice, derived_words, middle

MOST: Final = 8  # as many as there are series that can be told apart
VALUATION, RAISED = "valuation", "raised"
DATE, FOUNDING = "date", "founding"
MEASURES: Final = {VALUATION: gettext_lazy("Valuation"), RAISED: gettext_lazy("Raised to date")}
AXES: Final = {DATE: gettext_lazy("Date"), FOUNDING: gettext_lazy("Years since founding")}
CURRENCIES: Final = {"USD": "USD", "EUR": "EUR", "GBP": "GBP"}  # those that are stored with each amount
DAYS_A_YEAR: Final = 365.25


@dataclass(frozen=True, slots=True)
class View:
    """How a comparison is asked for. Raises UnknownChoice, which says what there is."""

    show: str = VALUATION
    by: str = DATE
    scale: str = "linear"
    currency: str = "USD"

    def __post_init__(self) -> None:
        choices: tuple[tuple[str, Iterable[str]], ...] = (
            (self.show, MEASURES), (self.by, AXES), (self.scale, SCALES), (self.currency, CURRENCIES)
        )  # fmt: skip
        for asked, known in choices:
            if asked not in known:
                told = {"asked": asked[:20], "known": ", ".join(known)}
                raise UnknownChoice(_("“%(asked)s” is no choice of this chart; it has %(known)s.") % told)


@dataclass(frozen=True, slots=True)
class Point:
    """One value of one company, in the comparison's currency and as it is stated; a sum is stated by nobody.

    `native` is the value, or for a sum what the round added to it; a value may be of no round.
    """

    on: PartialDate
    money: Money
    native: Money
    round: Round | None
    valuation: Valuation | None = None

    @property
    def key(self) -> str:
        """What the mark in the picture and the row of the table are both called by."""
        if self.valuation:
            return f"valuation-{self.valuation.pk}"
        return f"round-{self.round.pk}" if self.round else ""

    @property
    def is_full(self) -> bool:
        """Whether its mark is filled: a sum, or a stated value after the money."""
        one = self.valuation
        if one is None:
            return True
        return one.origin != Valuation.Origin.DERIVED and one.basis == "post" and not one.is_secondary

    @property
    def standing(self) -> str:
        """What kind of value it is: `post-money`, `derived, both ends excluded`, `secondary sale`."""
        if self.valuation is None:
            return ""
        if self.valuation.origin == Valuation.Origin.DERIVED:
            return derived_words(self.native)
        if self.valuation.is_secondary:
            return _("secondary sale")
        return str(self.valuation.get_basis_display())


@dataclass(slots=True)
class Line:
    """One company in the picture: `number` from 1 chooses its colour and marker. Points are oldest first."""

    number: int
    company: Company
    points: list[Point] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def founded(self) -> PartialDate | None:
        """When the company was founded, at its precision."""
        of = self.company
        return PartialDate.of(of.founded_on, of.founded_precision) if of.founded_on else None

    def years(self, day: datetime.date, founded_on: datetime.date | None = None) -> float:
        """Years to a day from the founding, to two places; negative before it.

        They count from `founded_on`, or else from the middle of what the founding date can mean.
        """
        assert self.founded is not None
        return round((day - (founded_on or middle(self.founded))).days / DAYS_A_YEAR, 2)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that the chart shows. `lines` are of all companies, `drawn` of those that the picture can hold."""

    view: View
    lines: list[Line]
    today: datetime.date

    @property
    def drawn(self) -> list[Line]:
        """The lines with a point, and by years only those whose founding date is known."""
        is_placed = self.view.by == DATE
        return [line for line in self.lines if line.points and (is_placed or line.founded)]

    @property
    def notes(self) -> list[str]:
        """What the picture leaves out, in sentences, and from when years are counted."""
        found = [note for line in self.lines for note in line.notes]
        if self.view.by == FOUNDING:
            unknown = [line.company.name for line in self.lines if not line.founded]
            found += [_("Left out, for no source says when it was founded: %(name)s.") % {"name": name}
                      for name in unknown]  # fmt: skip
            if any(line.founded and line.founded.precision != "day" for line in self.drawn):
                found.append(_("Where only the year or month of the founding is known, years count from its middle."))
        return found

    @property
    def title(self) -> str:
        """What the picture is of."""
        told = {"names": ", ".join(line.company.name for line in self.drawn), "currency": self.view.currency}
        if self.view.show == RAISED:
            return _("Raised to date by %(names)s, %(currency)s") % told
        return _("Valuation of %(names)s, %(currency)s") % told

    @property
    def description(self) -> str:
        """The picture in words, for those who cannot see it."""
        told = []
        between = pgettext("between two parts", ";") + " "
        for line in self.drawn:
            values = between.join(f"{figures.money(point.money)}, {figures.date(point.on)}" for point in line.points)
            told.append(f"{line.company.name}: {values}.")
        return " ".join(told)


def build(
    companies: Sequence[Company],
    rounds: Mapping[int, Sequence[Round]],
    lone: Mapping[int, Sequence[Valuation]],
    view: View,
    today: datetime.date,
) -> Comparison:
    """The comparison that a view asks for.

    `rounds` are those of each company by its id, with their valuations, `lone` its valuations of no round.
    """
    lines = []
    for number, company in enumerate(companies, 1):
        line = Line(number, company)
        # What did not take place, or may not have, was no value; the pages of the companies have it.
        closed = [one for one in rounds.get(company.pk, ()) if one.status == Round.Status.CLOSED]
        if view.show == VALUATION:
            valued = [one.valuation for one in closed if hasattr(one, "valuation")]
            _valued(line, [*valued, *lone.get(company.pk, ())], view.currency)
        else:
            _raised(line, closed, view.currency)
        line.points.sort(key=lambda point: (point.on.first_day, point.round.pk if point.round else 0, point.key))
        lines.append(line)
    return Comparison(view, lines, today)


def _valued(line: Line, valuations: Iterable[Valuation], currency: str) -> None:
    """The values of a company that have a date and a rate."""
    undated = without_rate = 0
    for one in valuations:
        money = evidence.in_currency(one, currency)
        if one.valued is None:
            undated += 1
        elif money is None:
            without_rate += 1
        else:
            line.points.append(Point(one.valued, money, one.money, one.round, one))
    name = line.company.name
    if undated:
        line.notes.append(ngettext("%(name)s: %(n)d value without a date is not drawn.",
                                   "%(name)s: %(n)d values without a date are not drawn.", undated)
                          % {"name": name, "n": undated})  # fmt: skip
    if without_rate:
        line.notes.append(ngettext("%(name)s: no rate of its date is held for %(n)d value, which is not drawn.",
                                   "%(name)s: no rates of their dates are held for %(n)d values, which are not drawn.",
                                   without_rate) % {"name": name, "n": without_rate})  # fmt: skip


def _raised(line: Line, rounds: Iterable[Round], currency: str) -> None:
    """The sum of a company's rounds after each of them, all stages that count in a total."""
    counted = [one for one in rounds if counts_in_total(one.stage)]
    dated = [one for one in counted if one.announced_on]
    total: Money | None = None
    added = 0
    for one in sorted(dated, key=lambda one: (one.announced_on, one.pk)):
        amount, native, on = evidence.in_currency(one, currency, "raised_"), one.raised, one.announced
        if amount is None or native is None or on is None:
            continue
        total = amount if total is None else plus(total, amount)
        added += 1
        line.points.append(Point(on, total, native, one))
    left_out = len(counted) - added
    if left_out:
        line.notes.append(ngettext("%(name)s: %(n)d closed round without a date, an amount or a rate is in no sum.",
                                   "%(name)s: %(n)d closed rounds without a date, an amount or a rate are in no sum.",
                                   left_out) % {"name": line.company.name, "n": left_out})  # fmt: skip


def plus(one: Money, other: Money) -> Money:
    """The sum of two amounts of one currency, as exactly as both are known: ends are added to ends.

    An amount of which only the most is known adds nothing to the lower end.
    """
    low = (one.low or Decimal(0)) + (other.low or Decimal(0))
    high = None if one.high is None or other.high is None else one.high + other.high
    is_point = low == high
    return Money(
        low,
        high,
        (one.low_open or other.low_open) and not is_point,
        high is not None and (one.high_open or other.high_open) and not is_point,
        one.is_approx or other.is_approx,
        currency=one.currency,
    )
