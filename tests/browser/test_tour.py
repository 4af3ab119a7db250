"""The tour of the README, walked in a browser on a real `up`: an article goes in, a chart and a CSV come out."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from pathlib import Path

from browsing import NEEDS_BROWSER
from local_site import Site
from playwright.sync_api import Page, expect
from running import Up

pytestmark = NEEDS_BROWSER
TOUR = Path(__file__).resolve().parents[2] / "funding" / "samples" / "tour"
COMPANY = "/companies/hugging-face/"


def paste(page: Page, up: Up, name: str) -> None:
    """Paste one of the tour's articles on /articles/, wait until it is read, and go to its review."""
    about = tomllib.loads((TOUR / f"{name}.toml").read_text("utf-8"))
    page.goto(f"{up.address}/articles/")
    page.get_by_label("Text", exact=False).first.fill((TOUR / f"{name}.txt").read_text("utf-8"))
    page.get_by_label(re.compile("^Publisher")).fill(about["publisher"])
    page.get_by_label(re.compile("^Published")).fill(about["published_on"].isoformat())
    page.get_by_role("button", name="Import article").click()
    row = page.get_by_role("row", name=about["title"])
    expect(row).to_contain_text("to review")
    row.get_by_role("link", name="Review").click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()


def accept_all(page: Page) -> None:
    page.get_by_role("button", name="Accept all").click()
    expect(page.get_by_text("nothing to decide").first).to_be_visible()


def test_a_pasted_article_becomes_a_company_with_two_valuations_and_their_sentences(page: Page, up: Up) -> None:
    paste(page, up, "hugging-face.fr")
    expect(page.locator("article mark").first).to_be_visible()
    accept_all(page)

    page.goto(up.address + COMPANY)
    expect(page.locator(".figures")).to_contain_text("$4.5bn")
    expect(page.locator(".figures")).to_contain_text("$100m – $2.25bn")
    expect(page.locator("[data-chart] svg").first).to_be_visible()
    assert page.locator(".as-table [data-point]").count() == 2

    page.get_by_text("As a table").click()
    page.locator(".as-table [data-point]").filter(has_text="May 2022").locator("[data-panel]").click()
    evidence = page.locator("#evidence")
    expect(evidence).to_contain_text("No source we hold states this value")
    expect(evidence.locator("mark").filter(has_text="plus du double").first).to_be_visible()
    expect(evidence.locator("mark").filter(has_text="100 millions de dollars").first).to_be_visible()


def test_the_words_behind_a_figure_are_marked_in_the_article(page: Page, up: Up) -> None:
    page.goto(up.address + COMPANY)
    page.locator(".sources a").first.click()
    expect(page.locator("mark").filter(has_text="235 millions de dollars").first).to_be_visible()
    expect(page.locator("mark").filter(has_text="Salesforce Ventures").first).to_be_visible()


def test_the_same_text_again_changes_nothing_and_says_so(page: Page, up: Up) -> None:
    page.goto(f"{up.address}/articles/")
    page.get_by_label("Text", exact=False).first.fill((TOUR / "hugging-face.fr.txt").read_text("utf-8"))
    page.get_by_role("button", name="Import article").click()
    expect(page.locator(".messages")).to_contain_text("already")


def test_a_second_source_makes_the_value_exact(page: Page, up: Up) -> None:
    paste(page, up, "hugging-face-2022.en")
    accept_all(page)
    page.goto(up.address + COMPANY)
    expect(page.locator(".figures")).to_contain_text("$2bn")
    expect(page.locator(".figures")).to_contain_text("2.25×")


def test_a_third_source_stands_beside_the_first_as_a_disagreement(page: Page, up: Up) -> None:
    paste(page, up, "hugging-face-about-200.en")
    accept_all(page)
    page.goto(up.address + COMPANY)
    differs = page.locator(".differs").filter(has_text="235")
    expect(differs).to_contain_text("≈ $200m".replace(" ", "\u00a0"))
    assert differs.locator("mark").count() >= 2


def test_the_csv_carries_each_figure_with_its_sentence(page: Page, up: Up) -> None:
    page.goto(f"{up.address}/rounds/")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^(Export|CSV)")).first.click()
    text = Path(download.value.path()).read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 2
    newest = next(row for row in rows if row["announced_on"] == "2023-08-24")
    assert "235 millions de dollars" in newest["quote"]
    assert newest["source_url"] == "" or newest["source_url"].startswith("http")


def test_a_feed_on_the_loopback_is_read_and_its_rounds_arrive(page: Page, up: Up, feed_site: Site) -> None:
    body = (
        "<p>Halden Robotics has raised $42 million in a Series B round led by Northgate Capital. Bruma Ventures and "
        "Fjordline also took part in the round. The deal values the company at $300 million.</p>"
        "<p>Halden Robotics was founded in 2016 and is based in Oslo. It employs 140 people who build picking arms "
        "for grocers and parcel carriers across northern Europe, and it says that an arm pays for itself within two "
        "years of being put to work in a warehouse.</p>"
    )
    feed_site.put(
        "/halden",
        f"<html lang='en'><head><title>Halden Robotics raises $42 million</title></head><body><article>"
        f"<h1>Halden Robotics raises $42 million</h1>{body}</article></body></html>",
        **{"Content-Type": "text/html; charset=utf-8"},
    )
    feed = feed_site.put(
        "/feed.xml",
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>Nordic rounds</title><item><title>Halden Robotics "
        f"raises $42 million</title><link>{feed_site.url('/halden')}</link><guid>halden</guid>"
        f"<pubDate>Mon, 04 Mar 2024 08:00:00 GMT</pubDate></item></channel></rss>",
        **{"Content-Type": "application/rss+xml"},
    )
    page.goto(f"{up.address}/feeds/new/")
    page.get_by_label(re.compile("^Address")).fill(feed)
    page.locator("main form").get_by_role("button").first.click()
    row = page.get_by_role("row", name=re.compile("Halden Robotics raises"))
    row.get_by_role("link", name=re.compile("^Review")).click()
    accept_all(page)
    page.goto(f"{up.address}/companies/halden-robotics/")
    expect(page.locator("main")).to_contain_text("$42m")
    expect(page.locator("main")).to_contain_text("Northgate Capital")
