"""Valuations belong to a round, with what they say of the round before."""

from __future__ import annotations

from decimal import Decimal

import pytest
from reading_texts import contract_of, facts_of

from funding.extraction.contract import previous_worth
from funding.values import Money, Multiple

RISE = (
    "Acme has raised $50 million at a post-money valuation of $450 million, more than triple its previous valuation. "
    "In May 2022, Acme raised $10 million."
)


LOWER = Multiple(None, Decimal(1), high_open=True)
SAME = Multiple(Decimal(1), Decimal(1), is_approx=True)


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


@pytest.mark.parametrize(
    ("language", "text", "ratio"),
    [
        ("en", "Acme has raised $50 million in a down round that values it at $300 million.", LOWER),
        ("en", "Acme has raised $50 million at a lower valuation than in 2021, the company said.", LOWER),
        ("fr", "Acme a levé 50 millions d'euros à une valorisation inférieure à celle de 2021.", LOWER),
        ("de", "Acme hat 50 Millionen Euro zu einer niedrigeren Bewertung eingesammelt.", LOWER),
        ("nl", "Acme haalde 50 miljoen euro op tegen een lagere waardering.", LOWER),
        ("es", "Acme ha captado 50 millones de euros a una valoración inferior.", LOWER),
        ("it", "Acme ha raccolto 50 milioni di euro a una valutazione inferiore.", LOWER),
        ("pt", "A Acme levantou 50 milhões de euros a uma avaliação inferior.", LOWER),
        ("en", "Acme has raised $50 million in a flat round.", SAME),
        ("fr", "Acme a levé 50 millions d'euros à valorisation constante.", SAME),
    ],
)
def test_a_down_round_is_below_the_value_before_and_a_flat_one_about_at_it(language, text, ratio) -> None:
    (fact,) = (fact for fact in facts_of(text, language).facts if fact.field == "valuation_ratio")
    assert (fact.subject, fact.value) == ("round:0", ratio)


def test_words_for_a_lower_valuation_bound_the_round_before_from_below() -> None:
    text = (
        "Acme has raised $50 million in a down round that values it at $300 million. "
        "In May 2022, Acme raised $80 million."
    )
    found = contract_of(text)["rounds"][1]["valuation"]
    assert found == {"value": 300_000_000, "currency": "USD", "bound": "at_least", "basis": None}


def test_the_same_price_of_something_else_compares_no_valuations() -> None:
    extraction = facts_of("Acme has raised $50 million. Its scooters sell at the same price as those of its rivals.")
    assert not [fact for fact in extraction.facts if fact.field == "valuation_ratio"]
