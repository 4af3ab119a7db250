"""What the script of the entry form adds: chips, the list of candidates, and the sum in the margin."""

from typing import Any

import pytest
from browsing import ON_LIVE_SERVER, signed_in
from django.contrib.auth.models import User
from factories import make_source, make_user, say, usd
from playwright.sync_api import Browser, Page, expect

from funding.models import Participation, Round
from funding.values import PartialDate

pytestmark = ON_LIVE_SERVER


@pytest.fixture
def editor(browser: Browser) -> User:
    told = {"announced_on": PartialDate(2019, 1, 5), "raised": usd(5_000_000), "leads": ["Kestrel Partners"]}
    say(make_source(), rounds={"0": told})
    return make_user("erin", "editor")


def open_form(browser: Browser, live_server: Any, editor: User, *, script: bool = True) -> Page:
    page = signed_in(browser, live_server, editor, java_script_enabled=script).new_page()
    page.goto(f"{live_server.url}/rounds/new/")
    return page


def fill(page: Page) -> None:
    page.check("#id_is_own_knowledge")
    page.fill("#id_announced", "23 Nov 2025")
    page.fill("#id_raised", "€42m")


def leads() -> dict[str, bool | None]:
    shares = Participation.objects.filter(round__announced_on="2025-11-23")
    return dict(shares.values_list("investor__name", "is_lead"))


def test_company_and_investors_are_chosen_by_keys_and_a_star_marks_the_lead(browser, live_server, editor):
    page = open_form(browser, live_server, editor)
    fill(page)
    page.locator("#id_company").press_sequentially("hald")
    expect(page.locator("#company-options [role=option]").first).to_contain_text("Halden Robotics")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_company")).to_have_value("Halden Robotics")
    page.locator("#id_investor").press_sequentially("kest")
    expect(page.locator("#investor-options b")).to_have_text("Kest")
    expect(page.locator("#investor-options .create")).to_contain_text("Create “kest”")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("*")
    page.locator("#id_investor").press_sequentially("Bruma")
    page.keyboard.press("Enter")
    expect(page.locator("[data-chips] li")).to_have_text(["★Kestrel Partners×", "☆Bruma×"])
    page.get_by_role("button", name="Save round").click()
    page.wait_for_url("**/companies/halden-robotics/")
    assert leads() == {"Kestrel Partners": True, "Bruma": None}


def test_the_margin_adds_up_while_one_types_and_a_refused_form_keeps_the_chips(browser, live_server, editor):
    page = open_form(browser, live_server, editor)
    fill(page)
    page.fill("#id_company", "Halden Robotics")
    page.fill("#id_pre_money", "258m")
    page.fill("#id_post_money", "310m")
    page.fill("#id_investor", "* Bruma")
    page.keyboard.press("Enter")
    expect(page.locator("#round-check .is-wrong")).to_have_text("€310m")
    page.get_by_role("button", name="Save round").click()
    expect(page.locator("[data-summary]")).to_be_focused()
    expect(page.locator("[data-chips] li")).to_have_text(["★Bruma×"])
    assert not Round.objects.filter(announced_on="2025-11-23").exists()


def test_without_the_script_the_same_form_is_plain_fields(browser, live_server, editor):
    page = open_form(browser, live_server, editor, script=False)
    fill(page)
    page.fill("#id_company", "Halden Robotics")
    expect(page.locator("#id_investor")).to_be_hidden()
    page.fill("#id_investors", "* Kestrel Partners\nBruma")
    page.get_by_role("button", name="Save round").click()
    page.wait_for_url("**/companies/halden-robotics/")
    assert leads() == {"Kestrel Partners": True, "Bruma": None}
