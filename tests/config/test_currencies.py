"""The reader's currency: chosen at the foot of a page, overridden by the address, on every page with amounts."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from factories import company, make_rate, make_round, make_source, make_user, say, usd

from config.models import ReaderSetting
from funding.values import Money, PartialDate

pytestmark = pytest.mark.django_db
DAY = datetime.date(2024, 2, 20)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def rates() -> None:
    make_rate("USD", "1.25", DAY)
    make_rate("GBP", "0.5", DAY)


@pytest.fixture
def halden() -> Any:
    """A round of ten million dollars at a hundred million, led by Northgate."""
    told = {"announced_on": PartialDate(2024, 2, 20), "raised": usd(10_000_000), "leads": ["Northgate"]}
    say(make_source(), rounds={"0": told | {"valuation": usd(100_000_000), "basis": "post"}})
    return company().rounds.get()


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    page = answer.content.decode()
    return page.replace('<span class="unit">', "").replace("</span>", "").replace("\u202f", "")


def choose(client: Client, currency: str, asked_from: str = "http://testserver/rounds/") -> Any:
    return client.post("/currency/", {"currency": currency}, HTTP_REFERER=asked_from)


def test_a_choice_is_kept_with_the_account_and_leads_back_to_the_page(halden: Any) -> None:
    rui, here, elsewhere = make_user("rui", "reader"), Client(), Client()
    for client in (here, elsewhere):
        client.force_login(rui, backend=BACKEND)
    answer = choose(here, "EUR", "http://testserver/rounds/?stage=seed&currency=GBP")
    assert (answer.status_code, answer["Location"]) == (302, "http://testserver/rounds/?stage=seed")
    for client in (here, elsewhere):
        assert "€8m" in text(client, "/rounds/")
    choose(elsewhere, "GBP")
    assert "£4m" in text(here, "/rounds/")
    assert ReaderSetting.objects.get().currency == "GBP"


def test_one_reader_does_not_see_the_choice_of_another(
    reader_client: Client, analyst_client: Client, halden: Any
) -> None:
    choose(reader_client, "EUR")
    assert "€8m" not in text(analyst_client, "/rounds/")


def test_the_choice_of_a_visitor_is_a_cookie_that_holds_until_an_account_has_one(settings: Any, halden: Any) -> None:
    settings.ROUNDBOOK_OPEN_READING = "everyone"
    visitor = Client()
    cookie = choose(visitor, "EUR").cookies["currency"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 365 * 24 * 3600)
    assert "€8m" in text(visitor, "/rounds/") and not ReaderSetting.objects.exists()
    visitor.force_login(make_user("rui", "reader"), backend=BACKEND)
    assert "€8m" in text(visitor, "/rounds/")
    assert choose(visitor, "GBP").cookies["currency"].value == ""
    assert "£4m" in text(visitor, "/rounds/")


def test_the_way_back_leads_nowhere_else(reader_client: Client) -> None:
    assert choose(reader_client, "EUR", "https://example.com/")["Location"] == "/"


def test_a_currency_that_is_not_stored_is_refused(reader_client: Client) -> None:
    answer = choose(reader_client, "SEK")
    assert answer.status_code == 400
    assert "currency" not in answer.cookies


def test_a_cookie_that_nobody_gave_is_as_good_as_none(reader_client: Client, halden: Any) -> None:
    reader_client.cookies["currency"] = "<b>"
    assert "$10m" in text(reader_client, "/rounds/")


def test_without_a_choice_amounts_are_as_stated_with_dollars_beside(reader_client: Client) -> None:
    make_round(announced_on=PartialDate(2024, 2, 20), raised=Money.exact(8_000_000, "EUR"))
    page = text(reader_client, "/rounds/")
    assert "€8m" in page and "$10m" in page
    assert 'title="At the European Central Bank&#x27;s rate of 20 Feb 2024"' in page


def test_the_list_of_rounds_shows_a_chosen_currency_with_what_is_stated(reader_client: Client, halden: Any) -> None:
    page = text(reader_client, "/rounds/?currency=GBP")
    assert "£4m" in page and "$10m" in page and "£40m" in page
    assert "$100m, at the European Central Bank&#x27;s rate of 20 Feb 2024" in page
    assert "ordered and filtered by US dollars" in page


def test_the_address_comes_before_the_choice_and_is_shared_by_its_links(reader_client: Client, halden: Any) -> None:
    choose(reader_client, "EUR")
    page = text(reader_client, "/rounds/?currency=GBP")
    assert "£4m" in page and "€8m" not in page
    assert "currency=GBP&amp;order=" in page
    assert "€8m" not in text(reader_client, "/rounds/?currency=as_stated")


def test_exports_take_the_currency_of_the_page(analyst_client: Client, halden: Any) -> None:
    choose(analyst_client, "EUR")
    page = text(analyst_client, "/rounds/")
    assert "/export/rounds.csv?currency=EUR" in page
    body = b"".join(analyst_client.get("/export/rounds.csv?currency=EUR")).decode()
    assert ",8000000,8000000,EUR,0.8,2024-02-20,ECB," in body


def test_an_amount_without_a_rate_stays_as_it_is_stated(reader_client: Client) -> None:
    make_round(announced_on=PartialDate(1990, 2, 20), raised=usd(3_000_000))
    assert "$3m" in text(reader_client, "/rounds/?currency=EUR")


def test_the_list_of_companies_shows_sums_and_values_in_it(reader_client: Client, halden: Any) -> None:
    page = text(reader_client, "/companies/?currency=EUR")
    assert "€8m" in page and "€80m" in page
    assert "told by US dollars" in page


def test_a_currency_that_a_list_does_not_have_is_refused_with_those_it_has(reader_client: Client) -> None:
    answer = reader_client.get("/rounds/?currency=SEK")
    assert answer.status_code == 422
    assert "it is one of: as_stated, USD, EUR, GBP" in answer.content.decode()


def test_the_page_of_a_company_has_figures_rounds_and_chart_in_it(reader_client: Client, halden: Any) -> None:
    choose(reader_client, "EUR")
    page = text(reader_client, company().get_absolute_url())
    assert "€80m" in page and "€8m" in page
    assert "$100m, at the European Central Bank&#x27;s rate of 20 Feb 2024." in page
    assert re.search(r'href="[^"]*currency=EUR[^"]*" aria-current="true"', page)


def test_the_page_of_an_investor_has_its_amounts_in_it(reader_client: Client, halden: Any) -> None:
    choose(reader_client, "EUR")
    page = text(reader_client, "/investors/northgate/")
    assert "€80m" in page and "€8m" in page


def test_the_overview_sums_in_it_unless_the_address_says_otherwise(reader_client: Client, halden: Any) -> None:
    choose(reader_client, "EUR")
    page = text(reader_client, "/?since=2024-Q1&until=2024-Q1")
    assert '<option value="EUR" selected>' in page and "€8m" in page
    page = text(reader_client, "/?since=2024-Q1&until=2024-Q1&currency=USD")
    assert '<option value="USD" selected>' in page
    assert "currency=USD" in page
    assert "In US dollars. Medians" in page


def test_a_comparison_is_drawn_in_it_and_its_links_say_so(reader_client: Client, halden: Any) -> None:
    choose(reader_client, "GBP")
    page = text(reader_client, f"/compare/?c={company().slug}")
    assert re.search(r'href="[^"]*currency=GBP[^"]*" aria-current="true"', page)
    assert "currency=USD" in page


@pytest.mark.parametrize("address", ["/rounds/?currency=EUR", "/companies/?currency=EUR", "/"])
def test_a_page_in_another_currency_makes_no_more_than_twelve_queries(
    reader_client: Client, halden: Any, address: str, django_assert_max_num_queries: Any
) -> None:
    choose(reader_client, "EUR")
    with django_assert_max_num_queries(12):
        reader_client.get(address)


@pytest.mark.parametrize("address", ["/rounds/", "/companies/", "/rounds/?currency=EUR", "/companies/?currency=EUR"])
def test_the_note_below_a_list_names_the_currency_and_holds_no_field(
    reader_client: Client, halden: Any, address: str
) -> None:
    note = re.search(r'<p class="table-note">(.*?)</p>', text(reader_client, address), re.S)
    assert note and "<select" not in note[1]
    assert ("in EUR" in note[1]) == ("EUR" in address)


# Any currency that there are rates of, on the page of a record.


@pytest.fixture
def kronor() -> None:
    make_rate("SEK", "11.25", DAY)


def test_the_page_of_a_company_has_its_figures_in_any_currency(
    reader_client: Client, halden: Any, kronor: None, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        page = text(reader_client, "/companies/halden-robotics/?currency=sek")
    assert "SEK\u00a0900m" in page and "SEK\u00a090m" in page
    assert "$100m, at the European Central Bank&#x27;s rate of 20 Feb 2024." in page
    assert 'name="currency" value="SEK"' in page


def test_the_page_of_a_round_tells_its_amounts_in_the_readers_currency_with_rate_and_date(
    reader_client: Client, halden: Any, kronor: None
) -> None:
    address = halden.get_absolute_url()
    assert "at the European Central Bank" not in text(reader_client, address).partition("valuation-")[0]
    page = text(reader_client, f"{address}?currency=SEK")
    for amount in ("90m", "900m"):
        assert f"SEK\u00a0{amount} at the European Central Bank&#x27;s rate of 20 Feb 2024." in page
    choose(reader_client, "EUR")
    assert "€8m at the European Central Bank&#x27;s rate of 20 Feb 2024." in text(reader_client, address)


def test_the_page_of_an_investor_has_its_amounts_in_any_currency_and_its_links_keep_it(
    reader_client: Client, halden: Any, kronor: None
) -> None:
    page = text(reader_client, "/investors/northgate/?currency=SEK")
    assert "SEK\u00a0900m" in page and "SEK\u00a090m" in page


@pytest.mark.parametrize("address", ["/companies/halden-robotics/", "/rounds/{pk}/", "/investors/northgate/"])
def test_a_currency_without_rates_is_told_with_those_that_have_some(
    reader_client: Client, halden: Any, kronor: None, address: str
) -> None:
    page = reader_client.get(address.format(pk=halden.pk) + "?currency=XXX").content.decode()
    assert "There are no rates of “XXX”; there are of: EUR, GBP, SEK, USD." in page


def test_an_amount_of_a_month_goes_by_the_average_of_it(reader_client: Client, kronor: None) -> None:
    make_round("Lumio", announced_on=PartialDate(2024, 2), raised=usd(10_000_000))
    page = text(reader_client, "/companies/lumio/?currency=SEK")
    assert "SEK\u00a090m" in page and "average rate of Feb 2024" in page


def test_what_has_no_rate_of_its_day_stays_as_it_is_stated(reader_client: Client, kronor: None) -> None:
    record = make_round("Lumio", announced_on=PartialDate(1990, 2, 20), raised=usd(3_000_000))
    assert "$3m" in text(reader_client, "/companies/lumio/?currency=SEK")
    page = text(reader_client, f"{record.get_absolute_url()}?currency=SEK")
    assert "Not converted: no reference rate of that date is held." in page
