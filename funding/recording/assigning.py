"""Take a mention for a record: companies and investors by name, people by name within their company."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.text import slugify

from companies import candidates
from companies.models import Company, Investor, Person
from companies.names import fold
from funding.models import Assignment, Change, Mention, Round, Statement

SAME_NAME, ALIAS, NEW, DECIDED = "same name", "a known alias", "a new name", "a person said so"


@dataclass(slots=True)
class Touched:
    """The records that a change may alter."""

    companies: set[int] = field(default_factory=set)
    investors: set[int] = field(default_factory=set)


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

    @property
    def names(self) -> list[str]:
        """The names of companies and investors among them."""
        named = Mention.objects.filter(pk__in=self.mentions, kind__in=("company", "investor"))
        return list(named.values_list("name", flat=True))

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


def assign_named(
    change: Change, rows: Iterable[Mention], new: Mapping[str, Any], decided: Mapping[str, Company | Investor | Round]
) -> Touched:
    """Assign mentions that have no record yet; rounds only where a person decided, the others by `matching`."""
    touched, companies = Touched(), dict[int, Company]()
    ordered = sorted(rows, key=lambda row: (row.kind != Mention.Kind.COMPANY, row.pk))
    live = Assignment.objects.live().filter(mention__in=ordered).select_related("company", "investor")
    assigned = {assignment.mention_id: assignment for assignment in live}
    for row in ordered:
        held: Any = assigned.get(row.pk)
        chosen = decided.get(row.key)
        match row.kind:
            case Mention.Kind.COMPANY:
                company = held.company if held else _record(change, row, Company, chosen)
                companies[row.pk] = company
                touched.companies.add(company.pk)
            case Mention.Kind.INVESTOR:
                touched.investors.add((held.investor if held else _record(change, row, Investor, chosen)).pk)
            case Mention.Kind.PERSON if not held and row.company_id is not None:
                _person(change, row, companies[row.company_id])
            case Mention.Kind.ROUND if not held and chosen is not None:
                if chosen.pk is None:  # a round of its own, whatever else of the company is like it
                    chosen.save()
                add(change, row, chosen, DECIDED, is_decided=True)
    return touched


def _record(change: Change, row: Mention, model: Any, chosen: Any) -> Any:
    """The company or investor that a mention is, by choice, name or alias; a new one where there is none."""
    found, reason = chosen, DECIDED
    if found is None:
        found, by_alias = candidates.record_named(model, row.name)
        reason = ALIAS if by_alias else SAME_NAME
    if found is None:
        found, reason = model.objects.create(name=row.name, key=fold(row.name), slug=free_slug(model, row.name)), NEW
    add(change, row, found, reason, is_decided=chosen is not None)
    return found


def _person(change: Change, row: Mention, company: Company) -> None:
    key = fold(row.name)
    person = Person.objects.filter(resolved_for=company, key=key, merged_into=None).first()
    reason = SAME_NAME if person else NEW
    if person is None:
        slug = free_slug(Person, row.name)
        person = Person.objects.create(resolved_for=company, name=row.name, key=key, slug=slug)
    add(change, row, person, reason)


def add(change: Change, mention: Mention, record: Model, reason: str, *, is_decided: bool = False) -> None:
    """Assign a mention to a record."""
    Assignment.objects.create(
        mention=mention,
        added_in=change,
        recorded_at=change.at,
        reason=reason[:300],
        is_decided=is_decided,
        **{str(record._meta.model_name): record},
    )


def release_silent(change: Change, affected: Affected) -> None:
    """Retract the assignments of mentions of which nothing live is said any more, nor of what depends on them."""
    live = Assignment.objects.live().filter(mention__in=affected.mentions)
    for assignment in live.select_related("mention"):
        if not speaks(assignment.mention):
            assignment.retracted_in, assignment.retracted_at = change, change.at
            assignment.save(update_fields=["retracted_in", "retracted_at"])


def speaks(mention: Mention) -> bool:
    """Whether something live is said of a mention, of a round or person of it, or by naming it as an investor."""
    about = Q(mention=mention) | Q(mention__company=mention)
    if mention.kind == Mention.Kind.INVESTOR:
        about |= Q(
            mention__source=mention.source_id, mention__origin=mention.origin, value__kind="reference",
            value__key=mention.key,
        )  # fmt: skip
    return Statement.objects.live().filter(about).exists()


def names_to_hold(mentions: Iterable[tuple[str, str]]) -> set[str]:
    """Of mentions by kind and name: what companies and investors are found by, and what new addresses begin with."""
    named = [(kind, name) for kind, name in mentions if kind != Mention.Kind.ROUND]
    found = {fold(name) for kind, name in named if kind != Mention.Kind.PERSON}
    # `name-2` may be the second `name` or the first `name 2`.
    return found | {"address " + re.sub(r"(-\d+)+$", "", slug_stem(name)) for _, name in named}


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
