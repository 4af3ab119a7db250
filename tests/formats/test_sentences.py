"""Why a file or a row is not taken is told in the reader's language."""

import pytest
from django.utils import translation
from small_files import read_by

from funding.formats import UNMAPPED, sentences
from funding.retelling import KEPT, PLACE, retold

SAID = [value for name, value in vars(sentences).items() if name.isupper() and isinstance(value, str)]


@pytest.mark.parametrize("sentence", SAID)
def test_every_sentence_is_told_anew_in_french_with_its_places(sentence):
    assert sentence in KEPT
    with translation.override("fr"):
        filled = sentence % dict.fromkeys(PLACE.findall(sentence), "x7")
        told = retold(filled)
    assert told != filled
    assert told.count("x7") == filled.count("x7")


def test_the_refusal_of_a_row_is_told_in_french_with_its_words():
    form = UNMAPPED.with_mapping({"firm": "company.name", "sum": "round.raised"})
    row = read_by(form, {"firm": "Lumio", "sum": "3,000,00"})
    with translation.override("fr"):
        told = retold(row.refusal).replace("\u00a0", " ")
    assert told == "Colonne « sum » : les signes de « 3,000,00 » ne groupent pas des milliers."
