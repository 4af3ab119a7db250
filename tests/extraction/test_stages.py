"""Stages are what the words name, as the contract's codes."""

from __future__ import annotations

import pytest

from funding.extraction import vocabulary
from funding.extraction.stages import find_stages
from funding.extraction.text import Document


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "a Series C round", ["series_c"]),
        ("en", "a Series B extension", ["series_b"]),
        ("en", "a pre-seed round", ["pre_seed"]),
        ("en", "an $8 million seed round", ["seed"]),
        ("en", "a convertible note", ["convertible_note"]),
        ("en", "an $80 million debt facility", ["debt"]),
        ("en", "a bridge round", ["bridge"]),
        ("en", "a series a year long", []),
        ("fr", "une série B", ["series_b"]),
        ("fr", "son tour d'amorçage", ["seed"]),
        ("fr", "en pré-amorçage", ["pre_seed"]),
        ("fr", "des obligations convertibles", ["convertible_note"]),
        ("fr", "une série a été tournée", []),
        ("en", "its £8m B round", ["series_b"]),
        ("en", "A round of golf", []),
        ("en", "a $3 million grant from the state", ["grant"]),
        ("en", "a £2 million loan", ["debt"]),
        ("en", "on Crowdcube", ["crowdfunding"]),
        ("en", "a SAFE", ["convertible_note"]),
        ("fr", "un prêt convertible", ["convertible_note"]),
        ("fr", "un prêt bancaire", ["debt"]),
        ("fr", "une subvention de la région", ["grant"]),
        ("fr", "une campagne d'investissement participatif", ["crowdfunding"]),
        ("fr", "une vente de titres existants", ["secondary"]),
        ("de", "eine Series-A-Runde", ["series_a"]),
        ("de", "eine B-Runde", ["series_b"]),
        ("de", "ein Wandeldarlehen", ["convertible_note"]),
        ("de", "ein Wachstumskredit", ["debt"]),
        ("de", "nicht rückzahlbare Mittel", ["grant"]),
        ("de", "auf Companisto", ["crowdfunding"]),
        ("de", "eine Brückenfinanzierung", ["bridge"]),
        ("nl", "een A-ronde", ["series_a"]),
        ("nl", "zaaigeld", ["seed"]),
        ("nl", "een achtergestelde lening", ["debt"]),
        ("nl", "een converteerbare lening", ["convertible_note"]),
        ("nl", "een innovatiekrediet", ["debt"]),
        ("nl", "een onderzoekssubsidie", ["grant"]),
        ("es", "una ronda presemilla", ["pre_seed"]),
        ("es", "su serie A", ["series_a"]),
        ("es", "fondos no reembolsables", ["grant"]),
        ("es", "un préstamo participativo", ["debt"]),
        ("es", "una campaña de financiación colectiva", ["crowdfunding"]),
        ("es", "una nota convertible", ["convertible_note"]),
        ("es", "capital de crecimiento", ["growth"]),
        ("pt", "uma rodada anjo", ["angel"]),
        ("pt", "uma rodada-ponte", ["bridge"]),
        ("pt", "um mútuo conversível", ["convertible_note"]),
        ("pt", "uma rodada de growth", ["growth"]),
        ("pt", "recursos não reembolsáveis", ["grant"]),
        ("pt", "uma linha de crédito", ["debt"]),
        ("it", "un prestito convertibile", ["convertible_note"]),
        ("it", "un contributo a fondo perduto", ["grant"]),
        ("it", "un finanziamento da 3 milioni", ["debt"]),
        ("it", "su Mamacrowd", ["crowdfunding"]),
        ("it", "un'offerta secondaria", ["secondary"]),
        ("it", "un round bridge", ["bridge"]),
    ],
)
def test_a_stage_is_read_from_its_words(code: str, text: str, expected: list[str]) -> None:
    assert [stage.code for stage in find_stages(Document(text), vocabulary.load(code))] == expected
