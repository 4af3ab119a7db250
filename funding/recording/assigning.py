"""Take the mentions of a change for records: companies and investors by name and facts, people within a company."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from companies import candidates
from companies.models import Company, Investor, Person
from companies.names import fold
from funding import company_matching
from funding.company_matching import ALIAS, NEW, SAME_NAME, name_key
from funding.models import Assignment, Change, Exit, Judgement, Mention, Round, Statement

from .settling import MODELS, assign, block_of, create, retract, settle, settle_by_name, slug_stem

DECIDED = company_matching.PERSON


@dataclass(slots=True)
class Touched:
    """The records that a change may alter."""

    companies: set[int] = field(default_factory=set)
    investors: set[int] = field(default_factory=set)

    def __or__(self, other: "Touched") -> "Touched":
        return Touched(self.companies | other.companies, self.investors | other.investors)


@dataclass(frozen=True, slots=True)
class Affected:
    """The mentions that statements are about, those of their companies and of the investors that they name."""

    mentions: frozenset[int]

    @classmethod
    def by(cls, statements: QuerySet[Statement]) -> "Affected":
        """Those that a set of statements affects."""
        about = Mention.objects.filter(statements__in=statements)
        ids = set(about.values_list("pk", flat=True)) | set(about.values_list("company_id", flat=True))
        return cls(frozenset({pk for pk in ids if pk is not None} | _referred(statements)))

    def keys(self, kind: str) -> set[str]:
        """What the companies or investors among them are found by."""
        named = Mention.objects.filter(pk__in=self.mentions, kind=kind)
        return set(named.values_list("name_key", flat=True))

    def __or__(self, other: "Affected") -> "Affected":
        return Affected(self.mentions | other.mentions)

    @property
    def touched(self) -> Touched:
        """The records that they are assigned to."""
        live = Assignment.objects.live().filter(mention__in=self.mentions)
        pairs = list(live.values_list("company_id", "investor_id"))
        return Touched({one for one, _ in pairs if one is not None}, {one for _, one in pairs if one is not None})


def _referred(statements: QuerySet[Statement]) -> set[int]:
    """The investor mentions that statements refer to."""
    found: set[int] = set()
    for one in statements.filter(value__kind="reference").select_related("mention"):
        at = {"source": one.mention.source_id, "origin": one.mention.origin, "key": one.value["key"]}
        found |= set(Mention.objects.filter(**at).values_list("pk", flat=True))
    return found


def assign_all(
    change: Change,
    rows: Iterable[Mention],
    decided: Mapping[str, Company | Investor | Round | Exit],
    *,
    names_seen: bool,
) -> Touched:
    """Assign the mentions of a change; rounds and exits only where a person decided, the others by matching.

    With `names_seen` a person has seen which names they go by, so that a company or investor of a name that we hold is
    that one.
    """
    ordered = sorted(rows, key=lambda row: row.pk)
    live = {one.mention_id for one in Assignment.objects.live().filter(mention__in=ordered)}
    doubtful = set()
    for row in (row for row in ordered if row.pk not in live and row.kind in MODELS):
        chosen: Any = decided.get(row.key)
        if chosen is None and settle_by_name(change, row):
            continue
        if chosen is not None:
            if chosen.pk is None:  # another of that name
                chosen = create(type(chosen), row.name, fold(row.name))
                _tell_apart(change, row)
            assign(change, row, chosen, DECIDED, is_decided=True)
        elif names_seen:
            held, by_alias = candidates.record_named(MODELS[row.kind], row.name)
            if held:
                assign(change, row, held, ALIAS if by_alias else SAME_NAME, is_decided=True)
        if row.kind == Mention.Kind.INVESTOR:
            doubtful.add(row.name_key)
    companies = {row.name_key for row in ordered if row.kind == Mention.Kind.COMPANY}
    touched = settle_names(change, companies, doubtful) | Affected(frozenset(row.pk for row in ordered)).touched
    _decide_rounds(change, [row for row in ordered if row.pk not in live], decided)
    settle_people(change, touched.companies)
    return touched


def _tell_apart(change: Change, row: Mention) -> None:
    """Keep a person's word that a mention is none of the records that mentions of its name are taken for."""
    side = str(row.kind)
    live = Assignment.objects.live().filter(mention__kind=row.kind, mention__name_key=row.name_key)
    firsts = dict(live.exclude(mention=row).order_by("-mention").values_list(side, "mention"))
    kept = {"is_same": False, "reason": DECIDED, "added_in": change, "recorded_at": change.at}
    pairs = [sorted((row.pk, other)) for other in firsts.values()]
    new = [Judgement(left_id=left, right_id=right, **kept) for left, right in pairs]
    Judgement.objects.bulk_create(new, ignore_conflicts=True)  # where it was said before


