"""The language of a text is told by its commonest words, or not at all."""

from __future__ import annotations

import pytest

from funding.extraction import detect_language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Acme raises $5 million", "en"),
        ("Acme lève 5 millions d'euros", "fr"),
        ("The company said that it will hire people in all of its offices over the next year.", "en"),
        ("La société a dit qu'elle va embaucher dans tous ses bureaux au cours de l'année.", "fr"),
        ("Los fundadores quieren contratar ingenieros y abrir nuevas oficinas en otros países durante el año.", "es"),
        ("L'azienda ha chiuso un round da cinque milioni di euro per crescere nel resto del paese.", "it"),
        ("Das Unternehmen will mit dem Geld in allen Regionen wachsen und neue Leute einstellen.", "de"),
        ("Het bedrijf wil met het geld in alle regio's groeien en nieuwe mensen aannemen.", "nl"),
        ("Firma chce rosnąć we wszystkich regionach i zatrudnić nowych ludzi dzięki tym pieniądzom.", None),
        ("1234 5678", None),
    ],
)
def test_a_language_is_detected(text: str, code: str | None) -> None:
    assert detect_language(text) == code
