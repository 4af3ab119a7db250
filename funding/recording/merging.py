"""A person's word on which records are one: merge two, split one, or say that two are two."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from companies.models import Company, Investor
from companies.names import fold
from funding.models import Assignment, Change, Exit, Judgement, Mention, Round

from . import assigning, doubts, locking, projecting
from .assigning import DECIDED, Affected, Touched
from .settling import assign, create, retract

Record = Company | Investor | Round | Exit
NOTHING = "Nothing live speaks of {}, so there is nothing to {}."


def merge(kept: Record, gone: Record, *, by: User, reason: str) -> Change:
    """Take all that is said of `gone` for `kept`, whose address stays; that of the other leads there from then on.

    Raises ValueError, in words for people, where the two cannot be one.
    """
    if type(kept) is not type(gone):
        raise ValueError("Only two records of one kind can be one.")
    if kept.pk == gone.pk:
        raise ValueError(f"{kept} is one record already.")
    if isinstance(kept, Round) and isinstance(gone, Round) and kept.company_id != gone.company_id:
        raise ValueError("The two rounds are of two companies. Merge the companies first, if they are one.")
    if isinstance(kept, Exit) and isinstance(gone, Exit):
        _refuse_other_exit(kept, gone)
    with transaction.atomic():
        _hold(kept, gone)
        if isinstance(kept, Investor) and isinstance(gone, Investor):
            _refuse_circle(kept, gone)
        moved: list[Mention] = _mentions(gone)
        stay: list[Mention] = _mentions(kept)
        for record, mentions in ((kept, stay), (gone, moved)):
            if not mentions:
                raise ValueError(NOTHING.format(record, "merge"))
        change = Change.objects.create(kind=Change.Kind.MERGE, by=by, note=reason)
        _judge(change, stay, moved, is_same=True, reason=reason)
        _move(change, moved, kept)
        return _settle(change, [*stay, *moved], [kept, gone])


def _refuse_other_exit(kept: Exit, gone: Exit) -> None:
    """Keep exits of two companies apart, and an acquisition from a listing."""
    if kept.company_id != gone.company_id:
        raise ValueError("The two exits are of two companies. Merge the companies first, if they are one.")
    if kept.kind != gone.kind:
        raise ValueError("An acquisition and a listing are two exits. Correct what is wrong of one of them first.")


def _refuse_circle(kept: Investor, gone: Investor) -> None:
    """Keep an investor from becoming an arm of its own arm: that of one is not merged with whom it is an arm of."""
    for arm, above in ((kept, gone), (gone, kept)):
        between = arm.parent
        seen = {arm.pk}
        while between and between != above and between.pk not in seen:
            seen.add(between.pk)
            if between.parent_id == above.pk:
                raise ValueError(f"{between} stands between the two: {arm} is part of it, and it of {above}.")
            between = between.parent


def split(record: Record, mentions: Iterable[Mention], *, by: User, reason: str) -> Change:
    """Make some of a record's mentions a record of their own; those that stay and those that go are apart for good.

    Raises ValueError, in words for people, where none would go, none would stay, or one is not of the record.
    """
    going = list(mentions)
    with transaction.atomic():
        _hold(record)
        held = {mention.pk: mention for mention in _mentions(record)}
        if not going:
            raise ValueError("Choose at least one source that speaks of another.")
        if any(mention.pk not in held for mention in going):
            raise ValueError(f"Meanwhile not all of these sources are taken for {record}. Look at them again.")
        staying = [mention for pk, mention in held.items() if pk not in {one.pk for one in going}]
        if not staying:
            raise ValueError(f"All sources that speak of {record} are chosen; leave at least one with it.")
        change = Change.objects.create(kind=Change.Kind.SPLIT, by=by, note=reason)
        if not isinstance(record, Round | Exit):
            _judge(change, staying, going, is_same=False, reason=reason)
        _move(change, going, _another(record, going))
        _move(change, staying, record)
        return _settle(change, [*staying, *going], [record])


def judge_different(a: Record, b: Record, *, by: User, reason: str = "") -> Change:
    """Record that two companies or investors are two, whatever their names. Raises ValueError as `merge` does."""
    if type(a) is not type(b) or isinstance(a, Round | Exit):
        raise ValueError("Only two companies or two investors can be told apart so.")
    if a.pk == b.pk:
        raise ValueError(f"{a} is one record. Split it, if it is two.")
    with transaction.atomic():
        _hold(a, b)
        ours, theirs = _mentions(a), _mentions(b)
        for record, mentions in ((a, ours), (b, theirs)):
            if not mentions:
                raise ValueError(NOTHING.format(record, "judge"))
        change = Change.objects.create(kind=Change.Kind.JUDGE, by=by, note=reason)
        _judge(change, ours, theirs, is_same=False, reason=reason)
        return _settle(change, [*ours, *theirs], [a, b])


def affected_by(change: Change) -> Affected:
    """The mentions that a merge, a split or a judgement was about, with the companies of their rounds."""
    moved = set(change.added_assignments.filter(is_decided=True).values_list("mention", flat=True))
    if change.kind not in (Change.Kind.MERGE, Change.Kind.SPLIT):
        moved = set()
    for left, right in change.added_judgements.values_list("left", "right"):
        moved |= {left, right}
    companies = Mention.objects.filter(dependants__in=moved).values_list("pk", flat=True)
    return Affected(frozenset(moved.union(companies)))


def take_back(undoing: Change, change: Change) -> None:
    """Leave the judgements and decisions that all merges, splits and judgements but those undone would leave."""
    about = change.added_judgements.all() | change.retracted_judgements.all()
    for left, right in set(about.values_list("left_id", "right_id")):
        _judge_anew(undoing, left, right)
    if change.kind in (Change.Kind.MERGE, Change.Kind.SPLIT):
        moved = change.added_assignments.filter(is_decided=True)
        for mention in Mention.objects.filter(assignments__in=moved).distinct().order_by("pk"):
            _assign_anew(undoing, change, mention)


def _judge_anew(undoing: Change, left: int, right: int) -> None:
    """Let the last judgement on a pair that stands be the live one."""
    rows = Judgement.objects.filter(left=left, right=right).select_related("added_in", "retracted_in")
    said: list[tuple[int, int, bool, str]] = []
    for one in rows:
        for at, change in ((1, one.added_in), (0, one.retracted_in)):
            if change and change.kind != Change.Kind.UNDO and not Change.objects.filter(undoes=change).exists():
                said.append((change.pk, at, one.is_same, one.reason))
    last = max(said, default=None)
    wanted = last[2:] if last and last[1] else None
    live = rows.filter(retracted_at=None).first()
    if live and wanted != (live.is_same, live.reason):
        live.retracted_in, live.retracted_at = undoing, undoing.at
        live.save(update_fields=["retracted_in", "retracted_at"])
        live = None
    if wanted and not live:
        about = {"is_same": wanted[0], "reason": wanted[1], "added_in": undoing, "recorded_at": undoing.at}
        Judgement.objects.create(left_id=left, right_id=right, **about)


def _assign_anew(undoing: Change, change: Change, mention: Mention) -> None:
    """Let the last decision on a mention that stands be the live one; where there is none, what the rules had said."""
    decided = Assignment.objects.filter(mention=mention, is_decided=True).exclude(added_in__kind=Change.Kind.UNDO)
    undone = Q(added_in__kind__in=(Change.Kind.MERGE, Change.Kind.SPLIT), added_in__undone_by__isnull=False)
    wanted = decided.exclude(undone).order_by("-added_in", "-pk").first()
    record = _taken_for(wanted)
    live = Assignment.objects.live().filter(mention=mention).first()
    if live and live.is_decided and _taken_for(live) != record:
        retract(undoing, live)
        live = None
    if live and (live.is_decided or not record) or not assigning.speaks(mention):
        return
    if live:
        retract(undoing, live)
    if not wanted:
        wanted = change.retracted_assignments.filter(mention=mention).first()
        record = _taken_for(wanted)
    if wanted and record:
        assign(undoing, mention, record, wanted.reason, is_decided=wanted.is_decided)


def _taken_for(one: Assignment | None) -> Record | None:
    """The record of an assignment of a mention that can be merged."""
    return (one.company or one.investor or one.round or one.exit) if one else None


def _hold(*records: Any) -> None:
    """Hold the blocks of the records' names to the end of the transaction."""
    companies: set[str] = set()
    investors: set[str] = set()
    for record in records:
        mentions = Mention.objects.filter(pk__in=[mention.pk for mention in _mentions(record)])
        if isinstance(record, Round | Exit):
            mentions = Mention.objects.filter(pk__in=mentions.values("company"))
        keys = set(mentions.values_list("name_key", flat=True))
        (investors if isinstance(record, Investor) else companies).update(keys)
    locking.hold(assigning.blocks_to_hold(companies, investors))


