"""Writing by the API: as from the forms, once for each key, never over a change that was not seen, and taken back."""

import datetime
import json
from decimal import Decimal
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from factories import bearer, company, make_round, make_source, make_user, say_of_investor, tell_story, usd
from psycopg import errors

from companies.models import Company
from config.models import KeptAnswer
from funding.api import examples
from funding.models import Article, Change, Exit, Job, Round, Source
from funding.values import Money, PartialDate, Text

pytestmark = pytest.mark.django_db
OWN = {"source": {"is_own_knowledge": True}}
ROUND = {"company": "Lumio", "stage": "seed", "announced_on": "2024-05", "raised": "€12m"} | OWN


@pytest.fixture
def api(editor):
    """A client with a token of an editor."""
    return Client(headers=bearer(editor, "read", "write"))


def sent(api: Client, method: str, path: str, body: object, **headers: str):
    return api.generic(method, f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)


def post(api: Client, path: str, body: object, **headers: str):
    return sent(api, "POST", path, body, **headers)


def pointers(answer) -> list[str]:
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json", answer.content
    return [one["pointer"] for one in answer.json()["errors"]]


def test_a_round_is_entered_as_from_the_form(api, editor):
    investors = {"investors": [{"name": "Northgate", "is_lead": True}, {"name": "Fjordline"}]}
    answer = post(api, "rounds", ROUND | investors | {"pre_money": "€40m"})
    assert answer.status_code == 201, answer.content
    made = answer.json()
    record = made["record"]
    assert answer["Location"] == record["href"] and api.get(record["href"])["ETag"] == answer["ETag"]
    assert (record["raised"]["low"], record["raised"]["currency"], record["stage"]) == ("12000000", "EUR", "seed")
    assert record["announced_on"] == {"on": "2024-05", "precision": "month"}
    assert [(one["name"], one["is_lead"]) for one in record["investors"]] == [("Fjordline", None), ("Northgate", True)]
    change = Change.objects.get()
    assert made["change"] == f"/api/v1/changes/{change.pk}" and change.by == editor and change.kind == "entry"
    source = Source.objects.get()
    assert (source.kind, source.entered_by) == ("entry", editor)


@pytest.mark.parametrize(
    ("raised", "money"),
    [
        ("more than $5m", Money.at_least(5_000_000, "USD", strictly=True)),
        ({"low": "5000000", "high": "5000000", "currency": "EUR"}, Money.exact(5_000_000, "EUR")),
        ({"low": "5000000", "high": "5000000", "is_approx": True, "currency": "EUR"}, Money.about(5_000_000, "EUR")),
        ({"low": "5000000", "high": None, "currency": "GBP"}, Money.at_least(5_000_000, "GBP")),
        ({"high": "1234567.50", "high_open": True, "currency": "USD"},
         Money(None, Decimal("1234567.50"), high_open=True, currency="USD")),
    ],
)  # fmt: skip
def test_an_amount_is_what_people_type_or_what_answers_say(api, raised, money):
    assert post(api, "rounds", ROUND | {"raised": raised}).status_code == 201
    assert Round.objects.live().get().raised == money


def test_an_undisclosed_amount_is_no_unknown_one(api):
    post(api, "rounds", ROUND | {"raised": "undisclosed"})
    assert Round.objects.live().get().raised_undisclosed


def test_the_body_of_an_answer_can_be_sent_back(api):
    first = post(api, "rounds", ROUND | {"raised": "≈ $7m"}).json()["record"]
    again = post(api, "rounds", ROUND | {"company": "Otherio", "raised": first["raised"]}).json()["record"]
    assert again["raised"] == first["raised"]


