"""What sources disagree about, over all records: what is open, and what a person settled."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from companies.models import Company
from funding import chronicle
from funding.evidence import Difference, Notes, differences, wording
from funding.models import Assignment, Exit, Mark, Mention, Round, Valuation
from funding.recording.exits import OF_ALL, OF_KIND
from funding.recording.round_facts import PRE_MONEY, RESOLVED
from funding.tellings import Field

OF_COMPANY: Final = (Field.FOUNDED_ON, Field.WEBSITE, Field.EMPLOYEES, Field.TOTAL_RAISED, Field.REVENUE)
OF_ROUND: Final = (*RESOLVED, PRE_MONEY)
OF_EXIT: Final = (*OF_ALL, *(name for names in OF_KIND.values() for name in names))
KINDS: Final = {
    "company": gettext_lazy("Companies"),
    "round": gettext_lazy("Rounds"),
    "exit": gettext_lazy("Exits"),
}
MOST_COUNTED: Final = 99
CLASH: Final = [{"rule": "contradiction"}]  # in the proof of a valuation that statements leave no value for


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One field of one record that sources disagree about."""

    record: str
    href: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class Settled:
    """A statement that a person pinned or deprecated, with the record it is about; none where nothing is assigned."""

    mark: Mark
    record: str
    href: str
    label: str
    words: str


def companies_in(kind: str = "", field: str = "") -> QuerySet[Company]:
    """The companies of which something is open, of themselves, their rounds or exits (`kind`), or of one field."""
    found = Company.objects.live().filter(has_conflict=True)
    own = [one for one in OF_COMPANY if field in ("", one)] if kind in ("", "company") else []
    of_rounds = [one for one in OF_ROUND if field in ("", one)] if kind in ("", "round") else []
    of_exits = [one for one in OF_EXIT if field in ("", one)] if kind in ("", "exit") else []
    if not kind and not field:
        return found
    asked = _open_in(own)
    if kind in ("", "company") and field in ("", Field.VALUATION):
        asked |= Exists(Valuation.objects.filter(company=OuterRef("pk"), has_conflict=True, round=None))
    if of_rounds:
        rounds = Round.objects.live().filter(company=OuterRef("pk"), has_conflict=True)
        asked |= Exists(rounds.filter(_open_in(of_rounds)))
    if of_exits:
        exits = Exit.objects.live().filter(company=OuterRef("pk"), has_conflict=True)
        asked |= Exists(exits.filter(_open_in(of_exits)))
    if Field.VALUATION in of_rounds:
        asked |= Exists(Valuation.objects.filter(company=OuterRef("pk"), has_conflict=True, proof__contains=CLASH))
    return found.filter(asked)


def _open_in(fields: Iterable[str]) -> Q:
    """Records of which one of these fields is open, as `recording.fields.is_open` says."""
    found = Q(pk__in=())
    for one in fields:
        differs = Q(**{f"resolved__{one}__differing__0__isnull": False})
        found |= differs & ~Q(**{f"resolved__{one}__contains": {"settled": True}})
    return found


def of_companies(companies: Sequence[Company], kind: str = "", field: str = "") -> list[Disagreement]:
    """What is open of some companies, their rounds and exits, in their order, in a fixed number of queries."""
    rounds: dict[int, list[Round]] = defaultdict(list)
    is_open = Q(has_conflict=True) | Q(valuation__proof__contains=CLASH)
    found = Round.objects.live().filter(is_open, company__in=companies)
    for one in found.select_related("valuation").order_by("-announced_on", "-pk"):
        rounds[one.company_id].append(one)
    exits: dict[int, list[Exit]] = defaultdict(list)
    for left in Exit.objects.live().filter(company__in=companies, has_conflict=True).newest_first():
        exits[left.company_id].append(left)
    lone: dict[int, list[Valuation]] = defaultdict(list)
    for value in Valuation.objects.filter(company__in=companies, has_conflict=True, round=None).latest_first():
        lone[value.company_id].append(value)
    held = [one for by_company in (rounds, exits, lone) for of_one in by_company.values() for one in of_one]
    notes = Notes.of(_statements(companies, held))
    listed = []
    for company in companies:
        told: list[Disagreement] = []
        if kind in ("", "company"):
            told += [Disagreement(str(company), company.get_absolute_url(), one)
                     for one in (*differences.of_company(company, notes),
                                 *differences.of_lone_valuations(lone[company.pk], notes))]  # fmt: skip
        if kind in ("", "round"):
            for record in rounds[company.pk]:
                name = f"{company}, {wording.round_name(record)}"
                told += [Disagreement(name, record.get_absolute_url(), one)
                         for one in differences.of_round(record, notes)]  # fmt: skip
        if kind in ("", "exit"):
            for left in exits[company.pk]:
                left.company = company
                name = f"{company}, {wording.exit_name(left)}"
                told += [Disagreement(name, left.get_absolute_url(), one)
                         for one in differences.of_exit(left, notes)]  # fmt: skip
        once = {id(one) for one in differences.each_once(one.difference for one in told)}
        listed += [one for one in told if id(one.difference) in once and field in ("", one.difference.field)]
    return listed


def _statements(companies: Iterable[Company], hanging: Iterable[Round | Exit | Valuation]) -> set[int]:
    """The statements that the disagreements of these records are between."""
    found: set[int] = set()
    for record in (*companies, *hanging):
        for kept in [record.resolved] if isinstance(record, Valuation) else record.resolved.values():
            if isinstance(kept, dict) and kept.get("differing"):
                found |= {*kept["agreeing"], *kept["differing"]}
        valuation = getattr(record, "valuation", None) if isinstance(record, Round) else None
        for step in valuation.proof if valuation else ():
            found |= set(step["statements"]) if step["rule"] == "contradiction" else set()
    return found


def marks(kind: str = "", field: str = "") -> QuerySet[Mark]:
    """What people pinned and deprecated, of one kind of record and one field where that is asked for."""
    found = Mark.objects.live().filter(statement__retracted_at=None)
    if kind:
        found = found.filter(statement__mention__kind=kind)
    if field == PRE_MONEY:
        found = found.filter(statement__field=Field.VALUATION, statement__qualifiers__basis="pre")
    elif field:
        found = found.filter(statement__field=field)
    return found.select_related("statement__mention", "added_in__by")


def settled(page: Sequence[Mark]) -> list[Settled]:
    """Some marks with the records they are about, in at most two queries."""
    mentions = {one.statement.mention_id for one in page}
    held = Assignment.objects.live().filter(mention__in=mentions)
    related = held.select_related(
        "company", "investor", "person__resolved_for", "round__company", "exit__company", "mention"
    )
    by_mention = {one.mention_id: one for one in related}
    names = Mention.objects.investors().names_in([one.statement for one in page])
    found = []
    for one in page:
        statement = one.statement
        assigned = by_mention.get(statement.mention_id)
        record, href = chronicle.named(assigned) if assigned else (statement.mention.name, "")
        words = wording.stated(statement, names[statement.mention.source_id, statement.mention.origin])
        found.append(Settled(one, record, href, wording.label(statement.field), words))
    return found
