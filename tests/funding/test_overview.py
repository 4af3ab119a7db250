"""The overview: what it sums, what it leaves out and says so, what can be asked of it, and what it costs."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from factories import make_round, make_source, make_user, say, usd
from overview_rows import make_cell

from funding import totals
from funding.charts import bars, quarters
from funding.charts.quarters import History, Quarter
from funding.models import RoundTotal
from funding.totals import COUNTED, Cut
from funding.values import Money, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db
TODAY = date(2024, 5, 15)


def history(cut: Cut | None = None, currency: str = "USD") -> History:
    return quarters.history(totals.per_quarter(cut or Cut(), currency, TODAY), currency, TODAY)


def of(year: int, number: int) -> quarters.OfQuarter:
    """One quarter as the overview holds it."""
    return next(one for one in history().quarters if one.quarter == Quarter(year, number))


def page(client, query: str = "", status: int = 200) -> str:
    with time_machine.travel(TODAY, tick=False):
        response = client.get(f"/{query}")
    assert response.status_code == status
    return response.content.decode()


def test_quarters_are_counted_across_years():
    assert Quarter(2024, 1).shifted(-1) == Quarter(2023, 4)
    assert Quarter(2024, 2).shifted(-11) == Quarter(2021, 3)
    assert Quarter(2021, 3).until(Quarter(2024, 2)) == 12
    numbers = [Quarter.of(date(2024, month, 28)).number for month in range(1, 13)]
    assert numbers == [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3
    assert Quarter(2024, 4).last_day == date(2024, 12, 31)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", Quarter(2024, 1), Quarter(2024, 4)),
        ("2024-Q3", Quarter(2024, 3), Quarter(2024, 3)),
        ("2024q3", Quarter(2024, 3), Quarter(2024, 3)),
        ("Q3 2024", Quarter(2024, 3), Quarter(2024, 3)),
        ("T3 2024", Quarter(2024, 3), Quarter(2024, 3)),  # as a French reader sees it
    ],
)
def test_a_quarter_is_read_as_people_write_it(text, first, last):
    assert (Quarter.read(text), Quarter.read(text, is_end=True)) == (first, last)


@pytest.mark.parametrize("text", ["2024-Q5", "2024-05", "0001", "9999-Q1", "soon", "²024", "2024-Q3-Q4"])
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(ValueError):
        Quarter.read(text)


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
    assert (one.rounds, one.without_amount, one.money) == (2, 2, None)


def test_rumours_and_secondary_sales_are_in_no_sum():
    make_round("A", announced_on=PartialDate(2023, 7, 1), status=Text("rumoured"))
    make_round("B", announced_on=PartialDate(2023, 7, 1), stage=Text("secondary_market"))
    assert history().rounds == 0


def test_a_round_dated_to_a_year_or_not_at_all_is_in_no_quarter():
    make_round("A", announced_on=PartialDate(2023))
    say(make_source(), company="B", rounds={"0": {"raised": usd(7)}})
    assert history().rounds == 0


def test_the_running_quarter_and_the_one_before_are_incomplete_and_sums_of_at_least():
    make_round("A", announced_on=PartialDate(2024, 5, 2), raised=usd(3))
    make_round("B", announced_on=PartialDate(2023, 11, 2), raised=usd(3))
    assert history().incomplete == [Quarter(2024, 1), Quarter(2024, 2)]
    assert of(2024, 2).money == Money.at_least(3, "USD")
    assert of(2023, 4).money == Money.exact(3, "USD")


def test_a_sum_with_a_bound_or_an_approximate_amount_in_it_is_approximate():
    make_round("A", announced_on=PartialDate(2023, 11, 2), raised=usd(3_000_000), stage=Text("seed"))
    assert of(2023, 4).money == history().money == Money.exact(3_000_000, "USD")
    make_round(
        "B", announced_on=PartialDate(2023, 11, 3), raised=Money.at_most(4_000_000, "USD"), stage=Text("series_a")
    )
    assert of(2023, 4).money == history().money == Money.about(7_000_000, "USD")
    assert of(2023, 4).money_of("stage-1") == Money.exact(3_000_000, "USD")
    assert of(2023, 4).money_of("stage-2") == Money.about(4_000_000, "USD")
    [chart] = [one.label for one in bars.draw(history(), 800, 12).bars if one.label]
    assert chart == "≈ 7"


def test_the_quarters_end_with_the_newest_round_but_not_in_the_future():
    make_round("A", announced_on=PartialDate(2022, 2, 1))
    assert (history().first, history().last) == (Quarter(2019, 2), Quarter(2022, 1))
    make_round("B", announced_on=PartialDate(2031, 2, 1))
    assert history().last == Quarter(2022, 1)


def test_twelve_quarters_are_shown_whatever_the_lengths_of_their_months():
    for month in range(48):
        make_cell(date(2020 + month // 12, month % 12 // 3 * 3 + 1, 1), rounds=1)
    for number in range(1, 16):
        newest = Quarter(2020, 1).shifted(number)
        RoundTotal.objects.filter(quarter__gt=newest.first_day).delete()
        shown = {Quarter.of(row.quarter) for row in totals.per_quarter(Cut(), "USD", TODAY)}
        assert shown == {newest.shifted(-back) for back in range(min(12, number + 1))}
        for back in range(number + 1, 16):
            make_cell(Quarter(2020, 1).shifted(back).first_day, rounds=1)


def test_rows_of_one_cell_are_added_up():
    make_cell(date(2023, 7, 1), "seed", rounds=3, unstated=1, usd=Decimal(70))
    make_cell(date(2023, 7, 1), "seed", rounds=-1, unstated=-1)
    [row] = totals.per_quarter(Cut(), "USD", TODAY)
    assert (row.rounds, row.unstated, row.amount) == (2, 0, Decimal(70))


def test_a_cell_whose_rows_cancel_each_other_is_none():
    make_cell(date(2023, 7, 1), "seed", rounds=1, usd=Decimal(70))
    make_cell(date(2023, 7, 1), "seed", rounds=-1, usd=Decimal(-70))
    assert totals.per_quarter(Cut(), "USD", TODAY) == []


def test_sums_are_kept_in_three_currencies():
    make_cell(date(2023, 7, 1), rounds=1, usd=Decimal(3), eur=Decimal(2), gbp=Decimal(1))
    sums = {currency: history(currency=currency).money for currency in ("USD", "EUR", "GBP")}
    assert sums == {"USD": usd(3), "EUR": Money.exact(2, "EUR"), "GBP": Money.exact(1, "GBP")}


def test_bars_stand_on_the_base_line_and_reach_as_high_as_their_sum():
    make_round("A", announced_on=PartialDate(2023, 7, 1), raised=usd(4_000_000_000), stage=Text("seed"))
    make_round("B", announced_on=PartialDate(2023, 7, 1), raised=usd(1_000_000_000), stage=Text("series_b"))
    drawing = bars.draw(history(), 800, 12)
    [bar] = [bar for bar in drawing.bars if bar.parts]
    assert [part.css for part in bar.parts] == ["stage-3", "stage-1"]
    assert [(part.y, part.height) for part in bar.parts] == [("244.0", "54.0"), ("24.0", "219.0")]
    assert [tick.label for tick in drawing.ticks] == ["0", "1", "2", "3", "4", "$5bn"]
    assert (bar.label, bar.quarter) == ("5", "Q3")


def test_bars_without_room_for_words_have_none():
    make_cell(date(2023, 7, 1), rounds=1, usd=Decimal(3))
    period = Quarter(2010, 1), Quarter(2024, 4)
    drawing = bars.draw(quarters.history(totals.per_quarter(Cut(), "USD", TODAY), "USD", TODAY, period), 800, 60)
    assert len(drawing.bars) == 60
    assert {(bar.label, bar.quarter) for bar in drawing.bars} == {("", "")}
    assert [bar.year for bar in drawing.bars if bar.year] == list(range(2010, 2025))


def test_the_page_says_what_it_sums_and_leaves_out(reader_client):
    make_round("A", announced_on=PartialDate(2023, 7, 1), raised=usd(235_000_000), leads=["Northgate"])
    make_round("B", announced_on=PartialDate(2024, 2, 1), raised=Undisclosed())
    shown = page(reader_client)
    assert "<b>2 rounds</b> from Q2 2021 to Q1 2024" in shown
    assert "1 of them is without an amount and in no sum." in shown
    assert "Q1 2024 is incomplete." in shown
    assert '<span class="money">$235<span class="unit">m</span></span>' in shown
    assert '<span class="absent">undisclosed</span>' in shown
    assert 'Northgate</a></th><td class="num">1<span class="second is-flush">led 1</span></td>' in shown


def test_an_empty_site_says_what_to_do(editor_client, reader_client):
    shown = page(editor_client)
    assert "Nothing is recorded yet." in shown
    assert "Paste an article" in shown and 'href="/articles/"' in shown
    assert "Paste an article" not in page(reader_client)


def test_a_site_of_one_undated_round_shows_it(reader_client):
    say(make_source(), company="Halden Robotics", rounds={"0": {"raised": usd(7_000_000)}})
    shown = page(reader_client)
    assert ">Halden Robotics</a>" in shown
    assert "<b>0 rounds</b> from Q3 2021 to Q2 2024" in shown


def test_the_files_are_for_analysts(reader_client, analyst_client):
    make_round()
    assert ".csv" not in page(reader_client)
    shown = page(analyst_client)
    assert 'href="/export/rounds.csv?since=2021-04&amp;until=2024-03&amp;status=closed"' in shown
    assert 'href="/overview/quarters.csv"' in shown


@pytest.mark.parametrize("query", ["", "?country=NO&stage=seed&since=2023&until=2024-Q1&currency=EUR"])
def test_the_page_asks_at_most_twelve_queries(client, django_assert_max_num_queries, query):
    client.force_login(make_user("mia", "editor"), backend="django.contrib.auth.backends.ModelBackend")
    for number in range(10):
        make_round(
            f"Company {number}", leads=[f"Lead {number}"], investors=["Everybody"], valuation=usd(2_000_000_000)
        )
    with django_assert_max_num_queries(12):
        page(client, query)


def test_a_sector_costs_no_query_more_than_twelve(client, django_assert_max_num_queries):
    client.force_login(make_user("mia", "editor"), backend="django.contrib.auth.backends.ModelBackend")
    for number in range(10):
        told = {"announced_on": PartialDate(2024, 2, 1), "raised": usd(5), "investors": [f"Lead {number}"]}
        say(make_source(), company=f"Company {number}", facts={"sector": Text("robotics")}, rounds={"0": told})
    with django_assert_max_num_queries(12):
        assert "Company 3" in page(client, "?sector=robotics")


def test_every_stage_that_counts_in_a_total_is_summed():
    assert {"", "seed", "debt_financing", "grant", "undisclosed"} <= set(COUNTED)
    assert not {"secondary_market", "post_ipo_equity", "non_equity_assistance"} & set(COUNTED)