@pytest.mark.parametrize(
    ("changed", "places"),
    [
        ({"company": ""}, ["/company"]),
        ({"company": 5}, ["/company"]),
        ({"stage": "series_z"}, ["/stage"]),
        ({"announced_on": "soon"}, ["/announced_on"]),
        ({"raised": "lots"}, ["/raised"]),
        ({"raised": 12000000}, ["/raised"]),
        ({"raised": {"low": "1000000", "high": "2000000", "currency": "USD"}}, ["/raised/high"]),
        ({"raised": {"low": "1000000"}}, ["/raised/currency"]),
        ({"pre_money": "€40m", "post_money": "€41m"}, ["/post_money"]),
        ({"post_money": "€2m"}, ["/post_money"]),
        ({"investors": ["Northgate"]}, ["/investors/0", "/investors/0/name"]),
        ({"investors": [{"name": "Northgate"}, {"name": "northgate"}]}, ["/investors"]),
        ({"investors": "Northgate"}, ["/investors"]),
        ({"source": {}}, ["/source/url"]),
        ({"source": None}, ["/source/url"]),
        ({"source": {"url": "no address"}}, ["/source/url"]),
        ({"source": {"is_own_knowledge": "yes"}}, ["/source/is_own_knowledge"]),
        ({"colour": "red"}, ["/colour"]),
        ({"same_as": "12"}, ["/same_as"]),
        ({"same_as": 12}, ["/same_as"]),
    ],
)
def test_what_the_form_refuses_is_refused_with_its_place(api, changed, places):
    answer = post(api, "rounds", ROUND | changed)
    assert pointers(answer) == places
    assert not Round.objects.exists() and not Source.objects.exists()


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe{}", "application/json", 400),
        (b'{"company": NaN}', "application/json", 400),
        (b'{"company": "a\\ud800"}', "application/json", 400),
        (b'{"company": "a\\u0000b"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b" ", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"company=Lumio", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b'{"company": "' + b"x" * 6_000_000 + b'"}', "application/json", 413),
    ],
)
def test_what_is_no_json_object_is_refused(api, body, media, status):
    answer = api.generic("POST", "/api/v1/rounds", body, media)
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json"


def test_a_round_that_may_be_held_is_asked_about(api):
    held = make_round("Lumio", stage=Text("seed"), announced_on=PartialDate(2024, 5), raised=usd(13_000_000))
    refused = post(api, "rounds", ROUND)
    assert refused.status_code == 409
    assert [one["id"] for one in refused.json()["candidates"]] == [held.pk]
    same = post(api, "rounds", ROUND | {"same_as": held.pk})
    assert same.status_code == 201 and same.json()["record"]["id"] == held.pk
    another = post(api, "rounds", ROUND | {"announced_on": "2024-06", "same_as": "another"})
    assert another.status_code == 201 and another.json()["record"]["id"] != held.pk


def test_the_same_key_takes_effect_once_and_answers_the_same(api):
    first = post(api, "rounds", ROUND, **{"Idempotency-Key": "k-1"})
    again = post(api, "rounds", ROUND, **{"Idempotency-Key": "k-1"})
    assert (again.status_code, again.content, again["ETag"]) == (201, first.content, first["ETag"])
    assert again["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first
    assert Change.objects.count() == 1
    other = post(api, "rounds", ROUND | {"company": "Otherio"}, **{"Idempotency-Key": "k-1"})
    assert other.status_code == 422 and other.json()["type"] == "/api/#key-reused"
    assert Change.objects.count() == 1


def test_a_key_is_of_one_person_and_of_one_day(api):
    post(api, "rounds", ROUND, **{"Idempotency-Key": "k-1"})
    stranger = Client(headers=bearer(make_user("sam", "editor"), "write"))
    assert post(stranger, "rounds", ROUND | {"company": "Otherio"}, **{"Idempotency-Key": "k-1"}).status_code == 201
    KeptAnswer.objects.update(created_at=timezone.now() - datetime.timedelta(hours=25))
    later = post(api, "rounds", ROUND | {"company": "Thirdio"}, **{"Idempotency-Key": "k-1"})
    assert later.status_code == 201


def test_a_refusal_is_not_kept_so_that_it_can_be_mended(api):
    assert post(api, "rounds", ROUND | {"raised": "lots"}, **{"Idempotency-Key": "k-1"}).status_code == 422
    assert post(api, "rounds", ROUND, **{"Idempotency-Key": "k-1"}).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "é", "a\tb"])
def test_what_is_no_key_is_refused(api, key):
    assert post(api, "rounds", ROUND, **{"Idempotency-Key": key}).status_code == 400
    assert not Round.objects.exists()


def test_the_answer_is_kept_with_the_effect_or_neither_is(api):
    with mock.patch("funding.api.once._keep", side_effect=RuntimeError):
        api.raise_request_exception = False
        assert post(api, "rounds", ROUND, **{"Idempotency-Key": "k-1"}).status_code == 500
    assert not Round.objects.exists() and not Change.objects.exists()


def test_who_meets_somebody_else_writing_is_asked_to_come_again(api):
    error = OperationalError("lock timeout")
    error.__cause__ = errors.LockNotAvailable()
    with mock.patch("funding.entry.save", side_effect=error):
        answer = post(api, "rounds", ROUND)
    assert answer.status_code == 409 and answer["Retry-After"] == "1" and answer.json()["type"] == "/api/#busy"


