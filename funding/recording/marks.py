"""A person's word on a statement: pin it, deprecate it, take that back, or say again what was taken back."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from companies.names import fold
from funding.models import Assignment, Change, Mark, Mention, Source, Statement
from funding.tellings import Field

from . import assigning, locking, projecting
from .assigning import Affected
from .lone_valuations import date_of

LONGEST_REASON = 300
KINDS = ("company", "investor", "person", "round", "exit")


def mark(statement: Statement, kind: str, *, by: User, reason: str) -> Change:
    """Pin a statement, so that it is the one believed, or deprecate it, so that it no longer counts.

    A pin takes the place of another on the same field of the same record. Raises ValueError, in words for people,
    where no reason is given, the statement was taken back, or it is marked so already.
    """
    reason = _checked(reason)
    with transaction.atomic():
        statement = _hold(statement)
        held = statement.mark
        if held and held.kind == kind:
            raise ValueError(f"This is {held.words}. It can be taken back there.")
        change = Change.objects.create(kind=Change.Kind.MARK, by=by, note=reason)
        replaced = [held] if held else []
        if kind == Mark.Kind.PIN:
            replaced += [one.pin for one in _rivals(statement) if one.pin and one.pk != statement.pk]
        _retract(change, replaced)
        _add(change, statement, kind, reason)
        return _settle(change, [statement.pk])


def unmark(statement: Statement, *, by: User, reason: str) -> Change:
    """Take back the pin or the deprecation of a statement. Raises ValueError where it has none, or for no reason."""
    reason = _checked(reason)
    with transaction.atomic():
        statement = _hold(statement)
        if statement.mark is None:
            raise ValueError("This is neither pinned nor deprecated any more.")
        change = Change.objects.create(kind=Change.Kind.MARK, by=by, note=reason)
        _retract(change, [statement.mark])
        return _settle(change, [statement.pk])


def say_again(statement: Statement, *, by: User, reason: str) -> Change:
    """Record once more a statement that was taken back, as its source has it.

    Raises ValueError where it was not taken back, is live again, or no reason is given.
    """
    reason = _checked(reason)
    with transaction.atomic():
        _hold_names([statement.pk])
        gone = Statement.objects.select_for_update().get(pk=statement.pk)
        if gone.retracted_at is None or gone.mention.statements.live().filter(digest=gone.digest).exists():
            raise ValueError("This is said already: nothing of it is taken back.")
        change = Change.objects.create(kind=Change.Kind.ENTRY, by=by, note=f"Restored: {reason}")
        return _settle(change, [_say(change, gone).pk])


def _say(change: Change, gone: Statement) -> Statement:
    kept = ("mention_id", "field", "value", "qualifiers", "quotes", "rule", "confidence", "digest")
    columns = {name: getattr(gone, name) for name in kept}
    return Statement.objects.create(**columns, added_in=change, recorded_at=change.at)


def replaced_by(change: Change) -> QuerySet[Statement]:
    """The statements that an entry put others in the place of."""
    is_entry = change.kind == Change.Kind.ENTRY
    return Statement.objects.filter(retracted_in=change) if is_entry else Statement.objects.none()


def restore(undoing: Change, gone: QuerySet[Statement]) -> None:
    """Say again what an undone entry had replaced, but for what somebody has put something else in the place of."""
    for one in gone.select_related("mention").order_by("pk"):
        told = Statement.objects.filter(mention=one.mention_id, digest=one.digest, added_in__undone_by=None)
        is_undone = not told.exclude(added_in__kind=Change.Kind.UNDO).exists()
        since = [rival for rival in _rivals(one) if rival.mention.source.kind == Source.Kind.ENTRY]
        if not since and not is_undone:
            _say(undoing, one)


def restored_of(own: QuerySet[Statement]) -> QuerySet[Statement]:
    """The statements that an undo said again of these, which had been replaced meanwhile."""
    same = own.filter(mention=OuterRef("mention"), digest=OuterRef("digest"))
    return Statement.objects.live().filter(Exists(same), added_in__kind=Change.Kind.UNDO)


def beside(statement: Statement) -> list[int]:
    """The live statements about the same part of a field of the same record, deprecated ones too, by id."""
    return [one.pk for one in _rivals(statement)]


def deprecated_beside(statement: Statement, record: Any) -> list[int]:
    """The statements about the same part of a field of a record that a person deprecated, by id; one query if none."""
    held = Assignment.objects.live().filter(**{str(record._meta.model_name): record})
    deprecated = Mark.objects.live().filter(kind=Mark.Kind.DEPRECATION).values("statement")
    same = Statement.objects.live().filter(mention__in=held.values("mention"), field=statement.field)
    found = list(same.filter(pk__in=deprecated).select_related("mention").order_by("pk"))
    part = _part(statement) if found else None
    return [one.pk for one in found if _part(one) == part]


def affected_by(change: Change) -> Affected:
    """The mentions whose statements a change marked, or whose marks it took back."""
    return Affected.by(Statement.objects.filter(marks__in=_marks_of(change)))


def take_back(undoing: Change, change: Change) -> None:
    """Leave the marks that all changes but those undone would leave, on the fields that a change marked."""
    if change.kind != Change.Kind.MARK:
        return
    told: dict[int, Statement] = {}
    for one in Statement.objects.filter(marks__in=_marks_of(change)).select_related("mention").distinct():
        told |= {rival.pk: rival for rival in [one, *_rivals(one)]}
    wanted = _standing(told)
    live = {one.statement_id: one for one in Mark.objects.live().filter(statement__in=told)}
    same = {pk for pk, one in live.items() if pk in wanted and _is_same(one, wanted[pk])}
    _retract(undoing, [one for pk, one in sorted(live.items()) if pk not in same])
    for pk, held in wanted.items():
        if pk not in same:
            _add(undoing, told[pk], held.kind, held.reason)


def _marks_of(change: Change) -> Any:
    return Mark.objects.filter(added_in=change) | Mark.objects.filter(retracted_in=change)


def _is_same(one: Mark, other: Mark) -> bool:
    return (one.kind, one.reason, one.by) == (other.kind, other.reason, other.by)


def _standing(told: Mapping[int, Statement]) -> dict[int, Mark]:
    """By statement, the mark that stands when the changes that are not undone are gone through in their order."""
    about = Mark.objects.filter(statement__in=told)
    changes = Change.objects.filter(kind=Change.Kind.MARK, undone_by=None)
    changes = changes.filter(pk__in=about.values("added_in")) | changes.filter(pk__in=about.values("retracted_in"))
    standing: dict[int, Mark] = {}
    parts = {pk: _part(one) for pk, one in told.items()}
    for change in changes.distinct().order_by("at", "pk"):
        given = [one for one in about if one.added_in_id == change.pk]
        for one in about:
            if one.retracted_in_id == change.pk and not given:
                standing.pop(one.statement_id, None)
        for one in given:
            if one.kind == Mark.Kind.PIN:
                for pk in [pk for pk, held in standing.items() if held.kind == one.kind]:
                    if (told[pk].field, parts[pk]) == (told[one.statement_id].field, parts[one.statement_id]):
                        del standing[pk]
            standing[one.statement_id] = one
    return standing


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ValueError("Say why: the reason is shown wherever the figure is.")
    if len(reason) > LONGEST_REASON:
        raise ValueError(f"The reason has {len(reason)} characters; up to {LONGEST_REASON} are kept.")
    return reason


def _hold(statement: Statement) -> Statement:
    """The statement with its marks, held to the end of the transaction. Raises ValueError where it was taken back."""
    _hold_names([statement.pk])
    held = Statement.objects.select_for_update().with_marks().get(pk=statement.pk)
    if held.retracted_at is not None:
        raise ValueError("This was taken back meanwhile: no record rests on it any more.")
    return held


def _hold_names(statements: Iterable[int]) -> None:
    affected = Affected.by(Statement.objects.filter(pk__in=statements))
    keys = affected.keys(Mention.Kind.COMPANY), affected.keys(Mention.Kind.INVESTOR)
    locking.hold(assigning.blocks_to_hold(*keys))


def _rivals(statement: Statement) -> list[Statement]:
    """The live statements about the same part of a field of the same record, itself included where it is live."""
    held = Assignment.objects.live().filter(mention=statement.mention_id).first()
    mentions = {statement.mention_id}
    if held:
        record = {f"{kind}_id": getattr(held, f"{kind}_id") for kind in KINDS}
        mentions |= set(Assignment.objects.live().filter(**record).values_list("mention_id", flat=True))
    same = Statement.objects.live().filter(mention__in=mentions, field=statement.field)
    part = _part(statement)
    return [one for one in same.select_related("mention").with_marks().order_by("pk") if _part(one) == part]


def _part(one: Statement) -> Any:
    """What of a field a statement is about, where several values hold at once: an investor, a sector, a place."""
    match one.field:
        case Field.PARTICIPATION:
            at = {"source": one.mention.source_id, "origin": one.mention.origin, "key": one.value["key"]}
            named = Assignment.objects.live().filter(mention__in=Mention.objects.filter(**at))
            return named.values_list("investor_id", flat=True).first() or tuple(at.values())
        case Field.SECTOR | Field.ALIAS:
            return fold(str(one.value.get("text", "")))
        case Field.EMPLOYEES:
            return fold(str(one.qualifiers.get("place", "")))
        case Field.VALUATION:
            is_of_day = one.mention.kind == Mention.Kind.COMPANY
            return one.qualifiers.get("basis") == "pre", date_of(one) if is_of_day else None
    return None


def _retract(change: Change, marks: Iterable[Mark]) -> None:
    pks = [one.pk for one in marks]
    Mark.objects.live().filter(pk__in=pks).update(retracted_in=change, retracted_at=change.at)


def _add(change: Change, statement: Statement, kind: str, reason: str) -> None:
    Mark.objects.create(statement=statement, kind=kind, reason=reason, added_in=change, recorded_at=change.at)


def _settle(change: Change, statements: Iterable[int]) -> Change:
    """Settle again whose mentions the statements are about, for what is deprecated tells nothing; then project."""
    affected = Affected.by(Statement.objects.filter(pk__in=statements))
    touched = affected.touched
    assigning.release_silent(change, affected)
    projecting.settle_and_project(change, affected, touched, investors_moved=True)
    return change
