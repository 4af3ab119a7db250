"""What each source says of one round, in its own words: all marked words of a source in one passage."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from funding.models import Round, Statement
from funding.recording.fields import spoken_for
from funding.values import Reference

from . import wording
from .notes import Notes, Quoted


@dataclass(frozen=True, slots=True)
class Saying:
    """The words of one source, and the values that they give: `Amount raised: $42m`."""

    quoted: Quoted
    values: list[str]


def of_round(record: Round, parts: Iterable[Any], notes: Notes) -> list[Saying]:
    """What sources say of a round and of who took part, as far as the notes hold it, in the order of its fields.

    `parts` are participations, or what a page reads of them.
    """
    names = {pk: part.investor.name for part in parts for pk in part.statement_ids}
    ids = [pk for kept in record.resolved.values() for pk in spoken_for(kept)]
    by_source: dict[int, list[Statement]] = defaultdict(list)
    for one in notes.held(dict.fromkeys([*ids, *names])):
        by_source[one.mention.source_id].append(one)
    return [Saying(notes.quoted(one.pk for one in group)[0], _values(group, names)) for group in by_source.values()]


def _values(group: Sequence[Statement], names: Mapping[int, str]) -> list[str]:
    """Each field once, with all that the source says of it."""
    by_field: dict[str, list[str]] = defaultdict(list)
    for one in group:
        said = one.said
        referred = {said.key: names[one.pk]} if isinstance(said, Reference) and one.pk in names else None
        by_field[wording.label(one.field)].append(wording.stated(one, referred))
    between = pgettext("between two parts", ";") + " "
    return [
        _("%(field)s: %(values)s") % {"field": field, "values": between.join(dict.fromkeys(values))}
        for field, values in by_field.items()
    ]