def test_an_exit_is_entered(api):
    make_round("Lumio")
    body = {"company": "Lumio", "acquirer": "Nordhavn Group", "price": "€90m", "announced_on": "2025-06"} | OWN
    made = post(api, "exits", body | {"status": "announced"})
    assert made.status_code == 201 and made.json()["record"]["price"]["low"] == "90000000"
    assert Exit.objects.live().count() == 1
    assert pointers(post(api, "exits", body | {"exchange": "Oslo Børs"})) == ["/exchange"]


def test_a_company_is_entered_with_its_facts(api):
    body = {"name": "Lumio", "website": "lumio.example", "founded_on": "2019-05", "employees": 120,
            "headquarters": ["Oslo, Norway", "Bergen, Norway"], "sectors": ["Energy, storage", "Robots"],
            "total_raised": "€12m"} | OWN  # fmt: skip
    made = post(api, "companies", body)
    assert made.status_code == 201, made.content
    record = made.json()["record"]
    assert made["Location"] == "/api/v1/companies/lumio" == record["href"]
    assert (record["website"], record["founded_on"]) == ("lumio.example", {"on": "2019-05", "precision": "month"})
    said = {name: [one["value"] for one in told] for name, told in record["statements"].items()}
    assert said["employees"][0]["low"] == "120" and said["total_raised"][0]["currency"] == "EUR"
    assert [one["text"] for one in said["headquarters"]] == ["Oslo, Norway", "Bergen, Norway"]
    assert sorted(one["text"] for one in said["sector"]) == ["Energy, storage", "Robots"]


def test_a_company_whose_name_is_held_is_asked_about(api):
    held = make_round("Lumio").company
    body = {"name": "Lumio", "website": "lumio.example"} | OWN
    refused = post(api, "companies", body)
    assert refused.status_code == 409
    assert refused.json()["candidates"] == [{"id": held.pk, "href": "/api/v1/companies/lumio"}]
    another = post(api, "companies", body | {"same_as": "another"})
    assert another.status_code == 201 and another.json()["record"]["id"] != held.pk
    held.refresh_from_db()
    assert "website" not in held.resolved


@pytest.mark.parametrize(
    ("changed", "places"),
    [
        ({"name": ""}, ["/name"]),
        ({"website": "no address"}, ["/website"]),
        ({"founded_on": "2999"}, ["/founded_on"]),
        ({"headquarters": "Oslo"}, ["/headquarters"]),
        ({"sectors": ["a; b"]}, ["/sectors"]),
        ({"employees": "many"}, ["/employees"]),
        ({"website": None}, ["/website"]),
        ({"same_as": "lumio"}, ["/same_as"]),
        ({"source": {}}, ["/source/url"]),
    ],
)
def test_what_is_no_fact_of_a_company_is_refused_with_its_place(api, changed, places):
    assert pointers(post(api, "companies", {"name": "Lumio", "website": "lumio.example"} | OWN | changed)) == places
    assert not Company.objects.exists()


def test_somebody_is_entered_who_is_something_to_a_company(api):
    make_round("Lumio")
    body = {"company": "Lumio", "name": "Mira Solheim", "title": "chief executive", "is_founder": True} | OWN
    made = post(api, "people", body)
    assert made.status_code == 201, made.content
    (role,) = made.json()["record"]["roles"]
    assert (role["company"]["slug"], role["title"], role["is_founder"]) == ("lumio", "chief executive", True)
    again = post(api, "people", body | {"company": "lumio", "title": "chair"})
    assert again.json()["record"]["id"] == made.json()["record"]["id"]
    assert pointers(post(api, "people", body | {"company": "Nobody Knows"})) == ["/company"]
    assert pointers(post(api, "people", body | {"name": "12"})) == ["/name"]
    assert pointers(post(api, "people", body | {"title": None, "is_founder": False})) == ["/title"]


def test_a_value_of_no_round_is_entered(api):
    make_round("Lumio")
    body = {"company": "Lumio", "value": "$2bn", "valued_on": "2021-11", "basis": "unspecified"} | OWN
    made = post(api, "valuations", body)
    assert made.status_code == 201, made.content
    record = made.json()["record"]
    assert (record["amount"]["low"], record["round"]) == ("2000000000", None)
    assert record["valued_on"] == {"on": "2021-11", "precision": "month"}
    assert pointers(post(api, "valuations", body | {"value": "much"})) == ["/value"]
    assert pointers(post(api, "valuations", body | {"valued_on": None})) == ["/valued_on"]


