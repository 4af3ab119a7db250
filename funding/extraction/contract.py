"""Write an extraction as the object of the extraction contract: rounds, companies and the evidence for each value."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from funding.extraction.facts import Extraction, Fact
from funding.values import Interval, Money, Multiple, PartialDate, Quantity, Reference, Text

UNICORN = {"value": 1_000_000_000, "currency": "USD", "bound": "at_least"}


def to_contract(extraction: Extraction, article_id: str) -> dict[str, Any]:
    """The contract's object for one article, by the id it was given under."""
    return Contract(extraction).write(article_id)


class Contract:
    """Turns the facts of one extraction into the contract's rounds and companies."""

    def __init__(self, extraction: Extraction) -> None:
        self.extraction = extraction
        self.chances = {m.key: round(m.chance, 4) for m in extraction.mentions if m.chance is not None}
        self.names = {mention.key: mention.name for mention in extraction.mentions}
        self.evidence: list[dict[str, Any]] = []
        self.facts: dict[tuple[str, str], list[Fact]] = {}
        for fact in extraction.facts:
            self.facts.setdefault((fact.subject, fact.field), []).append(fact)

    def write(self, article_id: str) -> dict[str, Any]:
        """The whole object."""
        mentions = self.extraction.mentions
        headline = {
            fact.value.key
            for mention in mentions
            if mention.kind == "round" and mention.is_headline
            for fact in self._facts(mention.key, "company")
            if isinstance(fact.value, Reference)
        }
        keys = [mention.key for mention in mentions if mention.kind == "round"]
        flags = {mention.key: mention.is_headline for mention in mentions}
        rounds = [self._round(number, key, flags[key]) for number, key in enumerate(keys)]
        self._derive(rounds, keys)
        firms = [mention.key for mention in mentions if mention.kind == "company" and mention.key in headline]
        companies = [self._company(number, key) for number, key in enumerate(firms)]
        return {
            "id": article_id, "language": self.extraction.language, "rounds": rounds, "companies": companies,
            "cites": list(self.extraction.cites), "evidence": self.evidence,
        }  # fmt: skip

    def _facts(self, subject: str, field: str) -> list[Fact]:
        return self.facts.get((subject, field), [])

    def _prove(self, field: str, facts: Sequence[Fact], rule: str | None = None) -> None:
        """One entry of evidence for every quote of the facts; one without offsets where there is no quote."""
        for fact in facts:
            ends: list[tuple[int | None, int | None]] = [(span.start, span.end) for span in fact.spans] or [
                (None, None)
            ]
            for start, end in ends:
                self.evidence.append(
                    {
                        "field": field,
                        "start": start,
                        "end": end,
                        "confidence": fact.confidence,
                        "rule": rule or fact.rule,
                    }
                )

    def _one(self, path: str, subject: str, field: str) -> Fact | None:
        """The only fact of a field, proved."""
        facts = self._facts(subject, field)
        if not facts:
            return None
        self._prove(path, facts[:1])
        return facts[0]

    def _round(self, number: int, key: str, is_headline: bool) -> dict[str, Any]:
        path = f"rounds[{number}]"
        company = self._one(f"{path}.company", key, "company")
        row: dict[str, Any] = {
            "company": self._name(company), "headline": is_headline, "chance": self.chances.get(key),
        }  # fmt: skip
        for field in ("stage", "status"):
            fact = self._one(f"{path}.{field}", key, field)
            row[field] = fact.value.text if fact and isinstance(fact.value, Text) else None
        date = self._one(f"{path}.announced", key, "announced_on")
        row["announced"] = date.value.iso if date and isinstance(date.value, PartialDate) else None
        amount = [fact for fact in self._facts(key, "raised") if isinstance(fact.value, Money)]
        row["amount"] = money(amount[0].value) if amount and isinstance(amount[0].value, Money) else None
        self._prove(f"{path}.amount", amount[:1])
        row |= self._investors(path, key)
        row["valuation"] = self._valuation(path, key)
        return row

    def _name(self, fact: Fact | None) -> str:
        return self.names[fact.value.key] if fact and isinstance(fact.value, Reference) else ""

    def _investors(self, path: str, key: str) -> dict[str, list[str]]:
        facts = self._facts(key, "participation")
        leads = [fact for fact in facts if fact.qualifiers.get("is_lead")]
        for field, members in (("lead_investors", leads), ("investors", facts)):
            for number, fact in enumerate(members):
                self._prove(f"{path}.{field}[{number}]", [fact])
        return {"lead_investors": [self._name(f) for f in leads], "investors": [self._name(f) for f in facts]}

    def _valuation(self, path: str, key: str) -> dict[str, Any] | None:
        facts = [fact for fact in self._facts(key, "valuation") if isinstance(fact.value, Money)]
        if facts and isinstance(facts[0].value, Money):
            self._prove(f"{path}.valuation", facts[:1])
            return money(facts[0].value) | {"basis": facts[0].qualifiers.get("basis")}
        said = self._one(f"{path}.valuation", key, "is_unicorn")
        return UNICORN | {"basis": None} if said else None

    def _derive(self, rounds: list[dict[str, Any]], keys: list[str]) -> None:
        """Bound the valuation of the round before one whose valuation is called a multiple of the previous."""
        for number, key in enumerate(keys):
            ratios, worth = self._facts(key, "valuation_ratio"), self._facts(key, "valuation")
            if not ratios or not worth:
                continue
            before = _previous(rounds, number)
            ratio, value = ratios[0].value, worth[0].value
            if before is None or not isinstance(ratio, Multiple) or not isinstance(value, Money):
                continue
            bound = previous_worth(value, ratio)
            if bound is not None:
                rounds[before]["valuation"] = bound | {"basis": None}
                self._prove(f"rounds[{before}].valuation", [ratios[0], worth[0]], "ratio.previous")

    def _company(self, number: int, key: str) -> dict[str, Any]:
        path = f"companies[{number}]"
        row: dict[str, Any] = {"name": self.names[key], "chance": self.chances.get(key)}
        self._one(f"{path}.name", key, "name")
        founded = self._one(f"{path}.founded", key, "founded_on")
        row["founded"] = founded.value.year if founded and isinstance(founded.value, PartialDate) else None
        places = self._facts(key, "headquarters")
        row["headquarters"] = [fact.value.text for fact in places if isinstance(fact.value, Text)]
        for index, fact in enumerate(places):
            self._prove(f"{path}.headquarters[{index}]", [fact])
        staff = [fact for fact in self._facts(key, "employees") if not fact.qualifiers]
        row["employees"] = None
        if staff and isinstance(staff[0].value, Quantity):
            row["employees"] = int(staff[0].value.middle)
            self._prove(f"{path}.employees", staff[:1])
        row["founders"] = self._founders(path, key)
        total = self._one(f"{path}.total_raised", key, "total_raised")
        row["total_raised"] = money(total.value) if total and isinstance(total.value, Money) else None
        revenue = self._one(f"{path}.revenue", key, "revenue")
        row["revenue"] = None
        if revenue and isinstance(revenue.value, Money):
            row["revenue"] = money(revenue.value) | {"year": revenue.qualifiers.get("year")}
        sectors = self._facts(key, "sector")
        row["sectors"] = [fact.value.text for fact in sectors if isinstance(fact.value, Text)]
        for index, fact in enumerate(sectors):
            self._prove(f"{path}.sectors[{index}]", [fact])
        return row

    def _founders(self, path: str, key: str) -> list[str]:
        """The names of the people whom the text calls founders of the company."""
        names: list[str] = []
        for mention in self.extraction.mentions:
            if mention.kind != "person" or Reference(key) not in [
                f.value for f in self._facts(mention.key, "company")
            ]:
                continue
            roles = [fact for fact in self._facts(mention.key, "role") if fact.qualifiers.get("is_founder")]
            if roles:
                self._prove(f"{path}.founders[{len(names)}]", roles[:1])
                names.append(mention.name)
        return names


