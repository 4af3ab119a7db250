"""Project what is said onto the records: group round mentions into rounds, resolve every field, bound valuations."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from companies.models import Company, Investor
from companies.search import indexing
from funding import matching
from funding.alerting import noticing
from funding.models import Assignment, Change, Exit, Mention, Participation, Round, Statement, Valuation
from funding.rates import Rates
from funding.tellings import Field
from funding.values import Money, PartialDate

from . import assigning, company_facts, exits, investor_facts, lone_valuations, round_facts, totals, valuations
from .assigning import Affected, Touched
from .holding import free_for, past_of, record_of, stored
from .settling import assign, retract
from .telling import round_told


def settle_and_project(change: Change, affected: Affected, touched: Touched, *, investors_moved: bool) -> Touched:
    """Settle again whom the affected mentions are, and project what they were (`touched`) and are; all that was.

    With `investors_moved` also the companies whose rounds name the investors.
    """
    keys = affected.keys(Mention.Kind.COMPANY), affected.keys(Mention.Kind.INVESTOR)
    touched = touched | assigning.settle_names(change, *keys) | affected.touched
    if investors_moved:
        touched |= assigning.followers(touched.investors)
    assigning.settle_people(change, touched.companies)
    project(change, touched)
    noticing.notice(change)
    return touched


def project(change: Change | None, touched: Touched) -> None:
    """Bring the touched companies and investors, and whatever hangs on them, up to what is live.

    The locks let others refer to the records meanwhile (`no_key`): whoever waits here has referred to them already.
    """
    rates = Rates()
    companies = list(Company.objects.select_for_update(no_key=True).filter(pk__in=touched.companies).order_by("pk"))
    tallied = touched.companies | _once_elsewhere(touched.companies)
    before = totals.tally(tallied)
    for company in companies:
        _project_company(change, company, rates)
    after = totals.tally(tallied)
    moved = totals.investors_between(before, after)
    # All of them at once and in order, so that two who write never wait for each other in a circle.
    # The arms of what is touched, too: whom they are arms of may be another record now.
    arms = Q(parent__in=touched.investors) | Q(parent_company__in=touched.companies)
    investors = Investor.objects.select_for_update(no_key=True)
    held = list(investors.filter(Q(pk__in=touched.investors | moved) | arms).order_by("pk"))
    totals.follow(before, after, held)
    investor_facts.project_investors([one for one in held if _is_touched(one, touched)])
    indexing.index_companies(touched.companies)
    indexing.index_investors([investor.pk for investor in held])


def _is_touched(investor: Investor, touched: Touched) -> bool:
    """Whether an investor, or whom it is an arm of, is among what is touched."""
    is_arm = investor.parent_id in touched.investors or investor.parent_company_id in touched.companies
    return investor.pk in touched.investors or is_arm


def _once_elsewhere(companies: Collection[int]) -> set[int]:
    """The companies whose rounds the mentions of these once were, and may be again."""
    own = Assignment.objects.live().filter(company__in=companies).values("mention")
    once = Round.objects.filter(assignments__mention__company__in=own).exclude(company__in=companies)
    return set(once.values_list("company_id", flat=True).order_by().distinct()) if companies else set()


def rebuild() -> None:
    """Throw away every projection and project all again, in one transaction; for tests, repair and new rules."""
    with transaction.atomic():
        Participation.objects.all().delete()
        Valuation.objects.all().delete()
        for model, kept in (
            (Round, round_facts.IDENTITY),
            (Exit, exits.IDENTITY),
            (Company, company_facts.IDENTITY),
        ):
            blank = model()
            columns = [f for f in model._meta.concrete_fields if f.name not in kept]
            model.objects.update(**{f.name: getattr(blank, f.name) for f in columns})
        totals.clear()
        indexing.clear()
        everything = Touched(
            set(Company.objects.values_list("pk", flat=True)), set(Investor.objects.values_list("pk", flat=True))
        )
        project(None, everything)


def _project_company(change: Change | None, company: Company, rates: Rates) -> None:
    """Project a company with its rounds and exits."""
    mentions = _mentions(company)
    said = _statements(mentions)
    told = [mention for mention in mentions if mention.kind == Mention.Kind.ROUND and said[mention.pk]]
    rates.prefetch(_dated_amounts(one for each in said.values() for one in each))
    investors = _investors(told, said)
    rounds, was = _rounds(change, company, told, said, investors, rates)
    records, parts = [record for record, _ in rounds], []
    for record, members in rounds:
        statements = [one for member in members for one in said[member.pk]]
        round_facts.describe_round(record, statements, rates)
        parts += round_facts.participations(record.pk, statements, investors)
    _silence(company, records)
    own = [one for mention in mentions if mention.kind == Mention.Kind.COMPANY for one in said[mention.pk]]
    lone = lone_valuations.project_lone_valuations(company, own, rates)
    valuations.project_valuations(company, records, lone, rates)
    for record in records:
        if stored(record) != was.get(record.pk):
            record.save()
    round_facts.write_participations(records, parts)
    left = exits.project_exits(change, company, mentions, said, rates)
    company_facts.project_company(company, mentions, said, rates, left)


def _dated_amounts(statements: Iterable[Statement]) -> set[tuple[str, PartialDate]]:
    """The currencies and dates whose rates amounts may be converted at, so that they are asked for at once."""
    currencies, dates = set(round_facts.CURRENCIES), set()
    for one in statements:
        if isinstance(said := one.said, PartialDate):
            dates.add(said)
        elif isinstance(said, Money):
            currencies.add(said.currency)
    return {(currency, on) for currency in currencies for on in dates}


def _mentions(company: Company) -> list[Mention]:
    """The company's mentions and those of its rounds, people and exits, in a fixed order."""
    own = Assignment.objects.live().filter(company=company).values("mention")
    found = Mention.objects.with_hanging(own)
    return list(found.select_related("source", "company").order_by("pk"))


