"""The table of a company's rounds: each with its marks, and the words that its sources tell it in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from config.markup import NOTHING, markup
from funding import cells, evidence, figures
from funding.cells import absent, link, second
from funding.charts import raised_words
from funding.evidence import Difference, Mark, Notes, Saying, differences, sayings, wording
from funding.models import Round, Valuation
from funding.recording.fields import spoken_for
from funding.tellings import Field
from funding.values import Money

from .company_investors import Backer, Part

NAMES_SHOWN: Final = 7
# Of older rounds the words are fetched when a reader opens them: a text is cut into sentences for each.
TOLD_AT_ONCE: Final = 12


@dataclass(frozen=True, slots=True)
class Party:
    """Investors of a round that the same sources name, with their marks."""

    investor: Backer
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

    @property
    def cells(self) -> SafeString:
        """The cells of the line, but for the words of its sources, which stand below it."""
        return SafeString("".join(_cells(self)))

    @property
    def opening(self) -> SafeString:
        """What opens the words of its sources: they come with the page, or are fetched when they are opened."""
        one = self.round
        fetched = NOTHING
        if self.sayings is None:
            form = ' hx-get="{}" hx-trigger="toggle once" hx-target="find .sayings" hx-swap="outerHTML"'
            fetched = markup(form, one.get_absolute_url())
        told = {"round": one.label, "date": figures.date(one.announced) or _("undated")}
        of_which = _("of %(round)s, %(date)s") % told
        form = '<details{}><summary>{}<span class="visually-hidden"> {}</span></summary>'
        return markup(form, fetched, _("Evidence"), of_which)


def _cells(row: RoundRow) -> Iterator[str]:
    marks, not_stated, one = cells.marks, _("not stated"), row.round
    if one.announced:
        yield markup('<td class="date">{}{}</td>', figures.date(one.announced), marks(row.announced))
    else:
        yield markup('<td class="date">{}</td>', absent(not_stated))
    below = second(row.second) if row.second else ""
    yield markup('<th scope="row" class="stage">{}{}</th>', link(one.get_absolute_url(), one.label), below)
    raised, converted = cells.money(row.raised) if row.raised else row.raised_words, getattr(one, "shown", None)
    if converted:
        raised = cells.money(converted, wording.at_rate(one, one.announced))
    below = str(figures.money(row.raised)) if converted else ""
    yield _amount(raised, row.raised_marks, below, is_known=bool(row.raised))
    yield markup("<td{}>{}</td>", _quiet(bool(row.leads)), _named(row.leads, " ", "lead") or not_stated)
    yield markup("<td{}>{}{}</td>", _quiet(bool(row.others)), _named(row.others, ", ") or not_stated, _more(row.more))
    valued = row.valuation
    value = _("not known")
    if valued:
        converted = getattr(valued, "shown", None)
        at_rate = wording.at_rate(valued, valued.valued, valued.money) if converted else ""
        value = cells.money(converted or valued.money, at_rate)
    yield _amount(value, row.valuation_marks, row.valuation_second, is_known=valued is not None)
    if row.multiple:
        times: str = markup("{}{}", row.multiple, marks(row.multiple_marks))
    else:
        times = _("none before") if row.is_first else _("not known")
    is_known = bool(row.multiple)
    yield markup("<td{}>{}{}</td>", _quiet(is_known, "num"), times, second(row.step_up) if row.step_up else "")
    yield markup('<td class="num">{}</td>', row.sources)


def _quiet(is_known: bool, classes: str = "") -> SafeString:
    """The classes of a cell, which is quieter where nothing is known."""
    both = " ".join(filter(None, (classes, "" if is_known else "absent")))
    return markup(' class="{}"', both) if both else NOTHING


def _amount(words: str, marked: list[Mark], below: str, *, is_known: bool) -> SafeString:
    return markup(
        '<td{}>{}<span class="marks">{}</span>{}</td>',
        _quiet(is_known, "num"),
        words,
        cells.marks(marked),
        second(below) if below else "",
    )


def _named(parties: Sequence[Party], between: str, classes: str = "") -> SafeString:
    """Investors with their marks; a comma stands before the marks, which belong to those before it as well."""
    comma, last = between.strip(), len(parties) - 1
    return SafeString(
        " ".join(
            markup(
                "{}{}{}",
                link(party.investor.get_absolute_url(), party.investor.name, classes),
                comma if at < last else "",
                cells.marks(party.marks),
            )
            for at, party in enumerate(parties)
        )
    )


def _more(number: int) -> SafeString:
    if not number:
        return NOTHING
    words = ngettext(
        'and <a href="#investors">%(number)s more</a>', 'and <a href="#investors">%(number)s more</a>', number
    )
    return SafeString(f" {words % {'number': number}}")


def rows(
    rounds: Sequence[Round], notes: Notes, found: Sequence[Difference], marks: dict[int, list[Mark]], before: int = 0
) -> list[RoundRow]:
    """The table of rounds, in the order given; `marks` are those of each valuation, `before` counts the rows above."""
    return [_row(one, notes, found, marks, is_told=at < TOLD_AT_ONCE) for at, one in enumerate(rounds, before)]


def _row(
    one: Round, notes: Notes, found: Sequence[Difference], marks: dict[int, list[Mark]], *, is_told: bool
) -> RoundRow:
    parts = sorted(one.parts, key=lambda part: part.investor.name.casefold())  # type: ignore[attr-defined]
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


def _ids_of_lead(part: Part) -> list[int]:
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
        return (pgettext("between two parts", ";") + " ").join(evidence.reasons(valuation))
    return _("step-up %(multiple)s") % {"multiple": figures.multiple(found)}


def _parties(parts: Sequence[Part], notes: Notes) -> list[Party]:
    """Investors, the marks only after the last of those that the same sources name."""
    shown = shared([notes.marks(part.statement_ids) for part in parts])
    return [Party(part.investor, marks) for part, marks in zip(parts, shown, strict=True)]


def shared(marked: Sequence[list[Mark]]) -> list[list[Mark]]:
    """The marks of neighbours, left out where the next one has the same numbers."""
    signs = [[mark.sign for mark in marks] for marks in marked]
    return [[] if at + 1 < len(marked) and signs[at] == signs[at + 1] else marks for at, marks in enumerate(marked)]


def _second(one: Round) -> str:
    parts = [] if one.stage else [_("stage not stated")]
    if one.announced_label and wording.adds(one.announced_label, one.label, one.stage):
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
    ids += [pk for part in one.parts for pk in part.statement_ids]  # type: ignore[attr-defined]
    return len({told.mention.source_id for told in notes.held(ids)})
