"""A company's own facts and its people, from what is said of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from companies import sectors
from companies.models import Alias, Company, Identifier, Investor, Person, Role, held_amount
from companies.names import commonest, fold
from companies.places import country_of
from funding.models import Assignment, Exit, Mention, Round, Statement, Valuation
from funding.models.rounds import counts_in_total
from funding.rates import Rates
from funding.resolving import resolve
from funding.tellings import Field
from funding.values import PartialDate, Text, hedge_of_sum

from .fields import EDITED, as_json, believe, differs, last_told, said_of
from .telling import identifiers

# What `rebuild` must not throw away.
IDENTITY = {"id", "key", "slug", "name", "merged_into", "created_at"}
# Figures of one company this far apart are two states of it, not two opinions.
SAME_STATE = timedelta(days=183)


def project_company(
    company: Company,
    mentions: Sequence[Mention],
    said: Mapping[int, Sequence[Statement]],
    rates: Rates,
    exits: Collection[Exit],
) -> None:
    """Write a company's columns, sectors and people from its live statements, its rounds and exits, both projected."""
    own = [mention for mention in mentions if mention.kind == Mention.Kind.COMPANY]
    statements = [one for mention in own for one in said[mention.pk]]
    names = describe_company(company, mentions, said, rates)
    company.sector_ids = sorted(set(sectors.held(names).values()))
    count_rounds(
        company, Round.objects.live().filter(company=company), company.valuations.select_related("round"), exits
    )
    company.save()
    company.sectors.set(company.sector_ids)
    own_rounds = Round.objects.filter(company=company)
    own_rounds.exclude(country=company.country, sector_ids=company.sector_ids).update(
        country=company.country, sector_ids=company.sector_ids
    )
    _people(company, mentions, said)
    spoken = _spoken_of(mentions, said)
    keep_aliases(company, [*(one.name for one in own if one.pk in spoken), *told_names(statements)])
    keep_identifiers(company, statements)


def describe_company(
    company: Company, mentions: Sequence[Mention], said: Mapping[int, Sequence[Statement]], rates: Rates
) -> list[str]:
    """Set what a company's own statements say, without saving it; the names of its sectors."""
    own = [mention for mention in mentions if mention.kind == Mention.Kind.COMPANY]
    statements = [one for mention in own for one in said[mention.pk]]
    live = _spoken_of(mentions, said)
    company.name = _set_name(statements) or _common_name(own, live) or company.name
    company.key = fold(company.name)
    company.is_live = bool(live)
    company.resolved = resolved_of(statements, rates)
    founded = company.resolved.get(Field.FOUNDED_ON)
    on = PartialDate.from_iso(founded["value"]["on"]) if founded else None
    company.founded_on, company.founded_precision = (on.first_day, on.precision) if on else (None, "")
    places = company.resolved.get(Field.HEADQUARTERS, [])
    company.city = places[0]["value"]["text"][:100] if places else ""
    company.country = country_of(places[0]["value"]["text"]) if places else ""
    company.last_told_on = last_told(one for told in said.values() for one in told)
    return [kept["value"]["text"][:80].replace("_", " ") for kept in company.resolved.get(Field.SECTOR, [])]


def _spoken_of(mentions: Sequence[Mention], said: Mapping[int, Sequence[Statement]]) -> set[int]:
    """The mentions of the company of which something is said, or of a round, person or exit of theirs."""
    return {mention.company_id or mention.pk for mention in mentions if said[mention.pk]}


def told_names(statements: Iterable[Statement]) -> list[str]:
    """The other names that statements say somebody has."""
    return [one.said.text for one in statements if one.field == Field.ALIAS and isinstance(one.said, Text)]


def keep_aliases(record: Company | Investor, names: Iterable[str]) -> None:
    """Let a record be found by all the names that its mentions use, and by those it is said to have."""
    own = record.key
    told = {key: name for name in sorted(names, reverse=True) if (key := fold(name)) != own}
    held = {alias.key: alias for alias in record.aliases.all()}
    gone = [alias.pk for key, alias in held.items() if alias.is_told and key not in told]
    if gone:
        record.aliases.filter(pk__in=gone).delete()
    side = {str(record._meta.model_name): record}
    new = [Alias(name=name[:200], key=key, is_told=True, **side) for key, name in told.items() if key not in held]
    Alias.objects.bulk_create(new)


