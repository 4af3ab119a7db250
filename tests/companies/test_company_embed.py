"""The valuation chart on other people's pages."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from factories import company, make_embed, make_source, make_user, say, tell_story

from companies.models import Company
from companies.views.company_embed import BadToken, read_token, token_of
from config.accounts.roles import give_role
from funding import recording
from funding.models import Embed

pytestmark = pytest.mark.django_db
MAKE = "/companies/halden-robotics/embed/"


@pytest.fixture(autouse=True)
def nobody_reads_without_an_account(settings) -> None:
    settings.ROUNDBOOK_OPEN_READING = "nobody"


def address(client: Client, **chosen: str) -> str:
    """The path of the address that the page makes."""
    page = client.post(MAKE, chosen).content.decode()
    found = re.search(r"http://testserver(/embed/[^\"&]+/)", page)
    assert found, page
    return found[1]


def path_of(by: User, **changes: Any) -> str:
    """The path of an address that somebody made."""
    return f"/embed/{token_of(make_embed(by, **changes))}/"


def test_an_analyst_makes_an_address_that_shows_the_chart_to_anybody(analyst_client: Client) -> None:
    tell_story()
    answer = Client().get(address(analyst_client, scale="log"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Valuation of Halden Robotics" in page and "data-figure" in page
    assert "The scale is logarithmic" in page


def test_a_reader_makes_none(reader_client: Client) -> None:
    tell_story()
    assert reader_client.get(MAKE).status_code == 403


def test_it_is_the_one_page_that_others_may_frame(analyst_client: Client) -> None:
    tell_story()
    embedded = Client().get(address(analyst_client))
    assert "frame-ancestors *" in embedded["Content-Security-Policy"]
    assert "X-Frame-Options" not in embedded
    assert "script-src 'self'" in embedded["Content-Security-Policy"]
    other = analyst_client.get("/companies/halden-robotics/")
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
    assert other["X-Frame-Options"] == "DENY"


def test_it_holds_the_chart_its_table_and_a_link_back_and_nothing_else(analyst_client: Client) -> None:
    tell_story()
    page = Client().get(address(analyst_client)).content.decode()
    assert "$50m – $450m" in page and "$900m" in page
    assert re.findall(r'<a [^>]*href="([^"]*)"', page) == ["http://testserver/companies/halden-robotics/"]
    assert "csrf" not in page.lower() and "<form" not in page
    assert "Click for the words" not in page


def test_it_is_open_to_no_other_company(analyst_client: Client) -> None:
    tell_story()
    say(make_source(), company="Kivik")
    token = address(analyst_client).split("/")[2]
    told, _, signed = token.partition(":")
    assert Client().get(f"/embed/{told[:-1]}x:{signed}/").status_code == 404


@pytest.mark.parametrize("token", ["x", "a:b:c", "WzFd:1abcde:0000", "%00", "é"])
def test_what_was_not_made_here_is_not_found(token: str) -> None:
    assert Client().get(f"/embed/{token}/").status_code in (400, 404)


def test_a_token_of_another_purpose_is_refused() -> None:
    from django.core import signing

    with pytest.raises(BadToken):
        read_token(signing.dumps("0" * 32, salt="something else"))


def test_it_works_until_its_day_and_not_after(analyst_client: Client) -> None:
    tell_story()
    path = address(analyst_client, days="30")
    today = datetime.datetime.now(datetime.UTC)
    with time_machine.travel(today + datetime.timedelta(days=29)):
        assert Client().get(path).status_code == 200
    with time_machine.travel(today + datetime.timedelta(days=32)):
        answer = Client().get(path)
        assert answer.status_code == 410
        assert "This chart is not shown here any more." in answer.content.decode()


@pytest.mark.parametrize("change", ["role", "account"])
def test_it_stops_when_who_made_it_may_not_export_any_more(change: str) -> None:
    tell_story()
    maker = make_user("ana", "analyst")
    path = path_of(maker)
    assert Client().get(path).status_code == 200
    if change == "role":
        give_role(maker, "reader")
    else:
        User.objects.filter(pk=maker.pk).update(is_active=False)
    assert Client().get(path).status_code == 410


def test_a_merged_company_is_shown_by_the_one_it_became() -> None:
    tell_story()
    old = Company.objects.create(name="Halden", key="halden", slug="halden", merged_into=company())
    path = path_of(make_user("ana", "analyst"), company=old)
    assert "Valuation of Halden Robotics" in Client().get(path).content.decode()


def test_a_company_of_which_nothing_stands_any_more_is_gone(editor: User) -> None:
    change = say(make_source())
    recording.undo(change, editor)
    assert Client().get(path_of(editor)).status_code == 410


def test_a_company_without_a_value_says_so(editor: User) -> None:
    say(make_source())
    answer = Client().get(path_of(editor))
    assert "No value of Halden Robotics can be drawn" in answer.content.decode()
    assert "plotly" not in answer.content.decode()


def test_a_choice_that_is_not_offered_is_refused_at_its_field(analyst_client: Client) -> None:
    tell_story()
    answer = analyst_client.post(MAKE, {"currency": "DOGE"})
    assert answer.status_code == 422
    assert "DOGE is not one of the available choices." in answer.content.decode()
    assert "/embed/" not in answer.content.decode().replace(MAKE, "")


def test_names_are_escaped_in_what_is_to_be_pasted(analyst_client: Client) -> None:
    say(make_source(), company='Evil" onload="x')
    page = analyst_client.post(f"{Company.objects.get().get_absolute_url()}embed/").content.decode()
    assert 'onload="x' not in page


def test_the_page_of_the_company_offers_it_to_analysts(reader_client: Client, analyst_client: Client) -> None:
    tell_story()
    link = f"{MAKE}?scale=log&amp;currency=USD"
    pages = [
        one.get("/companies/halden-robotics/?scale=log").content.decode() for one in (reader_client, analyst_client)
    ]
    assert [link in page for page in pages] == [False, True]


def listed(client: Client) -> str:
    return client.get(MAKE).content.decode().partition('id="held"')[2]


def test_looking_at_the_page_makes_no_address(analyst_client: Client) -> None:
    tell_story()
    assert "/embed/" not in analyst_client.get(MAKE).content.decode().replace(MAKE, "")
    assert not Embed.objects.exists()


def test_the_same_view_made_twice_is_one_address(analyst_client: Client) -> None:
    tell_story()
    assert address(analyst_client) == address(analyst_client)
    assert address(analyst_client, scale="log") != address(analyst_client)


def test_addresses_that_work_are_listed_with_who_made_them(analyst_client: Client, editor: User) -> None:
    tell_story()
    make_embed(editor, until=datetime.date(2020, 1, 1))
    make_embed(editor, currency="EUR", known=datetime.date(2024, 5, 3))
    text = listed(analyst_client)
    assert text.count("/embed/") == 1
    assert "EUR, linear, as the reader's system, as known on 3 May 2024" in text.replace("&#x27;", "'")
    assert str(editor) in text


def test_an_editor_takes_one_back_and_the_others_go_on(editor_client: Client, editor: User) -> None:
    tell_story()
    maker = make_user("ana", "analyst")
    gone, other = make_embed(maker), make_embed(maker, scale="log")
    answer = editor_client.post(f"/embeds/{gone.pk}/take-back/", follow=True)
    assert "The address is taken back: it shows nothing any more." in answer.content.decode()
    gone.refresh_from_db()
    assert gone.taken_back_by == editor
    assert Client().get(f"/embed/{token_of(gone)}/").status_code == 410
    assert Client().get(f"/embed/{token_of(other)}/").status_code == 200
    assert token_of(gone) not in listed(editor_client)


def test_an_analyst_takes_back_what_is_their_own_alone(analyst_client: Client) -> None:
    tell_story()
    own = User.objects.get(pk=analyst_client.session["_auth_user_id"])
    mine, other = make_embed(own), make_embed(make_user("bo", "analyst"))
    assert listed(analyst_client).count("take-back") == 1
    assert analyst_client.post(f"/embeds/{other.pk}/take-back/").status_code == 403
    assert analyst_client.post(f"/embeds/{mine.pk}/take-back/").status_code == 302
    assert list(Embed.objects.filter(taken_back_at=None)) == [other]


def test_what_was_taken_back_is_made_anew_as_another_address(analyst_client: Client) -> None:
    tell_story()
    first = address(analyst_client)
    analyst_client.post(f"/embeds/{Embed.objects.get().pk}/take-back/")
    assert address(analyst_client) != first


def test_an_address_made_for_a_date_shows_the_chart_of_that_date(analyst_client: Client) -> None:
    tell_story()
    today = datetime.datetime.now(datetime.UTC).date()
    now = Client().get(address(analyst_client, known=today.isoformat())).content.decode()
    assert "As known on" in now and "$900m" in now
    assert f"/companies/halden-robotics/?known={today}" in now
    before = Client().get(address(analyst_client, known="2020-01-01"))
    assert before.status_code == 410
    public = Client().get(address(analyst_client, public="2024-02-29"))
    assert public.status_code == 410
    assert "$900m" in Client().get(address(analyst_client, public="2024-03-01")).content.decode()


@pytest.mark.parametrize("day", ["2124-05-03", "yesterday", "2024-05"])
def test_a_date_that_cannot_be_gone_back_to_is_refused_at_its_field(analyst_client: Client, day: str) -> None:
    tell_story()
    answer = analyst_client.post(MAKE, {"known": day})
    assert answer.status_code == 422
    assert "known" in answer.context["form"].errors
    assert not Embed.objects.exists()


@pytest.mark.parametrize("name", ["known", "public"])
def test_another_date_in_the_address_is_refused_in_words(editor: User, name: str) -> None:
    tell_story()
    answer = Client().get(path_of(editor), {name: "2024-05-03"})
    assert answer.status_code == 422
    assert "The date of this chart is part of its address; no other can be asked for." in answer.content.decode()


def test_the_page_of_a_past_day_offers_the_chart_of_that_day(analyst_client: Client) -> None:
    tell_story()
    today = datetime.datetime.now(datetime.UTC).date()
    page = analyst_client.get(f"/companies/halden-robotics/?known={today}").content.decode()
    assert f"{MAKE}?scale=linear&amp;currency=USD&amp;known={today}" in page
