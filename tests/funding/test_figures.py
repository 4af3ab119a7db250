"""Figures in words, never more exact than they are."""

from decimal import Decimal

import pytest
from django.utils import translation

from funding import figures
from funding.values import Money, Multiple, PartialDate, Quantity, Text, Undisclosed


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money.exact(235_000_000, "USD"), "$235m"),
        (Money.about(200_000_000, "USD"), "≈ $200m"),
        (Money.exact(4_500_000_000, "USD"), "$4.5bn"),
        (Money.at_least(4_000_000_000, "USD", strictly=True), "> $4bn"),
        (Money.at_least(1_000_000_000, "USD"), "≥ $1bn"),
        (Money.at_most(2_250_000_000, "USD", strictly=True), "< $2.25bn"),
        (Money.at_most(5_000_000, "EUR"), "≤ €5m"),
        (Money(Decimal(100_000_000), Decimal(2_250_000_000), True, True, currency="USD"), "$100m – $2.25bn"),
        (Money(Decimal(30_000_000), Decimal(32_000_000), is_approx=True, currency="EUR"), "≈ €30m – €32m"),
        (Money.exact(1_400_000_000, "SEK"), "SEK 1.4bn"),
        (Money.exact(999_900_000, "GBP"), "£1bn"),
        (Money.exact(640_000, "USD"), "$640k"),
        (Money.exact(950, "USD"), "$950"),
        (Money.exact(63_400_000_000_000, "USD"), "$63,400bn"),
        # A bound is never rounded to where it would say more than is known.
        (Money.at_least(1_899_999_999, "USD"), "≥ $1.89bn"),
        (Money.at_most(1_891_000_001, "USD"), "≤ $1.9bn"),
    ],
)
def test_money(money, shown):
    assert str(figures.money(money)).replace("\u00a0", " ") == shown


def test_thousands_of_thousand_millions_are_parted():
    assert str(figures.number(Decimal("63400000000000"), "$")) == "$63,400bn"
    with translation.override("fr"):
        assert str(figures.number(Decimal("63400000000000"), "$")) == "63\u202f400\u202fMd$"


def test_the_unit_stands_apart_so_that_columns_align():
    assert figures.money(Money.exact(4_500_000_000, "USD")) == figures.Figure("$4.5", "bn")


def test_nothing_is_shown_for_no_amount():
    assert str(figures.money(None)) == ""


@pytest.mark.parametrize(
    ("multiple", "shown"),
    [
        (Multiple(Decimal(2), None, low_open=True), "> 2×"),
        (Multiple(Decimal("2.25"), Decimal("2.25")), "2.25×"),
        (Multiple(Decimal(3), Decimal(3), is_approx=True), "≈ 3×"),
        (Multiple(Decimal("0.1469"), Decimal("0.1469")), "0.147×"),
    ],
)
def test_multiples(multiple, shown):
    assert figures.multiple(multiple).replace("\u00a0", " ") == shown


def test_dates_are_shown_at_their_precision():
    dates = [PartialDate(2023, 8, 24), PartialDate(2022, 5), PartialDate(2019)]
    assert [figures.date(date) for date in dates] == ["24 Aug 2023", "May 2022", "2019"]
    assert [figures.when(date) for date in dates] == ["on 24 Aug 2023", "in May 2022", "in 2019"]


def test_counts_are_shown_in_full():
    assert figures.count(Quantity(Decimal(2300), Decimal(2300))) == "2,300"


def test_words_for_the_rest():
    assert [figures.words(value) for value in (Undisclosed(), Text("Paris"))] == ["undisclosed", "Paris"]


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money.exact(235_000_000, "USD"), "235 M$"),
        (Money.about(200_000_000, "EUR"), "≈ 200 M€"),
        (Money.at_least(4_000_000_000, "USD", strictly=True), "> 4 Md$"),
        (Money(Decimal(100_000_000), Decimal(2_250_000_000), True, True, currency="USD"), "100 M$ – 2,25 Md$"),
        (Money.exact(1_400_000_000, "SEK"), "1,4 Md SEK"),
        (Money.exact(640_000, "GBP"), "640 k£"),
        (Money.exact(950, "USD"), "950 $"),
        (Money.exact(63_400_000_000_000, "USD"), "63 400 Md$"),
        (Money.exact(950, "SEK"), "950 SEK"),
    ],
)
def test_money_in_french(money, shown):
    with translation.override("fr"):
        assert str(figures.money(money)).replace("\u00a0", " ").replace("\u202f", " ") == shown


def test_the_rest_in_french():
    with translation.override("fr"):
        dates = [PartialDate(2023, 8, 24), PartialDate(2022, 5), PartialDate(2019), PartialDate(2024, 2, 1)]
        assert [figures.date(date) for date in dates] == ["24 août 2023", "mai 2022", "2019", "1er févr. 2024"]
        assert [figures.when(date) for date in dates[:2]] == ["le 24 août 2023", "en mai 2022"]
        assert figures.multiple(Multiple(Decimal("2.25"), Decimal("2.25"))) == "2,25×"
        assert figures.count(Quantity(Decimal(2300), Decimal(2300))) == "2\u202f300"
        assert figures.percent(Multiple(Decimal("0.0522"), Decimal("0.0522"))) == "5,22\u202f%"
        assert figures.words(Undisclosed()) == "non communiqué"
