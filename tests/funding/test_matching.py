"""Which mentions are one round, whatever their order."""

from itertools import permutations

import pytest
from factories import usd

from funding.matching import RoundMention, compare, group_rounds, is_ruled_out
from funding.values import Money, PartialDate


def told(number: int, **fields: object) -> RoundMention:
    defaults = {"announced": PartialDate(2023, 8, 24), "raised": usd(235)}
    return RoundMention(number, f"source {number}", f"digest {number}", **(defaults | fields))  # type: ignore[arg-type]


def groups(*mentions: RoundMention) -> set[frozenset[int]]:
    """The groups found, the same in every order."""
    found = {
        frozenset(frozenset(one.id for one in group) for group in group_rounds(order))
        for order in permutations(mentions)
    }
    assert len(found) == 1
    return set(found.pop())


def test_the_same_amount_in_the_same_week_is_one_round():
    assert groups(told(1), told(2, announced=PartialDate(2023, 8, 22))) == {frozenset({1, 2})}


def test_about_two_hundred_million_in_the_same_month_is_the_same_round():
    about = told(2, announced=PartialDate(2023, 8), raised=usd(200, is_approx=True))
    assert groups(told(1), about) == {frozenset({1, 2})}


def test_a_day_within_the_month_that_another_source_names_is_the_same_round():
    month = told(1, announced=PartialDate(2022, 5), raised=usd(100))
    day = told(2, announced=PartialDate(2022, 5, 9), raised=usd(100), stage="series_c")
    assert groups(month, day) == {frozenset({1, 2})}


def test_different_series_are_different_rounds_even_for_the_same_amount():
    assert groups(told(1, stage="series_a"), told(2, stage="series_b")) == {frozenset({1}), frozenset({2})}


def test_what_one_source_tells_apart_is_never_joined():
    a, b = told(1), told(2, announced=PartialDate(2023, 8, 25))
    b = RoundMention(2, a.told_by, b.digest, announced=b.announced, raised=b.raised)
    assert groups(a, b) == {frozenset({1}), frozenset({2})}


def test_a_third_source_does_not_bridge_two_rounds_that_are_ruled_out():
    vague = told(3, stage="", raised=None, announced=PartialDate(2023, 8))
    found = groups(told(1, stage="series_a"), told(2, stage="series_b"), vague)
    assert {1, 2} not in [set(group) & {1, 2} for group in found]


def test_amounts_more_than_a_quarter_apart_are_two_rounds():
    assert groups(told(1), told(2, raised=usd(100))) == {frozenset({1}), frozenset({2})}


def test_equity_alone_and_the_whole_of_one_series_are_sums_of_one_round():
    whole = told(1, stage="series_f", leads=frozenset({"northgate"}), raised=usd(600))
    equity = told(2, stage="series_f", leads=frozenset({"northgate"}), raised=usd(400))
    assert groups(whole, equity) == {frozenset({1, 2})}
    assert groups(told(1, stage="series_f", raised=usd(600)), told(2, stage="series_f", raised=usd(400))) == {
        frozenset({1}),
        frozenset({2}),
    }


def test_the_same_amount_a_year_apart_is_two_rounds():
    assert groups(told(1), told(2, announced=PartialDate(2022, 8, 24))) == {frozenset({1}), frozenset({2})}


def test_a_bare_year_needs_the_amount_to_agree():
    assert compare(told(1), told(2, announced=PartialDate(2023))) is not None
    assert compare(told(1), told(2, announced=PartialDate(2023), raised=usd(200))) is None


def test_sums_of_two_currencies_are_compared_in_dollars():
    euros = told(2, raised=Money.exact(216, "EUR"), raised_usd=usd(234))
    assert compare(told(1, raised_usd=usd(235)), euros) is not None
    far = told(2, raised=Money.exact(100, "EUR"), raised_usd=usd(108))
    assert is_ruled_out(told(1, raised_usd=usd(235)), far)


def test_what_a_person_decided_is_kept_together_and_apart():
    apart = groups(told(1, held=7, is_decided=True), told(2, held=8, is_decided=True))
    assert apart == {frozenset({1}), frozenset({2})}
    together = groups(
        told(1, held=7, is_decided=True, stage="series_a"),
        told(2, held=7, is_decided=True, stage="series_b", announced=PartialDate(2020, 1, 1)),
    )
    assert together == {frozenset({1, 2})}


@pytest.mark.parametrize("field", ["stage", "leads", "investors"])
def test_without_amounts_something_else_has_to_speak_for_one_round(field):
    value = "series_b" if field == "stage" else frozenset({"northgate"})
    bare = [told(number, raised=None, announced=PartialDate(2023, 8)) for number in (1, 2)]
    assert groups(*bare) == {frozenset({1}), frozenset({2})}
    fields = {field: value, "raised": None, "announced": PartialDate(2023, 8, 24)}
    assert groups(told(1, **fields), told(2, **fields)) == {frozenset({1, 2})}
