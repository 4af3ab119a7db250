"""Reading by the API: lists and their filters, members, places, single records, bulk, and the past."""

import json
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.test import Client
from factories import bearer, fact, make_round, make_source, make_user, say, say_of_investor, tell, tell_story, usd
from test_exits import BOUGHT, tell_exit

from companies.models import Company
from config.problems import KINDS as PROBLEMS
from funding import intake
from funding.api.records import KINDS
from funding.models import Round, Statement
from funding.values import Money, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(db):
    """A client with a token of an analyst."""
    return Client(headers=bearer(make_user("ana", "analyst"), "read", "export"))


@pytest.fixture
def story(db):
    """Two rounds of one company, an exit, an arm of an investor, somebody with a role, and an article to be read."""
    tell_story()
    tell_exit(**BOUGHT)
    founder = make_source("Mira Solheim founded Halden Robotics.")
    tell(
        founder,
        fact("person:0", "role", Text("founder"), "Mira Solheim founded", is_founder=True),
        names={"person:0": "Mira Solheim"},
    )
    say_of_investor(make_source(), "Fjordline", arm_of="Northgate Capital", kind="venture_capital")
    intake.add_text("Tarnhelm has raised money, its founders say.", title="Tarnhelm raises")


def lines(answer) -> list[dict]:
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def test_a_round_says_its_amount_its_date_its_investors_and_the_statements_of_each(api):
    tell_story()
    found = api.get("/api/v1/rounds?company=halden-robotics").json()
    newest, oldest = found["data"]
    exact = {"low": "42000000", "high": "42000000", "low_open": False, "high_open": False, "is_approx": False}
    assert newest["raised"] == exact | {"currency": "USD"} and newest["raised_usd"] == "42000000"
    assert newest["announced_on"] == {"on": "2024-03-01", "precision": "day"}
    assert oldest["announced_on"] == {"on": "2022-05", "precision": "month"}
    assert [(one["name"], one["is_lead"]) for one in newest["investors"]] == [
        ("Fjordline", None),
        ("Northgate Capital", True),
    ]
    assert newest["company"]["href"] == "/api/v1/companies/halden-robotics"
    told = newest["statements"]["raised"][0]
    statement = api.get(told["statement"]).json()
    assert statement["value"] == told["value"] == exact | {"kind": "money", "currency": "USD"}
    assert [quote["text"] for quote in statement["quotes"]] == ["$42 million"]
    assert api.get(statement["source"]).json()["publisher"] == "Nordic Ledger"
    assert found["next"] is None


def test_every_address_in_a_record_leads_to_a_record(api, story):
    followed, waiting = set(), [f"/api/v1/{name}" for name in KINDS]
    while waiting:
        path = waiting.pop()
        if path in followed:
            continue
        followed.add(path)
        answer = api.get(path)
        assert answer.status_code == 200, path
        waiting += sorted(addresses(answer.json()) - followed)
    assert {path.split("/")[3].split("?")[0] for path in followed} == set(KINDS)


def addresses(value) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(addresses, value.values()))
    if isinstance(value, list):
        return set().union(*map(addresses, value))
    return {value} if isinstance(value, str) and value.startswith("/api/v1/") else set()


def test_bounds_undisclosed_and_unknown_amounts_are_told_apart(api):
    for name, amount in (("Bounded", Money.at_least(5_000_000, "EUR", strictly=True)), ("Secret", Undisclosed())):
        make_round(name, raised=amount)
    say(make_source(), company="Silent", rounds={"0": {"announced_on": PartialDate(2024)}})
    held = {one["company"]["name"]: one for one in api.get("/api/v1/rounds").json()["data"]}
    bounded = held["Bounded"]["raised"]
    assert (bounded["low"], bounded["high"], bounded["low_open"]) == ("5000000", None, True)
    told = {name: (one["raised"] is None, one["raised_disclosure"]) for name, one in held.items()}
    assert told == {"Bounded": (False, "stated"), "Secret": (True, "undisclosed"), "Silent": (True, "not_stated")}


@pytest.mark.parametrize("name", KINDS)
def test_pages_follow_one_another_and_together_are_the_bulk(api, story, name):
    whole = lines(api.get(f"/api/v1/bulk/{name}"))
    assert whole
    found, path = [], f"/api/v1/{name}?limit=1"
    while path:
        answer = api.get(path)
        page = answer.json()
        assert len(page["data"]) == 1
        following = page["next"]
        assert answer.get("Link") == (f'<{following}>; rel="next"' if following else None)
        found += page["data"]
        path = f"{urlsplit(following).path}?{urlsplit(following).query}" if following else ""
    assert sorted(map(str, found)) == sorted(map(str, whole))


