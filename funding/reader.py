"""Read a source as a person does: its text with the words of every fact marked, and the facts by whom they are of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from funding import evidence, marking
from funding.evidence import wording
from funding.models import Assignment, Mention, Proposal, Source, Statement
from funding.tellings import Field

ORDER = {"company": 0, "round": 1, "exit": 2, "person": 3, "investor": 4}


@dataclass(frozen=True, slots=True)
class ReadFact:
    """One fact of the text: its number, its words on a page, where they begin, and the figure it speaks for."""

    number: int
    label: str
    words: str
    first: int | None
    href: str
    is_pending: bool
    note: str


@dataclass(slots=True)
class About:
    """The facts of one mention: a company, a round, a person or an investor."""

    title: str
    href: str
    facts: list[ReadFact] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text: `start` its offset where some fact's words begin with it, `notes` those that end with it."""

    text: str
    is_marked: bool
    start: int | None
    notes: list[int]


@dataclass(frozen=True, slots=True)
class Reading:
    """A source as it is read. `heading` is whether the first paragraph is its title."""

    paragraphs: list[list[Piece]]
    about: list[About]
    heading: bool
    facts: int
    pending: int
    publisher: str
    cite: str
    address: str
    review: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement or a proposal alike, with the mention that it is about."""

    one: Statement | Proposal
    mention: tuple[str, str]  # the reading that found it, and its key there
    name: str
    kind: str
    company: str

    @property
    def spans(self) -> list[tuple[int, int]]:
        return [(quote["start"], quote["end"]) for quote in self.one.quotes]

    @property
    def is_pending(self) -> bool:
        return isinstance(self.one, Proposal)


def read(source: Source) -> Reading:
    """The source with its live facts and those that wait in a review; four queries, however many there are."""
    mentions = list(source.mentions.select_related("company"))
    statements = list(Statement.objects.live().filter(mention__source=source).select_related("mention__company"))
    pending = Proposal.objects.filter(review__source=source, decision=Proposal.Decision.PENDING)
    said = [*_of_statements(statements), *_of_proposals(pending.select_related("review"))]
    said.sort(key=lambda one: (min(one.spans, default=(len(source.text), 0)), one.one.field))
    numbers = {id(one): number for number, one in enumerate(said, 1)}
    records = _records(mentions)
    names = {(mention.origin, mention.key): mention.name for mention in mentions}
    about = _about(said, numbers, records, names)
    spans = {numbers[id(one)]: one.spans for one in said}
    found = marking.paragraphs(source.text, spans)
    return Reading(
        paragraphs=_pieces(source.text, found, spans),
        about=about,
        heading=bool(found) and bool(source.title) and found[0].text.split("\n")[0].strip() == source.title.strip(),
        facts=len(statements),
        pending=len(said) - len(statements),
        publisher=evidence.publisher(source),
        cite=evidence.details(source),
        # An address may be anybody's words; only one of the web becomes a link.
        address=source.url if source.url.startswith(("https://", "http://")) else "",
        review=next((one.one.review.get_absolute_url() for one in said if isinstance(one.one, Proposal)), ""),
    )


def _of_statements(statements: Iterable[Statement]) -> list[_Said]:
    found = []
    for one in statements:
        about = one.mention
        company = about.company.name if about.company else ""
        found.append(_Said(one, (about.origin, about.key), about.name, about.kind, company))
    return found


def _of_proposals(proposals: Iterable[Proposal]) -> list[_Said]:
    found = []
    for one in proposals:
        mentions = {mention["key"]: mention for mention in one.review.mentions}
        mention = mentions.get(one.subject, {"name": one.subject, "kind": one.subject.split(":")[0], "company": ""})
        company = mentions.get(mention.get("company") or "", {}).get("name", "")
        key = f"engine {one.review.engine_version}", one.subject
        found.append(_Said(one, key, mention["name"], mention["kind"], company))
    return found


def _records(mentions: Sequence[Mention]) -> dict[tuple[str, str], Any]:
    """The record that each mention is taken for, by its reading and key."""
    live = Assignment.objects.live().filter(mention__in=mentions)
    live = live.select_related(
        "mention", "company", "investor", "round__company", "exit__company", "person__resolved_for"
    )
    return {
        (one.mention.origin, one.mention.key): one.company or one.investor or one.round or one.exit or one.person
        for one in live
    }


def _about(
    said: Sequence[_Said],
    numbers: Mapping[int, int],
    records: Mapping[tuple[str, str], Any],
    names: Mapping[tuple[str, str], str],
) -> list[About]:
    """The facts by mention: the company first, then its rounds, its people, the investors."""
    groups: dict[tuple[str, str], list[_Said]] = defaultdict(list)
    for one in said:
        groups[one.mention].append(one)
    found = []
    for members in sorted(groups.values(), key=lambda group: (ORDER.get(group[0].kind, 9), numbers[id(group[0])])):
        record = records.get(members[0].mention)
        origin = members[0].mention[0]
        known = {key: name for (of, key), name in names.items() if of == origin} | _names_in_review(members)
        facts = [_fact(one, numbers[id(one)], record, known) for one in members]
        found.append(About(_title(members[0], record), _address(record), facts))
    return found


def _names_in_review(members: Iterable[_Said]) -> dict[str, str]:
    pending = [one.one for one in members if isinstance(one.one, Proposal)]
    return {mention["key"]: mention["name"] for one in pending[:1] for mention in one.review.mentions}


def _title(one: _Said, record: Any) -> str:
    if one.kind == Mention.Kind.ROUND:
        name = (
            wording.round_name(record)
            if record
            else _("round of %(company)s") % {"company": one.company}
            if one.company
            else _("a round")
        )
        return name[:1].upper() + name[1:]
    if one.kind == Mention.Kind.EXIT:
        name = wording.exit_name(record) if record else _("an exit")
        return name[:1].upper() + name[1:]
    return one.name


def _address(record: Any) -> str:
    if record is None:
        return ""
    if hasattr(record, "resolved_for"):
        return f"{record.resolved_for.get_absolute_url()}#company-facts"
    return str(record.get_absolute_url())


def _fact(one: _Said, number: int, record: Any, names: Mapping[str, str]) -> ReadFact:
    said = one.one
    anchor = {"round": said.field, "company": "company-facts"}.get(one.kind, "")
    anchor = "investors" if said.field == Field.PARTICIPATION else anchor
    href = "" if one.is_pending else _address(record)
    return ReadFact(
        number=number,
        label=wording.label(said.field),
        words=wording.stated(said, names),
        first=min((start for start, _ in one.spans), default=None),
        href=f"{href}#{anchor}" if href and anchor else href,
        is_pending=one.is_pending,
        note=wording.wordless(said),
    )


def _pieces(text: str, found: Sequence[marking.Paragraph], spans: marking.Spans) -> list[list[Piece]]:
    """The pieces of every paragraph with their offsets, by which links reach the words."""
    starts = {start for ends in spans.values() for start, _ in ends}
    ending = defaultdict(list)
    for number, ends in spans.items():
        for _start, end in ends:
            ending[end].append(number)
    paragraphs, at = [], 0
    for paragraph in found:
        at = text.index(paragraph.text, at)
        pieces = []
        for piece in paragraph.pieces:
            end = at + len(piece.text)
            start = at if piece.notes and at in starts else None
            pieces.append(Piece(piece.text, bool(piece.notes), start, ending.get(end, []) if piece.notes else []))
            at = end
        paragraphs.append(pieces)
    return paragraphs
