"""What the file of a report holds: the query string of its export, on a day."""

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _

from funding import as_of, exports
from funding.as_of import BadMoment, CannotShow, TooMuch
from funding.models import Report
from funding.watching import MOST_LISTS, Person, Refused

SHOWN: Final = 20  # rows of a preview
# What of a report's query string is no filter.
OWN: Final = ("columns", "currency", "exact", "ids", *as_of.PARAMETERS)
# Rows that a period chooses from, by the day that their filters `since` and `until` are about.
OF_A_PERIOD: Final = ("rounds", "participations", "quarters", "league", "valuations", "exits")


class CannotMake(ValueError):
    """A report whose file cannot be made; `problems` are pairs of what and why, in the reader's language."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__(" ".join(f"{label}: {message}" if label else message for label, message in problems))


def visible_to(person: Person) -> QuerySet[Report]:
    """The reports that somebody may read: their own, and those that are shared."""
    is_shared = Q(is_shared=True)
    return Report.objects.filter(is_shared | Q(owner=person.pk) if person.is_authenticated else is_shared)


def keep(report: Report) -> None:
    """Save a report of somebody. Raises Refused where the name is taken, or there are too many."""
    if report.pk is None and Report.objects.filter(owner=report.owner_id).count() >= MOST_LISTS:
        told = _("You have %(most)s of these already, which is the most. Delete one first.")
        raise Refused(told % {"most": MOST_LISTS})
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError as error:
        if "name_once" not in str(error):
            raise
        raise Refused(_("You have one named “%(name)s” already.") % {"name": report.name}) from None


def query_of(report: Report, day: datetime.date) -> QueryDict:
    """The query string of a report's export as it is on a day, its period being filled in."""
    query = QueryDict(report.query, mutable=True)
    if report.period:
        first, last = whole_before(report.period, day)
        query["since"], query["until"] = first.isoformat(), last.isoformat()
    return query


def whole_before(period: str, day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and last day of the last whole period before a day.

    >>> whole_before("quarter", datetime.date(2026, 11, 27))
    (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    """
    match period:
        case Report.Period.WEEK:
            end = day - datetime.timedelta(days=day.weekday())
            return end - datetime.timedelta(days=7), end - as_of.ONE_DAY
        case Report.Period.MONTH:
            end = day.replace(day=1)
            months = 1
        case Report.Period.QUARTER:
            end = day.replace(month=day.month - (day.month - 1) % 3, day=1)
            months = 3
        case _year:
            end = day.replace(month=1, day=1)
            months = 12
    before = end.year * 12 + end.month - 1 - months
    return datetime.date(before // 12, before % 12 + 1, 1), end - as_of.ONE_DAY


@contextmanager
def opened(report: Report, day: datetime.date, form: str = "") -> Iterator[exports.Export]:
    """The export of a report on a day, in its own format unless another is asked for. Raises CannotMake."""
    try:
        with exports.opened(report.rows, query_of(report, day), form or report.form) as found:
            yield found
    except KeyError:
        raise CannotMake([("", _("There are no such rows."))]) from None
    except exports.BadQuery as error:
        raise CannotMake(error.problems) from None
    except BadMoment as error:
        raise CannotMake(list(error.problems.items())) from None
    except (TooMuch, CannotShow, exports.formats.CannotHold, SuspiciousOperation) as error:
        raise CannotMake([("", str(error))]) from None


def filename(report: Report, day: datetime.date) -> str:
    """What the file of a day is called: the name of the report, and the day."""
    return f"{slugify(report.name)[:60] or 'report'}-{day.isoformat()}.{report.form}"


def filters_of(query: QueryDict) -> str:
    """The part of a report's query string that a list would have."""
    rest = query.copy()
    for name in OWN:
        rest.pop(name, None)
    return rest.urlencode()


def joined(filters: str, others: Mapping[str, str]) -> str:
    """The query string of filters, as an address or a list has them, and of what else is asked for.

    Raises CannotMake where the filters hold something that has a field of its own.
    """
    asked = filters.strip()
    if asked.startswith(("/", "http://", "https://")):
        asked = asked.partition("?")[2]
    try:
        query = QueryDict(asked.removeprefix("?"), mutable=True)
    except SuspiciousOperation as error:
        raise CannotMake([("", str(error))]) from None
    # The columns of a list are others than those of a file, and come along with its address.
    query.pop("columns", None)
    for name in OWN:
        if name in query:
            raise CannotMake([("", _("“%(name)s” has a field of its own below.") % {"name": name})])
    for name, value in others.items():
        if value:
            query[name] = value
    return query.urlencode()
