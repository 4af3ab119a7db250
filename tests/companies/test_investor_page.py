"""The page of one investor: its rounds, portfolio and those it invests with."""

import re

import pytest
from factories import make_round, make_source, make_user, say, usd

from companies.models import Alias, Investor
from funding import recording
from funding.values import PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db


def page(client, slug: str = "northgate") -> str:
    return client.get(f"/investors/{slug}/").content.decode()


def test_the_lede_counts_rounds_companies_and_leads(reader_client):
    make_round("Halden", announced_on=PartialDate(2022, 5), leads=["Northgate"])
    make_round("Halden", announced_on=PartialDate(2024, 2, 1), investors=["Northgate"])
    make_round("Quillwork", announced_on=PartialDate(2023), investors=["Northgate"])
    Alias.objects.create(investor=Investor.objects.get(), name="NG Capital", key="ng capital")
    sentence = "<b>3 rounds</b> of <b>2 companies</b>, from May 2022 to 1 Feb 2024; said to have led 1."
    assert f"{sentence} Also called NG Capital." in page(reader_client)


def test_a_lead_is_stated_or_not_stated_and_every_part_has_its_mark(reader_client):
    make_round("Halden", leads=["Northgate"])
    make_round("Quillwork", investors=["Northgate"], raised=Undisclosed())
    found = page(reader_client)
    assert '<span class="lead">yes</span><a class="mark"' in found
    assert '<span class="absent">not stated</span><a class="mark"' in found
    assert '<span class="absent">undisclosed</span>' in found


def test_others_are_ranked_by_the_rounds_they_share(reader_client):
    make_round("A", investors=["Northgate", "Often", "Once"])
    make_round("B", investors=["Northgate", "Often"])
    make_round("C", investors=["Often", "Never with it"])
    found = page(reader_client)
    invests_with = found[found.index('id="others"') :]
    assert re.findall(r'/investors/[^"]*">([^<]*)</a></th><td class="num">([^<]*)<', invests_with) == [
        ("Often", "2 rounds"),
        ("Once", "1 round"),
    ]


def test_the_portfolio_counts_its_own_parts_alone(reader_client):
    make_round("Halden", leads=["Northgate"], investors=["Other"])
    make_round("Halden", announced_on=PartialDate(2020), investors=["Other"])
    found = page(reader_client)
    portfolio = found[found.index('id="portfolio"') : found.index('id="others"')]
    assert re.findall(r'<td class="num">(\d)</td>', portfolio) == ["1", "1"]


def test_a_merged_investor_leads_to_the_one_it_is_now(reader_client):
    make_round("Halden", investors=["Northgate", "North Gate Partners"])
    kept = Investor.objects.get(slug="northgate")
    Investor.objects.filter(slug="north-gate-partners").update(merged_into=kept)
    answer = reader_client.get("/investors/north-gate-partners/")
    assert (answer.status_code, answer["Location"]) == (301, "/investors/northgate/")


def test_an_unknown_investor_is_not_found(reader_client):
    assert reader_client.get("/investors/nobody/").status_code == 404


def test_an_investor_of_whom_nothing_is_said_any_more_is_gone(reader_client, editor):
    change = say(make_source(), rounds={"0": {"announced_on": PartialDate(2024), "investors": ["Northgate"]}})
    recording.undo(change, editor)
    answer = reader_client.get("/investors/northgate/")
    assert answer.status_code == 410
    assert "No source we hold speaks of this investor any more." in answer.content.decode()


def test_the_export_holds_the_parts_of_the_investor(reader_client, analyst_client):
    make_round("Halden", investors=["Northgate"])
    assert "/export/" not in page(reader_client)
    assert 'href="/export/participations.csv?investor=northgate"' in page(analyst_client)


def test_the_page_asks_at_most_twelve_queries(client, django_assert_max_num_queries):
    client.force_login(make_user("mia", "editor"), backend="django.contrib.auth.backends.ModelBackend")
    for number in range(12):
        make_round(
            f"Company {number}",
            leads=["Northgate"],
            investors=[f"Other {number}"],
            valuation=usd(9),
            stage=Text("seed"),
        )
    with django_assert_max_num_queries(12):
        assert page(client).count("Company") >= 24
