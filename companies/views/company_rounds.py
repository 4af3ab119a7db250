"""The table of a company's rounds: each with its marks, and the words that its sources tell it in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from companies.models import Investor
from funding import evidence, figures
from funding.charts import raised_words
from funding.evidence import Difference, Mark, Notes, Saying, differences, sayings
from funding.models import Participation, Round, Valuation
from funding.recording.fields import Field, spoken_for
from funding.values import Money

NAMES_SHOWN: Final = 7
# Of older rounds the words are fetched when a reader opens them: a text is cut into sentences for each.
TOLD_AT_ONCE: Final = 12


@dataclass(frozen=True, slots=True)
class Party:
    """Investors of a round that the same sources name, with their marks."""

    investor: Investor
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A line of the table of rounds; `sayings` is None where they are fetched when they are asked for."""

    round: Round
    second: str
    announced: list[Mark]
    raised: Money | None
    raised_words: str
    raised_marks: list[Mark]
    leads: list[Party]
    others: list[Party]
    more: int
    valuation: Valuation | None
    valuation_second: str
    valuation_marks: list[Mark]
    multiple: str
    multiple_marks: list[Mark]
    step_up: str
    is_first: bool
    sources: int
    sayings: list[Saying] | None


def rows(
    rounds: Sequence[Round], notes: Notes, found: Sequence[Difference], marks: dict[int, list[Mark]]
) -> list[RoundRow]:
    """The table of rounds, in the order given; `marks` are those of each valuation."""
    return [_row(one, notes, found, marks, is_told=at < TOLD_AT_ONCE) for at, one in enumerate(rounds)]


def _row(
    one: Round, notes: Notes, found: Sequence[Difference], marks: dict[int, list[Mark]], *, is_told: bool
) -> RoundRow:
    parts = sorted(one.participations.all(), key=lambda part: part.investor.name.casefold())
    leads = [Party(part.investor, notes.marks(_ids_of_lead(part))) for part in parts if part.is_lead]
    others = [part for part in parts if not part.is_lead]
    valuation: Valuation | None = getattr(one, "valuation", None)
    multiple = evidence.multiple_of(valuation) if valuation else None
    return RoundRow(
        round=one,
        second=_second(one),
        announced=field_marks(one, Field.ANNOUNCED_ON, notes, found),
        raised=one.raised,
        raised_words=raised_words(one) or _("not stated"),
        raised_marks=field_marks(one, Field.RAISED, notes, found),
        leads=leads,
        others=_parties(others[:NAMES_SHOWN], notes),
        more=max(len(others) - NAMES_SHOWN, 0),
        valuation=valuation,
        valuation_second=_valuation_second(valuation),
        valuation_marks=marks.get(valuation.pk, []) if valuation else [],
        multiple=_multiple_words(valuation),
        multiple_marks=notes.marks(valuation.multiple_proof.get("statements", [])) if valuation and multiple else [],
        step_up=_step_up_words(valuation),
        is_first=valuation is not None and evidence.is_first(valuation),
        sources=_sources(one, notes),
        sayings=sayings.of_round(one, parts, notes) if is_told else None,
    )


def _ids_of_lead(part: Participation) -> list[int]:
    return [part.statement_id] if part.statement_id else []


def field_marks(record: Round, name: str, notes: Notes, found: Iterable[Difference]) -> list[Mark]:
    """The marks of one field of a round."""
    kept = record.resolved.get(name)
    if not kept:
        return []
    return [*notes.marks(kept["agreeing"]), *differences.marks_for(f"differs-{name}-{record.pk}", found)]


def _multiple_words(valuation: Valuation | None) -> str:
    """`2.25×`, `> 2×` or `undetermined`; empty where there is no value to compare or none before it."""
    if valuation is None:
        return ""
    known = figures.multiple(evidence.multiple_of(valuation))
    return known or (_("undetermined") if evidence.reasons(valuation) else "")


def _step_up_words(valuation: Valuation | None) -> str:
    """What stands below a multiple: `step-up 2.13×`, or why there is none; empty where nothing comes before."""
    if valuation is None:
        return ""
    found = evidence.step_up_of(valuation)
    if found is None:
        return "; ".join(evidence.reasons(valuation))
    return _("step-up %(multiple)s") % {"multiple": figures.multiple(found)}


def _parties(parts: Sequence[Participation], notes: Notes) -> list[Party]:
    """Investors, the marks only after the last of those that the same sources name."""
    shown = shared([notes.marks(part.statement_ids) for part in parts])
    return [Party(part.investor, marks) for part, marks in zip(parts, shown, strict=True)]


def shared(marked: Sequence[list[Mark]]) -> list[list[Mark]]:
    """The marks of neighbours, left out where the next one has the same numbers."""
    signs = [[mark.sign for mark in marks] for marks in marked]
    return [[] if at + 1 < len(marked) and signs[at] == signs[at + 1] else marks for at, marks in enumerate(marked)]


def _second(one: Round) -> str:
    parts = [] if one.stage else [_("stage not stated")]
    if one.announced_label and one.announced_label.casefold() != one.label.casefold():
        parts.append(_("“%(words)s”") % {"words": one.announced_label})
    if one.status != Round.Status.CLOSED:
        parts.append(_("%(status)s, not counted") % {"status": one.get_status_display()})
    return ", ".join(parts)


def _valuation_second(valuation: Valuation | None) -> str:
    if valuation is None:
        return ""
    if valuation.origin == Valuation.Origin.DERIVED:
        return _("derived")
    return str(Valuation.Basis(valuation.basis).label)


def _sources(one: Round, notes: Notes) -> int:
    """How many sources speak of a round, by what is kept of its fields and of who took part."""
    ids = [pk for kept in one.resolved.values() for pk in spoken_for(kept)]
    ids += [pk for part in one.participations.all() for pk in part.statement_ids]
    return len({told.mention.source_id for told in notes.held(ids)})
