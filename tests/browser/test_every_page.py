"""Every page, in both themes and both languages: usable by everybody, and without a word of complaint."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from browsing import NEEDS_BROWSER
from django.urls import get_resolver
from playwright.sync_api import Browser, BrowserContext, Page
from running import Up, running_up

from config import access

pytestmark = [*NEEDS_BROWSER, pytest.mark.long]
SERIOUS = ("serious", "critical")
COMBINATIONS = (("light", "en-gb"), ("dark", "en-gb"), ("light", "fr"), ("dark", "fr"))
# Where each page stands; what is in braces is the address of a record, found on the list of its like (`FOUND_ON`).
PAGES = {
    "overview": "/",
    "account_login": "/accounts/login/",
    "account_change_password": "/accounts/password/change/",
    "account_set_password": "/accounts/password/set/",
    "account_logout": "/accounts/logout/",
    "account_reset_password": "/accounts/password/reset/",
    "account_reset_password_done": "/accounts/password/reset/done/",
    "account_reset_password_from_key": "/accounts/password/reset/key/MQ-set-password/",
    "account_reset_password_from_key_done": "/accounts/password/reset/key/done/",
    "account_inactive": "/accounts/inactive/",
    "account_signup": "/accounts/signup/",
    "account_reauthenticate": "/accounts/reauthenticate/",
    "sign_in_link": "/sign-in/used/",
    "companies:company_list": "/companies/",
    "companies:company_detail": "{company}",
    "companies:company_embed": "{company}embed/",
    "companies:compare": "/compare/",
    "companies:investor_list": "/investors/",
    "companies:investor_detail": "{investor}",
    "companies:company_new": "/new/company/",
    "companies:company_facts": "{company}facts/",
    "companies:person_new": "{company}people/new/",
    "companies:investor_facts": "{investor}facts/",
    "companies:investor_with": "{investor}with/",
    "companies:search": "/search/?q=mistral",
    "funding:round_list": "/rounds/",
    "funding:round_detail": "{round}",
    "funding:round_new": "/rounds/new/",
    "funding:exit_new": "/exits/new/",
    "funding:round_change": "{round}change/",
    "funding:valuation_new": "/valuations/new/",
    "funding:source_detail": "{source}",
    "funding:evidence": "{evidence}",
    "funding:design": "/design/",
    "funding:conflict_list": "/conflicts/",
    "funding:article_list": "/articles/",
    "funding:article_detail": "{article}",
    "funding:feed_new": "/feeds/new/",
    "funding:job_list": "/jobs/",
    "funding:import_list": "/imports/",
    "funding:mapping_list": "/imports/mappings/",
    "funding:job_detail": "{job}",
    "funding:review_inbox": "/review/?state=decided",
    "funding:review_detail": "{review}",
    "funding:review_accept": "/review/accept/",
    "funding:review_rules": "/review/rules/",
    "funding:review_audit": "/review/audit/",
    "funding:change_list": "/changes/",
    "funding:company_changes": "{company}changes/",
    "funding:doubt_list": "/doubts/",
    "funding:company_history": "{company}history/",
    "funding:investor_history": "{investor}history/",
    "funding:round_history": "{round}history/",
    "funding:company_merge": "{company}merge/",
    "funding:company_split": "{company}split/",
    "funding:investor_merge": "{investor}merge/",
    "funding:investor_split": "{investor}split/",
    "funding:round_merge": "{round}merge/",
    "funding:round_split": "{round}split/",
    "funding:report_list": "/reports/",
    "funding:report_new": "/reports/new/?rows=rounds",
    "funding:rates": "/rates/",
    "api:about": "/api/",
    "api:token_list": "/api/tokens/",
    "funding:watch_overview": "/lists/",
    "funding:watch_list_new": "/lists/new/",
    "funding:watch": "/lists/watch/?company={company_name}",
    "funding:search_new": "/lists/searches/new/?of=/companies/&query=q%3Dmistral",
}
FOUND_ON = {
    "company": ("/companies/", r"/companies/(?!suggest/)[\w-]+/"),
    "investor": ("/investors/", r"/investors/(?!suggest/)[\w-]+/"),
    "round": ("/rounds/", r"/rounds/\d+/"),
    "evidence": ("/rounds/", r"/evidence/\?statement=\d+"),
    "article": ("/articles/", r"/articles/\d+/"),
    "job": ("/jobs/", r"/jobs/\d+/"),
    "review": ("/review/?state=decided", r"/review/\d+/"),
}
# What answers with a file, a fragment or nothing at all, or belongs to a record that the samples do not make.
NO_PAGE = {
    *("health", "csp_report", "set_language", "funding:export", "funding:overview_csv"),
    *("companies:company_suggest", "companies:investor_suggest", "companies:parent_suggest"),
    *("companies:search_suggest",),
    *("companies:compare_suggest", "companies:compare_export", "companies:investor_years"),
    *("companies:company_similar", "companies:embedded_chart", "companies:embed_take_back"),
    *("funding:statement_mark", "funding:feed_fetch", "funding:feed_pause", "funding:feed_delete"),
    *("funding:job_cancel", "funding:job_retry", "funding:review_decide", "funding:change_undo"),
    *("funding:doubt_different", "funding:doubt_later"),
    *("funding:watch_list", "funding:watch_list_edit", "funding:watch_list_delete", "funding:watch_entry_note"),
    *("funding:search_detail", "funding:search_delete", "funding:digest_hour"),
    *(
        "funding:alert_new",
        "funding:alert_detail",
        "funding:alert_pause",
        "funding:alert_renew",
        "funding:alert_delete",
        "funding:delivery_again",
    ),
    *("funding:alert_feed", "funding:alert_stop", "funding:exit_change", "funding:exit_merge"),
    *("funding:import_detail", "funding:import_mapping", "funding:import_check", "funding:import_record"),
    *("funding:import_take_back", "funding:import_refused", "funding:import_delete", "funding:import_use"),
    *("funding:mapping_rename", "funding:mapping_delete"),
    *("funding:report_detail", "funding:report_edit", "funding:report_schedule"),
    *("funding:report_run", "funding:report_run_again", "funding:report_delete", "funding:rates_remove"),
    *("api:token_revoke", "set_currency"),
}
# Pages that say why they do not do what was asked.
REFUSING = {"sign_in_link", "account_reauthenticate", "account_reset_password_from_key"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[Path], Path]) -> Iterator[Up]:
    """A site of its own with the sample articles, all of them read."""
    with running_up(migrated(tmp_path_factory.mktemp("pages") / "data")) as running:
        running.wait_for(r"samples +\| Samples: (\d+) of \1 articles read")
        yield running


@pytest.fixture(scope="module")
def owner_cookies(browser: Browser, site: Up) -> Any:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.sign_in_link)
    page.goto(f"{site.address}/articles/")
    page.wait_for_function("() => !document.querySelector('#arrivals[hx-trigger]')", timeout=120_000)
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture(params=COMBINATIONS, ids=lambda one: "-".join(one))
def reader(request: pytest.FixtureRequest, browser: Browser, owner_cookies: Any) -> Iterator[BrowserContext]:
    """The owner's browser, set to a theme and a language."""
    theme, language = request.param
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=theme, locale=language)
    context.add_cookies(owner_cookies)
    yield context
    context.close()


