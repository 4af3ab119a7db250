"""Add what a source says, and take back what a change added."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from companies.models import Company, Investor
from companies.places import country_of
from funding.alerting import noticing
from funding.company_matching import is_common, name_key
from funding.models import Assignment, Change, Exit, Mention, Round, Source, Statement
from funding.tellings import NewMention, NewStatement
from funding.values import Reference, to_json

from . import assigning, doubts, locking, marks, merging, projecting


def record(
    source: Source,
    mentions: Iterable[NewMention],
    statements: Iterable[NewStatement],
    *,
    origin: str,
    kind: str,
    by: User | None = None,
    note: str = "",
    decided: Mapping[str, Company | Investor | Round | Exit] | None = None,
    names_seen: bool = True,
    replaced: Iterable[int] = (),
    is_held: bool = False,
) -> Change:
    """Record statements of one source in one transaction, and project the records that they touch.

    `replaced` are statements by id that these take the place of: they are retracted, and an undo says them again.
    `is_held` says that the caller holds all whom the mentions name (`hold`).

    `origin` is the reading they come from (the engine's version, or `entry`). A statement that is live already is not
    added again. `decided` gives, by mention key, the records that a person chose; `names_seen` says whether a person
    saw the names at all, so that a company of a name that we hold is taken for that one. The lock makes two recordings
    of one company wait for each other, and two that may give a new record the same address.
    """
    told, said = list(mentions), list(statements)
    read_word_lists(mention.name for mention in told)
    with transaction.atomic():
        # Before the change has its time, for it may end what others record while it waits.
        by_key = {mention.key: mention for mention in told}
        if not is_held:
            hold(by_key[key] for key in _needed(by_key, said))
        change = Change.objects.create(kind=kind, by=by, note=note)
        more: Any = {"origin": origin, "decided": decided, "names_seen": names_seen, "replaced": replaced}
        record_in(change, source, told, said, **more)
        noticing.notice(change)
        return change


def record_in(
    change: Change,
    source: Source,
    mentions: Iterable[NewMention],
    statements: Iterable[NewStatement],
    *,
    origin: str,
    decided: Mapping[str, Company | Investor | Round | Exit] | None = None,
    names_seen: bool = True,
    replaced: Iterable[int] = (),
    rows: Mapping[str, Any] | None = None,
) -> None:
    """Record statements as part of a change that has begun, in the caller's transaction, as `record` does.

    `rows` are the raw cells of the mentions that are rows of a file, by their keys. Whoever has alerts is not told:
    that is for the end of the change. The names are held before the change gets its time, `change.at`.
    """
    by_key = {mention.key: mention for mention in mentions}
    said = list(statements)
    held = _mentions(source, origin, by_key, _needed(by_key, said), rows or {})
    _add(change, held, said)
    left = Statement.objects.live().filter(pk__in=list(replaced))
    affected = assigning.Affected.by(left)
    # Whom their mentions are stays said, so that an undo finds them again.
    left.update(retracted_in=change, retracted_at=change.at)
    touched = assigning.assign_all(change, held.values(), decided or {}, names_seen=names_seen) | affected.touched
    projecting.project(change, touched)
    doubts.note_doubts(change, touched.companies, touched.investors)


def read_word_lists(names: Iterable[str] = ()) -> None:
    """Read what judging names and places needs, which takes seconds the first time.

    To be called before a transaction that others wait for: they would give up before it ends.
    """
    country_of("London")
    for name in ("word", *names):
        is_common(name)


def hold(mentions: Iterable[NewMention]) -> None:
    """Hold all that recording these mentions may change, to the end of the transaction."""
    locking.hold(assigning.names_to_hold((mention.kind, mention.name) for mention in mentions))


def undo(change: Change, by: User | None) -> Change:
    """Retract what a change added, say again what it replaced, and project again.

    Raises ValueError where it was undone before or is an undo.
    """
    with transaction.atomic():
        change = Change.objects.select_for_update().get(pk=change.pk)
        if change.kind == Change.Kind.UNDO or Change.objects.filter(undoes=change).exists():
            raise ValueError("This was taken back already.")
        own = Statement.objects.filter(added_in=change)
        live = Statement.objects.live().filter(Q(added_in=change) | Q(pk__in=marks.restored_of(own)))
        affected = assigning.Affected.by(own)
        affected |= merging.affected_by(change)
        affected |= marks.affected_by(change)
        replaced = marks.replaced_by(change)
        affected |= assigning.Affected.by(replaced)
        companies, investors = affected.keys(Mention.Kind.COMPANY), affected.keys(Mention.Kind.INVESTOR)
        locking.hold(assigning.blocks_to_hold(companies, investors))
        touched = affected.touched
        undoing = Change.objects.create(kind=Change.Kind.UNDO, by=by, undoes=change)
        live.update(retracted_in=undoing, retracted_at=undoing.at)
        merging.take_back(undoing, change)
        marks.take_back(undoing, change)
        marks.restore(undoing, replaced)
        assigning.release_silent(undoing, affected)
        is_of_records = change.kind in (Change.Kind.MERGE, Change.Kind.SPLIT, Change.Kind.MARK)
        touched = projecting.settle_and_project(undoing, affected, touched, investors_moved=is_of_records)
        doubts.note_doubts(undoing, touched.companies, touched.investors)
        return undoing


def reconvert(companies: Iterable[int], by: User | None = None) -> None:
    """Project companies again after rates have changed, in one transaction.

    Amounts of several currencies that are now known to be one may make one round of two; that is a change of its own.
    """
    touched = assigning.Touched(set(companies))
    with transaction.atomic():
        own = Assignment.objects.live().filter(company__in=touched.companies)
        keys = own.values_list("mention__name_key", flat=True)
        locking.hold(assigning.blocks_to_hold(set(keys), ()))
        change = Change.objects.create(kind=Change.Kind.MATCHING, by=by, note="Rates have changed.")
        projecting.project(change, touched)
        if not Assignment.objects.filter(Q(added_in=change) | Q(retracted_in=change)).exists():
            change.delete()


def digest(field: str, value: Mapping[str, Any], qualifiers: Mapping[str, Any]) -> str:
    """The hash under which the same thing said twice of one mention is one statement."""
    return hashlib.sha256(_in_order([field, value, qualifiers]).encode()).hexdigest()


_in_order = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


def _needed(by_key: Mapping[str, NewMention], said: Iterable[NewStatement]) -> list[str]:
    """The keys of the mentions that statements are about or refer to, companies first."""
    keys: dict[str, None] = {}
    for one in said:
        referred = [one.value.key] if isinstance(one.value, Reference) else []
        for key in (one.subject, *referred):
            keys |= dict.fromkeys((by_key[key].company, key) if by_key[key].company else (key,))
    return sorted(keys, key=lambda key: bool(by_key[key].company))


def _mentions(
    source: Source,
    origin: str,
    by_key: Mapping[str, NewMention],
    needed: Iterable[str],
    cells: Mapping[str, Any],
) -> dict[str, Mention]:
    """The rows of mentions by key, made where the source was not read so far before."""
    rows = {row.key: row for row in Mention.objects.filter(source=source, origin=origin, key__in=needed)}
    for key in needed:
        if key not in rows:
            new = by_key[key]
            about = {"kind": new.kind, "name": new.name[:200], "company": rows.get(new.company), "row": cells.get(key)}
            if new.kind in (Mention.Kind.COMPANY, Mention.Kind.INVESTOR):
                about["name_key"] = name_key(new.kind, new.name[:200])
            rows[key] = Mention.objects.create(source=source, origin=origin, key=key, **about)
    return rows


def _add(change: Change, rows: Mapping[str, Mention], said: Iterable[NewStatement]) -> None:
    """Add the statements that are not live already."""
    live = Statement.objects.live().filter(mention__in=rows.values())
    known = set(live.values_list("mention_id", "digest"))
    new = []
    for one in said:
        value, qualifiers = to_json(one.value), dict(one.qualifiers)
        mention, hashed = rows[one.subject], digest(one.field, value, qualifiers)
        if (mention.pk, hashed) in known:
            continue
        known.add((mention.pk, hashed))
        new.append(
            Statement(
                mention=mention,
                field=one.field,
                value=value,
                qualifiers=qualifiers,
                quotes=[dict(quote) for quote in one.quotes],
                rule=one.rule,
                confidence=one.confidence,
                digest=hashed,
                added_in=change,
                recorded_at=change.at,
            )
        )
    Statement.objects.bulk_create(new)
