"""An editor takes in a list of unicorns, looks at what it would do, records it, and takes it back."""

from typing import Any

import pytest
from alert_jobs import run_jobs
from browsing import ON_LIVE_SERVER, signed_in
from factories import make_user
from playwright.sync_api import Browser, expect

from companies.models import Company

pytestmark = ON_LIVE_SERVER
LIST = """Company,Valuation ($B),Date Joined,Country,City,Industry,Select Investors
Halden,$1.5,4/7/2021,Norway,Oslo,Fintech,"Quillmark Ventures, Tarn Capital"
Brightwater Labs,$2,5/3/2020,Norway,Bergen,Health,Quillmark Ventures
,$1.1,4/7/2021,Norway,Oslo,Fintech,Quillmark Ventures
"""


@pytest.mark.parametrize("is_scripted", [True, False], ids=["with scripts", "without scripts"])
def test_an_editor_imports_a_list_and_takes_it_back(browser: Browser, live_server: Any, is_scripted: bool) -> None:
    context = signed_in(browser, live_server, make_user(), java_script_enabled=is_scripted)
    page = context.new_page()

    def worked(button: str, state: str) -> None:
        """The button is pressed and a worker does the job; the page says so, by itself where it has scripts."""
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".job")).to_be_visible()
        run_jobs("import")
        if not is_scripted:
            page.reload()
        expect(page.get_by_role("heading", name=state, exact=True)).to_be_visible()

    page.goto("/articles/")
    page.get_by_role("link", name="Imports", exact=True).click()
    content = {"name": "unicorns-2021-11.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    page.get_by_label("File", exact=True).set_input_files(content)  # type: ignore[arg-type]
    page.get_by_role("button", name="Import", exact=True).click()
    worked("Check", "Checked")
    expect(page.get_by_role("cell", name="Brightwater Labs · $2")).to_be_visible()
    page.get_by_role("link", name="Refused 1").click()
    expect(page.get_by_text("No column of the row names a company.")).to_be_visible()
    assert not Company.objects.exists()

    worked("Record", "Recorded")
    assert Company.objects.live().count() == 2
    page.get_by_role("link", name="Take back", exact=True).click()
    worked("Take this file back", "Taken back")
    assert not Company.objects.live().exists()
    context.close()


def test_an_editor_maps_an_unknown_file_by_words_and_the_next_one_by_the_name(
    browser: Browser, live_server: Any
) -> None:
    context = signed_in(browser, live_server, make_user(), java_script_enabled=False)
    page = context.new_page()

    def take_in(name: str, text: str) -> None:
        page.goto("/imports/")
        content = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
        page.get_by_label("File", exact=True).set_input_files(content)  # type: ignore[arg-type]
        page.get_by_role("button", name="Import", exact=True).click()

    take_in("deals-2021.csv", "Firma;Summe\nHalden;1,5\n")
    page.get_by_label("Firma", exact=True).select_option(label="Company name")
    page.get_by_label("Summe", exact=True).select_option(label="Amount raised")
    page.get_by_label("Currency where no cell says").fill("EUR")
    page.get_by_label("Save for other files as").fill("Deals")
    page.get_by_role("button", name="Keep this").click()
    expect(page.get_by_text("kept, as “Deals” for other files, too")).to_be_visible()

    take_in("deals-2022.csv", "Summe;Firma\n2;Brightwater Labs\n")
    page.get_by_role("button", name="Use", exact=True).click()
    expect(page.get_by_label("Firma", exact=True)).to_have_value("company.name")
    expect(page.get_by_label("Currency where no cell says")).to_have_value("EUR")
    page.get_by_role("link", name="Saved mappings").click()
    page.get_by_label("Name of Deals").fill("Deals of the bank")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_label("Name of Deals of the bank")).to_be_visible()
    context.close()