@pytest.mark.parametrize("name", KINDS)
def test_a_single_record_is_what_the_list_says_of_it(api, story, name):
    listed = api.get(f"/api/v1/{name}").json()["data"][0]
    single = api.get(listed["href"]).json()
    assert {key: single[key] for key in listed} == listed
    assert set(single) == {part.name for part in KINDS[name].parts}


@pytest.mark.parametrize("name", KINDS)
def test_a_page_takes_few_queries_however_many_rows(api, story, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert api.get(f"/api/v1/{name}?limit=200").status_code == 200


def test_fields_choose_the_members(api, story):
    assert set(api.get("/api/v1/rounds?fields=id,raised").json()["data"][0]) == {"id", "raised"}
    assert set(lines(api.get("/api/v1/bulk/companies?fields=name"))[0]) == {"name"}
    refused = api.get("/api/v1/rounds?fields=id,colour")
    assert refused.status_code == 400 and "colour" in refused.json()["errors"][0]["detail"]


def test_the_filters_are_those_of_the_pages(api):
    make_round("Alder", stage=Text("seed"))
    make_round("Birch", stage=Text("series_a"), raised=usd(80_000_000))
    names = lambda query: [one["company"]["name"] for one in api.get(f"/api/v1/rounds?{query}").json()["data"]]  # noqa: E731
    assert names("stage=seed") == ["Alder"]
    assert names("raised_min=50m") == ["Birch"]
    assert names("order=smallest") == ["Alder", "Birch"]
    bulk = lines(api.get("/api/v1/bulk/rounds?stage=series_a"))
    assert [one["company"]["name"] for one in bulk] == ["Birch"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("colour=red", "colour"),
        ("columns=stage", "columns"),
        ("stage=unheard_of", "stage"),
        ("company=nobody", "company"),
        ("since=yesterday", "since"),
        ("raised_min=much", "raised_min"),
        ("since=2024&since=2025", "since"),
        ("order=sideways", "order"),
        ("limit=0", "limit"),
        ("limit=ten", "limit"),
        ("after=nowhere", "after"),
        ("known=tomorrow", "known"),
    ],
)
def test_a_parameter_that_is_unknown_or_cannot_be_read_is_named(api, story, query, parameter):
    answer = api.get(f"/api/v1/rounds?{query}")
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "/api/#bad-parameter" and [one["parameter"] for one in problem["errors"]] == [parameter]
    assert all(one["detail"] for one in problem["errors"])


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("statements?round=99999", "round"),
        ("statements?source=x", "source"),
        ("mentions?kind=planet", "kind"),
        ("changes?by=nobody", "by"),
        ("changes?from=2025&to=2024", "to"),
        ("sources?kind=rumour", "kind"),
        ("people?company=nobody", "company"),
        ("statements?field=colour", "field"),
        ("companies/halden-robotics?stage=seed", "stage"),
    ],
)
def test_so_it_is_where_only_the_api_lists(api, story, path, parameter):
    answer = api.get(f"/api/v1/{path}")
    assert answer.status_code == 400 and [one["parameter"] for one in answer.json()["errors"]] == [parameter]


def test_statements_are_found_by_round_source_mention_change_and_company(api, story):
    one = Statement.objects.live().filter(field="raised").select_related("mention").first()
    assert one is not None
    held = Round.objects.get(raised_statement=one)
    for query in (f"round={held.pk}", f"source={one.mention.source_id}", f"mention={one.mention_id}",
                  f"change={one.added_in_id}", "company=halden-robotics"):  # fmt: skip
        ids = [found["id"] for found in api.get(f"/api/v1/statements?limit=200&{query}").json()["data"]]
        assert one.pk in ids, query
    assert (
        api.get(f"/api/v1/statements?mention={one.mention_id}")
        .json()["data"][0]["mention"]
        .endswith(f"/{one.mention_id}")
    )


def test_a_record_has_a_tag_that_changes_with_it(api):
    tell_story()
    path = "/api/v1/companies/halden-robotics"
    first = api.get(path)
    assert api.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert api.get(f"{path}?fields=name")["ETag"] == first["ETag"]
    say(make_source(), facts={"website": Text("halden.example")})
    second = api.get(path, headers={"If-None-Match": first["ETag"]})
    assert second.status_code == 200 and second["ETag"] != first["ETag"]
    assert second.json()["website"] == "halden.example"


