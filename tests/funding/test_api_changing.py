"""Changing what is held by the API: as from the forms, of the version that was read, or refused with both versions."""

import json
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from factories import bearer, make_round, make_source, make_user, say, usd
from test_exits import BOUGHT, tell_exit

from companies import candidates
from companies.models import Company
from funding.models import Change, Exit, Participation, Round, Source, Statement, Valuation
from funding.values import PartialDate, Text

OWN = {"source": {"is_own_knowledge": True}}


@pytest.fixture
def api(editor):
    """A client with a token of an editor."""
    return Client(headers=bearer(editor, "read", "write"))


@pytest.fixture
def held(db) -> Round:
    """A round that an article tells of."""
    told = {"announced_on": PartialDate(2024, 2, 20), "raised": usd(10_000_000), "stage": Text("series_a"),
            "leads": ["Northgate"], "investors": ["Bruma"], "valuation": usd(90_000_000), "basis": "post"}  # fmt: skip
    say(make_source(), company="Lumio", rounds={"0": told})
    return Round.objects.live().get()


def patch(api: Client, path: str, body: dict[str, Any], tag: str = "*"):
    headers = {"If-Match": tag} if tag else {}
    return api.generic("PATCH", f"/api/v1/{path}", json.dumps(body | OWN), "application/json", headers=headers)


def tag_of(api: Client, path: str) -> str:
    return api.get(f"/api/v1/{path}")["ETag"]


def pointers(answer) -> list[str]:
    assert answer.status_code == 422, answer.content
    return [one["pointer"] for one in answer.json()["errors"]]


def entered() -> list[str]:
    return sorted(Statement.objects.live().filter(mention__origin="entry").values_list("field", flat=True))


def test_a_change_says_only_what_differs_and_its_answer_has_the_record_and_the_change(api, held):
    done = patch(api, f"rounds/{held.pk}", {"raised": "$12m", "stage": "series_a"})
    assert done.status_code == 200, done.content
    assert done.json()["record"]["raised"]["low"] == "12000000"
    assert done.json()["change"] == f"/api/v1/changes/{Change.objects.latest('pk').pk}"
    assert entered() == ["name", "raised"]


def test_a_later_change_takes_the_place_of_an_earlier_one(api, held):
    patch(api, f"rounds/{held.pk}", {"raised": "$12m"})
    patch(api, f"rounds/{held.pk}", {"raised": "$13m"})
    by_hand = Statement.objects.live().filter(field="raised", mention__source__kind=Source.Kind.ENTRY)
    assert [one.value["low"] for one in by_hand] == ["13000000"]


def test_what_is_held_already_changes_nothing(api, held):
    before = Change.objects.count()
    same = patch(api, f"rounds/{held.pk}", {"stage": "series_a", "raised": "$10m", "status": "closed"})
    assert (same.status_code, same.json()["change"], Change.objects.count()) == (200, None, before)
    said = patch(api, f"rounds/{held.pk}", {})
    assert said.status_code == 422 and not Source.objects.filter(kind="entry").exists()


def test_a_change_needs_the_version_that_it_is_of(api, held):
    assert patch(api, f"rounds/{held.pk}", {"stage": "seed"}, tag="").status_code == 428


def test_who_read_another_version_is_told_both(api, held):
    path, tag = f"rounds/{held.pk}", tag_of(api, f"rounds/{held.pk}")
    first = patch(api, path, {"raised": "$13m", "investors": [{"name": "Northgate"}, {"name": "Bruma"}]}, tag)
    assert first.status_code == 200, first.content
    before = Change.objects.count()
    stale = patch(api, path, {"raised": "$12m", "investors": [{"name": "Northgate", "is_lead": True}]}, tag)
    assert (stale.status_code, Change.objects.count()) == (412, before)
    told = stale.json()
    assert (told["type"], told["given"], told["held"]) == ("/api/#stale", [tag], first["ETag"])
    assert stale["ETag"] == first["ETag"] and told["record"] == api.get(f"/api/v1/{path}").json()
    raised = next(one for one in told["differing"] if one["field"] == "raised")
    assert (raised["held"]["value"]["low"], raised["entered"]["value"]["low"]) == ("13000000", "12000000")
    parts = [one for one in told["differing"] if one["field"] == "participation"]
    assert [(one["held"] or one["entered"])["value"]["text"] for one in parts] == ["Northgate", "Bruma"]
    assert parts[1]["entered"] is None
    again = patch(api, path, {"raised": "$12m"}, told["held"])
    assert again.status_code == 200 and again.json()["record"]["raised"]["low"] == "12000000"


def test_an_outdated_change_that_the_form_refuses_too_is_told_what_is_held(api, held):
    stale = patch(api, f"rounds/{held.pk}", {"raised": "lots"}, '"another"')
    assert stale.status_code == 412 and stale.json()["differing"] == []
    assert pointers(patch(api, f"rounds/{held.pk}", {"raised": "lots"})) == ["/raised"]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"post_money": "$9m"}, ["/post_money"]),
        ({"post_money": "$90m", "valued_at": "$90m"}, ["/valued_at"]),
        ({"pre_money": "$70m"}, ["/post_money"]),
        ({"stage": None}, ["/stage"]),
        ({"announced_on": None, "post_money": None}, ["/announced_on", "/post_money"]),
        ({"status": None}, ["/status"]),
        ({"investors": [{"name": "Northgate", "is_lead": True}]}, ["/investors"]),
        ({"company": "Otherio"}, ["/company"]),
    ],
)
def test_what_the_form_refuses_is_refused_with_its_place(api, held, body, places):
    before = Change.objects.count()
    assert pointers(patch(api, f"rounds/{held.pk}", body)) == places
    assert Change.objects.count() == before


