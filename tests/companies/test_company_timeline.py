"""The latest changes on the page of a company."""

import pytest
from django.test import Client
from factories import make_source, say, tell_story, usd
from pytest_django.fixtures import DjangoAssertNumQueries

from funding.values import PartialDate

pytestmark = pytest.mark.django_db
HISTORY = "/companies/halden-robotics/history/"
PART = {"HX-Request": "true"}


def test_the_history_gives_its_latest_changes_to_the_page_of_the_company(reader_client: Client) -> None:
    tell_story()
    say(make_source(), rounds={"0": {"announced_on": PartialDate(2025, 1, 9), "raised": usd(60_000_000)}})
    part = reader_client.get(HISTORY, headers=PART).content.decode()
    assert part.startswith('<ol class="timeline">')
    assert part.count("<li><p class") == 2
    assert 'Amount raised: <span class="absent">not stated</span> → $60m' in part


def test_values_that_stay_as_they_were_are_counted_and_not_listed(reader_client: Client) -> None:
    for _ in range(2):
        say(make_source(), rounds={"0": {"announced_on": PartialDate(2025, 1, 9), "raised": usd(60_000_000)}})
    part = reader_client.get(HISTORY, headers=PART).content.decode()
    assert "0 values of " in part
    assert part.count("→ $60m") == 1


def test_the_page_leads_to_the_whole_history_without_scripts(reader_client: Client) -> None:
    tell_story()
    page = reader_client.get("/companies/halden-robotics/").content.decode()
    assert f'<p hx-get="{HISTORY}" hx-trigger="revealed" hx-swap="outerHTML"><a href="{HISTORY}">' in page


def test_no_more_than_five_are_shown_at_the_cost_of_a_page(
    reader_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for year in range(2015, 2023):
        say(make_source(), rounds={"0": {"announced_on": PartialDate(year, 3, 1), "raised": usd(year * 1000)}})
    with django_assert_max_num_queries(12):
        part = reader_client.get(HISTORY, headers=PART).content.decode()
    assert part.count("<li><p class") == 5
