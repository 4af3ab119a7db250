"""A company's exits from what is said of them: which mentions are one, and the fields of each."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from companies.models import Company
from companies.names import fold
from funding import exit_matching
from funding.exit_matching import ExitMention, Group
from funding.models import Assignment, Change, Exit, Mention, Statement
from funding.models.rounds import columns_of
from funding.rates import Rates
from funding.resolving import Resolved
from funding.tellings import Field
from funding.values import Money, PartialDate, Text, Undisclosed

from .fields import as_json, believe, differs
from .holding import free_for, past_of, record_of, silence
from .round_facts import converted
from .settling import assign, retract

IDENTITY: Final = {"id", "company", "created_at"}  # what an exit keeps whatever is said of it
# What is believed of every exit, and what only of one of its kind.
OF_ALL: Final = (Field.EXIT_KIND, Field.EXIT_STATUS, Field.ANNOUNCED_ON)
OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    Exit.Kind.ACQUISITION: (Field.ACQUIRER, Field.PRICE),
    Exit.Kind.IPO: (Field.EXCHANGE, Field.TICKER, Field.VALUATION),
}
RUMOURED: Final = "rumoured"

Said = Mapping[int, Sequence[Statement]]


def project_exits(
    change: Change | None, company: Company, mentions: Sequence[Mention], said: Said, rates: Rates
) -> list[Exit]:
    """Write the exits of a company from the statements of its mentions; those of which nothing is said are emptied."""
    told = [one for one in mentions if one.kind == Mention.Kind.EXIT and said[one.pk]]
    exits = _exits(change, company, told, said) if told else []
    for record, members in exits:
        describe_exit(record, [one for member in members for one in said[member.pk]], rates)
        record.save()
    for record in Exit.objects.filter(company=company, is_live=True).exclude(pk__in=[one.pk for one, _ in exits]):
        silence(record, IDENTITY)
    return [record for record, _ in exits]


def _exits(
    change: Change | None, company: Company, told: Sequence[Mention], said: Said
) -> list[tuple[Exit, list[Mention]]]:
    """The exits that the mentions are, each with its mentions; assignments follow the groups."""
    by_id = {mention.pk: mention for mention in told}
    live = {one.mention_id: one for one in Assignment.objects.live().filter(mention__in=told, exit__isnull=False)}
    held = {pk: (one.exit_id or 0, one.is_decided) for pk, one in live.items()}
    past = past_of(told, "exit")
    once = {pk for row in past.values() for pk in row} | {pk for pk, _ in held.values()}
    free = free_for(Exit, company, by_id, once)
    groups = _as_decided(exit_matching.group_exits([_told(mention, said[mention.pk]) for mention in told]), held)
    found = []
    # Groups that hold an exit choose before those that only held one once, and large ones before small ones.
    for group in sorted(groups, key=lambda group: (not any(one.id in held for one in group), -len(group))):
        record = record_of([one.id for one in group], held, past, free) or Exit.objects.create(company=company)
        free.pop(record.pk, None)
        record.company = company
        found.append((record, [by_id[one.id] for one in group]))
        for one in group:
            _assign(change, by_id[one.id], live.get(one.id), record, exit_matching.reason_for(group))
    return found


def _as_decided(groups: list[Group], held: Mapping[int, tuple[int, bool]]) -> list[Group]:
    """The groups with each mention that a person took for an exit among the others that are it, whatever it says.

    What the rules join with such a mention, and is of no other exit, goes where it goes.
    """
    decided = {pk: record for pk, (record, is_decided) in held.items() if is_decided}
    if not decided:
        return groups
    rest: list[Group] = []
    joining: dict[int, Group] = defaultdict(list)
    for group in groups:
        loose = [one for one in group if one.id not in decided]
        named = {decided[one.id] for one in group if one.id in decided}
        if len(named) == 1 and not {held[one.id][0] for one in loose if one.id in held} - named:
            joining[named.pop()] += loose
        else:
            rest.append(loose)
    by_id = {one.id: one for group in groups for one in group}
    homes: dict[int, Group] = {}
    for pk, record in sorted(decided.items()):
        if pk in by_id:
            holding = [sum(held.get(one.id, (0, False))[0] == record for one in group) for group in rest]
            if record not in homes and any(holding):
                homes[record] = rest[holding.index(max(holding))]
            homes.setdefault(record, []).append(by_id[pk])
    for record, loose in joining.items():
        homes[record] += loose
    alone = [group for group in homes.values() if not any(group is one for one in rest)]
    return [group for group in (*rest, *alone) if group]


def _told(mention: Mention, statements: Sequence[Statement]) -> ExitMention:
    """An exit mention as matching sees it: what its own source says of it, resolved."""
    content = ",".join(sorted(one.digest for one in statements))
    announced = believe(statements, Field.ANNOUNCED_ON)
    return ExitMention(
        id=mention.pk,
        digest=hashlib.sha256(f"{mention.source.text_hash} {content}".encode()).hexdigest(),
        kind=_text(believe(statements, Field.EXIT_KIND)),
        announced=_date(announced),
        acquirer=fold(_text(believe(statements, Field.ACQUIRER))),
        is_rumour=_text(believe(statements, Field.EXIT_STATUS)) == RUMOURED,
    )


def describe_exit(record: Exit, statements: Sequence[Statement], rates: Rates) -> None:
    """Set an exit's columns from the live statements of its mentions, without saving it."""
    announced = believe(_of_the_deal(statements), Field.ANNOUNCED_ON)
    on = _date(announced)
    found = {Field.ANNOUNCED_ON: announced}
    found |= {field: believe(statements, field) for field in (Field.EXIT_KIND, Field.EXIT_STATUS)}
    kind, status = _text(found[Field.EXIT_KIND]), _text(found[Field.EXIT_STATUS])
    record.kind = kind if kind in Exit.Kind.values else ""
    record.status = Exit.Status(status) if status in Exit.Status.values else Exit.Status.ANNOUNCED
    found |= {field: believe(statements, field, rates, on) for field in OF_KIND.get(record.kind, ())}
    record.resolved = {field: as_json(resolved) for field, resolved in found.items() if resolved}
    record.is_live = True
    record.announced_on, record.announced_precision = (on.first_day, on.precision) if on else (None, "")
    record.acquirer = _text(found.get(Field.ACQUIRER))[:200]
    record.acquirer_key = fold(record.acquirer)[:200]
    record.exchange = _text(found.get(Field.EXCHANGE))[:100]
    record.ticker = _text(found.get(Field.TICKER))[:20]
    _amounts(record, found.get(Field.PRICE), found.get(Field.VALUATION), on, rates)
    record.has_conflict = differs(record.resolved)
    record.has_source = any(one.quotes or one.mention.source.url for one in statements)


