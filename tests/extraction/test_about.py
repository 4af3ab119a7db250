"""What a text says of the company itself and its people."""

from __future__ import annotations

from decimal import Decimal

import pytest
from reading_texts import contract_of, facts_of

from funding.values import Quantity

FRENCH = (
    "Acme a levé 5 M€. Née en 2016, l'entreprise partage ses équipes entre Paris et New York. "
    "Elle compte 170 employés, dont 80 en France."
)


def test_founding_places_and_staff_are_read() -> None:
    (found,) = contract_of(FRENCH, "fr")["companies"]
    assert (found["founded"], found["headquarters"], found["employees"]) == (2016, ["Paris", "New York"], 170)


def test_a_part_of_the_staff_keeps_its_place() -> None:
    facts = [fact for fact in facts_of(FRENCH, "fr").facts if fact.field == "employees" and fact.qualifiers]
    assert [(f.value, dict(f.qualifiers)) for f in facts] == [
        (Quantity(Decimal(80), Decimal(80)), {"place": "France"})
    ]


@pytest.mark.parametrize(
    ("code", "text", "founders"),
    [
        ("en", "Acme raised $5m. It was founded in 2016 by Ann Alder and Ben Beech.", ["Ann Alder", "Ben Beech"]),
        ("en", "Acme raised $5m, said co-founder and CEO Ann Alder.", ["Ann Alder"]),
        ("fr", "Acme a levé 5 M€, explique Anne Aulne, cofondatrice et directrice générale.", ["Anne Aulne"]),
        (
            "fr",
            "Acme a levé 5 M€. Fondée par Anne Aulne et Luc Hêtre, la société recrute.",
            ["Anne Aulne", "Luc Hêtre"],
        ),
    ],
)
def test_founders_are_read(code: str, text: str, founders: list[str]) -> None:
    assert contract_of(text, code)["companies"][0]["founders"] == founders


def test_a_role_stands_in_the_words_of_the_source() -> None:
    text = "Acme a levé 5 M€, explique Anne Aulne, co-fondatrice et directrice de la technologie."
    (role,) = (fact for fact in facts_of(text, "fr").facts if fact.field == "role")
    assert (role.value.text, role.qualifiers["is_founder"]) == ("co-fondatrice et directrice de la technologie", True)


def test_expected_revenue_says_when_and_who_says_so() -> None:
    text = "Acme a levé 5 M€. Selon The Ledger, le chiffre d'affaires d'Acme devrait atteindre 30 M€ en 2023."
    (revenue,) = (fact for fact in facts_of(text, "fr").facts if fact.field == "revenue")
    assert dict(revenue.qualifiers) == {"year": 2023, "is_expected": True, "attributed_to": "The Ledger"}


def test_planned_hires_are_no_staff() -> None:
    assert contract_of("Acme raised $5m. It plans to hire 100 people.")["companies"][0]["employees"] is None


@pytest.mark.parametrize(
    ("code", "text", "place"),
    [
        ("en", "Leeds-based Acme raised $5m.", ["Leeds"]),
        ("en", "Acme raised $5m. The company is headquartered in Leeds.", ["Leeds"]),
        ("fr", "Acme a levé 5 M€. La société lyonnaise recrute.", ["Lyon"]),
    ],
)
def test_the_seat_is_read(code: str, text: str, place: list[str]) -> None:
    assert contract_of(text, code)["companies"][0]["headquarters"] == place
