"""The forms in which an editor enters a company's own facts and its people."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from factories import company, make_source, make_user, say, usd

from companies.models import Company, Role
from funding import entry, recording
from funding.company_form import filled_with
from funding.models import Change, Statement
from funding.values import Money, PartialDate, Quantity, Text

pytestmark = pytest.mark.django_db
NEW = "/new/company/"
FILLED = {
    "is_own_knowledge": "on", "company": "Halden Robotics", "website": "halden.example", "founded": "May 2016",
    "headquarters": "Oslo, Norway; Bergen", "employees": "about 140", "sectors": "robotics, logistics",
    "total_raised": "≈ 400m USD", "currency": "", "form_key": "one-form",
}  # fmt: skip


def post(client: Client, **changed: Any) -> HttpResponse:
    return client.post(NEW, {name: value for name, value in (FILLED | changed).items() if value is not None})


def change(client: Client, **changed: Any) -> HttpResponse:
    held = company()
    data = filled_with(entry.company_held(held)) | {"is_own_knowledge": "on", "form_key": "two"} | changed
    return client.post(f"{held.get_absolute_url()}facts/", data)


def errors_of(response: HttpResponse) -> dict[str, str]:
    form = response.context["form"]  # type: ignore[attr-defined]
    return {field: " ".join(map(str, errors)) for field, errors in form.errors.items()}


def test_a_company_that_was_not_held_is_made_with_its_facts(editor_client, editor):
    response = post(editor_client)
    held = company()
    assert (response.status_code, response["Location"]) == (302, held.get_absolute_url())
    assert (held.founded_on.isoformat(), held.founded_precision) == ("2016-05-01", "month")
    assert held.city == "Oslo, Norway"
    assert sorted(held.sectors.values_list("name", flat=True)) == ["logistics", "robotics"]
    found = entry.company_held(held)
    assert (found.website, found.headquarters) == ("halden.example", ("Oslo, Norway", "Bergen"))
    assert found.employees == Quantity.hedged(140, "approx")
    assert found.total_raised == Money.about(400_000_000, "USD")
    assert Change.objects.get().by == editor


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"is_own_knowledge": None}, "url", "No source is named."),
        ({"company": ""}, "company", "Name the company."),
        ({"website": "no address"}, "website", "is no web address"),
        ({"founded": "Smarch 2016"}, "founded", "is not read as a date"),
        ({"founded": "2099"}, "founded", "is in the future"),
        ({"employees": "many"}, "employees", "is not read as a number"),
        ({"total_raised": "400m"}, "total_raised", "names no currency"),
        ({"sectors": ",".join(f"s{n}" for n in range(21))}, "sectors", "21 are named; 20 is the most."),
        (dict.fromkeys(("website", "founded", "headquarters", "employees", "sectors", "total_raised"), ""),
         "website", "Nothing is said of the company yet."),
        ({"quote": "It raised €300 million in all."}, "quote", "The quote says €300m"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(editor_client, changed, field, told):
    response = post(editor_client, **changed)
    assert response.status_code == 422
    assert told in errors_of(response)[field]
    assert not Statement.objects.exists()
    assert "Not saved yet." in response.content.decode()


def test_a_form_that_is_sent_twice_records_once(editor_client):
    post(editor_client)
    post(editor_client)
    assert Change.objects.count() == 1


def test_the_form_of_a_held_company_is_filled_with_its_facts_and_records_what_differs(editor_client):
    say(make_source(), facts={"founded_on": PartialDate(2015), "website": Text("halden.example")})
    page = editor_client.get(f"{company().get_absolute_url()}facts/").content.decode()
    assert 'value="2015"' in page
    assert 'value="halden.example"' in page
    response = change(editor_client, founded="2016")
    assert response.status_code == 302
    held = company()
    assert (held.founded_on.year, held.has_conflict) == (2016, True)
    assert set(Change.objects.latest("pk").added_statements.values_list("field", flat=True)) == {"name", "founded_on"}


def test_a_sector_that_a_reading_names_by_its_key_is_filled_in_in_words_and_stays_as_it_is(editor_client):
    say(make_source(), facts={"sector": Text("artificial_intelligence")})
    assert (
        'value="artificial intelligence"'
        in editor_client.get(f"{company().get_absolute_url()}facts/").content.decode()
    )
    change(editor_client, sectors="artificial intelligence, robotics")
    added = Change.objects.latest("pk").added_statements.filter(field="sector")
    assert [one.value["text"] for one in added] == ["robotics"]


def test_another_name_is_the_one_shown_and_the_company_is_still_found_by_the_first(editor_client):
    say(make_source(), facts={"founded_on": PartialDate(2015)})
    change(editor_client, name="Halden Systems")
    held = Company.objects.live().get()
    assert held.name == "Halden Systems"
    assert set(held.aliases.values_list("name", flat=True)) == {"Halden Robotics"}
    recording.undo(Change.objects.latest("pk"), None)
    assert Company.objects.live().get().name == "Halden Robotics"


def test_an_earlier_headcount_stays_beside_the_later_one(editor_client):
    first = {"is_own_knowledge": "", "url": "https://ledger.example/1", "published": "3 May 2022"}
    post(editor_client, **first, employees="100")
    later = {"is_own_knowledge": "", "url": "https://ledger.example/2", "published": "3 May 2024"}
    change(editor_client, **later, employees="140")
    live = Statement.objects.live().filter(field="employees").values_list("value__low", flat=True)
    assert sorted(live) == ["100", "140"]
    assert entry.company_held(company()).employees == Quantity.hedged(140, "")


def test_an_outdated_form_shows_both_versions(editor_client):
    say(make_source(), facts={"founded_on": PartialDate(2015)})
    opened = filled_with(entry.company_held(company())) | {
        "is_own_knowledge": "on",
        "form_key": "a",
        "founded": "2016",
    }
    other = Client()
    other.force_login(make_user("ana", "editor"))
    other.post(f"{company().get_absolute_url()}facts/", opened | {"founded": "2017", "form_key": "b"})
    response = editor_client.post(f"{company().get_absolute_url()}facts/", opened)
    assert response.status_code == 409
    assert ("Founded", "2017", "2016") in response.context["versions"].rows
    assert company().founded_on.year == 2017


def test_the_company_of_the_page_is_meant_where_two_have_one_name(editor_client):
    say(make_source(), facts={"founded_on": PartialDate(2015)})
    first = company()
    say(make_source(), facts={"founded_on": PartialDate(1999)}, decided={"company:0": Company(name="Halden Robotics")})
    second = Company.objects.live().exclude(pk=first.pk).get()
    data = filled_with(entry.company_held(second)) | {"is_own_knowledge": "on", "form_key": "a", "founded": "1998"}
    assert editor_client.post(f"{second.get_absolute_url()}facts/", data).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.founded_on.year, second.founded_on.year) == (2015, 1998)


def test_a_person_is_entered_with_a_role(editor_client):
    say(make_source(), rounds={"0": {"raised": usd(5_000_000)}})
    address = f"{company().get_absolute_url()}people/new/"
    assert address in editor_client.get(company().get_absolute_url()).content.decode()
    data = {"is_own_knowledge": "on", "person": "Ida Solberg", "title": "chief executive", "form_key": "a"}
    assert editor_client.post(address, data).status_code == 302
    founder = data | {"person": "Jon Berg", "title": "", "is_founder": "on", "form_key": "b"}
    assert editor_client.post(address, founder).status_code == 302
    roles = Role.objects.filter(company=company()).values_list("person__name", "title", "is_founder")
    assert sorted(roles) == [("Ida Solberg", "chief executive", False), ("Jon Berg", "founder", True)]
    assert "Ida Solberg" in editor_client.get(address).content.decode()


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"person": ""}, "person", "Name the person."),
        ({"person": "42"}, "person", "is no name of a person"),
        ({"title": ""}, "title", "Say what the person does"),
        ({"is_own_knowledge": ""}, "url", "No source is named."),
    ],
)
def test_a_person_that_cannot_be_is_refused_in_place(editor_client, changed, field, told):
    say(make_source(), rounds={"0": {"raised": usd(5_000_000)}})
    data = {"is_own_knowledge": "on", "person": "Ida Solberg", "title": "chief executive", "form_key": "a"} | changed
    response = editor_client.post(f"{company().get_absolute_url()}people/new/", data)
    assert response.status_code == 422
    assert told in errors_of(response)[field]
    assert not Role.objects.exists()


def test_a_company_that_is_held_is_not_entered_once_more_but_another_of_its_name_may_be(editor_client):
    say(make_source(), facts={"founded_on": PartialDate(2015)})
    held = company()
    response = post(editor_client)
    assert response.status_code == 422
    assert "Halden Robotics is held already." in errors_of(response)["company"]
    assert f'href="{held.get_absolute_url()}facts/"' in response.content.decode()
    assert post(editor_client, is_another="on").status_code == 302
    other = Company.objects.live().exclude(pk=held.pk).get()
    held.refresh_from_db()
    assert (other.name, other.founded_on.year, held.founded_on.year) == ("Halden Robotics", 2016, 2015)
    assert post(editor_client, is_another="on").status_code == 302
    assert Company.objects.live().count() == 2


def known(client: Client, **typed: str) -> str:
    """What the margin says while a company is typed."""
    answer = client.post(NEW, {"form_key": "k"} | typed, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 200 and "<html" not in page and not Change.objects.filter(kind="entry").exists()
    return page


def test_the_margin_warns_of_a_name_and_of_a_website_that_are_held(editor_client):
    say(make_source(), facts={"website": Text("https://www.halden.example/about")})
    held = company()
    assert "No company of this name or website is held yet." in known(editor_client, company="Lumio")
    page = known(editor_client, company="halden robotics")
    assert "A company of this name is held already." in page and f'href="{held.get_absolute_url()}"' in page
    page = known(editor_client, company="HR Holding", website="halden.example")
    assert "A company of this website is held already." in page and "may be the same under another name" in page
    assert "of this website" not in known(editor_client, company="Halden Robotics", website="halden.example")
    assert 'hx-post="/new/company/"' in editor_client.get(NEW).content.decode()
    assert "company-known" not in editor_client.get(f"{held.get_absolute_url()}facts/").content.decode()
