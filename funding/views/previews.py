"""What records would be after a merge or a split: it is really done, looked at, and rolled back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from funding.evidence import Difference
from funding.models import Change, Mention
from funding.recording.merging import Record

from .portraits import Portrait, portrait


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what it is of, what it is now, and what it would be."""

    label: str
    before: list[str]
    after: list[str]

    @property
    def differs(self) -> bool:
        """Whether not all columns say the same."""
        return len({*self.before, *self.after}) > 1


@dataclass(frozen=True, slots=True)
class Joined:
    """A round as it would be, and those of now that it would be made of."""

    name: str
    parts: list[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """The records of now and those that would be, line by line; the rounds that would be others; new conflicts."""

    before: list[Portrait]
    after: list[Portrait]
    lines: list[Line]
    joined: list[Joined]
    parted: list[Joined]
    conflicts: list[Difference]
    settled: int


def of_merge(kept: Record, gone: Record, merge: Callable[[], Change]) -> Preview:
    """What two records would be as one. Raises ValueError, in words for people, where they cannot be."""
    before = [portrait(kept), portrait(gone)]
    with transaction.atomic():
        merge()
        after = [portrait(kept)]
        transaction.set_rollback(True)
    return _compared(before, after)


def of_split(record: Record, going: Sequence[Mention], split: Callable[[], Change]) -> Preview:
    """What a record would be without some of its mentions, and what those would be. Raises ValueError as `split`."""
    before = [portrait(record)]
    with transaction.atomic():
        split()
        after = [portrait(record), portrait(another(going, type(record)))]
        transaction.set_rollback(True)
    return _compared(before, after)


def another(going: Sequence[Mention], model: type[Record]) -> Record:
    """The record that the mentions of a split are of now."""
    found: Record = model.objects.get(assignments__mention=going[0], assignments__retracted_at=None)
    return found


def _compared(before: list[Portrait], after: list[Portrait]) -> Preview:
    lines = []
    for label in dict.fromkeys(label for one in (*before, *after) for label in one.lines):
        cells = [[one.lines.get(label, "") for one in side] for side in (before, after)]
        if any(map(any, cells)):
            lines.append(Line(label, *cells))
    known = {_key(one) for side in before for one in side.conflicts}
    found = [one for side in after for one in side.conflicts]
    still = {_key(one) for one in found}
    return Preview(
        before,
        after,
        lines,
        _made_of(before, after),
        _made_of(after, before),
        [one for one in found if _key(one) not in known],
        len(known - still),
    )


def _key(one: Difference) -> tuple[str, frozenset[str]]:
    """What makes two disagreements the same one, whatever record they are found on."""
    return one.title.partition(",")[0], frozenset(side.words for side in one.sides)


def _made_of(before: list[Portrait], after: list[Portrait]) -> list[Joined]:
    """The rounds of `after` whose mentions are of several rounds in `before`."""
    found = []
    for side in after:
        for pk, mentions in side.members.items():
            parts = [
                f"{was.rounds[old]} ({was.name})"
                for was in before
                for old, told in was.members.items()
                if told & mentions
            ]
            if len(parts) > 1:
                found.append(Joined(side.rounds[pk], parts))
    return found
