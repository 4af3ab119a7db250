"""What changed, change by change: of each field of a record what was before and after, and by whom.

Of everything, before and after are all that live statements say of the field, whichever of them is believed; in the
history of one record, the value that was believed.
"""

import copy
import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Exists, F, FilteredRelation, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from companies.models import Company, Investor
from funding.as_of.scopes import recorded
from funding.evidence import notes, wording
from funding.models import Assignment, Change, Exit, Judgement, Mark, Mention, Recorded, Round, Statement
from funding.rates import Rates
from funding.recording.company_facts import resolved_of
from funding.recording.fields import as_json, believe, is_open
from funding.recording.lone_valuations import ON, Dated, believed
from funding.recording.marks import KINDS
from funding.recording.round_facts import PRE_MONEY
from funding.retelling import retold
from funding.tellings import Field
from funding.values import PartialDate, from_json

# Fields of which several values hold at once: only those that came or went are listed.
SEVERAL: Final = (Field.PARTICIPATION, Field.SECTOR, Field.HEADQUARTERS, Field.ROLE, Field.EMPLOYEES, Field.NAME,
                  Field.ALIAS)  # fmt: skip
# Fields whose statements all hold, so that there is no one value to believe.
FROM_ALL: Final = (Field.PARTICIPATION, Field.ROLE, Field.NAME, Field.WIKIDATA, Field.LEI, Field.CRUNCHBASE,
                   Field.PARENT, Field.ALIAS)  # fmt: skip
OF_COMPANY: Final = (Field.FOUNDED_ON, Field.WEBSITE, Field.HEADQUARTERS, Field.SECTOR, Field.EMPLOYEES,
                     Field.TOTAL_RAISED, Field.REVENUE)  # fmt: skip
Record = Company | Investor | Round
MOST_STATEMENTS: Final = 3_000  # on one page; a change adds a few dozen


@dataclass(frozen=True, slots=True)
class Row:
    """What was said of one field of a record before a change and after it; the same where only who says it changed."""

    record: str
    href: str
    label: str
    before: list[str]
    after: list[str]
    note: str = ""
    statement: int | None = None  # what the value before rested on, where another is believed since

    @property
    def is_same(self) -> bool:
        """Whether the change left what is said as it was."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was believed of one field of a record before a change and is after it, and all that is said of it then.

    `is_disputed` where sources differ about it after the change, and did not before.
    """

    kind: str
    pk: int
    field: str
    before: list[str]
    after: list[str]
    said: list[str]
    is_disputed: bool

    @property
    def is_changed(self) -> bool:
        """Whether something else is believed."""
        return self.before != self.after


