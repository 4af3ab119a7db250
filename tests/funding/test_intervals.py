"""Bounds that follow from ratios and amounts raised, with their proofs."""

from decimal import Decimal

import pytest
from factories import usd

from funding.intervals import Bounded, Given, ValuedRound, is_unicorn, propagate
from funding.values import Money, Multiple

MORE_THAN_DOUBLE = Given(Multiple(Decimal(2), None, low_open=True), 3)
DOUBLE = Given(Multiple(Decimal(2), Decimal(2)), 3)
SEED = (
    ValuedRound(raised=Given(usd(100), 1)),
    ValuedRound(Given(usd(4500), 2), raised=Given(usd(235), 4), ratio=MORE_THAN_DOUBLE),
)


def bounds(*rounds: ValuedRound) -> list[Money | None]:
    return [bounded.money for bounded in propagate(rounds)]


def test_more_than_double_bounds_the_value_before_from_above_and_the_raise_from_below():
    before, now = propagate(SEED)
    assert before.money == Money(Decimal(100), Decimal(2250), True, True, currency="USD")
    assert [(step.rule, step.end, step.statements) for step in before.steps] == [
        ("ratio_of_next", "high", (2, 3)),
        ("exceeds_raised", "low", (1,)),
    ]
    assert before.steps[0].assumes_post
    assert now.multiple == MORE_THAN_DOUBLE.value
    assert now.multiple_is_stated


def test_a_stated_value_before_makes_the_multiple_exact():
    first = ValuedRound(Given(usd(2000), 9), raised=Given(usd(100), 1))
    now = propagate([first, SEED[1]])[1]
    assert now.multiple == Multiple(Decimal("2.25"), Decimal("2.25"))
    assert now.multiple_statements == (2, 9)
    assert not now.multiple_is_stated
    assert not now.contradicts


def test_an_unbounded_value_bounds_nothing_before_it():
    now = ValuedRound(Given(Money.at_least(4000, "USD", strictly=True), 2), ratio=MORE_THAN_DOUBLE)
    assert bounds(ValuedRound(raised=Given(usd(100), 1)), now)[0] == Money.at_least(100, "USD", strictly=True)


def test_an_approximate_value_never_bounds_a_proof():
    now = ValuedRound(Given(Money.about(4500, "USD"), 2), ratio=MORE_THAN_DOUBLE)
    assert bounds(ValuedRound(), now)[0] is None


def test_an_approximate_ratio_never_bounds_a_proof():
    ratio = Given(Multiple(Decimal(3), Decimal(3), is_approx=True), 3)
    assert bounds(ValuedRound(), ValuedRound(Given(usd(900), 2), ratio=ratio))[0] is None


def test_an_exact_ratio_carries_both_ends_and_across_several_rounds():
    chain = [ValuedRound(), ValuedRound(ratio=DOUBLE), ValuedRound(Given(usd(800), 2), ratio=DOUBLE)]
    assert bounds(*chain)[1] == usd(400)


def test_a_ratio_carries_bounds_forward_as_well():
    chain = [ValuedRound(Given(usd(100), 1)), ValuedRound(raised=Given(usd(20), 4), ratio=MORE_THAN_DOUBLE)]
    assert bounds(*chain)[1] == Money.at_least(200, "USD", strictly=True)


def test_a_value_before_the_money_need_not_exceed_it():
    stated = ValuedRound(Given(usd(50), 1), basis="pre", raised=Given(usd(80), 2))
    assert not propagate([stated])[0].contradicts


def test_statements_that_contradict_each_other_are_named_and_nothing_is_derived():
    first = ValuedRound(Given(usd(3000), 9))
    outcome = propagate([first, SEED[1]])
    assert any(bounded.contradicts for bounded in outcome)
    assert set(outcome[0].contradicts) | set(outcome[1].contradicts) == {2, 3, 9}


def test_bounds_of_two_currencies_are_never_combined():
    first = ValuedRound(raised=Given(Money.exact(100, "EUR"), 1))
    assert bounds(first, SEED[1])[0] == Money.at_most(2250, "USD", strictly=True)


def test_a_unicorn_is_worth_a_thousand_million_dollars_or_more():
    one = ValuedRound(raised=Given(usd(100), 1), is_unicorn=Given(True, 5))
    assert bounds(one) == [Money.at_least(10**9, "USD")]


def test_without_anything_said_nothing_follows():
    assert propagate([ValuedRound()]) == [Bounded(None)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (usd(10**9), True),
        (usd(999_999_999), False),
        (Money.at_most(10**9, "USD", strictly=True), False),
        (Money.at_most(10**9, "USD"), None),
        (Money(Decimal(10**8), Decimal(2 * 10**9), currency="USD"), None),
        (None, None),
    ],
)
def test_unicorn_is_yes_no_or_undetermined(value, expected):
    assert is_unicorn(value) is expected