def test_whose_arm_an_investor_is_can_be_said(api):
    say_of_investor(make_source(), "Fjordline", kind="angel")
    make_round("Lumio", investors=["Northgate Capital"])
    tag = api.get("/api/v1/investors/fjordline")["ETag"]
    body = {"part_of": "Northgate Capital", "kind": "venture_capital"} | OWN
    done = sent(api, "PATCH", "investors/fjordline", body, **{"If-Match": tag})
    assert done.status_code == 200, done.content
    assert done.json()["record"]["part_of"]["slug"] == "northgate-capital"
    unknown = sent(api, "PATCH", "investors/fjordline", {"part_of": "Nobody Known"} | OWN, **{"If-Match": "*"})
    assert pointers(unknown) == ["/part_of"]
    assert "investor:new" in [one["part_of_is"] for one in unknown.json()["choices"]]


def test_an_article_is_taken_in_and_its_address_says_how_far_it_is(api):
    body = {"text": "Lumio raised $5 million.", "publisher": "Nordic Ledger", "published_on": "2024-05-02"}
    made = post(api, "articles", body)
    assert made.status_code == 202
    article = Article.objects.get()
    assert made["Location"] == f"/api/v1/articles/{article.pk}" and article.job.state == Job.State.QUEUED
    assert api.get(made["Location"]).json()["state"] == "waiting"
    assert post(api, "articles", body).status_code == 200 and Article.objects.count() == 1
    assert pointers(post(api, "articles", {})) == ["/text"]
    assert pointers(post(api, "articles", {"url": "http://10.0.0.1/"})) == ["/url"]
    assert pointers(post(api, "articles", {"text": "x", "published_on": "2999-01-01"})) == ["/published_on"]


def test_a_change_is_taken_back_once(api):
    made = post(api, "rounds", ROUND).json()
    undone = api.post(f"{made['change']}/undo")
    assert undone.status_code == 201 and undone.json()["undoes"] == made["change"]
    assert api.get(made["record"]["href"]).status_code == 404
    assert api.get(made["change"]).json()["undone_by"] == undone.json()["href"]
    assert api.post(f"{made['change']}/undo").status_code == 409
    assert api.post("/api/v1/changes/99999/undo").status_code == 404


def test_a_session_changes_something_only_with_its_csrf_token(editor):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    refused = post(browser, "rounds", ROUND)
    assert refused.status_code == 403 and refused.json()["type"] == "/api/#no-csrf-token"
    browser.get("/api/")
    assert post(browser, "rounds", ROUND, **{"X-CSRFToken": browser.cookies["csrftoken"].value}).status_code == 201


def test_a_reader_and_a_token_that_only_reads_change_nothing(reader_client, editor):
    assert post(reader_client, "rounds", ROUND).status_code == 403
    assert post(Client(headers=bearer(editor, "read")), "rounds", ROUND).status_code == 403
    assert not Round.objects.exists()


def test_the_examples_of_bodies_are_taken_as_they_stand(api):
    assert post(api, "rounds", examples.BODIES["RoundEntry"]).status_code == 201
    held = Round.objects.live().get()
    change = sent(api, "PATCH", f"rounds/{held.pk}", examples.BODIES["RoundChange"], **{"If-Match": "*"})
    assert change.status_code == 200, change.content
    made = post(api, "exits", examples.BODIES["ExitEntry"])
    assert made.status_code == 201, made.content
    path = made.json()["record"]["href"].removeprefix("/api/v1/")
    assert sent(api, "PATCH", path, examples.BODIES["ExitChange"], **{"If-Match": "*"}).status_code == 200
    one = sent(api, "PATCH", "investors/fjordline", examples.BODIES["InvestorChange"], **{"If-Match": "*"})
    assert one.status_code == 200, one.content
    assert post(api, "articles", examples.BODIES["ArticleEntry"]).status_code == 202
    assert post(api, "valuations", examples.BODIES["ValuationEntry"]).status_code == 201
    company = post(api, "companies", examples.BODIES["CompanyEntry"])
    assert company.status_code == 201, company.content
    tag = {"If-Match": company["ETag"]}
    changed = sent(api, "PATCH", "companies/vestlys-energy", examples.BODIES["CompanyChange"], **tag)
    assert changed.status_code == 200 and changed.json()["change"], changed.content
    assert post(api, "people", examples.BODIES["PersonEntry"]).status_code == 201


def test_an_editor_of_the_story_sees_what_was_entered_in_its_statements(api):
    tell_story()
    held = Round.objects.live().get(raised_low=42_000_000)
    assert held.company == company()
    sent(api, "PATCH", f"rounds/{held.pk}", {"raised": "$43m"} | OWN, **{"If-Match": "*"})
    told = api.get(f"/api/v1/rounds/{held.pk}").json()["statements"]["raised"][0]
    assert told["value"]["low"] == "43000000"
    sources = [api.get(api.get(one).json()["source"]).json()["kind"] for one in told["agreeing"]]
    assert "entry" in sources
