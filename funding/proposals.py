"""What a review proposes, as its page shows it: facts by subject beside what we hold, and the text marked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from companies.names import fold
from funding import editing, marking
from funding.evidence import wording
from funding.holdings import Held, Holdings, holdings
from funding.models import Proposal, Review
from funding.retelling import retold
from funding.review_candidates import Whom
from funding.values import Interval, Money, PartialDate, Reference, Value, agree, from_json

# The order in which a subject's facts stand.
LABELS = {
    "name": gettext_lazy("Name"),
    "stage": gettext_lazy("Stage"),
    "status": gettext_lazy("Status"),
    "announced_on": gettext_lazy("Announced"),
    "closed_on": gettext_lazy("Closed"),
    "raised": gettext_lazy("Raised"),
    "participation": gettext_lazy("With"),
    "valuation": gettext_lazy("Valuation"),
    "valuation_ratio": gettext_lazy("Multiple"),
    "is_unicorn": gettext_lazy("Unicorn"),
    "sector": gettext_lazy("Sector"),
    "founded_on": gettext_lazy("Founded"),
    "headquarters": gettext_lazy("Place"),
    "employees": gettext_lazy("Employees"),
    "revenue": gettext_lazy("Revenue"),
    "total_raised": gettext_lazy("Raised in all"),
    "website": gettext_lazy("Website"),
    "role": gettext_lazy("Role"),
}
SEVERAL = {"participation", "sector", "headquarters"}  # fields of which a record may hold more than one value
CHANGING = {
    "employees",
    "revenue",
    "total_raised",
    "status",
    "role",
    "website",
    "name",
}  # another value is no conflict
Several = dict[tuple[str, str], dict[str, str]]  # of such fields, by subject and field, the values held
MOST_NAMED = 2  # values of a field that may have several
BASES = {"pre": gettext_lazy("pre-money"), "post": gettext_lazy("post-money"), "": gettext_lazy("basis not stated")}


@dataclass(frozen=True, slots=True)
class Edit:
    """The field in which another value is written: what stands in it, or is chosen, and what is wrong with it."""

    words: str
    choices: list[tuple[str, str]]
    error: str = ""


@dataclass(slots=True)
class FactRow:
    """One proposal: its number on the page, in words, and how it stands to what we hold.

    `relation` is `new`, `same`, or what it does to the value held; `is_conflict` where both cannot be true. `read` is
    what stood there before a person wrote another value. `edit` is there while one is written.
    """

    proposal: Proposal
    number: int
    label: str
    words: str
    more: str
    is_lead: bool
    held: str
    relation: str
    is_conflict: bool
    read: str = ""
    is_chosen: bool = True
    edit: Edit | None = None

    @property
    def is_editable(self) -> bool:
        return editing.is_editable(self.proposal)

    @property
    def is_pending(self) -> bool:
        return self.proposal.decision == Proposal.Decision.PENDING

    @property
    def sureness(self) -> int:
        """The confidence in percent, rounded down: nothing is surer than it is."""
        return int(self.proposal.confidence * 100 + 1e-9)


@dataclass(slots=True)
class Subject:
    """A company, one of its rounds, or its people, with the facts proposed of it."""

    title: str
    note: str
    url: str
    rows: list[FactRow] = field(default_factory=list)
    whom: Whom | None = None


@dataclass(slots=True)
class Proposed:
    """All of one review's page that needs working out."""

    subjects: list[Subject]
    paragraphs: list[marking.Paragraph]
    has_heading: bool  # whether the first paragraph is the title
    names: dict[str, str]  # of all mentions, by key
    whom: dict[str, Whom] = field(default_factory=dict)  # who a mention may be, by key

    @property
    def rows(self) -> list[FactRow]:
        return [row for subject in self.subjects for row in subject.rows]

    @property
    def conflicts(self) -> int:
        return sum(row.is_conflict for row in self.rows)

    @property
    def investors(self) -> list[Whom]:
        """The investors whose names do not tell who they are."""
        return [one for one in self.whom.values() if one.kind == "investor"]

    def open_edit(self, pk: int, words: str | None = None, error: str = "") -> bool:
        """Let the value of a pending proposal be written, from what was read or what was typed; False for no such."""
        for row in self.rows:
            if row.proposal.pk == pk and row.is_pending and row.is_editable:
                typed = editing.as_typed(row.proposal, self.names) if words is None else words
                row.edit = Edit(typed, editing.choices(row.proposal), error)
                return True
        return False


