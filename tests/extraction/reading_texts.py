"""Extracts short texts for tests, in the form of the extraction contract."""

from __future__ import annotations

from typing import Any

from funding.extraction import Extraction, extract
from funding.extraction.contract import to_contract
from funding.values import PartialDate

PUBLISHED = PartialDate(2023, 8, 24)


def facts_of(text: str, language: str = "en", **about: Any) -> Extraction:
    """What a text published on 24 August 2023 yields."""
    return extract(text, language=language, published_on=about.pop("published_on", PUBLISHED), **about)


def contract_of(text: str, language: str = "en", **about: Any) -> dict[str, Any]:
    """The same as the contract's object."""
    return to_contract(facts_of(text, language, **about), "x")
