"""Words that were kept in English are told in the reader's language, and nothing else is touched."""

import ast
import re

import pytest
from django.utils import translation

from funding import typed
from funding.retelling import KEPT, PLACE, retold
from tests.servers import ROOT

SPEAKING = ("funding", "companies/names.py", "companies/candidates.py")


@pytest.mark.parametrize(
    ("words", "french"),
    [
        ("the only source", "la seule source"),
        ("3 independent sources agree", "3 sources indépendantes concordent"),
        ("same stage, amounts agree", "même stade, les montants concordent"),
        ("2 new articles, 5 seen before", "2 nouveaux articles, 5 déjà vus"),
        ("a round in common: same stage", "un tour en commun : même stade"),
        ("2 rounds, 23 facts accepted.", "2 tours, 23 faits acceptés."),
        ("no rounds, 1 fact to review.", "aucun tour, 1 fait à valider."),
        ("pinned by ada: the company said so", "épinglé par ada : the company said so"),
        (
            "It was stopped without a reason. An earlier attempt said: daily.example could not be reached.",
            "Arrêté sans raison donnée. Un essai précédent disait : daily.example est injoignable.",
        ),
    ],
)
def test_sentences_of_ours_are_said_anew(words: str, french: str) -> None:
    with translation.override("fr"):
        assert retold(words).replace("\u00a0", " ") == french


@pytest.mark.parametrize("words", ["", "Renamed in 2022", "The board wrote to us, and said so"])
def test_the_words_of_a_person_stay_as_they_are(words: str) -> None:
    with translation.override("fr"):
        assert retold(words) == words


def test_in_english_nothing_changes() -> None:
    with translation.override("en-gb"):
        assert retold("3 independent sources agree") == "3 independent sources agree"


def test_what_a_french_reader_types_wrong_is_told_in_french() -> None:
    with pytest.raises(ValueError) as told:
        typed.read_amount("beaucoup")
    with translation.override("fr"):
        assert "Écrivez 12\u00a0M, 1,2\u00a0Md ou 1 200 000." in retold(str(told.value))


def _spoken() -> list[re.Pattern[str]]:
    """What the code says, each string as a pattern in which any words may stand for a value."""
    found = []
    for name in SPEAKING:
        for path in [ROOT / name] if name.endswith(".py") else sorted((ROOT / name).rglob("*.py")):
            if path.name == "retelling.py":
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    # A place is filled in by `format`, by a name in braces, or by one in round brackets.
                    named = (
                        PLACE.sub("{}", node.value) if re.search("[a-z]{4}", PLACE.sub("", node.value)) else node.value
                    )
                    found.append(re.compile(re.escape(named).replace(r"\{\}", ".+"), re.DOTALL))
                elif isinstance(node, ast.JoinedStr):
                    parts = [re.escape(one.value) if isinstance(one, ast.Constant) else ".*" for one in node.values]
                    if re.search(r"[a-z]{4}", "".join(part for part in parts if part != ".*")):
                        found.append(re.compile("".join(parts), re.DOTALL))
    return found


def test_every_sentence_that_is_told_anew_is_still_said_by_the_code() -> None:
    spoken = _spoken()
    plain = {sentence: PLACE.sub("X", sentence) for sentence in KEPT}
    assert [one for one, words in plain.items() if not any(shape.fullmatch(words) for shape in spoken)] == []
