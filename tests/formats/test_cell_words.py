"""Amounts, dates, counts, names and stages as files of the field write them."""

import datetime
import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.formats import naming, stages
from funding.formats.cells import read_count, read_currency, read_date, read_money
from funding.formats.naming import key_of, split_names
from funding.formats.sentences import Unread
from funding.values import Money, PartialDate, Quantity, Undisclosed

TODAY = datetime.date(2026, 11, 27)
MILLION = 10**6


@pytest.mark.parametrize("module", [naming, stages])
def test_the_examples_of_the_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("words", "amount", "currency"),
    [
        ("10000000", 10 * MILLION, "USD"),
        ("10000000.0", 10 * MILLION, "USD"),
        ("1.5e6", 1_500_000, "USD"),
        ("14,342,000", 14_342_000, "USD"),
        ("20,00,00,000", 200 * MILLION, "USD"),
        ("48,89,975.54", Decimal("4889975.54"), "USD"),
        ("1,000,000,", MILLION, "USD"),
        ("12'000'000", 12 * MILLION, "USD"),
        ("$9.5M", 9_500_000, "USD"),
        ("US$ 9 million", 9 * MILLION, "USD"),
        ("£9m", 9 * MILLION, "GBP"),
        ("€ 1.2bn", 1200 * MILLION, "EUR"),
        ("$6.2MM", 6_200_000, "USD"),
        ("₹15Cr", 150 * MILLION, "INR"),
        ("₹1,500 Cr", 15_000 * MILLION, "INR"),
        ("Rs. 50 lakh", 5 * MILLION, "INR"),
        ("CAD$2M", 2 * MILLION, "CAD"),
        ("$2M CAD", 2 * MILLION, "CAD"),
        ("100 SEK", 100, "SEK"),
        ("SEK 3M", 3 * MILLION, "SEK"),
        ("R$4M", 4 * MILLION, "BRL"),
        ("0.005", Decimal("0.01"), "USD"),
    ],
)
def test_an_amount_is_read_in_units_of_its_currency(words, amount, currency):
    if words == "0.005":  # half a cent goes to the even one, which is none
        with pytest.raises(Unread):
            read_money(words, currency="USD")
        return
    assert read_money(words, currency="USD") == Money.exact(amount, currency)


def test_an_amount_without_a_scale_is_counted_in_the_unit_of_the_format():
    assert read_money("12.5", currency="EUR", unit=Decimal(MILLION)) == Money.exact(12_500_000, "EUR")
    assert read_money("12.5K", currency="EUR", unit=Decimal(MILLION)) == Money.exact(12_500, "EUR")


def test_a_hedge_is_kept():
    assert read_money("$10M+", currency="USD") == Money.at_least(10 * MILLION, "USD")
    assert read_money("1+", currency="USD", unit=Decimal(10**9)) == Money.at_least(10**9, "USD")
    assert read_money("~ $5m") == Money.about(5 * MILLION, "USD")
    assert read_money("<$5m") == Money.at_most(5 * MILLION, "USD", strictly=True)
    ends = Money(Decimal(80 * 10**9), Decimal(90 * 10**9), currency="USD")
    assert read_money("80-90", currency="USD", unit=Decimal(10**9)) == ends
    assert read_money("$80 – 90bn") == ends


def test_a_sign_that_two_countries_share_needs_the_country():
    assert read_money("¥6.0Bn", country="JP") == Money.exact(6 * 10**9, "JPY")
    assert read_money("¥300M", country="CN") == Money.exact(300 * MILLION, "CNY")
    with pytest.raises(Unread, match="may be in"):
        read_money("¥300M", country="SG")