def keep_identifiers(record: Company | Investor, statements: Iterable[Statement]) -> None:
    """Let a record be known by the website and the outside numbers that are said of it."""
    told = identifiers(statements)
    held = {f"{one.kind}:{one.value}": one for one in record.identifiers.all()}
    gone = [one.pk for text, one in held.items() if text not in told]
    if gone:
        record.identifiers.filter(pk__in=gone).delete()
    side = {str(record._meta.model_name): record}
    new = [text.partition(":") for text in sorted(told - held.keys())]
    Identifier.objects.bulk_create(Identifier(kind=kind, value=value, **side) for kind, _, value in new)


def _set_name(statements: Iterable[Statement]) -> str:
    """The name that a person pinned, or else wrote in the place of what was read; empty where nobody did."""
    said = [one for one in statements if one.field == Field.NAME]
    chosen = [one.said for one in said if one.pin] or [one.said for one in said if one.rule == EDITED]
    return min((name.text[:200] for name in chosen if isinstance(name, Text)), default="")


def _common_name(mentions: Iterable[Mention], live: set[int]) -> str:
    """The name that most sources use."""
    return commonest(Counter(mention.name for mention in mentions if mention.pk in live))


def resolved_of(statements: Sequence[Statement], rates: Rates) -> dict[str, Any]:
    """By field, what is believed: one value, or a list where several hold at once."""
    found: dict[str, Any] = {}
    for field in (Field.FOUNDED_ON, Field.WEBSITE):
        if resolved := believe(statements, field):
            found[field] = as_json(resolved)
    for field in (Field.HEADQUARTERS, Field.SECTOR, Field.ALIAS):
        if values := _each(statements, field):
            found[field] = values
    whole = [one for one in statements if one.field == Field.EMPLOYEES and not one.qualifiers.get("place")]
    parts = [one for one in statements if one.field == Field.EMPLOYEES and one.qualifiers.get("place")]
    latest = _latest(whole)
    found[Field.EMPLOYEES] = _believed(latest, rates)
    sources = {one.mention.source_id for one in latest or _latest(parts)}
    among = [one for one in parts if one.mention.source_id in sources]
    found["employees_of"] = [_believed(of_place, rates) for of_place in _by_place(among)]
    found[Field.TOTAL_RAISED] = _believed(_latest([s for s in statements if s.field == Field.TOTAL_RAISED]), rates)
    found[Field.REVENUE] = _believed(_of_latest_year([s for s in statements if s.field == Field.REVENUE]), rates)
    return {field: kept for field, kept in found.items() if kept}


def _believed(statements: Sequence[Statement], rates: Rates) -> dict[str, Any] | None:
    """What is kept of them; sums of several currencies are compared at the rate of the day of the latest source."""
    dates = [published for one in statements if (published := one.mention.source.published)]
    on = max(dates, key=lambda date: (date.last_day, date.iso), default=None)
    resolved = resolve(said_of(statements, rates, on))
    return as_json(resolved) if resolved else None


def _each(statements: Sequence[Statement], field: str) -> list[dict[str, Any]]:
    """Each value of a field that may have several, in the order in which the first source gives them; pinned first."""
    groups: dict[str, list[Statement]] = defaultdict(list)
    for one in statements:
        if one.field == field and isinstance(one.said, Text):
            groups[fold(one.said.text)].append(one)
    firsts = sorted(groups.values(), key=lambda group: (not any(one.pin for one in group), _first_told(group)))
    return [as_json(resolved) for group in firsts if (resolved := resolve(said_of(group)))]


def _first_told(group: Sequence[Statement]) -> tuple[Any, ...]:
    """Where a value is told first: the earliest source, and the place of the words in it."""
    return min(
        (
            str(one.mention.source.published_on or "9999"),
            one.mention.source.text_hash,
            # Of a file, which has no words, the place in its list.
            (one.quotes[0]["start"], one.quotes[0]["end"])
            if one.quotes
            else (int(one.qualifiers.get("place_in_list", 0)), 0),
            one.digest,
        )
        for one in group
    )


