"""One round from what is said of it: its fields, and who took part."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from companies.models import Investor, held_amount
from funding.models import Participation, Round, Stage, Statement
from funding.models.rounds import columns_of
from funding.rates import Rates
from funding.resolving import Resolved, resolve
from funding.tellings import Field
from funding.values import APPROXIMATELY, Money, PartialDate, Text, Undisclosed

from .fields import as_json, believe, differs, last_told, said_of
from .holding import silence

IDENTITY = {"id", "company", "merged_into", "created_at"}  # what a round keeps whatever is said of it
CURRENCIES = ("USD", "EUR", "GBP")  # stored with every amount, so that lists can sort and sum by them
STAGES, STATUSES = frozenset(Stage.values), frozenset(Round.Status.values)
PRE_MONEY = "pre_money"  # what a round keeps a value before the money as, beside one after it
RESOLVED = (Field.ANNOUNCED_ON, Field.CLOSED_ON, Field.RAISED, Field.STAGE, Field.STATUS, Field.VALUATION,
            Field.VALUATION_RATIO, Field.IS_UNICORN)  # fmt: skip


def describe_round(record: Round, statements: Sequence[Statement], rates: Rates) -> None:
    """Set a round's columns from the live statements of its mentions, without saving it."""
    spoken_of = {one.field for one in statements}
    announced = believe(_of_the_deal(statements), Field.ANNOUNCED_ON)
    on = _date(announced)
    found = dict.fromkeys(RESOLVED) | {Field.ANNOUNCED_ON: announced}
    for field in RESOLVED:
        if field in spoken_of and field != Field.ANNOUNCED_ON:
            found[field] = believe(statements, field, rates, on)
    record.resolved = {field: as_json(resolved) for field, resolved in found.items() if resolved}
    record.resolved |= _pre_money(statements, found[Field.VALUATION])
    record.is_live = True
    record.announced_on, record.announced_precision = _date_columns(on)
    record.closed_on, record.closed_precision = _date_columns(_date(found[Field.CLOSED_ON]))
    _stage(record, found[Field.STAGE])
    status = _text(found[Field.STATUS])
    record.status = Round.Status(status) if status in STATUSES else Round.Status.CLOSED
    _raised(record, found[Field.RAISED], on, rates)
    record.announced_on_statement_id = announced.chosen.id if announced else None
    record.has_conflict = differs(record.resolved)
    record.has_source = any(one.quotes or one.mention.source.url for one in statements)
    record.last_told_on = last_told(statements)


def _of_the_deal(statements: Sequence[Statement]) -> list[Statement]:
    """The statements without those of mentions that tell a rumour, where others tell the deal and its date."""
    status = {one.mention_id: one.value.get("text") for one in statements if one.field == Field.STATUS}
    if "closed" not in status.values():
        return list(statements)
    return [one for one in statements if status.get(one.mention_id) != "rumoured" or one.pin]


def silence_round(record: Round) -> None:
    """Empty a round of which nothing live is said any more; its row stays, so that its address answers."""
    silence(record, IDENTITY)
    record.participations.all().delete()


def _pre_money(statements: Sequence[Statement], valuation: Resolved | None) -> dict[str, Any]:
    """The value before the money, kept beside one after it where both are stated."""
    if valuation is None or valuation.chosen.qualifiers.get("basis") == "pre":
        return {}
    before = [one for one in statements if one.field == Field.VALUATION and one.qualifiers.get("basis") == "pre"]
    resolved = resolve(said_of(before))
    return {PRE_MONEY: as_json(resolved)} if resolved else {}


def _date(resolved: Resolved | None) -> PartialDate | None:
    return resolved.value if resolved and isinstance(resolved.value, PartialDate) else None


def _date_columns(date: PartialDate | None) -> tuple[Any, str]:
    return (date.first_day, date.precision) if date else (None, "")


def _text(resolved: Resolved | None) -> str:
    return resolved.value.text if resolved and isinstance(resolved.value, Text) else ""


def _stage(record: Round, resolved: Resolved | None) -> None:
    stage = _text(resolved)
    record.stage = stage if stage in STAGES else ""
    record.announced_label = _label(resolved)[:200] if resolved else ""
    record.stage_statement_id = resolved.chosen.id if resolved else None