def test_nought_is_what_the_format_means_by_it():
    assert read_money("0", currency="USD") == Undisclosed()
    assert read_money("0.00", currency="USD", zero="null") is None
    with pytest.raises(Unread, match="amount of 0"):
        read_money("$0", zero="refused")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("3,000,00", "do not group thousands"),
        ("1,5", "do not group thousands"),
        ("1.234.567", "do not group thousands"),
        ("-5", "less than nothing"),
        ("(5)", "less than nothing"),
        ("about five", "not read as an amount"),
        ("5 apples", "not read as an amount"),
        ("$5M €", "two currencies"),
        ("€5M - $6M", "two currencies"),
        ("90-80", "lower end above"),
        ("1" + "0" * 15, "more than any round"),
        ("9e99", "more than any round"),
        ("9" * 5000, "not read as an amount"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_words(words, why):
    with pytest.raises(Unread) as caught:
        read_money(words, currency="USD")
    said = caught.value.of("Money")
    assert why in said
    assert said.startswith("Column “Money”")
    assert words[:40] in said


def test_an_amount_needs_a_currency_and_where_amounts_bear_one_a_scale():
    with pytest.raises(Unread, match="has no currency"):
        read_money("5000")
    with pytest.raises(Unread, match="unit must be missing"):
        read_money("£9", is_scaled=True)
    assert read_money("£1300", is_scaled=True) == Money.exact(1300, "GBP")


def test_a_currency_is_an_iso_code_or_its_sign():
    assert (read_currency("usd"), read_currency("€")) == ("USD", "EUR")
    with pytest.raises(Unread, match="no ISO code"):
        read_currency("dollars")


@pytest.mark.parametrize(
    ("words", "order", "iso", "is_mended"),
    [
        ("2015-01-05", "dmy", "2015-01-05", False),
        ("2015/1/5", "mdy", "2015-01-05", False),
        ("2015-01-05 00:00:00", "ymd", "2015-01-05", False),
        ("2015-01-05T10:00:00Z", "ymd", "2015-01-05", False),
        ("2015-01", "ymd", "2015-01", False),
        ("2015", "mdy", "2015", False),
        ("05-01-2015", "dmy", "2015-01-05", False),
        ("1/23/2014", "mdy", "2014-01-23", False),
        ("04-07-2017", "mdy", "2017-04-07", False),
        ("05/072018", "dmy", "2018-07-05", True),
        ("01/07/015", "dmy", "2015-07-01", True),
        ("December 2024", "mdy", "2024-12", False),
        ("July 26, 2023", "mdy", "2023-07-26", False),
        ("04-Mar-2021", "dmy", "2021-03-04", False),
        ("sep/2019", "ymd", "2019-09", False),
    ],
)
def test_a_date_is_as_exact_as_its_words(words, order, iso, is_mended):
    assert read_date(words, order, TODAY) == (PartialDate.from_iso(iso), is_mended)


@pytest.mark.parametrize(
    ("words", "order", "why"),
    [
        ("3201-10-21", "ymd", "is after 2026-11-27"),
        ("2026-11-28", "ymd", "is after 2026-11-27"),
        ("1201-11-03 00:00:00", "ymd", "in the year 1201, before 1900"),
        ("1899", "ymd", "before 1900"),
        ("31/02/2015", "dmy", "no day of the calendar"),
        ("13/13/2015", "dmy", "no day of the calendar"),
        ("0000-01-01", "ymd", "no day of the calendar"),
        ("1/23/14", "mdy", "by two digits"),
        ("01/02/2015", "ymd", "not read as a date"),
        ("01022015", "dmy", "not read as a date"),
        ("Video messaging", "mdy", "not read as a date"),
        ("1" * 5000, "mdy", "not read as a date"),
    ],
)
def test_what_is_no_date_is_refused_with_its_words(words, order, why):
    with pytest.raises(Unread) as caught:
        read_date(words, order, TODAY)
    assert why in caught.value.of("Date")


def test_what_a_spreadsheet_made_of_a_month_is_that_month():
    assert read_date("06/01/18", "mdy", TODAY, is_monthly=True) == (PartialDate(2018, 6), True)
    with pytest.raises(Unread, match="two digits"):
        read_date("06/02/18", "mdy", TODAY, is_monthly=True)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("140", Quantity(Decimal(140), Decimal(140))),
        ("1,200", Quantity(Decimal(1200), Decimal(1200))),
        ("11-50", Quantity(Decimal(11), Decimal(50))),
        ("c_00051_00100", Quantity(Decimal(51), Decimal(100))),
        ("10001+", Quantity(Decimal(10001), None)),
        ("c_10001_max", Quantity(Decimal(10001), None)),
    ],
)
def test_a_count_may_be_a_range(words, count):
    assert read_count(words) == count


@pytest.mark.parametrize("words", ["many", "50-11", "1" * 5000])
def test_what_is_no_count_is_refused(words):
    with pytest.raises(Unread):
        read_count(words)


@pytest.mark.parametrize(
    ("words", "names", "nobody"),
    [
        ("Ada Capital, Bea Ventures", ["Ada Capital", "Bea Ventures"], []),
        ("Ada Capital, Inc., Bea, LLC", ["Ada Capital, Inc.", "Bea, LLC"], []),
        ("Ada, ada, ADA", ["Ada"], []),
        ("Ada & Others", ["Ada"], []),
        ("Ada, Bea and others", ["Ada", "Bea"], []),
        ("Ada, and Bea", ["Ada", "Bea"], []),
        ("Rothman Brothers", ["Rothman Brothers"], []),
        ("Seedfund", ["Seedfund"], []),
        ("Bill & Bea Foundation", ["Bill & Bea Foundation"], []),
        ("Undisclosed Investors", [], ["Undisclosed Investors"]),
        ("Ada, Group of Angel Investors", ["Ada"], ["Group of Angel Investors"]),
        ("others", [], ["others"]),
        ("Group of Investors", [], ["Group of Investors"]),
        ("High Networth Individuals", [], ["High Networth Individuals"]),
        ("Group Eleven, New Harbour Capital", ["Group Eleven", "New Harbour Capital"], []),
        ('{"Ada, Inc.",Bea}', ["Ada, Inc.", "Bea"], []),
        ("{}", [], []),
        (" , ,", [], []),
    ],
)
def test_a_list_of_names_is_cut_where_names_end(words, names, nobody):
    assert split_names(words, ",") == (names, nobody)


@given(st.text())
def test_a_key_fits_the_database_and_is_always_the_same(known_by):
    assert len(key_of("investor", known_by)) <= 40
    assert key_of("investor", known_by) == key_of("investor", known_by)


@given(st.text(min_size=30), st.text(min_size=30))
def test_two_long_names_have_two_keys(one, other):
    assert (key_of("company", one) == key_of("company", other)) == (one == other)


def test_a_label_of_two_stages_names_none_and_a_follow_on_its_series():
    told = {label: stages.stage_of(label) for label in ("Series A+", "Series C++", "Seed II", "Series B (Extension)")}
    assert told == {
        "Series A+": "series_a",
        "Series C++": "series_c",
        "Seed II": "seed",
        "Series B (Extension)": "series_b",
    }
    for label in ("Seed & Series A", "Debt & Equity", "Pre-Series B", "Series X", "Equity", "", "seed " * 1000):
        assert stages.stage_of(label) == ""
