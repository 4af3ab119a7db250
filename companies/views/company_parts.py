"""The parts of a company's page below its figures: rounds, facts, people, investors, and the sentence on top."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from companies.models import Company, Investor, Role
from funding import evidence, figures
from funding.charts import raised_words
from funding.evidence import Difference, Mark, Notes, differences, wording
from funding.models import Participation, Review, Round, Valuation
from funding.recording.fields import Field
from funding.values import Money, from_json

NAMES_SHOWN = 7


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words and the marks that follow them."""

    text: str
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Party:
    """Investors of a round that the same sources name, with their marks."""

    investor: Investor
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A line of the table of rounds."""

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


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the company: its name, its phrases, and a second line."""

    name: str
    phrases: list[Phrase]
    second: str = ""
    href: str = ""
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class InvestorRow:
    """An investor with the rounds of this company that it took part in."""

    investor: Investor
    is_lead: bool | None
    rounds: list[Phrase]
    lead_marks: list[Mark]
    companies: int


def valuation_marks(valuation: Valuation, notes: Notes, found: Iterable[Difference]) -> list[Mark]:
    """The marks of a value: its sources, or `∴` for its proof, and `≠` where sources differ."""
    differs = differences.marks_for(f"differs-{Field.VALUATION}-{valuation.round_id}", found)
    differs += differences.marks_of_proof(valuation, found)
    if valuation.origin == Valuation.Origin.DERIVED:
        panel = f"{reverse('funding:evidence')}?valuation={valuation.pk}"
        href = f"?evidence=valuation-{valuation.pk}#evidence"
        return [Mark("∴", href, "Its proof", "is-proof", panel), *differs]
    kept = valuation.round.resolved.get(Field.VALUATION, {})
    return [*notes.marks(kept.get("agreeing", [])), *differs]


def field_marks(record: Round, name: str, notes: Notes, found: Iterable[Difference]) -> list[Mark]:
    """The marks of one field of a round."""
    kept = record.resolved.get(name)
    if not kept:
        return []
    return [*notes.marks(kept["agreeing"]), *differences.marks_for(f"differs-{name}-{record.pk}", found)]


def round_rows(
    rounds: Sequence[Round], notes: Notes, found: Sequence[Difference], marks: dict[int, list[Mark]]
) -> list[RoundRow]:
    """The table of rounds, in the order given; `marks` are those of each valuation."""
    return [_round_row(one, notes, found, marks) for one in rounds]


def _round_row(one: Round, notes: Notes, found: Sequence[Difference], marks: dict[int, list[Mark]]) -> RoundRow:
    parts = sorted(one.participations.all(), key=lambda part: part.investor.name.casefold())
    leads = [Party(part.investor, notes.marks([part.statement_id])) for part in parts if part.is_lead]
    others = [part for part in parts if not part.is_lead]
    valuation: Valuation | None = getattr(one, "valuation", None)
    multiple = evidence.multiple_of(valuation) if valuation else None
    return RoundRow(
        round=one,
        second=_round_second(one),
        announced=field_marks(one, Field.ANNOUNCED_ON, notes, found),
        raised=one.raised,
        raised_words=raised_words(one) or "not stated",
        raised_marks=field_marks(one, Field.RAISED, notes, found),
        leads=leads,
        others=_parties(others[:NAMES_SHOWN], notes),
        more=max(len(others) - NAMES_SHOWN, 0),
        valuation=valuation,
        valuation_second=_valuation_second(valuation),
        valuation_marks=marks.get(valuation.pk, []) if valuation else [],
        multiple=_multiple_words(valuation),
        multiple_marks=notes.marks(valuation.multiple_proof["statements"]) if valuation and multiple else [],
        step_up=_step_up_words(valuation),
        is_first=valuation is not None and evidence.is_first(valuation),
        sources=_sources(one, notes),
    )


def _multiple_words(valuation: Valuation | None) -> str:
    """`2.25×`, `> 2×` or `undetermined`; empty where there is no value to compare or none before it."""
    if valuation is None:
        return ""
    return figures.multiple(evidence.multiple_of(valuation)) or ("undetermined" if evidence.reasons(valuation) else "")


def _step_up_words(valuation: Valuation | None) -> str:
    """What stands below a multiple: `step-up 2.13×`, or why there is none; empty where nothing comes before."""
    if valuation is None:
        return ""
    found = evidence.step_up_of(valuation)
    return f"step-up {figures.multiple(found)}" if found else "; ".join(evidence.reasons(valuation))


