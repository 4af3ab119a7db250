"""Where sources differ: the values side by side with their words, and why one of them is shown."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from companies.models import Company
from funding import figures
from funding.models import Exit, Round, Statement, Valuation
from funding.recording.fields import is_open
from funding.retelling import retold
from funding.tellings import Field

from . import proofs, wording
from .notes import Mark, Notes, Quoted


@dataclass(frozen=True, slots=True)
class Side:
    """One value, with the words of the first source that gives it and marks for the others.

    `label` names its field where the others are of other fields.
    """

    words: str
    is_shown: bool
    quoted: Quoted
    marks: list[Mark]
    more: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field about which sources differ; `anchor` is its place on the page."""

    anchor: str
    title: str
    sides: list[Side]
    sources: int
    reason: str
    clash: frozenset[int] | None = None  # the statements of a contradiction, which is one of several rounds
    field: str = ""
    evidence: str = ""  # where the figure is judged

    @property
    def mark(self) -> Mark:
        """The mark of a figure that sources differ about."""
        return Mark("≠", f"#{self.anchor}", _("Sources differ: %(title)s") % {"title": self.title}, "is-conflict")


def of_company(company: Company, notes: Notes) -> Iterator[Difference]:
    """What sources differ about of the company itself."""
    for field, kept in company.resolved.items():
        if isinstance(kept, dict) and is_open(kept):
            yield _difference(f"differs-{field}", wording.label(field), field, kept, notes)


def of_round(record: Round, notes: Notes) -> Iterator[Difference]:
    """What they differ about of a round, contradictions among its valuations included."""
    for field, kept in record.resolved.items():
        if is_open(kept):
            title = f"{wording.label(field)}, {_when(record)}"
            yield _difference(f"differs-{field}-{record.pk}", title, field, kept, notes)
    valuation = getattr(record, "valuation", None)
    if valuation is not None:
        yield from _contradictions(valuation, record, notes)


def _when(record: Round) -> str:
    return figures.date(record.announced) or _("undated round")


def of_lone_valuations(valuations: Iterable[Valuation], notes: Notes) -> Iterator[Difference]:
    """What they differ about of what a company is worth on a day, of no round."""
    for one in valuations:
        if one.round_id is None and is_open(one.resolved):
            when = figures.date(one.valued) or _("undated")
            title = f"{wording.label(Field.VALUATION)}, {when}"
            yield _difference(f"differs-valuation-of-day-{one.pk}", title, Field.VALUATION, one.resolved, notes)


def of_exit(record: Exit, notes: Notes) -> Iterator[Difference]:
    """What they differ about of an exit."""
    name = wording.exit_name(record)
    for field, kept in record.resolved.items():
        if is_open(kept):
            title = f"{wording.label(field)}, {name}"
            yield _difference(f"differs-{field}-exit-{record.pk}", title, field, kept, notes)


def _difference(anchor: str, title: str, field: str, kept: Mapping[str, Any], notes: Notes) -> Difference:
    agreeing, differing = notes.held(kept["agreeing"]), notes.held(kept["differing"])
    groups: dict[str, list[Statement]] = {}
    for one in differing:
        groups.setdefault(wording.said(field, one.said), []).append(one)
    shown = wording.said(field, agreeing[0].said) if agreeing else ""
    sides = [_side(shown, agreeing, notes, is_shown=True)] if agreeing else []
    sides += [_side(words, group, notes) for words, group in groups.items()]
    sources = {one.mention.source_id for one in (*agreeing, *differing)}
    evidence = f"{reverse('funding:evidence')}?statement={kept['statement']}"
    reason = _("%(shown)s is shown: %(reason)s.") % {"shown": shown, "reason": retold(kept["reason"])}
    return Difference(anchor, title, sides, len(sources), reason, field=field, evidence=evidence)


def _named(one: Statement) -> str:
    """The field of a statement with what narrows its value down: `Valuation, post-money`."""
    return ", ".join(part for part in (wording.label(one.field), wording.qualified(one.qualifiers)) if part)


def _side(words: str, group: list[Statement], notes: Notes, *, is_shown: bool = False, label: str = "") -> Side:
    first, others = group[0], [one.pk for one in group[1:] if one.mention.source_id != group[0].mention.source_id]
    marks = notes.numbers(others)
    return Side(words, is_shown, notes.quoted([first.pk])[0], [*notes.numbers([first.pk]), *marks], len(marks), label)


def _contradictions(valuation: Valuation, record: Round, notes: Notes) -> Iterator[Difference]:
    """Statements about a company's valuations that cannot all hold, one difference for each smallest set of them."""
    clashes = [step for step in valuation.proof if step["rule"] == proofs.CONTRADICTION]
    for clash in clashes:
        told = notes.held(clash["statements"])
        sides = [_side(figures.words(one.said), [one], notes, label=_named(one)) for one in told]
        sources = len({one.mention.source_id for one in told})
        reason = " ".join(
            [proofs.clash_words(clash), _("What is stated is shown, and nothing is derived from these.")]
        )
        anchor = "-".join(["differs-proof", *(str(pk) for pk in clash["statements"])])
        title, evidence = (
            _("What bounds the value, %(when)s") % {"when": _when(record)},
            f"{reverse('funding:evidence')}?valuation={valuation.pk}",
        )
        at = frozenset(clash["statements"])
        yield Difference(anchor, title, sides, sources, reason, at, Field.VALUATION, evidence)


def each_once(found: Iterable[Difference]) -> list[Difference]:
    """The differences without contradictions that were told of another round already."""
    seen: set[frozenset[int]] = set()
    kept = []
    for one in found:
        if one.clash is None or one.clash not in seen:
            kept.append(one)
        seen |= {one.clash} if one.clash else set()
    return kept


def marks_for(field: str, found: Iterable[Difference]) -> list[Mark]:
    """The marks of the differences about one field, named as their anchors begin."""
    return [one.mark for one in found if one.anchor == field or one.anchor.startswith(f"{field}-")]


def marks_of_proof(valuation: Valuation, found: Iterable[Difference]) -> list[Mark]:
    """The mark of the first contradiction that statements about a valuation's round are in."""
    clashes = [frozenset(one["statements"]) for one in valuation.proof if one["rule"] == proofs.CONTRADICTION]
    return [one.mark for one in found if one.clash in clashes][:1]
