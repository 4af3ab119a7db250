"""Changing what is held of a round, an exit or a company: what a form changes of it, against what was seen.

A form is filled with what is believed; whoever saves it changes only what differs. The `version` of what it was filled
with tells whether somebody else changed that meanwhile: then nothing is recorded, and both are shown.
"""

import dataclasses
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from companies.models import Company
from companies.names import fold
from funding import recording
from funding.models import Assignment, Change, Exit, Mention, Round, Source, Statement
from funding.recording.fields import EDITED
from funding.tellings import Field, NewStatement
from funding.values import PartialDate, Reference, Text, Value

from .entries import COMPANY
from .investors import is_known_by_name
from .saving import ORIGIN, Told, hold_form, source_of

Record = Company | Round | Exit
# What one statement says of a record: its field, and which of several values of it.
Part = tuple[str, str]
# Figures of which one entered later is another state of the company, as a rule, and takes nobody's place.
SERIES = (Field.EMPLOYEES, Field.TOTAL_RAISED)
# Qualifiers that make another statement of the same value; a label or a date of the source do not.
MEANT = ("basis", "is_lead", "is_founder", "is_extension")
SOURCE = ("url", "publisher", "published", "quote")


class Outdated(Exception):
    """Somebody else changed the record since the form was filled; `version` is that of what is held now."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


class StatedElsewhere(ValueError):
    """A field was emptied that sources state: that takes a word on each of them. `parts` are those fields."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__(", ".join(field for field, _ in parts))
        self.parts = list(parts)


@dataclass(frozen=True, slots=True)
class Differing:
    """A part of which what is held and what is entered are not the same; None stands for nothing."""

    part: Part
    held: NewStatement | None
    entered: NewStatement | None


def version_of(held: Told) -> str:
    """By what a form tells what it was filled with: the same as long as the same is believed of the record."""
    values = {name: value for name, value in dataclasses.asdict(held).items() if name not in SOURCE}  # type: ignore[call-overload]
    told = json.dumps(values, default=str, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def parts_of(entry: Told, subject: str) -> dict[Part, NewStatement]:
    """What an entry says of its subject, by part."""
    names = {mention.key: mention.name for mention in entry.mentions()}
    return {
        _part(one.field, one.value, one.qualifiers, names): one
        for one in entry.statements()
        if one.subject == subject and (one.field != Field.NAME or one.rule == EDITED)
    }


def _part(field: str, value: Value, qualifiers: Mapping[str, Any], names: Mapping[str, str]) -> Part:
    if isinstance(value, Reference):
        return field, fold(names.get(value.key, ""))
    if field == Field.VALUATION:
        return field, "pre" if qualifiers.get("basis") == "pre" else ""
    if field in (Field.SECTOR, Field.HEADQUARTERS) and isinstance(value, Text):
        return field, fold(value.text)
    return field, ""


def differences(entered: Told, held: Told, subject: str) -> list[Differing]:
    """What an entry says otherwise of its subject than what is held, in the order of the form."""
    ours, theirs = parts_of(entered, subject), parts_of(held, subject)
    found = []
    for part in [*ours, *(part for part in theirs if part not in ours)]:
        one, other = ours.get(part), theirs.get(part)
        if one is None or other is None or _meant(one) != _meant(other):
            found.append(Differing(part, other, one))
    return found


def _meant(one: NewStatement) -> tuple[Any, ...]:
    return one.value, tuple(one.qualifiers.get(name) for name in MEANT)


def save_change(
    record: Record, entered: Told, subject: str, read: Any, *, seen: str | None, by: User, form_key: str
) -> Change | None:
    """Record what an entry says otherwise of a record than what is held of it; None where that is nothing.

    `read` makes an entry of what is held of the record, `seen` is the version of the one that the form was filled
    with. What people entered of the same parts before is replaced; what sources say stays beside it. Raises Outdated
    where something else is held by now, and StatedElsewhere where a part is emptied that sources state.
    """
    recording.read_word_lists(mention.name for mention in entered.mentions())
    with transaction.atomic():
        source_digest = hold_form(entered, by, form_key)
        before = Source.objects.filter(kind=Source.Kind.ENTRY, text_hash=source_digest).first()
        said = Statement.objects.filter(mention__source=before, added_in__undone_by=None) if before else None
        if said and (first := said.select_related("added_in").first()):
            return first.added_in
        # Whoever else changes the record waits here until this is recorded, and then sees it.
        recording.hold(entered.mentions())
        record.refresh_from_db()
        held = read(record)
        if seen is not None and version_of(held) != seen:
            raise Outdated(version_of(held))
        changed = differences(entered, held, subject)
        if not changed:
            return None
        by_hand, read_elsewhere = _live(record, changed, entered.published)
        stated = [one.part for one in changed if one.entered is None and one.part in read_elsewhere]
        if stated:
            raise StatedElsewhere(stated)
        return recording.record(
            source_of(entered, by, source_digest),
            entered.mentions(),
            _statements(entered, changed, subject),
            origin=ORIGIN,
            kind=Change.Kind.ENTRY,
            by=by,
            decided=_decided(record, subject),
            replaced=by_hand,
            is_held=True,
        )


def _decided(record: Record, subject: str) -> dict[str, Any]:
    """Whom the mentions are: the record, and its company where the name alone does not tell."""
    company = record if isinstance(record, Company) else record.company
    decided: dict[str, Any] = {} if record is company else {subject: record}
    return decided if is_known_by_name(company) else decided | {COMPANY: company}


def _statements(entered: Told, changed: Iterable[Differing], subject: str) -> list[NewStatement]:
    """What is to be recorded: of the subject what changed, of its company the name that it goes by."""
    new = [one.entered for one in changed if one.entered]
    told = [one for one in entered.statements() if one.field == Field.NAME and one.rule != EDITED]
    return [*told, *new] if new else []


def _live(record: Record, changed: Sequence[Differing], published: PartialDate | None) -> tuple[list[int], set[Part]]:
    """Of changed parts of a record, the entries whose place is taken, by id, and the parts that others state."""
    parts = {one.part: one for one in changed}
    kind = str(record._meta.model_name)
    own = Assignment.objects.live().filter(**{kind: record}).values("mention")
    found = Statement.objects.counted().filter(mention__in=own, field__in={field for field, _ in parts})
    found = found.exclude(~Q(rule=EDITED), field=Field.NAME)
    told = list(found.select_related("mention__source").defer("mention__source__text").order_by("pk"))
    names = _names(told)
    by_hand, elsewhere = [], set()
    for one in told:
        at = one.mention.source_id, one.mention.origin
        part = _part(one.field, one.said, one.qualifiers, names[at])
        if part not in parts:
            continue
        source = one.mention.source
        if source.kind != Source.Kind.ENTRY:
            elsewhere.add(part)
        elif one.field not in SERIES or source.published == published or parts[part].entered is None:
            by_hand.append(one.pk)
    return by_hand, elsewhere


def _names(told: Iterable[Statement]) -> Mapping[tuple[int, str], dict[str, str]]:
    """The names of the investors that mentions of the same sources are, by source and reading, then by key."""
    named = Mention.objects.named_by(told)
    held = Assignment.objects.live().filter(mention__in=named, investor__isnull=False)
    found: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    for one in held.select_related("mention", "investor"):
        assert one.investor is not None
        found[one.mention.source_id, one.mention.origin][one.mention.key] = one.investor.name
    return found