def test_every_page_of_the_site_is_walked() -> None:
    names = {name for name in access.route_names(get_resolver()) if not name.startswith("admin:")}
    # What the API answers is in JSON, and tried by its own tests.
    pages = {name for name in names if not name.startswith("api:") or name in PAGES}
    assert pages - set(PAGES) - NO_PAGE == set()


def test_no_page_is_at_fault(reader: BrowserContext, site: Up) -> None:
    page = reader.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(f"console: {message.text}") if _is_fault(message) else None)
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on("request", lambda request: wrong.append(f"request: {request.url}") if _is_foreign(request, site) else None)
    records = {name: _first(page, site, *where) for name, where in FOUND_ON.items()}
    records["company_name"] = records["company"].strip("/").split("/")[-1]
    page.goto(site.address + records["round"])
    records["source"] = _link(page, r"/sources/\d+/")
    faults: list[str] = []
    for name, address in PAGES.items():
        if name == "account_logout":
            continue
        answer = page.goto(site.address + address.format(**records))
        faults += [f"{name}: {one}" for one in (*wrong, *_faults(page))]
        faults += (
            [f"{name}: status {answer.status}"] if answer and answer.status >= 400 and name not in REFUSING else []
        )
        if page.evaluate("[...document.querySelectorAll('header nav a')].some(a => !a.innerText.trim())"):
            faults.append(f"{name}: a section without a name")
        wrong.clear()
    assert faults == []


def test_no_page_scrolls_sideways_on_a_phone(browser: Browser, owner_cookies: Any, site: Up) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="fr")
    context.add_cookies(owner_cookies)
    page = context.new_page()
    records = {name: _first(page, site, *where) for name, where in FOUND_ON.items()}
    records["company_name"] = records["company"].strip("/").split("/")[-1]
    page.goto(site.address + records["round"])
    records["source"] = _link(page, r"/sources/\d+/")
    wide = []
    for name, address in PAGES.items():
        page.goto(site.address + address.format(**records))
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(name)
    context.close()
    assert wide == []


def _faults(page: Page) -> list[str]:
    """What axe finds serious or critical on a page, a line for each place."""
    page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    found = page.evaluate("async () => await axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


def _is_fault(message: Any) -> bool:
    """Errors of scripts and of the content policy; that a page answers 4xx is what some of them are for."""
    return message.type == "error" and "Failed to load resource" not in message.text


def _is_foreign(request: Any, site: Up) -> bool:
    return not request.url.startswith((site.address, "data:", "blob:", "about:"))


def _first(page: Page, site: Up, at: str, shape: str) -> str:
    page.goto(site.address + at)
    return _link(page, shape)


def _link(page: Page, shape: str) -> str:
    """The first link of a page's main part with an address of this shape."""
    for link in page.locator("main a[href]").all():
        if found := re.match(shape, link.get_attribute("href") or ""):
            return found[0]
    raise AssertionError(f"no link like {shape} on {page.url}")