def _mentions(record: Any) -> list[Mention]:
    """The mentions that are taken for a record now, in a fixed order."""
    live = Assignment.objects.live().filter(**{str(record._meta.model_name): record})
    return list(Mention.objects.filter(pk__in=live.values("mention")).order_by("pk"))


def _another(record: Any, going: list[Mention]) -> Any:
    """A new record like this one, for the mentions that go."""
    if isinstance(record, Round | Exit):
        return type(record).objects.create(company=record.company)
    first = going[0]
    return create(type(record), first.name, fold(first.name))


def _move(change: Change, mentions: Iterable[Mention], record: Any) -> None:
    """Assign mentions to a record by a person's word."""
    for mention in mentions:
        held = Assignment.objects.live().filter(mention=mention).first()
        if held:
            retract(change, held)
        assign(change, mention, record, DECIDED, is_decided=True)


def _judge(change: Change, ours: list[Mention], theirs: list[Mention], *, is_same: bool, reason: str) -> None:
    """Keep the person's word between the first mention of each, for it holds for all that are one with them."""
    if ours[0].kind in (Mention.Kind.ROUND, Mention.Kind.EXIT):
        return
    left, right = sorted((ours[0].pk, theirs[0].pk))
    contrary = Judgement.objects.live().filter(left__in=[left, right, *[m.pk for m in (*ours, *theirs)]])
    mine, other = {m.pk for m in ours}, {m.pk for m in theirs}
    for one in contrary.exclude(is_same=is_same):
        if {one.left_id, one.right_id} & mine and {one.left_id, one.right_id} & other:
            one.retracted_in, one.retracted_at = change, change.at
            one.save(update_fields=["retracted_in", "retracted_at"])
    Judgement.objects.get_or_create(
        left_id=left,
        right_id=right,
        retracted_at=None,
        defaults={"is_same": is_same, "reason": reason[:300], "added_in": change, "recorded_at": change.at},
    )


def _settle(change: Change, mentions: Iterable[Mention], records: Iterable[Any]) -> Change:
    """Settle the blocks of the mentions again, and project what they were and are now."""
    affected = Affected(frozenset(mention.pk for mention in mentions))
    touched = affected.touched
    for record in records:
        if isinstance(record, Company):
            touched |= Touched({record.pk}, set())
        elif isinstance(record, Investor):
            touched |= Touched(set(), {record.pk})
        else:
            touched |= Touched({record.company_id}, set())
    touched = projecting.settle_and_project(change, affected, touched, investors_moved=True)
    doubts.note_doubts(change, touched.companies, touched.investors)
    return change