def proposed(review: Review) -> Proposed:
    """The facts of a review by subject, numbered in the order of the page, and its text with their words marked."""
    proposals = list(review.proposals.select_related("decided_by").order_by("position"))
    held = holdings(review, proposals)
    subjects: list[Subject] = []
    several: Several = {}
    number = 0
    for subject, members in _by_subject(review, proposals, held):
        for proposal in sorted(members, key=_place):
            number += 1
            subject.rows.append(_row(proposal, number, held, several))
        subjects.append(subject)
    quoted = {
        row.number: [(quote["start"], quote["end"]) for quote in row.proposal.quotes]
        for subject in subjects
        for row in subject.rows
    }
    paragraphs = marking.paragraphs(review.source.text, quoted)
    title = review.source.title
    has_heading = bool(title and paragraphs and paragraphs[0].text == title)
    return Proposed(subjects, paragraphs, has_heading, held.names, held.whom)


def _place(proposal: Proposal) -> tuple[int, bool, int]:
    order = list(LABELS)
    at = order.index(proposal.field) if proposal.field in order else len(order)
    return at, not proposal.qualifiers.get("is_lead"), proposal.position


def _by_subject(
    review: Review, proposals: Sequence[Proposal], held: Holdings
) -> Iterator[tuple[Subject, list[Proposal]]]:
    """Each company, then its rounds and its people; what the article reports as its news stands first."""
    by_key: dict[str, list[Proposal]] = {}
    for one in proposals:
        by_key.setdefault(one.subject, []).append(one)
    companies = [mention for mention in review.mentions if mention["kind"] == "company"]
    for company in sorted(companies, key=lambda mention: not mention["is_headline"]):
        key = company["key"]
        if key in by_key:
            yield _company(company["name"], held, key), by_key[key]
        elif key in held.whom and any(held.owners.get(one) == key for one in by_key):
            yield _company(company["name"], held, key), []  # only its rounds or people are told of
        own = [mention["key"] for mention in review.mentions if mention["company"] == key]
        for round_key in [one for one in own if one.startswith("round:") and one in by_key]:
            yield _round(company["name"], by_key[round_key], held, round_key), by_key[round_key]
        people = [one for key in own if key.startswith("person:") for one in by_key.get(key, ())]
        if people:
            yield Subject(_("People of %(name)s") % {"name": company["name"]}, "", ""), people


def _company(name: str, held: Holdings, key: str) -> Subject:
    record, whom = held.companies.get(key), held.whom.get(key)
    if record is None:
        return Subject(name, _("a new company"), "", whom=whom)
    note = _("a company we hold") if record.name == name else _("we hold it as %(name)s") % {"name": record.name}
    return Subject(name, note, record.get_absolute_url(), whom=whom)


def _round(company: str, proposals: Iterable[Proposal], held: Holdings, key: str) -> Subject:
    said = {one.field: one for one in proposals}
    title = in_words(said["stage"], held.names) if "stage" in said else _("Round")
    if "announced_on" in said:
        title = f"{title}, {in_words(said['announced_on'], held.names)}"
    whom = held.whom.get(key)
    if key not in held.rounds:
        return Subject(title, _("a new round"), "", whom=whom)
    record, reasons = held.rounds[key]
    return Subject(
        title, _("we hold it: %(reasons)s") % {"reasons": retold(reasons)}, record.get_absolute_url(), whom=whom
    )


