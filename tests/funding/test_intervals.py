"""Bounds that follow from ratios and amounts raised, with their proofs."""

from dataclasses import replace
from decimal import Decimal

import pytest
from factories import usd
from hypothesis import given, settings
from hypothesis import strategies as st

from funding.intervals import Bounded, Conflict, Given, ValuedRound, direction, is_unicorn, propagate, stake_sold
from funding.values import Money, Multiple

MORE_THAN_DOUBLE = Given(Multiple(Decimal(2), None, low_open=True), 3)
DOUBLE = Given(Multiple(Decimal(2), Decimal(2)), 3)
SEED = (
    ValuedRound(raised=Given(usd(100), 1)),
    ValuedRound(Given(usd(4500), 2), raised=Given(usd(235), 4), ratio=MORE_THAN_DOUBLE),
)


TRIPLE = Given(Multiple(Decimal(3), Decimal(3)), 7)


def named(bounded: Bounded) -> list[tuple[int, ...]]:
    """The statements of each contradiction."""
    return [clash.statements for clash in bounded.contradicts]


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
    assert now.multiple.value == MORE_THAN_DOUBLE.value
    assert now.multiple.is_stated


def test_a_stated_value_before_makes_the_multiple_exact():
    first = ValuedRound(Given(usd(2000), 9), raised=Given(usd(100), 1))
    now = propagate([first, SEED[1]])[1]
    assert now.multiple.value == Multiple(Decimal("2.25"), Decimal("2.25"))
    assert now.multiple.statements == (2, 9)
    assert not now.multiple.is_stated
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
    assert propagate([post, ValuedRound(Given(usd(4500), 2), basis="pre")])[1].multiple.why == "value_now"
    assert propagate([post, ValuedRound(Given(usd(4500), 2))])[1].multiple.value is not None


def test_nothing_is_carried_to_a_round_that_may_not_be_the_one_before():
    unsure = ValuedRound(Given(usd(4500), 2), ratio=MORE_THAN_DOUBLE, follows=False)
    before, now = propagate([ValuedRound(Given(usd(3000), 1)), unsure])
    assert (before.money, before.contradicts) == (usd(3000), ())
    assert now.multiple.value == MORE_THAN_DOUBLE.value


def test_nothing_is_derived_from_statements_that_contradict_each_other():
    chain = [
        ValuedRound(raised=Given(usd(10), 1)),
        ValuedRound(Given(usd(3000), 2), ratio=Given(Multiple(Decimal(2), Decimal(2)), 3)),
        ValuedRound(Given(usd(4500), 4), ratio=Given(Multiple(Decimal(2), None, low_open=True), 5)),
    ]
    first, second, third = propagate(chain)
    assert named(second) == named(third) == [(2, 4, 5)]
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
    assert named(outcome[0]) == named(outcome[1]) == [(2, 3, 9)]


def test_pre_money_and_the_amount_make_the_value_after():
    [found] = propagate([ValuedRound(Given(usd(4265), 1), basis="pre", raised=Given(usd(235), 2))])
    assert found.money == usd(4500)
    assert [(step.rule, step.end, step.bound, step.amount, step.statements) for step in found.steps] == [
        ("pre_plus_raised", "both", 4500, 235, (1, 2))
    ]
    assert not found.steps[0].assumes_post


def test_the_amount_taken_off_the_value_after_leaves_the_value_before():
    [found] = propagate([ValuedRound(Given(usd(4500), 1), raised=Given(usd(235), 2))])
    assert found.pre == usd(4265)
    [step] = found.pre_steps
    assert (step.rule, step.kind, step.statements, step.assumes_post) == ("post_less_raised", "pre", (1, 2), True)


def test_bounds_of_the_amount_bound_the_value_before():
    raised = Money(Decimal(200), Decimal(300), high_open=True, currency="USD")
    [found] = propagate([ValuedRound(Given(usd(1000), 1), basis="post", raised=Given(raised, 2))])
    assert found.pre == Money(Decimal(700), Decimal(800), low_open=True, currency="USD")


