"""The valuation chart on other people's pages."""

import datetime
import re

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from factories import company, make_source, make_user, say, tell_story

from companies.models import Company
from companies.views.company_embed import BadToken, Permit
from config.accounts.roles import give_role
from funding import recording

pytestmark = pytest.mark.django_db
MAKE = "/companies/halden-robotics/embed/"


@pytest.fixture(autouse=True)
def nobody_reads_without_an_account(settings) -> None:
    settings.ROUNDBOOK_OPEN_READING = "nobody"


def address(client: Client, **chosen: str) -> str:
    """The path of the address that the page makes."""
    page = client.get(MAKE, chosen).content.decode()
    found = re.search(r"http://testserver(/embed/[^\"&]+/)", page)
    assert found, page
    return found[1]


def permit(by: User, **changes: str | int) -> Permit:
    given = {"company": company().pk, "scale": "linear", "currency": "USD", "theme": "system", "language": "en-gb",
             "until": "2100-01-01", "by": by.pk}  # fmt: skip
    return Permit(**given | changes)  # type: ignore[arg-type]


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
        Permit.read(signing.dumps([1, "linear", "USD", "system", "en", "2100-01-01", 1], salt="something else"))


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
    path = f"/embed/{permit(maker).token}/"
    assert Client().get(path).status_code == 200
    if change == "role":
        give_role(maker, "reader")
    else:
        User.objects.filter(pk=maker.pk).update(is_active=False)
    assert Client().get(path).status_code == 410


def test_a_merged_company_is_shown_by_the_one_it_became() -> None:
    tell_story()
    old = Company.objects.create(name="Halden", key="halden", slug="halden", merged_into=company())
    path = f"/embed/{permit(make_user('ana', 'analyst'), company=old.pk).token}/"
    assert "Valuation of Halden Robotics" in Client().get(path).content.decode()


def test_a_company_of_which_nothing_stands_any_more_is_gone(editor: User) -> None:
    change = say(make_source())
    recording.undo(change, editor)
    assert Client().get(f"/embed/{permit(editor).token}/").status_code == 410


def test_a_company_without_a_value_says_so(editor: User) -> None:
    say(make_source())
    answer = Client().get(f"/embed/{permit(editor).token}/")
    assert "No value of Halden Robotics can be drawn" in answer.content.decode()
    assert "plotly" not in answer.content.decode()


def test_a_choice_that_is_not_offered_is_refused_at_its_field(analyst_client: Client) -> None:
    tell_story()
    answer = analyst_client.get(MAKE, {"currency": "DOGE"})
    assert answer.status_code == 422
    assert "DOGE is not one of the available choices." in answer.content.decode()
    assert "/embed/" not in answer.content.decode().replace(MAKE, "")


def test_names_are_escaped_in_what_is_to_be_pasted(analyst_client: Client) -> None:
    say(make_source(), company='Evil" onload="x')
    page = analyst_client.get(f"{Company.objects.get().get_absolute_url()}embed/").content.decode()
    assert 'onload="x' not in page


def test_the_page_of_the_company_offers_it_to_analysts(reader_client: Client, analyst_client: Client) -> None:
    tell_story()
    link = f"{MAKE}?scale=log&amp;currency=USD"
    pages = [
        one.get("/companies/halden-robotics/?scale=log").content.decode() for one in (reader_client, analyst_client)
    ]
    assert [link in page for page in pages] == [False, True]