def test_null_takes_an_entry_back_and_never_what_a_source_says(api, held):
    patch(api, f"rounds/{held.pk}", {"closed_on": "2024-03"})
    assert api.get(f"/api/v1/rounds/{held.pk}").json()["closed_on"]
    patch(api, f"rounds/{held.pk}", {"closed_on": None})
    assert api.get(f"/api/v1/rounds/{held.pk}").json()["closed_on"] is None


def test_a_value_whose_basis_is_said_takes_the_place_of_one_without(api, held):
    assert patch(api, f"rounds/{held.pk}", {"valued_at": "$95m"}).status_code == 200
    assert (Valuation.objects.get().low, Valuation.objects.get().basis) == (95_000_000, "unspecified")
    assert patch(api, f"rounds/{held.pk}", {"post_money": "$95m"}).status_code == 200
    assert Valuation.objects.get().basis == "post"


def test_an_investor_is_added_by_the_whole_list(api, held):
    who = [{"name": "Northgate", "is_lead": True}, {"name": "Bruma"}, {"name": "Kestrel"}]
    assert patch(api, f"rounds/{held.pk}", {"investors": who}).status_code == 200
    parts = dict(Participation.objects.values_list("investor__name", "is_lead"))
    assert parts == {"Northgate": True, "Bruma": None, "Kestrel": None}


def test_a_change_of_a_round_stays_with_its_company_where_another_has_the_name(api, held):
    Company.objects.create(name="Lumio", key="lumio", slug="a-lumio", is_live=True, rounds_count=9)
    assert candidates.company_named("Lumio") != held.company
    done = patch(api, f"rounds/{held.pk}", {"stage": "seed"})
    assert done.status_code == 200, done.content
    assert done.json()["record"]["company"]["slug"] == held.company.slug


def test_an_exit_is_changed_and_stays_the_one_it_is(api, db):
    tell_exit(**BOUGHT)
    held = Exit.objects.live().get()
    done = patch(api, f"exits/{held.pk}", {"acquirer": "Somebody Else", "announced_on": "2015-01"})
    assert done.status_code == 200, done.content
    assert done.json()["record"]["acquirer"] == "Somebody Else"
    assert [one.pk for one in Exit.objects.live()] == [held.pk]


def test_facts_of_a_company_are_changed_and_it_is_renamed(api, held):
    tag = tag_of(api, "companies/lumio")
    done = patch(api, "companies/lumio", {"website": "lumio.example", "sectors": ["Robots"]}, tag)
    assert done.status_code == 200, done.content
    assert (done.json()["record"]["website"], done.json()["record"]["sectors"]) == ("lumio.example", ["Robots"])
    stale = patch(api, "companies/lumio", {"website": "other.example"}, tag)
    assert [one["field"] for one in stale.json()["differing"]] == ["website"]
    renamed = patch(api, "companies/lumio", {"name": "Lumio Labs"}, done["ETag"])
    assert renamed.status_code == 200 and renamed.json()["record"]["name"] == "Lumio Labs"
    assert pointers(patch(api, "companies/lumio", {"founded_on": "soon"})) == ["/founded_on"]


def test_what_is_not_held_cannot_be_changed(api):
    for path in ("rounds/99999", "rounds/99999999999999999999", "exits/1", "companies/nobody", "people/nobody"):
        assert patch(api, path, {"name": "Lumio"} if "companies" in path else {"status": "closed"}).status_code in (
            404,
            405,
        )


# Two who change one record at once.


@pytest.fixture
def people(transactional_db) -> Iterator[list[dict[str, str]]]:
    """The tokens of two editors, and a round of the real database."""
    make_round("Lumio")
    yield [bearer(make_user(name, "editor"), "read", "write") for name in ("ana", "ben")]


def race(people: list[dict[str, str]], number: int, tag: str) -> list[int]:
    """Both change the amount of the round, each to another one: what each is answered."""
    held, ready, statuses = Round.objects.live().get(), Barrier(2), [0, 0]

    def act(at: int) -> None:
        try:
            api = Client(headers=people[at])
            ready.wait(30)
            for _attempt in range(20):  # asked to come again while the other writes
                statuses[at] = patch(
                    api, f"rounds/{held.pk}", {"raised": f"${2 * number + at + 11}m"}, tag
                ).status_code
                if statuses[at] != 409:
                    break
        finally:
            connection.close()

    threads = [Thread(target=act, args=(at,)) for at in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return statuses


def test_of_two_who_change_the_same_version_at_once_exactly_one_does(people):
    reader = Client(headers=people[0])
    for number in range(6):
        tag = tag_of(reader, f"rounds/{Round.objects.live().get().pk}")
        statuses = race(people, number, tag)
        assert sorted(statuses) == [200, 412]
        winner = 2 * number + statuses.index(200) + 11
        assert Round.objects.live().get().raised == usd(winner * 1_000_000)


def test_without_a_version_both_are_told_that_theirs_is_saved_and_one_is_gone(people):
    assert race(people, 0, "*") == [200, 200]
    by_hand = Statement.objects.live().filter(field="raised", mention__source__kind=Source.Kind.ENTRY)
    assert by_hand.count() == 1
