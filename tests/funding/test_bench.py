"""`manage.py bench extraction` reports what the engine takes, without a database; the figures themselves vary."""

from __future__ import annotations

import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from funding.bench import extraction


@pytest.fixture(autouse=True)
def short_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts short enough for a test: it is the report that is tried here, not the engine."""
    articles = extraction.read_articles()[:2]
    monkeypatch.setattr(extraction, "read_articles", lambda: articles)
    monkeypatch.setattr(extraction, "LENGTH", 200)
    monkeypatch.setattr(extraction, "LONG", 400)
    monkeypatch.setattr(extraction, "TRIES", 1)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("bench", "extraction", *arguments, stdout=out)
    return out.getvalue()


def test_it_prints_speed_growth_and_the_comparison() -> None:
    printed = run()
    assert "articles a second" in printed
    assert "dateparser" in printed
    assert all(name in printed for name in extraction.HOSTILE)


def test_the_same_figures_go_into_the_file(tmp_path: Path) -> None:
    run("--json", str(tmp_path / "bench.json"))
    report: dict[str, Any] = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert report["articles"] == 2
    assert report["articles_per_second"] > 0
    assert report["worst_growth"] == max(row["growth"] for row in report["growth"])
    assert report["dateparser"]["samples_times_slower"] > 0


def test_it_says_so_where_dateparser_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "dateparser.search", None)
    assert "dateparser is not installed" in run("--json", str(tmp_path / "bench.json"))
    assert json.loads((tmp_path / "bench.json").read_text("utf-8"))["dateparser"] is None


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot write"):
        run("--json", str(tmp_path / "missing" / "bench.json"))


def test_a_thing_that_cannot_be_measured_is_refused() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("bench", "everything")


def test_a_lengthened_text_has_exactly_its_length() -> None:
    assert extraction.lengthened("abc", 7) == "abcabca"
