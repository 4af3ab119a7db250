"""Watch lists: what is on them, with which notes, and who reads them."""

import pytest
from django.contrib.auth.models import User
from factories import company, make_round, make_user

from companies.models import Investor
from config.access import ROLES, Level
from funding import watching
from funding.models import WatchEntry, WatchList
from funding.models.alerts import MAY_WATCH
from funding.values import PartialDate

pytestmark = pytest.mark.django_db


def test_those_may_watch_who_are_analysts_or_more():
    assert [name for name, level in ROLES.items() if level >= Level.EXPORT] == list(MAY_WATCH)


def make_list(owner: str | User = "ana", name: str = "Robotics", **columns) -> WatchList:
    owner = User.objects.get(username=owner) if isinstance(owner, str) else owner
    return WatchList.objects.create(owner=owner, name=name, **columns)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_an_analyst_makes_a_list_and_puts_companies_and_investors_on_it(analyst_client):
    make_round(leads=["Northgate Capital"])
    answer = analyst_client.post("/lists/new/", {"name": "Robotics", "note": "For the spring report"})
    made = WatchList.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/lists/{made.pk}/")
    entry = {"kind": "company", "name": "halden robotics", "note": "next round due"}
    assert analyst_client.post(f"/lists/{made.pk}/", entry).status_code == 302
    assert analyst_client.post(f"/lists/{made.pk}/", {"kind": "investor", "name": "Northgate"}).status_code == 200
    assert (
        analyst_client.post(f"/lists/{made.pk}/", {"kind": "investor", "name": "Northgate Capital"}).status_code == 302
    )
    page = text(analyst_client.get(f"/lists/{made.pk}/"))
    assert "For the spring report" in page
    assert "2 entries" in page
    assert "next round due" in page
    assert "Northgate Capital" in page


def test_the_last_round_is_dated_no_more_exactly_than_it_is_known(analyst_client):
    make_round(announced_on=PartialDate(2025, 5), leads=["Northgate Capital"])
    made = make_list()
    watching.watch(made, company())
    watching.watch(made, Investor.objects.get())
    page = text(analyst_client.get(f"/lists/{made.pk}/"))
    assert page.count(">May 2025<") == 2


def test_a_name_that_nobody_has_is_said_at_its_field(analyst_client):
    made = make_list()
    answer = analyst_client.post(f"/lists/{made.pk}/", {"kind": "company", "name": "Nobody & Sons"})
    assert answer.status_code == 200
    assert "No company is called “Nobody &amp; Sons”." in text(answer)
    assert not made.entries.exists()


def test_a_company_is_on_a_list_once_and_a_second_time_changes_its_note(analyst_client):
    make_round()
    made = make_list()
    for note in ("first", "second"):
        analyst_client.post(f"/lists/{made.pk}/", {"kind": "company", "name": "Halden Robotics", "note": note})
    assert list(made.entries.values_list("note", flat=True)) == ["second"]


def test_a_note_is_changed_and_an_entry_taken_off(analyst_client):
    make_round()
    entry = watching.watch(make_list(), company())
    analyst_client.post(f"/lists/entries/{entry.pk}/", {"act": "note", "note": "ask them"})
    entry.refresh_from_db()
    assert entry.note == "ask them"
    analyst_client.post(f"/lists/entries/{entry.pk}/", {"act": "note", "note": "x" * 501})
    entry.refresh_from_db()
    assert entry.note == "ask them"
    analyst_client.post(f"/lists/entries/{entry.pk}/", {"act": "remove"})
    assert not WatchEntry.objects.exists()


def test_the_button_on_a_page_leads_to_ones_lists_and_back(analyst_client):
    make_round(leads=["Northgate Capital"])
    first, second = make_list(name="A"), make_list(name="B")
    watching.watch(first, company())
    assert "/lists/watch/?company=halden-robotics" in text(analyst_client.get("/companies/halden-robotics/"))
    assert "/lists/watch/?investor=northgate-capital" in text(analyst_client.get("/investors/northgate-capital/"))
    answer = analyst_client.post("/lists/watch/?company=halden-robotics", {"list": [second.pk], "new": "C"})
    assert answer["Location"] == "/companies/halden-robotics/"
    on = WatchEntry.objects.filter(company=company()).values_list("watch_list__name", flat=True)
    assert sorted(on) == ["B", "C"]
    answer = analyst_client.post("/lists/watch/?investor=northgate-capital", {"list": [first.pk]})
    assert list(first.entries.values_list("investor__name", flat=True)) == ["Northgate Capital"]


