"""Searches that are kept: by which name, what they find, and what is said where they cannot be read."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from factories import make_round, make_user, usd

from funding import watching
from funding.models import Round, SavedSearch

pytestmark = pytest.mark.django_db


def save(client, name: str = "Large ones", of: str = "/rounds/", query: str = "raised_min=20m"):
    return client.post(f"/lists/searches/new/?{urlencode({'of': of, 'query': query})}", {"name": name})


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_search_is_saved_from_its_list_and_opens_there(analyst_client):
    page = text(analyst_client.get("/rounds/?raised_min=20m&order="))
    assert "/lists/searches/new/?of=/rounds/&amp;query=raised_min%3D20m" in page
    form = text(analyst_client.get("/lists/searches/new/?of=/rounds/&query=raised_min%3D20m"))
    assert "20m" in form
    answer = save(analyst_client)
    search = SavedSearch.objects.get()
    assert answer["Location"] == f"/lists/searches/{search.pk}/"
    assert search.get_absolute_url() == "/rounds/?raised_min=20m"
    assert "/rounds/?raised_min=20m" in text(analyst_client.get("/lists/"))


@pytest.mark.parametrize("path", ["/companies/", "/rounds/", "/investors/"])
def test_every_list_can_be_saved_whole(analyst_client, path):
    save(analyst_client, of=path, query="")
    assert SavedSearch.objects.get().get_absolute_url() == path


def test_a_search_finds_among_some_records_what_its_list_would_show(db):
    large, small = (
        make_round("Halden Robotics", raised=usd(30_000_000)),
        make_round("Mirelle Foods", raised=usd(3_000_000)),
    )
    keys = {large.pk, small.pk}
    assert watching.found_among("rounds", "raised_min=20m", keys) == {large.pk}
    assert watching.found_among("rounds", "", keys) == keys
    assert watching.found_among("rounds", "raised_min=lots", keys) == set()
    assert watching.found_among("companies", "q=halden", {large.company_id, small.company_id}) == {large.company_id}


@pytest.mark.parametrize("of", ["", "/conflicts/", "https://elsewhere.example/rounds/", "/rounds"])
def test_only_lists_are_saved(analyst_client, of):
    assert save(analyst_client, of=of).status_code == 404


def test_filters_that_cannot_be_read_are_not_saved(analyst_client):
    answer = save(analyst_client, query="raised_min=lots")
    assert "no amount in US dollars" in text(answer)
    answer = save(analyst_client, query="q=" + "x" * 2000)
    assert "longer than the 2000 characters" in text(answer)
    assert not SavedSearch.objects.exists()


def test_a_search_has_a_name_of_its_own(analyst_client):
    assert "Give the search a name." in text(save(analyst_client, name=""))
    save(analyst_client)
    assert "You have one named “large ones” already." in text(save(analyst_client, name="large ones"))
    search = SavedSearch.objects.get()
    analyst_client.post(f"/lists/searches/{search.pk}/", {"name": "Quite large"})
    search.refresh_from_db()
    assert (search.name, search.query) == ("Quite large", "raised_min=20m")


def test_a_search_that_can_no_longer_be_read_says_so(analyst_client):
    ana = User.objects.get(username="ana")
    search = SavedSearch.objects.create(owner=ana, name="Old", page="rounds", query="colour=blue")
    page = text(analyst_client.get(f"/lists/searches/{search.pk}/"))
    assert "“colour” is no filter of this list." in page
    assert "It finds nothing" in page


def test_a_search_is_its_owners_alone(analyst_client):
    other = make_user("otto", "analyst")
    search = SavedSearch.objects.create(owner=other, name="Theirs", page="rounds")
    assert analyst_client.get(f"/lists/searches/{search.pk}/").status_code == 404
    assert analyst_client.post(f"/lists/searches/{search.pk}/delete/").status_code == 404
    assert "Theirs" not in text(analyst_client.get("/lists/"))


def test_a_search_is_deleted(analyst_client):
    save(analyst_client)
    analyst_client.post(f"/lists/searches/{SavedSearch.objects.get().pk}/delete/")
    assert not SavedSearch.objects.exists()


def test_the_page_of_a_search_counts_no_further_than_lists_do(analyst_client, django_assert_max_num_queries):
    make_round()
    save(analyst_client)
    assert Round.objects.count() == 1
    with django_assert_max_num_queries(12):
        analyst_client.get(f"/lists/searches/{SavedSearch.objects.get().pk}/")
