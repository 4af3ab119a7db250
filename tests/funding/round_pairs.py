"""Pairs of tellings, labelled by hand as one round or two: `pairs/rounds.jsonl`, and what matching is given of them.

A side is either written out, or names an article of the development set, which lies beside the project: its facts are
read there, and a pair whose articles are missing is left out. Half of the pairs, by the hash of their ids, were held
back while the rules were written.
"""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from currency_converter import CurrencyConverter

from funding.company_matching import name_key
from funding.matching import RoundMention
from funding.models.rounds import STAGE_OF_CONTRACT
from funding.values import Money, PartialDate

HERE = Path(__file__).parent / "pairs"
ARTICLES = Path(__file__).resolve().parents[3] / "shared" / "extraction" / "dev"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tellings, whether they are of one round, and `relation` where the second is part of the first."""

    id: str
    kind: str
    same: bool
    relation: str
    a: RoundMention
    b: RoundMention

    @property
    def is_held_back(self) -> bool:
        return is_held_back(self.id)


def is_held_back(id: str) -> bool:
    """Whether a pair was measured on only, and never looked at while rules were written."""
    return hashlib.sha256(id.encode()).hexdigest()[0] in "01234567"


def labelled() -> list[dict[str, Any]]:
    """Every pair as it is written down."""
    return [json.loads(line) for line in (HERE / "rounds.jsonl").read_text("utf-8").splitlines()]


@cache
def round_pairs() -> list[Pair]:
    """Every pair whose two sides can be read."""
    told = _told_by_articles()
    found = []
    for row in labelled():
        a, b = (told.get((s["article"], s["round"])) if "article" in s else s for s in (row["a"], row["b"]))
        if a is not None and b is not None:
            sides = [mention(side, number) for number, side in enumerate((a, b))]
            found.append(Pair(row["id"], row["class"], row["same"], row.get("relation", ""), *sides))
    return found


def mention(side: dict[str, Any], number: int) -> RoundMention:
    """One side as matching sees it, as a source of its own."""
    on = PartialDate.from_iso(side["announced"]) if side.get("announced") else None
    raised = _money(side.get("amount"))
    stage = side.get("stage") or ""
    investors = {_key(name) for name in [*side.get("investors", ()), *side.get("leads", ())]}
    return RoundMention(
        id=number,
        told_by=f"source {number}",
        digest=json.dumps(side, sort_keys=True),
        stage="" if stage == "extension" else str(STAGE_OF_CONTRACT.get(stage, stage)),
        announced=on,
        raised=raised,
        raised_usd=_dollars(raised, on),
        valuation=_money(side.get("valuation")),
        investors=frozenset(investors),
        leads=frozenset(map(_key, side.get("leads", ()))),
        status=side.get("status", ""),
        is_extension=side.get("is_extension", stage == "extension"),
    )


def _key(name: str) -> str:
    return name_key("investor", name.split(" | ")[0])


def _money(said: dict[str, Any] | None) -> Money | None:
    if said is None:
        return None
    if said["bound"] == "range":
        return Money(Decimal(said["low"]), Decimal(said["high"]), currency=said["currency"])
    hedge = "up_to" if said["bound"] == "at_most" else said["bound"]
    return Money.hedged(Decimal(str(said["value"])), hedge, currency=said["currency"])


def _dollars(money: Money | None, on: PartialDate | None) -> Money | None:
    """The amount at the European Central Bank's rate of its day, or of the middle of its month or year."""
    if money is None or money.currency == "USD":
        return money
    if on is None:
        return None
    day = on.first_day.replace(month=on.month or 7, day=on.day or 15)
    rate = Decimal(str(_rates().convert(1, money.currency, "USD", date=day)))
    low, high = (None if end is None else round(end * rate, 2) for end in (money.low, money.high))
    return Money(low, high, money.low_open, money.high_open, money.is_approx, currency="USD")


@cache
def _rates() -> CurrencyConverter:
    return CurrencyConverter(fallback_on_missing_rate=True, fallback_on_wrong_date=True)


def _told_by_articles() -> dict[tuple[str, int], dict[str, Any]]:
    found = {}
    for path in sorted(ARTICLES.glob("gold-*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            gold = json.loads(line)
            for number, told in enumerate(gold["rounds"]):
                found[gold["id"], number] = told | {"leads": told["lead_investors"]}
    return found
