"""Record the rows of a file that was checked, some hundred companies in a transaction; and take a file back."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config import copying
from funding import recording
from funding.alerting import noticing
from funding.formats import Format
from funding.models import Change, Import, Mention, Source, Statement
from funding.recording import bulk, freshness, locking, retiring
from funding.recording.freshness import Told
from funding.tellings import NewMention, NewStatement
from funding.values import PartialDate, Reference

from .arriving import form_of
from .checking import Progress, quiet, waiting, without_collecting
from .groups import Group, system_of
from .parts import Describer, Part, first_rows, read_word_lists, rows_after

FEW: Final = 25  # companies recorded one by one in one transaction


class Stopped(Exception):
    """The import is not, or no longer, in the state in which this can be done."""


def begin(file: Import, by: User | None) -> None:
    """Have a checked file be recorded: make its source and the change that all of it is added in."""
    with transaction.atomic():
        held = Import.objects.select_for_update(no_key=True).get(pk=file.pk)
        if held.state == Import.State.RECORDING:
            return
        if held.state != Import.State.CHECKED:
            raise Stopped(f"The file is {held.get_state_display()}, and cannot be recorded now.")
        held.source = _source(held, form_of(held))
        held.change = Change.objects.create(kind=Change.Kind.IMPORT, by=by, note=held.name)
        held.state = Import.State.RECORDING
        held.added = {}
        held.save()
    file.refresh_from_db()


def _source(file: Import, form: Format) -> Source:
    """The file as a source; the same content is the same source."""
    on = PartialDate.from_iso(form.options.as_of) if form.options.as_of else None
    found, _ = Source.objects.exclude(kind=Source.Kind.ENTRY).get_or_create(
        text_hash=file.digest,
        defaults={
            "kind": Source.Kind.FILE,
            "title": file.name,
            "publisher": form.title[:200],
            "published_on": on.first_day if on else None,
            "published_precision": on.precision if on else "",
        },
    )
    return found


def record(file: Import, progress: Progress = quiet) -> None:
    """Record all rows that wait. What is recorded waits no more, so that a run that was cut off goes on.

    While the rows of one part are written, another process describes what those of the next come to.

    Raises Stopped where the file is not being recorded.
    """
    form, total = form_of(file), waiting(file).count()
    done = 0
    part = Part.of(file, form, first_rows(file))
    following = Part.of(file, form, rows_after(file, part))
    with Describer(file, form) as describer:
        while part.rows:
            with without_collecting():
                told = part.name_all(file, form)
                read_word_lists(told.values())
                describer.go_on(part, following)
                apart, coming = _by_bulk(file, form, part, told, following, describer)
                describer.go_on(following, coming, wait=False)
            copying.analyse_grown()  # the others are compared with what this has written
            _one_by_one(file, form, [group for group in part.groups if group.key not in apart])
            with without_collecting():
                describer.go_on(following, coming)
            done += len(part.rows)
            progress("Recording", done, total)
            part, following = following, coming
    _end(file)


def _by_bulk(
    file: Import, form: Format, part: Part, told: Mapping[str, Told], following: Part, describer: Describer
) -> tuple[set[str], Part]:
    """Record the companies that nobody spoke of before, at once; the keys of their groups.

    While the database writes and checks, the part after the following is read, and what the following comes to.
    """
    rows, coming = rows_after(file, following), Part()

    def read_on() -> None:
        nonlocal coming
        coming = Part.of(file, form, rows)

    with transaction.atomic():
        locking.hold_all()
        held = _held(file)
        source, change = held.source, held.change
        assert source is not None and change is not None
        are_fresh = freshness.fresh(list(told.values()), source, system_of(form))
        chosen = {key: one for (key, one), fresh in zip(told.items(), are_fresh, strict=True) if fresh}
        change.at = timezone.now()
        bulk.record_fresh(change, source, system_of(form), list(chosen.values()), part.ahead, read_on)
        _recorded(held, [group for group in part.groups if group.key in chosen])
        with copying.behind() as behind:
            behind.check()
            describer.receive(following, wait=False)
    return set(chosen), coming


def _one_by_one(file: Import, form: Format, groups: Sequence[Group]) -> None:
    """Record the others as everything is, some in a transaction."""
    for at in range(0, len(groups), FEW):
        some = groups[at : at + FEW]
        with transaction.atomic():
            locking.hold_all()
            held = _held(file)
            source, change = held.source, held.change
            assert source is not None and change is not None
            for group in some:
                change.at = timezone.now()
                mentions, statements = _tells(group)
                system, rows = system_of(form), group.told.rows if group.told else {}
                gone = _superseded(source, system, form, statements)
                more = {"names_seen": False, "replaced": gone, "rows": rows}
                recording.record_in(change, source, mentions, statements, origin=system, **more)
            _recorded(held, some)


def _tells(group: Group) -> tuple[list[NewMention], list[NewStatement]]:
    """What the rows of a group tell, each thing once."""
    mentions = {one.key: one for row in group.sound for one in row.tells if isinstance(one, NewMention)}
    statements = [one for row in group.sound for one in row.tells if isinstance(one, NewStatement)]
    named = {one.value.key for one in statements if isinstance(one.value, Reference)}
    spoken = {one.subject for one in statements} | named
    spoken |= {mentions[key].company for key in spoken if mentions[key].company}
    return [one for one in mentions.values() if one.key in spoken], statements


def _superseded(source: Source, system: str, form: Format, statements: Sequence[NewStatement]) -> list[int]:
    """What an older file of the system says of the same round or exit, by id: its row is another now."""
    meanings = set(form.mapping.values())
    kinds = [kind for kind in (Mention.Kind.ROUND, Mention.Kind.EXIT) if f"{kind}.id" in meanings]
    if not kinds:
        return []
    said = {(one.subject, one.field) for one in statements}
    older = Statement.objects.live().filter(
        mention__origin=system, mention__key__in={key for key, _ in said}, mention__kind__in=kinds
    )
    rows = older.exclude(mention__source=source).values_list("pk", "mention__key", "field")
    return [pk for pk, key, name in rows if (key, name) in said]


def _held(file: Import) -> Import:
    """The import, held for its worker. Raises Stopped where somebody took it back or it has ended."""
    held = (
        Import.objects.select_for_update(no_key=True, of=("self",)).select_related("source", "change").get(pk=file.pk)
    )
    if held.state != Import.State.RECORDING:
        raise Stopped(f"The file is {held.get_state_display()}.")
    return held


def _recorded(file: Import, groups: Sequence[Group]) -> None:
    """The rows of these groups wait no more; those that speak of nobody known are refused."""
    if not groups:
        return
    sound = [row.number for group in groups for row in group.sound]
    file.rows.filter(number__among=sound).delete()
    for group in groups:
        for number, why in group.faults.items():
            file.rows.filter(number=number).update(verdict="refused", reason=why)
    file.added["rows"] = file.added.get("rows", 0) + len(sound)
    file.save(update_fields=["added"])


def _end(file: Import) -> None:
    """Say that all is recorded, and tell whoever has alerts."""
    with transaction.atomic():
        held = _held(file)
        assert held.change is not None
        held.state = Import.State.RECORDED
        held.added |= retiring.added_by(held.change)
        held.parts.all().delete()
        held.names.all().delete()
        held.save(update_fields=["state", "added"])
        noticing.notice(held.change)
    file.refresh_from_db()


def take_back(file: Import, by: User | None, progress: Progress = quiet) -> None:
    """Take back all that a file added, some hundred companies in a transaction; goes on where it was cut off.

    Raises Stopped where there is nothing to take back.
    """
    with transaction.atomic():
        held = Import.objects.select_for_update(no_key=True, of=("self",)).select_related("change").get(pk=file.pk)
        if held.state not in (Import.State.RECORDED, Import.State.RECORDING, Import.State.UNDOING):
            raise Stopped(f"The file is {held.get_state_display()}: there is nothing to take back.")
        assert held.change is not None
        held.state = Import.State.UNDOING
        held.save(update_fields=["state"])
        undoing, _ = Change.objects.get_or_create(
            undoes=held.change, defaults={"kind": Change.Kind.UNDO, "by": by, "note": held.name}
        )
    retiring.take_back(held.change, undoing, progress)
    with transaction.atomic():
        Import.objects.filter(pk=file.pk, state=Import.State.UNDOING).update(state=Import.State.UNDONE)
        noticing.notice(undoing)
    file.refresh_from_db()
