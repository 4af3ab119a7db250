"""Extraction finds in every sample article exactly the facts that the file beside it expects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from sample_articles import ALL_SAMPLES, SampleArticle

from companies.names import fold

ROUND_VALUES = ("stage", "status", "amount", "valuation")
COMPANY_VALUES = ("founded", "employees", "total_raised", "revenue")
COMPANY_NAMES = ("headquarters", "founders")
MONEY_KEYS = ("value", "currency", "bound", "basis", "year")


@pytest.fixture(scope="module")
def predictions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What `manage.py extract` makes of the samples, by name."""
    folder: Path = tmp_path_factory.mktemp("samples")
    rows = [
        {
            "id": sample.name,
            "text": sample.text,
            "language": None,
            "published_on": sample.about["published_on"].isoformat(),
            **{key: sample.about[key] for key in ("title", "publisher", "url")},
        }
        for sample in ALL_SAMPLES
    ]
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    call_command("extract", str(folder / "in.jsonl"), str(folder / "out.jsonl"))
    found = [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]
    return {row["id"]: row for row in found}


def comparable(value: Any) -> Any:
    """Keep of an amount what the contract compares; an unstated basis or year is None."""
    if isinstance(value, dict):
        return {key: value.get(key) for key in MONEY_KEYS}
    return value


def folded(names: list[str] | None) -> list[str]:
    """Names as they are compared, in a fixed order."""
    return sorted(fold(name) for name in names or [])


def round_facts(found: dict[str, Any]) -> dict[str, Any]:
    """One round in comparable form."""
    facts = {key: comparable(found.get(key)) for key in ROUND_VALUES}
    return facts | {key: folded(found.get(key)) for key in ("lead_investors", "investors")}


def rounds_by_event(rounds: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rounds by whose they are, when they were announced and whether they are the news."""
    return {(fold(row["company"]), row["announced"], row["headline"]): round_facts(row) for row in rounds}


def company_facts(found: dict[str, Any]) -> dict[str, Any]:
    """One company in comparable form."""
    facts = {key: comparable(found.get(key)) for key in COMPANY_VALUES}
    return facts | {key: folded(found.get(key)) for key in COMPANY_NAMES}


@pytest.mark.parametrize("sample", ALL_SAMPLES, ids=lambda sample: sample.name)
def test_extraction_finds_the_expected_rounds(sample: SampleArticle, predictions: dict[str, dict[str, Any]]) -> None:
    assert rounds_by_event(predictions[sample.name]["rounds"]) == rounds_by_event(sample.rounds)


@pytest.mark.parametrize("sample", ALL_SAMPLES, ids=lambda sample: sample.name)
def test_extraction_finds_the_expected_company_facts(
    sample: SampleArticle, predictions: dict[str, dict[str, Any]]
) -> None:
    found = {fold(row["name"]): company_facts(row) for row in predictions[sample.name]["companies"]}
    assert found == {fold(row["name"]): company_facts(row) for row in sample.companies}
