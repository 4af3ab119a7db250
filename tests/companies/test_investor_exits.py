"""The exits among an investor's companies on its page."""

import pytest
from factories import make_round, make_source, make_user
from test_exits import BOUGHT, LISTED, tell_exit

from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
PAGE = "/investors/northgate/"


def backed(name: str, **more: object) -> None:
    """A company in whose seed round the investor took part."""
    make_round(name, leads=["Northgate"], stage=Text("seed"), announced_on=PartialDate(2019, 4), **more)


def exits_on(client, query: str = "") -> str:
    answer = client.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    page = " ".join(answer.content.decode().split())
    return page.partition('<section aria-labelledby="exits">')[2].partition("</section>")[0]


def test_a_sold_company_stands_there_with_its_price_and_the_round_of_entry(reader_client) -> None:
    backed("Halden Robotics")
    tell_exit(**BOUGHT)
    section = exits_on(reader_client)
    assert "Halden Robotics</a>" in section
    assert "Acquired by Nordhavn Group" in section
    assert "May 2022" in section
    assert "$400" in section
    assert "Seed" in section
    assert "Apr 2019" in section


def test_a_listing_shows_its_valuation(reader_client) -> None:
    backed("Halden Robotics")
    tell_exit(**LISTED)
    assert "valuation at the listing" in exits_on(reader_client)


def test_the_exit_of_a_company_that_it_is_not_in_is_not_there(reader_client) -> None:
    backed("Mirelle")
    tell_exit(**BOUGHT)
    assert exits_on(reader_client) == ""


@pytest.mark.parametrize("status", ["rumoured", "cancelled"])
def test_what_did_not_take_place_is_not_there(reader_client, status) -> None:
    backed("Halden Robotics")
    tell_exit(**BOUGHT | {"exit_status": Text(status)})
    assert exits_on(reader_client) == ""


def test_where_there_are_many_the_newest_are_shown_and_it_says_so(reader_client) -> None:
    backed("Halden Robotics")
    for year in range(1960, 2023, 3):
        tell_exit(**BOUGHT | {"announced_on": PartialDate(year), "acquirer": Text(f"Buyer {year}")})
    section = exits_on(reader_client)
    assert section.count("Acquired by") == 20
    assert "Buyer 1960" not in section
    assert "Only the newest 20 are shown." in section


def test_an_analyst_takes_them_as_csv_and_a_reader_does_not(analyst_client, reader_client) -> None:
    backed("Halden Robotics")
    tell_exit(**BOUGHT)
    assert 'href="/export/exits.csv?investor=northgate"' in exits_on(analyst_client)
    assert "/export/" not in exits_on(reader_client)


def test_the_past_has_none_that_was_told_since(reader_client) -> None:
    backed("Halden Robotics")
    tell_exit(make_source(published=PartialDate(2024, 5, 2)), **BOUGHT)
    assert exits_on(reader_client, "?public=2024-04-01") == ""
    assert "Acquired by Nordhavn Group" in exits_on(reader_client, "?public=2024-06-01")


def test_the_page_with_exits_asks_at_most_twelve_queries(client, django_assert_max_num_queries) -> None:
    client.force_login(make_user("mia", "editor"), backend="django.contrib.auth.backends.ModelBackend")
    for number in range(12):
        backed(f"Company {number}", investors=[f"Other {number}"])
        tell_exit(name=f"Company {number}", **BOUGHT)
    with django_assert_max_num_queries(12):
        assert exits_on(client).count("Acquired by") == 12
