"""Settle which company or investor each mention is, over all mentions that share a name, so that no order matters.

Records follow the groups that `funding.company_matching` makes: a group keeps the record that most of its mentions
hold, or one that they held before; a record that all its mentions have left leads to where they went.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model, Q, Value
from django.db.models.functions import Replace
from django.utils.text import slugify

from companies.models import Alias, Company, Identifier, Investor
from companies.names import commonest, fold
from funding.company_matching import (
    NEW,
    SAME_NAME,
    NamedMention,
    group_named,
    name_key,
    reasons_for,
    tells_by_name,
)
from funding.models import Assignment, Change, Judgement, Mention, Statement
from funding.rates import Rates

from .telling import IDENTIFYING, companies_told, identifiers, investors_told

MODELS: Mapping[str, Any] = {Mention.Kind.COMPANY: Company, Mention.Kind.INVESTOR: Investor}


def block_of(kind: str, keys: Iterable[str]) -> set[str]:
    """All names that may be one with the given ones: by aliases, identifiers, judgements and what is assigned now."""
    found: set[str] = set()
    fresh = {key for key in keys if key}
    while fresh:
        found |= fresh
        fresh = _neighbours(kind, fresh) - found
    return found


def _neighbours(kind: str, keys: set[str]) -> set[str]:
    """The names that mentions of these names are held together with, or may be."""
    named = Mention.objects.filter(kind=kind, name_key__in=keys)
    by_mention = Assignment.objects.live().filter(mention__in=named).values_list(kind)
    records = {pk for (pk,) in by_mention.union(aliases_by_hand(kind, keys).values_list(kind))}
    if (same := _same_identifier(named)) is not None:
        records |= set(Identifier.objects.filter(same).values_list(kind, flat=True))
    records.discard(None)
    held, judged = Assignment.objects.live().filter(**{f"{kind}__in": records}), Judgement.objects.live()
    together = held.values_list("mention__name_key").union(
        judged.filter(left__in=named).values_list("right__name_key"),
        judged.filter(right__in=named).values_list("left__name_key"),
    )
    found = {name for (name,) in together}
    aliases = Alias.objects.filter(is_told=False, **{f"{kind}__in": records})
    found |= {name_key(kind, name) for name in aliases.values_list("name", flat=True)}
    return found - {""}


def aliases_by_hand(kind: str, keys: Iterable[str]) -> Any:
    """The aliases by hand of companies or investors that are found by these names, without spaces (`joined`)."""
    by_hand = Alias.objects.filter(is_told=False, **{f"{kind}__isnull": False})
    return by_hand.annotate(joined=Replace("key", Value(" "), Value(""))).filter(joined__in=set(keys))


def _same_identifier(named: Any) -> Q | None:
    """The identifiers that live statements about these mentions give; None where they give none."""
    found = None
    for one in identifiers(Statement.objects.counted().filter(mention__in=named, field__in=IDENTIFYING)):
        kind, _, value = one.partition(":")
        same = Q(kind=kind, value=value)
        found = found | same if found is not None else same
    return found


def settle(change: Change, kind: str, keys: Iterable[str]) -> set[int]:
    """Assign every mention of a block to the record that its group is; the records whose mentions or state changed."""
    block = block_of(kind, keys)
    if not block:
        return set()
    mentions = list(Mention.objects.filter(kind=kind, name_key__in=block).select_related("source").order_by("pk"))
    held = {one.mention_id: one for one in _assignments(kind, mentions).filter(retracted_at=None)}
    told = _told(kind, mentions, held)
    return Settlement(change, kind, mentions, held).follow(group_named(told))


def settle_by_name(change: Change, mention: Mention) -> bool:
    """Assign an investor that its name alone tells; whether it was: not where its name is doubtful, or disputed."""
    if mention.kind != Mention.Kind.INVESTOR or not tells_by_name(mention.name):
        return False
    live = Assignment.objects.live().filter(mention__kind=mention.kind, mention__name_key=mention.name_key)
    records = list(Investor.objects.filter(pk__in=live.values("investor"))[:2])
    if len(records) > 1 or _is_disputed(mention):
        return False
    key = fold(mention.name)
    silent = Investor.objects.filter(key=key, is_live=False, merged_into=None).order_by("pk")
    record = next(iter(records), None) or silent.first() or create(Investor, mention.name, key)
    assign(change, mention, record, SAME_NAME if records else NEW)
    return True


def _is_disputed(mention: Mention) -> bool:
    """Whether an alias, an identifier or a person's word may have more to say of a name."""
    named = Mention.objects.filter(kind=mention.kind, name_key=mention.name_key)
    return (
        aliases_by_hand(mention.kind, {mention.name_key}).exists()
        or Assignment.objects.live().filter(mention__in=named, is_decided=True).exists()
        or Judgement.objects.live().filter(Q(left__in=named) | Q(right__in=named)).exists()
        or Statement.objects.counted().filter(mention__in=named, field__in=IDENTIFYING).exists()
    )


def _told(kind: str, mentions: Sequence[Mention], held: Mapping[int, Assignment]) -> list[NamedMention]:
    keys = {mention.name_key for mention in mentions}
    taken: dict[str, int] = {}
    for one in held.values():
        # A name that a person took for a record of another name is one of its names from then on.
        record = one.company or one.investor
        if one.is_decided and record is not None and name_key(kind, record.name) != one.mention.name_key:
            taken.setdefault(one.mention.name_key, record.pk)
    known = {mention.pk: taken[mention.name_key] for mention in mentions if mention.name_key in taken}
    for alias in aliases_by_hand(kind, keys).order_by("-pk"):
        named = [mention for mention in mentions if mention.name_key == name_key(kind, alias.name)]
        record_id = alias.company_id or alias.investor_id
        known |= {mention.pk: record_id for mention in named if alias.holds_on(mention.source.published_on)}
    if kind == Mention.Kind.COMPANY:
        return companies_told(mentions, held, known, Rates())
    return investors_told(mentions, held, known)


