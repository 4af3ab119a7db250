"""Check a file before anything changes: every row read, and what recording it would do."""

import gc
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final, TypeVar

from django.db import connection, transaction

from companies import candidates
from companies.models import Company
from config import copying
from funding import entry, formats
from funding.formats import Format, Row
from funding.models import Import, ImportName, ImportRow, Mention, Round, Statement
from funding.recording import freshness, telling
from funding.recording.changes import digest
from funding.recording.retiring import Progress
from funding.tellings import Field, NewStatement
from funding.values import Money, PartialDate, Text, agree, to_json

from .arriving import Unusable, form_of, opened
from .groups import Group, Kept, group_of, grouped, main_key, name_all, statements_by_key, system_of

BATCH: Final = 2_000  # rows that are judged together
LONGEST_REASON: Final = 500
KEPT: Final = ("file_id", "number", "group", "cells", "verdict", "reason", "warnings")
NUMBERED: Final = ("person:", "investor:", *telling.NUMBERED)
Verdict = ImportRow.Verdict
T = TypeVar("T")


def quiet(words: str, done: int, total: int) -> None:
    """Tell nobody how far it is."""


def check(file: Import, progress: Progress = quiet) -> dict[str, int]:
    """Read every row of a file and say of each what recording would do; the number of rows by verdict.

    Nothing but the rows kept for it changes. Raises Unusable where the file turns out to be no table.
    """
    form = form_of(file)
    ImportRow.objects.filter(file=file).delete()
    ImportName.objects.filter(file=file).delete()
    with opened(file) as table:
        try:
            total = _keep(file, formats.read(table, form), progress)
        except formats.Refused as refused:
            raise Unusable(str(refused)) from refused
    _judge_all(file, form, total, progress)
    file.counts = _count(file)
    file.save(update_fields=["counts"])
    return file.counts


@contextmanager
def without_collecting() -> Iterator[None]:
    """Have no garbage looked for among the hundred thousand objects of a batch, which takes a sixth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.collect(1)  # or all that lives would be looked through as soon as it is on again
            gc.enable()


def _count(file: Import) -> dict[str, int]:
    """The number of rows by verdict, and of those with warnings; none that is 0."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select verdict, count(*) from funding_importrow where file_id = %s group by verdict"
            " union all select 'warnings', count(*) from funding_importrow where file_id = %s and warnings <> '[]'",
            [file.pk, file.pk],
        )
        return {name: number for name, number in cursor.fetchall() if number}


def batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """So many at a time."""
    source = iter(rows)
    while True:
        with without_collecting():
            found = list(islice(source, size))
        if not found:
            return
        yield found


def _keep(file: Import, rows: Iterator[Row], progress: Progress) -> int:
    """Keep the cells of every row with its group; how many there are."""
    names: dict[str, str] = {}
    total = 0
    for found in batches(rows, BATCH * 5):
        with transaction.atomic():
            kept = []
            for row in found:
                names |= row.names
                verdict = Verdict.REFUSED if row.refusal else Verdict.NEW
                reason = row.refusal[:LONGEST_REASON]
                group = "" if row.refusal else group_of(row)
                cells, warnings = copying.as_json(list(row.raw.values())), copying.as_json(list(row.warnings))
                kept.append((file.pk, row.number, group, cells, verdict, reason, warnings))
            copying.write(ImportRow, KEPT, kept)
        total += len(found)
        progress("Reading", total, 0)
    for some in batches(names.items(), BATCH * 5):
        made = [ImportName(file=file, key=key, name=name) for key, name in some]
        ImportName.objects.bulk_create(made, ignore_conflicts=True)
    copying.analyse_grown()
    return total


def waiting(file: Import) -> Any:
    """The rows that are to be recorded, by group."""
    to_record = (Verdict.NEW, Verdict.CHANGED, Verdict.CONFLICTING)
    return ImportRow.objects.filter(file=file, verdict__in=to_record).order_by("group", "number")


def _judge_all(file: Import, form: Format, total: int, progress: Progress) -> None:
    """Say of every row that can be read what recording it would do, some thousand at a time."""
    last, done = "", 0
    while rows := next_rows(file, last):
        last, done = rows[-1].group, done + len(rows)
        with without_collecting():
            verdicts = _judge_some(file, form, rows)
        others = [number for number, verdict in verdicts.items() if verdict != (Verdict.NEW, "")]
        changed = list(file.rows.filter(number__among=others))
        for row in changed:
            row.verdict, row.reason = verdicts[row.number]
        ImportRow.objects.bulk_update(changed, ["verdict", "reason"], batch_size=BATCH)
        progress("Comparing", done, total)


def _judge_some(file: Import, form: Format, rows: Sequence[Kept]) -> dict[int, tuple[str, str]]:
    """What recording each of some rows would do, with the reason."""
    groups = grouped(file, form, rows)
    name_all(file, form, [one for one in groups if not one.is_named])
    held = _held(system_of(form), groups)
    known = _not_fresh(form, groups)
    verdicts: dict[int, tuple[str, str]] = {}
    for group in groups:
        verdicts |= _judge(group, held, known.get(group.key))
    return verdicts


def next_rows(file: Import, after: str = "", size: int = BATCH) -> list[Kept]:
    """The next rows to be recorded, of groups after that one, such that all of a group are among them."""
    with connection.cursor() as cursor:
        # Whole groups: to the end of the group that the last of so many rows is in.
        cursor.execute(
            'select max("group") from (select "group" from funding_importrow where file_id = %s'
            " and verdict in ('new', 'changed', 'conflicting') and \"group\" > %s"
            ' order by "group" limit %s) as upcoming',
            [file.pk, after, size],
        )
        (upper,) = cursor.fetchone() or (None,)
    if upper is None:
        return []
    rows = waiting(file).filter(group__gt=after, group__lte=upper)
    return [Kept(*cells) for cells in rows.values_list("group", "number", "cells")]


