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
    ("de", "235 Mio. Euro", "235e6", "EUR"),
    ("de", "4,5 Mrd. Dollar", "4.5e9", "USD"),
    ("de", "1,3 Milliarden Euro", "1.3e9", "EUR"),
    ("de", "anderthalb Milliarden Euro", "1.5e9", "EUR"),
    ("de", "500.000 Euro", "500e3", "EUR"),
    ("es", "10 millones de euros", "10e6", "EUR"),
    ("es", "1.400 millones de dólares", "1.4e9", "USD"),
    ("es", "$10.000M", "10e9", "USD"),
    ("es", "640.000 euros", "640e3", "EUR"),
    ("es", "2.210M€", "2.21e9", "EUR"),
    ("it", "7,3 milioni di euro", "7.3e6", "EUR"),
    ("it", "500mila euro", "500e3", "EUR"),
    ("it", "1,2 miliardi di euro", "1.2e9", "EUR"),
    ("it", "12 mln di euro", "12e6", "EUR"),
    ("pt", "R$ 3,6 milhões", "3.6e6", "BRL"),
    ("pt", "US$ 1,2 bilhão", "1.2e9", "USD"),
    ("pt", "2 mil milhões de euros", "2e9", "EUR"),
    ("nl", "€60 miljoen", "60e6", "EUR"),
    ("nl", "anderhalf miljard euro", "1.5e9", "EUR"),
    ("nl", "1,7 miljard euro", "1.7e9", "EUR"),
    ("nl", "€250.000", "250e3", "EUR"),
]

# Numbers in words, halves, smaller scales added, and the money of many countries.
SPOKEN = [
    ("en", "seventy-four million pounds", "74e6", "GBP"),
    ("en", "one hundred and twelve million euros", "112e6", "EUR"),
    ("en", "three and a half million dollars", "3.5e6", "USD"),
    ("en", "R62 million", "62e6", "ZAR"),
    ("en", "RM9.5 million", "9.5e6", "MYR"),
    ("en", "P120 million", "120e6", "PHP"),
    ("en", "₦900 million", "900e6", "NGN"),
    ("en", "KSh 55 million", "55e6", "KES"),
    ("en", "80 million baht", "80e6", "THB"),
    ("en", "65 million Norwegian kroner", "65e6", "NOK"),
    ("fr", "trente-huit millions d'euros", "38e6", "EUR"),
    ("fr", "soixante et onze millions d'euros", "71e6", "EUR"),
    ("fr", "quatre-vingt-douze millions d'euros", "92e6", "EUR"),
    ("fr", "septante-cinq millions d'euros", "75e6", "EUR"),
    ("fr", "deux millions et demi d'euros", "2.5e6", "EUR"),
    ("fr", "trois millions sept cent mille euros", "3.7e6", "EUR"),
    ("fr", "900 millions de FCFA", "900e6", "XOF"),
    ("fr", "8 millions de dirhams", "8e6", "MAD"),
    ("fr", "le milliard d'euros", "1e9", "EUR"),
    ("de", "viereinhalb Millionen Euro", "4.5e6", "EUR"),
    ("de", "dreiundzwanzig Millionen Franken", "23e6", "CHF"),
    ("de", "vierhunderttausend Euro", "400e3", "EUR"),
    ("de", "eine halbe Million Euro", "500e3", "EUR"),
    ("de", "Euro 2.750.000", "2.75e6", "EUR"),
    ("nl", "zesenhalf miljoen euro", "6.5e6", "EUR"),
    ("nl", "twee en een half miljoen euro", "2.5e6", "EUR"),
    ("nl", "achtendertig miljoen euro", "38e6", "EUR"),
    ("nl", "driehonderdduizend euro", "300e3", "EUR"),
    ("nl", "het miljard euro", "1e9", "EUR"),
    ("es", "un millón y medio de dólares", "1.5e6", "USD"),
    ("es", "medio millón de euros", "500e3", "EUR"),
    ("es", "cuarenta y dos millones de euros", "42e6", "EUR"),
    ("es", "tres millones cuatrocientos mil euros", "3.4e6", "EUR"),
    ("es", "3 mil 500 millones de pesos", "3.5e9", "MXN"),
    ("es", "88 mdd", "88e6", "USD"),
    ("es", "310 mdp", "310e6", "MXN"),
    ("es", "S/ 6,4 millones", "6.4e6", "PEN"),
    ("es", "u$s 900.000", "900e3", "USD"),
    ("es", "el millón de euros", "1e6", "EUR"),
    ("pt", "dois milhões e meio de euros", "2.5e6", "EUR"),
    ("pt", "trinta e sete milhões de reais", "37e6", "BRL"),
    ("pt", "quatro milhões e trezentos mil euros", "4.3e6", "EUR"),
    ("it", "nove milioni e mezzo di euro", "9.5e6", "EUR"),
    ("it", "cinquantotto milioni di euro", "58e6", "EUR"),
    ("it", "trecentomila euro", "300e3", "EUR"),
    ("it", "Euro 3.200.000", "3.2e6", "EUR"),
]


