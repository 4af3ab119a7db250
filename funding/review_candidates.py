"""Whom a review's companies, rounds and investors may be: the records held that are like them, with score and reasons.

The same comparisons as recording makes (`company_matching`, `matching`), over what the review says, before anything
of it is recorded. A suggestion is a name that we hold; names that are only alike are offered and never taken.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, Q
from django.utils.translation import ngettext

from companies import names
from companies.models import Alias, Company, Investor, Role
from companies.names import fold
from funding import company_matching, figures, matching
from funding.company_matching import NamedMention, name_key
from funding.evidence import wording
from funding.models import Proposal, Review, Round
from funding.rates import Rates
from funding.recording.telling import domain_of
from funding.retelling import retold
from funding.tellings import Field
from funding.values import Money, PartialDate, Reference, Text, Value, from_json

MOST = 4  # candidates of one mention
MOST_NAMES = 12  # names of one review that near ones are looked for
MOST_NEAR = 60  # companies whose names begin alike that are compared with
ALIKE = 0.86  # from here two names are near
PREFIX = 4  # letters that near names begin with
NEW = "new"
Record = Company | Investor | Round


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that a mention may be, with how much speaks for it."""

    record: Record
    score: float
    reasons: str
    is_named: bool = True  # whether we hold it under the very name, not only one like it

    @property
    def name(self) -> str:
        return wording.round_name(self.record) if isinstance(self.record, Round) else self.record.name

    @property
    def about(self) -> str:
        """What tells the record from others: place and rounds, or the amount raised."""
        if isinstance(self.record, Company):
            number = self.record.rounds_count
            return ", ".join(
                word
                for word in (self.record.city, ngettext("%(n)d round", "%(n)d rounds", number) % {"n": number})
                if word
            )
        if isinstance(self.record, Round):
            return str(figures.money(self.record.raised)) if self.record.raised else ""
        return ""


@dataclass(slots=True)
class Whom:
    """Who one mention may be. `suggested` is the record it is taken for unless a person chooses another.

    `warning` says why its name may not be what it looks like. `is_settled` where it is recorded already, and nothing
    is left to choose.
    """

    key: str
    kind: str
    name: str
    candidates: list[Candidate] = field(default_factory=list)
    suggested: Record | None = None
    warning: str = ""
    is_settled: bool = False
    chosen: str = ""  # the choice that a page keeps, as it was sent

    @property
    def is_doubtful(self) -> bool:
        """Whether a person should look: names only alike, several of one name, or letters of two scripts."""
        named = [one for one in self.candidates if one.is_named]
        is_unsure = bool(self.candidates) and (len(named) != 1 if self.kind != "round" else self.suggested is None)
        return not self.is_settled and (is_unsure or bool(self.warning))

    @property
    def has_choice(self) -> bool:
        return not self.is_settled and bool(self.candidates)

    @property
    def first_choice(self) -> str:
        """The choice that stands at first: the suggestion; a round's is left to matching."""
        return str(self.suggested.pk) if self.suggested is not None and self.kind != "round" else ""

    @property
    def default(self) -> str:
        """The choice that the page shows."""
        return self.chosen or self.first_choice

    @property
    def is_changed(self) -> bool:
        """Whether a person chose otherwise than suggested."""
        return self.default != self.first_choice


def like(mention: NamedMention, held: NamedMention, record: Company) -> Candidate | None:
    """A company as a candidate for a mention; None where neither name nor facts speak for it."""
    by_alias = fold(mention.name) in getattr(record, "called", ())
    is_named = mention.key == held.key or by_alias
    if not is_named and names.score(mention.name, record.name) < ALIKE:
        return None
    match = company_matching.compare(mention, dataclasses.replace(held, key=mention.key))
    if match is None:
        return None
    alike = ("a known alias",) if by_alias else names.likeness(mention.name, record.name)
    reasons = [*alike, *(one for one in match.reasons if one != "same name")]
    return Candidate(
        record, round(match.score, 1), ", ".join(retold(reason) for reason in dict.fromkeys(reasons)), is_named
    )


