"""The cells of a round in Python, as our own export has them in SQL: what another program's columns are filled by."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from funding.models import Round
from funding.rates import Rates
from funding.values import PartialDate, plain

INTO: Final = "USD"
RATES: Final = Rates()
# What the cells of a round are of, to be fetched with it.
JOINED: Final = (
    "company", "valuation", "parent", "raised_statement__mention__source", "announced_on_statement__mention__source",
)  # fmt: skip
FETCHED: Final = "participations__investor"


def _date(on: Any, precision: str) -> str:
    return PartialDate.of(on, precision).iso if on else ""


def _flag(value: bool | None) -> str:
    return "" if value is None else "true" if value else "false"


def _amount(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def _interval(one: Any, stem: str, prefix: str = "") -> dict[str, str]:
    ends = {end: getattr(one, f"{prefix}{end}") if one else None for end in ("low", "high")}
    is_known = any(end is not None for end in ends.values())
    flags = ("low_open", "high_open", "is_approx")
    return {
        **{f"{stem}_{end}": _amount(value) for end, value in ends.items()},
        **{f"{stem}_{name}": _flag(getattr(one, f"{prefix}{name}")) if is_known else "" for name in flags},
        f"{stem}_currency": getattr(one, f"{prefix}currency") if is_known else "",
    }


def _kept(one: Round, field: str, stem: str, *, is_money: bool = True) -> dict[str, str]:
    """An interval that a round keeps as JSON."""
    value = (one.resolved.get(field) or {}).get("value") or {}
    flags = ("low_open", "high_open", "is_approx")
    return {
        **{f"{stem}_{end}": _amount(Decimal(value[end]) if value.get(end) else None) for end in ("low", "high")},
        **{f"{stem}_{name}": _flag(value.get(name, False)) if value else "" for name in flags},
        **({f"{stem}_currency": value.get("currency", "")} if is_money else {}),
    }


def _converted(one: Round) -> dict[str, str]:
    money, blank = one.raised, ("converted_low", "converted_high", "converted_currency", "rate", "rate_on", "rate_by")
    if money is None:
        return dict.fromkeys(blank, "")
    found = RATES.between(money.currency, INTO, one.announced) if money.currency != INTO else None
    if money.currency != INTO and found is None:
        return dict.fromkeys(blank, "")
    rate = found.rate if found else Decimal(1)
    cent = Decimal("0.01")
    exact = (None if end is None else end * rate for end in (money.low, money.high))
    ends = (_amount(None if end is None else end.quantize(cent, ROUND_HALF_UP)) for end in exact)
    rate_on, rate_by = (found.on.isoformat(), "own" if found.is_own else "ECB") if found else ("", "")
    return dict(zip(blank, (*ends, INTO, plain(rate), rate_on, rate_by), strict=True))


def _said(one: Round) -> dict[str, str]:
    statement = one.raised_statement or one.announced_on_statement
    of = "raised" if one.raised_statement_id else "announced_on" if statement else ""
    names = ("quote_of", "source_url", "source_title", "source_kind", "publisher", "published_on",
             "published_on_precision", "quote")  # fmt: skip
    if statement is None:
        return dict.fromkeys(names, "")
    source = statement.mention.source
    on = _date(source.published_on, source.published_precision)
    quote = " […] ".join(part["text"] for part in statement.quotes)
    cells = (of, source.url, source.title, source.kind, source.publisher, on, source.published_precision, quote)
    return dict(zip(names, cells, strict=True))


def cells(one: Round) -> dict[str, str]:
    """The cells of a round by column, as our own export has them, but for what makes them safe in a spreadsheet."""
    parts = sorted(one.participations.all(), key=lambda part: part.investor.key)
    value = getattr(one, "valuation", None)
    is_stated = one.raised is not None
    return {
        "company": one.company.name,
        "announced_on": _date(one.announced_on, one.announced_precision),
        "announced_on_precision": one.announced_precision,
        "closed_on": _date(one.closed_on, one.closed_precision),
        "closed_on_precision": one.closed_precision,
        "stage": one.stage,
        "announced_label": one.announced_label,
        "status": one.status,
        "raised_disclosure": "stated" if is_stated else "undisclosed" if one.raised_undisclosed else "not_stated",
        **_interval(one, "raised", "raised_"),
        **_converted(one),
        "lead_investors": "; ".join(part.investor.name for part in parts if part.is_lead),
        "investors": "; ".join(part.investor.name for part in parts),
        **_interval(value, "valuation"),
        "valuation_basis": value.basis if value else "",
        "valuation_origin": value.origin if value else "",
        **_kept(one, "pre_money", "pre_money"),
        **_kept(one, "valuation_ratio", "stated_multiple", is_money=False),
        "called_unicorn": "true" if "is_unicorn" in one.resolved else "",
        "is_extension": _flag(one.parent_id is not None),
        "extends_round_of": _date(one.parent.announced_on, one.parent.announced_precision) if one.parent else "",
        "extends_round_of_precision": one.parent.announced_precision if one.parent else "",
        "has_conflict": _flag(one.has_conflict),
        "has_source": _flag(one.has_source),
        **_said(one),
    }
