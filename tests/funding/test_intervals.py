"""Bounds that follow from ratios and amounts raised, with their proofs."""

from dataclasses import replace
from decimal import Decimal

import pytest
from factories import usd
from hypothesis import given, settings
from hypothesis import strategies as st

from funding.intervals import Bounded, Given, ValuedRound, is_unicorn, propagate
from funding.values import Money, Multiple

MORE_THAN_DOUBLE = Given(Multiple(Decimal(2), None, low_open=True), 3)
DOUBLE = Given(Multiple(Decimal(2), Decimal(2)), 3)
SEED = (
    ValuedRound(raised=Given(usd(100), 1)),
    ValuedRound(Given(usd(4500), 2), raised=Given(usd(235), 4), ratio=MORE_THAN_DOUBLE),
)


TRIPLE = Given(Multiple(Decimal(3), Decimal(3)), 7)


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
    assert bounds(*chain) == [usd(200), usd(400), usd(800)]


def test_a_ratio_carries_a_bound_to_a_round_of_which_nothing_else_is_said():
    assert bounds(ValuedRound(Given(usd(100), 1)), ValuedRound(ratio=MORE_THAN_DOUBLE))[1] == Money.at_least(
        200, "USD", strictly=True
    )


def test_a_third_that_no_decimal_holds_contradicts_nothing():
    before, now = propagate([ValuedRound(), ValuedRound(Given(usd(100), 1), ratio=TRIPLE)])
    assert now.money == usd(100)
    assert before.money is not None
    assert before.money.low == before.money.high


def test_figures_that_only_their_rounding_keeps_apart_contradict_nothing():
    rounds = [ValuedRound(Given(usd(33), 1)), ValuedRound(Given(usd(100), 2), ratio=TRIPLE)]
    assert not any(bounded.contradicts for bounded in propagate(rounds))


def test_a_ratio_binds_no_value_before_the_money_to_one_after_it():
    pre = ValuedRound(Given(usd(4500), 2), basis="pre", ratio=MORE_THAN_DOUBLE)
    assert bounds(ValuedRound(raised=Given(usd(100), 1)), pre)[0] == Money.at_least(100, "USD", strictly=True)


def test_a_multiple_is_computed_only_of_values_of_one_kind():
    post = ValuedRound(Given(usd(2000), 1), basis="post")
    assert propagate([post, ValuedRound(Given(usd(4500), 2), basis="pre")])[1].multiple is None
    assert propagate([post, ValuedRound(Given(usd(4500), 2))])[1].multiple is not None


def test_nothing_is_carried_to_a_round_that_may_not_be_the_one_before():
    unsure = ValuedRound(Given(usd(4500), 2), ratio=MORE_THAN_DOUBLE, follows=False)
    before, now = propagate([ValuedRound(Given(usd(3000), 1)), unsure])
    assert (before.money, before.contradicts) == (usd(3000), ())
    assert now.multiple == MORE_THAN_DOUBLE.value


def test_nothing_is_derived_from_statements_that_contradict_each_other():
    chain = [
        ValuedRound(raised=Given(usd(10), 1)),
        ValuedRound(Given(usd(3000), 2), ratio=Given(Multiple(Decimal(2), Decimal(2)), 3)),
        ValuedRound(Given(usd(4500), 4), ratio=Given(Multiple(Decimal(2), None, low_open=True), 5)),
    ]
    first, second, third = propagate(chain)
    assert set(second.contradicts) | set(third.contradicts) == {2, 4, 5}
    assert first.money == Money.at_least(10, "USD", strictly=True)


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


