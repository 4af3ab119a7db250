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
]


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
