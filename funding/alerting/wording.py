"""An event in words: its title, and line by line what changed."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from funding.models import AlertEvent


def title(one: AlertEvent) -> str:
    """`New round: Halden Robotics, Series B, Mar 2024`."""
    kind = str(one.get_kind_display())
    words = _("%(kind)s: %(record)s") % {"kind": kind[:1].upper() + kind[1:], "record": one.record}
    return " ".join(words.split())


def lines(one: AlertEvent) -> list[str]:
    """What is believed of each field now, and what was before; of sources that differ, all they say."""
    return [_line(one, row["label"], row["before"], row["after"]) for row in one.rows]


def _line(one: AlertEvent, label: str, before: list[str], after: list[str]) -> str:
    between = pgettext("between two parts", ";") + " "
    words = {"label": label, "before": between.join(before), "after": between.join(after)}
    if one.kind == AlertEvent.Kind.CONFLICT:
        return _("%(label)s: %(after)s") % (words | {"after": " ≠ ".join(after)})
    if before and after:
        return _("%(label)s: %(after)s (was %(before)s)") % words
    return (_("%(label)s: no longer %(before)s") if before else _("%(label)s: %(after)s")) % words
