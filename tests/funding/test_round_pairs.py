"""Pairs of tellings, labelled by hand: what is one round is taken for one, and what is two never is."""

from collections.abc import Iterable

import pytest
from round_pairs import ARTICLES, Pair, labelled, round_pairs

from funding import matching

needs_articles = pytest.mark.skipif(
    not ARTICLES.exists(), reason="the development articles do not lie beside the project"
)


def figures(pairs: Iterable[Pair]) -> tuple[float, float]:
    """Precision and recall of what is merged without asking."""
    merged = [(pair, bool(matching.compare(pair.a, pair.b))) for pair in pairs]
    right = sum(is_merged and pair.same for pair, is_merged in merged)
    return right / sum(is_merged for _, is_merged in merged), right / sum(pair.same for pair, _ in merged)


def test_there_are_three_hundred_pairs_and_at_least_half_are_hard_negatives():
    pairs = labelled()
    assert len(pairs) >= 300
    assert sum(not pair["same"] for pair in pairs) * 2 >= len(pairs)
    assert len({pair["id"] for pair in pairs}) == len(pairs)


@needs_articles
def test_every_article_that_a_pair_names_tells_of_that_round():
    assert len(round_pairs()) == len(labelled())


@pytest.mark.parametrize("part", ["all", "held back", "written by hand"])
def test_what_is_merged_is_one_round_and_nine_in_ten_are_found(part):
    chosen = {
        "all": lambda pair: True,
        "held back": lambda pair: pair.is_held_back,
        "written by hand": lambda pair: not pair.kind.startswith("articles"),
    }[part]
    precision, recall = figures(pair for pair in round_pairs() if chosen(pair))
    assert precision >= 0.99
    assert recall >= 0.90


def test_the_order_of_two_tellings_does_not_matter():
    for pair in round_pairs():
        assert matching.compare(pair.a, pair.b) == matching.compare(pair.b, pair.a), pair.id
        assert matching.judge(pair.a, pair.b).outcome == matching.judge(pair.b, pair.a).outcome, pair.id


def test_an_extension_is_a_round_of_its_own_that_is_part_of_another():
    for pair in round_pairs():
        assert matching.judge(pair.a, pair.b).relation == pair.relation, pair.id
        if pair.relation:
            groups = matching.group_rounds([pair.a, pair.b])
            parent, child = groups.index([pair.a]), groups.index([pair.b])
            assert matching.parents(groups) == {child: parent}, pair.id


def test_a_verdict_gives_its_reasons_and_merges_what_compare_merges():
    for pair in round_pairs():
        verdict = matching.judge(pair.a, pair.b)
        assert verdict.reasons, pair.id
        assert (verdict.outcome == matching.MERGED) is bool(matching.compare(pair.a, pair.b)), pair.id
