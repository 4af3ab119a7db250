"""Find records by their names: what is typed → entries, the most exact first and of equals the busiest.

However many names there are, no more than `ENOUGH` entries of a kind are read at once. Where more hold the words,
those of the busiest records are read (`indexing.BUSY`), so that a single letter costs what a whole name does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import connection

from companies.names import fold

from .indexing import BUSY, KINDS, token, token_of_whole
from .spelling import LONGEST_BEGINNING, edits, edits_forgiven, looked_up

ENOUGH: Final = 200
MOST_WORDS: Final = 8  # of what is typed, the further ones are left out
MOST_MEANT: Final = 30  # words that a misspelt one may be meant for
MOST_NEAR: Final = 3_000  # words that are compared with what is typed
BROAD: Final = 3  # letters; words all shorter than this are in too many names to be read without the busy ones


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
    if not words:
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
    """The entries that hold a word of each group, read in at most two queries."""
    is_broad = all(len(word) < BROAD for group in groups for word in group)
    passes = [BUSY[:-1], (BUSY[-1], 0)] if is_broad else [(0,), BUSY]
    found: list[Found] = []
    for at, tiers in enumerate(passes):
        branches = [_branch(kind, groups, key, most, busy) for kind in kinds for busy in tiers]
        if at == 0:
            branches += [_whole(kind, key, most) for kind in kinds]
        rows = _run(branches)
        found += [Found(*row[:-1]) for row in rows]
        if is_broad:
            kinds = [kind for kind in kinds if len({one.record for one in found if one.kind == kind}) < most]
        else:
            kinds = [kind for kind in kinds if any(row[0] == kind and row[-1] > ENOUGH for row in rows)]
        if not kinds:
            break
    return _best(found, key, most)


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
_ROWS: Final = """
    (select %s as kind, record, name, key, is_alias, rounds, matches
    from (
        select *, count(*) over () as matches
        from (
            select coalesce(company_id, investor_id, person_id) as record, name, key, is_alias, rounds
            from companies_searchentry where {where} limit {enough}
        ) as held
    ) as counted
    order by replace(key, ' ', '') <> %s, not starts_with(key, %s), is_alias, rounds desc, record
    limit %s)
    """
_HAS_LONG: Final = "(position(' ' || %s in ' ' || key) > 0 or starts_with(replace(key, ' ', ''), %s))"
Branch = tuple[str, list[Any]]  # a part of a statement and its values


def _branch(kind: str, groups: Groups, key: str, most: int, busy: int) -> Branch:
    """The entries of a kind, of records so busy, that hold a word of each group."""
    typed = [group[0] for group in groups if len(group) == 1]
    conditions: list[str] = []
    values: list[Any] = []
    if typed:
        conditions.append("tokens @> (select %s::text[])")
        values.append([token(kind, word[:LONGEST_BEGINNING], busy) for word in typed])
    for group in groups:
        if len(group) > 1:
            conditions.append("tokens && (select %s::text[])")
            values.append([token(kind, word[:LONGEST_BEGINNING], busy) for word in group])
    for word in typed:
        if len(word) > LONGEST_BEGINNING:
            conditions.append(_HAS_LONG)
            values += [word, word]
    return _select(kind, " and ".join(conditions), values, key, most)


def _whole(kind: str, key: str, most: int) -> Branch:
    """The entries of a kind whose name is what was typed, which are shown however many others hold the words."""
    return _select(kind, "tokens @> (select %s::text[])", [[token_of_whole(kind, key)]], key, most)


def _select(kind: str, where: str, values: list[Any], key: str, most: int) -> Branch:
    # A record may be found by several of its names.
    rows = 2 * most
    text = _ROWS.format(where=where, enough=ENOUGH + 1)
    return text, [kind, *values, key.replace(" ", ""), key, rows]


def _run(branches: Sequence[Branch]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            " union all ".join(text for text, _ in branches), [value for _, values in branches for value in values]
        )
        return list(cursor.fetchall())
