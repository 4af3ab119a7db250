"""Headcount and revenue over time: all that live statements say of them, those that differ beside one another."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from companies.models import Company
from funding import figures
from funding.evidence import Mark, Notes, wording
from funding.models import Mention, Statement
from funding.recording.company_facts import SAME_STATE
from funding.tellings import Field
from funding.values import Interval, Money, PartialDate, agree

from .company_drawing import Drawing, Spot, draw

FEWEST_DRAWN: Final = 2


@dataclass(slots=True)
class Reading:
    """One value at one date, with its sources; `differs` where another value of the same time is no agreement."""

    on: PartialDate | None
    value: Interval
    words: str
    second: str
    is_expected: bool
    ids: list[int]
    marks: list[Mark]
    differs: bool = False

    @property
    def date(self) -> str:
        """Its date at its precision; empty where it has none."""
        return figures.date(self.on)


@dataclass(frozen=True, slots=True)
class Series:
    """One figure of the company over time, newest first, with its drawing where there are two values or more."""

    key: str
    title: str
    about: str
    readings: list[Reading]
    drawing: Drawing | None
    left_out: list[str]


def series(company: Company, notes: Notes, today: datetime.date) -> list[Series]:
    """Headcount and revenue, each where some source states it."""
    told = (
        (Field.EMPLOYEES, _("Headcount"), _("Of the whole company, by the date of the source.")),
        (Field.REVENUE, _("Revenue"), _("By the year that it is of, else by the date of the source.")),
    )
    found = []
    for key, title, about in told:
        readings = _readings(key, notes)
        if readings:
            believed = set(company.resolved.get(key, {}).get("agreeing", []))
            drawn, left_out = _drawn(readings, believed)
            drawing = draw(drawn, today) if len(drawn) >= FEWEST_DRAWN else None
            found.append(Series(key, title, about, readings, drawing, left_out))
    return found


def _readings(key: str, notes: Notes) -> list[Reading]:
    """Each value of each date once, the newest first, undated ones last."""
    groups: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for one in notes.statements.values():
        is_own = one.field == key and one.mention.kind == Mention.Kind.COMPANY and not one.qualifiers.get("place")
        if is_own and isinstance(one.said, Interval) and not one.is_deprecated:
            on = _date_of(one)
            groups[on.iso if on else "", figures.words(one.said), _second(one)].append(one)
    found = [_reading(group, words, second, notes) for (_on, words, second), group in groups.items()]
    for one in found:
        one.differs = any(_is_same_time(one, other) and not agree(one.value, other.value) for other in found)
    return sorted(found, key=_newest_first)


def _reading(group: Sequence[Statement], words: str, second: str, notes: Notes) -> Reading:
    value = group[0].said
    assert isinstance(value, Interval)
    ids = [one.pk for one in group]
    is_expected = bool(group[0].qualifiers.get("is_expected"))
    return Reading(_date_of(group[0]), value, words, second, is_expected, ids, notes.marks(ids))


def _second(one: Statement) -> str:
    """What narrows a value down, besides the year that it stands at."""
    return wording.qualified({name: said for name, said in one.qualifiers.items() if name != "year"})


def _newest_first(one: Reading) -> tuple[bool, int, str]:
    return one.on is None, -one.on.last_day.toordinal() if one.on else 0, one.words


def _date_of(one: Statement) -> PartialDate | None:
    """The year that a figure is said to be of; else when its source came out."""
    year = str(one.qualifiers.get("year") or "")
    is_year = year.isascii() and year.isdigit() and 1800 <= int(year) <= 2200
    return PartialDate(int(year)) if is_year else one.mention.source.published


def _is_same_time(one: Reading, other: Reading) -> bool:
    """Whether both are of one state of the company: revenue of one year, staff within half a year."""
    if one is other or one.on is None or other.on is None:
        return False
    if isinstance(one.value, Money):
        return one.on.year == other.on.year
    return abs(one.on.first_day - other.on.first_day) <= SAME_STATE


def _drawn(readings: Iterable[Reading], believed: Set[int]) -> tuple[list[Spot], list[str]]:
    """What the drawing shows, oldest first and of one date the believed one, and what it leaves out, in words."""
    dated = [one for one in readings if one.on]
    dated.sort(key=lambda one: (one.on.first_day if one.on else None, believed.isdisjoint(one.ids)))
    currencies = Counter(one.value.currency for one in dated if isinstance(one.value, Money))
    currency = currencies.most_common(1)[0][0] if currencies else ""
    shown = [one for one in dated if not isinstance(one.value, Money) or one.value.currency == currency]
    spots = [Spot(one.on, one.value, one.words, one.is_expected) for one in shown if one.on]
    others = [one.words for one in dated if one not in shown]
    said = _("Not drawn, for it is in another currency: %(amounts)s.") % {"amounts": ", ".join(others)}
    return spots, [said] if others else []
