"""Weights are learned from choices with known answers, the same ones every time."""

from __future__ import annotations

from typing import Any

import learning
import pytest
from learning import Answers, Example

from funding.extraction.scoring import Scorer
from funding.values import Money

CHOICES: list[Example] = [([["near", "title"], ["far", "title"]], 0), ([["far"], ["near"]], 1)] * 20
GOLD: dict[str, Any] = {
    "rounds": [
        {"company": "Acme", "headline": True, "amount": {"value": 5_000_000, "currency": "EUR"}, "valuation": None},
        {"company": "Acme", "headline": False, "amount": {"value": 2_000_000, "currency": "EUR"},
         "valuation": {"value": 9_000_000, "currency": "EUR"}},
    ],
    "companies": [{"name": "Acme", "total_raised": {"value": 7_000_000, "currency": "EUR"}, "revenue": None}],
}  # fmt: skip


class Placed:
    """A sum of a text, as far as an answer looks at it."""

    def __init__(self, figure: int, currency: str = "EUR") -> None:
        self.amount = self
        self.value = Money.exact(figure, currency)


def test_what_tells_candidates_apart_gets_the_weight() -> None:
    weights = learning.fit(CHOICES)
    assert weights["near"] > 0 > weights["far"]
    assert abs(weights.get("title", 0.0)) < weights["near"]
    assert Scorer({"pick": weights}).choose("pick", None, [("a", ["near"]), ("b", ["far"])])[0] > 0.5


def test_a_feature_hardly_seen_is_not_learned() -> None:
    rare: list[Example] = [([["once"], ["near"]], 0)]
    assert "once" not in learning.fit(CHOICES + rare)


def test_the_same_choices_give_the_same_weights() -> None:
    assert learning.fit(CHOICES) == learning.fit(list(CHOICES))


def test_the_weights_are_read_again_as_they_were_written() -> None:
    import tomllib

    weights = {"sum": {'en:-1:"': 0.5, "back\\slash": -1.0}}
    assert tomllib.loads(learning.as_toml(weights)) == weights


@pytest.mark.parametrize(
    ("figure", "currency", "role"),
    [
        (5_000_000, "EUR", "raised"),
        (9_000_000, "EUR", "valuation"),
        (7_000_000, "EUR", "total"),
        (5_000_000, "USD", "other"),
        (123, "EUR", "other"),
    ],
)
def test_a_sum_has_the_role_that_the_gold_gives_it(figure: int, currency: str, role: str) -> None:
    options = ["raised", "valuation", "total", "revenue", "other"]
    assert options[Answers(GOLD).right("sum", Placed(figure, currency), options) or 0] == role


def test_every_article_of_the_project_is_in_the_form_of_the_contract() -> None:
    rows = learning.development.read_own()
    assert len(rows) > 900
    assert len({row["text"]["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["text"]["id"] == row["gold"]["id"]
        headlines = {found["company"] for found in row["gold"]["rounds"] if found["headline"]}
        assert headlines == {company["name"] for company in row["gold"]["companies"]}
