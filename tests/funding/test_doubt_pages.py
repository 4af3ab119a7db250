"""Doubts on a page: two records side by side with reasons, and a decision that is asked for once."""

import re

import pytest
from django.test import Client
from factories import make_source, say, usd
from pytest_django.fixtures import DjangoAssertNumQueries
from test_doubts import tell
from test_merge_pages import words

from companies.models import Company
from funding.models import Change, Doubt, Judgement
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db


@pytest.fixture
def doubt() -> Doubt:
    """Two companies of one name, the second with a round."""
    tell("Halden Robotics", headquarters=Text("Oslo"), founded_on=PartialDate(2012))
    told = {"raised": usd(4_000_000), "announced_on": PartialDate(2021, 3), "leads": ["Bruma Capital"]}
    say(make_source(), rounds={"0": told}, facts={"headquarters": Text("Lima")}, names_seen=False)
    return Doubt.objects.get()


def test_only_editors_see_and_decide(
    reader_client: Client, analyst_client: Client, editor_client: Client, doubt: Doubt
) -> None:
    for client in (reader_client, analyst_client):
        assert client.get("/doubts/").status_code == 403
        assert client.post(f"/doubts/{doubt.pk}/different/").status_code == 403
        assert client.post(f"/doubts/{doubt.pk}/later/").status_code == 403
        assert "/doubts/" not in client.get("/companies/").content.decode()
    assert editor_client.get("/doubts/").status_code == 200
    assert not Judgement.objects.exists()


def test_both_stand_side_by_side_with_the_reasons(editor_client: Client, doubt: Doubt) -> None:
    page = words(editor_client.get("/doubts/"))
    assert "1 pair of records may be one" in page
    assert f"Halden Robotics Companies, {doubt.score} of 100 alike same name another seat" in page
    assert "/companies/halden-robotics/ Seat Oslo Founded 2012 Investors not stated Rounds none" in page
    assert (
        "/companies/halden-robotics-2/ Seat Lima Founded not stated Investors Bruma Capital "
        "Rounds Round of Mar 2021, $4m" in page
    )


def test_the_same_leads_to_the_preview_of_their_merge(editor_client: Client, doubt: Doubt) -> None:
    page = editor_client.get("/doubts/").content.decode()
    (address,) = re.findall(r'href="([^"]*/merge/[^"]*)"', page)
    assert address == "/companies/halden-robotics/merge/?with=halden-robotics-2"
    editor_client.post(address, {"reason": "One firm."})
    assert not Doubt.objects.exists()
    assert "No two records are in doubt." in words(editor_client.get("/doubts/"))


def test_what_is_said_to_be_different_is_kept_and_never_asked_again(editor_client: Client, doubt: Doubt) -> None:
    answer = editor_client.post(
        f"/doubts/{doubt.pk}/different/", {"reason": "One builds arms, one boats."}, follow=True
    )
    page = words(answer)
    assert "Both are two companies called Halden Robotics. They will not be asked about again." in page
    assert "No two records are in doubt." in page
    judged = Judgement.objects.live().get()
    assert (judged.is_same, judged.reason) == (False, "One builds arms, one boats.")
    tell("Halden Robotics", headquarters=Text("Oslo"), founded_on=PartialDate(2012))
    assert Company.objects.live().count() == 2
    assert not Doubt.objects.exists()


def test_a_judgement_is_taken_back_beside_its_message(editor_client: Client, doubt: Doubt) -> None:
    done = editor_client.post(f"/doubts/{doubt.pk}/different/", follow=True)
    (undo,) = re.findall(r'action="(/changes/\d+/undo/)"', done.content.decode())
    assert editor_client.post(undo)["Location"] == "/doubts/"
    assert Doubt.objects.count() == 1


def test_later_puts_a_pair_off_and_it_can_be_taken_up_again(editor_client: Client, doubt: Doubt) -> None:
    editor_client.post(f"/doubts/{doubt.pk}/later/")
    assert "No two records are in doubt." in words(editor_client.get("/doubts/"))
    page = editor_client.get("/doubts/?state=later")
    assert "1 pair that somebody has put off." in words(page)
    answer = editor_client.post(f"/doubts/{doubt.pk}/later/?state=later", {"again": "1"})
    assert answer["Location"] == "/doubts/?state=later"
    assert "1 pair of records may be one" in words(editor_client.get("/doubts/"))


@pytest.mark.parametrize("what", ["different", "later"])
def test_a_pair_that_somebody_else_has_decided_on_changes_nothing(
    editor_client: Client, doubt: Doubt, what: str
) -> None:
    editor_client.post(f"/doubts/{doubt.pk}/different/")
    answer = editor_client.post(f"/doubts/{doubt.pk}/{what}/", follow=True)
    assert "This pair is no doubt any more" in words(answer)
    assert Change.objects.filter(kind="judge").count() == 1


def test_companies_and_investors_are_listed_apart_where_asked(editor_client: Client, doubt: Doubt) -> None:
    for name, investor in (("Mirelle", "Northgate Capital"), ("Vela", "Northgate Capital Partners")):
        say(make_source(), company=name, rounds={"0": {"raised": usd(4), "investors": [investor]}})
    page = words(editor_client.get("/doubts/?kind=investor"))
    assert "Northgate Capital or Northgate Capital Partners Investors" in page
    assert "Mirelle, Undated round, $4" in page
    assert "Companies, " not in page
    assert "Northgate" not in words(editor_client.get("/doubts/?kind=company"))


def test_the_sections_show_how_many_wait(editor_client: Client, doubt: Doubt) -> None:
    assert "Doubts 1 to decide" in words(editor_client.get("/companies/"))
    Doubt.objects.update(state="later")
    assert "to decide" not in words(editor_client.get("/companies/"))


def test_pages_follow_each_other_and_ask_no_more(
    editor_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for at in range(7):
        tell("Kestrelation", founded_on=PartialDate(2000 + 3 * at))
    assert Doubt.objects.count() > 10
    with django_assert_max_num_queries(12):
        first = editor_client.get("/doubts/").content.decode()
    (rest,) = re.findall(r'href="([^"]*)" rel="next"', first)
    second = editor_client.get(f"/doubts/{rest.replace('&amp;', '&')}").content.decode()
    shown = [re.findall(r'<article class="doubt" id="d(\d+)"', page) for page in (first, second)]
    assert len(shown[0]) == 10
    assert shown[1] and not set(shown[0]) & set(shown[1])


def test_an_address_that_names_no_place_is_refused_in_words(editor_client: Client) -> None:
    answer = editor_client.get("/doubts/?after=nowhere")
    assert answer.status_code == 422
    assert "The address names no place in this list." in words(answer)
