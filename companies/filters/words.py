"""The filters of lists in words: ranges of dates and amounts, and what several lists say alike."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from funding import figures
from funding.values import PartialDate

from .fields import dollars


def quoted(text: str) -> str:
    """Words as somebody typed them."""
    return _("“%(text)s”") % {"text": text}


def dates(asked: Mapping[str, Any], first: str, last: str) -> str:
    """A range of dates, one end or both: `since May 2023`, `from 2021 to 2023`, `on 24 Aug 2023`; empty for none.

    Languages say a day otherwise than a month or year, so each has messages of its own.
    """
    since, until = asked[first], asked[last]
    if since == until:
        return figures.when(since) if since else ""
    if since and until:
        return _between(since, until) % {"since": figures.date(since), "until": figures.date(until)}
    if since:
        message = pgettext("day", "since %(since)s") if since.day else _("since %(since)s")
        return message % {"since": figures.date(since)}
    message = pgettext("day", "up to %(until)s") if until.day else _("up to %(until)s")
    return message % {"until": figures.date(until)}


def _between(since: PartialDate, until: PartialDate) -> str:
    if since.day and until.day:
        return pgettext("day to day", "from %(since)s to %(until)s")
    if since.day:
        return pgettext("day to month or year", "from %(since)s to %(until)s")
    if until.day:
        return pgettext("month or year to day", "from %(since)s to %(until)s")
    return pgettext("month or year to month or year", "from %(since)s to %(until)s")


def amounts(asked: Mapping[str, Any], first: str, last: str) -> str:
    """A range of amounts in dollars, one end or both; empty for none."""
    least, most = (None if asked[end] is None else dollars(asked[end]) for end in (first, last))
    if least and most and least != most:
        return _("%(least)s to %(most)s") % {"least": least, "most": most}
    return _one_end(least, most)


def counts(least: int | None, most: int | None) -> str:
    """A range of whole numbers, one end or both; empty for none."""
    if least is not None and most is not None and least != most:
        return pgettext("counts", "%(least)s to %(most)s") % {"least": least, "most": most}
    return _one_end(*(None if end is None else str(end) for end in (least, most)))


def _one_end(least: str | None, most: str | None) -> str:
    if least and most:
        return _("exactly %(number)s") % {"number": least}
    if least:
        return _("at least %(least)s") % {"least": least}
    return _("at most %(most)s") % {"most": most} if most else ""
