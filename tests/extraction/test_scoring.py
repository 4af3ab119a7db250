"""Candidates are weighed by the features that were learned, and by nothing else."""

from __future__ import annotations

import pytest

from funding.extraction.scoring import Scorer, bucket, decile, labelled, shipped, softmax

SCORER = Scorer({"pick": {"near": 2.0, "far": -1.0}, "kind": {"seen=raised": 1.5, "seen=other": -0.5}})


def test_a_candidate_counts_what_its_features_weigh() -> None:
    assert SCORER.score("pick", ["near", "far", "never seen"]) == 1.0


def test_the_shares_of_a_choice_sum_to_one_and_follow_the_weights() -> None:
    shares = SCORER.choose("pick", None, [("a", ["far"]), ("b", ["near"]), ("c", [])])
    assert sum(shares) == pytest.approx(1.0)
    assert shares[1] > shares[2] > shares[0]


def test_a_question_without_known_features_is_open() -> None:
    assert SCORER.ask("pick", None, ["never seen"]) == 0.5
    assert SCORER.ask("no such decision", None, ["near"]) == 0.5


def test_a_label_is_weighed_by_the_features_that_speak_for_it() -> None:
    raised, other = SCORER.label("kind", None, ["seen"], ("raised", "other"))
    assert raised > 0.8 > other
    assert labelled(["seen"], "raised") == ["seen=raised"]


def test_scores_without_bound_stay_shares() -> None:
    assert softmax([1e6, 0.0, -1e6]) == [1.0, 0.0, 0.0]
    assert softmax([]) == []
    assert 0.0 < Scorer({"pick": {"x": 1e9}}).ask("pick", None, ["x"]) <= 1.0


@pytest.mark.parametrize(("distance", "name"), [(0, "0"), (2, "3"), (20, "20"), (21, "far")])
def test_distances_are_told_roughly(distance: int, name: str) -> None:
    assert bucket(distance) == name


def test_chances_are_told_in_fifths() -> None:
    assert [decile(chance) for chance in (0.0, 0.29, 0.5, 1.0)] == ["0.0", "0.2", "0.4", "1.0"]


def test_the_shipped_weights_tell_a_raise_from_a_valuation() -> None:
    features = ["bias", "cheapest:raised"]
    raised, valuation, *_ = shipped().label(
        "sum", None, features, ("raised", "valuation", "total", "revenue", "other")
    )
    assert raised > valuation
