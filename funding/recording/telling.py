"""What one source says of a company, an investor or a round, as matching sees it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from companies.names import fold
from funding import matching
from funding.company_matching import NamedMention, name_key
from funding.models import Assignment, Judgement, Mention, Source, Statement
from funding.rates import Rates
from funding.tellings import Field
from funding.values import Money, PartialDate, Text, Value

from .fields import OF_INVESTOR, believe

USD = "USD"
# Keys of rounds that files of one database tell apart alike (`formats.naming.number_key` and `own_key`).
NUMBERED = ("round:#", "round:~")
EXTENSION = "extension"  # what a source says that names no series of it
IDENTIFYING = (Field.WEBSITE, Field.WIKIDATA, Field.LEI, Field.CRUNCHBASE)


def round_told(
    mention: Mention,
    statements: Sequence[Statement],
    investors: Mapping[str, str],
    held: Assignment | None,
    rates: Rates,
) -> matching.RoundMention:
    """A round mention as matching sees it: what its own source says of it, resolved.

    `investors` gives what the investors that its source names are known by, by the key of their mention.
    """
    announced = believe(statements, Field.ANNOUNCED_ON)
    raised = believe(statements, Field.RAISED)
    valuation = believe(statements, Field.VALUATION)
    stage = believe(statements, Field.STAGE)
    status = believe(statements, Field.STATUS)
    # A person who says that a round was cancelled, or closed after all, speaks of the round that others tell of.
    is_entry = mention.source.kind == Source.Kind.ENTRY
    called = stage.value.text if stage and isinstance(stage.value, Text) else ""
    on = announced.value if announced and isinstance(announced.value, PartialDate) else None
    money = raised.value if raised and isinstance(raised.value, Money) else None
    parts = [one for one in statements if one.field == Field.PARTICIPATION]
    names = {one.pk: investors[one.value["key"]] for one in parts}
    leads = {names[one.pk] for one in parts if one.qualifiers.get("is_lead")}
    content = ",".join(sorted(one.digest for one in statements))
    published = mention.source.published
    return matching.RoundMention(
        id=mention.pk,
        told_by=told_by(mention),
        digest=hashlib.sha256(f"{mention.source.text_hash} {content}".encode()).hexdigest(),
        stage="" if called == EXTENSION else called,
        announced=on,
        raised=money,
        raised_usd=rates.convert(money, USD, on or published) if money else None,
        valuation=valuation.value if valuation and isinstance(valuation.value, Money) else None,
        investors=frozenset(names.values()),
        leads=frozenset(leads),
        held=held.round_id if held else None,
        is_decided=bool(held and held.is_decided),
        status=status.value.text if status and isinstance(status.value, Text) and not is_entry else "",
        is_extension=called == EXTENSION or any(one.qualifiers.get("is_extension") for one in statements),
        published=published,
        known_as=known_as(mention).partition(".")[0] if mention.key.startswith(NUMBERED) else "",
    )


def told_by(mention: Mention) -> str:
    """The source and reading of a mention: what one telling keeps apart is never joined."""
    return f"{mention.source.text_hash} {mention.source_id} {mention.origin}"


def known_as(mention: Mention) -> str:
    """What the database that the mention's source is a file of knows it by; empty of any other source."""
    return f"{mention.origin} {mention.key}" if mention.source.kind == Source.Kind.FILE else ""


def companies_told(
    mentions: Sequence[Mention], held: Mapping[int, Assignment], known: Mapping[int, int], rates: Rates
) -> list[NamedMention]:
    """The company mentions of which something live is said, with what their sources say of them.

    `held` are their live assignments, `known` the companies that a known alias makes them.
    """
    by_id = {mention.pk: mention for mention in mentions}
    hanging = Mention.objects.filter(company__in=by_id).select_related("source")
    about = by_id | {mention.pk: mention for mention in hanging}
    said = _said(about)
    names = investor_names(one for found in said.values() for one in found)
    own: dict[int, list[Mention]] = defaultdict(list)
    for mention in about.values():
        if mention.company_id and said[mention.pk]:
            own[mention.company_id].append(mention)
    judged = _judged(by_id)
    found = []
    for mention in mentions:
        statements, parts = said[mention.pk], own[mention.pk]
        if not statements and not parts:
            continue
        called = names[mention.source_id, mention.origin]
        rounds = tuple(
            round_told(part, said[part.pk], called, None, rates) for part in parts if part.kind == Mention.Kind.ROUND
        )
        years = [value.year for one in statements if isinstance(value := one.said, PartialDate)]
        founders = {
            fold(part.name)
            for part in parts
            if part.kind == Mention.Kind.PERSON and any(one.qualifiers.get("is_founder") for one in said[part.pk])
        }
        found.append(
            NamedMention(
                **_identity(mention, held.get(mention.pk), known, judged),
                identifiers=frozenset(identifiers(statements)),
                places=frozenset(
                    fold(value.text)
                    for one in statements
                    if one.field == Field.HEADQUARTERS and isinstance(value := one.said, Text)
                ),
                founders=frozenset(founders),
                founded=min(years, default=None),
                investors=frozenset(name for told in rounds for name in told.investors),
                rounds=rounds,
            )
        )
    return found


