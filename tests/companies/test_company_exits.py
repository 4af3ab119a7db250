"""The exits on the page of a company: what happened, for how much, who says so, and where the buyer is held."""

import datetime

import pytest
from django.test import Client
from factories import company, make_rate, make_source, say, usd
from pytest_django.fixtures import DjangoAssertNumQueries
from test_exits import BOUGHT, LISTED, tell_exit

from companies.models import Alias
from funding.models import Exit
from funding.values import Money, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db
PAGE = "/companies/halden-robotics/"


def page_of(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_an_acquisition_stands_on_the_page_with_a_mark_that_leads_to_its_words(reader_client) -> None:
    source = make_source()
    tell_exit(source, **BOUGHT)
    page = page_of(reader_client)
    assert f'id="exit-{Exit.objects.get().pk}"' in page
    assert "Acquired by Nordhavn Group" in page
    assert f'href="/sources/{source.pk}/#c0"' in page
    assert "$400" in page


def test_it_is_the_status_of_the_company(reader_client) -> None:
    tell_exit(**BOUGHT)
    assert "<dt>Status</dt><dd>Acquired by Nordhavn Group, May 2022" in page_of(reader_client)


def test_a_rumour_is_shown_and_makes_no_status(reader_client) -> None:
    tell_exit(**BOUGHT | {"exit_status": Text("rumoured")})
    page = page_of(reader_client)
    assert "Acquisition by Nordhavn Group, rumoured" in page
    assert "<dt>Status</dt>" not in page


def test_a_listing_shows_its_ticker_and_valuation(reader_client) -> None:
    tell_exit(**LISTED)
    page = page_of(reader_client)
    assert "Listed on Oslo Børs" in page
    assert "HALD" in page
    assert "valuation at the listing" in page


def test_sources_that_differ_about_the_price_stand_side_by_side(reader_client) -> None:
    tell_exit(**BOUGHT)
    tell_exit(**BOUGHT | {"price": usd(300_000_000)})
    page = page_of(reader_client)
    anchor = f"differs-price-exit-{Exit.objects.get().pk}"
    assert f'href="#{anchor}"' in page
    assert f'id="{anchor}"' in page


def test_the_price_in_another_currency_is_given_in_dollars_as_well(reader_client) -> None:
    make_rate("USD", "1.25", datetime.date(2022, 5, 1))
    tell_exit(**BOUGHT | {"price": Money.exact(100_000_000, "EUR")})
    assert "$125m at that day&#x27;s rate" in page_of(reader_client).replace("\u202f", "")


def test_an_undisclosed_price_and_one_that_nobody_states_are_told_apart(reader_client) -> None:
    tell_exit(**BOUGHT | {"price": Undisclosed()})
    tell_exit(**LISTED | {"valuation": None})
    table = page_of(reader_client).split('id="exits"')[1].split("</table>")[0]
    assert "undisclosed" in table
    assert "not stated" in table


def test_the_buyer_leads_to_the_company_of_that_name_in_whatever_order_they_came(reader_client) -> None:
    tell_exit(**BOUGHT)
    assert "in our records" not in page_of(reader_client)
    say(make_source(), company="Nordhavn Group", facts={"founded_on": PartialDate(1990)})
    assert '<a href="/companies/nordhavn-group/">Nordhavn Group in our records</a>' in page_of(reader_client)


def test_a_buyer_is_found_by_another_name_of_it(reader_client) -> None:
    tell_exit(**BOUGHT)
    say(make_source(), company="Nordhavn Holding", facts={"founded_on": PartialDate(1990)})
    Alias.objects.create(company=company("Nordhavn Holding"), name="Nordhavn Group", key="nordhavn group")
    assert 'href="/companies/nordhavn-holding/"' in page_of(reader_client)


def test_a_name_that_two_companies_bear_leads_to_neither(reader_client) -> None:
    tell_exit(**BOUGHT)
    say(make_source(), company="Nordhavn Group", facts={"founded_on": PartialDate(1990)})
    twin = company("Nordhavn Group")
    twin.pk, twin.slug = None, "nordhavn-group-2"
    twin.save()
    assert "in our records" not in page_of(reader_client)


def test_each_figure_leads_to_its_evidence(editor_client) -> None:
    tell_exit(**BOUGHT)
    kept = Exit.objects.get().resolved["price"]
    address = f"/evidence/?statement={kept['statement']}"
    assert f'href="{address}"' in page_of(editor_client)
    assert "Price, acquisition, May 2022" in page_of(editor_client, address)


def test_the_history_tells_of_the_exit(reader_client) -> None:
    tell_exit(**BOUGHT)
    history = page_of(reader_client, f"{PAGE}history/")
    assert "Acquirer" in history
    assert "Nordhavn Group" in history


def test_the_past_has_no_exit_that_was_told_since(reader_client) -> None:
    say(make_source(published=PartialDate(2021, 3, 1)), facts={"founded_on": PartialDate(2016)})
    tell_exit(make_source(published=PartialDate(2022, 5, 12)), **BOUGHT)
    assert "Nordhavn" not in page_of(reader_client, f"{PAGE}?public=2021-12-31")
    assert "Acquired by Nordhavn Group" in page_of(reader_client, f"{PAGE}?public=2022-12-31")


def test_the_queries_do_not_grow_with_the_exits(
    editor_client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for year in range(1990, 2020, 3):
        tell_exit(**BOUGHT | {"announced_on": PartialDate(year), "acquirer": Text(f"Buyer {year}")})
    assert Exit.objects.live().count() == 10
    with django_assert_max_num_queries(12):
        page_of(editor_client)