def companies_held(told: Sequence[NamedMention], *, with_people: bool) -> list[Company]:
    """The live companies that these may be, by their name, an alias, or a name like it, the busiest first.

    Each has `called`, the keys of the aliases it is known by here. One query, and one more for people.
    """
    keys = {fold(one.name) for one in told}
    live = Company.objects.live()
    aliases = Alias.objects.filter(key__in=keys, company__isnull=False)
    ids = live.filter(key__in=keys).order_by().values("pk").union(aliases.values("company"), *_near(keys, live))
    found = live.filter(pk__in=ids).annotate(
        called=ArraySubquery(aliases.filter(company=OuterRef("pk")).values("key"))
    )
    if with_people:
        found = found.prefetch_related(Prefetch("roles", Role.objects.select_related("person")))
    return sorted(found, key=lambda one: (-one.rounds_count, one.pk)) if keys else []


def _near(keys: Iterable[str], live: Any) -> list[Any]:
    """The busiest companies whose names begin like these, as queries for their ids."""
    beginnings = sorted({key[:PREFIX] for key in keys if len(key) >= PREFIX})[:MOST_NAMES]
    # Between two keys, for an index answers that whatever the collation.
    within = [Q(key__gte=one, key__lt=one[:-1] + chr(ord(one[-1]) + 1)) for one in beginnings]
    return [live.filter(one).order_by("-rounds_count", "pk").values("pk")[:MOST_NEAR] for one in within]


def company_told(
    mention: Mapping[str, Any], proposals: Iterable[Proposal], owners: Mapping[str, str], called: Mapping[str, str],
    rates: Rates,
) -> NamedMention:  # fmt: skip
    """A company as a review tells of it: its own facts, founders, rounds and their investors."""
    key = mention["key"]
    own = [one for one in proposals if one.subject == key or owners.get(one.subject) == key]
    texts = [(one.field, said.text) for one in own if one.subject == key and isinstance(said := one.said, Text)]
    years = [said.year for one in own if one.field == Field.FOUNDED_ON and isinstance(said := one.said, PartialDate)]
    by_round: dict[str, list[Proposal]] = {}
    for one in own:
        if one.subject.startswith("round:"):
            by_round.setdefault(one.subject, []).append(one)
    rounds = tuple(round_told(round_key, said, called, rates) for round_key, said in by_round.items())
    return NamedMention(
        id=0,
        told_by="the article",
        digest=key,
        name=mention["name"],
        key=name_key("company", mention["name"]),
        identifiers=frozenset(f"domain:{domain_of(text)}" for field, text in texts if field == Field.WEBSITE),
        places=frozenset(fold(text) for field, text in texts if field == Field.HEADQUARTERS),
        founders=frozenset(fold(called[one.subject]) for one in own if one.qualifiers.get("is_founder")),
        founded=min(years, default=None),
        investors=frozenset(name for one in rounds for name in one.investors),
        rounds=rounds,
    )


def company_as_held(company: Company, rounds: Iterable[matching.RoundMention], *, with_people: bool) -> NamedMention:
    """A company that we hold, as matching sees it; its people are left out where nobody asks for them."""
    rounds = tuple(rounds)
    roles = company.roles.all() if with_people else ()
    places = [value.text for value, _ in kept(company.resolved.get("headquarters")) if isinstance(value, Text)]
    websites = [value.text for value, _ in kept(company.resolved.get("website")) if isinstance(value, Text)]
    return NamedMention(
        id=company.pk,
        told_by=f"company {company.pk}",
        digest="",
        name=company.name,
        key=name_key("company", company.name),
        identifiers=frozenset(f"domain:{domain_of(text)}" for text in websites),
        places=frozenset(fold(place) for place in places),
        founders=frozenset(role.person.key for role in roles if role.is_founder),
        founded=company.founded_on.year if company.founded_on else None,
        investors=frozenset(name for one in rounds for name in one.investors),
        rounds=rounds,
    )


