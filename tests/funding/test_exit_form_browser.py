"""Entering an exit in a browser: the acquirer from the list, the page of the company, and back by undo."""

from typing import Any

from browsing import ON_LIVE_SERVER, signed_in
from factories import make_source, make_user, say
from playwright.sync_api import Browser, expect

from funding.values import PartialDate

pytestmark = ON_LIVE_SERVER


def test_an_acquisition_is_entered_from_the_page_of_the_company_and_taken_back(
    browser: Browser, live_server: Any
) -> None:
    for name in ("Halden Robotics", "Nordhavn Group"):
        say(make_source(), company=name, facts={"founded_on": PartialDate(2016)})
    page = signed_in(browser, live_server, make_user("erin", "editor")).new_page()
    page.goto("/companies/halden-robotics/")
    page.get_by_role("link", name="Add exit").click()
    expect(page.locator("#id_company")).to_have_value("Halden Robotics")
    page.check("#id_is_own_knowledge")
    page.fill("#id_announced", "May 2022")
    page.locator("#id_acquirer").press_sequentially("nordh")
    expect(page.locator("#acquirer-options [role=option]").first).to_contain_text("Nordhavn Group")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_acquirer")).to_have_value("Nordhavn Group")
    page.fill("#id_price", "€12m")
    page.get_by_role("button", name="Save exit").click()
    page.wait_for_url("**/companies/halden-robotics/#exit-*")
    expect(page.locator("section[aria-labelledby=exits] tbody th")).to_contain_text("Acquired by Nordhavn Group")
    link = page.get_by_role("link", name="Nordhavn Group in our records")
    expect(link).to_have_attribute("href", "/companies/nordhavn-group/")
    page.get_by_role("button", name="Undo this entry").click()
    expect(page.locator("section[aria-labelledby=exits]")).to_have_count(0)


def test_a_mistake_is_told_at_the_top_and_leads_to_its_field(browser: Browser, live_server: Any) -> None:
    page = signed_in(browser, live_server, make_user("erin", "editor")).new_page()
    page.goto("/exits/new/")
    page.fill("#id_company", "Halden Robotics")
    page.fill("#id_exchange", "Oslo Børs")
    page.get_by_role("button", name="Save exit").click()
    page.locator(".error-summary a[href='#id_exchange']").click()
    expect(page.locator("#id_exchange")).to_be_focused()
