"""What we hold of the companies and rounds that a review speaks of, so that a person can decide knowingly.

Companies are found by name or alias as recording finds them, rounds as `matching` would take them, each with the
others that it may be. Nothing is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from companies.models import Company
from companies.names import fold, mixed_scripts
from funding import matching, review_candidates
from funding.carrying import recorded_as
from funding.models import Participation, Proposal, Review, Round
from funding.rates import Rates
from funding.review_candidates import Candidate, Whom, kept
from funding.values import Text, Value

Held = list[tuple[Value, dict[str, Any]]]


@dataclass(slots=True)
class Holdings:
    """By the key of a mention: the companies held, and the rounds with why they are taken for the same."""

    companies: dict[str, Company] = field(default_factory=dict)
    rounds: dict[str, tuple[Round, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # of all mentions, by key
    owners: dict[str, str] = field(default_factory=dict)  # the company of a round or person, by key
    whom: dict[str, Whom] = field(default_factory=dict)  # who a mention may be
    _values: dict[tuple[str, str], Held] = field(default_factory=dict)

    def values(self, proposal: Proposal) -> Held:
        """What we hold of a proposal's field, each value with its qualifiers; investors as their names."""
        if proposal.field == "employees":  # held by place, too, which is a qualifier
            return self._look_up(proposal)
        # Looked up once: a round may have hundreds of investors proposed, and as many held.
        key = proposal.subject, proposal.field
        if key not in self._values:
            self._values[key] = self._look_up(proposal)
        return self._values[key]

    def _look_up(self, proposal: Proposal) -> Held:
        kind = proposal.subject.partition(":")[0]
        if kind == "round" and proposal.subject in self.rounds:
            record = self.rounds[proposal.subject][0]
            if proposal.field == "participation":
                return [(Text(part["name"]), {"is_lead": part["is_lead"]}) for part in record.parts]
            return kept(record.resolved.get(proposal.field))
        company = self.companies.get(self.owners.get(proposal.subject, proposal.subject))
        if company is None:
            return []
        if proposal.field == "name":
            return [(Text(company.name), {})]
        if kind == "company":
            return kept(company.resolved.get(_company_field(proposal)))
        if kind == "person":
            named = fold(self.names[proposal.subject])
            roles = [role for role in company.roles.all() if role.person.key == named and role.title]
            return [(Text(role.title), {"is_founder": role.is_founder}) for role in roles]
        return []


def holdings(review: Review, proposals: Sequence[Proposal]) -> Holdings:
    """What we hold of what a review speaks of; at most ten queries."""
    found = Holdings(
        names={mention["key"]: mention["name"] for mention in review.mentions},
        owners={mention["key"]: mention["company"] for mention in review.mentions if mention["company"]},
    )
    settled = recorded_as(review, proposals)
    rates = Rates()
    told = {
        one["key"]: review_candidates.company_told(one, proposals, found.owners, found.names, rates)
        for one in review.mentions
        if one["kind"] == "company"
    }
    with_people = any(one["kind"] == "person" for one in review.mentions)
    held = review_candidates.companies_held(list(told.values()), with_people=with_people)
    held += [one for one in settled.values() if isinstance(one, Company) and one not in held]
    rounds = _rounds(held)
    as_held = {
        one.pk: review_candidates.company_as_held(
            one, [said for _, said in rounds.get(one.pk, ())], with_people=with_people
        )
        for one in held
    }
    for key, mention in told.items():
        whom = Whom(key, "company", mention.name, warning=mixed_scripts(mention.name))
        offered = [one for company in held if (one := review_candidates.like(mention, as_held[company.pk], company))]
        whom.candidates = sorted(offered, key=lambda one: (not one.is_named, -one.score))[: review_candidates.MOST]
        _suggest(found, whom, settled)
        if isinstance(whom.suggested, Company):
            found.companies[key] = whom.suggested
    _match_rounds(found, {one.digest: one for mention in told.values() for one in mention.rounds}, rounds, settled)
    for whom in review_candidates.doubtful_investors(review.mentions):
        _suggest(found, whom, settled)
    return found


def _suggest(found: Holdings, whom: Whom, settled: dict[str, review_candidates.Record]) -> None:
    """What a mention is recorded as already; else the likeliest of those that bear its name."""
    named = [one.record for one in whom.candidates if one.is_named]
    whom.is_settled = whom.key in settled
    whom.suggested = settled.get(whom.key) or next(iter(named), None)
    found.whom[whom.key] = whom


def _rounds(companies: Sequence[Company]) -> dict[int, list[tuple[Round, matching.RoundMention]]]:
    """The live rounds of companies with their `parts` (name, is_lead), as they are and as matching sees them."""
    parts = Participation.objects.filter(round=OuterRef("pk")).order_by("pk")
    named = parts.values(part=JSONObject(name="investor__name", is_lead="is_lead"))
    found: dict[int, list[tuple[Round, matching.RoundMention]]] = {}
    live = Round.objects.live().filter(company__in=companies).annotate(parts=ArraySubquery(named)) if companies else ()
    for record in live:
        found.setdefault(record.company_id, []).append((record, review_candidates.round_as_held(record)))
    return found


def _match_rounds(
    found: Holdings,
    told: dict[str, matching.RoundMention],
    held: dict[int, list[tuple[Round, matching.RoundMention]]],
    settled: dict[str, review_candidates.Record],
) -> None:
    """Give each round that is spoken of the one held that matching takes for the same, strongest first, each once."""
    pairs = []
    for key, spoken in told.items():
        company = found.companies.get(found.owners[key])
        whom = Whom(key, "round", found.names[key], is_settled=key in settled)
        found.whom[key] = whom
        for record, known in held.get(company.pk, ()) if company else ():
            match = matching.compare(spoken, known)
            reasons = ", ".join(match.reasons) if match else "nothing speaks for it"
            whom.candidates.append(Candidate(record, match.score if match else 0.0, reasons, match is not None))
            if match and key not in settled:
                pairs.append((match, key, record))
        whom.candidates.sort(key=lambda one: (not one.is_named, -one.score, -one.record.pk))
        recorded = next((one.record for one in whom.candidates if one.record == settled.get(key)), None)
        if isinstance(recorded, Round):
            found.rounds[key] = recorded, "recorded from this article"
            whom.suggested = recorded
    for match, key, record in sorted(pairs, key=lambda pair: (-pair[0].score, pair[1], pair[2].pk)):
        if key not in found.rounds and record.pk not in {taken.pk for taken, _ in found.rounds.values()}:
            found.rounds[key] = record, ", ".join(match.reasons)
            found.whom[key].suggested = record


def _company_field(proposal: Proposal) -> str:
    """Where a company keeps a field: of its staff, those of one place stand apart."""
    return "employees_of" if proposal.field == "employees" and proposal.qualifiers.get("place") else proposal.field
