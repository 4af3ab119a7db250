"""What people type into fields is read, or refused with a sentence that helps."""

from decimal import Decimal

import pytest

from funding import typed
from funding.values import Money, PartialDate


@pytest.mark.parametrize(
    ("words", "number", "currency", "bound"),
    [
        ("235m", 235_000_000, "", ""),
        ("€12m", 12_000_000, "EUR", ""),
        ("12 Mio.", 12_000_000, "", ""),
        ("1.2bn USD", 1_200_000_000, "USD", ""),
        ("1,200,000", 1_200_000, "", ""),
        ("1.200.000", 1_200_000, "", ""),
        ("1 200 000 €", 1_200_000, "EUR", ""),
        ("1'200'000 CHF", 1_200_000, "CHF", ""),
        ("12,5 millions d'euros", 12_500_000, "EUR", ""),
        ("1,5 Mrd. Euro", 1_500_000_000, "EUR", ""),
        ("≈ 40m", 40_000_000, "", "about"),
        ("ca. 40m", 40_000_000, "", "about"),
        ("> $4bn", 4_000_000_000, "USD", "more_than"),
        ("up to £5m", 5_000_000, "GBP", "at_most"),
        ("100 million dollars", 100_000_000, "USD", ""),
        ("US$ 12m", 12_000_000, "USD", ""),
        ("1,200,000.50", Decimal("1200000.50"), "", ""),
        ("0.250bn", 250_000_000, "", ""),
        # The sign of the Canadian dollar begins as "circa" does.
        ("CA$5m", 5_000_000, "CAD", ""),
        ("≈ CA$5m", 5_000_000, "CAD", "about"),
        ("ca $5m", 5_000_000, "USD", "about"),
    ],
)
def test_an_amount_is_read(words, number, currency, bound):
    found = typed.read_amount(words)
    assert (found.number, found.currency, found.bound) == (Decimal(number), currency, bound)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "holds no figure"),
        ("much", "holds no figure"),
        ("٣m", "holds no figure"),
        ("235", "has no unit. Write 235m"),
        ("0", "An amount of 0 is no round."),
        ("-5m", "is not read as an amount"),
        ("1e9", "is not read as an amount"),
        ("12m apples", "is not read as an amount"),
        ("$12m EUR", "names two currencies"),
        ("1,200m", "may mean 1200 or 1.200"),  # English groups, French decimals
        ("1.2.3m", "is not grouped as an amount is"),
        ("10000000bn", "is more than any round has raised"),
        ("1.23456789k", "is finer than a cent"),
    ],
)
def test_what_is_no_amount_or_could_be_two_is_refused(words, told):
    with pytest.raises(ValueError, match=told):
        typed.read_amount(words)


def test_a_bare_dollar_sign_may_be_the_dollar_of_several_countries():
    assert typed.read_amount("$5m").may_be_in("CAD")
    assert not typed.read_amount("US$5m").may_be_in("CAD")
    assert not typed.read_amount("$5m").may_be_in("EUR")
    assert typed.read_amount("5m").may_be_in("EUR")


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("2023-08-24", PartialDate(2023, 8, 24)),
        ("2023-08", PartialDate(2023, 8)),
        ("2019", PartialDate(2019)),
        ("24 Aug 2023", PartialDate(2023, 8, 24)),
        ("24th August 2023", PartialDate(2023, 8, 24)),
        ("Aug 24, 2023", PartialDate(2023, 8, 24)),
        ("Sept. 2023", PartialDate(2023, 9)),
        ("May 2022", PartialDate(2022, 5)),
        ("24 août 2023", PartialDate(2023, 8, 24)),
        ("1er mars 2021", PartialDate(2021, 3, 1)),
        ("24. Dezember 2023", PartialDate(2023, 12, 24)),
        ("3.4.2023", PartialDate(2023, 4, 3)),
        ("24/08/2023", PartialDate(2023, 8, 24)),
        ("08/24/2023", PartialDate(2023, 8, 24)),
        ("4/4/2023", PartialDate(2023, 4, 4)),
        ("05/2022", PartialDate(2022, 5)),
    ],
)
def test_a_date_is_read_as_exactly_as_it_is_typed(words, date):
    assert typed.read_date(words) == date


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "is not read as a date"),
        ("yesterday", "is not read as a date"),
        ("Q2 2023", "is not read as a date"),
        ("24 Aug", "is not read as a date"),
        ("٢٠٢٣", "is not read as a date"),
        ("31 Feb 2023", "is no day of the calendar"),
        ("2023-13", "is no day of the calendar"),
        ("0000", "in the year|no day of the calendar"),
        ("03/04/2023", "may be two days"),
        ("1750", "is in the year 1750"),
    ],
)
def test_what_is_no_date_or_could_be_two_is_refused(words, told):
    with pytest.raises(ValueError, match=told):
        typed.read_date(words)


def test_a_date_can_be_said_to_be_less_exact_but_never_more():
    day = PartialDate(2023, 8, 24)
    assert typed.at_precision(day, "month", "24 Aug 2023") == PartialDate(2023, 8)
    assert typed.at_precision(day, "", "24 Aug 2023") == day
    with pytest.raises(ValueError, match="“2023” names no month. Write the month, or choose “to the year”"):
        typed.at_precision(PartialDate(2023), "month", "2023")


@pytest.mark.parametrize(
    ("bound", "money"),
    [
        ("exactly", Money.exact(5, "USD")),
        ("about", Money.about(5, "USD")),
        ("at_least", Money.at_least(5, "USD")),
        ("more_than", Money.at_least(5, "USD", strictly=True)),
        ("at_most", Money.at_most(5, "USD")),
        ("less_than", Money.at_most(5, "USD", strictly=True)),
    ],
)
def test_a_bound_makes_the_interval_that_it_names(bound, money):
    assert typed.money_of(Decimal(5), "USD", bound) == money
