"""The engine gives the same bytes in every process, whatever the seed of Python's hashes."""

from __future__ import annotations

import os
import subprocess
import sys

from sample_articles import REPOSITORY, SAMPLES

READ_ALL = """
import json, pathlib, sys
from funding.extraction import extract
from funding.extraction.contract import to_contract
from funding.values import PartialDate
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.txt")):
    for language in (None, path.stem.rpartition(".")[2]):
        for published in (None, PartialDate(2023, 8, 24)):
            found = extract(path.read_text("utf-8"), language=language, published_on=published)
            print(found)
            print(json.dumps(to_contract(found, path.stem), ensure_ascii=False))
"""


def read_with(seed: str) -> bytes:
    """What a fresh interpreter with this hash seed finds in all the samples."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(SAMPLES)],
        cwd=REPOSITORY, env=environment, capture_output=True, check=True,
    )  # fmt: skip
    return run.stdout


def test_three_runs_with_different_hash_seeds_give_the_same_bytes() -> None:
    first, second, third = map(read_with, ("0", "1", "4242"))
    assert len(first) > 10_000
    assert first == second == third