def _parties(parts: Sequence[Participation], notes: Notes) -> list[Party]:
    """Investors, the marks only after the last of those that the same sources name."""
    marked = [notes.marks(part.statement_ids) for part in parts]
    shown = _shared(marked)
    return [Party(part.investor, marks) for part, marks in zip(parts, shown, strict=True)]


def _shared(marked: Sequence[list[Mark]]) -> list[list[Mark]]:
    """The marks of neighbours, left out where the next one has the same numbers."""
    signs = [[mark.sign for mark in marks] for marks in marked]
    return [[] if at + 1 < len(marked) and signs[at] == signs[at + 1] else marks for at, marks in enumerate(marked)]


def enumeration(words: Sequence[str], marked: Sequence[list[Mark]], end: str = "") -> list[Phrase]:
    """`A, B and C` with the marks of each; `end` follows the last word, before its mark."""
    phrases = []
    for at, (word, marks) in enumerate(zip(words, _shared(marked), strict=True)):
        lead_in = "" if not at else " and " if at + 1 == len(words) else " "
        comma = "," if at + 2 < len(words) else end if at + 1 == len(words) else ""
        phrases.append(Phrase(f"{lead_in}{word}{comma}", marks))
    return phrases


def _round_second(one: Round) -> str:
    parts = [] if one.stage else ["stage not stated"]
    if one.announced_label and one.announced_label.casefold() != one.label.casefold():
        parts.append(f"“{one.announced_label}”")
    if one.status != Round.Status.CLOSED:
        parts.append(f"{one.get_status_display()}, not counted")
    return ", ".join(parts)


def _valuation_second(valuation: Valuation | None) -> str:
    if valuation is None:
        return ""
    if valuation.origin == Valuation.Origin.DERIVED:
        return "derived"
    return str(Valuation.Basis(valuation.basis).label)


def _sources(one: Round, notes: Notes) -> int:
    """How many sources speak of a round, by what is kept of its fields and of who took part."""
    ids = [pk for kept in one.resolved.values() for pk in (*kept["agreeing"], *kept["differing"])]
    ids += [pk for part in one.participations.all() for pk in part.statement_ids]
    return len({told.mention.source_id for told in notes.held(ids)})


def lede(company: Company, rounds: Sequence[Round], notes: Notes, found: Sequence[Difference]) -> list[Phrase]:
    """What the company is, in a sentence or three, each part with its marks."""
    founded = company.resolved.get(Field.FOUNDED_ON)
    phrases = _listed(Field.SECTOR, company.resolved, notes, ".")
    phrases += [Phrase(" ")] if phrases else []
    places = _listed(Field.HEADQUARTERS, company.resolved, notes, "," if founded else ".")
    phrases += places if founded or not places else [*places, Phrase(" ")]
    if founded:
        words = figures.words(from_json(founded["value"]))
        phrases.append(Phrase(f"{' founded' if places else 'Founded'} in {words}.", notes.marks(founded["agreeing"])))
        phrases.append(Phrase(" "))
    return [*phrases, *_rounds_told(rounds, found)]


def _listed(key: str, resolved: dict[str, Any], notes: Notes, end: str = "") -> list[Phrase]:
    """The values of a field that may have several, sectors beginning with a capital."""
    values = resolved.get(key, [])
    words = [wording.said(key, from_json(kept["value"])) for kept in values]
    if words and key == Field.SECTOR:
        words[0] = words[0][:1].upper() + words[0][1:]
    return enumeration(words, [notes.marks(kept["agreeing"]) for kept in values], end)


def _rounds_told(rounds: Sequence[Round], found: Sequence[Difference]) -> list[Phrase]:
    closed = [one for one in rounds if one.status == Round.Status.CLOSED]
    dated = [one for one in closed if one.announced_on]
    count = len(closed)
    words = f"{wording.number(count).capitalize()} round{'s' if count != 1 else ''}"
    if dated:
        last = max(dated, key=lambda one: one.announced_on)  # type: ignore[arg-type, return-value]
        preposition = "on" if last.announced_precision == "day" else "in"
        words += f", {'the last' if count > 1 else 'announced'} {preposition} {figures.date(last.announced)}"
    if not found:
        return [Phrase(f"{words}.")]
    differ = wording.number(len(found))
    figure = "figure" if len(found) == 1 else "figures"
    mark = Mark("≠", "#differs", "Where sources differ", "is-conflict")
    return [Phrase(f"{words}; sources differ on {differ} {figure}.", [mark])]


