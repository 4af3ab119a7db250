"""The columns of lists, chosen in the address, and the orders at their heads."""

import re

import pytest
from django.http import QueryDict
from factories import make_round, make_source, say, usd

from companies.filters import CompanyFilter, InvestorFilter
from companies.models import Company
from config import paging
from config.paging import BadPlace
from funding.filters import RoundFilter
from funding.models import Round
from funding.values import PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db


def heads(page: str) -> list[str]:
    """The heads of the table, in their order."""
    head = page[page.index("<thead>") : page.index("</thead>")]
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<th [^>]*>(.*?)</th>", head)]


def test_the_usual_columns_are_shown_where_nobody_chose(reader_client):
    make_round(leads=["Northgate"])
    assert heads(reader_client.get("/companies/").content.decode()) == [
        "Company",
        "Sector",
        "Last round",
        "Raised",
        "Valuation",
    ]
    assert heads(reader_client.get("/rounds/").content.decode()) == [
        "Announced",
        "Company",
        "Stage",
        "Raised",
        "Led by",
        "Valuation",
    ]
    investors = heads(reader_client.get("/investors/").content.decode())
    assert investors == ["Investor", "Rounds", "Said to lead", "Companies", "Last round"]


def test_chosen_columns_are_shown_and_no_others(reader_client):
    say(make_source(), facts={"headquarters": Text("Oslo"), "founded_on": PartialDate(2016)})
    page = reader_client.get("/companies/?columns=country&columns=founded&columns=told").content.decode()
    assert heads(page) == ["Company", "Country", "Founded", "Last news"]
    assert "<td>Norway</td>" in page
    assert '<td class="date">2016<a class="mark"' in page
    assert '<td class="date">1 Mar 2024</td>' in page
    assert 'name="columns" value="country" checked>' in page
    assert 'name="columns" value="sector">' in page


@pytest.mark.parametrize(
    ("url", "filter_of"), [("/companies/", CompanyFilter), ("/investors/", InvestorFilter), ("/rounds/", RoundFilter)]
)
def test_all_columns_at_once_cost_at_most_twelve_queries(
    analyst_client, url, filter_of, django_assert_max_num_queries
):
    for number in range(5):
        make_round(f"Company {number}", leads=["Northgate"], valuation=usd(90_000_000))
    query = "&".join(f"columns={name}" for name in filter_of.COLUMNS)
    with django_assert_max_num_queries(12):
        page = analyst_client.get(f"{url}?{query}").content.decode()
    missing = [column.label for column in filter_of.COLUMNS.values() if str(column.label) not in heads(page)]
    assert not missing


def test_the_usual_columns_are_no_part_of_the_address():
    usual = "&".join(f"columns={name}" for name in reversed(CompanyFilter(QueryDict("")).usual_columns))
    assert CompanyFilter(QueryDict(f"q=hal&{usual}")).query == "q=hal"
    assert CompanyFilter(QueryDict("columns=raised&q=hal")).query == "columns=raised&q=hal"


def test_clearing_the_filters_keeps_order_and_columns(reader_client):
    page = reader_client.get("/companies/?q=hal&columns=raised&order=name").content.decode()
    assert 'href="/companies/?columns=raised&amp;order=name">Clear all</a>' in page


def test_the_head_of_the_column_in_use_turns_the_order_round(reader_client):
    make_round()
    page = reader_client.get("/companies/?order=raised").content.decode()
    assert 'aria-sort="descending"><a href="?order=raised_asc">Raised</a>' in page
    page = reader_client.get("/companies/?order=raised_asc").content.decode()
    assert 'aria-sort="ascending"><a href="?order=raised">Raised</a>' in page
    assert '<a href="?order=valuation">Valuation</a>' in page


@pytest.mark.parametrize(
    ("filter_of", "order"),
    [(filter_of, order) for filter_of in (CompanyFilter, RoundFilter) for order in filter_of.ORDERS],
)
def test_pages_show_each_row_once_in_every_order_with_nulls_last(filter_of, order):
    for number in range(2):
        make_round(f"Tied {number}", valuation=usd(90_000_000))
        make_round(f"Unknown {number}", raised=Undisclosed(), announced_on=PartialDate(2023, 1, 1 + number))
        say(make_source(), company=f"Undated {number}", rounds={"0": {"raised": usd(7)}})
    rows = Company.objects.live() if filter_of is CompanyFilter else Round.objects.live()
    chosen = filter_of(QueryDict(f"order={order}"))
    whole = list(chosen.ordering.sort(rows))
    seen, after = [], ""
    while len(seen) < 20:
        page = paging.take(rows, chosen.ordering, after, 1)
        seen += page.rows
        after = page.next
        if not after:
            break
    assert seen == whole and len(whole) == 6
    if column := chosen.ordering.column:
        values = [getattr(row, column) for row in whole]
        known = [value for value in values if value is not None]
        assert values == [*sorted(known, reverse=chosen.ordering.is_descending), *[None] * (6 - len(known))]


def test_a_place_without_a_value_is_none_where_the_column_always_has_one():
    with pytest.raises(BadPlace):
        CompanyFilter.ORDERS["name"].read_place("~5")
    assert CompanyFilter.ORDERS["raised_asc"].read_place("~5") == (None, 5)
