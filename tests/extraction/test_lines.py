"""`extract` reads one article a line, names the lines it cannot read, and never stops for them."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from funding.extraction.lines import extract_lines


def test_keys_that_are_optional_may_be_missing() -> None:
    (line,) = extract_lines(['{"id": "a", "text": "Acme has raised $5 million in a round."}'])
    assert line.row is not None
    assert json.loads(line.row)["rounds"][0]["company"] == "Acme"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("nonsense", "is not JSON"),
        ("[]", "is no JSON object"),
        ('{"id": "a", "text": "x", "published_on": "0001-01-01"}', "outside the years 1900 to 2100"),
        ("[" * 100_000, "nested too deeply"),
        ('{"id": "\\ud800", "text": "x"}', "half of a character"),
        ('{"id": "\udcff", "text": "x"}', "is no text in UTF-8"),
        ('{"text": "x"}', "'id' must be"),
        ('{"id": "a", "text": 3}', "'text' must be"),
        ('{"id": "a", "text": "x", "title": 3}', "'title' must be"),
        ('{"id": "a", "text": "x", "published_on": "soon"}', "is no date"),
    ],
)
def test_a_bad_line_says_what_is_wrong(line: str, problem: str) -> None:
    (found,) = extract_lines([line])
    assert found.problem is not None
    assert problem in found.problem


def test_the_good_lines_are_written_and_the_bad_ones_counted(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b'{"id": "a", "text": "x"}\nnonsense\n\xff\xfe\n{"id": "b", "text": "y"}\n')
    errors = StringIO()
    with pytest.raises(CommandError, match="2 lines could not be read"):
        call_command("extract", str(source), str(target), stderr=errors)
    assert [json.loads(row)["id"] for row in target.read_text("utf-8").splitlines()] == ["a", "b"]
    assert "line 2: is not JSON" in errors.getvalue()
    assert "line 3: is no text in UTF-8" in errors.getvalue()


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot open"):
        call_command("extract", str(tmp_path / "none.jsonl"), "-")


def test_every_value_has_its_evidence() -> None:
    text = "Acme has raised $5 million in a Series A led by Birch Capital."
    (line,) = extract_lines([json.dumps({"id": "a", "text": text, "published_on": "2023-08-24"})])
    assert line.row is not None
    found = json.loads(line.row)
    fields = {entry["field"] for entry in found["evidence"]}
    assert {f"rounds[0].{f}" for f in ("company", "stage", "status", "announced", "amount", "investors[0]")} <= fields
    (date,) = (entry for entry in found["evidence"] if entry["field"] == "rounds[0].announced")
    assert (date["start"], date["rule"]) == (None, "published_on")
    amount = next(entry for entry in found["evidence"] if entry["field"] == "rounds[0].amount")
    assert text[amount["start"] : amount["end"]] == "$5 million"
