"""The comparison in a browser: names are offered and added, the picture is drawn and asked for otherwise."""

from typing import Any

from browsing import ON_LIVE_SERVER, signed_in
from factories import make_round, make_user, usd
from playwright.sync_api import Browser, Page, expect

from funding.values import PartialDate

pytestmark = ON_LIVE_SERVER
expect.set_options(timeout=15_000)  # two busy cores take their time over the library


def open_page(browser: Browser, live_server: Any, complaints: list[str], query: str, **options: Any) -> Page:
    """The page as a reader sees it, of two companies with values."""
    for name, value in (("Alder", 40_000_000), ("Birch", 90_000_000)):
        make_round(name, announced_on=PartialDate(2022, 5, 4), valuation=usd(value), basis="post")
    page = signed_in(browser, live_server, make_user("rui", "reader"), **options).new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(f"{live_server.url}/compare/{query}")
    return page


def test_a_company_is_found_by_typing_and_added_by_keys(browser, live_server):
    complaints: list[str] = []
    page = open_page(browser, live_server, complaints, "?c=alder")
    page.get_by_label("Add a company").press_sequentially("bir", delay=30)
    expect(page.get_by_role("option", name="Birch")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".plot .annotation-text", has_text="Birch")).to_be_visible()
    assert page.url.endswith("/compare/?c=alder&c=birch")
    assert not complaints


def test_the_picture_is_asked_for_otherwise_in_place_and_a_mark_leads_to_its_words(browser, live_server):
    complaints: list[str] = []
    page = open_page(browser, live_server, complaints, "?c=alder&c=birch")
    expect(page.locator(".plot .scatterlayer path.point")).to_have_count(2)
    page.get_by_role("link", name="Log", exact=True).click()
    expect(page.locator("#compare-chart")).to_contain_text("The scale is logarithmic")
    expect(page.locator(".plot .scatterlayer path.point")).to_have_count(2)
    assert page.url.endswith("?c=alder&c=birch&scale=log")
    mark = page.locator(".plot .scatterlayer path.point").first
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".plot .hoverlayer .hovertext")).to_contain_text("Alder, $40m")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**/evidence/?valuation=*")
    assert not complaints


def test_without_a_script_a_name_is_added_and_the_numbers_stand_in_the_table(browser, live_server):
    page = open_page(browser, live_server, [], "?c=alder", java_script_enabled=False)
    page.get_by_label("Add a company").fill("birch")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("tr[data-point]", has_text="Birch")).to_contain_text("$90m")
    assert page.url.endswith("/compare/?c=alder&c=birch")
