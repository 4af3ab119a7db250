"""The sentence that says what a list shows, in English and in French."""

import html
import re

import pytest
from django.http import QueryDict
from django.utils import translation
from factories import make_round, make_source, say

from companies.filters import CompanyFilter, InvestorFilter
from config import paging
from funding.filters import RoundFilter
from funding.values import Text

pytestmark = pytest.mark.django_db
FILTERS = {"companies": CompanyFilter, "investors": InvestorFilter, "rounds": RoundFilter}


@pytest.fixture
def records():
    """A company with a sector, whose round Northgate led."""
    make_round("Halden", leads=["Northgate"])
    say(make_source(), company="Halden", facts={"sector": Text("robotics")})


def sentence(rows: str, query: str, number: int, language: str) -> str:
    """The sentence of a list in plain words, its narrow spaces made usual ones."""
    with translation.override(language):
        chosen = FILTERS[rows](QueryDict(query))
        assert not chosen.problems
        said = chosen.sentence(paging.count_in_words(number), number)
    return re.sub(r"[\u00a0\u202f]", " ", html.unescape(re.sub(r"</?b>", "", said)))


ENGLISH = [
    ("companies", "", 2, "2 companies; the latest round first."),
    ("companies", "country=FR&country=DE&order=name", 1, "1 company located in France or Germany; by name."),
    (
        "companies",
        "sector=robotics&stage=seed&since=2023",
        214,
        "214 companies in robotics, whose last round was Seed, whose last round was announced since 2023; "
        "the latest round first.",
    ),
    (
        "companies",
        "valuation_min=100m&valuation_max=5bn&valuation_match=possibly&order=valuation",
        20_000,
        "10,000+ companies whose valuation is possibly $100m to $5bn; the highest stated valuation first.",
    ),
    (
        "companies",
        "raised_min=25m&investor=northgate&lead=northgate",
        1,
        "1 company that has raised at least $25m in all, backed by Northgate, with a round led by Northgate; "
        "the latest round first.",
    ),
    (
        "companies",
        "q=hal&unicorn=was&conflict=yes&amount=missing&source=none&stale=yes&told_until=2024-05",
        2,
        "2 companies named “hal”, now or once valued as unicorns, on which sources differ, with a round without an "
        "amount, with a round without a source, of which no source has told for a year, "
        "of which no source has told after May 2024; the latest round first.",
    ),
    ("rounds", "stage=seed&stage=not_stated", 1, "1 round of the stage not stated or Seed; the newest first."),
    ("rounds", "since=2023-05&until=2023-05", 2, "2 rounds announced in May 2023; the newest first."),
    ("rounds", "since=2023-05-02&until=2024", 2, "2 rounds announced from 2 May 2023 to 2024; the newest first."),
    (
        "rounds",
        "raised_min=2m&raised_match=possibly&order=largest",
        2,
        "2 rounds that possibly raised at least $2m; the largest first.",
    ),
    (
        "rounds",
        "company=halden&investor=northgate&lead=northgate&status=closed&amount=undisclosed&source=some",
        1,
        "1 round of Halden, with Northgate, led by Northgate, of the status closed, of an undisclosed amount, "
        "with a source; the newest first.",
    ),
    (
        "investors",
        "lead=yes&stage=series_a&rounds_min=5&order=rounds",
        1,
        "1 investor that took part in a round of the stage Series A, said to have led, in at least 5 rounds; "
        "the most rounds first.",
    ),
    ("investors", "company=halden&until=2024-05-06", 3, "3 investors of Halden, that last took part in a round up to "
     "6 May 2024; by name."),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "query", "number", "expected"), ENGLISH)
def test_english_says_what_is_listed(records, rows, query, number, expected):
    said = sentence(rows, query, number, "en-gb")
    assert said.replace("Seed or not stated", "not stated or Seed") == expected


FRENCH = [
    ("companies", "", 1, "1 société ; les derniers tours d’abord."),
    (
        "companies",
        "country=FR&country=DE&order=name",
        2,
        "2 sociétés dont le pays est France ou Allemagne ; par nom.",
    ),
    (
        "companies",
        "founded_since=2016&founded_until=2019-05-03&order=name",
        1,
        "1 société fondée de 2016 au 3 mai 2019 ; par nom.",
    ),
    ("companies", "founded_since=2016&order=name", 2, "2 sociétés fondées depuis 2016 ; par nom."),
    (
        "companies",
        "valuation_min=100m&valuation_max=5bn&valuation_match=possibly&order=valuation",
        20_000,
        "10 000+ sociétés dont la valorisation est peut-être de 100 M$ à 5 Md$ ; la valorisation déclarée la plus "
        "haute d’abord.",
    ),
    (
        "companies",
        "raised_min=25m&investor=northgate&lead=northgate&order=name",
        1,
        "1 société qui a levé au moins 25 M$ en tout, financée par Northgate, avec un tour mené par Northgate ; "
        "par nom.",
    ),
    (
        "companies",
        "raised_max=25m&investor=northgate&order=name",
        2,
        "2 sociétés qui ont levé au plus 25 M$ en tout, financées par Northgate ; par nom.",
    ),
    (
        "rounds",
        "stage=seed&stage=not_stated",
        1,
        "1 tour du stade Amorçage ou non indiqué ; les plus récents d’abord.",
    ),
    ("rounds", "since=2023-05&until=2023-05", 2, "2 tours annoncés en mai 2023 ; les plus récents d’abord."),
    (
        "rounds",
        "since=2023-05-01&until=2024-06-02",
        1,
        "1 tour annoncé du 1er mai 2023 au 2 juin 2024 ; les plus récents d’abord.",
    ),
    (
        "rounds",
        "until=2024-06-02&raised_max=2m&order=largest",
        1,
        "1 tour annoncé jusqu’au 2 juin 2024, qui a certainement levé au plus 2 M$ ; les plus gros d’abord.",
    ),
    (
        "investors",
        "lead=yes&stage=series_a&rounds_min=5",
        1,
        "1 investisseur qui a participé à un tour du stade Série A, dit chef de file, présent dans au moins 5 tours ; "
        "par nom.",
    ),
    (
        "investors",
        "lead=yes&stage=series_a",
        2,
        "2 investisseurs qui ont participé à un tour du stade Série A, dits chefs de file ; par nom.",
    ),
]


@pytest.mark.parametrize(("rows", "query", "number", "expected"), FRENCH)
def test_french_says_what_is_listed_in_gender_and_number(records, rows, query, number, expected):
    assert sentence(rows, query, number, "fr") == expected


def test_a_chip_says_one_filter_alone_and_what_is_typed_stays_words(reader_client):
    query = "q=%3Cb%3E%C3%9C+%26+Co&stage=seed"
    chips = RoundFilter(QueryDict(query)).chips
    assert [str(phrase) for phrase, _rest in chips] == ["of companies named “<b>Ü & Co”", "of the stage Seed"]
    assert [rest for _phrase, rest in chips] == ["stage=seed", "q=%3Cb%3E%C3%9C+%26+Co"]
    page = reader_client.get(f"/rounds/?{query}").content.decode()
    assert "<b>0 rounds</b> of companies named <b>“&lt;b&gt;Ü &amp; Co”</b>, of the stage <b>Seed</b>" in page
    assert 'aria-label="Remove: of companies named “&lt;b&gt;Ü &amp; Co”"' in page