def _row(proposal: Proposal, number: int, held: Holdings, several: Several) -> FactRow:
    place = proposal.qualifiers.get("place")
    known = held.values(proposal)
    if place:
        known = [one for one in known if one[1].get("place") == place]
    words = in_words(proposal, held.names)
    if proposal.field in SEVERAL:
        key = proposal.subject, proposal.field
        if key not in several:
            several[key] = _by_key(proposal.field, known)
        same = several[key].get(fold(words))
        shown, relation = _of_several(several[key], same)
    else:
        shown = ", ".join(wording.said(proposal.field, value) for value, _ in known)
        relation = _relation(proposal, known)
    is_lead = bool(proposal.qualifiers.get("is_lead"))
    label = _("Led by") if is_lead else LABELS.get(proposal.field, proposal.field.replace("_", " ").capitalize())
    if proposal.subject.startswith("person:"):
        label = held.names[proposal.subject]
    return FactRow(
        proposal=proposal,
        number=number,
        label=label,
        words=wording.said(proposal.field, from_json(proposal.edited)) if proposal.edited else words,
        read=words if proposal.edited else "",
        more=_more(proposal),
        is_lead=is_lead,
        held=shown,
        relation=relation,
        is_conflict=relation == "differs",
    )


def _by_key(field: str, known: Held) -> dict[str, str]:
    """The values held of a field that may have several, in words, by what they are known again by."""
    found: dict[str, str] = {}
    for value, _who in known:
        words = wording.said(field, value)
        found.setdefault(fold(words), words)
    return found


def _of_several(held: dict[str, str], same: str | None) -> tuple[str, str]:
    """What to show of several values held, and the relation: of many only the one proposed, or how many there are."""
    few = ", ".join(held.values()) if len(held) <= MOST_NAMED else ""
    if same is not None:
        return few or same, "same"
    if not held:
        return "", "new"
    return few or ngettext("%(n)d other", "%(n)d others", len(held)) % {"n": len(held)}, _("one more")


def _relation(proposal: Proposal, known: Held) -> str:
    """What taking a proposal would do to the one value held."""
    if not known:
        return "new"
    held, said = known[0][0], proposal.said
    if held == said:
        return "same"
    if isinstance(held, Money) and isinstance(said, Money) and held.currency != said.currency:
        return _("in another currency")
    if agree(held, said):
        return _sharpness(held, said)
    return _("another value") if proposal.field in CHANGING else "differs"


def _sharpness(held: Value, said: Value) -> str:
    """How a value that agrees with the one held compares in exactness."""
    if isinstance(held, PartialDate) and isinstance(said, PartialDate):
        return _("more exact") if len(said.iso) > len(held.iso) else _("less exact")
    if isinstance(held, Interval) and isinstance(said, Interval) and held.is_exact != said.is_exact:
        return _("more exact") if said.is_exact else _("less exact")
    return "agrees"


def in_words(proposal: Proposal, names: dict[str, str]) -> str:
    """The value of a proposal in words; `names` are those of the review's mentions, by key."""
    said = proposal.said
    return names[said.key] if isinstance(said, Reference) else wording.said(proposal.field, said)


def _more(proposal: Proposal) -> str:
    """What qualifies a value, in words."""
    said = proposal.qualifiers
    words = []
    if proposal.field == "valuation" and isinstance(proposal.said, Money):
        words.append(str(BASES.get(str(said.get("basis") or ""), "")))
    words += [pgettext("a place", "in %(place)s") % {"place": said["place"]}] if said.get("place") else []
    words += [_("expected")] if said.get("is_expected") else []
    words += [pgettext("a year", "for %(year)s") % {"year": said["year"]}] if said.get("year") else []
    words += (
        [_("according to %(attributed_to)s") % {"attributed_to": said["attributed_to"]}]
        if said.get("attributed_to")
        else []
    )
    words += [_("a founder")] if said.get("is_founder") else []
    words += [_("from the date of publication")] if proposal.rule == "published_on" else []
    return ", ".join(word for word in words if word)