def _amounts(
    record: Exit, price: Resolved | None, valuation: Resolved | None, on: PartialDate | None, rates: Rates
) -> None:
    """The price of an acquisition or the valuation of a listing: no exit has both, so one day of rates is enough."""
    record.price_undisclosed = price is not None and isinstance(price.value, Undisclosed)
    days, is_own = [], False
    for prefix, resolved in (("price_", price), ("valuation_", valuation)):
        money = resolved.value if resolved and isinstance(resolved.value, Money) else None
        columns: dict[str, Any] = columns_of(money, prefix) | converted(money, on, rates, prefix)
        days.append(columns.pop("rate_on"))
        is_own = columns.pop("is_own_rate") or is_own
        for column, cell in columns.items():
            setattr(record, column, cell)
    record.rate_on, record.is_own_rate = days[0] or days[1], is_own


def _of_the_deal(statements: Sequence[Statement]) -> list[Statement]:
    """The statements without those of mentions that tell a rumour, where others tell the deal and its date."""
    status = {one.mention_id: one.value.get("text") for one in statements if one.field == Field.EXIT_STATUS}
    if all(word == RUMOURED for word in status.values()):
        return list(statements)
    return [one for one in statements if status.get(one.mention_id) != RUMOURED or one.pin]


def _assign(change: Change | None, mention: Mention, held: Assignment | None, record: Exit, reason: str) -> None:
    if change is None or (held and held.exit_id == record.pk):
        return
    if held:
        retract(change, held)
    assign(change, mention, record, reason)


def _date(resolved: Resolved | None) -> PartialDate | None:
    return resolved.value if resolved and isinstance(resolved.value, PartialDate) else None


def _text(resolved: Resolved | None) -> str:
    return resolved.value.text if resolved and isinstance(resolved.value, Text) else ""
