"""The numbers beside the choices of a list's filters."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import make_round, make_source, say, usd

from config import listing, paging
from funding.values import PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db
URL = "/rounds/"


@pytest.fixture
def five():
    """Three seed rounds, of which one is undisclosed, and two of Series A; two companies are in robotics."""
    for number in range(2):
        make_round(f"Seedling {number}", stage=Text("seed"), raised=usd(5_000_000))
    make_round("Secretive", stage=Text("seed"), raised=Undisclosed())
    for number in range(2):
        make_round(f"Grown {number}", stage=Text("series_a"), raised=usd(30_000_000))
        say(make_source(), company=f"Grown {number}", facts={"sector": Text("robotics"), "headquarters": Text("Oslo")})


def numbers(page: str) -> dict[str, str]:
    """The number beside each choice."""
    return dict(re.findall(r'data-count="([^"]+)">([^<]+)<', page))


def test_each_choice_says_how_many_rows_it_would_leave(reader_client, five):
    page = numbers(reader_client.get(URL).content.decode())
    assert (page["stage=seed"], page["stage=series_a"], page["stage=growth"]) == ("3", "2", "0")
    assert (page["amount=undisclosed"], page["amount=disclosed"]) == ("1", "4")
    assert (page["country=NO"], page["country=none"], page["sector=robotics"]) == ("2", "3", "2")


def test_a_choice_counts_under_the_other_filters_and_not_under_its_own(reader_client, five):
    page = numbers(reader_client.get(f"{URL}?stage=seed&amount=disclosed").content.decode())
    assert (page["stage=seed"], page["stage=series_a"]) == ("2", "2")
    assert (page["amount=undisclosed"], page["amount=disclosed"]) == ("1", "2")
    assert page["country=none"] == "2"


def test_a_choice_in_use_is_shown_though_no_row_is_of_it(reader_client, five):
    page = reader_client.get(f"{URL}?country=JP&stage=seed").content.decode()
    assert (
        '<input type="checkbox" name="country" value="JP" checked>Japan<span class="n" data-count="country=JP">0<'
        in page
    )
    assert "No round is like this." in page


def test_beyond_the_bound_numbers_are_the_least_that_there_can_be_and_the_page_says_so(
    reader_client, five, monkeypatch
):
    assert "Numbers with a “+”" not in reader_client.get(URL).content.decode()
    monkeypatch.setattr(paging, "COUNTED", 3)
    page = reader_client.get(URL).content.decode()
    assert "<b>3+ rounds</b>" in page
    assert "Numbers with a “+”" in page
    assert all(number.endswith("+") for number in numbers(page).values())
    # Of the choices of a parameter in use all rows may have been read though they are more than are listed, or not.
    exact = numbers(reader_client.get(f"{URL}?country=NO").content.decode())
    assert (exact["stage=series_a"], exact["stage=seed"]) == ("2", "0")
    assert exact["country=NO"] == "2"  # the rows of the list itself, all of which were read


def test_the_only_choice_in_use_has_at_least_the_rows_of_the_list(reader_client, five, monkeypatch):
    monkeypatch.setattr(paging, "COUNTED", 1)
    monkeypatch.setattr(listing, "SOON", 1)
    for choice in ("stage=series_a", "country=NO", "sector=robotics", "amount=disclosed"):
        assert numbers(reader_client.get(f"{URL}?{choice}").content.decode())[choice] == "1+", choice
    both = numbers(reader_client.get(f"{URL}?stage=seed&stage=series_a").content.decode())
    assert {both.get("stage=seed", ""), both.get("stage=series_a", "")} == {"", "1+"}


def test_a_long_list_is_shown_before_it_is_counted_to_its_end(reader_client, five, monkeypatch):
    monkeypatch.setattr(listing, "SOON", 3)
    page = reader_client.get(URL).content.decode()
    assert "<b>3+ rounds</b>" in page
    assert re.search(
        r'<div id="facet-counts" hidden hx-get="\?counted=choices" hx-trigger="load" hx-target="this"', page
    )
    assert '<a href="?counted=yes">Count more</a>' in page
    asked_on = {"HX-Request": "true", "HX-Target": "facet-counts"}
    follow_up = reader_client.get(URL, headers=asked_on).content.decode()
    assert '<data value="stage=seed">3</data>' in follow_up
    assert "<b>5 rounds</b>" in follow_up and "+" not in follow_up
    assert "hx-get" not in follow_up and "<table" not in follow_up


def test_what_counting_found_may_be_chosen_as_well(reader_client, five, monkeypatch):
    """Of rows that are all of one country the panel has a number for that one alone, until all rows are counted."""
    monkeypatch.setattr(listing, "SOON", 1)
    page = reader_client.get(URL).content.decode()
    assert page.count('name="country"') == 2
    assert sorted(numbers(page).get(f"country={code}", "") for code in ("NO", "none")) == ["", "1+"]
    assert page.count('name="sector"') < 2
    asked_on = {"HX-Request": "true", "HX-Target": "facet-counts"}
    follow_up = reader_client.get(f"{URL}?counted=choices", headers=asked_on).content.decode()
    assert '<details class="facet" id="facet-country" hx-swap-oob="true" open>' in follow_up
    assert numbers(follow_up)["country=NO"] == "2" and numbers(follow_up)["country=none"] == "3"
    assert "facet-country" not in reader_client.get(URL, headers=asked_on).content.decode()


def test_who_has_no_script_may_have_a_long_list_counted(reader_client, five, monkeypatch):
    monkeypatch.setattr(listing, "SOON", 3)
    page = reader_client.get(f"{URL}?amount=disclosed&counted=yes").content.decode()
    assert "<b>4 rounds</b>" in page
    assert numbers(page)["stage=seed"] == "2"
    assert "Count more" not in page
    assert "counted" not in re.findall(r'class="chip">.*?</a>', page)[0]


def test_the_numbers_come_along_with_the_table_for_htmx(reader_client, five):
    part = reader_client.get(f"{URL}?stage=seed", headers={"HX-Request": "true"}).content.decode()
    assert '<data value="stage=series_a">2</data>' in part
    assert '<data value="amount=undisclosed">1</data>' in part
    assert "<form" not in part


def test_the_numbers_for_htmx_say_of_what_was_not_found_that_there_may_be_some(reader_client, five, monkeypatch):
    monkeypatch.setattr(paging, "COUNTED", 3)
    part = reader_client.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert '<data value="country="></data>' in part
    monkeypatch.setattr(paging, "COUNTED", 10)
    part = reader_client.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert '<data value="country=">' not in part


def test_a_further_page_leaves_the_numbers_beside_it_alone(reader_client, five):
    part = reader_client.get(f"{URL}?after=2030-01-01~1", headers={"HX-Request": "true"}).content.decode()
    assert "facet-counts" not in part
    assert "5 further, the newest first" in part
    whole = reader_client.get(f"{URL}?after=2030-01-01~1").content.decode()
    assert numbers(whole)["stage=seed"] == "3"


@pytest.mark.parametrize(
    ("address", "index", "conditions"),
    [
        ("/companies/?country=NO", "company_by_country_and_day", {"is_live", "merged_into_id"}),
        ("/companies/?stage=seed", "company_by_stage_and_day", {"is_live", "merged_into_id"}),
        ("/companies/?country=NO&stage=seed", "company_by_both_and_day", {"is_live", "merged_into_id"}),
        ("/rounds/?country=NO", "round_by_country_and_day", {"is_live"}),
        ("/rounds/?stage=seed", "round_by_stage_and_day", {"is_live"}),
        ("/rounds/?country=NO&stage=seed", "round_by_both_and_day", {"is_live"}),
    ],
)
def test_the_choices_of_a_narrowed_list_are_counted_in_an_index_without_its_rows(
    reader_client, five, address, index, conditions
):
    with CaptureQueriesContext(connection) as asked:
        reader_client.get(address, headers={"HX-Request": "true", "HX-Target": listing.NUMBERS})
    counted = next(one["sql"] for one in asked.captured_queries if "kinds_0" in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute("select attname from pg_attribute where attrelid = %s::regclass", [index])
        held = {name for (name,) in cursor.fetchall()}
    read = set(re.findall(r'"(?:companies_company|funding_round)"\."(\w+)"', counted))
    assert "has_conflict" in read
    assert read - held == conditions  # as the index has them


def test_a_list_of_nothing_counts_nothing(reader_client):
    page = numbers(reader_client.get(f"{URL}?q=%CC%81").content.decode())
    assert set(page.values()) == {"0"}


def test_dates_of_the_past_are_counted_as_they_were(reader_client, five):
    page = numbers(reader_client.get(f"{URL}?public=2024-02-28").content.decode())
    assert page["stage=seed"] == "0"
    say(
        make_source(published=PartialDate(2024, 1, 2)),
        company="Early",
        rounds={"0": {"announced_on": PartialDate(2024, 1, 1), "stage": Text("seed")}},
    )
    page = numbers(reader_client.get(f"{URL}?public=2024-02-28").content.decode())
    assert page["stage=seed"] == "1"
