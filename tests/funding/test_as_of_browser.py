"""The date of a page in a browser: the slider over the days, by dragging and by keys, and no script at all."""

from typing import Any

import pytest
from browsing import ON_LIVE_SERVER, signed_in
from factories import make_source, make_user, say, usd
from playwright.sync_api import Browser, Page, expect
from test_as_of_pages import on

from funding.values import PartialDate

pytestmark = ON_LIVE_SERVER
expect.set_options(timeout=15_000)


@pytest.fixture
def complaints() -> list[str]:
    return []


def open_page(browser: Browser, live_server: Any, complaints: list[str], query: str = "", **context: Any) -> Page:
    """The page of a company that was told of on three days."""
    for month, raised in ((3, 10), (5, 12), (7, 14)):
        with on(f"2024-{month:02d}-03"):
            rounds = {"0": {"announced_on": PartialDate(2010 + month, 1, 1), "raised": usd(raised * 1_000_000)}}
            say(make_source(), rounds=rounds)
    page = signed_in(browser, live_server, make_user("rui", "reader"), **context).new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(f"{live_server.url}/companies/halden-robotics/{query}")
    return page


def test_a_drag_of_the_slider_shows_the_page_of_that_day(browser, live_server, complaints):
    page = open_page(browser, live_server, complaints)
    page.get_by_text("As of another date").click()
    slider = page.get_by_label("3 days on which something changed")
    expect(slider).to_be_visible()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    expect(page.locator(".as-of-slider output")).to_have_text("3 May 2024")
    page.mouse.up()
    page.wait_for_url("**/?known=2024-05-03&public=")
    expect(page.locator("#as-of")).to_contain_text("As known on 3 May 2024.")
    expect(page.locator("#raised-rule")).to_contain_text("$22m is the sum of 2 closed rounds.")
    page.get_by_role("link", name="Back to now").click()
    expect(page.locator("#raised-rule")).to_contain_text("$36m is the sum of 3 closed rounds.")
    assert not complaints


def test_keys_move_the_slider_and_the_button_shows_the_day(browser, live_server, complaints):
    page = open_page(browser, live_server, complaints, "?known=2024-07-03")
    slider = page.get_by_label("3 days on which something changed")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label("Known on")).to_have_value("2024-03-03")
    assert slider.get_attribute("aria-valuetext") == "3 Mar 2024"
    assert page.url.endswith("?known=2024-07-03")
    page.locator("#as-of").get_by_role("button", name="Show").click()
    expect(page.locator("#raised-rule")).to_contain_text("$10m is the sum of 1 closed round.")
    assert not complaints


def test_without_script_a_date_can_be_given_and_stepped_through(browser, live_server, complaints):
    page = open_page(browser, live_server, complaints, java_script_enabled=False)
    page.get_by_text("As of another date").click()
    page.get_by_label("Known on").fill("2024-05-20")
    page.locator("#as-of").get_by_role("button", name="Show").click()
    expect(page.locator("#as-of")).to_contain_text("As known on 20 May 2024.")
    expect(page.get_by_label("days on which something changed")).to_be_hidden()
    page.get_by_role("link", name="3 Jul 2024").click()
    expect(page.locator("#as-of")).to_contain_text("As known on 3 Jul 2024.")


def test_scale_and_evidence_stay_at_the_date(browser, live_server, complaints):
    page = open_page(browser, live_server, complaints, "?known=2024-05-20")
    page.get_by_role("link", name="Log").click()
    expect(page.locator("[aria-current]", has_text="Log")).to_be_visible()
    assert "known=2024-05-20" in page.url
    expect(page.locator("#as-of")).to_contain_text("As known on 20 May 2024.")
    page.locator("th.stage a").first.click()
    expect(page.locator("#as-of")).to_contain_text("As known on 20 May 2024.")
    assert not complaints