def test_an_approximate_amount_proves_no_value_before_the_money():
    raised = Given(Money.about(200, "USD"), 2)
    before = ValuedRound(Given(usd(500), 3))
    found = propagate([before, ValuedRound(Given(usd(1200), 1), raised=raised)])[1]
    assert found.pre is None
    assert found.step_up.value == Multiple(Decimal(2), Decimal(2), is_approx=True)


def test_an_amount_in_another_currency_ties_nothing():
    [found] = propagate([ValuedRound(Given(usd(1000), 1), raised=Given(Money.exact(100, "EUR"), 2))])
    assert found.pre is None


def test_two_stated_values_and_an_amount_that_do_not_add_up_contradict_each_other():
    stated = ValuedRound(Given(usd(600), 1), basis="post", raised=Given(usd(50), 2), pre=Given(usd(400), 3))
    [found] = propagate([stated])
    assert named(found) == [(1, 2, 3)]
    assert found.money == found.pre == None  # noqa: E711
    clash = found.contradicts[0]
    assert (clash.at, clash.low, clash.high) in [(0, 600, 450), (0, 550, 400)]


def test_three_figures_that_add_up_but_for_their_rounding_still_bound_the_value_before_theirs():
    now = ValuedRound(Given(usd(4500), 1), "post", Given(usd(235), 2), MORE_THAN_DOUBLE, pre=Given(usd(4300), 4))
    before, after = propagate([ValuedRound(), now])
    assert not after.contradicts
    assert before.money == Money.at_most(2250, "USD", strictly=True)


def test_what_a_ratio_carries_to_a_round_reaches_its_value_before_the_money():
    first = ValuedRound(Given(usd(1000), 1))
    found = propagate([first, ValuedRound(raised=Given(usd(100), 2), ratio=DOUBLE)])[1]
    assert (found.money, found.pre) == (usd(2000), usd(1900))
    assert [(step.rule, step.statements) for step in found.pre_steps] == [
        ("ratio_of_previous", (1, 3)), ("post_less_raised", (2,)),
    ]  # fmt: skip


def test_a_flat_round_has_the_value_of_the_one_before():
    flat = ValuedRound(ratio=Given(Multiple(Decimal(1), Decimal(1)), 2))
    assert bounds(ValuedRound(Given(usd(800), 1)), flat) == [usd(800), usd(800)]


def test_a_down_round_is_worth_less_than_the_one_before():
    down = ValuedRound(ratio=Given(Multiple(None, Decimal(1), high_open=True), 2))
    assert bounds(ValuedRound(Given(usd(800), 1)), down)[1] == Money.at_most(800, "USD", strictly=True)
    before = propagate([ValuedRound(), replace(down, stated=Given(usd(300), 3))])[0]
    assert before.money == Money.at_least(300, "USD", strictly=True)


def test_a_down_round_at_a_higher_value_is_a_contradiction():
    down = ValuedRound(Given(usd(900), 1), ratio=Given(Multiple(None, Decimal(1), high_open=True), 2))
    assert named(propagate([ValuedRound(Given(usd(800), 3)), down])[1]) == [(1, 2, 3)]


def test_the_step_up_is_the_value_before_the_money_by_the_one_after_the_round_before():
    now = propagate([ValuedRound(Given(usd(2000), 1)), SEED[1]])[1]
    assert now.step_up.value == Multiple(Decimal("2.1325"), Decimal("2.1325"))
    assert set(now.step_up.statements) == {1, 2, 4}
    assert now.step_up.assumes_post


def test_a_step_up_from_a_range_is_a_bound():
    found = propagate(SEED)[1].step_up.value
    assert found is not None
    assert (round(found.low, 4), found.low_open, found.high) == (Decimal("1.8956"), True, None)


def test_a_value_before_the_money_that_is_stated_needs_no_assumption():
    now = ValuedRound(Given(usd(4500), 2), "pre", Given(usd(235), 4))
    found = propagate([ValuedRound(Given(usd(2000), 1)), now])[1]
    assert found.step_up.value == Multiple(Decimal("2.25"), Decimal("2.25"))
    assert not found.step_up.assumes_post
    assert found.multiple.value == Multiple(Decimal("2.3675"), Decimal("2.3675"))