def test_the_past_is_read_as_on_the_pages(api):
    make_round(raised=usd(10_000_000))
    Statement.objects.update(recorded_at="2024-05-01T00:00Z")
    for path in ("/api/v1/rounds?known=2024-01-01", "/api/v1/companies?known=2024-01-01"):
        assert api.get(path).json()["data"] == []
    assert api.get("/api/v1/companies/halden-robotics?known=2024-01-01").status_code == 404
    assert lines(api.get("/api/v1/bulk/rounds?known=2024-01-01")) == []
    assert api.get("/api/v1/sources?known=2024-01-01").status_code == 400


def test_a_merged_record_leads_to_what_it_is_now(api):
    make_round("Alder")
    make_round("Birch", announced_on=PartialDate(2023))
    alder, birch = Company.objects.get(name="Alder"), Company.objects.get(name="Birch")
    Company.objects.filter(pk=birch.pk).update(merged_into=alder)
    assert api.get("/api/v1/companies/birch?fields=name")["Location"] == "/api/v1/companies/alder?fields=name"


def test_what_is_not_there_is_a_problem(api):
    for path in ("/api/v1/companies/nobody", "/api/v1/rounds/9", "/api/v1/rounds/99999999999999999999",
                 "/api/v1/planets", "/api/v1/rounds/x", "/api/v1/rounds/"):  # fmt: skip
        answer = api.get(path)
        assert answer.status_code == 404 and answer["Content-Type"] == "application/problem+json", path


def test_other_methods_and_other_forms_are_refused(api, client):
    refused = Client(headers=bearer(make_user("eda", "editor"), "read", "write")).delete("/api/v1/rounds")
    assert refused.status_code == 405 and refused["Allow"].startswith("GET, HEAD")
    assert api.get("/api/v1/rounds", headers={"Accept": "text/html"}).status_code == 406
    assert api.get("/api/v1/bulk/rounds", headers={"Accept": "application/json"}).status_code == 406
    assert api.head("/api/v1/rounds").status_code == 200


def test_lines_are_had_from_a_list_by_whoever_may_export(api, story):
    found = api.get("/api/v1/rounds", headers={"Accept": "application/x-ndjson"})
    assert found["Content-Type"] == "application/x-ndjson" and len(lines(found)) == 2
    reader = Client(headers=bearer(make_user("rui", "reader")))
    refused = reader.get("/api/v1/rounds", headers={"Accept": "application/x-ndjson"})
    assert refused.status_code == 403 and refused.json()["type"] == "/api/#out-of-scope"


def test_nul_and_surrogates_are_refused_as_problems(api):
    assert api.get("/api/v1/rounds?q=%00").status_code == 400
    assert api.get("/api/v1/rounds?q=%00")["Content-Type"] == "application/problem+json"
    assert api.get("/api/v1/companies?q=%ED%A0%80").status_code in (200, 400)


def test_words_with_every_kind_of_character_come_as_they_are(api):
    name = 'Bo\\rea "lis" \u2028 é 😀'
    say(make_source(title=name), company=name, facts={"website": Text("a\\nb")})
    single = api.get("/api/v1/companies").json()["data"][0]
    assert single["name"] == name
    assert lines(api.get("/api/v1/bulk/companies"))[0] == single
    assert Decimal(single["rounds_count"]) == 0


def test_a_session_reads_as_well_and_nobody_else_does(reader_client, client, settings):
    settings.ROUNDBOOK_OPEN_READING = "nobody"
    assert reader_client.get("/api/v1/rounds").status_code == 200
    refused = client.get("/api/v1/rounds")
    assert refused.status_code == 401 and refused["WWW-Authenticate"].startswith("Bearer")
    settings.ROUNDBOOK_OPEN_READING = "everyone"
    assert client.get("/api/v1/rounds").status_code == 200
    assert client.get("/api/v1/bulk/rounds").status_code == 401


def test_a_failure_is_a_problem_too(api, monkeypatch):
    from funding.api import reading

    def fails(*_given):
        raise RuntimeError("on purpose")

    monkeypatch.setattr(reading, "page", fails)
    api.raise_request_exception = False
    answer = api.get("/api/v1/rounds")
    assert answer.status_code == 500 and answer["Content-Type"] == "application/problem+json"
    assert "purpose" not in answer.content.decode()
    assert (
        set(answer.json()) == {"type", "title", "status"} and answer.json()["type"].removeprefix("/api/#") in PROBLEMS
    )
