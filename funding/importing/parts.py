"""The parts in which a file is recorded, and another process that describes each while those before it are written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from django.utils import timezone

from config.aside import Aside
from funding import recording
from funding.formats import Format
from funding.models import Import
from funding.recording.describing import Described, Description, Numbers, numbers_of
from funding.recording.freshness import Told

from .checking import next_rows, without_collecting
from .groups import Group, Kept, grouped, name_all, system_of

BATCH: Final = 2_500  # rows that are recorded in one transaction; everybody else who writes waits for it
FIRST: Final = 250  # of the first, for nobody has described them ahead
Asked = tuple[list[Kept], Description, Numbers]


@dataclass(slots=True)
class Part:
    """Rows that are recorded in one transaction, taken together by their company."""

    rows: list[Kept] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    named: dict[str, Told] = field(default_factory=dict)  # what rows tell that name whoever they speak of, by company
    ahead: Description | None = None  # what these come to, once another process was asked to work it out

    @classmethod
    def of(cls, file: Import, form: Format, rows: list[Kept]) -> "Part":
        """Rows that were kept, read. Asks the database nothing."""
        groups = grouped(file, form, rows)
        return cls(rows, groups, {one.key: told for one in groups if one.is_named and (told := one.told)})

    def name_all(self, file: Import, form: Format) -> dict[str, Told]:
        """What is told of each company by rows of which none is refused, once whoever has only a number is named."""
        name_all(file, form, [one for one in self.groups if one.key not in self.named])
        found = ((one.key, self.named.get(one.key) or one.told) for one in self.groups if not one.faults)
        return {key: told for key, told in found if told}


def first_rows(file: Import) -> list[Kept]:
    """The rows of the first part."""
    return next_rows(file, size=min(FIRST, BATCH))


def rows_after(file: Import, before: Part) -> list[Kept]:
    """The rows of the part after another; none where there are no more."""
    return next_rows(file, before.rows[-1].group, BATCH) if before.rows else []


def read_word_lists(told: Iterable[Told]) -> None:
    """Read what judging names needs, outside any transaction and before another process is given what this one has."""
    for one in told:
        recording.read_word_lists([one.company.name, *(mention.name for mention in one.investors.values())])


class Describer(Aside[Asked, dict[str, Described]]):
    """Another process, which works out what a part comes to.

    Of companies whose rows give somebody by number alone it is not known yet who that is: they are described later.
    """

    def __init__(self, file: Import, form: Format) -> None:
        super().__init__(partial(_describe, file, form))
        self.file, self.system = file, system_of(form)

    def receive(self, part: Part, *, wait: bool = True) -> bool:
        """Take what was described of a part; whether there is nothing more to be waited for."""
        if part.ahead and part.ahead.of is None:
            if not wait and not self.is_done:
                return False
            part.ahead.of = self.result()
        return True

    def go_on(self, part: Part, then: Part, *, wait: bool = True) -> None:
        """Take what was described of a part and have the next described."""
        if self.receive(part, wait=wait) and then.named and not then.ahead:
            assert self.file.source is not None
            told = list(then.named.values())
            then.ahead = Description.begin(self.file.source, self.system, timezone.now(), told)
            self.begin((then.rows, then.ahead, numbers_of(told)))


def _describe(file: Import, form: Format, asked: Asked) -> dict[str, Described]:
    """What the companies of a part come to, by key. Asks the database nothing."""
    rows, description, numbers = asked
    with without_collecting():
        told = Part.of(file, form, rows).named
        return {key: description.describe(one, numbers) for key, one in told.items()}
