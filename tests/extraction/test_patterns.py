"""Every regular expression of the engine takes time in proportion to the text, those from the vocabularies too."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pattern_collecting
import pytest
from linearity import objections

PACKAGE = pattern_collecting.PACKAGE
COMPILING = {"compile", "match", "search", "fullmatch", "finditer", "findall", "split", "sub", "subn"}


@pytest.fixture(scope="module")
def patterns() -> list[dict[str, Any]]:
    """All that the package compiles, in a fresh interpreter."""
    run = subprocess.run([sys.executable, pattern_collecting.__file__], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+", r"(?:a*)*b", r"(?:\w+ ){1,9}x", r"(?:a?)*", r"\d+\d+", r"\w+ ?\w+:", r".*foo.*", r"\w+-?\w*",
        r"(?:x|\s+)+", r"\w+:", r"\d+,\d+", r"[a-z]*(?:\s*[a-z]+)", r"(\w*)(\w*)",
    ],
)  # fmt: skip
def test_a_slow_pattern_is_refused(pattern: str) -> None:
    assert objections(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\w+|[^\w\s]", r"\d{1,3}(?:[ .,]\d{3}){1,4}", r"\([^()]*\)", r"(?:about )?\d{1,2}", r"(?:a|b) {1,2}c",
        r"#\d+,\d+", r"(?<!\w)(?:one|two)(?!\w)",
    ],
)  # fmt: skip
def test_a_linear_pattern_passes(pattern: str) -> None:
    assert objections(pattern) == []


def test_every_place_that_compiles_a_pattern_is_looked_at(patterns: list[dict[str, Any]]) -> None:
    seen = {(row["file"], row["line"]) for row in patterns}
    for name, first, last in compiling_calls():
        assert any((name, line) in seen for line in range(first, last + 1)), f"{name}:{first} was not reached"


def compiling_calls() -> Iterator[tuple[str, int, int]]:
    """Every call of the package that has a pattern compiled, with its lines."""
    for path in sorted(PACKAGE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            is_module = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            if is_module and node.func.attr in COMPILING:
                yield path.name, node.lineno, node.end_lineno or node.lineno


def test_no_pattern_of_the_package_is_slow(patterns: list[dict[str, Any]]) -> None:
    slow = {
        f"{row['file']}:{row['line']}: {objection}: {row['pattern'][:120]}"
        for row in patterns
        for objection in objections(row["pattern"], row["flags"])
    }
    assert slow == set()
