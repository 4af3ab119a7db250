"""Fields and values of statements in the words of a page."""

from collections.abc import Mapping
from typing import Any

from funding import figures
from funding.models import Proposal, Round, Stage, Statement, Valuation
from funding.recording.fields import BY_PUBLICATION, Field
from funding.values import Multiple, Reference, Text, Value

LABELS = {
    Field.NAME: "Name",
    Field.ANNOUNCED_ON: "Announced",
    Field.CLOSED_ON: "Closed",
    Field.RAISED: "Amount raised",
    Field.STAGE: "Stage",
    Field.STATUS: "Status",
    Field.PARTICIPATION: "Investor",
    Field.VALUATION: "Valuation",
    Field.VALUATION_RATIO: "Multiple of the value before",
    Field.IS_UNICORN: "Called a unicorn",
    Field.FOUNDED_ON: "Founded",
    Field.HEADQUARTERS: "Office",
    Field.EMPLOYEES: "Employees",
    Field.REVENUE: "Revenue",
    Field.TOTAL_RAISED: "Raised in all, as stated",
    Field.SECTOR: "Sector",
    Field.WEBSITE: "Website",
    Field.ROLE: "Role",
    "pre_money": "Pre-money value",
}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
# How a value compares with the one before it, by the ends of its ratio.
RATIOS = {(1, None): "higher", (1, 1): "the same", (None, 1): "lower"}
# Why two values cannot be compared (`funding.intervals.Compared`).
WHY = {
    "first": "no round before it is known",
    "order": "the dates leave open which round was before",
    "currency": "the two values are in different currencies",
    "value_before": "nothing bounds the value of the round before",
    "value_now": "nothing bounds the value after this round",
    "pre_now": "the value before the money is not known",
}
DIRECTIONS = {"up": "an up round", "flat": "a flat round, within 5%", "down": "a down round"}
BASES = {"pre": "Pre-money.", "post": "Post-money.", "unspecified": "Pre- or post-money not stated."}


def number(count: int) -> str:
    """A count in words up to twelve, in figures beyond."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def label(field: str) -> str:
    """The name of a field on a page; its own where we know no better."""
    return LABELS.get(field, field.replace("_", " ").capitalize())


def said(field: str, value: Value) -> str:
    """A value of a field in words: stages and sectors by their names, all else as `funding.figures` writes it."""
    if isinstance(value, Text):
        if field == Field.STAGE:
            return str(Stage(value.text).label) if value.text in Stage.values else value.text
        if field in (Field.SECTOR, Field.STATUS):
            return value.text.replace("_", " ")
    if isinstance(value, Multiple) and field == Field.VALUATION_RATIO and not value.is_approx:
        words = RATIOS.get((value.low, value.high))
        return f"{words} ({figures.multiple(value)})" if words else figures.multiple(value)
    return figures.words(value)


def stated(one: Statement | Proposal, names: Mapping[str, str] | None = None) -> str:
    """A statement's value with what qualifies it; `names` are those of the mentions it may refer to, by key."""
    value = one.said
    if isinstance(value, Reference):
        role = {True: ", lead", False: ", not lead"}.get(one.qualifiers.get("is_lead"), "")
        return f"{(names or {}).get(value.key, value.key)}{role}"
    words = said(one.field, value)
    more = [part for part in _qualifiers(one.qualifiers) if part.strip("“”").casefold() != words.casefold()]
    return ", ".join([words, *more])


def qualified(qualifiers: Mapping[str, Any]) -> str:
    """What narrows a value down: `pre-money`, `in France`, `expected for 2023, attributed to The Information`."""
    return ", ".join(_qualifiers(qualifiers))


def _qualifiers(qualifiers: Mapping[str, Any]) -> list[str]:
    year = qualifiers.get("year")
    parts = [str(Valuation.Basis(basis).label) for basis in [qualifiers.get("basis")] if basis in ("pre", "post")]
    parts += [f"in {qualifiers['place']}"] if qualifiers.get("place") else []
    if year:
        parts.append(f"expected for {year}" if qualifiers.get("is_expected") else f"in {year}")
    elif qualifiers.get("is_expected"):
        parts.append("expected")
    parts += [f"attributed to {qualifiers['attributed_to']}"] if qualifiers.get("attributed_to") else []
    parts += [f"“{qualifiers['label']}”"] if qualifiers.get("label") else []
    return parts


def wordless(one: Statement | Proposal) -> str:
    """Why a statement has no words of its source to show."""
    if one.rule == BY_PUBLICATION:
        return "No words give the date: it is the day on which the source appeared."
    return "Entered without words of a source." if not one.quotes else ""


def round_name(record: Round) -> str:
    """A round by its stage and date, as far as they are known: `Series B, Mar 2021`, `round of 24 Aug 2023`."""
    when = figures.date(record.announced)
    if record.stage:
        return ", ".join(part for part in (record.label, when) if part)
    return f"round of {when}" if when else "undated round"
