"""The date that a page is asked for: what was known by then, what was public by then, or both."""

import datetime
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from funding import figures
from funding.models import Source
from funding.values import PartialDate

KNOWN, PUBLIC = "known", "public"
PARAMETERS: Final = (KNOWN, PUBLIC)
# A person's entry and a bulk file were not published; what is undated may have been at any time.
NEVER_PUBLIC: Final = (Source.Kind.ENTRY, Source.Kind.FILE)
ONE_DAY: Final = datetime.timedelta(days=1)


class BadMoment(ValueError):
    """A date that cannot be gone back to. `problems` are messages by parameter."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


@dataclass(frozen=True, slots=True)
class Moment:
    """What is asked for: what was recorded by the end of the day `known`, of sources published by the day `public`.

    At least one of the two is given. `before` is the first instant that is not known any more: days are of UTC.
    """

    known: datetime.date | None = None
    public: datetime.date | None = None
    before: datetime.datetime | None = None

    @classmethod
    def of(cls, known: datetime.date | None = None, public: datetime.date | None = None) -> "Moment":
        """The moment of one or two dates."""
        end = None
        if known:
            midnight = datetime.datetime.combine(known, datetime.time(), datetime.UTC)
            end = midnight + ONE_DAY
        return cls(known, public, end)

    @property
    def words(self) -> str:
        """How a page is headed: `As known on 3 May 2024`, `As public on …`, or both in one."""
        known, public = (figures.date(PartialDate.of(day)) if day else "" for day in (self.known, self.public))
        if known and public:
            return _("As known on %(known)s of what was public on %(public)s") % {"known": known, "public": public}
        return (
            _("As known on %(known)s") % {"known": known}
            if known
            else _("As public on %(public)s") % {"public": public}
        )

    @property
    def parameters(self) -> dict[str, str]:
        """What asks for this moment in an address."""
        days = {KNOWN: self.known, PUBLIC: self.public}
        return {name: day.isoformat() for name, day in days.items() if day}

    def published(self) -> Q:
        """The sources that were surely published by the day `public`; all where none is given."""
        if self.public is None:
            return Q()
        # A month is over when the next one begins; until then what is dated to it may still be to come.
        after = self.public + ONE_DAY
        dated = (
            Q(published_precision="day", published_on__lt=after)
            | Q(published_precision="month", published_on__lt=after.replace(day=1))
            | Q(published_precision="year", published_on__lt=after.replace(month=1, day=1))
        )
        return dated & ~Q(kind__in=NEVER_PUBLIC)


def read(query: QueryDict) -> Moment | None:
    """The moment that a query string asks for, None where it gives no date. Raises BadMoment."""
    days: dict[str, datetime.date] = {}
    problems: dict[str, str] = {}
    for name in PARAMETERS:
        given = [text.strip() for text in query.getlist(name) if text.strip()]
        if len(given) > 1:
            problems[name] = _("Given more than once; one date is needed.")
        elif given:
            try:
                days[name] = read_day(given[0])
            except ValueError as error:
                problems[name] = str(error)
    if problems:
        raise BadMoment(problems)
    return Moment.of(**days) if days else None


def read_day(text: str) -> datetime.date:
    """A day that has come, from `2024-05-03`. Raises ValueError with a message for people."""
    try:
        read = PartialDate.from_iso(text)
    except ValueError:
        read = None
    if read is None or read.precision != "day":
        raise ValueError(_("“%(text)s” is no date. Write a day, such as 2024-05-03.") % {"text": text[:40]})
    day = read.first_day
    if day > timezone.localdate():
        raise ValueError(
            _("%(read)s has not come yet. Nobody can say what will be known then.") % {"read": figures.date(read)}
        )
    return day
