"""Which tellings of a company's exits are of one: of one kind, near in time. Pure Python; no order of arrival matters.

A company is sold or listed once, as a rule, so that what is told of it without a date is told of that. A rumour is
one of the deal that came of it, but not of a deal with another buyer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from funding.values import PartialDate

# From the first word of a deal to its last, with the months that regulators take.
APART: Final = timedelta(days=550)
ONLY, SAME_KIND = "the only mention", "the same company and kind of exit"


@dataclass(frozen=True, slots=True)
class ExitMention:
    """What one source says of an exit. `acquirer` is the folded name, empty where none is named or nobody buys."""

    id: int
    digest: str
    kind: str
    announced: PartialDate | None = None
    acquirer: str = ""
    is_rumour: bool = False


Group = list[ExitMention]


def group_exits(mentions: Iterable[ExitMention]) -> list[Group]:
    """The mentions of one company by the exit that each is of, in a fixed order."""
    ordered = sorted(mentions, key=_place)
    groups: list[Group] = []
    for kind in sorted({one.kind for one in ordered}):
        told = [one for one in ordered if one.kind == kind]
        deals = _deals([one for one in told if not one.is_rumour])
        rumours = _join(deals, [one for one in told if one.is_rumour])
        groups += [*deals, *_rumours(rumours)]
    return groups


def reason_for(group: Sequence[ExitMention]) -> str:
    """Why the mentions of a group are taken for one exit."""
    return SAME_KIND if len(group) > 1 else ONLY


def _deals(mentions: Sequence[ExitMention]) -> list[Group]:
    """The mentions in groups that follow one another in time; an undated one is of the only deal or its buyer's."""
    groups = _in_time([one for one in mentions if one.announced])
    undated = [one for one in mentions if not one.announced]
    # Against the dated ones alone, so that none of them decides where another goes.
    homes = [(one, _home(groups, one)) for one in undated]
    rest = [one for one, home in homes if home is None]
    for one, home in homes:
        if home is not None:
            groups[home].append(one)
    return [*groups, *_by_acquirer(rest)]


def _home(groups: Sequence[Group], one: ExitMention) -> int | None:
    if len(groups) == 1:
        return 0
    same = [at for at, group in enumerate(groups) if one.acquirer and one.acquirer in _acquirers(group)]
    return same[0] if len(same) == 1 else None


def _join(deals: Sequence[Group], rumours: Sequence[ExitMention]) -> list[ExitMention]:
    """Put each rumour to the first deal that may have come of it; those of none are left."""
    bounds = [(_acquirers(group), [one.announced for one in group if one.announced]) for group in deals]
    left = []
    for one in rumours:
        home = next((at for at, (buyers, dates) in enumerate(bounds) if _may_be(one, buyers, dates)), None)
        if home is None:
            left.append(one)
        else:
            deals[home].append(one)
    return left


def _may_be(one: ExitMention, buyers: set[str], dates: Sequence[PartialDate]) -> bool:
    if one.acquirer and buyers and one.acquirer not in buyers:
        return False
    return not (one.announced and dates) or any(_is_near(one.announced, date) for date in dates)


def _rumours(mentions: Sequence[ExitMention]) -> list[Group]:
    """Rumours that came to nothing: one for each buyer that is named, at its time."""
    named = _by_acquirer(mentions)
    return [group for one in named for group in (*_in_time([m for m in one if m.announced]), _undated(one)) if group]


def _undated(mentions: Sequence[ExitMention]) -> Group:
    return [one for one in mentions if not one.announced]


def _by_acquirer(mentions: Sequence[ExitMention]) -> list[Group]:
    found: dict[str, Group] = {}
    for one in mentions:
        found.setdefault(one.acquirer, []).append(one)
    return list(found.values())


def _in_time(dated: Sequence[ExitMention]) -> list[Group]:
    """Dated mentions in groups, each of which begins long after the one before it ends."""
    groups: list[Group] = []
    for one in dated:
        if groups and any(_is_near(one.announced, other.announced) for other in groups[-1]):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _is_near(a: PartialDate | None, b: PartialDate | None) -> bool:
    assert a is not None and b is not None  # of dated mentions
    return max(a.first_day - b.last_day, b.first_day - a.last_day) <= APART


def _acquirers(group: Iterable[ExitMention]) -> set[str]:
    return {one.acquirer for one in group if one.acquirer}


def _place(one: ExitMention) -> tuple[object, ...]:
    on = one.announced
    return on is None, on.first_day.toordinal() if on else 0, on.last_day.toordinal() if on else 0, one.digest, one.id