class Held:
    """What rows of the same system, imported before, say by the keys of their mentions."""

    def __init__(self) -> None:
        self.said: dict[str, set[str]] = defaultdict(set)
        self.named: dict[str, str] = {}
        self.of_company: dict[str, list[frozenset[str]]] = defaultdict(list)


def _held(system: str, groups: Sequence[Group]) -> Held:
    keys = {main_key(row) for group in groups for row in group.rows} | {group.key for group in groups}
    live = Statement.objects.live().filter(mention__origin=system)
    found = Held()
    of_key = live.filter(mention__key__among=list(keys)).values_list(
        "mention__key", "digest", "mention__source__title"
    )
    for key, said, title in of_key:
        found.said[key].add(said)
        found.named[key] = title
    own = Mention.objects.filter(origin=system, key__among=[group.key for group in groups], kind=Mention.Kind.COMPANY)
    by_mention: dict[tuple[int, str], set[str]] = defaultdict(set)
    hanging = live.filter(mention__company__in=own).values_list("mention", "mention__company__key", "digest")
    for mention, company, said in hanging:
        by_mention[mention, company].add(said)
    for (_, company), digests in by_mention.items():
        found.of_company[company].append(frozenset(digests))
    return found


def _not_fresh(form: Format, groups: Sequence[Group]) -> dict[str, Company | None]:
    """The companies that we hold under other sources, by group; None where none is surely meant."""
    told = [(group.key, one) for group in groups if (one := group.told)]
    # No source yet: nothing of the file itself is recorded.
    is_fresh = freshness.fresh([one for _, one in told], None, system_of(form))
    return {
        key: candidates.company_named(one.company.name)
        for (key, one), fresh in zip(told, is_fresh, strict=True)
        if not fresh
    }


def _judge(group: Group, held: Held, company: Company | None) -> dict[int, tuple[str, str]]:
    """What recording each row of a group would do, with the reason."""
    found: dict[int, tuple[str, str]] = {}
    seen: dict[tuple[str, frozenset[str]], int] = {}
    keys = Counter(map(main_key, group.rows))
    is_held = group.key in held.of_company
    for row in group.rows:
        if row.number in group.faults:
            found[row.number] = (Verdict.REFUSED, group.faults[row.number][:LONGEST_REASON])
            continue
        if not any(isinstance(one, NewStatement) for one in row.tells):
            found[row.number] = (Verdict.DUPLICATE, "The row says nothing beside a name.")
            continue
        key = main_key(row)
        # Where nothing is held and a number tells the row apart, nobody asks what exactly it says.
        is_apart = not is_held and key not in held.said and key.startswith(NUMBERED) and keys[key] == 1
        said = frozenset() if is_apart else frozenset(_digests(row, key))
        # Two people of one company may have one role, and two rounds one day and stage, as long as a number tells them
        # apart; what has none is known by what is said of it alone.
        of = key if key.startswith(NUMBERED) else "", said
        if of in seen:
            found[row.number] = (Verdict.DUPLICATE, f"The same as row {seen[of]}.")
            continue
        seen[of] = row.number
        found[row.number] = _against_held(row, key, said, group, held, company)
    return found


def _against_held(
    row: Row, key: str, said: frozenset[str], group: Group, held: Held, company: Company | None
) -> tuple[str, str]:
    """What recording a row would do beside what is held."""
    before = held.said.get(key, set())
    if said and (said <= before or (key != group.key and any(said <= other for other in held.of_company[group.key]))):
        return Verdict.DUPLICATE, f"Held since the import of {held.named.get(key) or 'an earlier file'}."
    if before:
        return Verdict.CHANGED, f"Another row than in {held.named[key]}."
    if company is None:
        return Verdict.NEW, ""
    return _beside(row, key, company)


def _beside(row: Row, key: str, company: Company) -> tuple[str, str]:
    """What a row of a company that we hold from elsewhere would do."""
    facts = {one.field: one for one in statements_by_key(row)[key]}
    stage, on, raised = (facts.get(name) for name in (Field.STAGE, Field.ANNOUNCED_ON, Field.RAISED))
    if not key.startswith("round:"):
        return Verdict.NEW, ""
    value = raised.value if raised and isinstance(raised.value, Money) else None
    label = stage.value.text if stage and isinstance(stage.value, Text) else ""
    near = entry.rounds_near(company, label, on.value if on and isinstance(on.value, PartialDate) else None, value)
    if not near:
        return Verdict.NEW, ""
    held = near[0].round
    return _compared(held, label, value, near[0].because)


def _compared(held: Round, stage: str, raised: Money | None, because: str) -> tuple[str, str]:
    """Whether a row agrees with the round held that it is likely of."""
    differing = []
    if raised and held.raised and raised.currency == held.raised.currency and not agree(raised, held.raised):
        differing.append("the amount raised")
    if stage and held.stage and stage != held.stage:
        differing.append("the stage")
    if differing:
        reason = f"Held already ({because}), but sources would differ on {' and '.join(differing)}."
        return Verdict.CONFLICTING, reason
    return Verdict.CHANGED, f"Held already ({because}): the row adds a source."


def _digests(row: Row, key: str) -> Iterator[str]:
    """What a row says of the mention that it is, as statements are known again."""
    for one in statements_by_key(row)[key]:
        yield digest(one.field, to_json(one.value), dict(one.qualifiers))
