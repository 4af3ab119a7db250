"""A company's valuations as a chart needs them: what is drawn, in which currency, and what cannot be."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from funding import evidence, figures
from funding.evidence import Mark, Notes
from funding.models import Round, Valuation
from funding.values import Money, PartialDate

AS_STATED = "as_stated"
CURRENCIES = {"USD": "USD", "EUR": "EUR", "GBP": "GBP", AS_STATED: gettext_lazy("as stated")}
SCALES = {"linear": gettext_lazy("Linear"), "log": gettext_lazy("Log")}


class UnknownChoice(ValueError):
    """A scale or currency that no chart has; the text says which there are."""


@dataclass(frozen=True, slots=True)
class View:
    """How the chart is asked for: `linear` or `log`, and the currency.

    A currency that is not stored may be `also` asked for where its amounts were put beside the records.
    """

    scale: str = "linear"
    currency: str = "USD"
    also: str = ""

    def __post_init__(self) -> None:
        if self.scale not in SCALES:
            told = {"choice": self.scale[:20]}
            raise UnknownChoice(_("“%(choice)s” is no scale of this chart; it has linear and log.") % told)
        if self.currency not in CURRENCIES and self.currency != self.also:
            told = {"choice": self.currency[:20]}
            raise UnknownChoice(
                _("“%(choice)s” is no currency of this chart; it has USD, EUR, GBP and as_stated.") % told
            )


@dataclass(frozen=True, slots=True)
class Other:
    """What another source says of the same value, where that is another figure than the one shown."""

    money: Money
    publisher: str


@dataclass(frozen=True)
class Point:
    """One valuation, of a round or of none, `money` in the chart's currency; None where there is no rate for it."""

    id: int
    on: PartialDate | None
    native: Money
    money: Money | None
    basis: str
    is_derived: bool
    is_secondary: bool
    is_counted: bool
    round: Round | None
    multiple: str
    step_up: str
    why: list[str]  # why there is no multiple or step-up
    is_first: bool  # whether no round before it is known
    marks: list[Mark]
    others: list[Other] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The name of its evidence panel."""
        return f"valuation-{self.id}"

    @property
    def is_drawn(self) -> bool:
        """Whether it has a place in the picture: a date, an amount in its currency, and it counts."""
        return self.on is not None and self.money is not None and self.is_counted

    @property
    def shown(self) -> Money:
        """The value in the chart's currency; as it was stated where it cannot be converted."""
        return self.money or self.native

    @cached_property
    def middle(self) -> datetime.date:
        """Where its mark stands. Only of one with a date."""
        assert self.on is not None
        return middle(self.on)

    @cached_property
    def words(self) -> str:
        """The value as the chart shows it."""
        return str(figures.money(self.shown))

    @cached_property
    def standing(self) -> str:
        """What kind of value it is: `derived, both ends excluded`, `post-money`, `basis not stated`."""
        if self.is_derived:
            return derived_words(self.native)
        if self.is_secondary:
            return _("secondary sale")
        return str(Valuation.Basis(self.basis).label)


@dataclass(frozen=True)
class OnRail:
    """A round on the rail below the chart: where it stands, and what is said of it besides its name."""

    label: str
    on: PartialDate
    middle: datetime.date
    lines: list[str]

    @cached_property
    def clipped(self) -> list[str]:
        """Its name and lines as they stand below its mark."""
        return [clipped(line, 24) for line in (self.label, *self.lines)]


@dataclass(frozen=True)
class History:
    """Everything that the chart of one company shows. `points` are oldest first, `rounds` those of the rail below."""

    company: str
    view: View
    currency: str
    points: list[Point]
    rounds: list[Round]
    leads: dict[int, list[str]]
    today: datetime.date
    notes: list[str]

    @cached_property
    def drawn(self) -> list[Point]:
        """The points of the picture."""
        return [point for point in self.points if point.is_drawn]

    @property
    def steps(self) -> Iterator[tuple[Point, Point | None]]:
        """Each point of the picture with the one that its value is held until."""
        return zip(self.drawn, [*self.drawn[1:], None], strict=True)

    @cached_property
    def lines(self) -> dict[int, list[str]]:
        """The lines under the value of each point of the picture, by its id."""
        return {
            point.id: point_lines(point, self.leads.get(point.round.pk, []) if point.round else [])
            for point in self.drawn
        }

    @cached_property
    def rail(self) -> list[OnRail]:
        """The rounds below the picture, oldest first."""
        dated = ((one, one.announced) for one in self.rounds)
        return [OnRail(one.label, on, middle(on), self._rail_lines(one)) for one, on in dated if on]

    def _rail_lines(self, one: Round) -> list[str]:
        leads = self.leads.get(one.pk, [])
        return [raised_words(one) or _("amount not stated"), *([f"★ {', '.join(leads)}"] if leads else [])]

    @property
    def description(self) -> str:
        """The picture in one sentence, for those who cannot see it."""
        told = [
            _("%(amount)s %(when)s, %(kind)s")
            % {"amount": point.words, "when": figures.when(point.on), "kind": point.standing}
            for point in self.drawn
            if point.on
        ]
        return f"{'; '.join(told)}." if told else _("No value is drawn.")


def middle(on: PartialDate) -> datetime.date:
    """The middle of what a date can mean, where its mark stands."""
    first = on.first_day
    return first if on.day else first + (on.last_day - first) / 2