def settle_names(change: Change, companies: Iterable[str], investors: Iterable[str]) -> Touched:
    """Settle the blocks of these names; the records that changed, with the companies that their investors are in."""
    changed = settle(change, Mention.Kind.INVESTOR, investors)
    return Touched(settle(change, Mention.Kind.COMPANY, companies), changed) | followers(changed)


def followers(investors: Collection[int]) -> Touched:
    """The companies whose rounds name these investors: their participations follow what the investors are."""
    if not investors:
        return Touched()
    held = Assignment.objects.live().filter(investor__in=investors).values("mention")
    named = list(Mention.objects.filter(pk__in=held))
    keys = {(one.source_id, one.origin, one.key) for one in named}
    companies = {
        one.mention.company_id
        for one in Statement.objects.live().naming(named)
        if (one.mention.source_id, one.mention.origin, one.value["key"]) in keys
    }
    taken = Assignment.objects.live().filter(mention__in=companies, company__isnull=False)
    return Touched(set(taken.values_list("company", flat=True)), set())


def _decide_rounds(change: Change, rows: Iterable[Mention], decided: Mapping[str, Any]) -> None:
    for row in rows:
        chosen = decided.get(row.key)
        if row.kind in (Mention.Kind.ROUND, Mention.Kind.EXIT) and chosen is not None:
            if chosen.pk is None:  # a round of its own, whatever else of the company is like it
                chosen.save()
            assign(change, row, chosen, DECIDED, is_decided=True)


def settle_people(change: Change, companies: Iterable[int]) -> None:
    """Take every person of these companies for the one of that name there: people are told apart within a company."""
    of_company = {
        one.mention_id: one.company
        for one in Assignment.objects.live().filter(company__in=companies).select_related("company")
    }
    told = Mention.objects.filter(kind=Mention.Kind.PERSON, company__in=of_company).order_by("pk")
    held = {one.mention_id: one for one in Assignment.objects.live().filter(mention__in=told).select_related("person")}
    for mention in told:
        company, now = of_company[mention.company_id or 0], held.get(mention.pk)
        assert company is not None
        if now and now.person and now.person.resolved_for_id == company.pk:
            continue
        if now:
            retract(change, now)
        elif not mention.statements.counted().exists():
            continue
        key = fold(mention.name)
        person = Person.objects.filter(resolved_for=company, key=key, merged_into=None).first()
        reason = SAME_NAME if person else NEW
        if person is None:
            person = create(Person, mention.name, key, resolved_for=company)
        assign(change, mention, person, reason)


def release_silent(change: Change, affected: Affected) -> None:
    """Retract the assignments of rounds, people and exits of which nothing live is said any more."""
    live = Assignment.objects.live().filter(mention__in=affected.mentions)
    silent = live.filter(mention__kind__in=(Mention.Kind.ROUND, Mention.Kind.PERSON, Mention.Kind.EXIT))
    for assignment in silent.exclude(mention__in=Statement.objects.counted().values("mention")):
        retract(change, assignment)


def speaks(mention: Mention) -> bool:
    """Whether something live is said of a mention, of a round or person of it, or by naming it as an investor."""
    about = Q(mention=mention) | Q(mention__company=mention)
    if mention.kind == Mention.Kind.INVESTOR:
        about |= Q(
            mention__source=mention.source_id, mention__origin=mention.origin, value__kind="reference",
            value__key=mention.key,
        )  # fmt: skip
    return Statement.objects.counted().filter(about).exists()


def names_to_hold(mentions: Iterable[tuple[str, str]]) -> set[str]:
    """Of mentions by kind and name: the blocks they are in, and what new addresses begin with."""
    named = [(kind, name) for kind, name in mentions if kind not in (Mention.Kind.ROUND, Mention.Kind.EXIT)]
    keys = {
        kind: {name_key(kind, name) for of, name in named if of == kind}
        for kind in (Mention.Kind.COMPANY, Mention.Kind.INVESTOR)
    }
    # `name-2` may be the second `name` or the first `name 2`.
    stems = {"address " + re.sub(r"(-\d+)+$", "", slug_stem(name)) for _, name in named}
    return stems | blocks_to_hold(keys[Mention.Kind.COMPANY], keys[Mention.Kind.INVESTOR])


def blocks_to_hold(companies: Iterable[str], investors: Iterable[str]) -> set[str]:
    """All names of the blocks that these names are in."""
    blocks = {Mention.Kind.COMPANY: companies, Mention.Kind.INVESTOR: investors}
    return {f"{kind} {key}" for kind, keys in blocks.items() for key in block_of(kind, keys)}
