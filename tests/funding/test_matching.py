"""Which mentions are one round, whatever their order."""

from itertools import permutations

import pytest
from factories import usd

from funding.matching import RoundMention, compare, group_rounds, is_ruled_out, judge, parents
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


def rumoured(number: int, **fields: object) -> RoundMention:
    return told(number, **({"status": "rumoured", "raised": usd(250, is_approx=True)} | fields))


def test_a_rumour_is_the_round_that_is_closed_within_four_months():
    deal = told(2, status="closed", leads=frozenset({"northgate"}))
    talk = rumoured(1, announced=PartialDate(2023, 5, 2), leads=frozenset({"northgate"}))
    assert groups(talk, deal) == {frozenset({1, 2})}
    assert compare(rumoured(1, announced=PartialDate(2023, 4, 2), leads=frozenset({"northgate"})), deal) is None


def test_a_rumour_long_before_the_deal_needs_more_than_the_sum():
    talk = rumoured(1, announced=PartialDate(2023, 5, 2))
    assert compare(talk, told(2, status="closed")) is None


def test_talk_of_a_round_after_one_was_closed_is_of_another():
    talk = rumoured(1, announced=PartialDate(2023, 9, 20), raised=usd(235, is_approx=True))
    assert compare(talk, told(2, status="closed")) is None


def test_an_extension_is_a_group_of_its_own_below_the_round_before_it():
    first = told(1, stage="series_b", announced=PartialDate(2022, 11, 8), raised=usd(20))
    second = told(2, stage="series_b", announced=PartialDate(2022, 12, 13), raised=usd(8), is_extension=True)
    again = told(3, announced=PartialDate(2022, 12, 14), raised=usd(8), is_extension=True)
    older = told(4, stage="series_a", announced=PartialDate(2021, 3, 2), raised=usd(5))
    found = group_rounds([again, older, second, first])
    ids = [{one.id for one in group} for group in found]
    assert sorted(map(sorted, ids)) == [[1], [2, 3], [4]]
    assert parents(found) == {ids.index({2, 3}): ids.index({1})}


def test_no_extension_is_part_of_another_one():
    first = told(1, stage="series_b", announced=PartialDate(2022, 12, 13), raised=usd(8), is_extension=True)
    again = told(2, stage="series_b", announced=PartialDate(2022, 12, 14), raised=usd(8))
    later = told(3, stage="series_b", announced=PartialDate(2023, 6, 13), raised=usd(4), is_extension=True)
    found = group_rounds([first, again, later])
    assert len(found) == 2
    assert parents(found) == {}


def test_an_extension_without_a_round_before_it_has_no_parent():
    alone = [[told(1, is_extension=True, stage="series_b")], [told(2, stage="series_b")]]
    assert parents([alone[0]]) == {}
    later = [told(2, stage="series_b", announced=PartialDate(2024, 8, 24))]
    assert parents([alone[0], later]) == {}


@pytest.mark.parametrize(
    ("fields", "outcome", "reason"),
    [
        ({}, "merged", "amounts agree"),
        ({"stage": "debt_financing"}, "proposed", "another stage"),
        ({"stage": "series_b", "announced": PartialDate(2023, 12, 12)}, "proposed", "110 days apart"),
        ({"stage": "series_b", "raised": usd(90)}, "proposed", "amounts differ"),
        ({"stage": "series_c"}, "new", "another stage"),
        ({"raised": usd(20), "announced": PartialDate(2021, 1, 5)}, "new", "amounts differ"),
        ({"stage": "series_b", "status": "cancelled"}, "proposed", "one was cancelled"),
    ],
)
def test_two_facts_of_three_are_for_a_person_to_judge(fields, outcome, reason):
    verdict = judge(told(1, stage="series_b", status="closed"), told(2, **fields))
    assert verdict.outcome == outcome
    assert reason in verdict.reasons


def test_disjoint_investors_need_the_same_sum_in_the_same_days():
    ours, theirs = frozenset({"northgate"}), frozenset({"harbour"})
    a, days, weeks = told(1, investors=ours), PartialDate(2023, 8, 28), PartialDate(2023, 9, 20)
    assert compare(a, told(2, investors=theirs, announced=days)) is not None
    assert compare(a, told(2, investors=theirs, announced=weeks)) is None


def test_a_loan_of_the_same_sum_from_others_is_no_equity_round():
    a = told(1, investors=frozenset({"northgate"}))
    assert compare(a, told(2, stage="debt_financing", investors=frozenset({"a bank"}))) is None


def test_a_bound_says_nothing_of_a_sum_far_beyond_it():
    bound = told(2, raised=Money.at_least(10, "USD"), announced=PartialDate(2023, 8))
    assert compare(told(1), bound) is None
    assert not is_ruled_out(told(1), bound)


def test_a_series_of_the_same_sum_from_the_same_investor_is_one_whatever_day_a_later_source_gives():
    ours = frozenset({"northgate"})
    a = told(1, stage="series_a", leads=ours, investors=ours)
    later = told(2, stage="series_a", announced=PartialDate(2024, 5, 7), investors=ours)
    assert groups(a, later) == {frozenset({1, 2})}
    assert "told again later" in judge(a, later).reasons
    assert compare(a, told(2, stage="series_a", announced=PartialDate(2024, 5, 7))) is None
    loan = {"stage": "debt_financing", "investors": ours}
    assert compare(told(1, **loan), told(2, announced=PartialDate(2024, 5, 7), **loan)) is None


def undated(number: int, published: PartialDate | None, **fields: object) -> RoundMention:
    return told(number, announced=None, published=published, **fields)


def test_an_undated_telling_is_of_the_round_of_its_sum_made_when_its_source_came_out():
    news, later = undated(2, PartialDate(2023, 8, 25)), undated(3, PartialDate(2024, 8, 25))
    assert groups(told(1), news) == {frozenset({1, 2})}
    assert groups(told(1), later) == {frozenset({1}), frozenset({3})}
    assert groups(told(1), undated(4, None)) == {frozenset({1}), frozenset({4})}


def test_two_undated_tellings_of_one_sum_are_one_round_where_both_are_news_in_the_same_weeks():
    first, second = undated(1, PartialDate(2023, 8, 25)), undated(2, PartialDate(2023, 9, 1))
    assert groups(first, second) == {frozenset({1, 2})}
    assert groups(first, undated(3, PartialDate(2023, 12, 1))) == {frozenset({1}), frozenset({3})}


def test_a_round_told_of_as_done_is_not_one_that_was_made_long_after():
    before = undated(2, PartialDate(2022, 8, 25), stage="series_d")
    assert groups(told(1, stage="series_d"), before) == {frozenset({1}), frozenset({2})}
    after = undated(3, PartialDate(2024, 8, 25), stage="series_d")
    assert groups(told(1, stage="series_d"), after) == {frozenset({1, 3})}