def clipped(text: str, length: int) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def derived_words(money: Money) -> str:
    """What is to be known of the ends of a derived interval."""
    if money.low is not None and money.low == money.high:
        return _("derived")
    if money.low is None or money.high is None:
        return _("derived")
    ends = {(True, True): _("derived, both ends excluded"), (False, False): _("derived, both ends included")}
    return ends.get((money.low_open, money.high_open), _("derived, one end excluded"))


def build(
    company: str,
    valuations: Sequence[Valuation],
    rounds: Sequence[Round],
    leads: dict[int, list[str]],
    notes: Notes,
    view: View,
    today: datetime.date,
    marks: Mapping[int, list[Mark]],
) -> History:
    """The history that a view asks for. `leads` are names by round, `marks` those of each valuation."""
    currency, said = _axis_currency(valuations, view)
    points = [_point(one, currency, notes, marks.get(one.pk, [])) for one in valuations]
    points.sort(key=lambda point: (point.on is None, point.on.first_day if point.on else today, point.id))
    dated = [one for one in rounds if one.announced_on and one.status == Round.Status.CLOSED]
    said += _left_out(points)
    undated = sum(1 for one in rounds if not one.announced_on)
    missing = ngettext(
        "%(count)d round without a date is not drawn.", "%(count)d rounds without a date are not drawn.", undated
    )
    said += [missing % {"count": undated}] if undated else []
    ordered = sorted(dated, key=lambda one: (one.announced_on, one.pk))
    return History(company, view, currency, points, ordered, leads, today, said)


def _axis_currency(valuations: Iterable[Valuation], view: View) -> tuple[str, list[str]]:
    """The one currency of the axis; amounts of several cannot stand on one axis as they are stated."""
    if view.currency != AS_STATED:
        return view.currency, []
    stated = sorted({one.currency for one in valuations})
    if len(stated) == 1:
        return stated[0], []
    if not stated:
        return "USD", []
    words = _(
        "Values stated in %(currencies)s and %(last)s cannot share an axis: drawn in USD, as stated in the table."
    )
    return "USD", [words % {"currencies": ", ".join(stated[:-1]), "last": stated[-1]}]


def _left_out(points: Iterable[Point]) -> list[str]:
    """What the picture cannot show, in words."""
    found = []
    without = [point for point in points if point.money is None]
    if without:
        values = ", ".join(str(figures.money(point.native)) for point in without)
        words = _("No reference rate of its date is held for %(amounts)s: not drawn, as stated in the table.")
        found.append(words % {"amounts": values})
    uncounted = [point for point in points if not point.is_counted]
    if uncounted:
        values = ", ".join(f"{point.words} ({point.round.get_status_display()})" for point in uncounted if point.round)
        words = _("Not drawn, for the round did not take place or is a rumour: %(amounts)s.")
        found.append(words % {"amounts": values})
    return found


def _point(one: Valuation, currency: str, notes: Notes, marks: list[Mark]) -> Point:
    kept = one.kept
    others = [
        Other(money, evidence.publisher(said.mention.source))
        for said in notes.held([*kept.get("agreeing", []), *kept.get("differing", [])])
        if isinstance(said.said, Money) and said.said != one.money
        for money in [_converted(said.said, one, currency)]
        if money
    ]
    return Point(
        id=one.pk,
        on=one.valued,
        native=one.money,
        money=evidence.in_currency(one, currency),
        basis=one.basis,
        is_derived=one.origin == Valuation.Origin.DERIVED,
        is_secondary=one.is_secondary,
        is_counted=one.is_counted,
        round=one.round,
        multiple=figures.multiple(evidence.multiple_of(one)),
        step_up=figures.multiple(evidence.step_up_of(one)),
        why=evidence.reasons(one),
        is_first=evidence.is_first(one),
        marks=marks,
        others=list(dict.fromkeys(others)),
    )


def _converted(money: Money, beside: Valuation, currency: str) -> Money | None:
    """What another source says, in the chart's currency at the rate of the value beside it; None without a rate."""
    if money.currency == currency:
        return money
    if money.currency != beside.currency:
        return None
    shown = evidence.in_currency(beside, currency)
    if shown is None or not beside.money.middle:
        return None
    rate = shown.middle / beside.money.middle
    low, high = (None if end is None else round(end * rate, 2) for end in (money.low, money.high))
    return Money(low, high, money.low_open, money.high_open, money.is_approx, currency=currency)


def raised_words(record: Round) -> str:
    """What a round raised, in words: `$235m`, `undisclosed`, or empty where nothing is stated."""
    if record.raised_undisclosed:
        return _("undisclosed")
    return str(figures.money(record.raised)) if record.raised else ""


def point_lines(point: Point, leads: Sequence[str]) -> list[str]:
    """The lines under a point's value: date and basis, amount raised and lead, multiple."""
    raised = raised_words(point.round) if point.round else ""
    said = [_("raised %(amount)s") % {"amount": raised}] if raised else []
    if leads:
        names = _("%(first)s and %(second)s") % {"first": leads[0], "second": leads[1]} if leads[1:] else leads[0]
        said.append(_("led by %(names)s") % {"names": names})
    # The words of a derived range are long, and there is often a narrow band to write them in.
    lines = (
        [figures.date(point.on), point.standing]
        if point.is_derived
        else [", ".join([figures.date(point.on), point.standing])]
    )
    lines += [", ".join(said)]
    lines += [_("%(multiple)s the value before") % {"multiple": point.multiple}] if point.multiple else []
    return [line for line in lines if line]


__all__ = ["History", "Other", "Point", "UnknownChoice", "View", "build", "point_lines", "raised_words"]
