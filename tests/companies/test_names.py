"""Two spellings of one name have one key."""

import pytest

from companies.names import (
    fold,
    forms_agree,
    is_bare,
    is_dictionary,
    is_short,
    legal_form,
    likeness,
    mixed_scripts,
    score,
)


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


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Lumio", ""),
        ("Lumio S.A.S.", "sas"),
        ("Lumio, Inc.", "inc"),
        ("Lumio Incorporated", "inc"),
        ("Lumio Pvt. Ltd.", "pvt ltd"),
        ("Lumio Private Limited", "pvt ltd"),
        ("Lumio Co., Ltd.", "co ltd"),
        ("Lumio GmbH & Co. KG", "gmbh co kg"),
        ("Lumio S.à r.l.", "sarl"),
        ("Lumio S/A", "sa"),
        ("Lumio Sp. z o.o.", "sp z oo"),
        ("SAS", ""),
    ],
)
def test_a_legal_form_is_unified(name, form):
    assert legal_form(name) == form
    assert fold(name) == ("lumio" if name.startswith("Lumio") else "sas")


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Lumio SAS", "Lumio S.A.S.", True),
        ("Lumio GmbH", "Lumio", True),
        ("Lumio Ltd", "Lumio Pte. Ltd.", True),
        ("Lumio Pvt Ltd", "Lumio Pte. Ltd.", False),
        ("Lumio GmbH", "Lumio Inc.", False),
    ],
)
def test_legal_forms_agree_where_they_are_the_same_or_not_said(one, other, agree):
    assert forms_agree(one, other) is forms_agree(other, one) is agree


@pytest.mark.parametrize("name", ["N26", "GV", "Brex, Inc.", "X.AI"])
def test_a_name_of_four_letters_or_fewer_is_short(name):
    assert is_short(name)


@pytest.mark.parametrize("name", ["Klarna", "Lumio SAS"])
def test_a_name_of_more_letters_is_not_short(name):
    assert not is_short(name)


@pytest.mark.parametrize("name", ["Stripe", "Monday", "Lune", "Raisin GmbH", "Soleil"])
def test_a_word_of_a_language_is_a_dictionary_name(name):
    assert is_dictionary(name)


@pytest.mark.parametrize("name", ["Klarna", "Qonto", "Hugging Face", "Celonis"])
def test_a_made_up_word_or_several_words_are_no_dictionary_name(name):
    assert not is_dictionary(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Lumi\u043e", "Cyrillic and Latin letters in one word"),
        ("\u0391cme Labs", "Greek and Latin letters in one word"),
        ("Lu\u200bmio", "an invisible character"),
        ("Яндекс Pay", ""),
        ("Crédit Müller", ""),
        ("トヨタ Ventures", ""),
    ],
)
def test_letters_of_two_scripts_in_one_word_are_told_of(name, reason):
    assert mixed_scripts(name).startswith(reason)
    assert bool(mixed_scripts(name)) is bool(reason)


def test_an_invisible_character_does_not_part_a_name():
    assert fold("Lu\u200bmio") == "lumio"


def test_names_drawn_alike_in_other_letters_score_as_alike_and_say_so():
    assert fold("Ас\u043cе") != fold("Acme")
    assert score("Lumi\u043e", "Lumio") == 1
    assert likeness("Lumi\u043e", "Lumio")[0] == "names that look alike in other letters"


def test_the_nearer_name_scores_higher_and_no_name_scores_more_than_itself():
    assert 1 == score("Lumio", "Lumio SAS") > score("Lumio", "Lumeo") > score("Lumio", "Brightwater") >= 0


def test_legal_forms_that_differ_make_a_score_lower():
    assert score("Lumio GmbH", "Lumio Inc.") < score("Lumio GmbH", "Lumio GmbH")


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ("Lumio SAS", "Lumio GmbH", ("same name", "legal forms differ (sas, gmbh)")),
        ("Salesforce", "Salesforce Ventures", ("same name with “ventures” more",)),
        ("HuggingFace", "Hugging Face", ("same name but for spaces",)),
        ("Bolt", "Bolt", ("same name", "a short name", "a word of the dictionary")),
        ("Lumio", "Lumeo", ("similar names",)),
    ],
)
def test_what_names_have_in_common_is_said_in_words(one, other, reasons):
    assert likeness(one, other) == reasons


@pytest.mark.parametrize("name", ["A Capital", "A* Capital", "M-Ventures", "Growth Partners", "Merck KGaA"])
def test_an_investor_called_after_what_all_are_has_a_bare_name(name):
    assert is_bare(name)


@pytest.mark.parametrize("name", ["Kima Ventures", "DST Global", "360 Capital"])
def test_a_name_that_tells_one_house_from_others_is_not_bare(name):
    assert not is_bare(name)


def test_and_company_is_a_legal_form():
    assert fold("Baillie Gifford & Co.") == fold("Baillie Gifford")
