"""Weigh the candidates of a decision: which sum was raised, which name raised it, who put money in.

A candidate is described by features, words for what stands around it in the text ("before:raise:1": a cue of raising
just before it). Every feature has a weight, and the sum of the weights is the candidate's score. The weights are data,
vocabulary/weights.toml, learned from articles with known answers by tests/extraction/learning.py.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from funding.extraction.vocabulary import read_toml

Features = Sequence[str]


class Scorer:
    """The weights of every decision. What is decided about (`thing`) matters only to who teaches a scorer."""

    def __init__(self, weights: Mapping[str, Mapping[str, float]]) -> None:
        self._weights = weights

    def score(self, decision: str, features: Iterable[str]) -> float:
        """The sum of the weights of a candidate's features."""
        weights = self._weights.get(decision, {})
        return sum(weights.get(feature, 0.0) for feature in features)

    def ask(self, decision: str, thing: Any, features: Features) -> float:
        """How likely the answer to a question is yes, between 0 and 1."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.score(decision, features)))))

    def choose(self, decision: str, thing: Any, options: Sequence[tuple[Any, Features]]) -> list[float]:
        """How likely each option, given with its features, is the one; they sum to 1."""
        return softmax([self.score(decision, features) for _, features in options])

    def label(self, decision: str, thing: Any, features: Features, labels: Sequence[str]) -> list[float]:
        """How likely each label is for a thing; they sum to 1."""
        return self.choose(decision, thing, [(label, labelled(features, label)) for label in labels])


def labelled(features: Iterable[str], label: str) -> list[str]:
    """The features as they speak for one label."""
    return [f"{feature}={label}" for feature in features]


def softmax(scores: Sequence[float]) -> list[float]:
    """Scores turned into shares of 1."""
    top = max(scores, default=0.0)
    powers = [math.exp(score - top) for score in scores]
    whole = sum(powers)
    return [power / whole for power in powers]


@cache
def shipped() -> Scorer:
    """The weights that come with the engine."""
    return Scorer(read_toml("weights.toml"))


def bucket(distance: int) -> str:
    """A distance in tokens or sentences, roughly."""
    for limit in (0, 1, 3, 6, 11, 20):
        if distance <= limit:
            return str(limit)
    return "far"


def decile(chance: float) -> str:
    """A probability, roughly."""
    return str(round(chance * 5) / 5)
