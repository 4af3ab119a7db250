"""The seed article is read wholly; its text is not part of this repository."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sample_articles import REPOSITORY

from funding.extraction import Extraction, extract
from funding.extraction.contract import to_contract
from funding.values import Money, Multiple, PartialDate, Quantity, Reference, Text

SEED_ARTICLE = REPOSITORY.parent / "shared" / "seed-article.fr.txt"
pytestmark = pytest.mark.skipif(not SEED_ARTICLE.exists(), reason="the seed article is not beside this repository")
INVESTORS = ["Nvidia", "Google", "Amazon", "Intel", "AMD", "IBM", "Qualcomm"]


@pytest.fixture(scope="module")
def extraction() -> Extraction:
    """What the seed article yields."""
    return extract(SEED_ARTICLE.read_text("utf-8"), published_on=PartialDate(2023, 8, 24))


def values(extraction: Extraction, subject: str, field: str) -> list[tuple[Any, dict[str, Any]]]:
    """The values of one field with their qualifiers, references by name."""
    names = {mention.key: mention.name for mention in extraction.mentions}
    found = [fact for fact in extraction.facts if (fact.subject, fact.field) == (subject, field)]
    return [(names[f.value.key] if isinstance(f.value, Reference) else f.value, dict(f.qualifiers)) for f in found]


def test_the_company(extraction: Extraction) -> None:
    assert values(extraction, "company:0", "name") == [(Text("Hugging Face"), {})]
    assert values(extraction, "company:0", "founded_on") == [(PartialDate(2016), {})]
    assert values(extraction, "company:0", "headquarters") == [(Text("Paris"), {}), (Text("New York"), {})]
    assert values(extraction, "company:0", "employees") == [
        (Quantity(Decimal(170), Decimal(170)), {}),
        (Quantity(Decimal(80), Decimal(80)), {"place": "France"}),
    ]
    assert values(extraction, "company:0", "revenue") == [
        (Money.about(30_000_000, "USD"), {"year": 2023, "is_expected": True, "attributed_to": "The Information"})
    ]


def test_the_person(extraction: Extraction) -> None:
    assert values(extraction, "person:0", "name") == [(Text("Julien Chaumond"), {})]
    assert values(extraction, "person:0", "company") == [("Hugging Face", {})]
    assert values(extraction, "person:0", "role") == [
        (Text("co-fondateur et directeur de la technologie"), {"is_founder": True})
    ]


def test_the_round_that_is_the_news(extraction: Extraction) -> None:
    assert values(extraction, "round:0", "announced_on") == [(PartialDate(2023, 8, 24), {})]
    assert values(extraction, "round:0", "raised") == [(Money.exact(235_000_000, "USD"), {})]
    assert values(extraction, "round:0", "stage") == []
    assert values(extraction, "round:0", "status") == [(Text("closed"), {})]
    assert values(extraction, "round:0", "participation") == [
        ("Salesforce Ventures", {"is_lead": True}),
        *((name, {}) for name in INVESTORS),
    ]
    assert values(extraction, "round:0", "valuation") == [(Money.exact(4_500_000_000, "USD"), {})]
    assert values(extraction, "round:0", "valuation_ratio") == [(Multiple(Decimal(2), None, low_open=True), {})]


def test_the_earlier_round(extraction: Extraction) -> None:
    assert values(extraction, "round:1", "announced_on") == [(PartialDate(2022, 5), {})]
    assert values(extraction, "round:1", "raised") == [(Money.exact(100_000_000, "USD"), {})]
    assert values(extraction, "round:1", "status") == [(Text("closed"), {})]
    assert [mention.key for mention in extraction.mentions if mention.kind == "round"] == ["round:0", "round:1"]


def test_the_source_and_the_bound_on_the_earlier_valuation(extraction: Extraction) -> None:
    assert extraction.cites == ("Le Figaro",)
    found = to_contract(extraction, "seed")
    assert found["rounds"][1]["valuation"] == {
        "value": 2_250_000_000, "currency": "USD", "bound": "at_most", "basis": None,
    }  # fmt: skip