@pytest.mark.parametrize(("code", "text", "value", "currency"), EXACT + SPOKEN)
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
    ("fr", "plus du milliard d'euros", "at_least"),
    ("fr", "6 millions d'euros et quelques", "at_least"),
    ("de", "knapp acht Millionen Euro", "approx"),
    ("de", "zwischen 8 und 10 Mio. Euro", "range"),
    ("de", "5 Millionen Euro plus", "at_least"),
    ("de", "höchstens 3 Mio. Euro", "at_most"),
    ("nl", "krap 4 miljoen euro", "approx"),
    ("nl", "ruim 4 miljoen euro", "at_least"),
    ("nl", "tussen de 8 en 9 miljoen euro", "range"),
    ("nl", "maximaal 2 miljoen euro", "at_most"),
    ("es", "casi 9 millones de euros", "approx"),
    ("es", "más del millón de euros", "at_least"),
    ("es", "4 millones de euros o poco más", "at_least"),
    ("es", "hasta 7 millones de dólares", "at_most"),
    ("es", "entre 8 y 9 millones de euros", "range"),
    ("pt", "cerca de 9 milhões de reais", "approx"),
    ("pt", "mais de US$ 20 milhões", "at_least"),
    ("pt", "até R$ 5 milhões", "at_most"),
    ("pt", "entre 8 e 9 milhões de euros", "range"),
    ("it", "quasi 9 milioni di euro", "approx"),
    ("it", "oltre 12 milioni di euro", "at_least"),
    ("it", "fino a 3 milioni di euro", "at_most"),
    ("it", "tra 8 e 9 milioni di euro", "range"),
    ("en", "$7 million or thereabouts", "approx"),
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


LENT = [
    ("en", "It raised £6 million. A year before it had secured 2 million from angels.", "2e6", "GBP"),
    ("de", "Acme erhielt 8 Mio. Franken, im Jahr davor waren es 3 Mio.", "3e6", "CHF"),
    ("nl", "Acme haalde 8 miljoen euro op. Vorig jaar stak Berk er 3 miljoen in.", "3e6", "EUR"),
    ("es", "Acme captó 8 millones de euros. Antes había logrado 3 millones junto a dos socios.", "3e6", "EUR"),
    ("es", "Acme captó 8 millones de euros; en 2020, 3 millones de Abedul Ventures.", "3e6", "EUR"),
    ("pt", "A Acme captou US$ 8 milhões. Antes tinha levantado 3 milhões junto de dois sócios.", "3e6", "USD"),
    ("it", "Acme ha raccolto 8 milioni di euro. Nel 2020 ne aveva avuti 3 milioni grazie a Betulla.", "3e6", "EUR"),
    ("it", "Acme ha raccolto 8 milioni di euro, dopo i 3 milioni di Betulla Ventures.", "3e6", "EUR"),
]


@pytest.mark.parametrize(("code", "text", "value", "currency"), LENT)
def test_a_sum_lends_its_currency(code: str, text: str, value: str, currency: str) -> None:
    assert amounts(text, code)[-1].value == Money.exact(Decimal(value), currency)


def test_a_figure_takes_the_currency_of_its_own_sentence_or_paragraph_first() -> None:
    text = "Acme raised €9 million.\nBirch raised $4 million, after 2 million in May.\nAcme had 3 million before."
    assert [amount.value.currency for amount in amounts(text, "en")] == ["EUR", "USD", "USD", "EUR"]


@pytest.mark.parametrize(
    ("code", "text", "currency"),
    [
        ("es", "La chilena Acme, de Santiago, obtuvo 65 millones de pesos.", "CLP"),
        ("es", "Acme, de Bogotá, obtuvo 900 millones de pesos.", "COP"),
        ("es", "Acme obtuvo 900 millones de pesos.", "MXN"),
        ("es", "Obtuvo $ 900 millones de pesos colombianos.", "COP"),
        ("fr", "Genève: Acme lève 12 millions de francs.", "CHF"),
        ("fr", "À Tunis, Acme lève 2 millions de dinars.", "TND"),
        ("fr", "La startup de Montréal, au Québec, obtient 6 M$.", "CAD"),
        ("fr", "La startup parisienne obtient 6 M$ d'un fonds canadien.", "USD"),
        ("it", "La danese Acme raccoglie 9 milioni di corone.", "DKK"),
        ("en", "Acme of Manila took 50 million pesos.", "PHP"),
    ],
)
def test_a_word_of_many_countries_is_read_by_the_one_that_is_named(code: str, text: str, currency: str) -> None:
    assert amounts(text, code)[0].value.currency == currency


def test_a_bare_dollar_is_the_papers_own_where_its_country_is_named() -> None:
    document, words = Document("Acme of Brisbane raised $5 million."), vocabulary.load("en")
    (abroad,) = find_amounts(document, words, "TechCrunch")
    (at_home,) = find_amounts(document, words, "SmartCompany")
    assert (abroad.value.currency, at_home.value.currency) == ("USD", "AUD")
    assert [document.quote(span) for span in at_home.spans] == ["$5 million", "Brisbane"]


def test_a_sign_once_named_means_the_same_throughout() -> None:
    found = amounts("Obtuvo $41.000 millones de pesos colombianos. Antes, $6.300 millones.", "es")
    assert [amount.value.currency for amount in found] == ["COP", "COP"]


def test_growth_from_one_sum_to_another_is_no_range() -> None:
    assert len(amounts("Revenue went from $4 million to $9 million.", "en")) == 2
    assert len(amounts("The price ranges from $8 million to $9 million.", "en")) == 1


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Acme hat 3 Millionen Nutzer und nahm 5 Millionen Euro auf."),
        ("nl", "Acme heeft 3 miljoen gebruikers en haalt 5 miljoen euro op."),
        ("es", "Acme suma 3 millones de usuarios y capta 5 millones de euros."),
        ("pt", "A Acme soma 3 milhões de clientes e capta 5 milhões de euros."),
        ("it", "Acme ha 3 milioni di utenti e raccoglie 5 milioni di euro."),
        ("en", "It has 13 million users and raised $5m."),
        ("fr", "Ses 4 millions d'abonnés, pour 5 M€."),
    ],
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
