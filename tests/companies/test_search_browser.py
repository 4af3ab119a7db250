"""The search box on every page, by keyboard and by mouse, on a phone, and without a script."""

from typing import Any

import pytest
from browsing import ON_LIVE_SERVER, signed_in
from factories import make_source, make_user, say, tell_story, usd
from playwright.sync_api import Browser, Page, expect

from funding.values import PartialDate

pytestmark = ON_LIVE_SERVER
expect.set_options(timeout=15_000)


def open_page(browser: Browser, live_server: Any, path: str = "/rounds/", **context: Any) -> Page:
    """A page as a reader sees it who may search for Halden Robotics, its investors, and Haldane Foods."""
    tell_story()
    say(make_source(), company="Haldane Foods", rounds={"0": {"announced_on": PartialDate(2020), "raised": usd(10)}})
    page = signed_in(browser, live_server, make_user("rui", "reader"), **context).new_page()
    page.goto(f"{live_server.url}{path}")
    return page


def options(page: Page) -> Any:
    return page.locator("#site-results [role=option]")


def test_a_slash_leads_to_the_box_and_enter_to_what_the_arrows_chose(browser, live_server):
    page = open_page(browser, live_server)
    page.keyboard.press("/")
    expect(page.locator("#site-search")).to_be_focused()
    page.keyboard.type("hald")
    expect(options(page).first).to_contain_text("Halden Robotics")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#site-results [aria-selected=true]")).to_contain_text("Haldane Foods")
    page.keyboard.press("Enter")
    page.wait_for_url("**/companies/haldane-foods/")


def test_a_typo_finds_the_company_and_a_click_leads_there(browser, live_server):
    page = open_page(browser, live_server)
    page.locator("#site-search").press_sequentially("hadlen robtics")
    expect(options(page).first).to_contain_text("Halden Robotics")
    options(page).first.click()
    page.wait_for_url("**/companies/halden-robotics/")


def test_escape_closes_the_options_and_enter_alone_shows_the_page(browser, live_server):
    page = open_page(browser, live_server)
    page.locator("#site-search").press_sequentially("halden")
    expect(page.locator("#site-results")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#site-results")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=halden")
    expect(page.locator("h1")).to_have_text("Search for “halden”")


def test_a_slash_that_is_typed_into_a_field_stays_there(browser, live_server):
    page = open_page(browser, live_server)
    field = page.locator("#filter-q")
    field.press_sequentially("a/b")
    expect(field).to_have_value("a/b")


def test_the_page_reads_without_a_script(browser, live_server):
    page = open_page(browser, live_server, java_script_enabled=False)
    page.fill("#site-search", "halden 2022")
    page.press("#site-search", "Enter")
    page.wait_for_url("**/search/?q=halden+2022")
    expect(page.locator("h2").first).to_have_text("Rounds")
    page.get_by_role("link", name="Halden Robotics", exact=True).click()
    page.wait_for_url("**/companies/halden-robotics/")


@pytest.mark.parametrize("width", [360, 1440])
def test_the_options_stay_within_the_page(browser, live_server, width):
    page = open_page(browser, live_server, viewport={"width": width, "height": 800})
    page.locator("#site-search").press_sequentially("hald")
    expect(page.locator("#site-results")).to_be_visible()
    box = page.locator("#site-results").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
