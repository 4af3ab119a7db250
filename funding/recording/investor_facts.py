"""An investor's name, what sort of investor it is and of whom it is an arm, from what is said of it."""

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count

from companies.models import Company, Investor, InvestorKind
from companies.names import commonest, fold
from funding.models import Assignment, Mention, Statement
from funding.resolving import Said, resolve
from funding.tellings import Field
from funding.values import Reference, Text

from .company_facts import keep_aliases, told_names
from .fields import OF_INVESTOR, as_json, believe, said_of

Parent = Company | Investor


def project_investors(investors: Sequence[Investor]) -> None:
    """Write the names, kinds and parents of investors, and whether any source speaks of them."""
    said = _said_of(investors)
    parents = parents_named(one for told in said.values() for one in told)
    for investor in investors:
        _project(investor, said[investor.pk], parents)


def _project(investor: Investor, statements: Sequence[Statement], parents: Mapping[int, Parent]) -> None:
    """Write one investor.

    Mentions that nothing live speaks of are not assigned (`assigning.release_silent`), so counting in the database is
    enough, however many rounds the investor took part in.
    """
    live = Assignment.objects.live().filter(investor=investor).values_list("mention__name")
    names = dict(live.annotate(count=Count("pk")).order_by())
    investor.name = commonest(names) or investor.name
    investor.key = fold(investor.name)
    investor.is_live = bool(names)
    investor.resolved = {}
    investor.parent, investor.parent_company = None, None
    told = _said_of_parents(investor, statements, parents)
    if of_parent := resolve(told):
        investor.resolved[Field.PARENT] = as_json(of_parent)
        parent = parents[of_parent.chosen.id]
        investor.parent = parent if isinstance(parent, Investor) else None
        investor.parent_company = parent if isinstance(parent, Company) else None
    kind = believe(statements, Field.INVESTOR_KIND)
    if kind:
        investor.resolved[Field.INVESTOR_KIND] = as_json(kind)
    known = kind.value.text if kind and isinstance(kind.value, Text) else ""
    investor.kind = known if known in InvestorKind.values else ""
    investor.save()
    keep_aliases(investor, [*names, *told_names(statements)])


def _said_of(investors: Sequence[Investor]) -> dict[int, list[Statement]]:
    """The statements that count of each investor itself, by its id."""
    own = Assignment.objects.live().filter(investor__in=investors)
    told = Statement.objects.counted().filter(mention__in=own.values("mention"), field__in=OF_INVESTOR)
    statements = list(told.with_marks().select_related("mention__source").order_by("pk"))
    found: dict[int, list[Statement]] = defaultdict(list)
    if not statements:
        return found
    held = dict(own.filter(mention__statements__in=statements).values_list("mention", "investor"))
    for one in statements:
        found[held[one.mention_id] or 0].append(one)
    return found


def parents_named(statements: Any) -> dict[int, Parent]:
    """The company or investor that each statement of a parent names, by the statement's id."""
    named = {
        one.pk: (one.mention.source_id, one.mention.origin, one.said.key)
        for one in statements
        if one.field == Field.PARENT and isinstance(one.said, Reference)
    }
    if not named:
        return {}
    sources, keys = {source for source, _, _ in named.values()}, {key for _, _, key in named.values()}
    mentions = Mention.objects.filter(source__in=sources, key__in=keys)
    live = Assignment.objects.live().filter(mention__in=mentions).select_related("mention", "company", "investor")
    records: dict[tuple[int, str, str], Any] = {
        (one.mention.source_id, one.mention.origin, one.mention.key): one.company or one.investor for one in live
    }
    return {pk: record for pk, at in named.items() if (record := records.get(at))}


def _said_of_parents(investor: Investor, statements: Sequence[Statement], parents: Mapping[int, Parent]) -> list[Said]:
    """What is said of its parent, compared by the record that is meant; nothing where that became one with it."""
    told = [one for one in statements if one.pk in parents and parents[one.pk] != investor]
    return [dataclasses.replace(one, compared=Text(_identity(parents[one.id]))) for one in said_of(told)]


def _identity(record: Parent) -> str:
    return f"{record._meta.model_name} {record.pk}"
