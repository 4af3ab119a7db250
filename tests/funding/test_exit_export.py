"""The export of exits: what it carries, and which of them are asked for."""

import datetime

import pytest
from django.http import QueryDict
from factories import make_rate, make_round, make_source, usd
from test_exits import BOUGHT, LISTED, tell_exit
from test_export import rows

from funding import exports
from funding.values import Money, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db


def test_an_acquisition_has_its_price_converted_and_the_words_that_say_it() -> None:
    make_rate("USD", "1.25", datetime.date(2022, 5, 1))
    tell_exit(make_source("Sold for much.", url="https://paper.example/a"),
              **BOUGHT | {"price": Money.at_least(100_000_000, "EUR")})  # fmt: skip
    [one] = rows("exits")
    assert (one["company"], one["kind"], one["status"]) == ("Halden Robotics", "acquisition", "completed")
    assert (one["acquirer"], one["announced_on"]) == ("Nordhavn Group", "2022-05")
    assert (one["price_disclosure"], one["price_low"], one["price_high"]) == ("stated", "100000000", "")
    assert (one["price_low_open"], one["price_currency"]) == ("false", "EUR")
    assert (one["converted_low"], one["converted_currency"], one["rate"]) == ("125000000", "USD", "1.25")
    assert (one["quote_of"], one["quote"], one["source_url"]) == ("price", "Sold", "https://paper.example/a")


def test_a_listing_has_its_exchange_and_valuation_and_no_word_on_a_price() -> None:
    tell_exit(**LISTED)
    [one] = rows("exits")
    assert (one["exchange"], one["ticker"], one["valuation_low"]) == ("Oslo Børs", "HALD", "2000000000")
    assert (one["price_disclosure"], one["acquirer"], one["quote_of"]) == ("", "", "valuation")


def test_undisclosed_and_not_stated_are_told_apart() -> None:
    tell_exit(**BOUGHT | {"price": Undisclosed()})
    tell_exit(name="Mirelle", **BOUGHT | {"price": None})
    told = {one["company"]: (one["price_disclosure"], one["quote_of"]) for one in rows("exits")}
    assert told == {"Halden Robotics": ("undisclosed", "price"), "Mirelle": ("not_stated", "announced_on")}


@pytest.mark.parametrize(
    ("query", "companies"),
    [
        ("", ["Halden Robotics", "Mirelle"]),
        ("company=mirelle", ["Mirelle"]),
        ("investor=northgate", ["Halden Robotics"]),
        ("kind=ipo", ["Mirelle"]),
        ("status=rumoured", []),
        ("since=2022-05-10", ["Mirelle"]),
        ("conflict=yes", []),
    ],
)
def test_the_exits_asked_for(query, companies) -> None:
    make_round(leads=["Northgate"])
    tell_exit(**BOUGHT)
    tell_exit(name="Mirelle", **LISTED)
    assert sorted(one["company"] for one in rows("exits", query)) == companies


@pytest.mark.parametrize(
    "query", ["kind=merger", "status=sold", "since=tomorrow", "company=nobody", "since=2023&until=2022"]
)
def test_what_cannot_be_read_is_refused_in_words(query) -> None:
    tell_exit(**BOUGHT)
    with pytest.raises(exports.BadQuery):
        exports.read("exits", QueryDict(query))


def test_names_that_a_spreadsheet_would_run_are_made_harmless() -> None:
    tell_exit(**BOUGHT | {"acquirer": Text("=cmd()"), "price": usd(5), "announced_on": PartialDate(2022)})
    [one] = rows("exits")
    assert one["acquirer"] == "'=cmd()"