def _statements(mentions: Sequence[Mention]) -> dict[int, list[Statement]]:
    """The statements of mentions that count, by mention."""
    said: dict[int, list[Statement]] = defaultdict(list)
    by_id = {mention.pk: mention for mention in mentions}
    for one in Statement.objects.counted().filter(mention__in=by_id).with_marks().order_by("pk"):
        one.mention = by_id[one.mention_id]
        said[one.mention_id].append(one)
    return said


def _investors(told: Sequence[Mention], said: dict[int, list[Statement]]) -> dict[tuple[int, str, str], Investor]:
    """The investors that participations refer to, by source, reading and key."""
    keys = {
        (mention.source_id, mention.origin, one.value["key"])
        for mention in told
        for one in said[mention.pk]
        if one.field == Field.PARTICIPATION
    }
    # By key, too: a source that tells of many companies names many investors of others.
    sources, names = {source for source, _, _ in keys}, {key for _, _, key in keys}
    named = Mention.objects.filter(source__in=sources, key__in=names).in_bulk() if keys else {}
    live = Assignment.objects.live().filter(investor__isnull=False, mention__in=named).select_related("investor")
    found: dict[tuple[int, str, str], Investor] = {}
    for assignment in live if named else ():
        mention = named[assignment.mention_id]
        assert assignment.investor is not None
        found[mention.source_id, mention.origin, mention.key] = assignment.investor
    return {key: found[key] for key in sorted(keys)}


def _rounds(
    change: Change | None,
    company: Company,
    told: Sequence[Mention],
    said: dict[int, list[Statement]],
    investors: dict[tuple[int, str, str], Investor],
    rates: Rates,
) -> tuple[list[tuple[Round, list[Mention]]], dict[int, dict[str, Any]]]:
    """The rounds that the mentions are, each with its mentions, and what stands in their rows; assignments follow."""
    own = Assignment.objects.filter(mention__in=told, round__isnull=False).select_related("round", "mention")
    held = {one.mention_id: one for one in own.filter(retracted_at=None)}
    now = {pk: (one.round_id or 0, one.is_decided) for pk, one in held.items()}
    called: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    for (source, origin, key), investor in investors.items():
        called[source, origin][key] = investor.key
    seen = [round_told(m, said[m.pk], called[m.source_id, m.origin], held.get(m.pk), rates) for m in told]
    by_id = {mention.pk: mention for mention in told}
    past = past_of(told, "round")
    once = {pk for row in past.values() for pk in row} | {pk for pk, _ in now.values()}
    free = free_for(Round, company, by_id, once)
    was = {pk: stored(record) for pk, record in free.items()}
    rounds: list[tuple[Round, list[Mention]]] = []
    groups = matching.group_rounds(seen)
    records: dict[int, Round] = {}
    # Groups that hold a record choose before those that only held one once, and large ones before small ones.
    order = sorted(
        range(len(groups)), key=lambda at: (not any(one.id in held for one in groups[at]), -len(groups[at]))
    )
    for group, at in ((groups[at], at) for at in order):
        record = record_of([one.id for one in group], now, past, free) or Round.objects.create(company=company)
        free.pop(record.pk, None)
        record.company = company
        record.merged_into = None
        records[at] = record
        rounds.append((record, [by_id[one.id] for one in group]))
        for one in group:
            _assign(change, by_id[one.id], held.get(one.id), record, matching.reasons_for(group, one))
    parents = matching.parents(groups)
    for at, record in records.items():
        record.parent = records[parents[at]] if at in parents else None
    return rounds, was


def _silence(company: Company, rounds: Sequence[Round]) -> None:
    """Empty the rounds that nothing live speaks of any more; those that became part of one other lead there."""
    told = {record.pk for record in rounds}
    for record in Round.objects.filter(company=company).exclude(pk__in=told):
        once = Assignment.objects.filter(round=record).values("mention")
        now = Assignment.objects.live().filter(mention__in=once, round__isnull=False)
        goals = set(now.values_list("round_id", flat=True)) - {record.pk}
        goal = goals.pop() if len(goals) == 1 else None
        if record.is_live or record.merged_into_id != goal:
            record.merged_into_id = goal
            round_facts.silence_round(record)


def _assign(change: Change | None, mention: Mention, held: Assignment | None, record: Round, reason: str) -> None:
    if held and held.round_id == record.pk:
        return
    if change is None:
        return
    if held:
        retract(change, held)
    assign(change, mention, record, reason)
