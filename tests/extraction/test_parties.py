"""Lists of names become investors, and the names that only describe a member do not."""

from __future__ import annotations

import pytest
from reading_texts import contract_of

TABLE = [
    (
        "en",
        "Acme has raised $5 million in a round led by Birch Capital, joined by Cedar Ventures and Dogwood.",
        ["Birch Capital"],
        ["Birch Capital", "Cedar Ventures", "Dogwood"],
    ),
    (
        "en",
        "Acme has raised $5 million. Birch Capital led the round. Cedar Ventures and Dogwood Partners also invested.",
        ["Birch Capital"],
        ["Birch Capital", "Cedar Ventures", "Dogwood Partners"],
    ),
    (
        "en",
        "Acme raised $5 million from Birch Capital, the venture arm of Elm, and Jane Fir, a partner at Gum Partners.",
        [],
        ["Birch Capital", "Jane Fir"],
    ),
    ("en", "Birch Capital leads $5 million Series A in Acme", ["Birch Capital"], ["Birch Capital"]),
    (
        "fr",
        "Acme a levé 5 millions d'euros auprès de Bouleau Capital, de Cèdre Ventures et d'Érable Invest.",
        [],
        ["Bouleau Capital", "Cèdre Ventures", "Érable Invest"],
    ),
    (
        "fr",
        "Acme a levé 5 M€. Le tour est mené par Bouleau Capital, filiale de Sapin, aux côtés de Cèdre Ventures.",
        ["Bouleau Capital"],
        ["Bouleau Capital", "Cèdre Ventures"],
    ),
    (
        "fr",
        "Acme a levé 5 M€. Bouleau Capital et Cèdre Ventures, déjà actionnaires, ont participé à l'opération.",
        [],
        ["Bouleau Capital", "Cèdre Ventures"],
    ),
]


@pytest.mark.parametrize(("code", "text", "leads", "investors"), TABLE)
def test_investors_are_read_from_lists(code: str, text: str, leads: list[str], investors: list[str]) -> None:
    (found,) = contract_of(text, code)["rounds"]
    assert (found["company"], found["lead_investors"]) == ("Acme", leads)
    assert sorted(found["investors"]) == sorted(investors)


def test_a_single_investor_leads_only_where_the_text_says_so() -> None:
    (found,) = contract_of("Birch Capital invests $5 million in Acme.")["rounds"]
    assert (found["company"], found["investors"], found["lead_investors"]) == ("Acme", ["Birch Capital"], [])


def test_customers_are_no_investors() -> None:
    text = "Acme raised $5 million from Birch Capital. Its customers include Elm Bank and Fir Foods."
    assert contract_of(text)["rounds"][0]["investors"] == ["Birch Capital"]
