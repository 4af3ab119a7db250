"""The values of statements: what they allow, when they agree, and that the database keeps them whole."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.values import (
    HEDGES,
    Interval,
    Money,
    Multiple,
    PartialDate,
    Quantity,
    Reference,
    Text,
    Undisclosed,
    agree,
    from_json,
    hedge_of_sum,
    round_bound,
    to_json,
)

amounts = st.decimals(min_value=0, max_value=10**13, places=2)


@st.composite
def moneys(draw: st.DrawFn) -> Money:
    low, high = draw(st.none() | amounts), draw(st.none() | amounts)
    if low is None and high is None:
        low = draw(amounts)
    if low is not None and high is not None and low > high:
        low, high = high, low
    can_open = low is None or high is None or low != high
    flags = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    return Money(
        low,
        high,
        flags[0] and can_open,
        flags[1] and can_open,
        flags[2],
        currency=draw(st.sampled_from(["USD", "EUR"])),
    )


@given(moneys())
def test_the_database_keeps_money_whole(money):
    assert from_json(to_json(money)) == money


@given(moneys(), moneys())
def test_agreement_is_mutual_and_everything_agrees_with_itself(one, other):
    assert agree(one, other) == agree(other, one)
    assert agree(one, one)


@pytest.mark.parametrize(
    "value",
    [
        Undisclosed(),
        PartialDate(2022, 5),
        Text("series_a"),
        Reference("investor:0"),
        Multiple(Decimal(2), None, low_open=True),
        Quantity(Decimal(5), Decimal(5)),
    ],
)
def test_the_database_keeps_every_other_value_whole(value):
    assert from_json(to_json(value)) == value


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Money.exact(235, "USD"), Money.about(220, "USD"), True),
        (Money.exact(235, "USD"), Money.about(200, "USD"), False),
        (Money.exact(235, "USD"), Money.exact(235, "EUR"), False),
        (Money.exact(4_500_000_000, "USD"), Money.at_least(4_000_000_000, "USD", strictly=True), True),
        (Money.at_least(4, "USD", strictly=True), Money.at_most(4, "USD"), False),
        (Money.at_least(4, "USD"), Money.at_most(4, "USD"), True),
        (Money.exact(12_300_000, "USD"), Money.exact(12_340_000, "USD"), True),
        (PartialDate(2022, 5), PartialDate(2022, 5, 9), True),
        (PartialDate(2022, 5), PartialDate(2022, 6), False),
        (Undisclosed(), Money.exact(5, "USD"), True),
        (Text("Paris"), Text("paris"), True),
    ],
)
def test_what_agrees(one, other, expected):
    assert agree(one, other) is expected


@pytest.mark.parametrize("text", ["2023-02-30", "2023-13", "23-01-01", "2023-1-1", "", "２０２３"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        PartialDate.from_iso(text)


def test_a_date_knows_the_days_it_covers():
    assert PartialDate(2024, 2).last_day.day == 29
    assert PartialDate(2019).iso == "2019"


@pytest.mark.parametrize("bad", [(None, None, "USD"), (5, 4, "USD"), (-1, 4, "USD"), (1, 4, "usd")])
def test_money_that_makes_no_sense_is_refused(bad):
    low, high, currency = bad
    with pytest.raises(ValueError):
        Money(*(None if end is None else Decimal(end) for end in (low, high)), currency=currency)


def test_nothing_lies_strictly_between_a_number_and_itself():
    with pytest.raises(ValueError, match="strictly between"):
        Money(Decimal(5), Decimal(5), low_open=True, currency="USD")


@given(amounts, st.integers(1, 4))
def test_a_bound_is_never_rounded_inwards(number, digits):
    assert round_bound(number, digits, upwards=False) <= number <= round_bound(number, digits, upwards=True)


@pytest.mark.parametrize("hedge", ["", *HEDGES])
def test_a_hedge_is_what_its_interval_tells(hedge):
    assert Interval.hedged(Decimal(5), hedge).hedge == hedge


@pytest.mark.parametrize(
    ("hedges", "of_sum"),
    [
        ([], ""),
        (["", ""], ""),
        (["", "at_least"], "at_least"),
        (["at_least", "more_than", ""], "more_than"),
        (["up_to", ""], "up_to"),
        (["less_than", "up_to"], "less_than"),
        (["up_to", "at_least"], "approx"),
        (["approx", "at_least"], "approx"),
    ],
)
def test_a_sum_is_told_no_more_exactly_than_what_it_is_of(hedges, of_sum):
    assert hedge_of_sum(hedges) == of_sum
