"""Reads the sample articles and the facts that each is expected to yield."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = REPOSITORY / "funding" / "samples"


@dataclass(frozen=True)
class SampleArticle:
    """One sample: its name, its text, and what the file beside it says."""

    name: str
    text: str
    about: dict[str, Any]

    @property
    def rounds(self) -> list[dict[str, Any]]:
        """The expected rounds, in the form of the extraction contract."""
        return self.about["expected"]["rounds"]

    @property
    def companies(self) -> list[dict[str, Any]]:
        """The expected companies of the headline rounds."""
        return self.about["expected"]["companies"]


def read_samples(folder: Path) -> list[SampleArticle]:
    """Return the samples of one folder by name; a text without its TOML raises FileNotFoundError."""
    return [
        SampleArticle(path.stem, path.read_text("utf-8"), tomllib.loads(path.with_suffix(".toml").read_text("utf-8")))
        for path in sorted(folder.glob("*.txt"))
    ]


STARTING_SAMPLES = read_samples(SAMPLES)
TOUR_SAMPLES = read_samples(SAMPLES / "tour")
ALL_SAMPLES = STARTING_SAMPLES + TOUR_SAMPLES