def _by_place(statements: Sequence[Statement]) -> list[list[Statement]]:
    places: dict[str, list[Statement]] = defaultdict(list)
    for one in statements:
        places[fold(str(one.qualifiers["place"]))].append(one)
    return [places[place] for place in sorted(places)]


def _latest(statements: Sequence[Statement]) -> list[Statement]:
    """Those of the company's latest state that is told of, and pinned ones; undated only where nothing is dated."""
    dated = [one for one in statements if one.mention.source.published_on]
    if not dated:
        return list(statements)
    newest = max(one.mention.source.published_on for one in dated if one.mention.source.published_on)
    recent = [one for one in dated if newest - one.mention.source.published_on <= SAME_STATE]  # type: ignore[operator]
    return recent + [one for one in statements if one.pin and one not in recent]


def _of_latest_year(statements: Sequence[Statement]) -> list[Statement]:
    """Those of the latest year that any source gives a figure for, and pinned ones."""
    years = [int(one.qualifiers.get("year") or 0) for one in statements]
    return [one for one, year in zip(statements, years, strict=True) if year == max(years) or one.pin]


def count_rounds(
    company: Company, rounds: Iterable[Round], valuations: Iterable[Valuation], exits: Iterable[Exit]
) -> None:
    """Set what lists sort by, from its live rounds and its valuations: counts, last date, sum, latest value."""
    live = list(rounds)
    closed = [one for one in live if one.status == Round.Status.CLOSED]
    company.rounds_count = len(closed)
    company.undisclosed_count = sum(1 for one in closed if one.raised is None)
    dated = [(one.announced_on, one.pk, one.stage) for one in closed if one.announced_on]
    company.last_round_on, _, company.last_stage = max(dated, default=(None, 0, ""))
    counted = [one for one in closed if one.raised_usd is not None and counts_in_total(one.stage)]
    company.raised_usd = held_amount(sum((one.raised_usd for one in counted), Decimal(0))) if counted else None
    company.raised_hedge = hedge_of_sum(one.raised.hedge for one in counted if one.raised)
    valued = list(valuations)
    stated = [one for one in valued if one.is_counted and one.valued_on and one.origin != Valuation.Origin.DERIVED]
    latest = max(stated, key=_late_and_large, default=None)
    company.valuation_usd = latest.usd if latest else None
    projected: list[Any] = [*live, *valued, *exits]
    company.has_conflict = differs(company.resolved) or any(one.has_conflict for one in projected)


def _late_and_large(one: Valuation) -> tuple[Any, ...]:
    """The order of `ValuationQuerySet.latest_first`, the other way round."""
    usd = (one.usd is not None, one.usd or 0)
    return one.valued_on, usd, (one.round_id is not None, one.round_id or 0), one.pk or 0


def _people(company: Company, mentions: Sequence[Mention], said: Mapping[int, Sequence[Statement]]) -> None:
    """The company's people and what they are to it."""
    told = {mention.pk: mention for mention in mentions if mention.kind == Mention.Kind.PERSON and said[mention.pk]}
    by_person: dict[Person, list[Mention]] = defaultdict(list)
    live = Assignment.objects.live().filter(mention__in=told, person__isnull=False).select_related("person")
    for assignment in live.order_by("pk"):
        assert assignment.person is not None
        by_person[assignment.person].append(told[assignment.mention_id])
    Role.objects.filter(company=company).exclude(person__in=by_person).delete()
    Person.objects.filter(resolved_for=company).exclude(pk__in=[p.pk for p in by_person]).update(is_live=False)
    for person, members in by_person.items():
        statements = [one for member in members for one in said[member.pk]]
        roles = [one for one in statements if one.field == Field.ROLE]
        title = resolve(said_of(roles))
        person.name, person.is_live = _common_name(members, set(told)) or person.name, True
        person.save()
        Role.objects.update_or_create(
            person=person,
            company=company,
            defaults={
                "title": title.value.text[:200] if title and isinstance(title.value, Text) else "",
                "is_founder": any(one.qualifiers.get("is_founder") for one in statements),
                "statement_ids": [one.pk for one in roles or statements],
            },
        )
