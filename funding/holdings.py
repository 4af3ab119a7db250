"""What we hold of the companies and rounds that a review speaks of, so that a person can decide knowingly.

Companies are found by name or alias as recording finds them, rounds as `matching` would take them. Nothing is written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from django.db.models import Prefetch

from companies.models import Alias, Company, Role
from companies.names import fold
from funding import matching
from funding.models import Participation, Proposal, Review, Round
from funding.rates import Rates
from funding.values import Money, PartialDate, Reference, Text, Value, from_json

Held = list[tuple[Value, dict[str, Any]]]


@dataclass(slots=True)
class Holdings:
    """By the key of a mention: the companies held, and the rounds with why they are taken for the same."""

    companies: dict[str, Company] = field(default_factory=dict)
    rounds: dict[str, tuple[Round, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # of all mentions, by key
    owners: dict[str, str] = field(default_factory=dict)  # the company of a round or person, by key
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
                return [(Text(p.investor.name), {"is_lead": p.is_lead}) for p in record.participations.all()]
            return _kept(record.resolved.get(proposal.field))
        company = self.companies.get(self.owners.get(proposal.subject, proposal.subject))
        if company is None:
            return []
        if proposal.field == "name":
            return [(Text(company.name), {})]
        if kind == "company":
            return _kept(company.resolved.get(_company_field(proposal)))
        if kind == "person":
            named = fold(self.names[proposal.subject])
            roles = [role for role in company.roles.all() if role.person.key == named and role.title]
            return [(Text(role.title), {"is_founder": role.is_founder}) for role in roles]
        return []


def holdings(review: Review, proposals: Sequence[Proposal]) -> Holdings:
    """What we hold of what a review speaks of; at most six queries."""
    found = Holdings(
        names={mention["key"]: mention["name"] for mention in review.mentions},
        owners={mention["key"]: mention["company"] for mention in review.mentions if mention["company"]},
    )
    named = {m["key"]: fold(m["name"]) for m in review.mentions if m["kind"] == "company"}
    held = _companies(set(named.values()))
    found.companies = {key: held[name] for key, name in named.items() if name in held}
    if found.companies:
        _match_rounds(found, proposals)
    return found


def _companies(names: set[str]) -> dict[str, Company]:
    """The live companies of these folded names, by their own name or an alias."""
    live = Company.objects.live().prefetch_related(Prefetch("roles", Role.objects.select_related("person")))
    found = {company.key: company for company in live.filter(key__in=names)}
    if missing := names - found.keys():
        aliases = Alias.objects.filter(key__in=missing, company__is_live=True, company__merged_into=None)
        by_id = live.in_bulk(set(aliases.values_list("company_id", flat=True)))
        found |= {alias.key: by_id[alias.company_id] for alias in aliases if alias.company_id in by_id}
    return found


def _match_rounds(found: Holdings, proposals: Sequence[Proposal]) -> None:
    """Give each round that is spoken of the one held that matching takes for the same, strongest first, each once."""
    companies = {company.pk for company in found.companies.values()}
    parts = Prefetch("participations", Participation.objects.select_related("investor"))
    rounds = list(Round.objects.live().filter(company__in=companies).prefetch_related(parts))
    rates = Rates()
    held = [(record, _as_held(record)) for record in rounds]
    told = [
        (key, _as_proposed(key, [one for one in proposals if one.subject == key], found.names, rates))
        for key, owner in found.owners.items()
        if key.startswith("round:") and owner in found.companies
    ]
    pairs = [
        (match, key, record)
        for (key, spoken), (record, known) in product(told, held)
        if record.company_id == found.companies[found.owners[key]].pk and (match := matching.compare(spoken, known))
    ]
    for match, key, record in sorted(pairs, key=lambda pair: (-pair[0].score, pair[1], pair[2].pk)):
        if key not in found.rounds and record.pk not in {taken.pk for taken, _ in found.rounds.values()}:
            found.rounds[key] = record, ", ".join(match.reasons)


def _as_held(record: Round) -> matching.RoundMention:
    parts = list(record.participations.all())
    valuation = _kept(record.resolved.get("valuation"))
    usd = Money.exact(record.raised_usd, "USD") if record.raised_usd is not None else None
    return matching.RoundMention(
        id=record.pk,
        told_by=f"round {record.pk}",
        digest="",
        stage=record.stage,
        announced=record.announced,
        raised=record.raised,
        raised_usd=usd,
        valuation=_money(valuation[0][0]) if valuation else None,
        investors=frozenset(part.investor.key for part in parts),
        leads=frozenset(part.investor.key for part in parts if part.is_lead),
        status=record.status,
    )


def _as_proposed(
    key: str, proposals: Sequence[Proposal], names: dict[str, str], rates: Rates
) -> matching.RoundMention:
    said = {one.field: one.said for one in proposals}
    on, stage, status = said.get("announced_on"), said.get("stage"), said.get("status")
    announced = on if isinstance(on, PartialDate) else None
    raised = _money(said.get("raised"))
    parts = [one for one in proposals if isinstance(one.said, Reference)]
    investors = {one.pk: fold(names[one.value["key"]]) for one in parts}
    return matching.RoundMention(
        id=0,
        told_by="the article",
        digest=key,
        stage=stage.text if isinstance(stage, Text) else "",
        announced=announced,
        raised=raised,
        raised_usd=rates.convert(raised, "USD", announced) if raised else None,
        valuation=_money(said.get("valuation")),
        investors=frozenset(investors.values()),
        leads=frozenset(investors[one.pk] for one in parts if one.qualifiers.get("is_lead")),
        status=status.text if isinstance(status, Text) else "",
    )


def _money(value: Value | None) -> Money | None:
    return value if isinstance(value, Money) else None


def _company_field(proposal: Proposal) -> str:
    """Where a company keeps a field: of its staff, those of one place stand apart."""
    return "employees_of" if proposal.field == "employees" and proposal.qualifiers.get("place") else proposal.field


def _kept(kept: dict[str, Any] | Iterable[dict[str, Any]] | None) -> list[tuple[Value, dict[str, Any]]]:
    """What a record keeps of a field, as a list whether it holds one value or several."""
    rows = [kept] if isinstance(kept, dict) else list(kept or ())
    return [(from_json(row["value"]), row["qualifiers"]) for row in rows]