@st.composite
def true_histories(draw: st.DrawFn) -> tuple[list[int], list[ValuedRound]]:
    """Values of a company's rounds, and statements that are all true of them, some of them bounds."""
    values = draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=5))
    rounds = []
    for at, value in enumerate(values):
        low, high = draw(st.integers(0, value)), draw(st.integers(value, 2 * 10**6))
        stated = draw(st.sampled_from([None, usd(value), Money(Decimal(low), Decimal(high), currency="USD")]))
        raised = draw(st.sampled_from([None, usd(draw(st.integers(0, value - 1)))]))
        ratio = None
        if at and draw(st.booleans()):
            below, above = divmod(value, values[at - 1])[0], -(-value // values[at - 1])
            ratio = Multiple(Decimal(below), Decimal(above) if draw(st.booleans()) else None)
        given_ = [Given(value, 3 * at + n) if value else None for n, value in enumerate((stated, raised, ratio))]
        rounds.append(ValuedRound(given_[0], raised=given_[1], ratio=given_[2]))  # type: ignore[arg-type]
    return values, rounds


@given(true_histories())
def test_what_follows_from_true_statements_is_true(history):
    values, rounds = history
    for value, bounded in zip(values, propagate(rounds), strict=True):
        assert not bounded.contradicts
        if bounded.money:
            low, high = bounded.money.low, bounded.money.high
            assert low is None or (low < value or (low == value and not bounded.money.low_open))
            assert high is None or (high > value or (high == value and not bounded.money.high_open))


@st.composite
def any_histories(draw: st.DrawFn) -> list[ValuedRound]:
    """Statements about a company's rounds that may contradict each other, with the ends of each in order."""

    def interval(kind, most):
        low, high = sorted(draw(st.tuples(st.integers(1, most), st.integers(1, most))))
        return draw(st.sampled_from([kind(low, low), kind(low, high), kind(low, None), kind(None, high)]))

    def money(low, high):
        return Money(*(None if end is None else Decimal(end) for end in (low, high)), currency="USD")

    def times(low, high):
        return Multiple(*(None if end is None else Decimal(end) for end in (low, high)))

    rounds = []
    for at in range(draw(st.integers(1, 5))):
        said = [draw(st.booleans()) for _ in range(3)]
        rounds.append(
            ValuedRound(
                Given(interval(money, 9000), 3 * at) if said[0] else None,
                raised=Given(interval(money, 900), 3 * at + 1) if said[1] else None,
                ratio=Given(interval(times, 5), 3 * at + 2) if said[2] else None,
            )
        )
    return rounds


def only(rounds: list[ValuedRound], statements: set[int]) -> list[ValuedRound]:
    """The rounds with no other statements than these."""
    fields = ("stated", "raised", "ratio")
    told = [{field: getattr(one, field) for field in fields} for one in rounds]
    return [
        replace(
            one, **{field: value if value and value.statement in statements else None for field, value in of.items()}
        )
        for one, of in zip(rounds, told, strict=True)
    ]


def test_a_contradiction_names_what_makes_it_and_not_what_rounding_explains():
    now = ValuedRound(Given(usd(1), 3), raised=Given(usd(1), 4), ratio=Given(Multiple(Decimal(2), Decimal(2)), 5))
    assert propagate([ValuedRound(raised=Given(usd(1), 1)), now])[1].contradicts == (1, 3, 5)


@given(any_histories())
@settings(max_examples=300)
def test_the_statements_named_in_a_proof_or_a_contradiction_suffice_for_it(rounds):
    for at, bounded in enumerate(propagate(rounds)):
        if bounded.contradicts:
            assert any(one.contradicts for one in propagate(only(rounds, set(bounded.contradicts))))
        elif bounded.money:
            named = {statement for step in bounded.steps for statement in step.statements}
            again = propagate(only(rounds, named))[at].money
            assert again == bounded.money


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
        (Money.about(2 * 10**9, "USD"), True),
        (Money.about(10**9, "USD"), None),
        (Money.about(5 * 10**8, "USD"), False),
        (Money.at_most(10**9, "USD", strictly=True), False),
        (Money.at_most(10**9, "USD"), None),
        (Money(Decimal(10**8), Decimal(2 * 10**9), currency="USD"), None),
        (None, None),
    ],
)
def test_unicorn_is_yes_no_or_undetermined(value, expected):
    assert is_unicorn(value) is expected
