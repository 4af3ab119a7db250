"""Valuations belong to a round, with what they say of the round before."""

from __future__ import annotations

from decimal import Decimal

from reading_texts import contract_of, facts_of

from funding.extraction.contract import previous_worth
from funding.values import Money, Multiple

RISE = (
    "Acme has raised $50 million at a post-money valuation of $450 million, more than triple its previous valuation. "
    "In May 2022, Acme raised $10 million."
)


def test_a_valuation_says_whether_it_counts_the_money() -> None:
    found = contract_of(RISE)["rounds"][0]["valuation"]
    assert found == {"value": 450_000_000, "currency": "USD", "bound": "exact", "basis": "post"}


def test_a_multiple_is_a_fact_of_the_newer_round() -> None:
    extraction = facts_of(RISE)
    (ratio,) = (fact for fact in extraction.facts if fact.field == "valuation_ratio")
    assert (ratio.subject, ratio.value) == ("round:0", Multiple(Decimal(3), None, low_open=True))


def test_a_multiple_bounds_the_round_before() -> None:
    found = contract_of(RISE)["rounds"][1]["valuation"]
    assert found == {"value": 150_000_000, "currency": "USD", "bound": "at_most", "basis": None}


def test_a_multiple_says_nothing_of_a_value_that_has_no_upper_end() -> None:
    assert previous_worth(Money.at_least(4, "USD"), Multiple(Decimal(2), None)) is None


def test_a_unicorn_without_a_figure_is_worth_at_least_a_billion() -> None:
    found = contract_of("Acme has raised $50 million and becomes a unicorn.")["rounds"][0]["valuation"]
    assert (found["value"], found["bound"]) == (1_000_000_000, "at_least")


def test_the_worth_of_another_company_is_not_taken() -> None:
    text = "Acme has raised $50 million. Rowan, a rival, is valued at $9 billion."
    assert contract_of(text)["rounds"][0]["valuation"] is None