@pytest.mark.parametrize(
    ("rounds", "multiple", "step_up"),
    [
        ([ValuedRound(Given(usd(9), 1))], "first", "first"),
        ([ValuedRound(Given(usd(9), 1)), ValuedRound(Given(usd(20), 2), follows=False)], "order", "order"),
        ([ValuedRound(), ValuedRound(Given(usd(20), 2))], "value_before", "value_before"),
        ([ValuedRound(raised=Given(usd(5), 1)), ValuedRound(Given(usd(20), 2), raised=Given(usd(5), 3))],
         "value_before", "value_before"),
        ([ValuedRound(Given(usd(9), 1)), ValuedRound(raised=Given(usd(5), 2))], "value_now", "pre_now"),
        ([ValuedRound(Given(usd(9), 1)), ValuedRound(Given(usd(20), 2))], "", "pre_now"),
        ([ValuedRound(Given(Money.exact(9, "EUR"), 1)), ValuedRound(Given(usd(20), 2), "post", Given(usd(5), 3))],
         "currency", "currency"),
    ],
)  # fmt: skip
def test_what_is_undetermined_says_why(rounds, multiple, step_up):
    last = propagate(rounds)[-1]
    assert (last.multiple.why, last.step_up.why) == (multiple, step_up)


def test_a_computed_multiple_and_a_stated_one_are_held_against_each_other():
    first = ValuedRound(Given(Money.at_most(1000, "USD"), 1))
    now = ValuedRound(Given(usd(3000), 2), ratio=Given(Multiple(None, Decimal(5)), 3))
    found = propagate([first, now])[1].multiple
    assert found.value == Multiple(Decimal(3), Decimal(5))
    assert set(found.statements) == {1, 2, 3}


@pytest.mark.parametrize(
    ("step_up", "expected"),
    [
        (Multiple(Decimal("2.1"), Decimal("2.1")), "up"),
        (Multiple(Decimal("1.05"), None, low_open=True), "up"),
        (Multiple(Decimal("1.02"), Decimal("1.02")), "flat"),
        (Multiple(Decimal("0.95"), Decimal("1.05")), "flat"),
        (Multiple(None, Decimal("0.95"), high_open=True), "down"),
        (Multiple(Decimal("0.4"), Decimal("0.4")), "down"),
        (Multiple(Decimal("1.1"), Decimal("1.1"), is_approx=True), None),
        (Multiple(Decimal("0.9"), None), None),
        (None, None),
    ],
)
def test_a_round_is_up_flat_or_down_only_where_the_step_up_leaves_no_doubt(step_up, expected):
    assert direction(step_up) == expected


@pytest.mark.parametrize(
    ("raised", "after", "expected"),
    [
        (usd(200), usd(1000), Multiple(Decimal("0.2"), Decimal("0.2"))),
        (usd(200), Money.at_least(1000, "USD", strictly=True), Multiple(None, Decimal("0.2"), high_open=True)),
        (Money.about(200, "USD"), usd(1000), Multiple(Decimal("0.2"), Decimal("0.2"), is_approx=True)),
        (usd(100), Money(Decimal(100), Decimal(2000), True, True, currency="USD"),
         Multiple(Decimal("0.05"), None, low_open=True)),
        (usd(200), usd(100), None),
        (usd(200), Money.exact(1000, "EUR"), None),
        (usd(200), None, None),
    ],
)  # fmt: skip
def test_the_stake_sold_is_the_money_by_the_value_after_it(raised, after, expected):
    assert stake_sold(raised, after) == expected


def overlapping() -> list[ValuedRound]:
    """Three contradictions that share statements: 2 says too much beside 1 and 3, and 5 too little beside both."""
    return [
        ValuedRound(Given(usd(100), 1)),
        ValuedRound(Given(usd(900), 2), ratio=DOUBLE),
        ValuedRound(Given(usd(50), 5), ratio=Given(Multiple(Decimal(3), Decimal(3)), 4)),
    ]


