"""The overview's tables as files: the same rows as the page, by the same query string."""

from datetime import date

import pytest
import time_machine
from factories import make_round, make_source, say, usd

from funding.values import PartialDate, Text, Undisclosed
from funding.views.overview_files import TABLES

pytestmark = pytest.mark.django_db
TODAY = date(2024, 5, 15)


def lines(client, table: str, query: str = "", status: int = 200) -> list[str]:
    with time_machine.travel(TODAY, tick=False):
        response = client.get(f"/overview/{table}.csv{query}")
    assert response.status_code == status
    return response.content.decode().split("\r\n")


def rounds() -> None:
    told = {
        "announced_on": PartialDate(2024, 2, 1),
        "raised": usd(3_000_000),
        "stage": Text("seed"),
        "leads": ["Fjord"],
    }
    facts = {"headquarters": Text("Oslo"), "sector": Text("robotics")}
    say(make_source(), company="Halden Robotics", facts=facts, rounds={"0": told})
    told = {"announced_on": PartialDate(2024, 2, 9), "raised": Undisclosed(), "investors": ["=cmd()", "Fjord"]}
    say(make_source(), company="Quillwork", rounds={"0": told})


def test_quarters_are_told_by_stage(analyst_client):
    rounds()
    assert lines(analyst_client, "quarters", "?since=2023-Q4&until=2024-Q1") == [
        "quarter,stage,rounds,without_amount,raised,currency,is_incomplete,amounts_inexact",
        "2023-Q4,,0,0,,USD,false,0",
        "2024-Q1,,1,1,,USD,true,0",
        "2024-Q1,seed,1,0,3000000,USD,true,0",
        "",
    ]


def test_countries_and_sectors_are_told_with_what_is_in_no_sum(analyst_client):
    rounds()
    assert lines(analyst_client, "countries") == [
        "country,country_name,rounds,without_amount,raised,currency,amounts_inexact",
        "NO,Norway,1,0,3000000,USD,0",
        ",country not known,1,1,,USD,0",
        "",
    ]
    assert lines(analyst_client, "sectors", "?country=NO") == [
        "sector,rounds,without_amount,raised,currency,amounts_inexact",
        "robotics,1,0,3000000,USD,0",
        "",
    ]


def test_investors_are_told_with_the_rounds_they_were_counted_over(analyst_client):
    rounds()
    head = "investor,rounds,led,counted_over,matching_rounds"
    assert lines(analyst_client, "investors") == [head, "Fjord,2,1,,", "'=cmd(),1,0,,", ""]
    assert lines(analyst_client, "investors", "?stage=seed") == [head, "Fjord,1,1,1,1", ""]


def test_medians_are_told_as_approximate(analyst_client):
    for number in range(4):
        make_round(f"Company {number}", raised=usd(3_000_000), stage=Text("seed"))
    head, row, _ = lines(analyst_client, "stages")
    assert head == "stage,rounds,lower_quartile,median,upper_quartile,currency,is_approx"
    stage, number, *ends, currency, is_approx = row.split(",")
    assert (stage, number, currency, is_approx) == ("seed", "4", "USD", "true")
    assert all(abs(float(end) / 3_000_000 - 1) < 0.025 for end in ends)


def test_no_median_is_told_of_fewer_than_four_rounds(analyst_client):
    rounds()
    _, row, _ = lines(analyst_client, "stages")
    assert row == "seed,1,,,,USD,true"


def test_unicorns_are_told_with_their_value_as_it_was_said(analyst_client):
    make_round("Halden Robotics", valuation=usd(2_000_000_000, is_approx=True))
    _, row, _ = lines(analyst_client, "unicorns")
    assert row == "Halden Robotics,,2024-02-20,day,2000000000,2000000000,false,false,true,USD,unspecified,stated"


def test_every_table_can_be_asked_for_where_there_is_nothing(analyst_client):
    for table in TABLES:
        head, *rest = lines(analyst_client, table)
        assert "," in head and (table == "quarters" or rest == [""])


def test_a_query_string_that_cannot_be_read_makes_no_file(analyst_client):
    shown = "".join(lines(analyst_client, "quarters", "?since=soon&seller=x", 422))
    assert "so none was made" in shown and "“soon” is no quarter" in shown and "“seller” is no filter" in shown


def test_a_table_that_there_is_not_is_not_found(analyst_client):
    lines(analyst_client, "people", status=404)


def test_files_are_for_analysts(reader_client):
    lines(reader_client, "quarters", status=403)
