"""What is held of a record, as somebody would have entered it: what a form that changes it is filled with.

What no form takes is left out, as a range is: such a part stays as it is as long as nothing is typed in its place.
"""

from collections.abc import Mapping
from typing import Any

from companies.models import Company
from funding.models import Exit, Round, Valuation
from funding.recording.round_facts import PRE_MONEY
from funding.tellings import Field
from funding.values import Interval, Money, Multiple, PartialDate, Quantity, Text, Undisclosed, Value, from_json

from .companies import CompanyEntry
from .entries import Entry, Share
from .exits import ExitEntry


def round_held(record: Round) -> Entry:
    """A round as it is believed to be."""
    stated = record.resolved.get(Field.VALUATION)
    basis = (stated or {}).get("qualifiers", {}).get("basis") or Valuation.Basis.UNSPECIFIED
    value = _money(_value(stated))
    before = value if basis == Valuation.Basis.PRE else _money(_value(record.resolved.get(PRE_MONEY)))
    parts = record.participations.select_related("investor").order_by("investor__key", "pk")
    ratio = _value(record.resolved.get(Field.VALUATION_RATIO))
    return Entry(
        company=record.company.name,
        stage=record.stage,
        status=record.status,
        announced=record.announced,
        closed=PartialDate.of(record.closed_on, record.closed_precision) if record.closed_on else None,
        raised=Undisclosed() if record.raised_undisclosed else _money(record.raised),
        pre=before,
        post=value if basis == Valuation.Basis.POST else None,
        valued=value if basis == Valuation.Basis.UNSPECIFIED else None,
        ratio=ratio if isinstance(ratio, Multiple) and _can_be_typed(ratio) else None,
        is_extension=record.parent_id is not None,
        investors=tuple(Share(part.investor.name, part.is_lead is True) for part in parts),
    )


def exit_held(record: Exit) -> ExitEntry:
    """An exit as it is believed to be."""
    return ExitEntry(
        company=record.company.name,
        kind=record.kind,
        status=record.status,
        announced=record.announced,
        acquirer=record.acquirer,
        price=Undisclosed() if record.price_undisclosed else _money(record.price),
        exchange=record.exchange,
        ticker=record.ticker,
        valuation=_money(record.valuation),
    )


def company_held(record: Company) -> CompanyEntry:
    """A company's own facts as they are believed to be."""
    kept = record.resolved
    website, founded, employees = (_value(kept.get(f)) for f in (Field.WEBSITE, Field.FOUNDED_ON, Field.EMPLOYEES))
    return CompanyEntry(
        company=record.name,
        website=website.text if isinstance(website, Text) else "",
        founded=founded if isinstance(founded, PartialDate) else None,
        headquarters=tuple(one["value"]["text"] for one in kept.get(Field.HEADQUARTERS, [])),
        employees=employees if isinstance(employees, Quantity) and _can_be_typed(employees) else None,
        # A reading names a sector by its key, which is its words.
        sectors=tuple(one["value"]["text"].replace("_", " ") for one in kept.get(Field.SECTOR, [])),
        total_raised=_money(_value(kept.get(Field.TOTAL_RAISED))),
    )


def _value(kept: Mapping[str, Any] | None) -> Value | None:
    return from_json(kept["value"]) if kept else None


def _money(value: Value | None) -> Money | None:
    return value if isinstance(value, Money) and _can_be_typed(value) else None


def _can_be_typed(value: Interval) -> bool:
    """Whether it has one number, however exact."""
    return value.low is None or value.high is None or value.low == value.high
