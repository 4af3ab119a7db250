"""Dates are read against the day of publication, as exactly as their words and no more."""

from __future__ import annotations

import pytest

from funding.extraction import vocabulary
from funding.extraction.dates import find_dates, read_date
from funding.extraction.text import Document
from funding.values import PartialDate

FRIDAY = PartialDate(2023, 8, 25)
TABLE = [
    ("fr", "jeudi 24 août", "2023-08-24"),
    ("fr", "ce jeudi 24 août", "2023-08-24"),
    ("fr", "jeudi", "2023-08-24"),
    ("fr", "hier", "2023-08-24"),
    ("fr", "mardi dernier", "2023-08-22"),
    ("fr", "mai 2022", "2022-05"),
    ("fr", "en mai 2022", "2022-05"),
    ("fr", "en mai dernier", "2023-05"),
    ("fr", "en décembre", "2022-12"),
    ("fr", "le mois dernier", "2023-07"),
    ("fr", "l'an dernier", "2022"),
    ("fr", "l'année dernière", "2022"),
    ("fr", "fin 2022", "2022"),
    ("fr", "il y a deux ans", "2021"),
    ("fr", "trois mois plus tôt", "2023-05"),
    ("fr", "1er juin 2021", "2021-06-01"),
    ("en", "Thursday, August 24", "2023-08-24"),
    ("en", "24 August", "2023-08-24"),
    ("en", "on Thursday", "2023-08-24"),
    ("en", "yesterday", "2023-08-24"),
    ("en", "last Tuesday", "2023-08-22"),
    ("en", "in May 2022", "2022-05"),
    ("en", "in May", "2023-05"),
    ("en", "last month", "2023-07"),
    ("en", "earlier this month", "2023-08"),
    ("en", "earlier this year", "2023"),
    ("en", "last year", "2022"),
    ("en", "late 2022", "2022"),
    ("en", "two years ago", "2021"),
    ("en", "three months ago", "2023-05"),
    ("en", "this week", "2023-08"),
    ("en", "September 3", "2022-09-03"),
    ("en", "August 30, 2021", "2021-08-30"),
    # The probes of all languages.
    ("fr", "l'an passé", "2022"),
    ("fr", "en début d'année", "2023"),
    ("fr", "2022", "2022"),
    ("en", "this Thursday, 24 August", "2023-08-24"),
    ("en", "May 2022", "2022-05"),
    ("en", "last May", "2023-05"),
    ("en", "Q2 2022", "2022"),
    ("en", "the summer of 2021", "2021"),
    ("de", "am Donnerstag, 24. August", "2023-08-24"),
    ("de", "im Mai 2022", "2022-05"),
    ("de", "letzten Monat", "2023-07"),
    ("de", "Anfang 2022", "2022"),
    ("de", "im vergangenen Jahr", "2022"),
    ("de", "vor zwei Jahren", "2021"),
    ("es", "el jueves, 24 de agosto", "2023-08-24"),
    ("es", "mayo de 2022", "2022-05"),
    ("es", "el año pasado", "2022"),
    ("es", "hace dos años", "2021"),
    ("es", "el pasado mes de julio", "2023-07"),
    ("it", "giovedì 24 agosto", "2023-08-24"),
    ("it", "maggio 2022", "2022-05"),
    ("it", "l'anno scorso", "2022"),
    ("it", "due anni fa", "2021"),
    ("it", "a fine aprile", "2023-04"),
    ("pt", "24 de agosto", "2023-08-24"),
    ("pt", "maio de 2022", "2022-05"),
    ("pt", "no ano passado", "2022"),
    ("pt", "há dois anos", "2021"),
    ("nl", "donderdag 24 augustus", "2023-08-24"),
    ("nl", "mei 2022", "2022-05"),
    ("nl", "vorig jaar", "2022"),
    ("nl", "twee jaar geleden", "2021"),
    ("nl", "begin 2022", "2022"),
    # Other words for days, weeks, months and years.
    ("en", "last night", "2023-08-24"),
    ("en", "the day before yesterday", "2023-08-23"),
    ("en", "Tuesday, the 22nd", "2023-08-22"),
    ("en", "the month before last", "2023-06"),
    ("en", "in March last year", "2022-03"),
    ("en", "in March this year", "2023-03"),
    ("en", "in June, two years ago", "2021-06"),
    ("en", "two and a half years ago", "2021-02"),
    ("en", "eighteen months ago", "2022-02"),
    ("en", "last autumn", "2022"),
    ("en", "this spring", "2023"),
    ("fr", "hier soir", "2023-08-24"),
    ("fr", "avant-hier", "2023-08-23"),
    ("fr", "en mars de l'an dernier", "2022-03"),
    ("fr", "il y a un an et demi", "2022-02"),
    ("fr", "mercredi matin", "2023-08-23"),
    ("fr", "cet été", "2023"),
    ("fr", "au deuxième trimestre 2022", "2022"),
    ("de", "gestern Abend", "2023-08-24"),
    ("de", "am Dienstagnachmittag", "2023-08-22"),
    ("de", "im März vergangenen Jahres", "2022-03"),
    ("de", "vergangenen Juni", "2023-06"),
    ("de", "vor anderthalb Jahren", "2022-02"),
    ("de", "in der vorletzten Woche", "2023-08"),
    ("de", "im letzten Herbst", "2022"),
    ("de", "im zweiten Halbjahr 2022", "2022"),
    ("nl", "gisteravond", "2023-08-24"),
    ("nl", "dinsdagochtend", "2023-08-22"),
    ("nl", "in maart vorig jaar", "2022-03"),
    ("nl", "anderhalf jaar geleden", "2022-02"),
    ("nl", "afgelopen zomer", "2023"),
    ("nl", "vorige maand", "2023-07"),
    ("es", "anoche", "2023-08-24"),
    ("es", "anteayer", "2023-08-23"),
    ("es", "el pasado día 9", "2023-08-09"),
    ("es", "en marzo del año pasado", "2022-03"),
    ("es", "en febrero de este año", "2023-02"),
    ("es", "hace un año y medio", "2022-02"),
    ("es", "hace un año", "2022"),
    ("es", "cinco meses atrás", "2023-03"),
    ("es", "a finales de 2022", "2022"),
    ("es", "este verano", "2023"),
    ("es", "9 de enero de 2022", "2022-01-09"),
    ("pt", "ontem à noite", "2023-08-24"),
    ("pt", "na quarta, 23", "2023-08-23"),
    ("pt", "na quinta-feira", "2023-08-24"),
    ("pt", "no dia 9", "2023-08-09"),
    ("pt", "em março do ano passado", "2022-03"),
    ("pt", "há um ano e meio", "2022-02"),
    ("pt", "no mês passado", "2023-07"),
    ("pt", "9 mar 2022", "2022-03-09"),
    ("it", "ieri sera", "2023-08-24"),
    ("it", "l'altro ieri", "2023-08-23"),
    ("it", "nel luglio dello scorso anno", "2022-07"),
    ("it", "un anno e mezzo fa", "2022-02"),
    ("it", "nell'aprile 2022", "2022-04"),
    ("it", "lo scorso mese", "2023-07"),
    ("it", "la scorsa primavera", "2023"),
    ("it", "nell'estate scorsa", "2023"),
    ("es", "el otoño pasado", "2022"),
    ("pt", "no verão passado", "2023"),
    ("pt", "na quarta", "2023-08-23"),
]