def investors_told(
    mentions: Sequence[Mention], held: Mapping[int, Assignment], known: Mapping[int, int]
) -> list[NamedMention]:
    """The investor mentions that something live is said of, or names, with the companies whose rounds they are in."""
    counted = Statement.objects.counted()
    named: dict[tuple[int, str, str], list[Statement]] = defaultdict(list)
    for one in counted.naming(mentions).select_related("mention__company"):
        named[one.mention.source_id, one.mention.origin, one.value["key"]].append(one)
    parts = {each.mention_id for found in named.values() for each in found if each.field == Field.PARTICIPATION}
    beside_them = list(counted.filter(mention__in=parts, field=Field.PARTICIPATION).select_related("mention"))
    rounds: dict[int, set[str]] = defaultdict(set)
    for one in beside_them:
        rounds[one.mention_id].add(one.value["key"])
    of_them = counted.filter(mention__in=list(mentions), field__in=OF_INVESTOR)
    own = set(of_them.values_list("mention", flat=True))
    names = investor_names(beside_them)
    judged = _judged({mention.pk: mention for mention in mentions})
    found = []
    for mention in mentions:
        statements = named[mention.source_id, mention.origin, mention.key]
        if not statements and mention.pk not in own:
            continue
        beside = {key for one in statements for key in rounds[one.mention_id]} - {mention.key}
        called = names[mention.source_id, mention.origin]
        found.append(
            NamedMention(
                **_identity(mention, held.get(mention.pk), known, judged),
                is_investor=True,
                companies=frozenset(one.mention.company.name_key for one in statements if one.mention.company),
                investors=frozenset(called[key] for key in beside),
            )
        )
    return found


def identifiers(statements: Iterable[Statement]) -> set[str]:
    """The website's domain and outside numbers that statements give, as `kind:value`."""
    return {found for one in statements if (found := identifier_of(one.field, one.said))}


def identifier_of(field: str, value: Value) -> str:
    """What a value of a field surely identifies, as `kind:value`; empty where it does not."""
    if field not in IDENTIFYING or not isinstance(value, Text):
        return ""
    if field == Field.WEBSITE:
        return f"domain:{domain_of(value.text)}"[:200]
    return f"{field}:{value.text.strip().casefold()}"[:200]


def domain_of(address: str) -> str:
    """The domain of a website, without `www.`."""
    host = address.strip().casefold().partition("://")[2] or address.strip().casefold()
    return host.partition("/")[0].partition(":")[0].removeprefix("www.")


def _identity(
    mention: Mention, held: Assignment | None, known: Mapping[int, int], judged: Mapping[int, dict[bool, set[int]]]
) -> dict[str, Any]:
    record = (held.company_id or held.investor_id) if held else None
    said = judged.get(mention.pk, {})
    return {
        "id": mention.pk,
        "told_by": told_by(mention),
        "digest": hashlib.sha256(f"{mention.source.text_hash} {mention.name}".encode()).hexdigest(),
        "name": mention.name,
        "key": mention.name_key,
        "known_as": known_as(mention),
        "record": known.get(mention.pk) or (record if record in known.values() else None),
        "held": record,
        "is_decided": bool(held and held.is_decided),
        "same": frozenset(said.get(True, ())),
        "different": frozenset(said.get(False, ())),
    }


def _said(mentions: Mapping[int, Mention]) -> dict[int, list[Statement]]:
    """The statements of mentions that count, by mention."""
    said: dict[int, list[Statement]] = defaultdict(list)
    for one in Statement.objects.counted().filter(mention__in=mentions).with_marks().order_by("pk"):
        one.mention = mentions[one.mention_id]
        said[one.mention_id].append(one)
    return said


def investor_names(statements: Iterable[Statement]) -> dict[tuple[int, str], dict[str, str]]:
    """What those whom statements refer to are known by, by source and reading, and the key of their mention."""
    told = Mention.objects.investors().names_in(statements)
    known = {at: {key: name_key("investor", name) for key, name in names.items()} for at, names in told.items()}
    return defaultdict(dict, known)


def _judged(mentions: Mapping[int, Mention]) -> dict[int, dict[bool, set[int]]]:
    """The mentions that a person judged to be the same as each, or another."""
    found: dict[int, dict[bool, set[int]]] = defaultdict(lambda: defaultdict(set))
    live = Judgement.objects.live()
    for one in live.filter(left__in=mentions) | live.filter(right__in=mentions):
        found[one.left_id][one.is_same].add(one.right_id)
        found[one.right_id][one.is_same].add(one.left_id)
    return found