def test_a_note_stays_when_the_lists_of_a_company_are_chosen_again(analyst_client):
    make_round()
    made = make_list()
    watching.watch(made, company(), "keep me")
    analyst_client.post("/lists/watch/?company=halden-robotics", {"list": [made.pk]})
    assert made.entries.get().note == "keep me"


@pytest.mark.parametrize("path", ["/lists/watch/", "/lists/watch/?company=nobody", "/lists/watch/?investor="])
def test_nobody_is_watched_who_is_not_held(analyst_client, path):
    assert analyst_client.get(path).status_code == 404


def test_two_lists_of_one_person_have_two_names(analyst_client):
    make_list(name="Robotics")
    answer = analyst_client.post("/lists/new/", {"name": "ROBOTICS"})
    assert "You have one named “ROBOTICS” already." in text(answer)
    make_round()
    answer = analyst_client.post("/lists/watch/?company=halden-robotics", {"new": "robotics"})
    assert "You have one named “robotics” already." in text(answer)
    make_list(make_user("otto", "analyst"), "Robotics")  # another person may


def test_a_full_list_takes_no_more_and_says_so(analyst_client, monkeypatch):
    monkeypatch.setattr(watching, "MOST_ENTRIES", 1)
    make_round("Halden Robotics")
    make_round("Mirelle Foods")
    made = make_list()
    watching.watch(made, company())
    answer = analyst_client.post(f"/lists/{made.pk}/", {"kind": "company", "name": "Mirelle Foods"})
    assert "“Robotics” has 1 entries, which is the most." in text(answer)
    # One that is on it already may still have another note.
    watching.watch(made, company(), "seen")
    assert list(made.entries.values_list("note", flat=True)) == ["seen"]


def test_a_list_is_its_owners_alone_until_it_is_shared(analyst_client, reader_client):
    made = make_list()
    assert reader_client.get(f"/lists/{made.pk}/").status_code == 404
    assert "Robotics" not in text(reader_client.get("/lists/"))
    analyst_client.post(f"/lists/{made.pk}/edit/", {"name": "Robotics", "is_shared": "on"})
    assert reader_client.get(f"/lists/{made.pk}/").status_code == 200
    assert "Robotics" in text(reader_client.get("/lists/"))
    # To read it is not to change it.
    assert reader_client.post(f"/lists/{made.pk}/", {}).status_code == 403


def test_what_is_anothers_is_not_there_to_change(analyst_client):
    make_round()
    made = make_list(make_user("otto", "analyst"), "Theirs", is_shared=True)
    entry = watching.watch(made, company())
    for path in (f"/lists/{made.pk}/", f"/lists/{made.pk}/edit/", f"/lists/{made.pk}/delete/"):
        assert analyst_client.post(path, {"name": "Mine", "kind": "company"}).status_code == 404
    assert analyst_client.post(f"/lists/entries/{entry.pk}/", {"act": "remove"}).status_code == 404
    assert WatchList.objects.get().name == "Theirs"


def test_a_deleted_list_leaves_its_companies(analyst_client):
    make_round()
    made = make_list()
    watching.watch(made, company())
    assert analyst_client.post(f"/lists/{made.pk}/delete/").status_code == 302
    assert not WatchList.objects.exists()
    assert company().is_live


def test_a_long_list_is_shown_by_pages(analyst_client):
    made = make_list()
    names = [f"Investor {number:03}" for number in range(60)]
    records = Investor.objects.bulk_create(
        Investor(name=name, key=name, slug=name.replace(" ", "-")) for name in names
    )
    WatchEntry.objects.bulk_create(WatchEntry(watch_list=made, investor=one) for one in records)
    first = text(analyst_client.get(f"/lists/{made.pk}/"))
    assert "Investor 059" in first
    assert "Investor 009" not in first
    place = first.partition("?after=")[2].partition('"')[0]
    assert "Investor 009" in text(analyst_client.get(f"/lists/{made.pk}/?after={place}"))
    wrong = analyst_client.get(f"/lists/{made.pk}/?after=nowhere")
    assert wrong.status_code == 422
    assert "names no place in this list" in text(wrong)


def test_the_pages_cost_the_same_however_much_is_on_them(analyst_client, django_assert_max_num_queries):
    make_round()
    made = make_list(name="A")
    for number in range(5):
        make_list(name=f"List {number}")
    watching.watch(made, company())
    for path in ("/lists/", f"/lists/{made.pk}/", "/lists/watch/?company=halden-robotics"):
        with django_assert_max_num_queries(12):
            assert analyst_client.get(path).status_code == 200