@dataclass(slots=True)
class Entry:
    """One change: who made it, from which sources, and what it did."""

    change: Change
    sources: list[tuple[str, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    is_cut: bool = False

    @property
    def can_be_undone(self) -> bool:
        """Whether it is an act that was not taken back yet, and can be."""
        return self.change.kind not in (Change.Kind.UNDO, Change.Kind.MATCHING) and not hasattr(
            self.change, "undone_by"
        )


def changes_between(
    first: datetime.datetime, end: datetime.datetime, company: Company | None = None
) -> QuerySet[Change]:
    """The changes from an instant until another, the latest first; of one company those of what is said of it."""
    found = Change.objects.filter(at__gte=first, at__lt=end)
    if company:
        own = _mentions_of(company)
        touching = [
            model.objects.filter(**{f"{path}__in": own})  # type: ignore[attr-defined]
            for model, paths in recorded()
            for path in paths
        ]
        found = found.filter(pk__in=_changes_of(touching))
    return found.select_related("by", "undoes__by").order_by("-at", "-pk")


def history_of(record: Record) -> QuerySet[Change]:
    """The changes of what is said of a record, of its marks, and of whom its mentions are taken for; latest first."""
    own = _mentions_of(record)
    said = _statements_of(record, own).values("pk")
    touching = _changes_of(
        [
            Statement.objects.filter(pk__in=said),
            Mark.objects.filter(statement__in=said),
            Assignment.objects.filter(mention__in=own),
            Judgement.objects.filter(left__in=own),
            Judgement.objects.filter(right__in=own),
        ]
    )
    found = Change.objects.filter(pk__in=touching).select_related("by", "undoes__by", "undone_by")
    return found.order_by("-at", "-pk")


def _changes_of(rows: Sequence[QuerySet[Any]]) -> QuerySet[Any]:
    """The ids of the changes that added or retracted rows. A union, of which each part goes by an index of its own."""
    ids = [each.values(pk_of=F(side)) for each in rows for side in ("added_in", "retracted_in")]
    return ids[0].union(*ids[1:])


def _mentions_of(record: Record) -> QuerySet[Any] | list[int]:
    """The ids of the mentions ever taken to be of a record; of a company with its rounds, people and exits.

    They are read, for they are few but for an investor's, and no plan for a query that has them in ten places is good;
    once for a record, which a page asks for its changes and then for what each of them did.
    """
    own = Assignment.objects.filter(**{str(record._meta.model_name): record}).values_list("mention", flat=True)
    if isinstance(record, Investor):
        return own
    if "told_in" not in vars(record):
        hanging = Mention.objects.filter(company__in=own).values_list("pk", flat=True)
        vars(record)["told_in"] = list(own.union(hanging) if isinstance(record, Company) else own)
    return list(vars(record)["told_in"])


def _statements_of(record: Record, mentions: QuerySet[Any] | list[int]) -> QuerySet[Statement]:
    """All that was ever said of a record by its mentions; of an investor also by naming it."""
    own = Mention.objects.filter(pk__in=mentions)
    about = Q(mention__in=own.values("pk"))
    if isinstance(record, Investor):
        same = {"source": OuterRef("mention__source"), "origin": OuterRef("mention__origin")}
        parts = Statement.objects.filter(field=Field.PARTICIPATION, mention__source__in=own.values("source"))
        parts = parts.alias(key_said=KT("value__key")).filter(key_said__in=own.values("key"))
        parts = parts.filter(Exists(own.filter(**same, key=OuterRef("key_said"))))
        about |= Q(pk__in=parts.values("pk"))
    return Statement.objects.filter(about)


def entries(changes: Sequence[Change], record: Record | None = None, *, believed: bool = False) -> list[Entry]:
    """What each of some changes did, in their order; of one record only what it did to that.

    With `believed`, before and after are the values that were believed, not all that was said.
    """
    found = {change.pk: Entry(change) for change in changes}
    within = Q(added_in__in=found) | Q(retracted_in__in=found)
    said = Statement.objects.filter(within | Q(pk__in=Mark.objects.filter(within).values("statement")))
    # Only what was taken from a record can have moved to another: a file of a million rows adds that many.
    left = Assignment.objects.filter(retracted_in__in=found).order_by("pk").values("mention")
    moved = Q(mention__in=left[:MOST_STATEMENTS])
    if record:
        own = _mentions_of(record)
        said = said.filter(pk__in=_statements_of(record, own).values("pk"))
        moved &= Q(mention__in=own)
    rows = said.select_related("mention__source__entered_by").defer("mention__source__text").order_by("pk")
    told = list(rows[: MOST_STATEMENTS + 1])
    about = {pk for one in told for pk in (one.mention_id, one.mention.company_id) if pk is not None}
    records = ("company", "investor", "person__resolved_for", "round__company", "exit__company", "mention")
    assigned = Assignment.objects.filter(moved | Q(mention__in=about)).select_related(*records)
    held = _Held(assigned, told[:MOST_STATEMENTS], believed=believed)
    judged = _judged(changes)
    for entry in found.values():
        entry.rows = [*held.fields_of(entry.change), *held.moves_of(entry.change), *judged[entry.change.pk]]
        entry.sources = held.sources_of(entry.change)
        entry.is_cut = len(told) > MOST_STATEMENTS and _touches(entry.change, told[-1])
    return list(found.values())


def outcomes(change: Change) -> tuple[list[Outcome], list[tuple[str, str]]]:
    """What a change did to the fields of all records whose statements, marks or mentions it touched, and its sources.

    Unlike in its entry, what mentions that it moved say counts as well. At most `MOST_STATEMENTS` are looked at.
    """
    within = Q(added_in=change) | Q(retracted_in=change)
    moved = Assignment.objects.filter(retracted_in=change).order_by("pk").values("mention")[:MOST_STATEMENTS]
    marked = Mark.objects.filter(within).values("statement")
    said = Statement.objects.filter(within | Q(pk__in=marked) | Q(mention__in=moved))
    told = list(said.select_related("mention__source").defer("mention__source__text").order_by("pk")[:MOST_STATEMENTS])
    assigned = Assignment.objects.filter(mention__in={one.mention_id for one in told}).select_related("round", "exit")
    held = _Held(assigned, told, believed=True)
    return list(held.outcomes_of(change)), held.sources_of(change)


def rounds_before(change: Change, rounds: Iterable[int]) -> set[int]:
    """Of some rounds those that a source told of just before a change."""
    found = Assignment.objects.filter(round__in=list(rounds))
    return {one.round_id for one in found if one.round_id is not None and _holds(one, change, is_after=False)}


def _touches(change: Change, one: Recorded) -> bool:
    return change.pk in (one.added_in_id, one.retracted_in_id)


def _judged(changes: Iterable[Change]) -> Mapping[int, list[Row]]:
    """Whether two were judged to be one, by change, of those that did nothing else."""
    told = {Change.Kind.JUDGE}
    acts = [one.pk for one in changes if one.kind in told or (one.undoes and one.undoes.kind in told)]
    found: dict[int, list[Row]] = defaultdict(list)
    within = Q(added_in__in=acts) | Q(retracted_in__in=acts)
    for one in Judgement.objects.filter(within).select_related("left", "right").order_by("pk") if acts else ():
        words = [_("one record") if one.is_same else _("two records")]
        for pk, before, after in ((one.added_in_id, [], words), (one.retracted_in_id, words, [])):
            row = Row(
                _("%(left)s and %(right)s") % {"left": one.left.name, "right": one.right.name},
                "",
                _("Judgement"),
                before,
                after,
                one.reason,
            )
            if pk in acts and row not in found[pk]:
                found[pk].append(row)
    return found


class _Held:
    """Statements and assignments of some changes, and what else was ever said of the same fields of their records."""

    def __init__(self, assignments: Iterable[Assignment], told: Sequence[Statement], *, believed: bool) -> None:
        self.told = told
        self.believed = believed
        self.by_mention: dict[int, list[Assignment]] = defaultdict(list)
        for one in assignments:
            self.by_mention[one.mention_id].append(one)
        self.marks: dict[int, list[Mark]] = {}
        self.said = self._all_said()

    def _all_said(self) -> dict[tuple[Any, str], list[tuple[Statement, Assignment]]]:
        """By record and field, every statement there ever was, with the assignment that makes it the record's."""
        records = {record for one in self.told for record in self._records(one)}
        of: dict[str, set[int]] = defaultdict(set)
        for kind, pk in records:
            of[kind].add(pk)
        chosen = Q(pk=None)
        for kind, pks in of.items():
            chosen |= Q(**{f"held__{kind}__in": pks})
        rows = Statement.objects.filter(field__in={one.field for one in self.told})
        rows = rows.alias(held=FilteredRelation("mention__assignments")).filter(chosen)
        rows = rows.prefetch_related(Prefetch("marks", Mark.objects.select_related("added_in__by").order_by("pk")))
        if self.believed:
            rows = rows.select_related("mention__source").defer("mention__source__text")
        columns = [column.attname for column in Assignment._meta.concrete_fields]
        rows = rows.annotate(**{f"held_{name}": F(f"held__{name}") for name in columns})
        found: dict[tuple[Any, str], list[tuple[Statement, Assignment]]] = defaultdict(list)
        for statement in _with_names(rows).order_by("pk"):
            self.marks[statement.pk] = list(statement.marks.all())
            assignment = Assignment(**{name: getattr(statement, f"held_{name}") for name in columns})
            found[_key(assignment), statement.field].append((statement, assignment))
        return found

    def _records(self, one: Statement) -> set[tuple[str, int]]:
        return {_key(each) for each in self.by_mention[one.mention_id]}

    def sources_of(self, change: Change) -> list[tuple[str, str]]:
        """Whose words a change added or took back, with the address of each."""
        sources = {one.mention.source_id: one.mention.source for one in self.told if _touches(change, one)}
        return [(notes.cite(source), source.get_absolute_url()) for source in sources.values()]

    def fields_of(self, change: Change) -> Iterator[Row]:
        """The fields that a change added statements or marks to, or took some from."""
        touched: dict[tuple[Any, str], Assignment] = {}
        marked = {one.pk: self._marked(change, one) for one in self.told}
        for one in self.told:
            if _touches(change, one) or marked[one.pk]:
                is_after = one.retracted_in_id != change.pk
                at = [each for each in self.by_mention[one.mention_id] if _holds(each, change, is_after=is_after)]
                for assignment in (at or self.by_mention[one.mention_id])[-1:]:
                    touched.setdefault((_key(assignment), one.field), assignment)
        for (key, name), assignment in sorted(touched.items(), key=_by_record):
            before, after = (self._words(key, name, change, is_after=is_after) for is_after in (False, True))
            if _are_several(key, name) and before != after:
                before, after = [w for w in before if w not in after], [w for w in after if w not in before]
            record, href = named(assignment)
            was, why = None, ""
            if self.believed:
                was = self._chosen(key, name, change) if before != after else None
                why = self._why(key, name, change)
            yield Row(record, href, wording.label(name), before, after, why, was)

    def _marked(self, change: Change, one: Statement) -> bool:
        """Whether a change pinned or deprecated a statement, or took that back."""
        return any(_touches(change, each) for each in self.marks.get(one.pk, ()))

    def _words(self, key: Any, name: str, change: Change, *, is_after: bool) -> list[str]:
        """What live statements say of a field of a record before or after a change, each value once."""
        if self.believed and name not in FROM_ALL:
            kept = _kept(key, name, self._counted(key, name, change, is_after=is_after))
            return list(dict.fromkeys(_value_words(name, one) for one in kept))
        words = []
        for one, assignment in self.said[key, name]:
            if _holds(one, change, is_after=is_after) and _holds(assignment, change, is_after=is_after):
                said = _said(one)
                live = [each for each in self.marks[one.pk] if _holds(each, change, is_after=is_after)]
                words.append(f"{said} ({live[0].get_kind_display()})" if live else said)
        return list(dict.fromkeys(words))

    def _counted(self, key: Any, name: str, change: Change, *, is_after: bool) -> list[Statement]:
        """The statements that counted before or after a change, each with the mark that it had then.

        A value before the money is a field of its own only beside one after it.
        """
        if name == PRE_MONEY:
            stated = self._counted(key, Field.VALUATION, change, is_after=is_after)
            before = [one for one in stated if one.qualifiers.get("basis") == "pre"]
            return before if len(before) < len(stated) else []
        found = []
        for one, assignment in self.said[key, name]:
            if _holds(one, change, is_after=is_after) and _holds(assignment, change, is_after=is_after):
                marks = [copy.copy(each) for each in self.marks[one.pk] if _holds(each, change, is_after=is_after)]
                for each in marks:
                    each.retracted_at = None
                then = copy.copy(one)
                then._prefetched_objects_cache = {"marks": marks}  # type: ignore[attr-defined]
                found += [] if then.is_deprecated else [then]
        return found

    def _chosen(self, key: Any, name: str, change: Change) -> int | None:
        """The statement that the value before a change rested on; of several values the first."""
        before = self._counted(key, name, change, is_after=False)
        if name in FROM_ALL:
            return before[0].pk if before else None
        return next((one["statement"] for one in _kept(key, name, before)), None)

    def _why(self, key: Any, name: str, change: Change) -> str:
        """Why the value after a change is the one believed, or what a person said of the statement that it marked."""
        for one, _when in self.said[key, name]:
            for each in self.marks[one.pk]:
                if _touches(change, each):
                    is_taken = each.retracted_in_id == change.pk
                    told = {"said": _said(one), "mark": each.words}
                    return (_("%(said)s: no longer %(mark)s") if is_taken else _("%(said)s: %(mark)s")) % told
        kept = [] if name in FROM_ALL else _kept(key, name, self._counted(key, name, change, is_after=True))
        reason = retold(str(kept[0]["reason"])) if kept else ""
        return reason[:1].upper() + reason[1:]

    def outcomes_of(self, change: Change) -> Iterator[Outcome]:
        """What became of each field that the statements at hand are about."""
        dated = {_key(one): one.round or one.exit for each in self.by_mention.values() for one in each}
        fields = {(key, one.field) for one in self.told for key in self._records(one)}
        fields |= {(key, PRE_MONEY) for key, name in fields if name == Field.VALUATION and key[0] != "company"}
        rates = Rates()
        for key, name in sorted(fields):
            record = dated.get(key)
            on = record.announced if record else None
            was, now = (self._resolved(key, name, change, rates, on, is_after=is_after) for is_after in (False, True))
            if name in FROM_ALL:
                before, after = (self._words(key, name, change, is_after=is_after) for is_after in (False, True))
            else:
                before, after = (list(dict.fromkeys(_value_words(name, one) for one in each)) for each in (was, now))
            if _are_several(key, name) and before != after:
                before, after = [w for w in before if w not in after], [w for w in after if w not in before]
            is_disputed = sum(map(is_open, now)) > sum(map(is_open, was))
            if before != after or is_disputed:
                said = dict.fromkeys(_said(one) for one in self._counted(key, name, change, is_after=True))
                yield Outcome(*key, name, before, after, list(said), is_disputed)

    def _resolved(
        self, key: Any, name: str, change: Change, rates: Rates, on: PartialDate | None, *, is_after: bool
    ) -> list[dict[str, Any]]:
        """What was kept of a field before or after a change, sums compared at the rates of a day."""
        if name in FROM_ALL:
            return []
        return _kept(key, name, self._counted(key, name, change, is_after=is_after), rates, on)

    def moves_of(self, change: Change) -> Iterator[Row]:
        """The mentions that a change took from one record to another."""
        for assignments in self.by_mention.values():
            left = [one for one in assignments if one.retracted_in_id == change.pk]
            taken = [one for one in assignments if one.added_in_id == change.pk]
            if left and taken and _key(left[-1]) != _key(taken[-1]):
                record, href = named(taken[-1])
                name = taken[-1].mention.name
                was, now = named(left[-1])[0], record
                yield Row(record, href, f"Mention of “{name}”", [was], [now], taken[-1].reason)


def _said(one: Statement) -> str:
    """A statement in words, with the name that `_with_names` found for whom it refers to."""
    return wording.stated(one, {one.value.get("key", ""): getattr(one, "referred", None) or ""})


def _are_several(key: tuple[str, int], name: str) -> bool:
    """Whether a field of a record may have several values at once: a company has a value of each date."""
    return name in SEVERAL or (key[0] == "company" and name == Field.VALUATION)


def _kept(
    key: tuple[str, int],
    name: str,
    statements: Sequence[Statement],
    rates: Rates | None = None,
    on: PartialDate | None = None,
) -> list[dict[str, Any]]:
    """What a record, by kind and id, keeps of a field where these statements are all that counts.

    Without rates, sums of several currencies are not converted, so that they all stand as they were said.
    """
    if key[0] == "company" and name == Field.VALUATION:
        return [_dated(one) for one in believed(statements, rates)]
    if name in OF_COMPANY:
        kept = resolved_of(statements, Rates()).get(name, [])
        return kept if isinstance(kept, list) else [kept]
    resolved = believe(statements, Field.VALUATION if name == PRE_MONEY else name, rates, on)
    return [as_json(resolved)] if resolved else []


def _dated(one: Dated) -> dict[str, Any]:
    """What is kept of a value of no round, with its date among what qualifies it, whoever gives it."""
    kept = as_json(one.resolved)
    return kept | {"qualifiers": kept["qualifiers"] | ({ON: one.on.iso} if one.on else {})}


def _value_words(name: str, kept: Mapping[str, Any]) -> str:
    more = "" if name == Field.STAGE else wording.qualified(kept["qualifiers"])
    return ", ".join(part for part in (wording.said(name, from_json(kept["value"])), more) if part)


def _key(assignment: Assignment) -> tuple[str, int]:
    """The record of an assignment, as kind and id."""
    for kind in KINDS:
        if (pk := getattr(assignment, f"{kind}_id")) is not None:
            return kind, pk
    raise AssertionError("the constraint assignment_to_one_record")


def named(assignment: Assignment) -> tuple[str, str]:
    """The name and address of an assignment's record; a person has the address of the company."""
    record = assignment.company or assignment.investor or assignment.person or assignment.round or assignment.exit
    if isinstance(record, Round):
        return f"{record.company}, {wording.round_name(record)}", record.get_absolute_url()
    if isinstance(record, Exit):
        return f"{record.company}, {wording.exit_name(record)}", record.get_absolute_url()
    if assignment.person:
        company = assignment.person.resolved_for
        return f"{assignment.person}, {company}", company.get_absolute_url()
    return str(record), record.get_absolute_url()  # type: ignore[union-attr]


def _by_record(item: tuple[tuple[Any, str], Assignment]) -> tuple[Any, ...]:
    (key, name), _ = item
    return key, list(wording.LABELS).index(name) if name in wording.LABELS else len(wording.LABELS), name


def _holds(one: Recorded, change: Change, *, is_after: bool) -> bool:
    """Whether a row was live just before a change, or just after it."""
    if not _is_past(change, one.added_in_id, one.recorded_at, is_after=is_after):
        return False
    return one.retracted_at is None or not _is_past(change, one.retracted_in_id, one.retracted_at, is_after=is_after)


def _is_past(change: Change, act: int | None, at: datetime.datetime, *, is_after: bool) -> bool:
    """Whether an act was done just before a change, or just after it.

    What a change did itself was done after it whatever the time: a file is recorded batch by batch, each at its own.
    """
    return is_after if act == change.pk else (at, act) < (change.at, change.pk)


def _with_names(rows: QuerySet[Statement]) -> QuerySet[Statement]:
    """The statements, each with the name of the mention of its source that it may refer to, as `referred`."""
    same = {"source": OuterRef("mention__source"), "origin": OuterRef("mention__origin"), "key": OuterRef("key_said")}
    named = Mention.objects.filter(**same).values("name")[:1]
    return rows.alias(key_said=KT("value__key")).annotate(referred=Subquery(named))
