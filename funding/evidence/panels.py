"""The evidence panel: what stands behind one figure, said in full."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company, Investor
from funding import figures
from funding.models import Exit, Mention, Participation, Round, Statement, Valuation
from funding.recording.fields import spoken_for
from funding.retelling import retold
from funding.tellings import Field
from funding.values import Money, PartialDate, Reference, from_json

from . import comparing, proofs, wording
from .comparing import multiple_of
from .notes import Notes, Quoted, publisher
from .proofs import Step


@dataclass(frozen=True, slots=True)
class Told:
    """One telling: the words of a source, with the value where it is not the one above."""

    quoted: Quoted
    words: str = ""
    wordless: str = ""
    recorded: str = ""
    statement: int = 0
    mark: str = ""  # what a person made of it, by whom and why
    is_pinned: bool = False
    is_deprecated: bool = False
    is_live: bool = True


@dataclass(frozen=True, slots=True)
class Following:
    """Another value of the same round that follows, with its proof."""

    title: str
    value: str
    steps: list[Step]
    conclusion: str


@dataclass(slots=True)
class Panel:
    """A figure and what it rests on. `key` names it in an address: `valuation-12`, `statements-3-4`."""

    key: str
    title: str
    value: str
    about: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    conclusion: str = ""
    differing: list[Told] = field(default_factory=list)
    corrected: list[Told] = field(default_factory=list)  # by their own publisher, since
    deprecated: list[Told] = field(default_factory=list)
    multiple: str = ""
    multiple_told: list[Told] = field(default_factory=list)
    following: list[Following] = field(default_factory=list)
    step_up: str = ""
    stake: str = ""
    conflicts: list[Step] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)
    company: Company | None = None
    round: Round | None = None


def of_valuation(valuation: Valuation, notes: Notes) -> Panel:
    """What a valuation rests on: the words that state it, or the proof that bounds it."""
    kept = valuation.kept
    panel = Panel(
        key=f"valuation-{valuation.pk}",
        title=", ".join(part for part in (_("Valuation"), figures.date(valuation.valued)) if part),
        value=str(figures.money(valuation.money)),
        company=valuation.company,
        round=valuation.round,
    )
    if valuation.origin == Valuation.Origin.DERIVED:
        panel.steps = proofs.steps_of(valuation.proof, valuation.currency, notes)
        panel.conclusion = proofs.conclusion(valuation.money)
        panel.about = [_derived(valuation, panel.steps)]
    else:
        panel.told = _told(kept.get("agreeing", []), notes, valuation.money)
        panel.differing = _told(kept.get("differing", []), notes, None)
        panel.corrected = _told(kept.get("corrected", []), notes, None)
        panel.about = [str(wording.BASES[valuation.basis])]
        if valuation.round is None:
            panel.about.append(_("Of no round: a value that is told of the company by itself."))
    panel.about += _converted(valuation)
    panel.following = _following(valuation, notes)
    _add_multiple(panel, valuation, notes)
    panel.step_up, panel.stake = comparing.step_up_words(valuation), comparing.stake_words(valuation)
    panel.conflicts = proofs.conflicts_of(valuation, notes)
    panel.recorded = _recorded(notes.held(_ids(valuation)))
    return panel


def of_statements(ids: Iterable[int], notes: Notes) -> Panel | None:
    """What statements of one figure say; None where the page holds none of them."""
    found = notes.held(dict.fromkeys(ids))
    if not found:
        return None
    first = found[0]
    panel = Panel(
        key="-".join(["statements", *(str(one.pk) for one in found)]),
        title=f"{wording.label(first.field)}, {first.mention.name}",
        value=wording.stated(first, _names([first])),
        told=_told([one.pk for one in found], notes, None if len(found) > 1 else first.said),
        recorded=_recorded(found),
    )
    if any(one.retracted_at for one in found):
        panel.about.append(_("Taken back since: no record rests on it any more."))
    return panel


def of_field(record: Round | Exit | Company | Investor, name: str, kept: Mapping[str, Any], notes: Notes) -> Panel:
    """What one resolved field of a record rests on: who says it, who says otherwise, and why it is shown."""
    value = from_json(kept["value"])
    names = names_of(notes.held(spoken_for(kept)))
    # The label of a stage is the source's own word for it, and stands in the quote.
    more = wording.qualified({key: said for key, said in kept["qualifiers"].items() if key != "label"})
    one = record if isinstance(record, Round) else None
    called = wording.exit_name(record) if isinstance(record, Exit) else wording.round_name(one) if one else record
    return Panel(
        key=f"statement-{kept['statement']}",
        title=f"{wording.label(name)}, {called}",
        value=names.get(kept["statement"]) or wording.said(name, value),
        about=[
            *([f"{more[:1].upper()}{more[1:]}."] if more else []),
            _("Why this value: %(reason)s.") % {"reason": retold(kept["reason"])},
        ],
        told=_told(kept["agreeing"], notes, value),
        differing=_told(kept["differing"], notes, None, names),
        corrected=_told(kept.get("corrected", []), notes, None, names),
        recorded=_recorded(notes.held([kept["statement"]])),
        company=record if isinstance(record, Company) else None if isinstance(record, Investor) else record.company,
        round=one,
    )


def of_participation(part: Participation, notes: Notes) -> Panel:
    """What says that an investor took part in a round, and whether as its lead."""
    lead = {
        True: _("Said to lead the round."),
        False: _("Said not to lead it."),
        None: _("No source says that it led."),
    }
    return Panel(
        key=f"statement-{part.statement_id}",
        title=_("Investor, %(round)s") % {"round": wording.round_name(part.round)},
        value=part.investor.name,
        about=[lead[part.is_lead]],
        told=_told(part.statement_ids, notes, None),
        recorded=_recorded(notes.held(part.statement_ids)),
        company=part.round.company,
        round=part.round,
    )


def statements_of(valuation: Valuation) -> list[int]:
    """The ids of all statements that the panel of a valuation may quote."""
    return [*_ids(valuation), *spoken_for(valuation.kept)]


def _ids(valuation: Valuation) -> list[int]:
    """What the valuation itself rests on."""
    own = [valuation.statement_id] if valuation.statement_id else []
    proofs_of = [valuation.proof, *(one.get("proof", []) for one in valuation.follows.values())]
    proof = [pk for steps in proofs_of for step in steps for pk in step["statements"]]
    step_up = valuation.follows.get("step_up", {}).get("statements", [])
    return [*own, *proof, *valuation.multiple_proof.get("statements", []), *step_up]


def _following(valuation: Valuation, notes: Notes) -> list[Following]:
    """The value after the money and the one before it, where they follow and are not the one that is shown."""
    found = []
    for kind, title in (("post", _("After the money")), ("pre", _("Before the money"))):
        kept = valuation.follows.get(kind)
        value = from_json(kept["value"]) if kept else None
        if kept and isinstance(value, Money):
            steps = proofs.steps_of(kept["proof"], value.currency, notes)
            is_the_same = (kind == "pre") == (valuation.basis == Valuation.Basis.PRE)
            name = _("What other statements make of it") if is_the_same else title
            found.append(Following(name, figures.in_full(value), steps, proofs.conclusion(value)))
    return found


def _derived(valuation: Valuation, steps: list[Step]) -> str:
    proof = [step for step in valuation.proof if step["rule"] != proofs.CONTRADICTION]
    count = len({pk for step in proof for pk in step["statements"]})
    words = ngettext(
        "No source we hold states this value. It follows from %(number)s statement.",
        "No source we hold states this value. It follows from %(number)s statements.",
        count,
    )
    return words % {"number": wording.number(count)}


def _converted(valuation: Valuation) -> list[str]:
    """The value in US dollars, with the day of the rate; what is not to be had is said."""
    if valuation.currency == "USD":
        return []
    dollars = in_currency(valuation, "USD")
    if dollars is None:
        return [_("Not converted: no reference rate of that date is held.")]
    words = _("%(amount)s %(at_rate)s.")
    return [words % {"amount": figures.money(dollars), "at_rate": wording.rate_of(valuation, valuation.valued)}]


def in_currency(row: Any, currency: str, prefix: str = "") -> Money | None:
    """An amount of a record in a stored currency (USD, EUR, GBP) at the rate of its own date; None without a rate.

    The rate is that of the record's stored conversion, so no table of rates is asked. `prefix` is that of the columns.
    """
    money: Money | None = getattr(row, prefix.removesuffix("_") or "money")
    if money is None or money.currency == currency:
        return money
    stored = getattr(row, f"{prefix}{currency.lower()}", None)
    if stored is None or not money.middle:
        return None
    rate = stored / money.middle
    low, high = (None if end is None else round(end * rate, 2) for end in (money.low, money.high))
    return Money(low, high, money.low_open, money.high_open, money.is_approx, currency=currency)


def _add_multiple(panel: Panel, valuation: Valuation, notes: Notes) -> None:
    multiple = multiple_of(valuation)
    if multiple is None:
        why = comparing.why(valuation, "multiple")
        panel.multiple = _("Undetermined: %(why)s.") % {"why": why} if why else ""
        return
    if valuation.multiple_proof.get("is_stated"):
        panel.multiple = _("%(multiple)s the value before it, as stated.") % {"multiple": figures.multiple(multiple)}
        panel.multiple_told = _told(valuation.multiple_proof["statements"], notes, multiple)
    else:
        panel.multiple = _("%(multiple)s the value before it, computed from the two.") % {
            "multiple": figures.multiple(multiple)
        }


def _told(ids: Iterable[int], notes: Notes, value: Any, names: Mapping[int, str] | None = None) -> list[Told]:
    """The tellings of statements; each with its value where that is another than `value`.

    `names` are those of the mentions that statements refer to; one that refers to a name it is not told has no value.
    """
    return [
        Told(
            notes.quoted([one.pk])[0],
            _value_told(one, value, names or {}),
            wording.wordless(one),
            _recording(one),
            one.pk,
            retold(one.mark.words) if one.mark else "",
            one.pin is not None,
            one.is_deprecated,
            one.retracted_at is None,
        )
        for one in notes.held(ids)
    ]


def _value_told(one: Statement, value: Any, names: Mapping[int, str]) -> str:
    if isinstance(one.said, Reference):
        return names.get(one.pk, "")
    return "" if one.said == value else wording.stated(one)


def of_deprecated(statements: Iterable[Statement], notes: Notes) -> Panel | None:
    """What a person deprecated of a field of which nothing else is said; None where there is nothing."""
    found = list(statements)
    if not found:
        return None
    told = _told([one.pk for one in found], notes, None)
    key = "-".join(["statements", *(str(one.pk) for one in found)])
    about = [_("All that was said of it is deprecated, so nothing is shown.")]
    return Panel(key, wording.label(found[0].field), _("not stated"), about, deprecated=told)


def add_deprecated(panel: Panel, ids: Iterable[int], notes: Notes) -> Panel:
    """The panel with statements that a person deprecated and that no record rests on, struck through at its end."""
    parents = [one for one in notes.held(ids) if one.field == Field.PARENT]
    panel.deprecated = _told(ids, notes, None, names_of(parents))
    return panel


def names_of(statements: Iterable[Statement]) -> dict[int, str]:
    """The name of the mention that each statement refers to, by the statement's id; no query where none does."""
    referring = [one for one in statements if isinstance(one.said, Reference)]
    if not referring:
        return {}
    names = Mention.objects.names_in(referring)
    return {one.pk: names[one.mention.source_id, one.mention.origin].get(one.value["key"], "") for one in referring}


