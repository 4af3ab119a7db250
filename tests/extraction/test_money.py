"""Sums are read as exactly as their words: number, scale, currency, hedges, ranges."""

from __future__ import annotations

from decimal import Decimal

import pytest

from funding.extraction import vocabulary
from funding.extraction.money import Amount, find_amounts
from funding.extraction.text import Document
from funding.values import Money


def amounts(text: str, code: str) -> list[Amount]:
    """The sums of a text."""
    return find_amounts(Document(text), vocabulary.load(code))


EXACT = [
    ("en", "$235M", "235e6", "USD"),
    ("en", "US$ 235m", "235e6", "USD"),
    ("en", "$4.5 billion", "4.5e9", "USD"),
    ("en", "$1.2bn", "1.2e9", "USD"),
    ("en", "€40m", "40e6", "EUR"),
    ("en", "£12.5 million", "12.5e6", "GBP"),
    ("en", "C$30M", "30e6", "CAD"),
    ("en", "A$30 million", "30e6", "AUD"),
    ("en", "$3-billion", "3e9", "USD"),
    ("en", "USD 50MM", "50e6", "USD"),
    ("en", "CHF 20 million", "20e6", "CHF"),
    ("en", "SEK 150m", "150e6", "SEK"),
    ("en", "Rs 67.4 crore", "674e6", "INR"),
    ("en", "₹12 crore", "120e6", "INR"),
    ("en", "INR 50 lakh", "5e6", "INR"),
    ("en", "half a billion dollars", "5e8", "USD"),
    ("en", "$750K", "750e3", "USD"),
    ("en", "¥3 billion", "3e9", "JPY"),
    ("fr", "235 millions de dollars", "235e6", "USD"),
    ("fr", "4,5 milliards de dollars", "4.5e9", "USD"),
    ("fr", "235 M€", "235e6", "EUR"),
    ("fr", "235\u202fM€", "235e6", "EUR"),
    ("fr", "1\u202f200\u202f000 euros", "1.2e6", "EUR"),
    ("fr", "1,1 Md€", "1.1e9", "EUR"),
    ("fr", "800 000 €", "800e3", "EUR"),
    ("fr", "2,5 M$", "2.5e6", "USD"),
    ("fr", "un demi-milliard d'euros", "5e8", "EUR"),
    ("fr", "300.000 euros", "300e3", "EUR"),
]


@pytest.mark.parametrize(("code", "text", "value", "currency"), EXACT)
def test_a_plain_sum_is_read_whole(code: str, text: str, value: str, currency: str) -> None:
    (found,) = amounts(text, code)
    assert found.value == Money.exact(Decimal(value), currency)
    assert text[found.span.start : found.span.end] == text


HEDGED = [
    ("en", "about $200 million", "approx"),
    ("en", "more than $500 million", "at_least"),
    ("en", "at least $5 million", "at_least"),
    ("en", "up to €4 million", "at_most"),
    ("en", "less than £2m", "at_most"),
    ("en", "$40-million-plus", "at_least"),
    ("en", "between $30 and $32 million", "range"),
    ("fr", "environ 400 millions d'euros", "approx"),
    ("fr", "une dizaine de millions d'euros", "approx"),
    ("fr", "plus d'un milliard d'euros", "at_least"),
    ("fr", "au moins 3 M€", "at_least"),
    ("fr", "jusqu'à 4 milliards de dollars", "at_most"),
    ("fr", "un peu moins de 2 M€", "at_most"),
    ("fr", "entre 10 et 15 M€", "range"),
]


@pytest.mark.parametrize(("code", "text", "bound"), HEDGED)
def test_a_hedge_makes_an_interval(code: str, text: str, bound: str) -> None:
    (found,) = amounts(text, code)
    assert found.value.bound == bound


def test_more_than_leaves_the_figure_itself_out() -> None:
    (found,) = amounts("more than $5 million", "en")
    assert found.value == Money.at_least(5_000_000, "USD", strictly=True)


def test_two_sums_joined_by_and_stay_two() -> None:
    found = amounts("It raised $10 million and $20 million.", "en")
    assert [amount.value.middle for amount in found] == [10_000_000, 20_000_000]


def test_a_figure_in_brackets_in_another_currency_is_a_conversion() -> None:
    first, second = amounts("It took 34 billion yen ($312 million).", "en")
    assert (first.is_conversion, second.is_conversion) == (False, True)


def test_a_figure_without_currency_takes_that_of_its_neighbour() -> None:
    _, worth = amounts("Elle lève 600 millions de dollars et vaut 5,6 milliards.", "fr")
    assert worth.value == Money.exact(5_600_000_000, "USD")
    assert worth.currency_spans != ()


@pytest.mark.parametrize(
    ("code", "text"),
    [("en", "It has 13 million users and raised $5m."), ("fr", "Ses 4 millions d'abonnés, pour 5 M€.")],
)
def test_what_is_counted_is_no_sum(code: str, text: str) -> None:
    assert [amount.value.middle for amount in amounts(text, code)] == [5_000_000]


def test_a_text_may_say_whose_dollars_it_counts_in() -> None:
    (found,) = amounts("Acme took $5 million. All figures are in Australian dollars.", "en")
    assert found.value.currency == "AUD"


@pytest.mark.parametrize(
    "words", ["$999,999,999,999,999 trillion", "$1,000 trillion", "more than £5,000,000,000 billion", "€1000 trillion"]
)
def test_a_sum_beyond_all_money_is_none(words: str) -> None:
    assert [amount.value.middle for amount in amounts(f"It took $5 million, and {words} after.", "en")] == [5_000_000]


def test_a_bare_figure_beyond_all_money_is_none() -> None:
    assert len(amounts("It raised $5 million at a valuation of 999,999,999 trillion.", "en")) == 1