def facts(company: Company, roles: Sequence[Role], notes: Notes, found: Sequence[Difference]) -> list[Fact]:
    """The facts of the company that some source states, in a fixed order."""
    kept = company.resolved
    listed = [
        _single("Founded", Field.FOUNDED_ON, kept, notes, found),
        _several("Office", Field.HEADQUARTERS, kept, notes),
        _employees(kept, notes, found),
        _single("Revenue", Field.REVENUE, kept, notes, found),
        _single("Raised in all, as stated", Field.TOTAL_RAISED, kept, notes, found),
        *_people(roles, notes),
        _several("Sector", Field.SECTOR, kept, notes),
        _website(kept, notes, found),
    ]
    return [fact for fact in listed if fact]


def _single(name: str, key: str, resolved: dict[str, Any], notes: Notes, found: Sequence[Difference]) -> Fact | None:
    kept = resolved.get(key)
    if not kept:
        return None
    marks = [*notes.marks(kept["agreeing"]), *differences.marks_for(f"differs-{key}", found)]
    words = wording.said(key, from_json(kept["value"]))
    return Fact(name, [Phrase(words, marks)], wording.qualified(kept["qualifiers"]))


def _several(name: str, key: str, resolved: dict[str, Any], notes: Notes) -> Fact | None:
    phrases = _listed(key, resolved, notes)
    return Fact(name if len(phrases) == 1 else f"{name}s", phrases) if phrases else None


def _employees(resolved: dict[str, Any], notes: Notes, found: Sequence[Difference]) -> Fact | None:
    whole, parts = resolved.get(Field.EMPLOYEES), resolved.get("employees_of", [])
    if not whole and not parts:
        return None
    phrases = []
    if whole:
        marks = [*notes.marks(whole["agreeing"]), *differences.marks_for(f"differs-{Field.EMPLOYEES}", found)]
        phrases.append(Phrase(f"{figures.words(from_json(whole['value']))}{',' if parts else ''}", marks))
    for at, part in enumerate(parts):
        words = f"{figures.words(from_json(part['value']))} in {part['qualifiers']['place']}"
        lead_in = " and " if at else " of whom " if whole else ""
        phrases.append(Phrase(f"{lead_in}{words}", notes.marks(part["agreeing"])))
    said = notes.held([(whole or parts[0])["statement"]])
    return Fact("Employees", phrases, figures.date(said[0].mention.source.published) if said else "")


def _people(roles: Sequence[Role], notes: Notes) -> list[Fact]:
    """Founders first, then the others, each with the words for what they do."""
    found = []
    for name, group in (
        ("Founders", [role for role in roles if role.is_founder]),
        ("People", [role for role in roles if not role.is_founder]),
    ):
        phrases = [
            Phrase(f"{role.person.name}{f', {role.title}' if role.title else ''}", notes.marks(role.statement_ids))
            for role in group
        ]
        if phrases:
            found.append(Fact(name, phrases, is_list=True))
    return found


def _website(resolved: dict[str, Any], notes: Notes, found: Sequence[Difference]) -> Fact | None:
    fact = _single("Website", Field.WEBSITE, resolved, notes, found)
    if fact is None:
        return None
    address = fact.phrases[0].text
    # What an article calls a website is anybody's words; only a web address may become a link.
    is_address = address.startswith(("https://", "http://"))
    return Fact(fact.name, fact.phrases, fact.second, address if is_address else "")


def investor_rows(rounds: Sequence[Round], notes: Notes) -> list[InvestorRow]:
    """Who took part in the company's rounds, those said to lead first, then by name."""
    by_investor: dict[int, list[Participation]] = defaultdict(list)
    for one in rounds:
        for part in one.participations.all():
            part.round = one
            by_investor[part.investor_id].append(part)
    rows = [_investor_row(parts, notes) for parts in by_investor.values()]
    return sorted(rows, key=lambda row: (row.is_lead is not True, row.investor.name.casefold()))


def _investor_row(parts: Sequence[Participation], notes: Notes) -> InvestorRow:
    leads = [part for part in parts if part.is_lead]
    words = {part.is_lead for part in parts}
    return InvestorRow(
        investor=parts[0].investor,
        is_lead=True if leads else False if False in words else None,
        rounds=[
            Phrase(figures.date(part.round.announced) or "undated", notes.marks(part.statement_ids)) for part in parts
        ],
        lead_marks=notes.marks([part.statement_id for part in leads]),
        companies=getattr(parts[0], "companies_count", 0) or 0,
    )


def in_review(company: Company) -> list[Review]:
    """The articles that name the company and wait for a decision, newest first."""
    named = [{"kind": "company", "name": company.name}]
    waiting = Review.objects.filter(state=Review.State.PENDING, mentions__contains=named)
    found = list(waiting.select_related("source__entered_by").defer("mentions").order_by("-pk")[:10])
    for review in found:
        review.meta = evidence.meta(review.source)  # type: ignore[attr-defined]
    return found
