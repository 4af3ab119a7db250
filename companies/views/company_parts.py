"""The parts of a company's page beside its figures, rounds and investors: the sentence on top, facts and people."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db.models import JSONField, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg.types.json import Jsonb

from companies.models import Company, Role
from config.queries import Given, KeptQuery
from funding import evidence, figures
from funding.evidence import Difference, Mark, Notes, differences, wording
from funding.models import Review, Round, Valuation
from funding.tellings import Field
from funding.values import from_json

from .company_rounds import shared

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
ENDS = re.compile(r"[.,;:]")  # what stands before a mark, not after it


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words and the marks that follow them."""

    text: str
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the company: its name, its phrases, and a second line."""

    name: str
    phrases: list[Phrase]
    second: str = ""
    href: str = ""
    is_list: bool = False


def valuation_marks(valuation: Valuation, notes: Notes, found: Iterable[Difference]) -> list[Mark]:
    """The marks of a value: its sources, or `∴` for its proof, and `≠` where sources differ."""
    of = valuation.round_id or f"of-day-{valuation.pk}"
    differs = differences.marks_for(f"differs-{Field.VALUATION}-{of}", found)
    differs += differences.marks_of_proof(valuation, found)
    if valuation.origin == Valuation.Origin.DERIVED:
        panel = f"{reverse('funding:evidence')}?valuation={valuation.pk}"
        href = f"?evidence=valuation-{valuation.pk}#evidence"
        return [Mark("∴", href, _("Its proof"), "is-proof", panel), *differs]
    return [*notes.marks(valuation.kept.get("agreeing", [])), *differs]


def sentence(template: str, **parts: Sequence[Phrase]) -> list[Phrase]:
    """A translated sentence whose placeholders are marked words: `%(places)s, founded in %(year)s.`

    A comma or full stop after a placeholder goes before the marks of its words.
    """
    found: list[Phrase] = []
    for at, piece in enumerate(PLACEHOLDER.split(template)):
        if at % 2:
            found += parts[piece]
        elif piece:
            end = ENDS.match(piece) if found else None
            if end:
                found[-1] = replace(found[-1], text=found[-1].text + end[0])
                piece = piece[1:]
            found += [Phrase(piece)] if piece else []
    return found


def enumeration(words: Sequence[str], marked: Sequence[list[Mark]]) -> list[Phrase]:
    """`A, B and C` with the marks of each."""
    phrases = [Phrase(word, marks) for word, marks in zip(words, shared(marked), strict=True)]
    found = phrases[:1]
    for phrase in phrases[1:-1]:
        found = sentence(_("%(first)s, %(next)s"), first=found, next=[phrase])
    return sentence(_("%(most)s and %(last)s"), most=found, last=phrases[-1:]) if len(phrases) > 1 else found


def lede(company: Company, rounds: Sequence[Round], notes: Notes, found: Sequence[Difference]) -> list[Phrase]:
    """What the company is, in a sentence or three, each part with its marks."""
    founded = company.resolved.get(Field.FOUNDED_ON)
    sectors = _listed(Field.SECTOR, company.resolved, notes)
    places = _listed(Field.HEADQUARTERS, company.resolved, notes)
    told = [sentence(_("%(sectors)s."), sectors=sectors)] if sectors else []
    if founded:
        year = [Phrase(figures.words(from_json(founded["value"])), notes.marks(founded["agreeing"]))]
        with_places = sentence(_("%(places)s, founded in %(year)s."), places=places, year=year)
        told.append(with_places if places else sentence(_("Founded in %(year)s."), year=year))
    elif places:
        told.append(sentence(_("%(places)s."), places=places))
    told.append(_rounds_told(rounds))
    if found:
        told.append([_differing(len(found))])
    return [phrase for one in told for phrase in (*one, Phrase(" "))][:-1]


def _listed(key: str, resolved: dict[str, Any], notes: Notes) -> list[Phrase]:
    """The values of a field that may have several, sectors beginning with a capital."""
    values = resolved.get(key, [])
    words = [wording.said(key, from_json(kept["value"])) for kept in values]
    if words and key == Field.SECTOR:
        words[0] = words[0][:1].upper() + words[0][1:]
    return enumeration(words, [notes.marks(kept["agreeing"]) for kept in values])


def _rounds_told(rounds: Sequence[Round]) -> list[Phrase]:
    closed = [one for one in rounds if one.status == Round.Status.CLOSED]
    dates = [one.announced for one in closed if one.announced]
    count = len(closed)
    told = {"number": wording.number(count)}
    if dates:
        told["when"] = figures.when(max(dates, key=lambda date: date.first_day))
        words = ngettext(
            "%(number)s round, announced %(when)s.", "%(number)s rounds, the last %(when)s.", count
        ) % told  # fmt: skip
    else:
        words = ngettext("%(number)s round.", "%(number)s rounds.", count) % told
    return [Phrase(words[:1].upper() + words[1:])]


def _differing(count: int) -> Phrase:
    words = ngettext("Sources differ on %(number)s figure.", "Sources differ on %(number)s figures.", count)
    mark = Mark("≠", "#differs", _("Where sources differ"), "is-conflict")
    return Phrase(words % {"number": wording.number(count)}, [mark])


def facts(company: Company, roles: Sequence[Role], notes: Notes, found: Sequence[Difference]) -> list[Fact]:
    """The facts of the company that some source states, in a fixed order."""
    kept = company.resolved
    places, sectors = kept.get(Field.HEADQUARTERS, []), kept.get(Field.SECTOR, [])
    listed = [
        _single(_("Founded"), Field.FOUNDED_ON, kept, notes, found),
        _several(ngettext("Office", "Offices", len(places)), Field.HEADQUARTERS, kept, notes),
        _employees(kept, notes, found),
        _single(_("Revenue"), Field.REVENUE, kept, notes, found),
        _single(_("Raised in all, as stated"), Field.TOTAL_RAISED, kept, notes, found),
        *_people(roles, notes),
        _several(ngettext("Sector", "Sectors", len(sectors)), Field.SECTOR, kept, notes),
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
    return Fact(name, phrases) if phrases else None


def _employees(resolved: dict[str, Any], notes: Notes, found: Sequence[Difference]) -> Fact | None:
    """`170, of whom 80 in France`, with the date of the source."""
    whole, parts = resolved.get(Field.EMPLOYEES), resolved.get("employees_of", [])
    if not whole and not parts:
        return None
    words = [
        _("%(count)s in %(place)s") % {"count": figures.words(from_json(part["value"])), "place": place}
        for part in parts
        for place in [part["qualifiers"]["place"]]
    ]
    phrases = enumeration(words, [notes.marks(part["agreeing"]) for part in parts])
    if whole:
        marks = [*notes.marks(whole["agreeing"]), *differences.marks_for(f"differs-{Field.EMPLOYEES}", found)]
        all_of_them = [Phrase(figures.words(from_json(whole["value"])), marks)]
        of_whom = _("%(all)s, of whom %(parts)s")
        phrases = sentence(of_whom, all=all_of_them, parts=phrases) if parts else all_of_them
    said = notes.held([(whole or parts[0])["statement"]])
    return Fact(_("Employees"), phrases, figures.date(said[0].mention.source.published) if said else "")


def _people(roles: Sequence[Role], notes: Notes) -> list[Fact]:
    """Founders first, then the others, each with the words for what they do."""
    found = []
    for name, group in (
        (_("Founders"), [role for role in roles if role.is_founder]),
        (_("People"), [role for role in roles if not role.is_founder]),
    ):
        phrases = [Phrase(_role(role), notes.marks(role.statement_ids)) for role in group]
        if phrases:
            found.append(Fact(name, phrases, is_list=True))
    return found


def _role(role: Role) -> str:
    name = role.person.name
    return _("%(name)s, %(title)s") % {"name": name, "title": role.title} if role.title else name


def _website(resolved: dict[str, Any], notes: Notes, found: Sequence[Difference]) -> Fact | None:
    fact = _single(_("Website"), Field.WEBSITE, resolved, notes, found)
    if fact is None:
        return None
    address = fact.phrases[0].text
    # What an article calls a website is anybody's words; only a web address may become a link.
    is_address = address.startswith(("https://", "http://"))
    return Fact(fact.name, fact.phrases, fact.second, address if is_address else "")


def in_review(company: Company) -> list[Review]:
    """The articles that name the company and wait for a decision, newest first."""
    found = WAITING.ask(named=Jsonb([{"kind": "company", "name": company.name}]))
    for review in found:
        review.meta = evidence.meta(review.source)  # type: ignore[attr-defined]
    return found


def _waiting() -> QuerySet[Review]:
    waiting = Review.objects.filter(state=Review.State.PENDING, mentions__contains=Given("named", JSONField()))
    return waiting.select_related("source__entered_by").defer("mentions").order_by("-pk")[:10]


WAITING: Final = KeptQuery(_waiting)
