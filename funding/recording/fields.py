"""The fields that statements have, and what is believed of one field of one record."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from funding.models import Source, Statement
from funding.rates import Rates
from funding.resolving import Resolved, Said, resolve, same_currency
from funding.tellings import Field
from funding.values import Money, PartialDate, agree, to_json

# An investor's own facts: whom it is an arm of, what sort of investor it is, and its other names.
OF_INVESTOR: Final = (Field.PARENT, Field.INVESTOR_KIND, Field.ALIAS)
# The rule of a date that no words give but the day on which the source appeared.
BY_PUBLICATION: Final = "published_on"
# How far an exit has come, by what is said of it.
PROGRESS: Final = {"rumoured": 0, "announced": 1, "completed": 2, "cancelled": 2}
# The rule of a value that a person put in the place of what was read: it counts as their entry.
EDITED: Final = "edited"


def said_of(statements: Iterable[Statement], rates: Rates | None = None, on: PartialDate | None = None) -> list[Said]:
    """Statements as resolution sees them; sums of several currencies are compared at the rate of `on`."""
    found = [
        Said(
            id=one.pk,
            value=one.said,
            source_kind=Source.Kind.ENTRY if one.rule == EDITED else one.mention.source.kind,
            voice=one.mention.source.voice,
            published=one.mention.source.published,
            digest=f"{one.digest} {one.mention.source.text_hash}",
            qualifiers=one.qualifiers,
            is_pinned=pin is not None,
            pin=pin.words if pin else "",
            publisher="" if one.rule == EDITED else one.mention.source.known_publisher,
        )
        for one, pin in ((one, one.pin) for one in statements)
    ]
    if rates is None or same_currency(found):
        return found
    return [_in_dollars(one, rates, on) for one in found]


def _in_dollars(one: Said, rates: Rates, on: PartialDate | None) -> Said:
    """A statement compared in US dollars: as approximate where it had to be converted, for rates differ by the day."""
    if not isinstance(one.value, Money) or one.value.currency == "USD":
        return one
    dollars = rates.convert(one.value, "USD", on)
    if dollars is None:
        return one
    rough = Money(dollars.low, dollars.high, dollars.low_open, dollars.high_open, True, currency="USD")
    return dataclasses.replace(one, compared=rough)


def believe(
    statements: Sequence[Statement], field: str, rates: Rates | None = None, on: PartialDate | None = None
) -> Resolved | None:
    """What is believed of one field of all that is said."""
    chosen = [one for one in statements if one.field == field]
    if not chosen:
        return None
    if field == Field.ANNOUNCED_ON:
        return _believe_announcement(chosen)
    if field == Field.STATUS:
        return _believe_status(chosen)
    if field == Field.EXIT_STATUS:
        return _believe_progress(chosen)
    if field == Field.VALUATION:
        # A value before the money is another figure than one after it, not another opinion.
        after = [one for one in chosen if one.qualifiers.get("basis") != "pre"]
        chosen = after or chosen
    return resolve(said_of(chosen, rates, on))


def _believe_announcement(statements: Sequence[Statement]) -> Resolved | None:
    """Dates that words give. The day on which it was first told counts where there are none, or within theirs."""
    worded = resolve(said_of(one for one in statements if one.rule != BY_PUBLICATION))
    dated = [
        one
        for one in statements
        if one.rule == BY_PUBLICATION and (one.pin or worded is None or agree(one.said, worded.value))
    ]
    first = [one for one in dated if one.pin] or sorted(dated, key=_first_dated)[:1]
    within = said_of(first)
    if worded is None:
        return resolve(within)
    return resolve([*worded.agreeing, *worded.differing, *worded.corrected, *within])


def _first_dated(one: Statement) -> tuple[Any, ...]:
    said = one.said
    day = said.last_day if isinstance(said, PartialDate) else None
    return day, one.digest, one.mention.source.text_hash


def _believe_status(statements: Sequence[Statement]) -> Resolved | None:
    """A rumour that came true is no disagreement. Only that of a person is held against sources that say "closed"."""
    is_closed = any(one.value.get("text") == "closed" for one in statements)
    rumours = [
        one
        for one in statements
        if one.value.get("text") == "rumoured" and one.mention.source.kind != Source.Kind.ENTRY and not _is_set(one)
    ]
    return resolve(said_of(one for one in statements if not (is_closed and one in rumours)))


def _believe_progress(statements: Sequence[Statement]) -> Resolved | None:
    """A rumour that came true, or a deal that was done since, is no disagreement: the furthest that is said counts."""
    come = {one.pk: PROGRESS.get(one.value.get("text", ""), 0) for one in statements}
    furthest = max(come.values(), default=0)
    return resolve(said_of(one for one in statements if one.pin or come[one.pk] == furthest))


def _is_set(one: Statement) -> bool:
    """Whether a person pinned a statement, or wrote it themselves."""
    return bool(one.pin) or one.rule == EDITED


def last_told(statements: Iterable[Statement]) -> datetime.date | None:
    """When the last of them was said: when its source was published, or else recorded."""
    days = (one.mention.source.published_on or one.recorded_at.date() for one in statements)
    return max(days, default=None)


def as_json(resolved: Resolved) -> dict[str, Any]:
    """What a record keeps of a resolution; of a pinned one also whether that settles it."""
    return {
        "value": to_json(resolved.value),
        "qualifiers": dict(resolved.chosen.qualifiers),
        "statement": resolved.chosen.id,
        "agreeing": [one.id for one in resolved.agreeing],
        "differing": [one.id for one in resolved.differing],
        **({"corrected": [one.id for one in resolved.corrected]} if resolved.corrected else {}),
        "reason": resolved.reason,
        **({"pinned": True, "settled": resolved.is_settled} if resolved.chosen.is_pinned else {}),
    }


def spoken_for(kept: Mapping[str, Any]) -> list[int]:
    """The ids of all statements that a kept resolution is of: that agree, that differ, and that were corrected."""
    return [pk for name in ("agreeing", "differing", "corrected") for pk in kept.get(name, ())]


def is_open(kept: Mapping[str, Any]) -> bool:
    """Whether a kept resolution has statements that do not agree, and no person's pin decides between them."""
    return bool(kept.get("differing")) and not kept.get("settled")


def differs(resolved: Mapping[str, Any]) -> bool:
    """Whether some kept resolution is open."""
    return any(is_open(kept) for kept in resolved.values() if isinstance(kept, dict))
