"""Keep the queue of records that may be one: pairs of a like name, or that share a website, of which no rule is sure.

`note_doubts` looks again at what a change may have made doubtful, in the same transaction. Which names are near is
asked of indexes, so that it costs little whatever is held: by the first word, and by trigrams where the server has
them. What a person has said of two records, or of others that are one with them, is not asked again.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from companies import names
from companies.models import Alias, Company, Identifier, Investor
from funding.company_matching import NamedMention, compare, tells_by_name
from funding.models import Assignment, Change, Doubt, Judgement, Mention, Statement
from funding.rates import Rates

from .telling import IDENTIFYING, companies_told, investors_told

NEAR = 86  # of 100, from where two names are alike enough to be asked about
ALIKE = 0.5  # trigrams in common; fewer are looked for by the first word alone, which costs far less
POINT = 4  # of 100, for each point that facts speak for one or for two
COMMON = 20  # of 100, taken off where a name is one that many bear
MOST_NEAR = 20  # near names of either kind looked at for each record
MOST_PAIRS = 10  # doubts of one record; of a name that dozens bear, the likeliest
MOST_MENTIONS = 20  # of a record, the newest, are compared
SAME_TEXT = "one text names both"
# Letters of other scripts beside the Latin ones they are drawn like, as the index of the migration has them.
FOREIGN, LATIN = "авсԁеһіјӏкмнопрԛѕтхуԝѵԍαβγεηικνορτυχω", "abcdehijlkmhonpqstxywvgabyenikvoptuxw"
# Changes by which records of old may be doubtful anew; others make doubtful what they create, and what they identify.
OF_RECORDS = (Change.Kind.MERGE, Change.Kind.SPLIT, Change.Kind.JUDGE, Change.Kind.UNDO)

IN_BRACKETS = re.compile(r"\(([^()]+)\)$")

Pair = tuple[int, int]
Weighed = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Side:
    """The columns of a doubt for one kind of record."""

    kind: str
    model: Any

    @property
    def left(self) -> str:
        return f"left_{self.kind}"

    @property
    def right(self) -> str:
        return f"right_{self.kind}"

    def touching(self, ids: Collection[int]) -> Any:
        """The doubts of some records."""
        return Doubt.objects.filter(Q(**{f"{self.left}__in": ids}) | Q(**{f"{self.right}__in": ids}))


SIDES = (Side("company", Company), Side("investor", Investor))


def note_doubts(change: Change, companies: Collection[int], investors: Collection[int]) -> None:
    """Bring the queue up to date with what a change did to some records; to be called when they are projected."""
    for side, ids in zip(SIDES, (companies, investors), strict=True):
        if looked_at := _to_look_at(change, side, ids):
            _note(side, looked_at)


def _to_look_at(change: Change, side: Side, ids: Collection[int]) -> set[int]:
    """Of the records that a change touched, those of which it may have changed what is doubtful."""
    if not ids:
        return set()
    chosen = Q(created_at__gte=change.at)
    chosen |= Q(pk__in=side.touching(ids).values(side.left)) | Q(pk__in=side.touching(ids).values(side.right))
    identified = Statement.objects.filter(added_in=change, field__in=IDENTIFYING)
    live = Assignment.objects.live().filter(**{f"{side.kind}__in": ids})
    chosen |= Q(pk__in=live.filter(mention__in=identified.values("mention")).values(side.kind))
    if change.kind in OF_RECORDS:
        moved = Assignment.objects.filter(Q(added_in=change) | Q(retracted_in=change))
        judged = Judgement.objects.filter(Q(added_in=change) | Q(retracted_in=change))
        of_judged = live.filter(Q(mention__in=judged.values("left")) | Q(mention__in=judged.values("right")))
        chosen |= Q(pk__in=moved.filter(**{f"{side.kind}__in": ids}).values(side.kind))
        chosen |= Q(pk__in=of_judged.values(side.kind))
    return set(side.model.objects.filter(chosen, pk__in=ids).values_list("pk", flat=True))


def _note(side: Side, ids: set[int]) -> None:
    # Held in one order, so that two writers with several in common never wait for each other.
    held = {
        (getattr(one, f"{side.left}_id"), getattr(one, f"{side.right}_id")): one
        for one in side.touching(ids).select_for_update().order_by(side.left, side.right)
    }
    pairs = _candidates(side, ids) | held.keys()
    records = side.model.objects.filter(is_live=True, merged_into=None).in_bulk({pk for pair in pairs for pk in pair})
    pairs = {pair for pair in pairs if all(pk in records for pk in pair)}
    doubts = _judged_by_facts(side, pairs, records) if pairs else {}
    kept = _likeliest(doubts, ids)
    gone = [one.pk for pair, one in held.items() if pair not in kept]
    if gone:
        Doubt.objects.filter(pk__in=gone).delete()
    rows = [
        Doubt(score=score, reasons=list(reasons), **{f"{side.left}_id": left, f"{side.right}_id": right})
        for (left, right), (score, reasons) in sorted(kept.items())
    ]
    Doubt.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=[side.left, side.right], update_fields=["score", "reasons"]
    )


def _likeliest(doubts: Mapping[Pair, Weighed], ids: set[int]) -> dict[Pair, Weighed]:
    """The likeliest doubts of each of some records."""
    of: dict[int, list[Pair]] = defaultdict(list)
    for pair in sorted(doubts, key=lambda pair: (-doubts[pair][0], pair)):
        for pk in ids & set(pair):
            of[pk].append(pair)
    chosen = {pair for pairs in of.values() for pair in pairs[:MOST_PAIRS]}
    return {pair: doubts[pair] for pair in chosen}


def _candidates(side: Side, ids: set[int]) -> set[Pair]:
    """The pairs of these records with others of the same, a like-looking or a near name, an alias or an identifier."""
    table, kind = side.model._meta.db_table, side.kind
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is not null", [f"{table}_by_trigrams"])
        has_trigrams = cursor.fetchone()[0]
        if has_trigrams:
            cursor.execute("select set_config('pg_trgm.similarity_threshold', %s, true)", [str(ALIKE)])
        near = ["split_part(near.key, ' ', 1) = split_part(own.key, ' ', 1) order by near.id desc"]
        if has_trigrams:
            near.append("near.key %% own.key order by similarity(near.key, own.key) desc, near.id")
        drawn = f"translate(replace({{}}.key, ' ', ''), '{FOREIGN}', '{LATIN}')"
        nearby = "".join(
            f"""
            union
            select own.id, near.id from own cross join lateral (
                select near.id from {table} near
                where near.is_live and near.merged_into_id is null and near.id <> own.id and {one} limit %(most)s
            ) near"""
            for one in near
        )
        cursor.execute(
            f"""
            with own as (
                select id, key from {table} where id = any(%(ids)s) and is_live and merged_into_id is null
            )
            select own.id, other.id from own join {table} other on {drawn.format("other")} = {drawn.format("own")}
            union
            select own.id, alias.{kind}_id from own join companies_alias alias on alias.key = own.key
            union
            select own.id, other.id from own join companies_alias alias on alias.{kind}_id = own.id
                join {table} other on other.key = alias.key
            union
            select ours.{kind}_id, theirs.{kind}_id from companies_identifier ours
                join companies_identifier theirs on theirs.kind = ours.kind and theirs.value = ours.value
                where ours.{kind}_id = any(%(ids)s)
            {nearby}
            """,
            {"ids": sorted(ids), "most": MOST_NEAR},
        )
        found = cursor.fetchall()
    return {(min(pair), max(pair)) for pair in found if None not in pair and pair[0] != pair[1]}


def _judged_by_facts(side: Side, pairs: Collection[Pair], records: Mapping[int, Any]) -> dict[Pair, Weighed]:
    """The pairs that are doubtful, with score and reasons; not those that a person has judged, or that are two."""
    shared = _sharing(side, pairs)
    called = _called(side, records)
    likely = {}
    for pair in pairs:
        left, right = pair
        common = called[left].keys() & called[right].keys()
        score = 100 if common else round(100 * names.score(records[left].name, records[right].name))
        if score >= NEAR or pair in shared:
            known_as = called[left].get(min(common)) or called[right].get(min(common)) if common else ""
            likely[pair] = score, f"both known as “{known_as}”" if known_as else ""
    ids = {pk for pair in likely for pk in pair}
    apart = _said_apart(side, ids)
    decided = set(
        Assignment.objects.live()
        .filter(**{f"{side.kind}__in": ids}, is_decided=True)
        .values_list(side.kind, flat=True)
        .distinct()
    )
    told = _told(side, ids, records)
    found = {}
    for pair in likely:
        left, right = (records[pk] for pk in pair)
        # Where a person chose the one and the other of a name, they are two by that.
        is_chosen = left.key == right.key and decided.issuperset(pair)
        if pair in apart or is_chosen or not all(pk in told for pk in pair):
            continue
        by_name, known_as = likely[pair]
        if doubt := _weigh(by_name, told[pair[0]], told[pair[1]], shared.get(pair, ""), known_as):
            found[pair] = doubt
    return _with_names(found)


def _with_names(found: dict[Pair, Weighed]) -> dict[Pair, Weighed]:
    """The same with names in the reasons, which give the keys of those that two records have in common."""
    keys = {key for _, reasons in found.values() for reason in reasons for key in IN_BRACKETS.findall(reason)}
    if not keys:
        return found
    called = Mention.objects.filter(name_key__in=keys).order_by("name_key", "pk").distinct("name_key")
    known = dict(called.values_list("name_key", "name"))

    def named(reason: str) -> str:
        return IN_BRACKETS.sub(lambda match: f"({known.get(match[1], match[1])})", reason)

    return {pair: (score, tuple(map(named, reasons))) for pair, (score, reasons) in found.items()}


def _called(side: Side, records: Mapping[int, Any]) -> dict[int, dict[str, str]]:
    """The keys of the names and aliases of records; those of aliases with the alias itself."""
    found = {pk: {one.key: ""} for pk, one in records.items()}
    for one in Alias.objects.filter(**{f"{side.kind}__in": found}):
        found[getattr(one, f"{side.kind}_id")].setdefault(one.key, one.name)
    return found


def _sharing(side: Side, pairs: Collection[Pair]) -> dict[Pair, str]:
    """The website or number that both of a pair are said to have."""
    rows = Identifier.objects.filter(**{f"{side.kind}__in": {pk for pair in pairs for pk in pair}})
    held: dict[int, dict[tuple[str, str], Identifier]] = defaultdict(dict)
    for one in rows:
        held[getattr(one, f"{side.kind}_id")][one.kind, one.value] = one
    return {
        (left, right): str(held[left][min(both)])
        for left, right in pairs
        if (both := held[left].keys() & held[right].keys())
    }


def _said_apart(side: Side, ids: Collection[int]) -> set[Pair]:
    """The pairs of records of which a person has said that they are two, of whatever mentions they are now."""
    left, right = f"left__assignments__{side.kind}", f"right__assignments__{side.kind}"
    said = Judgement.objects.filter(
        is_same=False,
        retracted_at=None,
        left__assignments__retracted_at=None,
        right__assignments__retracted_at=None,
        **{f"{left}__in": ids, f"{right}__in": ids},
    )
    return {(min(pair), max(pair)) for pair in said.values_list(left, right)}


def _told(side: Side, ids: Collection[int], records: Mapping[int, Any]) -> dict[int, NamedMention]:
    """What the newest mentions of each record say of it, as one."""
    newest = Window(RowNumber(), partition_by=F(side.kind), order_by=F("mention").desc())
    live = Assignment.objects.live().filter(**{f"{side.kind}__in": ids}).annotate(place=newest)
    record_of = dict(live.filter(place__lte=MOST_MENTIONS).values_list("mention", side.kind))
    mentions = list(Mention.objects.filter(pk__in=record_of).select_related("source").order_by("pk"))
    if side.model is Company:
        told = companies_told(mentions, {}, {}, Rates())
    else:
        told = investors_told(mentions, {}, {})
    by_record: dict[int, list[NamedMention]] = defaultdict(list)
    for one in told:
        by_record[record_of[one.id]].append(one)
    return {pk: _together(records[pk].name, group) for pk, group in by_record.items()}


def _together(name: str, group: Sequence[NamedMention]) -> NamedMention:
    """What several mentions say, as if one said it all."""
    return replace(
        group[0],
        told_by=" | ".join(sorted({one.told_by for one in group})),
        name=name,
        key="",
        identifiers=_union(one.identifiers for one in group),
        places=_union(one.places for one in group),
        founders=_union(one.founders for one in group),
        founded=min((one.founded for one in group if one.founded), default=None),
        investors=_union(one.investors for one in group),
        companies=_union(one.companies for one in group),
        rounds=tuple(told for one in group for told in one.rounds),
        record=None,
        held=None,
        is_decided=False,
        same=frozenset(),
        different=frozenset(),
    )


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def _weigh(by_name: int, a: NamedMention, b: NamedMention, shared: str, known_as: str) -> Weighed | None:
    """How likely two records are one, up to 100, and why; None where nothing but a loose likeness speaks for it."""
    common = a.identifiers & b.identifiers
    a, b = replace(a, identifiers=a.identifiers - common), replace(b, identifiers=b.identifiers - common)
    match, bare = compare(a, b), compare(_bare(a), _bare(b))
    assert match is not None and bare is not None  # both have the same key, an empty one
    points = match.score - bare.score
    facts = [reason for reason in match.reasons if reason not in bare.reasons]
    together = set(a.told_by.split(" | ")) & set(b.told_by.split(" | "))
    is_same = bool(known_as) or names.fold(a.name) == names.fold(b.name)
    is_common = not (tells_by_name(a.name) and tells_by_name(b.name))
    # Who is called otherwise in one text is another there; a name that many bear takes a fact that speaks for one.
    if not is_same and not shared and (together or is_common and points <= 0):
        return None
    score = by_name + POINT * points + (30 if shared else 0) - COMMON * is_common - (15 if together else 0)
    said = [known_as, f"the same {shared}" if shared else "", *facts, SAME_TEXT if together else ""]
    reasons = (*names.likeness(a.name, b.name), *(reason for reason in said if reason))
    return int(max(1, min(100 if is_same else 99, round(score)))), reasons


def _bare(one: NamedMention) -> NamedMention:
    """The same without anything but its name."""
    none: frozenset[str] = frozenset()
    return replace(
        one, identifiers=none, places=none, founders=none, founded=None, investors=none, companies=none, rounds=()
    )
