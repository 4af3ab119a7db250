"""An hour of an analyst: at a desk, on a telephone, and once without scripts."""

from __future__ import annotations

import email
import email.policy
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alert_jobs import make_analyst, run_jobs
from browsing import ON_LIVE_SERVER, signed_in
from factories import make_user
from local_site import Site
from mail_server import MailServer
from playwright.sync_api import Browser, Page, expect

from funding import intake, jobs, reviewing
from funding.models import Alert, Review
from funding.values import PartialDate

pytestmark = ON_LIVE_SERVER

TOLD = [
    ("Halden Robotics", "Series B", 42, "Northgate Capital"),
    ("Bergwind Energy", "Series B", 18, "Ostwind Partners"),
    ("Lumenta Optics", "Series A", 7, "Fjordline Ventures"),
]
WAYS = {
    "at a desk": {"viewport": {"width": 1280, "height": 900}},
    "on a telephone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "without scripts": {"viewport": {"width": 1280, "height": 900}, "java_script_enabled": False},
}


def bring_in(company: str, stage: str, millions: int, lead: str, day: PartialDate) -> None:
    """An article that tells of a round, read by its job and accepted by an editor."""
    text = (
        f"{company} raises ${millions} million\n\n"
        f"{company} has raised ${millions} million in a {stage} round led by {lead}, the company said on Monday."
    )
    article, _ = intake.add_text(text, publisher="Nordic Ledger", published=day)
    jobs.run(article.job_id)
    article.refresh_from_db()
    review = Review.objects.get(source=article.source_id)
    reviewing.accept(review, by=make_user(f"editor-{review.pk}"))


@pytest.fixture
def held(live_server: Any) -> None:
    for told in TOLD:
        bring_in(*told, PartialDate(2024, 3, 4))


@pytest.fixture
def mails(settings: Any, live_server: Any) -> Iterator[MailServer]:
    """A mail server on the loopback."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        settings.SITE_ADDRESS = live_server.url
        yield server
        server.shutdown()


@pytest.fixture
def hooks(settings: Any) -> Iterator[Site]:
    """Who is sent webhooks, allowed by the owner."""
    with Site() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.FETCH_ALLOWED_HOSTS = [server.name]
        server.put("/hook", "", 204)
        yield server
        server.shutdown()


@pytest.fixture(params=WAYS, ids=[name.replace(" ", "-") for name in WAYS])
def page(request: Any, browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page of the analyst's; it fails for anything that the browser refused, that broke, or that left the site."""
    context = signed_in(browser, live_server, make_analyst(), accept_downloads=True, **WAYS[request.param])
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    wrong: list[str] = []
    opened.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    ours = (live_server.url, "data:", "blob:", "about:")
    opened.on("request", lambda one: None if one.url.startswith(ours) else wrong.append(one.url))
    opened.is_scripted = WAYS[request.param].get("java_script_enabled", True)  # type: ignore[attr-defined]
    yield opened
    context.close()
    assert wrong == []


def find_by_a_typo(page: Page, typed: str, name: str) -> None:
    page.goto("/")
    if page.is_scripted:  # type: ignore[attr-defined]
        page.keyboard.press("/")
        page.keyboard.type(typed)
        expect(page.locator("#site-results [role=option]").first).to_contain_text(name)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    else:
        page.fill("#site-search", typed)
        page.press("#site-search", "Enter")
        page.locator(".search-results a", has_text=name).first.click()
    expect(page.locator("h1")).to_contain_text(name)


def read_the_sentence(page: Page) -> None:
    """From the amount of a round to the words that say it."""
    page.goto(page.url.partition("#")[0].partition("?")[0])
    page.locator("main a.mark", has_text=re.compile(r"^\s*1\s*$")).first.click()
    expect(page.locator("mark", has_text="$42 million").first).to_be_visible()


def compare_three(page: Page) -> None:
    page.goto("/compare/")
    for name in ("Halden Robotics", "Bergwind Energy", "Lumenta Optics"):
        page.fill("#compare-add", name)
        if page.is_scripted:  # type: ignore[attr-defined]
            page.locator("#compare-options [role=option]", has_text=name).first.click()
        if page.locator(".chip", has_text=name).count() == 0:
            page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator(".chip", has_text=name)).to_be_visible()
    assert page.locator(".compare-table thead th").count() == 3


def filter_rounds(page: Page) -> None:
    page.goto("/rounds/")
    if page.is_scripted:  # type: ignore[attr-defined]
        page.locator("#filters input[name=stage][value=series_b]").check()
    else:
        page.locator("#filters input[name=stage][value=series_b]").check()
        page.locator("#filters button[type=submit]").last.click()
    expect(page.locator("#list-sentence")).to_contain_text("Series B")
    expect(page.locator("#round-table")).to_contain_text("Bergwind Energy")
    expect(page.locator("#round-table")).not_to_contain_text("Lumenta Optics")


def save_the_search(page: Page) -> str:
    page.get_by_role("link", name="Save this search").click()
    page.fill("input[name=name]", "Series B rounds")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1")).to_have_text("Series B rounds")
    return page.url


def set_alerts(page: Page, search: str, hook: str) -> str:
    """One by mail, one by webhook and one as a feed, whose address is returned."""
    for way in ("mail", "webhook", "feed"):
        page.goto(search)
        page.get_by_role("link", name="Set an alert").click()
        choice = page.locator(f"[name=way][value={way}]")
        if choice.count() and choice.first.get_attribute("type") == "radio":
            choice.check()
        else:
            page.select_option("[name=way]", way)
        if way == "webhook":
            page.fill("[name=url]", hook)
        page.get_by_role("button", name="Set the alert").click()
        expect(page.get_by_role("heading", name="What it told")).to_be_visible()
    return page.locator("#shown-once").input_value()


def export(page: Page, to: Path) -> str:
    """The list as it is seen, as a file."""
    page.goto("/rounds/?stage=series_b")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    download.value.save_as(to)
    return to.read_text("utf-8")


def test_an_hour_of_an_analyst(page: Page, held: None, mails: MailServer, hooks: Site, tmp_path: Path) -> None:
    find_by_a_typo(page, "haldne robtics", "Halden Robotics")
    read_the_sentence(page)
    compare_three(page)
    filter_rounds(page)
    search = save_the_search(page)
    feed = set_alerts(page, search, hooks.url("/hook"))
    assert Alert.objects.filter(is_active=True).count() == 3

    bring_in("Tarnhelm Security", "Series B", 25, "Northgate Capital", PartialDate(2024, 4, 8))
    run_jobs()
    [message] = [email.message_from_string(text, policy=email.policy.default) for text in mails.taken]
    assert "Tarnhelm Security, Series B" in message["Subject"]
    [(_, headers, body)] = hooks.posted
    assert headers["roundbook-signature"].startswith("sha256=")
    assert [event["company"]["name"] for event in json.loads(body)["events"]] == ["Tarnhelm Security"]
    assert page.request.get(feed).text().count("<entry>") == 1

    told = export(page, tmp_path / "rounds.csv")
    assert "Tarnhelm Security" in told
    assert "Lumenta Optics" not in told

    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#list-sentence")).to_contain_text(re.compile("série B", re.IGNORECASE))
