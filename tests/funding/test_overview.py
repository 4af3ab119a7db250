"""The overview: what it sums, what it leaves out and says so, and what it costs."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from factories import make_round, make_source, make_user, say, usd

from funding.charts import bars, quarters
from funding.charts.quarters import Quarter
from funding.values import Money, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db
TODAY = date(2024, 5, 15)


def of(year: int, number: int, newest: date = date(2024, 5, 2)) -> quarters.OfQuarter:
    """One quarter as the overview holds it."""
    history = quarters.raised_per_quarter(newest, TODAY)
    return next(one for one in history.quarters if one.quarter == Quarter(year, number))


def test_quarters_are_counted_across_years():
    assert Quarter(2024, 1).shifted(-1) == Quarter(2023, 4)
    assert Quarter(2024, 2).shifted(-11) == Quarter(2021, 3)
    assert [Quarter.of(date(2024, month, 28)).number for month in range(1, 13)] == [1] * 3 + [2] * 3 + [3] * 3 + [
        4
    ] * 3
    assert Quarter(2024, 4).query == "since=2024-10&until=2024-12&status=closed"


def test_sums_are_of_disclosed_amounts_by_stage():
    make_round("A", announced_on=PartialDate(2023, 7, 1), raised=usd(3), stage=Text("seed"))
    make_round("B", announced_on=PartialDate(2023, 9, 30), raised=usd(4), stage=Text("pre_seed"))
    make_round("C", announced_on=PartialDate(2023, 8), raised=usd(50), stage=Text("series_d"))
    make_round("D", announced_on=PartialDate(2023, 10, 1), raised=usd(600))
    assert of(2023, 3).by_group == {"stage-1": Decimal(7), "stage-4": Decimal(50)}
    assert of(2023, 3).money == Money.exact(57, "USD")
    assert of(2023, 4).by_group == {"stage-other": Decimal(600)}


def test_what_is_undisclosed_or_has_no_rate_is_counted_and_in_no_sum():
    make_round("A", announced_on=PartialDate(2023, 7, 1), raised=Undisclosed())
    make_round("B", announced_on=PartialDate(2023, 7, 2), raised=Money.exact(5, "XAF"))
    one = of(2023, 3)
    assert (one.rounds, one.without_amount, one.without_rate, one.money) == (2, 1, 1, None)


def test_rumours_and_secondary_sales_are_in_no_sum():
    make_round("A", announced_on=PartialDate(2023, 7, 1), status=Text("rumoured"))
    make_round("B", announced_on=PartialDate(2023, 7, 1), stage=Text("secondary_market"))
    assert of(2023, 3).rounds == 0


def test_a_round_dated_to_a_year_or_not_at_all_is_in_no_quarter():
    make_round("A", announced_on=PartialDate(2023))
    say(make_source(), company="B", rounds={"0": {"raised": usd(7)}})
    history = quarters.raised_per_quarter(date(2023, 1, 1), TODAY)
    assert (history.rounds, history.without_quarter) == (0, 2)


def test_the_running_quarter_and_the_one_before_are_incomplete_and_sums_of_at_least():
    make_round("A", announced_on=PartialDate(2024, 5, 2), raised=usd(3))
    make_round("B", announced_on=PartialDate(2023, 11, 2), raised=usd(3))
    history = quarters.raised_per_quarter(date(2024, 5, 2), TODAY)
    assert history.incomplete == [Quarter(2024, 1), Quarter(2024, 2)]
    assert of(2024, 2).money == Money.at_least(3, "USD")
    assert of(2023, 4).money == Money.exact(3, "USD")


def test_the_quarters_end_with_the_newest_round_but_not_in_the_future():
    assert quarters.raised_per_quarter(date(2022, 2, 1), TODAY).last == Quarter(2022, 1)
    assert quarters.raised_per_quarter(date(2031, 2, 1), TODAY).last == Quarter(2024, 2)


def test_bars_stand_on_the_base_line_and_reach_as_high_as_their_sum():
    make_round("A", announced_on=PartialDate(2023, 7, 1), raised=usd(4_000_000_000), stage=Text("seed"))
    make_round("B", announced_on=PartialDate(2023, 7, 1), raised=usd(1_000_000_000), stage=Text("series_b"))
    drawing = bars.draw(quarters.raised_per_quarter(date(2024, 5, 2), TODAY), 800, 46)
    [bar] = [bar for bar in drawing.bars if bar.parts]
    assert [part.css for part in bar.parts] == ["stage-3", "stage-1"]
    assert [(part.y, part.height) for part in bar.parts] == [("244.0", "54.0"), ("24.0", "219.0")]
    assert [tick.label for tick in drawing.ticks] == ["0", "1", "2", "3", "4", "$5bn"]
    assert bar.label == "5"


def test_the_page_says_what_it_sums_and_leaves_out(reader_client):
    make_round("A", announced_on=PartialDate(2023, 7, 1), raised=usd(235_000_000), leads=["Northgate"])
    make_round("B", announced_on=PartialDate(2024, 2, 1), raised=Undisclosed())
    with time_machine.travel(TODAY, tick=False):
        page = reader_client.get("/").content.decode()
    assert "<b>2 rounds</b> from Q2 2021 to Q1 2024" in page
    assert "1 of them is without an amount and in no sum." in page
    assert "Q1 2024 is incomplete." in page
    assert '<span class="money">$235<span class="unit">m</span></span>' in page
    assert '<span class="absent">undisclosed</span>' in page
    assert 'Northgate</a></th><td class="num">1, led 1</td>' in page


def test_sectors_sum_what_their_companies_raised(reader_client):
    told = {"announced_on": PartialDate(2024, 2, 20), "raised": usd(10_000_000)}
    say(make_source(), facts={"sector": Text("robotics")}, rounds={"0": told})
    page = reader_client.get("/").content.decode()
    assert 'href="/companies/?sector=robotics">Robotics</a></th><td class="num"><span class="money">$10' in page


def test_an_empty_site_says_what_to_do(editor_client, reader_client):
    page = editor_client.get("/").content.decode()
    assert "Nothing is recorded yet." in page
    assert "Paste an article" in page and 'href="/articles/"' in page
    assert "Paste an article" not in reader_client.get("/").content.decode()


def test_the_export_is_for_analysts(reader_client, analyst_client):
    make_round()
    assert "/export/" not in reader_client.get("/").content.decode()
    assert 'href="/export/rounds.csv"' in analyst_client.get("/").content.decode()


def test_the_page_asks_at_most_twelve_queries(client, django_assert_max_num_queries):
    client.force_login(make_user("mia", "editor"), backend="django.contrib.auth.backends.ModelBackend")
    for number in range(10):
        make_round(f"Company {number}", leads=[f"Lead {number}"], investors=["Everybody"], valuation=usd(90_000_000))
    with django_assert_max_num_queries(12):
        assert client.get("/").status_code == 200
