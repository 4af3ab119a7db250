"""Rows of a company that hold all of its rounds, and its earlier values, as lists in parallel cells."""

from collections.abc import Sequence

from funding.tellings import Field
from funding.values import Money, Text, Undisclosed

from . import naming, stages
from .exits import say_exit
from .record import Record
from .rounds import say_share
from .sentences import LEFT, NO_STAGE, UNEQUAL, Refused

PARTS = ("stages", "amounts", "currencies", "dates", "investors")


def say_rounds(record: Record, company: str) -> None:
    """Say each round of the lists. Refuses a row whose lists are not equally long."""
    lists = {part: _cut(record, f"rounds.{part}") for part in PARTS if record.text(f"rounds.{part}")}
    if not lists:
        return
    if len({len(one) for one in lists.values()}) > 1:
        raise Refused(UNEQUAL % {"lengths": ", ".join(f"{part} {len(one)}" for part, one in lists.items())})
    for at in range(len(next(iter(lists.values())))):
        one = {part: lists[part][at] if part in lists else "" for part in PARTS}
        if any(one.values()):
            _say_round(record, company, at, one)


def _cut(record: Record, meaning: str) -> list[str]:
    """The parts of a list in their places; words for a blank are blank."""
    parts = [part.strip() for part in record.text(meaning).split(record.plan.options.list_separator)]
    return ["" if part.casefold() in record.plan.null else part for part in parts]


def _say_round(record: Record, company: str, at: int, one: dict[str, str]) -> None:
    stage = stages.stage_of(one["stages"], record.plan.own_stages) if one["stages"] else ""
    if one["stages"] and not stage:
        record.warn(NO_STAGE, "rounds.stages", words=one["stages"][: naming.LONGEST_NAME])
    known_by = f"{company.partition(':')[2]}/{at}"
    announced = record.date_of(one["dates"], "rounds.dates") if one["dates"] else None
    amount = _amount(record, one)
    investors = record.listed("rounds.investors", one["investors"], record.plan.options.within_separator)
    if stage.startswith(stages.EXIT):
        _say_exit(record, company, stage.removeprefix(stages.EXIT), known_by, announced, amount, investors)
        return
    name, label = record.mentions[company].name, one["stages"][: naming.LONGEST_NAME]
    key = record.mention(naming.key_of("round", known_by), "round", f"{name} ({label})" if label else name, company)
    record.say(key, Field.ANNOUNCED_ON, announced, "rounds.dates")
    record.say(key, Field.RAISED, amount, "rounds.amounts")
    if stage:
        record.say(key, Field.STAGE, Text(stage), "rounds.stages", label=label)
    for investor in investors:
        say_share(record, key, investor, None, "rounds.investors")


def _amount(record: Record, one: dict[str, str]) -> Money | Undisclosed | None:
    if not one["amounts"]:
        return None
    if one["amounts"].casefold() in record.plan.undisclosed:
        return Undisclosed()
    currency = record.currency_of(one["currencies"], "rounds.currencies") if one["currencies"] else ""
    return record.money_of(one["amounts"], "rounds.amounts", currency or record.plan.options.currency)


def _say_exit(
    record: Record, company: str, kind: str, known_by: str, announced: object, amount: object, investors: Sequence[str]
) -> None:
    """A deal by which the company was sold or listed; its amount is a price only where it was sold."""
    acquirer = investors[0] if kind == "acquisition" and len(investors) == 1 else ""
    price = amount if kind == "acquisition" else None
    if isinstance(amount, Money) and price is None:
        record.warn(LEFT, "rounds.amounts", words=str(amount.low))
    if investors and not acquirer:
        record.warn(LEFT, "rounds.investors", words=", ".join(investors)[: naming.LONGEST_NAME])
    key = naming.key_of("exit", known_by)
    say_exit(record, company, key, kind, announced=announced, acquirer=acquirer, price=price)  # type: ignore[arg-type]


def say_valuations(record: Record, company: str) -> None:
    """Say each earlier value of the company on its date. Refuses a row whose lists are not equally long."""
    dates, amounts = _cut(record, "valuations.dates"), _cut(record, "valuations.amounts")
    if not any(dates) and not any(amounts):
        return
    if len(dates) != len(amounts):
        raise Refused(UNEQUAL % {"lengths": f"dates {len(dates)}, amounts {len(amounts)}"})
    for day, words in zip(dates, amounts, strict=True):
        value = record.money_of(words, "valuations.amounts", _currency(record)) if words else None
        if isinstance(value, Money):
            on = {"on": record.date_of(day, "valuations.dates").iso} if day else {}
            basis = record.plan.options.basis or "unspecified"
            record.say(company, Field.VALUATION, value, "valuations.amounts", basis=basis, **on)


def _currency(record: Record) -> str:
    """The currency of earlier values: the file's own."""
    return record.plan.options.valuations_currency or record.plan.options.currency