def test_several_contradictions_are_each_named_with_the_fewest_statements():
    first, second, third = propagate(overlapping())
    assert sorted(named(second)) == [(1, 2, 3), (1, 3, 4, 5), (2, 4, 5)]
    assert sorted(named(first)) == [(1, 2, 3), (1, 3, 4, 5)]
    assert sorted(named(third)) == [(1, 3, 4, 5), (2, 4, 5)]


def test_statements_about_values_far_apart_contradict_each_other_too():
    flat = [ValuedRound(raised=Given(usd(5), 100 + at), ratio=Given(Multiple(Decimal(1), Decimal(1)), at))
            for at in range(1, 20)]  # fmt: skip
    rounds = [ValuedRound(Given(usd(100), 0)), *flat]
    rounds[-1] = replace(rounds[-1], stated=Given(usd(2000), 20))
    assert {clash for bounded in propagate(rounds) for clash in named(bounded)} == {tuple(range(21))}


def test_a_long_history_full_of_errors_is_consistent_without_its_conflicts():
    rounds = [
        ValuedRound(Given(usd(1000 + at % 7), 3 * at), raised=Given(usd(10), 3 * at + 1),
                    ratio=Given(Multiple(Decimal(2), Decimal(2)), 3 * at + 2) if at else None)
        for at in range(60)
    ]  # fmt: skip
    clashes = contradictions(rounds)
    assert contradictions(only(rounds, told(rounds) - {one for clash in clashes for one in clash})) == set()
    assert not [(a, b) for a in clashes for b in clashes if set(a) < set(b)]


def test_a_contradiction_tells_of_which_value_nothing_is_left():
    rounds = [ValuedRound(Given(usd(3000), 9)), SEED[1]]
    assert propagate(rounds)[0].contradicts == (
        Conflict((2, 3, 9), 1, "post", Decimal(6000), Decimal(4500), True, False, "USD"),
    )


def test_what_no_contradiction_touches_is_still_derived():
    rounds = [*overlapping(), ValuedRound(Given(usd(70), 8), ratio=Given(Multiple(None, Decimal(2)), 9))]
    assert propagate(rounds)[2].money == Money.at_least(35, "USD")


