"""Rounds are told from other sums, from older rounds, and from plans."""

from __future__ import annotations

import pytest
from reading_texts import contract_of, facts_of

from funding.values import Undisclosed


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Birch Capital closes its third fund\n\nBirch Capital has closed its third fund at $500 million."),
        ("en", "Acme buys Fir for $20 million\n\nAcme has acquired Fir for $20 million in cash."),
        ("en", "Acme files for an IPO\n\nAcme plans an initial public offering that may bring $90 million."),
        ("en", "Acme had revenue of $20 million last year, in a market worth $3 billion."),
        ("fr", "Bouleau Capital boucle son deuxième fonds\n\nLa société a réuni 200 M€ pour son deuxième fonds."),
        ("fr", "Acme rachète Sapin\n\nAcme rachète Sapin pour 20 millions d'euros."),
        ("fr", "Le chiffre d'affaires d'Acme atteint 20 millions d'euros."),
    ],
)
def test_a_text_without_a_round_yields_no_headline(code: str, text: str) -> None:
    assert [found for found in contract_of(text, code)["rounds"] if found["headline"]] == []


def test_an_older_round_stands_beside_the_news() -> None:
    text = "Acme has raised $50 million in a Series B. In May 2022, Acme raised $10 million in a Series A."
    new, old = contract_of(text)["rounds"]
    assert (new["headline"], new["stage"], new["announced"]) == (True, "series_b", "2023-08-24")
    assert (old["headline"], old["stage"], old["announced"]) == (False, "series_a", "2022-05")


def test_a_total_to_date_is_no_round() -> None:
    found = contract_of("Acme has raised $5 million, bringing its total to $12 million.")
    assert [r["amount"]["value"] for r in found["rounds"]] == [5_000_000]
    assert found["companies"][0]["total_raised"]["value"] == 12_000_000


def test_a_conversion_in_brackets_is_ignored() -> None:
    (found,) = contract_of("Acme a levé 60 millions de dollars (55 millions d'euros).", "fr")["rounds"]
    assert found["amount"] == {"value": 60_000_000, "currency": "USD", "bound": "exact"}


def test_parts_of_a_round_are_no_rounds() -> None:
    (found,) = contract_of("Acme a levé 60 M€, dont 40 M€ en fonds propres et 20 M€ en dette.", "fr")["rounds"]
    assert found["amount"]["value"] == 60_000_000


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Acme is in talks to raise $50 million from Birch Capital."),
        ("fr", "Acme serait sur le point de lever 50 millions d'euros."),
    ],
)
def test_talks_are_rumoured(code: str, text: str) -> None:
    assert contract_of(text, code)["rounds"][0]["status"] == "rumoured"


def test_a_sum_kept_secret_is_a_fact_of_its_own() -> None:
    extraction = facts_of("Acme a bouclé un tour de table d'un montant non communiqué.", "fr")
    assert [fact.value for fact in extraction.facts if fact.field == "raised"] == [Undisclosed()]


def test_a_title_and_its_body_speak_of_one_round() -> None:
    text = "Acme raises $134M\n\nAcme, a maker of looms, said on Thursday that it had raised $133.7 million."
    (found,) = contract_of(text)["rounds"]
    assert (found["amount"]["value"], found["announced"]) == (133_700_000, "2023-08-24")


def test_every_item_of_a_list_is_a_round() -> None:
    text = "The week's raises\n\nAcme, $5 million\nBeech, $6 million\nCork, $7 million"
    assert [found["company"] for found in contract_of(text)["rounds"]] == ["Acme", "Beech", "Cork"]


def test_a_round_without_a_date_of_its_own_has_no_quote_for_it() -> None:
    extraction = facts_of("Acme has raised $5 million.")
    (date,) = (fact for fact in extraction.facts if fact.field == "announced_on")
    assert (date.spans, date.rule) == ((), "published_on")
