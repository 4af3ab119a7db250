"""Companies like one, with reasons."""

import pytest
from django.test import Client
from factories import company, make_source, say, tell_story
from pytest_django.fixtures import DjangoAssertNumQueries

from companies.views import company_similar
from funding.values import PartialDate, Text, Value

pytestmark = pytest.mark.django_db
PAGE = "/companies/halden-robotics/similar/"


def tell_company(name: str, *investors: str, sector: str = "", city: str = "", stage: str = "series_a") -> None:
    facts: dict[str, Value] = {}
    facts |= {"sector": Text(sector)} if sector else {}
    facts |= {"headquarters": Text(city)} if city else {}
    said = {"announced_on": PartialDate(2023, 4, 1), "stage": Text(stage), "investors": list(investors)}
    say(make_source(), company=name, rounds={"0": said}, facts=facts)


def found() -> dict[str, list[str]]:
    return {one.company.name: one.reasons for one in company_similar.similar(company())}


def test_a_company_of_the_same_investors_is_like_it_and_they_are_named() -> None:
    tell_company("Halden Robotics", "Northgate Capital", "Fjordline", stage="seed")
    tell_company("Kivik", "Northgate Capital", "Fjordline")
    assert found() == {"Kivik": ["investors in common: Fjordline, Northgate Capital"]}


def test_a_company_of_the_same_sector_and_country_is_like_it() -> None:
    tell_company("Halden Robotics", sector="robotics", city="Oslo")
    tell_company("Kivik", sector="robotics", city="Trondheim")
    assert found() == {
        "Kivik": [
            "sectors in common: robotics",
            "in the same country: Norway",
            "last round of the same stage: Series A",
        ]
    }


def test_a_country_or_a_stage_alone_makes_no_company_like_another() -> None:
    tell_company("Halden Robotics", sector="robotics", city="Oslo")
    tell_company("Kivik", sector="banking", city="Oslo")
    tell_company("Tind", sector="robotics", city="Paris")
    assert found() == {}


def test_investors_in_common_say_more_than_a_sector() -> None:
    tell_company("Halden Robotics", "Northgate Capital", sector="robotics", city="Oslo", stage="seed")
    tell_company("Kivik", sector="robotics", city="Oslo", stage="growth")
    tell_company("Tind", "Northgate Capital", sector="robotics", city="Oslo")
    assert list(found()) == ["Tind", "Kivik"]


def test_no_more_are_named_than_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company_similar, "SHOWN", 2)
    tell_company("Halden Robotics", "Northgate Capital")
    for name in ("Kivik", "Tind", "Vik"):
        tell_company(name, "Northgate Capital")
    assert len(found()) == 2


def test_one_address_gives_the_page_and_its_part(reader_client: Client) -> None:
    tell_company("Halden Robotics", "Northgate Capital")
    tell_company("Kivik", "Northgate Capital")
    page = reader_client.get(PAGE).content.decode()
    assert "<html" in page and "Investors in common: Northgate Capital" in page
    assert "/compare/?c=halden-robotics&amp;c=kivik" in page
    part = reader_client.get(PAGE, headers={"HX-Request": "true"})
    assert part.content.decode().startswith('<div id="similar-companies">')
    assert "HX-Request" in part.headers["Vary"]


def test_where_none_is_like_it_the_page_says_what_was_looked_at(reader_client: Client) -> None:
    tell_story()
    page = reader_client.get(PAGE).content.decode()
    assert "No company that we hold shares an investor with Halden Robotics" in page
    assert "the 1,000 companies of its country with the newest rounds" in page


def test_the_queries_do_not_grow_with_the_investors(
    reader_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    names = [f"Fund {number}" for number in range(15)]
    tell_company("Halden Robotics", *names, sector="robotics", city="Oslo")
    tell_company("Kivik", *names[:9], sector="robotics", city="Oslo")
    with django_assert_max_num_queries(12):
        assert "Kivik" in reader_client.get(PAGE).content.decode()


def test_the_page_of_the_company_leads_there_without_scripts(reader_client: Client) -> None:
    tell_story()
    page = reader_client.get("/companies/halden-robotics/").content.decode()
    assert f'<p hx-get="{PAGE}" hx-trigger="revealed" hx-swap="outerHTML"><a href="{PAGE}">' in page