def round_as_held(record: Round) -> matching.RoundMention:
    """A round that we hold, with its `parts`, as matching sees it."""
    parts = [(name_key("investor", part["name"]), part["is_lead"]) for part in record.parts]  # type: ignore[attr-defined]
    valuation = kept(record.resolved.get("valuation"))
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
        investors=frozenset(key for key, _ in parts),
        leads=frozenset(key for key, is_lead in parts if is_lead),
        status=record.status,
    )


def round_told(
    key: str, proposals: Iterable[Proposal], called: Mapping[str, str], rates: Rates
) -> matching.RoundMention:
    """A round as a review tells of it; `called` gives the names of its mentions."""
    proposals = list(proposals)
    said = {one.field: one.said for one in proposals}
    on, stage, status = said.get("announced_on"), said.get("stage"), said.get("status")
    announced = on if isinstance(on, PartialDate) else None
    raised = _money(said.get("raised"))
    parts = [one for one in proposals if isinstance(one.said, Reference)]
    investors = {one.pk: name_key("investor", called[one.value["key"]]) for one in parts}
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


def doubtful_investors(mentions: Iterable[Mapping[str, Any]]) -> list[Whom]:
    """The investors of a review that their names do not tell: common words, short names, letters of two scripts."""
    found = []
    for one in mentions:
        warning = names.mixed_scripts(one["name"])
        if one["kind"] == "investor" and (warning or not company_matching.tells_by_name(one["name"])):
            found.append(Whom(one["key"], "investor", one["name"], warning=warning))
    held: dict[str, list[Investor]] = {}
    keys = {fold(one.name) for one in found}
    for record in Investor.objects.live().filter(key__in=keys).order_by("pk") if keys else ():
        held.setdefault(name_key("investor", record.name), []).append(record)
    for one in found:
        for record in held.get(name_key("investor", one.name), ())[:MOST]:
            one.candidates.append(Candidate(record, 0.0, ", ".join(names.likeness(one.name, record.name))))
    return [one for one in found if one.candidates or one.warning]


def _money(value: Value | None) -> Money | None:
    return value if isinstance(value, Money) else None


def kept(of_field: dict[str, Any] | Iterable[dict[str, Any]] | None) -> list[tuple[Value, dict[str, Any]]]:
    """What a record keeps of a field, as a list whether it holds one value or several."""
    rows = [of_field] if isinstance(of_field, dict) else list(of_field or ())
    return [(from_json(row["value"]), row["qualifiers"]) for row in rows]


def decided(review: Review, given: Mapping[str, str], suggested: Mapping[str, Record]) -> dict[str, Record]:
    """The records that a person chose, by the key of the mention; a new one, not stored yet, for `new`.

    `given` is the id of a record or `new`, `suggested` what is taken where nothing is given. Raises ValueError, in
    words for that person, where a choice does not hold any more.
    """
    mentions = {mention["key"]: mention for mention in review.mentions}
    models: dict[str, Any] = {"company": Company, "investor": Investor, "round": Round}
    found: dict[str, Any] = {}
    for key, choice in sorted(given.items()):  # companies before their rounds
        about = mentions.get(key)
        model = models.get(about["kind"]) if about else None
        if about is None or model is None or not choice:
            continue
        if choice != NEW:
            found[key] = _held(model, choice, about["name"])
        elif model is not Round:
            found[key] = model()
        elif (company := found.get(about["company"], suggested.get(about["company"]))) and company.pk:
            found[key] = Round(company=company)
        _check_company(found.get(key), found.get(about["company"]))
    return found


def _held(model: Any, choice: str, name: str) -> Record:
    live = model.objects.live()
    record: Record | None = live.filter(pk=int(choice)).first() if choice.isascii() and choice.isdigit() else None
    if record is None:
        raise ValueError(f"What was chosen for {name} is not held any more. Look again, and choose anew.")
    return record


def _check_company(record: Record | None, company: Record | None) -> None:
    if isinstance(record, Round) and company is not None and record.company_id != company.pk:
        raise ValueError(
            f"{wording.round_name(record)} is a round of {record.company}, not of the company that was chosen. "
            "Leave the round to matching, or choose its company."
        )
