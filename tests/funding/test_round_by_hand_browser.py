"""An admin enters a round of the press by hand, from an empty Roundbook to its company's page, in under a minute."""

import time
from typing import Any

from browsing import ON_LIVE_SERVER, signed_in
from factories import make_user
from playwright.sync_api import Browser, expect

from funding.models import Participation, Round, Valuation
from funding.values import Money, PartialDate

pytestmark = ON_LIVE_SERVER
MOST_SECONDS = 60  # what the driver may take, typing included


def test_a_series_d_with_its_lead_value_and_source_is_entered_in_under_a_minute(
    browser: Browser, live_server: Any
) -> None:
    page = signed_in(browser, live_server, make_user("ada", "admin")).new_page()
    page.goto("/rounds/new/")
    began = time.monotonic()
    page.fill("#id_url", "https://ledger.example/hugging-face-series-d")
    page.fill("#id_publisher", "The Ledger")
    page.fill("#id_published", "24 Aug 2023")
    page.locator("#id_company").press_sequentially("Hugging Face")
    page.select_option("#id_stage", "series_d")
    page.fill("#id_announced", "2023-08-24")
    page.fill("#id_raised", "235m USD")
    page.fill("#id_valued", "4.5bn USD")
    page.locator("#id_investor").press_sequentially("Salesforce Ventures")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("[data-chips] li")).to_have_text(["☆Salesforce Ventures×"])
    page.keyboard.press("*")
    expect(page.locator("[data-chips] li")).to_have_text(["★Salesforce Ventures×"])
    page.get_by_role("button", name="Save round").click()
    page.wait_for_url("**/companies/hugging-face/")
    expect(page.locator("dl.figures")).to_contain_text("$4.5bn")
    taken = time.monotonic() - began
    assert taken < MOST_SECONDS, f"{taken:.0f} s"
    record = Round.objects.live().get()
    assert (record.stage, record.announced) == ("series_d", PartialDate(2023, 8, 24))
    assert record.raised == Money.exact(235_000_000, "USD")
    held = Valuation.objects.get()
    assert (held.money, held.basis, held.origin) == (Money.exact(4_500_000_000, "USD"), "unspecified", "entered")
    assert list(Participation.objects.values_list("investor__name", "is_lead")) == [("Salesforce Ventures", True)]
    assert held.statement is not None
    assert held.statement.mention.source.url == "https://ledger.example/hugging-face-series-d"
