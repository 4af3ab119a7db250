"""Find records by their names: what is typed → entries, the most exact first and of equals the busiest.

However many names there are, no more than `ENOUGH` entries of a kind are read, those of the busiest records
(`indexing.BUSY`), so that a single letter costs what a whole name does. Of more than `ENOUGH` names the most exact of
the busiest come first, and one that is the very words is never missed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import connection

from companies.names import fold

from .indexing import KINDS, steps, token_of_whole
from .spelling import LONGEST_BEGINNING, edits, edits_forgiven, looked_up

ENOUGH: Final = 200
MOST_WORDS: Final = 8  # of what is typed, the further ones are left out
MOST_MEANT: Final = 30  # words that a misspelt one may be meant for
MOST_NEAR: Final = 3_000  # words that are compared with what is typed


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was found, and the name of it that the words are in; `edits` is how often these are misspelt."""

    kind: str
    record: int
    name: str
    key: str
    is_alias: bool
    rounds: int
    edits: int = 0


Groups = Sequence[Sequence[str]]  # for each typed word, the words one of which a name has to begin a word with


def words_of(text: str) -> list[str]:
    """The words that are looked for, folded as names are, each once."""
    return list(dict.fromkeys(fold(text).split()))[:MOST_WORDS]


def find(text: str, most: int, kinds: Sequence[str] = KINDS, *, as_typed: bool = False) -> list[Found]:
    """At most so many records of each kind, of whose name or one alias some word begins with each typed word.

    Where fewer than `most` are found at all, names that are a typo or two away follow, unless `as_typed`.
    """
    words, key = words_of(text), fold(text)
    if not words or not kinds:
        return []
    found = _read(kinds, [[word] for word in words], key, most)
    if as_typed or len(found) >= most:
        return found
    meant = _meant(words)
    if all(len(group) == 1 for group in meant):
        return found
    held = {(one.kind, one.record) for one in found}
    others = (one for one in _read(kinds, meant, key, ENOUGH) if (one.kind, one.record) not in held)
    near = [one for one in (_misspelt(other, words) for other in others) if one]
    return _best([*found, *near], key, most)


def _meant(words: Sequence[str]) -> list[list[str]]:
    """For each typed word itself and the words it may be meant for, the nearest first."""
    numbers = set().union(*(looked_up(word) for word in words if edits_forgiven(word)))
    if not numbers:
        return [[word] for word in words]
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [sorted(numbers), MOST_NEAR])
        near = {word for (word,) in cursor.fetchall()}
    return [_nearest(word, near) for word in words]


def _nearest(typed: str, near: Iterable[str]) -> list[str]:
    most = edits_forgiven(typed)
    found = sorted((distance, word) for word in near if most and (distance := edits(typed, word)) <= most)
    return list(dict.fromkeys([typed, *(word for _, word in found[:MOST_MEANT])]))


def _misspelt(found: Found, words: Sequence[str]) -> Found | None:
    """What was found, with its edits; None where a word of it is not meant after all."""
    total = 0
    for typed in words:
        distance = min((0 if word.startswith(typed) else edits(typed, word) for word in found.key.split()), default=9)
        if distance > edits_forgiven(typed):
            return None
        total += distance
    return replace(found, edits=total)


def _read(kinds: Sequence[str], groups: Groups, key: str, most: int) -> list[Found]:
    """The entries that hold a word of each group, and those whose name is the key."""
    where, words = _condition(groups)
    kinds = list(kinds)
    of, starts, below = (
        list(column) for column in zip(*(step for kind in kinds for step in steps(kind)), strict=True)
    )
    wholes = [token_of_whole(kind, key) for kind in kinds]
    values = [kinds, of, starts, below, *words, key.replace(" ", ""), key, 2 * most, kinds, wholes]
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES.format(where=where), values)
        found = [Found(*row) for row in cursor.fetchall()]
    return _best(found, key, most)


def _condition(groups: Groups) -> tuple[str, list[Any]]:
    """That an entry holds a word of each group, with the words; `start` is what its tokens begin with."""
    typed = [group[0] for group in groups if len(group) == 1]
    others = [group for group in groups if len(group) > 1]
    conditions = [_HOLDS.format("@>")] * bool(typed) + [_HOLDS.format("&&")] * len(others)
    values: list[Any] = [[word[:LONGEST_BEGINNING] for word in group] for group in [typed, *others] if group]
    for word in typed:
        if len(word) > LONGEST_BEGINNING:
            conditions.append(_HAS_LONG)
            values += [word, word]
    return " and ".join(conditions), values


def _best(found: Iterable[Found], key: str, most: int) -> list[Found]:
    """Each record once, by the best of its names, and the first of each kind."""
    best: dict[tuple[str, int], Found] = {}
    for one in sorted(found, key=lambda one: order(one, key)):
        best.setdefault((one.kind, one.record), one)
    kept: dict[str, int] = {}
    chosen = []
    for one in best.values():
        kept[one.kind] = kept.get(one.kind, 0) + 1
        if kept[one.kind] <= most:
            chosen.append(one)
    return chosen


def order(found: Found, key: str) -> tuple[Any, ...]:
    """What comes first: no typo, the whole name, its beginning, a name before an alias; then the busiest."""
    is_whole = found.key.replace(" ", "") == key.replace(" ", "")
    exactness = 0 if is_whole else 1 if found.key.startswith(key) else 2
    return found.edits, exactness, found.is_alias, -found.rounds, found.name, found.record


# The arrays stand in subqueries so that the planner does not see them: it would take each element for a common one,
# and read the whole table rather than the index.
_NEAR: Final = "select word from companies_searchword where near && (select %s::int[]) limit %s"
_HOLDS: Final = "tokens {} array(select start || word from unnest(%s::text[]) as word)"
_HAS_LONG: Final = "(position(' ' || %s in ' ' || key) > 0 or starts_with(replace(key, ' ', ''), %s))"
# Each kind is read step by step from the busiest records down, and no further than until there are enough. A record
# may be found by several of its names, so twice as many entries are kept as records are wanted.
_ENTRIES: Final = f"""
    select kind, found.* from unnest(%s::text[]) as kind cross join lateral (
        select * from (
            select entry.* from unnest(%s::text[], %s::text[], %s::int[]) as step (of, start, below)
            cross join lateral (
                select coalesce(company_id, investor_id, person_id) as record, name, key, is_alias, rounds
                from companies_searchentry where {{where}} and rounds < below limit {ENOUGH}
            ) as entry
            where of = kind limit {ENOUGH}
        ) as read
        order by replace(key, ' ', '') <> %s, not starts_with(key, %s), is_alias, rounds desc, record
        limit %s
    ) as found
    union all
    select kind, entry.* from unnest(%s::text[], %s::text[]) as whole (kind, token) cross join lateral (
        select coalesce(company_id, investor_id, person_id) as record, name, key, is_alias, rounds
        from companies_searchentry where tokens @> array[token] limit {ENOUGH}
    ) as entry
    """
