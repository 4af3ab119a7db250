"""Reads the development articles that rules may be tried on, where the folder `../shared` is there."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "extraction"
OWN = Path(__file__).parent / "articles"  # written for this project, the facts invented
HELD_BACK = frozenset("01234")  # first digits of the hash of the articles that are for the final judgement only


@cache
def read(kind: str) -> tuple[dict[str, Any], ...]:
    """The rows of one kind (`text` or `gold`) that are not held back, by id; none where the folder is missing."""
    allowed = [row for row in _rows(kind) if hashlib.sha256(row["id"].encode()).hexdigest()[0] not in HELD_BACK]
    return tuple(sorted(allowed, key=lambda row: row["id"]))


@cache
def read_all_texts() -> tuple[dict[str, Any], ...]:
    """The texts of all articles, by id, for tests that judge no extraction: what is held back is in the gold."""
    return tuple(sorted(_rows("text"), key=lambda row: row["id"]))


def _rows(kind: str) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in sorted((FOLDER / "dev").glob(f"{kind}-*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]


@cache
def read_own() -> tuple[dict[str, Any], ...]:
    """The project's own articles, each with its `text` and its `gold`, by id."""
    rows = [
        json.loads(line)
        for path in sorted(OWN.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]
    return tuple(sorted(rows, key=lambda row: row["text"]["id"]))