def money(value: Money) -> dict[str, Any]:
    """An amount as the contract writes it: a range is its middle, approximately."""
    bound = "approx" if value.bound == "range" else value.bound
    return {"value": _number(value.middle), "currency": value.currency, "bound": bound}


def _number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def previous_worth(value: Money, ratio: Multiple) -> dict[str, Any] | None:
    """What a valuation said to be a multiple of the one before it says of that one, or None where nothing."""
    least, most = _least(ratio), _most(ratio)
    if least and least == most and not ratio.is_approx and value.is_exact:
        return {"value": _number(_cents(value.middle / least)), "currency": value.currency, "bound": "exact"}
    if ratio.is_approx and least:
        return {"value": _number(_cents(value.middle / least)), "currency": value.currency, "bound": "approx"}
    if least and value.high is not None:
        return {"value": _number(_cents(value.high / least)), "currency": value.currency, "bound": "at_most"}
    if most and value.low is not None:
        return {"value": _number(_cents(value.low / most)), "currency": value.currency, "bound": "at_least"}
    return None


def _cents(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1), ROUND_FLOOR)


def _least(interval: Interval) -> Decimal | None:
    return interval.low


def _most(interval: Interval) -> Decimal | None:
    return interval.high


def _previous(rounds: list[dict[str, Any]], number: int) -> int | None:
    """The latest round of the same company before this one, unless its valuation is stated."""
    company = rounds[number]["company"]
    own = rounds[number]["announced"] or "9999"
    earlier = [
        (row["announced"] or "", index)
        for index, row in enumerate(rounds)
        if index != number and row["company"] == company and not row["headline"] and (row["announced"] or "") < own
    ]
    if not earlier:
        return None
    latest = max(earlier)[1]
    return latest if rounds[latest]["valuation"] is None else None
