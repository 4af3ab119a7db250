"""The valuation chart as a browser draws it: the panel on a click, both themes, pictures to keep, no script at all."""

import threading
from typing import Any

import pytest
from browsing import ON_LIVE_SERVER, signed_in
from django.contrib.auth.models import User
from factories import make_embed, make_source, make_user, say, tell_story, usd
from local_site import Site
from playwright.sync_api import Browser, Page, expect

from companies.views.company_embed import token_of
from funding.values import PartialDate

pytestmark = ON_LIVE_SERVER
expect.set_options(timeout=15_000)  # two busy cores take their time over the library


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console says that nobody expects; filled by `open_page`."""
    return []


def open_page(browser: Browser, live_server: Any, complaints: list[str], query: str = "", **context: Any) -> Page:
    """The page of the company of the story, as a reader sees it."""
    tell_story()
    size = {"viewport": {"width": 1440, "height": 900}}
    page = signed_in(browser, live_server, make_user("rui", "reader"), **size | context).new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(f"{live_server.url}/companies/halden-robotics/{query}")
    return page


def points(page: Page) -> list[dict[str, float]]:
    """Where the marks of the valuations stand, in the order in which they are drawn."""
    expect(page.locator(".plot .scatterlayer path.point").first).to_be_attached()
    return page.locator(".plot .scatterlayer path.point").evaluate_all(
        "marks => marks.map(mark => mark.getBoundingClientRect())"
        ".map(box => ({x: box.x + box.width / 2, y: box.y + box.height / 2}))"
    )


def test_a_click_on_a_mark_shows_its_words_beside_the_chart(browser, live_server, complaints):
    page = open_page(browser, live_server, complaints)
    expect(page.locator("#evidence h2")).to_have_text("Valuation, 1 Mar 2024")
    bar = points(page)[1]
    page.mouse.move(bar["x"], bar["y"])
    expect(page.locator(".plot .hoverlayer .hovertext")).to_contain_text("raised $50m")
    page.mouse.click(bar["x"], bar["y"])
    expect(page.locator("#evidence h2")).to_have_text("Valuation, May 2022")
    expect(page.locator("#evidence")).to_contain_text("Half of $900m is the upper end: below $450m.")
    expect(page.locator("tr[aria-current]").first).to_contain_text("May 2022")
    assert "evidence=valuation-" in page.url
    page.reload()
    expect(page.locator("#evidence h2")).to_have_text("Valuation, May 2022")
    assert not complaints


def test_scale_and_currency_are_swapped_in_and_stand_in_the_address(browser, live_server, complaints):
    page = open_page(browser, live_server, complaints)
    points(page)
    page.get_by_role("link", name="Log").click()
    expect(page.locator("#valuation-chart")).to_contain_text("The scale is logarithmic")
    expect(page.locator(".plot .main-svg").first).to_be_visible()
    assert page.url.endswith("?scale=log")
    page.go_back()
    expect(page.locator("#valuation-chart")).not_to_contain_text("The scale is logarithmic")
    expect(page.locator(".plot .main-svg").first).to_be_visible()
    assert not complaints


def test_another_theme_draws_the_chart_in_its_colours(browser, live_server, complaints):
    page = open_page(browser, live_server, complaints, color_scheme="light")
    points(page)
    ground = "() => document.querySelector('.plot .main-svg').style.background"
    paper = page.evaluate(ground)
    page.get_by_label("Dark").check()
    page.wait_for_function(f"paper => ({ground})() !== paper", arg=paper)
    assert paper == "rgb(252, 251, 248)"
    assert page.evaluate(ground) == "rgb(19, 21, 24)"


def test_a_dark_page_is_printed_on_light_paper(browser, live_server, complaints):
    page = open_page(browser, live_server, complaints, color_scheme="dark")
    points(page)
    page.emulate_media(media="print")
    page.wait_for_function("() => document.querySelector('.plot .main-svg').style.background === 'rgb(255, 255, 255)'")
    assert not complaints


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_the_picture_can_be_kept(browser, live_server, complaints, kind):
    page = open_page(browser, live_server, complaints)
    points(page)
    with page.expect_download() as found:
        page.get_by_role("button", name=kind).click()
    assert found.value.suggested_filename == f"halden-robotics-valuations.{kind.lower()}"
    head = found.value.path().read_bytes()[:4]
    assert head == (b"\x89PNG" if kind == "PNG" else b"<svg")


@pytest.mark.parametrize("width", [360, 390, 768, 1440])
def test_no_width_makes_the_page_scroll_sideways(browser, live_server, complaints, width):
    page = open_page(browser, live_server, complaints, viewport={"width": width, "height": 800})
    points(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_without_scripts_the_numbers_stand_open_as_a_table(browser, live_server, complaints):
    page = open_page(browser, live_server, complaints, java_script_enabled=False)
    expect(page.locator("noscript .note")).to_have_text(
        "The picture needs JavaScript. Its numbers stand in the table below."
    )
    expect(page.locator("#as-table table")).to_be_visible()
    page.locator("#as-table").get_by_role("link", name="$50m – $450m").click()
    expect(page.locator("#evidence")).to_contain_text("Half of $900m is the upper end: below $450m.")


def test_the_words_of_an_older_round_come_when_it_is_opened(browser, live_server, complaints):
    for year in range(2002, 2014):
        say(make_source(), rounds={"0": {"announced_on": PartialDate(year, 3, 1), "raised": usd(year * 1_000)}})
    page = open_page(browser, live_server, complaints)
    last = page.locator(".words-of").last
    expect(last.locator(".quote")).to_have_count(0)
    last.get_by_text("Evidence").click()
    expect(last.locator(".sayings")).to_contain_text("Amount raised: $2m")
    assert not complaints


def tell_many() -> None:
    """Twenty-eight rounds by as many investors, and those of the story."""
    for year in range(1980, 2008):
        said = {"announced_on": PartialDate(year, 3, 1), "raised": usd(year * 1_000), "investors": [f"Fund {year}"]}
        say(make_source(), rounds={"0": said | {"valuation": usd(year * 10_000)}})


def test_all_rounds_and_investors_are_swapped_in_and_stand_in_the_address(browser, live_server, complaints):
    tell_many()
    page = open_page(browser, live_server, complaints)
    expect(page.locator(".words-of")).to_have_count(12)
    page.get_by_role("link", name="Show all 30 rounds").first.click()
    expect(page.locator(".words-of")).to_have_count(30)
    assert page.url.endswith("?rounds=all")
    page.get_by_role("link", name="Show all 30 investors").click()
    expect(page.locator("#company-investors tbody tr")).to_have_count(30)
    page.go_back()
    expect(page.locator("#company-investors tbody tr")).to_have_count(12)  # the page is asked for again
    expect(page.locator(".words-of")).to_have_count(30)
    page.go_back()
    expect(page.locator(".words-of")).to_have_count(12)
    assert not complaints


def test_a_page_is_printed_with_all_of_its_rounds(browser, live_server, complaints):
    tell_many()
    page = open_page(browser, live_server, complaints)
    page.pdf()
    assert page.locator(".words-of").count() == 30
    assert page.locator("#company-ownership tbody tr").count() == 30
    assert page.locator("#company-investors tbody tr").count() == 30
    assert not complaints


def test_similar_companies_and_the_latest_changes_come_when_they_are_scrolled_to(browser, live_server, complaints):
    said = {"0": {"announced_on": PartialDate(2023, 4, 1), "investors": ["Northgate Capital"]}}
    say(make_source(), company="Kivik", rounds=said)
    page = open_page(browser, live_server, complaints)
    page.locator("#sources").scroll_into_view_if_needed()
    expect(page.locator("#similar-companies")).to_contain_text("Investors in common: Northgate Capital")
    expect(page.locator(".timeline")).to_contain_text("not stated → $42m")
    assert not complaints


def test_another_site_may_frame_the_embedded_chart(browser, live_server, complaints):
    tell_story()
    maker: User = make_user("ana", "analyst")
    token = token_of(make_embed(maker, theme="dark"))
    page = browser.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    with Site() as paper:
        threading.Thread(target=paper.serve_forever, args=(0.01,), daemon=True).start()
        framed = f'<iframe src="{live_server.url}/embed/{token}/" width="900" height="700"></iframe>'
        paper.put("/favicon.ico")
        page.goto(paper.put("/", framed))
        frame = page.frame_locator("iframe")
        expect(frame.locator(".plot .scatterlayer path.point").first).to_be_attached()
        expect(frame.get_by_role("link")).to_have_count(1)
        frame.get_by_text("As a table").click()
        expect(frame.locator("table")).to_contain_text("$50m – $450m")
        paper.shutdown()
    assert not complaints