# Dates that another of the text is counted from.
COUNTED = [
    ("en", "It began in 2017. Three years later it raised money.", ["2017", "2020"]),
    ("en", "It raised in June 2021, and four months later again.", ["2021-06", "2021-10"]),
    ("en", "Founded in 2018, it raised in May of that year.", ["2018", "2018-05"]),
    ("en", "Sales grew in 2022 from those of two years earlier.", ["2022", "2020"]),
    ("fr", "Créée en 2017, elle lève des fonds l'année suivante.", ["2017", "2018"]),
    ("fr", "Créée en 2017, elle a levé en mai de la même année.", ["2017", "2017-05"]),
    ("de", "Das war 2017. Zwei Jahre später folgte die nächste Runde.", ["2017", "2019"]),
    ("de", "Sie begann 2017 und bekam im Jahr darauf Geld.", ["2017", "2018"]),
    ("nl", "Dat was in 2017. Een jaar later volgde een ronde.", ["2017", "2018"]),
    ("nl", "Ze begon in 2017 en haalde in mei van dat jaar geld op.", ["2017", "2017-05"]),
    ("es", "Nació en 2017 y dos años después captó fondos.", ["2017", "2019"]),
    ("es", "Nació en 2017 y en mayo de aquel año captó fondos.", ["2017", "2017-05"]),
    ("pt", "Nasceu em 2017 e dois anos depois captou.", ["2017", "2019"]),
    ("pt", "Nasceu em 2017 e em maio daquele ano captou.", ["2017", "2017-05"]),
    ("it", "Nata nel 2017, due anni dopo ha raccolto.", ["2017", "2019"]),
    ("it", "Nata nel 2017, nel maggio di quell'anno ha raccolto.", ["2017", "2017-05"]),
    ("it", "Nata nel 2017. Due anni dopo, a maggio, ha raccolto.", ["2017", "2019-05"]),
]


@pytest.mark.parametrize(("code", "text", "expected"), COUNTED)
def test_a_date_is_counted_from_the_one_before_it(code: str, text: str, expected: list[str]) -> None:
    found = find_dates(Document(text), vocabulary.load(code), FRIDAY)
    assert [date.value.iso for date in found] == expected
    assert found[-1].counted_from == found[0].span


def test_a_day_without_its_month_is_of_the_month_just_named() -> None:
    found = find_dates(
        Document("Mayo fue bueno. En mayo de 2022 abrió; el día 9 cerró."), vocabulary.load("es"), FRIDAY
    )
    assert [date.value.iso for date in found][-1] == "2022-05-09"


@pytest.mark.parametrize("text", ["three years later", "in May of that year", "a year later"])
def test_what_is_counted_from_nothing_is_no_date(text: str) -> None:
    assert find_dates(Document(text), vocabulary.load("en"), FRIDAY) == []


@pytest.mark.parametrize(("code", "text", "expected"), TABLE)
def test_a_date_is_read_at_its_precision(code: str, text: str, expected: str) -> None:
    assert read_date(text, vocabulary.load(code), FRIDAY) == PartialDate.from_iso(expected)


@pytest.mark.parametrize(
    ("code", "text"), [("en", "on Thursday"), ("en", "in May"), ("fr", "l'an dernier"), ("fr", "24 août")]
)
def test_a_date_without_its_year_stays_unknown_where_the_day_of_publication_is(code: str, text: str) -> None:
    assert read_date(text, vocabulary.load(code), None) is None


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert find_dates(Document("on 31 April 2022"), vocabulary.load("en"), FRIDAY)[0].value == PartialDate(2022, 4)


def test_a_month_belongs_to_the_year_named_before_it() -> None:
    found = find_dates(Document("En 2021, deux tours, dont un en février."), vocabulary.load("fr"), FRIDAY)
    assert [date.value.iso for date in found] == ["2021", "2021-02"]


def test_a_day_to_come_is_no_past_one() -> None:
    assert find_dates(Document("Elle veut conclure d'ici au 11 octobre."), vocabulary.load("fr"), FRIDAY) == []