def _label(resolved: Resolved) -> str:
    """What the source that is believed calls the round; where it only names the stage, what others that agree do."""
    if label := resolved.chosen.qualifiers.get("label"):
        return str(label)
    return min((str(label) for one in resolved.agreeing if (label := one.qualifiers.get("label"))), default="")


def _raised(record: Round, resolved: Resolved | None, on: PartialDate | None, rates: Rates) -> None:
    value = resolved.value if resolved else None
    money = value if isinstance(value, Money) else None
    record.raised_undisclosed = isinstance(value, Undisclosed)
    record.raised_statement_id = resolved.chosen.id if resolved else None
    for column, cell in (columns_of(money, "raised_") | converted(money, on, rates, "raised_")).items():
        setattr(record, column, cell)
    record.raised_low_usd, record.raised_high_usd = ends(money, on, rates)


def converted(money: Money | None, on: PartialDate | None, rates: Rates, prefix: str = "") -> dict[str, Any]:
    """The middle of an amount in the stored currencies, the day its rate is of, and whether a rate is the owner's.

    Null where there is no rate.
    """
    columns: dict[str, Any] = {f"{prefix}{currency.lower()}": None for currency in CURRENCIES} | {
        "rate_on": None,
        "is_own_rate": False,
    }
    if money is None:
        return columns
    for currency in CURRENCIES:
        found = rates.convert(money, currency, on)
        columns[f"{prefix}{currency.lower()}"] = held_amount(found.middle) if found else None
        if currency != money.currency and (rate := rates.between(money.currency, currency, on)):
            columns["rate_on"] = rate.on
            columns["is_own_rate"] = columns["is_own_rate"] or rate.is_own
    return columns


def ends(money: Money | None, on: PartialDate | None, rates: Rates) -> tuple[Decimal | None, Decimal | None]:
    """Between what an amount may be, in dollars, by which lists tell what is certainly or possibly within a range.

    About means within a tenth. An end is null where it is open, and both are where there is no rate.
    """
    found = rates.convert(money, "USD", on) if money else None
    if found is None:
        return None, None
    low, high = found.low, found.high
    if found.is_approx:
        low = low and low * (1 - APPROXIMATELY)
        high = high and high * (1 + APPROXIMATELY)
    return held_amount(low), held_amount(high)


def _told_first(one: Statement) -> tuple[Any, ...]:
    source = one.mention.source
    return source.published_on is None, str(source.published_on), one.digest, source.text_hash, one.pk


def write_participations(rounds: Iterable[Round], parts: Iterable[Participation]) -> None:
    """Have these participations in some rounds, and no others; those that are as they were are not written."""
    held = {(one.round_id, one.investor_id): one for one in Participation.objects.filter(round__in=rounds)}
    changed = []
    for one in parts:
        was = held.pop((one.round_id, one.investor_id), None)
        if was is None or _said(was) != _said(one):
            changed.append(one)
    if held:
        Participation.objects.filter(pk__in=[one.pk for one in held.values()]).delete()
    Participation.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["round", "investor"],
        update_fields=["is_lead", "statement", "statement_ids"],
    )


def _said(one: Participation) -> tuple[Any, ...]:
    return one.is_lead, one.statement_id, one.statement_ids


def participations(
    round_id: int, statements: Sequence[Statement], investors: Mapping[tuple[int, str, str], Investor]
) -> list[Participation]:
    """Who took part in a round, unsaved: one row an investor.

    It is said to lead where any source says so, for a source that does not say denies nothing. A person's pin decides.
    """
    by_investor: dict[int, list[Statement]] = defaultdict(list)
    for one in statements:
        if one.field == Field.PARTICIPATION:
            key = one.mention.source_id, one.mention.origin, one.value["key"]
            by_investor[investors[key].pk].append(one)
    parts = []
    for investor, said in by_investor.items():
        deciding = [one for one in said if one.pin] or said
        words = {one.qualifiers.get("is_lead") for one in deciding}
        leads = [one for one in deciding if one.qualifiers.get("is_lead")] or deciding
        parts.append(
            Participation(
                round_id=round_id,
                investor_id=investor,
                is_lead=True if True in words else False if False in words else None,
                statement_id=min(leads, key=_told_first).pk,
                statement_ids=sorted(one.pk for one in said),
            )
        )
    return parts
