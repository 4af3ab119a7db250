"""What the filters of the list of companies leave: ranges, parties, gaps, countries and sectors."""

import datetime

import pytest
from django.http import QueryDict
from django.utils import timezone
from factories import make_round, make_source, say, usd

from companies.filters import CompanyFilter
from companies.models import Company
from funding.models import Source
from funding.values import Money, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db


def found(query: str) -> set[str]:
    """The names that a query string leaves."""
    chosen = CompanyFilter(QueryDict(query))
    rows = chosen.apply(Company.objects.live())
    assert not chosen.problems
    return {one.name for one in rows}


@pytest.fixture
def valued():
    """An exact value, one called approximate, a bound and a range."""
    values = {
        "Exact": usd(10**9),
        "About": Money.about(10**9, "USD"),
        "Above": Money.at_least(8 * 10**8, "USD", strictly=True),
        "Between": Money(5 * 10**8, 2 * 10**9, currency="USD"),
    }
    for name, value in values.items():
        make_round(name, raised=Undisclosed(), valuation=value)
    make_round("Silent", raised=Undisclosed())


@pytest.mark.parametrize(
    ("query", "certainly", "possibly"),
    [
        ("valuation_min=1bn", {"Exact"}, {"Exact", "About", "Above", "Between"}),
        ("valuation_min=900m", {"Exact", "About"}, {"Exact", "About", "Above", "Between"}),
        ("valuation_min=700m", {"Exact", "About", "Above"}, {"Exact", "About", "Above", "Between"}),
        ("valuation_max=1bn", {"Exact"}, {"Exact", "About", "Above", "Between"}),
        ("valuation_max=600m", set(), {"Between"}),
        (
            "valuation_min=500m&valuation_max=2bn",
            {"Exact", "About", "Between"},
            {"Exact", "About", "Above", "Between"},
        ),
        ("valuation_min=1.05bn&valuation_max=1.2bn", set(), {"About", "Above", "Between"}),
        ("valuation_min=3bn", set(), {"Above"}),
    ],
)
def test_a_range_holds_a_value_certainly_or_possibly(valued, query, certainly, possibly):
    assert found(query) == found(f"{query}&valuation_match=certainly") == certainly
    assert found(f"{query}&valuation_match=possibly") == possibly


def test_money_raised_in_all_is_a_range():
    make_round("Small", raised=usd(2_000_000))
    make_round("Large", raised=usd(90_000_000))
    assert found("raised_min=10m") == {"Large"}
    assert found("raised_max=10m") == {"Small"}


def test_companies_of_an_investor_and_of_a_lead():
    make_round("Halden", leads=["Northgate"], investors=["Fjordline"])
    make_round("Quillwork", investors=["Northgate"])
    assert found("investor=northgate") == {"Halden", "Quillwork"}
    assert found("lead=Northgate") == {"Halden"}
    assert found("investor=fjordline&lead=northgate") == {"Halden"}


def test_countries_and_sectors_are_joined_and_none_can_be_asked_for():
    for name, city, sector in (("Halden", "Oslo", "robotics"), ("Quillwork", "Lyon", "software")):
        say(make_source(), company=name, facts={"headquarters": Text(city), "sector": Text(sector)})
    make_round("Nowhere")
    assert found("country=no") == {"Halden"}
    assert found("country=NO&country=FR") == {"Halden", "Quillwork"}
    assert found("country=none") == {"Nowhere"}
    assert found("sector=ROBOTICS&sector=software") == {"Halden", "Quillwork"}
    assert found("country=FR&sector=robotics") == set()


def test_companies_of_which_nobody_told_for_a_year():
    today = timezone.localdate()
    for name, published in (("Fresh", today - datetime.timedelta(days=300)), ("Stale", datetime.date(2021, 5, 4))):
        source = make_source(published=PartialDate.of(published))
        say(source, company=name, rounds={"0": {"announced_on": PartialDate(2020)}})
    assert found("stale=yes") == {"Stale"}
    assert found("told_until=2021-05-04") == {"Stale"}
    assert found("told_until=2021-05-03") == set()


def test_what_lacks_an_amount_or_a_source(editor):
    make_round("Open")
    make_round("Secretive", raised=Undisclosed())
    entry = make_source(" ", kind=Source.Kind.ENTRY, entered_by=editor, publisher="")
    Source.objects.filter(pk=entry.pk).update(text="")
    entry.refresh_from_db()
    say(entry, company="Typed", rounds={"0": {"announced_on": PartialDate(2024, 1, 9), "raised": usd(5)}}, by=editor)
    assert found("amount=missing") == {"Secretive"}
    assert found("source=none") == {"Typed"}
