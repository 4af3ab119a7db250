"""What scripts add to reviewing and importing: the keys, the fact at hand with its words, and rows that follow."""

from decimal import Decimal
from typing import Any

import pytest
from browsing import ON_LIVE_SERVER, signed_in
from django.contrib.auth.models import User
from factories import make_source, make_user
from playwright.sync_api import Browser, Page, expect
from test_reviewing import WORDS, found

from funding import accepting, intake, jobs, reviewing
from funding.models import AcceptRule, Review, Round

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
    page.keyboard.press("n")
    page.wait_for_url(f"**{older.get_absolute_url()}")
    page.keyboard.press("p")
    page.wait_for_url(f"**{newer.get_absolute_url()}")
    page.keyboard.press("A")
    expect(page.get_by_text("nothing to decide")).to_be_visible()
    assert Round.objects.live().count() == 1
    page.keyboard.press("u")
    expect(page.get_by_text("5 to decide")).to_be_visible()
    assert not Round.objects.live().exists()


def test_the_fact_at_hand_and_its_words_show_together_and_can_be_left_out(page: Page, reviews: list[Review]):
    page.goto(reviews[0].get_absolute_url())
    for key in ("ArrowDown", "j", "j", "k", "j"):
        page.keyboard.press(key)
    expect(page.locator("tr[aria-current]")).to_contain_text("Raised")
    expect(page.locator("mark[aria-current]")).to_have_text("$42 million")
    page.keyboard.press("x")
    page.get_by_role("button", name="Accept 4 of 5").click()
    expect(page.get_by_text("1 to decide")).to_be_visible()
    assert Round.objects.live().get().raised_low is None


def test_deciding_fact_by_fact_goes_on_to_the_next_one(page: Page, reviews: list[Review]):
    page.goto(reviews[0].get_absolute_url())
    current = page.locator("tr[aria-current]")
    page.keyboard.press("j")
    expect(current).to_contain_text("Stage")
    page.keyboard.press("r")
    expect(current).to_contain_text("Announced")
    expect(current).to_be_focused()
    page.keyboard.press("a")
    expect(current).to_contain_text("Raised")
    page.keyboard.press("s")
    page.wait_for_url("**/review/")
    decided = dict(reviews[0].proposals.exclude(decision="pending").values_list("field", "decision"))
    assert decided == {"stage": "rejected", "announced_on": "accepted"}


def test_a_value_is_edited_in_place_and_what_is_wrong_with_it_is_said_there(page: Page, reviews: list[Review]):
    page.goto(reviews[0].get_absolute_url())
    for key in "jjj":
        page.keyboard.press(key)
    page.keyboard.press("x")
    page.keyboard.press("e")
    typed = page.get_by_label("Raised, in the place of $42m")
    expect(typed).to_be_focused()
    expect(typed).to_have_value("42m USD")
    typed.fill("plenty")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“plenty” holds no figure.")).to_be_visible()
    expect(typed).to_have_value("plenty")
    expect(page.get_by_role("checkbox", name="Take Raised: $42m")).not_to_be_checked()
    typed.fill("$45m")
    page.keyboard.press("Enter")
    expect(page.get_by_text("read as $42m, edited")).to_be_visible()
    assert Round.objects.live().get().raised_low == 45_000_000


def test_escape_leaves_a_value_as_it_was_read(page: Page, reviews: list[Review]):
    page.goto(reviews[0].get_absolute_url())
    page.keyboard.press("e")
    page.get_by_label("Name, in the place of Halden Robotics").fill("Halden")
    page.keyboard.press("Escape")
    expect(page.locator("#edited")).to_have_count(0)
    assert not Round.objects.exists()


def test_a_question_mark_shows_the_keys_and_escape_hides_them(page: Page, reviews: list[Review]):
    page.goto(reviews[0].get_absolute_url())
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keys")
    expect(help_).to_contain_text("undo your last decision")
    page.keyboard.press("A")  # the keys of the page wait
    expect(help_).to_be_visible()
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    page.keyboard.press("?")
    expect(help_).to_be_visible()
    page.keyboard.press("?")
    expect(help_).to_be_hidden()
    assert not Round.objects.exists()


def test_a_key_pressed_just_after_the_keys_were_hidden_shows_them_again(page: Page, reviews: list[Review]):
    page.goto(reviews[0].get_absolute_url())
    # The focus leaves a closed dialog only when the page is drawn again, on a busy machine after the next key.
    page.evaluate(
        """() => {
            const help = document.getElementById("review-help");
            help.showModal();
            help.close();
            const key = new KeyboardEvent("keydown", { key: "?", bubbles: true, cancelable: true });
            help.querySelector("button").dispatchEvent(key);
        }"""
    )
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


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


def test_no_page_of_the_review_is_wider_than_a_phone(browser: Browser, live_server: Any, reviews: list[Review]):
    admin = make_user("ada", "admin")
    rules = [AcceptRule(field=name, confidence=Decimal("0.55")) for name in ("raised", "stage", "participation")]
    AcceptRule.objects.bulk_create(rules)
    accepting.accept_by_rules(reviews[1])
    reviews[1].proposals.filter(decision="accepted").update(audit="due")
    phone = signed_in(browser, live_server, admin, viewport={"width": 360, "height": 800}).new_page()
    for path in (reviews[0].get_absolute_url(), "/review/accept/", "/review/rules/", "/review/audit/"):
        phone.goto(path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360, path