def _names(statements: Iterable[Statement]) -> dict[str, str]:
    """The names of the mentions that the statements' sources speak of, by key."""
    referring = [one for one in statements if one.value.get("kind") == "reference"]
    return {
        mention.key: mention.name
        for one in referring
        for mention in one.mention.source.mentions.filter(origin=one.mention.origin, key=one.value["key"])
    }


def _recorded(statements: Iterable[Statement]) -> list[str]:
    """When and by whom the statements were recorded, each decision once."""
    return list(dict.fromkeys(_recording(one) for one in statements))


def _recording(one: Statement) -> str:
    change = one.added_in
    by = {"at": when(change.at), "kind": change.get_kind_display(), "by": change.by or "Roundbook"}
    return _("Recorded %(at)s, %(kind)s by %(by)s.") % by


def in_full(one: Statement, names: Mapping[str, str]) -> str:
    """A statement as a history lists it: `Amount raised: $235m (The Daily Round)`."""
    told = {"field": wording.label(one.field), "values": wording.stated(one, names)}
    return f"{_('%(field)s: %(values)s') % told} ({publisher(one.mention.source)})"


def when(instant: Any) -> str:
    """A moment as pages show it, in UTC: `3 Sep 2026, 09:14`."""
    local = timezone.localtime(instant)
    return f"{figures.date(PartialDate.of(local.date()))}, {local:%H:%M}"
