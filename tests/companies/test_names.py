"""Two spellings of one name have one key."""

import pytest

from companies.names import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hugging Face", "Hugging-Face, Inc."),
        ("Crédit Müller", "CREDIT MULLER S.A.S."),
        ("The Browser Company", "Browser Company"),
        ("Łódź Robotics", "Lodz Robotics Ltd"),
        ("Marks & Weber", "Marks and Weber GmbH"),
        ("L’Atelier", "L'Atelier"),
    ],
)
def test_spellings_of_one_name_fold_alike(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Salesforce", "Salesforce Ventures"), ("Index Ventures", "Index Exchange"), ("Nord", "Nord Security")],
)
def test_different_names_stay_different(one, other):
    assert fold(one) != fold(other)


def test_a_name_of_nothing_but_a_legal_form_keeps_it():
    assert fold("SAS") == "sas"


def test_a_name_without_letters_keeps_its_signs():
    assert fold("***") == "***"


@pytest.mark.parametrize("name", ["B&" * 100, "\ufdfa" * 100, "ß" * 200])
def test_a_key_is_never_longer_than_is_stored(name):
    assert 190 < len(fold(name)) <= 200
    assert fold(fold(name)) == fold(name)
