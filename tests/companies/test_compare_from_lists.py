"""Companies are ticked where they are listed, and go to the page that compares them, without a script."""

import re
from typing import Any

import pytest
from factories import company, make_round

from companies.models import Investor
from funding import watching
from funding.models import WatchList

pytestmark = pytest.mark.django_db
TICK = re.compile(r'<input type="checkbox" class="tick" form="compare" name="c" value="([^"]*)" aria-label="([^"]*)">')
FORM = re.compile(r'<form id="compare" method="get" action="/compare/">.*?</form>', re.DOTALL)


def ticks(client: Any, address: str, **headers: str) -> list[tuple[str, str]]:
    text = client.get(address, headers=headers).content.decode()
    assert len(FORM.findall(text)) == 1
    return TICK.findall(text)


@pytest.fixture(autouse=True)
def firms() -> None:
    make_round("Halden Robotics", investors=["Halden Capital"])
    make_round("Halden Foods")


def test_each_company_of_the_list_has_a_tick_in_page_and_partial(reader_client):
    found = {("halden-robotics", "Compare Halden Robotics"), ("halden-foods", "Compare Halden Foods")}
    assert set(ticks(reader_client, "/companies/")) == found
    assert set(ticks(reader_client, "/companies/", **{"HX-Request": "true"})) == found


def test_a_search_offers_ticks_on_companies_alone(reader_client):
    assert {slug for slug, _ in ticks(reader_client, "/search/?q=halden")} == {"halden-robotics", "halden-foods"}


def test_a_search_that_finds_one_company_has_nothing_to_compare(reader_client):
    text = reader_client.get("/search/?q=halden+foods").content.decode()
    assert "Halden Foods" in text.replace("<b>", "").replace("</b>", "")
    assert not TICK.findall(text) and not FORM.findall(text)


def test_the_companies_of_a_watch_list_have_ticks_and_its_investors_none(analyst_client):
    made = WatchList.objects.create(owner_id=analyst_client.session["_auth_user_id"], name="Mine")
    for record in (company("Halden Foods"), Investor.objects.get()):
        watching.watch(made, record)
    assert ticks(analyst_client, f"/lists/{made.pk}/") == [("halden-foods", "Compare Halden Foods")]


def test_a_list_without_companies_has_nothing_to_compare(reader_client):
    text = reader_client.get("/companies/?q=nobody").content.decode()
    assert not TICK.findall(text) and not FORM.findall(text)


def test_what_is_ticked_is_compared(reader_client):
    chosen = "&".join(f"c={slug}" for slug, _ in ticks(reader_client, "/companies/"))
    text = reader_client.get(f"/compare/?{chosen}").content.decode()
    assert {"Halden Robotics", "Halden Foods"} <= set(re.findall(r"</svg><span>([^<]*)</span>", text))


def test_the_list_of_a_past_day_compares_as_of_that_day(reader_client):
    text = reader_client.get("/companies/?known=2126-01-01")
    assert text.status_code == 422
    today = company("Halden Foods").created_at.date().isoformat()
    form = FORM.search(reader_client.get(f"/companies/?known={today}").content.decode())
    assert f'<input type="hidden" name="known" value="{today}">' in form[0]
