"""Ten articles reviewed without a mouse, three decisions undone; and two people who decide on one fact at once."""

from __future__ import annotations

from typing import Any

import pytest
from browsing import ON_LIVE_SERVER, signed_in
from factories import make_user
from playwright.sync_api import Browser, Page, expect

from companies.models import Company
from funding import intake, jobs
from funding.models import Change, Review, Round
from funding.values import PartialDate

pytestmark = ON_LIVE_SERVER

# Company, millions of dollars raised, lead.
TOLD = [
    ("Halden Robotics", 42, "Northgate Capital"),
    ("Bergwind Energy", 18, "Ostwind Partners"),
    ("Lumenta Optics", 7, "Fjordline Ventures"),
    ("Tarnhelm Security", 25, "Northgate Capital"),
    ("Pontevia Logistics", 61, "Bruma Ventures"),
    ("Quillmark Software", 12, "Ostwind Partners"),
    ("Saltmarsh Foods", 9, "Bruma Ventures"),
    ("Virelle Biotech", 33, "Fjordline Ventures"),
    ("Nordvik Maritime", 54, "Northgate Capital"),
    ("Kestrel Avionics", 15, "Bruma Ventures"),
]


@pytest.fixture
def reviews(browser: Browser) -> dict[str, Review]:
    """The review of an article on each company, the last one told the newest."""
    found = {}
    for name, millions, lead in TOLD:
        text = (
            f"{name} raises ${millions} million\n\n"
            f"{name} has raised ${millions} million in a Series A round led by {lead}, the company said on Monday."
        )
        article, _ = intake.add_text(text, publisher="Nordic Ledger", published=PartialDate(2024, 3, 4))
        jobs.run(article.job_id)
        found[name] = Review.objects.get(source=article.source_id)
    return found


class Keyboard:
    """Somebody at a page who presses keys and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        """Press keys that move about on the page."""
        for key in keys:
            self.page.keyboard.press(key)

    def go(self, *keys: str) -> None:
        """Press keys that each lead to another page."""
        for key in keys:
            with self.page.expect_navigation():
                self.page.keyboard.press(key)

    def walk_to(self, label: str) -> None:
        """Go down to the fact of this label."""
        row = self.page.locator("tr[aria-current]")
        for _ in range(12):
            if row.get_by_role("rowheader", name=label, exact=True).count():
                return
            self.press("j")
        raise AssertionError(f"no fact “{label}” on {self.page.url}")

    def is_at(self, review: Review) -> None:
        """Fail unless the page is of this review."""
        expect(self.page.locator(".inbox a[aria-current]")).to_have_attribute("href", review.get_absolute_url())


@pytest.fixture
def keyboard(browser: Browser, live_server: Any) -> Keyboard:
    page = signed_in(browser, live_server, make_user("erin")).new_page()
    return Keyboard(page)


def raised() -> dict[str, int]:
    """What each company with a round is recorded to have raised, in millions."""
    rounds = Round.objects.live().select_related("company")
    return {one.company.name: int(one.raised_low) // 1_000_000 for one in rounds if one.raised_low}


def test_ten_articles_are_reviewed_by_keys_and_three_decisions_undone(keyboard: Keyboard, reviews: dict[str, Review]):
    keyboard.page.goto("/review/")
    keyboard.is_at(reviews["Kestrel Avionics"])
    keyboard.go("A", "n")
    keyboard.is_at(reviews["Nordvik Maritime"])  # fact by fact, but for its stage
    keyboard.walk_to("Stage")
    keyboard.go("r")
    pending = keyboard.page.locator("tr[data-pending]")
    while pending.count():
        keyboard.go("a")
    keyboard.go("n")
    keyboard.is_at(reviews["Virelle Biotech"])  # with another amount
    keyboard.walk_to("Raised")
    keyboard.go("e")
    keyboard.page.keyboard.type("about 35m USD")
    keyboard.go("Enter", "A", "n")
    keyboard.is_at(reviews["Saltmarsh Foods"])
    keyboard.go("R", "n", "s")  # the first is no news, the second is left for later
    keyboard.is_at(reviews["Pontevia Logistics"])
    for _ in range(4):
        keyboard.go("A", "n")
    keyboard.is_at(reviews["Halden Robotics"])
    keyboard.go("A", "s")
    keyboard.is_at(reviews["Quillmark Software"])  # all that is left
    keyboard.go("A")
    assert not Review.objects.filter(state=Review.State.PENDING).exists()
    told = {name: millions for name, millions, _ in TOLD} | {"Virelle Biotech": 35}
    del told["Saltmarsh Foods"]
    assert raised() == told

    keyboard.go("u", "u", "u")  # Quillmark, Halden and Bergwind, the latest first
    undone = {"Quillmark Software", "Halden Robotics", "Bergwind Energy"}
    assert raised() == {name: millions for name, millions in told.items() if name not in undone}
    assert set(Review.objects.filter(state=Review.State.PENDING)) == {reviews[name] for name in undone}
    assert set(Company.objects.live().values_list("name", flat=True)) == told.keys() - undone
    stages = dict(Round.objects.live().values_list("company__name", "stage"))
    assert (stages["Nordvik Maritime"], stages["Lumenta Optics"]) == ("", "series_a")
    virelle = Round.objects.live().get(company__name="Virelle Biotech")
    assert virelle.raised is not None and virelle.raised.is_approx


def test_of_two_browsers_that_decide_on_the_same_one_is_refused_by_name(
    keyboard: Keyboard, reviews: dict[str, Review], browser: Browser, live_server: Any
):
    review = reviews["Tarnhelm Security"]
    other = Keyboard(signed_in(browser, live_server, make_user("lena")).new_page())
    for person in (keyboard, other):
        person.page.goto(review.get_absolute_url())
    facts = review.proposals.count()
    keyboard.go("A")
    other.go("R")
    refusal = other.page.locator(".messages")
    expect(refusal).to_contain_text(f"{facts} facts had been accepted by erin before")
    assert Change.objects.count() == 1
    assert {one.decided_by.username for one in review.proposals.all()} == {"erin"}
    assert raised() == {"Tarnhelm Security": 25}