@st.composite
def true_histories(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[ValuedRound]]:
    """Values of a company's rounds before and after the money, and statements that are all true of them."""

    def about(value: int) -> Money | None:
        low, high = draw(st.integers(0, value)), draw(st.integers(value, 2 * 10**6))
        ends = Money(Decimal(low), Decimal(high), currency="USD")
        return draw(st.sampled_from([None, usd(value), ends, Money.at_least(low, "USD"), Money.at_most(high, "USD")]))

    values = draw(st.lists(st.tuples(st.integers(1, 10**5), st.integers(1, 10**5)), min_size=1, max_size=5))
    values = [(before, before + money) for before, money in values]
    bases = [draw(st.sampled_from(["pre", "post", "unspecified"])) for _ in values]
    rounds = []
    for at, ((before, after), basis) in enumerate(zip(values, bases, strict=True)):
        stated = about(before if basis == "pre" else after)
        raised = about(after - before)
        pre = about(before) if basis != "pre" else None
        ratio = None
        if at and (basis == "pre") == (bases[at - 1] == "pre") and draw(st.booleans()):
            was, now = (values[n][0 if basis == "pre" else 1] for n in (at - 1, at))
            ratio = Multiple(Decimal(now // was), Decimal(-(-now // was)) if draw(st.booleans()) else None)
        told = [Given(value, 4 * at + n) if value else None for n, value in enumerate((stated, raised, ratio, pre))]
        rounds.append(ValuedRound(told[0], basis, told[1], told[2], pre=told[3]))  # type: ignore[arg-type]
    return values, rounds


def holds(value: int, money: Money | None) -> bool:
    """Whether a value lies in an interval."""
    if money is None:
        return True
    low, high = money.low, money.high
    above = low is None or low < value or (low == value and not money.low_open)
    return above and (high is None or high > value or (high == value and not money.high_open))


@given(true_histories())
@settings(max_examples=300)
def test_what_follows_from_true_statements_is_true(history):
    values, rounds = history
    for (before, after), bounded in zip(values, propagate(rounds), strict=True):
        assert not bounded.contradicts
        assert holds(after, bounded.money)
        assert holds(before, bounded.pre)


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
        said = [draw(st.booleans()) for _ in range(4)]
        basis = draw(st.sampled_from(["pre", "post", "unspecified"]))
        rounds.append(
            ValuedRound(
                Given(interval(money, 9000), 4 * at) if said[0] else None,
                basis if said[0] else "unspecified",
                Given(interval(money, 900), 4 * at + 1) if said[1] else None,
                Given(interval(times, 5), 4 * at + 2) if said[2] else None,
                pre=Given(interval(money, 9000), 4 * at + 3) if said[3] and said[0] and basis != "pre" else None,
            )
        )
    return rounds


FIELDS = ("stated", "raised", "ratio", "pre")


def told(rounds: list[ValuedRound]) -> set[int]:
    """All statements of the rounds."""
    return {getattr(one, field).statement for one in rounds for field in FIELDS if getattr(one, field)}


def only(rounds: list[ValuedRound], statements: set[int]) -> list[ValuedRound]:
    """The rounds with no other statements than these."""
    kept = []
    for one in rounds:
        said = {field: getattr(one, field) for field in FIELDS}
        dropped = {field: None for field, given in said.items() if given and given.statement not in statements}
        kept.append(replace(one, **dropped))
    return kept


def contradictions(rounds: list[ValuedRound]) -> set[tuple[int, ...]]:
    return {clash.statements for bounded in propagate(rounds) for clash in bounded.contradicts}


def test_a_contradiction_names_what_makes_it_and_not_what_rounding_explains():
    now = ValuedRound(Given(usd(1), 3), raised=Given(usd(1), 4), ratio=Given(Multiple(Decimal(2), Decimal(2)), 5))
    assert named(propagate([ValuedRound(raised=Given(usd(1), 1)), now])[1]) == [(1, 3, 5)]


@given(any_histories())
@settings(max_examples=300)
def test_the_statements_named_in_a_proof_suffice_for_it(rounds):
    for at, bounded in enumerate(propagate(rounds)):
        for money, steps, field in ((bounded.money, bounded.steps, "money"), (bounded.pre, bounded.pre_steps, "pre")):
            said = {statement for step in steps for statement in step.statements}
            assert getattr(propagate(only(rounds, said))[at], field) == money


@given(any_histories())
@settings(max_examples=300)
def test_a_conflict_is_one_until_any_of_its_statements_is_left_out(rounds):
    for clash in contradictions(rounds):
        assert contradictions(only(rounds, set(clash))) == {clash}
        for one in clash:
            assert contradictions(only(rounds, set(clash) - {one})) == set()


@given(any_histories())
@settings(max_examples=300)
def test_whatever_contradicts_something_is_in_a_conflict(rounds):
    held = told(rounds) - {one for clash in contradictions(rounds) for one in clash}
    assert contradictions(only(rounds, held)) == set()


def is_within(inner: Money | None, outer: Money | None) -> bool:
    """Whether an interval lies in another, None being all there is."""
    if outer is None:
        return True
    if inner is None:
        return False
    below = outer.low is None or (inner.low is not None and (inner.low, inner.low_open) >= (outer.low, outer.low_open))
    return below and (
        outer.high is None
        or (inner.high is not None and (-inner.high, inner.high_open) >= (-outer.high, outer.high_open))
    )


@given(true_histories(), st.data())
@settings(max_examples=300)
def test_more_statements_never_widen_an_interval_unless_they_contradict(history, data):
    rounds = history[1]
    fewer = only(rounds, {one for one in told(rounds) if data.draw(st.booleans())})
    # A basis belongs to its statement, and says nothing without it.
    fewer = [replace(one, basis=one.basis if one.stated else "unspecified") for one in fewer]
    rounds = [replace(one, basis=one.basis if one.stated else "unspecified") for one in rounds]
    same_kinds = [one.kind for one in fewer] == [one.kind for one in rounds]
    for less, more in zip(propagate(fewer), propagate(rounds), strict=True):
        if same_kinds:
            assert is_within(more.money, less.money)
            assert is_within(more.pre, less.pre)


@given(any_histories(), st.data())
@settings(max_examples=200)
def test_the_order_in_which_statements_were_recorded_changes_nothing(rounds, data):
    ids = sorted(told(rounds))
    renamed = dict(zip(ids, data.draw(st.permutations(ids)), strict=True))
    again = [
        replace(one, **{field: Given(said.value, renamed[said.statement])
                        for field in FIELDS if (said := getattr(one, field))})
        for one in rounds
    ]  # fmt: skip
    assert [(one.money, one.pre) for one in propagate(again)] == [(one.money, one.pre) for one in propagate(rounds)]
    found = {tuple(sorted(renamed[one] for one in clash)) for clash in contradictions(rounds)}
    assert contradictions(again) == found


@given(true_histories())
@settings(max_examples=300)
def test_what_follows_is_a_fixed_point(history):
    rounds = history[1]
    found = propagate(rounds)
    again = [
        replace(one, stated=Given(bounded.money, 100 + at), basis="post")
        if bounded.money and one.kind == "post" else one
        for at, (one, bounded) in enumerate(zip(rounds, found, strict=True))
    ]  # fmt: skip
    for more, less in zip(propagate(again), found, strict=True):
        assert is_close(more.money, less.money)
        assert is_close(more.pre, less.pre)


def is_close(a: Money | None, b: Money | None) -> bool:
    """Whether two intervals are the same, but for what a division cannot hold."""
    if a is None or b is None:
        return a is b
    pairs = ((a.low, b.low), (a.high, b.high))
    near = Decimal("1e-20")
    return all((x is None) == (y is None) and (x is None or y is None or abs(x - y) < near) for x, y in pairs)


@given(any_histories())
@settings(max_examples=300)
def test_every_step_of_a_proof_follows_from_the_one_before_it(rounds):
    said = {getattr(one, field).statement: getattr(one, field).value for one in rounds for field in FIELDS
            if getattr(one, field)}  # fmt: skip
    for bounded in propagate(rounds):
        for steps in (bounded.steps, bounded.pre_steps):
            for end in ("low", "high"):
                chain = [step for step in steps if step.end in (end, "both")]
                for at, step in enumerate(chain):
                    before = chain[at - 1].bound if at and len(step.statements) == 1 else None
                    if before is None:
                        values = [said[one] for one in step.statements if isinstance(said[one], Money)]
                        ends = {value.low for value in values} | {value.high for value in values}
                    else:
                        ends = {before}
                    if step.multiple and step.rule == "ratio_of_next":
                        ends = {number / step.multiple for number in ends if number is not None}
                    elif step.multiple:
                        ends = {number * step.multiple for number in ends if number is not None}
                    elif step.amount is not None:
                        sign = 1 if step.rule == "pre_plus_raised" else -1
                        ends = {number + sign * step.amount for number in ends if number is not None}
                    assert any(abs(number - step.bound) < Decimal("1e-20") for number in ends if number is not None)


def test_bounds_of_two_currencies_are_never_combined():
    first = ValuedRound(raised=Given(Money.exact(100, "EUR"), 1))
    assert bounds(first, SEED[1])[0] == Money.at_most(2250, "USD", strictly=True)


def test_a_unicorn_is_worth_a_thousand_million_dollars_or_more():
    one = ValuedRound(raised=Given(usd(100), 1), is_unicorn=Given(True, 5))
    assert bounds(one) == [Money.at_least(10**9, "USD")]


def test_without_anything_said_nothing_follows():
    [nothing] = propagate([ValuedRound()])
    assert (nothing.money, nothing.pre, nothing.steps, nothing.contradicts) == (None, None, (), ())


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
