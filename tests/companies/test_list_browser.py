"""A list as a browser shows it: filters that are swapped in, numbers that follow, and all of it without script."""

from typing import Any

import pytest
from browsing import ON_LIVE_SERVER, signed_in
from factories import make_round, make_source, make_user, say
from playwright.sync_api import Browser, Page, expect

from config import listing
from funding.values import Text, Undisclosed

pytestmark = ON_LIVE_SERVER
expect.set_options(timeout=15_000)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console says that nobody expects; filled by `open_list`."""
    return []


def open_list(browser: Browser, live_server: Any, complaints: list[str], **context: Any) -> Page:
    """The list of two companies in Norway and one in France, of which one says nothing of its round."""
    for name, city, amount in (
        ("Halden", "Oslo", {}),
        ("Nordlys", "Oslo", {"raised": Undisclosed()}),
        ("Plume", "Lyon", {}),
    ):
        make_round(name, stage=Text("seed"), **amount)
        say(make_source(), company=name, facts={"headquarters": Text(city)})
    page = signed_in(browser, live_server, make_user("rui", "reader"), **context).new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(f"{live_server.url}/companies/")
    return page


def test_a_choice_swaps_the_table_and_the_numbers_of_the_others(browser, live_server, complaints):
    page = open_list(browser, live_server, complaints)
    expect(page.locator('[data-count="amount=missing"]')).to_have_text("1")
    page.locator("#filters").get_by_label("France").check()
    expect(page.locator("#list-sentence")).to_have_text("1 company located in France; the latest round first.")
    expect(page.locator('[data-count="amount=missing"]')).to_have_text("0")
    expect(page.locator('[data-count="country=NO"]')).to_have_text("2")
    assert page.url.endswith("/companies/?country=FR")
    page.locator("#filters").get_by_label("Norway").check()
    expect(page.locator("#company-table tbody tr")).to_have_count(3)
    page.get_by_role("link", name="Remove: located in").click()
    expect(page.locator("#filters").get_by_label("France")).not_to_be_checked()
    assert not complaints


def test_a_long_list_stays_as_it_is_while_its_numbers_are_asked_for_once(
    browser, live_server, complaints, monkeypatch
):
    monkeypatch.setattr(listing, "SOON", 2)
    asked: list[str] = []
    page = open_list(browser, live_server, complaints)
    page.on("request", lambda request: asked.append(request.headers.get("hx-target", "")))
    page.reload()
    expect(page.locator("#list-sentence")).to_have_text("3 companies; the latest round first.")
    page.wait_for_load_state("networkidle")
    assert [target for target in asked if target] == ["facet-counts"]
    expect(page.locator("#company-table tbody tr")).to_have_count(3)
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert not complaints


def test_columns_are_chosen_and_a_phone_scrolls_the_table_not_the_page(browser, live_server, complaints):
    page = open_list(browser, live_server, complaints, viewport={"width": 360, "height": 780})
    page.locator("summary", has_text="Columns").click()
    for column in ("Country", "Founded", "Rounds", "Unicorn", "Last news"):
        page.locator("#filters").get_by_label(column, exact=True).check()
    expect(page.locator("#company-table thead th")).to_have_count(10)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not complaints


def test_without_script_the_form_does_all_of_it(browser, live_server, complaints):
    page = open_list(browser, live_server, complaints, java_script_enabled=False)
    page.locator("#filters").get_by_label("Norway").check()
    page.locator("#filters").get_by_label("a round without an amount").check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#company-table tbody tr")).to_have_count(1)
    expect(page.locator("#filters").get_by_label("Norway")).to_be_checked()
    expect(page.locator('[data-count="country=NO"]')).to_have_text("1")
    # A country where nothing would be found is not offered.
    expect(page.locator('[data-count="country=FR"]')).to_have_count(0)
