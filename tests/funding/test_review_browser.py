"""What scripts add to reviewing and importing: the keys, the fact at hand with its words, and rows that follow."""

from typing import Any

import pytest
from browsing import ON_LIVE_SERVER, signed_in
from django.contrib.auth.models import User
from factories import make_source, make_user
from playwright.sync_api import Browser, Page, expect
from test_reviewing import WORDS, found

from funding import intake, jobs, reviewing
from funding.models import Review, Round

pytestmark = ON_LIVE_SERVER


@pytest.fixture
def editor(browser: Browser) -> User:
    return make_user("erin", "editor")


@pytest.fixture
def page(browser: Browser, live_server: Any, editor: User) -> Page:
    """A page of the editor's, on the site."""
    return signed_in(browser, live_server, editor).new_page()


@pytest.fixture
def reviews(editor: User) -> list[Review]:
    """Two reviews, the older first."""
    return [reviewing.open_review(make_source(f"{WORDS} Told {n} times."), found()) for n in (1, 2)]


def test_one_letter_keys_walk_the_inbox_and_decide(page: Page, reviews: list[Review]):
    older, newer = reviews
    page.goto("/review/")
    expect(page.locator(".inbox [aria-current]")).to_have_attribute("href", newer.get_absolute_url())
    page.keyboard.press("j")
    page.wait_for_url(f"**{older.get_absolute_url()}")
    page.keyboard.press("k")
    page.wait_for_url(f"**{newer.get_absolute_url()}")
    page.keyboard.press("a")
    expect(page.get_by_text("nothing to decide")).to_be_visible()
    assert Round.objects.live().count() == 1
    page.keyboard.press("u")
    expect(page.get_by_text("5 to decide")).to_be_visible()
    assert not Round.objects.live().exists()


def test_the_fact_at_hand_and_its_words_show_together_and_can_be_left_out(page: Page, reviews: list[Review]):
    page.goto(reviews[0].get_absolute_url())
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(page.locator("tr[aria-current]")).to_contain_text("Raised")
    expect(page.locator("mark[aria-current]")).to_have_text("$42 million")
    page.keyboard.press("x")
    page.get_by_role("button", name="Accept 4 of 5").click()
    expect(page.get_by_text("1 to decide")).to_be_visible()
    assert Round.objects.live().get().raised_low is None


def test_words_in_the_article_lead_to_their_fact(page: Page, reviews: list[Review]):
    page.goto(reviews[0].get_absolute_url())
    page.locator("mark").filter(has_text="Series B").click()
    expect(page.locator("tr[aria-current]")).to_contain_text("Stage")


def test_a_row_follows_its_article_and_leaves_alone_what_is_being_typed(page: Page, editor: User):
    article, _ = intake.add_text(WORDS, title="Arms")
    page.goto("/articles/")
    expect(page.get_by_role("row", name="Arms")).to_contain_text("waiting")
    page.get_by_label("Text", exact=True).fill("Half a sentence")
    jobs.run(article.job_id)
    expect(page.get_by_role("row", name="Arms")).to_contain_text("facts to review")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Half a sentence")
    expect(page.locator("#article-table")).not_to_have_attribute("hx-trigger", "every 1s")