def _assignments(kind: str, mentions: Sequence[Mention]) -> Any:
    return Assignment.objects.filter(mention__in=mentions).select_related(kind, "mention").order_by("pk")


class Settlement:
    """Makes the assignments of one block follow its groups."""

    def __init__(self, change: Change, kind: str, mentions: Sequence[Mention], held: Mapping[int, Assignment]) -> None:
        self.change = change
        self.kind = kind
        self.model = MODELS[kind]
        self.by_id = {mention.pk: mention for mention in mentions}
        self.held = held
        # The records that each mention was assigned to, the latest first.
        self.past: dict[int, list[int]] = defaultdict(list)
        for one in _assignments(kind, mentions).exclude(retracted_at=None).order_by("-retracted_at", "-pk"):
            self.past[one.mention_id].append(getattr(one, f"{kind}_id"))
        ids = {getattr(one, f"{kind}_id") for one in held.values()} | {pk for row in self.past.values() for pk in row}
        self.records: dict[int, Any] = self.model.objects.in_bulk(ids)

    def follow(self, groups: Sequence[Sequence[NamedMention]]) -> set[int]:
        """Give every group its record; the records that changed."""
        free = dict(self.records)
        now: dict[int, int] = {}
        changed: set[int] = set()
        for group in sorted(groups, key=lambda group: (not any(one.id in self.held for one in group), -len(group))):
            record = self._record_of(group, free) or self._create(group)
            free.pop(record.pk, None)
            self.records.setdefault(record.pk, record)
            for one in group:
                now[one.id] = record.pk
                changed |= self._assign(one, record, reasons_for(group, one))
        changed |= self._silence(now)
        return changed | self._redirect(now)

    def _record_of(self, group: Sequence[NamedMention], free: Mapping[int, Any]) -> Any:
        """The record that most of a group's mentions hold, a person's word first; else the one they held last."""
        votes: Counter[int] = Counter()
        for one in group:
            if one.held in free:
                votes[one.held] += 1 + 1_000_000 * one.is_decided  # type: ignore[index]
        if not votes:
            for one in group:
                for age, pk in enumerate(self.past[one.id]):
                    if pk in free:
                        votes[pk] += 1_000_000 - age
        return free[min(votes, key=lambda pk: (-votes[pk], pk))] if votes else None

    def _create(self, group: Sequence[NamedMention]) -> Any:
        name = commonest(Counter(one.name for one in group))
        return create(self.model, name, fold(name))

    def _assign(self, one: NamedMention, record: Any, reason: str) -> set[int]:
        held = self.held.get(one.id)
        if one.held == record.pk:
            return set()
        if held:
            retract(self.change, held)
        assign(self.change, self.by_id[one.id], record, reason)
        return {record.pk} | ({one.held} if one.held is not None else set())

    def _silence(self, now: Mapping[int, int]) -> set[int]:
        """Take back the assignments of mentions of which nothing live is said any more."""
        silent = [one for pk, one in self.held.items() if pk not in now]
        for one in silent:
            retract(self.change, one)
        return {getattr(one, f"{self.kind}_id") for one in silent}

    def _redirect(self, now: Mapping[int, int]) -> set[int]:
        """Let the address of a record whose mentions have all gone to one other lead there."""
        went: dict[int, set[int]] = defaultdict(set)
        for pk, record in now.items():
            before = [*self.past[pk], *([getattr(self.held[pk], f"{self.kind}_id")] if pk in self.held else [])]
            for past in before:
                went[past].add(record)
        taken = set(now.values())
        changed = set()
        for pk, record in self.records.items():
            goals = went[pk] - {pk}
            goal = goals.pop() if pk not in taken and len(goals) == 1 else None
            if record.merged_into_id != goal:
                record.merged_into_id = goal
                record.save(update_fields=["merged_into"])
                changed.add(pk)
        return changed


def assign(change: Change, mention: Mention, record: Model, reason: str, *, is_decided: bool = False) -> None:
    """Assign a mention to a record."""
    Assignment.objects.create(
        mention=mention,
        added_in=change,
        recorded_at=change.at,
        reason=reason[:300],
        is_decided=is_decided,
        **{str(record._meta.model_name): record},
    )


def retract(change: Change, assignment: Assignment) -> None:
    """Take an assignment back."""
    assignment.retracted_in, assignment.retracted_at = change, change.at
    assignment.save(update_fields=["retracted_in", "retracted_at"])


def create(model: Any, name: str, key: str, **columns: Any) -> Any:
    """A new record of a name, with an address of its own."""
    return model.objects.create(name=name, key=key, slug=free_slug(model, name), **columns)


def slug_stem(name: str) -> str:
    """What the addresses of all records of a name begin with; the same for names of no Latin letter."""
    return slugify(name)[:100] or "unnamed"


def free_slug(model: Any, name: str) -> str:
    """An address for a record that no other has: the name in ASCII, with a number where it is taken."""
    stem = slug_stem(name)
    numbered = model.objects.filter(Q(slug=stem) | Q(slug__regex=rf"^{stem}-[0-9]+$"))
    taken = set(numbered.values_list("slug", flat=True))
    number, slug = 2, stem
    while slug in taken:
        slug, number = f"{stem}-{number}", number + 1
    return slug
