"""Prints how well each language is read, by the shared scorer, as the tables of docs/extraction.md.

python tests/extraction/scores.py

Only the development articles that are not held back are scored.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).parent)]

import development  # noqa: E402
from calibration import load_scorer  # noqa: E402

from funding.extraction.lines import extract_article  # noqa: E402


def main() -> None:
    """Read every article, score it, and print one row a language and one a field."""
    if not development.read("text"):
        sys.exit(f"the development articles are not at {development.FOLDER}")
    scorer = load_scorer()
    gold = {row["id"]: row for row in development.read("gold")}
    found = [(gold[row["id"]], extract_article(row)) for row in development.read("text")]
    languages = sorted({row["language"] for row, _ in found})
    print("| language | articles | core P / R / F1 | right |", "| --- | --- | --- | --- |", sep="\n")
    for code in (*languages, "all"):
        pairs = [pair for pair in found if code in (pair[0]["language"], "all")]
        core = scorer.Tally()
        for field in ("round", *scorer.FIELDS):
            core.update(tallies(pairs, scorer)[field])
        right = sum(scorer.perfect(*pair) for pair in pairs) / len(pairs)
        numbers = core.scores()
        three = " / ".join(f"{numbers[name]:.2f}" for name in ("precision", "recall", "f1"))
        print(f"| {code} | {len(pairs)} | {three} | {right:.1%} |".replace("%", " %"))
    print("", "| field | F1 | gold |", "| --- | --- | --- |", sep="\n")
    for field, tally in sorted(tallies(found, scorer).items()):
        print(f"| {field} | {tally.scores()['f1']:.2f} | {tally.scores()['gold']} |")


def tallies(pairs: list[tuple[dict[str, Any], dict[str, Any]]], scorer: Any) -> dict[str, Any]:
    """The scorer's counts over some articles, by field."""
    counted: dict[str, Any] = defaultdict(scorer.Tally)
    for row, guess in pairs:
        scorer.score_article(row, guess, counted, [])
    return counted


if __name__ == "__main__":
    main()
