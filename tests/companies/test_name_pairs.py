"""Names that were labelled by hand as one company or investor, or two: none of two is ever joined without a person.

The names are spelled as public lists of companies and rounds spell them; `pairs/names.jsonl` has them with the facts
that a source would give beside each. Half of the pairs, by the hash of their ids, were held back while the rules were
written.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from round_pairs import is_held_back, mention

from companies import names
from companies.names import fold
from funding.company_matching import NamedMention, compare, enough, group_named, name_key

PAIRS = [
    json.loads(line) for line in (Path(__file__).parent / "pairs" / "names.jsonl").read_text("utf-8").splitlines()
]


def told(side: dict[str, Any], kind: str, number: int) -> NamedMention:
    """One side as matching sees it, as a source of its own."""
    rounds = tuple(mention(one, number) for one in side.get("rounds", ()))
    investors = {name_key("investor", name) for name in side.get("investors", ())}
    return NamedMention(
        id=number,
        told_by=f"source {number}",
        digest=json.dumps(side, sort_keys=True),
        name=side["name"],
        key=name_key(kind, side["name"]),
        is_investor=kind == "investor",
        identifiers=frozenset({f"domain:{side['website']}"} if "website" in side else ()),
        places=frozenset(map(fold, side.get("places", ()))),
        founders=frozenset(map(fold, side.get("founders", ()))),
        founded=side.get("founded"),
        investors=frozenset(investors | {name for one in rounds for name in one.investors}),
        companies=frozenset(map(fold, side.get("companies", ()))),
        rounds=rounds,
    )


def is_joined(pair: dict[str, Any]) -> bool:
    """Whether the two are taken for one without a person."""
    a, b = told(pair["a"], pair["kind"], 1), told(pair["b"], pair["kind"], 2)
    match = compare(a, b)
    is_certain = match is not None and match.score >= enough(a, b)
    assert (len(group_named([a, b])) == 1) is is_certain
    return is_certain


def recall(pairs: Iterable[dict[str, Any]]) -> float:
    same = [is_joined(pair) for pair in pairs if pair["same"]]
    return sum(same) / len(same)


def test_there_are_three_hundred_pairs_and_at_least_half_are_hard_negatives():
    assert len(PAIRS) >= 300
    assert sum(not pair["same"] for pair in PAIRS) * 2 >= len(PAIRS)
    assert len({pair["id"] for pair in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if not pair["same"]], ids=lambda pair: pair["id"])
def test_two_companies_or_investors_are_never_joined_without_a_person(pair):
    assert not is_joined(pair)


@pytest.mark.parametrize(("kind", "least"), [("company", 0.55), ("investor", 0.8)])
def test_of_those_that_are_one_this_many_are_joined_without_a_person(kind, least):
    chosen = [pair for pair in PAIRS if pair["kind"] == kind]
    assert recall(chosen) >= least
    assert recall(pair for pair in chosen if is_held_back(pair["id"])) >= least


def test_of_those_that_are_one_nearly_all_are_alike_enough_to_be_offered_to_a_person():
    same = [(pair["kind"], pair["a"]["name"], pair["b"]["name"]) for pair in PAIRS if pair["same"]]
    offered = [name_key(kind, a) == name_key(kind, b) or names.score(a, b) >= 0.75 for kind, a, b in same]
    assert sum(offered) / len(offered) >= 0.97


@pytest.mark.parametrize(
    "pair", [pair for pair in PAIRS if pair["class"] == "look-alike"], ids=lambda pair: pair["id"]
)
def test_a_name_in_letters_drawn_like_others_looks_like_the_name_it_imitates(pair):
    a, b = pair["a"]["name"], pair["b"]["name"]
    assert names.score(a, b) == 1
    assert "names that look alike in other letters" in names.likeness(a, b)
