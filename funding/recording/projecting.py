"""Project what is said onto the records: group round mentions into rounds, resolve every field, bound valuations."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from companies.models import Company, Investor
from companies.search import indexing
from funding import matching
from funding.alerting import noticing
from funding.models import Assignment, Change, Mention, Participation, Round, Statement, Valuation
from funding.rates import Rates

from . import assigning, company_facts, round_facts, totals, valuations
from .assigning import Affected, Touched
from .fields import Field
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
    investors = Investor.objects.select_for_update(no_key=True).filter(pk__in=touched.investors | moved)
    held = list(investors.order_by("pk"))
    totals.follow(before, after, held)
    for investor in held:
        if investor.pk in touched.investors:
            company_facts.project_investor(investor)
    indexing.index_companies(touched.companies)
    indexing.index_investors([investor.pk for investor in held])


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
            (Round, {"id", "company", "merged_into", "created_at"}),
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
    """Project a company with its rounds."""
    mentions = _mentions(company)
    said = _statements(mentions)
    told = [mention for mention in mentions if mention.kind == Mention.Kind.ROUND and said[mention.pk]]
    investors = _investors(told, said)
    rounds = _rounds(change, company, told, said, investors, rates)
    for record, members in rounds:
        statements = [one for member in members for one in said[member.pk]]
        round_facts.project_round(record, statements, investors, rates)
    _silence(company, [record for record, _ in rounds])
    valuations.project_valuations(company, [record for record, _ in rounds], rates)
    company_facts.project_company(company, mentions, said, rates)


def _mentions(company: Company) -> list[Mention]:
    """The company's mentions and those of its rounds and people, in a fixed order."""
    own = Assignment.objects.live().filter(company=company).values("mention")
    found = Mention.objects.filter(pk__in=own) | Mention.objects.filter(company__in=own)
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
) -> list[tuple[Round, list[Mention]]]:
    """The rounds that the mentions are, each with its mentions; assignments follow the groups."""
    own = Assignment.objects.filter(mention__in=told, round__isnull=False).select_related("round", "mention")
    held = {one.mention_id: one for one in own.filter(retracted_at=None)}
    called: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    for (source, origin, key), investor in investors.items():
        called[source, origin][key] = investor.key
    seen = [round_told(m, said[m.pk], called[m.source_id, m.origin], held.get(m.pk), rates) for m in told]
    by_id = {mention.pk: mention for mention in told}
    past = _past(told)
    once = {pk for row in past.values() for pk in row}
    once.update(one.round_id for one in held.values() if one.round_id is not None)
    free = _rounds_of(company, by_id, once)
    rounds: list[tuple[Round, list[Mention]]] = []
    groups = matching.group_rounds(seen)
    records: dict[int, Round] = {}
    # Groups that hold a record choose before those that only held one once, and large ones before small ones.
    order = sorted(
        range(len(groups)), key=lambda at: (not any(one.id in held for one in groups[at]), -len(groups[at]))
    )
    for group, at in ((groups[at], at) for at in order):
        record = _record_of(group, held, past, free) or Round.objects.create(company=company)
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
    return rounds


def _rounds_of(company: Company, told: Mapping[int, Mention], once: Collection[int]) -> dict[int, Round]:
    """The rounds that a company's mentions may be: its own, and those of another that nobody there speaks of now."""
    found = Round.objects.filter(company=company).in_bulk()
    elsewhere = Round.objects.filter(pk__in=once).exclude(company=company).in_bulk()
    kept = Assignment.objects.live().filter(round__in=elsewhere).exclude(mention__in=told)
    taken = set(kept.values_list("round_id", flat=True))
    return found | {pk: record for pk, record in elsewhere.items() if pk not in taken}


def _past(told: Sequence[Mention]) -> dict[int, list[int]]:
    """The rounds that each mention was assigned to before, the latest first."""
    retracted = Assignment.objects.filter(mention__in=told, round__isnull=False, retracted_at__isnull=False)
    found: dict[int, list[int]] = defaultdict(list)
    for mention, record in retracted.order_by("-retracted_at", "-pk").values_list("mention_id", "round_id"):
        found[mention].append(record)
    return found


def _record_of(
    group: Sequence[matching.RoundMention],
    held: dict[int, Assignment],
    past: Mapping[int, Sequence[int]],
    free: dict[int, Round],
) -> Round | None:
    """The record that most of a group's mentions are assigned to, a person's word first; else one they once were."""
    votes: dict[int, tuple[int, int]] = {}
    for one in group:
        assignment = held.get(one.id)
        if assignment and assignment.round_id in free:
            decisions, count = votes.get(assignment.round_id, (0, 0))
            votes[assignment.round_id] = decisions + assignment.is_decided, count + 1
    if votes:
        return free[min(votes, key=lambda pk: (-votes[pk][0], -votes[pk][1], pk))]
    once = sorted((age, pk) for one in group for age, pk in enumerate(past.get(one.id, ())) if pk in free)
    return free[once[0][1]] if once else None


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
