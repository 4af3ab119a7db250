"""Keep the search entries in step with the records: called by whoever writes these, in the same transaction."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from django.db import connection, transaction

from companies.models import Alias, Company, Investor, Person, SearchEntry, SearchWord
from config import copying

from .spelling import LONGEST_BEGINNING, ONE_EDIT_FROM, beginnings, neighbourhood

COMPANY: Final = "company"
INVESTOR: Final = "investor"
PERSON: Final = "person"
KINDS: Final = (COMPANY, INVESTOR, PERSON)
# Records of many rounds have tokens of their own, one for each of these that they reach, so that the busiest of many
# are read without reading the others.
BUSY: Final = (256, 64, 16, 8, 4)
MOST_ROUNDS: Final = 2**31 - 1  # that the column of them holds
# Below this many letters a word is never misspelt for another, and one of them is no typo of a longer.
SHORTEST_HELD: Final = ONE_EDIT_FROM - 1
BATCH: Final = 2_000


class Named(NamedTuple):
    """What one entry says, for comparison."""

    name: str
    key: str
    is_alias: bool
    rounds: int


def token(kind: str, beginning: str, busy: int = 0) -> str:
    """What an entry of a kind has for a beginning of a word; `busy` for one of records with so many rounds or more."""
    return f"{kind[0]}{busy or ''}:{beginning}"


def steps(kind: str) -> list[tuple[str, str, int]]:
    """A kind from its busiest records down: itself, what the tokens of a step begin with, and below how many rounds.

    A record has the tokens of all steps below its own, too.
    """
    below = (MOST_ROUNDS, *BUSY)
    return [(kind, token(kind, "", least), most) for least, most in zip((*BUSY, 0), below, strict=True)]


def token_of_whole(kind: str, key: str) -> str:
    """What an entry of a kind has for the whole of its key, spaces apart."""
    return f"{kind[0]}={key.replace(' ', '')}"


def tokens(kind: str, key: str, rounds: int) -> list[str]:
    """All that an entry is found by. Its words run together begin like a word, too: "backmarket", "back market"."""
    found = beginnings([*key.split(), key.replace(" ", "")])
    busy = [0, *(least for least in BUSY if rounds >= least)]
    return sorted({token(kind, one, least) for one in found for least in busy} | {token_of_whole(kind, key)})


def index_companies(ids: Collection[int]) -> None:
    """Let companies and their people be found as they are now, and not where they are gone or merged."""
    live = Company.objects.live().in_bulk(list(ids))
    names = _names(COMPANY, live)
    _write(COMPANY, ids, names)
    held = Person.objects.filter(resolved_for__in=ids)
    people = [one for one in held if one.is_live and one.merged_into_id is None and one.resolved_for_id in live]
    of_people = {one.pk: [Named(one.name, one.key, False, live[one.resolved_for_id].rounds_count)] for one in people}
    _write(PERSON, [one.pk for one in held], of_people)


def index_investors(ids: Collection[int]) -> None:
    """Let investors be found as they are now, and not where they are gone or merged."""
    _write(INVESTOR, ids, _names(INVESTOR, Investor.objects.live().in_bulk(list(ids))))


def add_companies(records: Iterable[tuple[int, str, str, int]]) -> None:
    """Let companies be found that were not there before, and have no name but their own: id, name, key and rounds."""
    _add(COMPANY, [(pk, name, key, False, rounds) for pk, name, key, rounds in records])


def clear() -> None:
    """Empty the entries, for who writes all records again."""
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()


def index_everything() -> None:
    """Throw all entries away and fill them again, a million in a minute or two; nobody searches meanwhile."""
    indexes = [(model, index) for model in (SearchEntry, SearchWord) for index in model._meta.indexes]
    with transaction.atomic(), connection.cursor() as cursor:
        # An index is built far faster than it is added to, and is dropped only where nothing is left to be checked.
        cursor.execute("set constraints all immediate")
        cursor.execute("set local maintenance_work_mem = '256MB'")
        cursor.execute("set local statement_timeout = 0")
        cursor.execute("set local enable_memoize = off")  # no word comes often enough
        cursor.execute("truncate companies_searchentry, companies_searchword")
        with connection.schema_editor() as editor:
            for model, index in indexes:
                editor.remove_index(model, index)
            for kind, rows in _NAMES_OF.items():
                cursor.execute(_fill(kind, rows))
            _fill_words(cursor)
            for model, index in indexes:
                editor.add_index(model, index)


def _names(kind: str, live: dict[int, Any]) -> dict[int, list[Named]]:
    """The names of live records: their own, and the aliases that say something else."""
    found = {pk: [Named(one.name, one.key, False, one.rounds_count)] for pk, one in live.items()}
    aliases = Alias.objects.filter(**{f"{kind}__in": live}).order_by("pk")
    for record, name, key in aliases.values_list(f"{kind}_id", "name", "key"):
        if key != live[record].key:
            found[record].append(Named(name, key, True, live[record].rounds_count))
    return found


def _write(kind: str, ids: Collection[int], names: dict[int, list[Named]]) -> None:
    """Make the entries of records what they should be, touching only those that differ."""
    wanted = {(record, one.name, one.key, one.is_alias): one.rounds for record, ones in names.items() for one in ones}
    gone, moved = [], []
    for entry in SearchEntry.objects.filter(**{f"{kind}__in": ids}).defer("tokens"):
        rounds = wanted.pop((getattr(entry, f"{kind}_id"), entry.name, entry.key, entry.is_alias), None)
        if rounds is None:
            gone.append(entry.pk)
        elif rounds != entry.rounds:
            entry.rounds, entry.tokens = rounds, tokens(kind, entry.key, rounds)
            moved.append(entry)
    if gone:
        SearchEntry.objects.filter(pk__in=gone).delete()
    SearchEntry.objects.bulk_update(moved, ["rounds", "tokens"], batch_size=BATCH)
    _add(kind, [(*named, rounds) for named, rounds in wanted.items()])


def _add(kind: str, names: Sequence[tuple[int, str, str, bool, int]]) -> None:
    """Write entries: record, name, key, whether it is an alias, and rounds."""
    if names:
        columns = (f"{kind}_id", "name", "key", "is_alias", "rounds", "tokens")
        copying.write(SearchEntry, columns, [(*one, tokens(kind, one[2], one[4])) for one in names])
        _hold_words({word for one in names for word in one[2].split()})


def _hold_words(words: Iterable[str]) -> None:
    """Hold the words that no name had before."""
    long = {word for word in words if len(word) >= SHORTEST_HELD}
    if not long:
        return
    long -= set(SearchWord.objects.filter(word__among=list(long)).values_list("word", flat=True))
    copying.write(SearchWord, ("word", "near"), [(word, sorted(neighbourhood(word))) for word in sorted(long)])


# By kind, the names that `_names` gives, as rows of (record, name, key, is_alias, rounds).
_LIVE: Final = "is_live and merged_into_id is null"
_OWN: Final = "select id, name, key, false, rounds_count from {table} where " + _LIVE
_ALIASES: Final = (
    "select r.id, a.name, a.key, true, r.rounds_count from companies_alias a join {table} r on r.id = a.{kind}_id"
    " where a.key <> r.key and r.is_live and r.merged_into_id is null"
)
_NAMES_OF: Final = {
    COMPANY: f"{_OWN} union all {_ALIASES}".format(table="companies_company", kind=COMPANY),
    INVESTOR: f"{_OWN} union all {_ALIASES}".format(table="companies_investor", kind=INVESTOR),
    PERSON: (
        "select p.id, p.name, p.key, false, c.rounds_count"
        " from companies_person p join companies_company c on c.id = p.resolved_for_id"
        " where p.is_live and p.merged_into_id is null and c.is_live and c.merged_into_id is null"
    ),
}


def _fill(kind: str, rows: str) -> str:
    """The statement that fills the entries of a kind, their tokens as `tokens` makes them.

    Names that begin alike lie together, so that a search for their beginning reads a few pages and not one for each.
    """
    starts = [token(kind, "", busy) for busy in (0, *reversed(BUSY))]
    reached = " ".join(
        f"when rounds >= {least} then array{starts[: at + 2]}" for at, least in reversed([*enumerate(reversed(BUSY))])
    )
    return f"""
        insert into companies_searchentry ({kind}_id, name, key, is_alias, rounds, tokens)
        select id, name, key, is_alias, rounds, (
            select array_agg(distinct start || left(word, length))
            from unnest(string_to_array(key, ' ') || replace(key, ' ', '')) as word,
                generate_series(1, least(length(word), {LONGEST_BEGINNING})) as length,
                unnest(case {reached} else array{starts[:1]} end) as start
        ) || ('{kind[0]}=' || replace(key, ' ', ''))
        from (
            select * from ({rows}) as live (id, name, key, is_alias, rounds) order by key collate "C"
        ) as named
        """


def _fill_words(cursor: Any) -> None:
    """Hold every word of the entries, those that are spelt alike together.

    Their numbers are made here: the database has no such checksum everywhere.
    """
    cursor.execute(
        "select distinct word from companies_searchentry, unnest(string_to_array(key, ' ')) as word"
        " where length(word) >= %s",
        [SHORTEST_HELD],
    )
    words = sorted(cursor.fetchall())
    with cursor.copy("copy companies_searchword (word, near) from stdin") as copy:
        for (word,) in words:
            copy.write_row((word, list(neighbourhood(word))))
