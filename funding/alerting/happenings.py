"""What a change did to rounds, valuations and exits, and about what sources differ since: what alerts tell of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.utils.translation import gettext as _

from companies.models import Company
from funding import chronicle, disagreements
from funding.chronicle import Outcome
from funding.evidence import wording
from funding.models import AlertEvent, Assignment, Change, Exit, Round, Valuation
from funding.recording.fields import is_open
from funding.recording.round_facts import PRE_MONEY
from funding.tellings import Field

Kind = AlertEvent.Kind
OF_VALUATION: Final = (Field.VALUATION, PRE_MONEY, Field.VALUATION_RATIO, Field.IS_UNICORN)
LONGEST: Final = 300  # of a record's name
MOST_ROWS: Final = 30  # of one event


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that a change did: to a round of a company, or where `round` is None to the company or its exits.

    `rows` have a `field` and its `label`, and what was believed `before` and `after`; of sources that differ, all that
    is said `after`. Words are in the language that was active.
    """

    kind: Kind
    company: int
    round: int | None
    record: str
    rows: tuple[dict[str, Any], ...]


def happenings_of(change: Change) -> tuple[list[Happening], list[tuple[str, str]]]:
    """What a change did that an alert may be on, and the sources that it rests on, as words and path."""
    outcomes, sources = chronicle.outcomes(change)
    by_round: dict[int, list[Outcome]] = defaultdict(list)
    by_company: dict[int, list[Outcome]] = defaultdict(list)
    by_exit: dict[int, list[Outcome]] = defaultdict(list)
    lone: dict[int, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        if one.kind == "round":
            by_round[one.pk].append(one)
        elif one.kind == "company" and one.field == Field.VALUATION:
            lone[one.pk].append(one)
        elif one.kind == "company" and one.field in disagreements.OF_COMPANY and one.is_disputed:
            by_company[one.pk].append(one)
        elif one.kind == "exit":
            by_exit[one.pk].append(one)
    rounds = Round.objects.filter(pk__in=by_round, merged_into=None).select_related("company").order_by("pk")
    before = chronicle.rounds_before(change, by_round)
    found = [one for record in rounds for one in _of_round(record, by_round[record.pk], record.pk not in before)]
    told = {one.round for one in found}
    found += [one for one in _moved(change) if one.round not in told]
    exits = list(Exit.objects.filter(pk__in=by_exit).select_related("company").order_by("company", "pk"))
    found += _of_exits(exits, by_exit)
    found += _of_lone_valuations(lone)
    found += _of_companies(by_company, exits, by_exit, lone)
    told = {one.round for one in found if one.kind == Kind.CONFLICT}
    return [*found, *(one for one in _clashes(change) if one.round not in told)], sources


def _of_round(record: Round, outcomes: Sequence[Outcome], is_new: bool) -> Iterator[Happening]:
    changed = [one for one in outcomes if one.is_changed]
    of_value = [one for one in changed if one.field in OF_VALUATION]
    others = [one for one in changed if one.field not in OF_VALUATION]
    disputed = [one for one in outcomes if one.is_disputed and is_open(record.resolved.get(one.field, {}))]
    name = _name(record)
    if is_new and record.is_live:
        yield Happening(Kind.NEW_ROUND, record.company_id, record.pk, name, _rows(others))
    elif others:
        yield Happening(Kind.ROUND, record.company_id, record.pk, name, _rows(others))
    if of_value:
        yield Happening(Kind.VALUATION, record.company_id, record.pk, name, _rows(of_value))
    if disputed:
        yield Happening(Kind.CONFLICT, record.company_id, record.pk, name, _disputed(disputed))


def _moved(change: Change) -> Iterator[Happening]:
    """The rounds that came to another company along with the mention of theirs."""
    own = Assignment.objects.filter(company__isnull=False)
    left = dict(own.filter(retracted_in=change).values_list("mention", "company__name"))
    taken = dict(own.filter(added_in=change, mention__in=left).values_list("mention", "company__name"))
    moved = [pk for pk, name in taken.items() if name != left[pk]]
    if not moved:
        return
    held = Assignment.objects.live().filter(round__isnull=False, mention__company__in=moved)
    for one in held.select_related("round__company", "mention").order_by("round", "pk").distinct("round"):
        record, before = one.round, left[one.mention.company_id]
        told = row("company", _("Company"), [before], [record.company])
        yield Happening(Kind.ROUND, record.company_id, record.pk, _name(record), (told,))


def _name(record: Round) -> str:
    return f"{record.company}, {wording.round_name(record)}"[:LONGEST]


def _of_exits(exits: Iterable[Exit], by_exit: Mapping[int, Sequence[Outcome]]) -> Iterator[Happening]:
    """What is believed of a company's exits now, all of them in one."""
    for _pk, group in groupby(exits, key=lambda record: record.company_id):
        records = list(group)
        rows = [each for record in records for each in _rows(one for one in by_exit[record.pk] if one.is_changed)]
        name = ", ".join([str(records[0].company), *dict.fromkeys(wording.exit_name(one) for one in records)])
        if rows:
            yield Happening(Kind.EXIT, records[0].company_id, None, name[:LONGEST], tuple(rows[:MOST_ROWS]))


def _of_lone_valuations(lone: Mapping[int, Sequence[Outcome]]) -> Iterator[Happening]:
    """The values of no round that a company has since, or has no more."""
    for company in Company.objects.live().filter(pk__in=lone).order_by("pk"):
        rows = _rows(one for one in lone[company.pk] if one.is_changed)
        if rows:
            yield Happening(Kind.VALUATION, company.pk, None, str(company)[:LONGEST], rows)


def _of_companies(
    by_company: Mapping[int, Sequence[Outcome]],
    exits: Iterable[Exit],
    by_exit: Mapping[int, Sequence[Outcome]],
    lone: Mapping[int, Sequence[Outcome]],
) -> Iterator[Happening]:
    """What sources begin to differ about of a company itself, of its exits and of its values of no round."""
    disputed: dict[int, list[Outcome]] = defaultdict(list)
    open_ones = Valuation.objects.filter(company__in=lone, round=None, has_conflict=True) if lone else ()
    for pk in {one.company_id for one in open_ones}:
        disputed[pk] += [one for one in lone[pk] if one.is_disputed]
    for company in Company.objects.filter(pk__in=by_company):
        told = by_company[company.pk]
        disputed[company.pk] += [one for one in told if is_open(company.resolved.get(one.field, {}))]
    for record in exits:
        told = [one for one in by_exit[record.pk] if one.is_disputed]
        disputed[record.company_id] += [one for one in told if is_open(record.resolved.get(one.field, {}))]
    for company in Company.objects.live().filter(pk__in=disputed).order_by("pk"):
        if disputed[company.pk]:
            rows = _disputed(disputed[company.pk])
            yield Happening(Kind.CONFLICT, company.pk, None, str(company)[:LONGEST], rows)


def _clashes(change: Change) -> Iterator[Happening]:
    """The valuations that statements leave no value for since the change added one of them."""
    added = set(change.added_statements.values_list("pk", flat=True))
    if not added:
        return
    own = Assignment.objects.live().filter(mention__statements__added_in=change, round__isnull=False)
    companies = own.values("round__company")
    found = Valuation.objects.filter(company__in=companies, has_conflict=True, proof__contains=disagreements.CLASH)
    for one in found.select_related("round__company").order_by("pk"):
        if any(added & set(step["statements"]) for step in one.proof if step["rule"] == "contradiction"):
            label = str(wording.label(Field.VALUATION))
            told = row(Field.VALUATION, label, [], [_("statements about it cannot all hold")])
            yield Happening(Kind.CONFLICT, one.company_id, one.round_id, _name(one.round), (told,))


def _rows(outcomes: Iterable[Outcome]) -> tuple[dict[str, Any], ...]:
    ordered = sorted(outcomes, key=_place)[:MOST_ROWS]
    return tuple(row(one.field, str(wording.label(one.field)), one.before, one.after) for one in ordered)


def _disputed(outcomes: Iterable[Outcome]) -> tuple[dict[str, Any], ...]:
    ordered = sorted(outcomes, key=_place)[:MOST_ROWS]
    return tuple(row(one.field, str(wording.label(one.field)), [], one.said) for one in ordered)


def row(field: str, label: str, before: Iterable[Any], after: Iterable[Any]) -> dict[str, Any]:
    """What became of one field, as an event keeps it."""
    return {
        "field": field,
        "label": label,
        "before": [str(one) for one in before],
        "after": [str(one) for one in after],
    }


def _place(one: Outcome) -> int:
    """In the order of a round's page."""
    return list(wording.LABELS).index(one.field) if one.field in wording.LABELS else len(wording.LABELS)
