"""The OpenAPI document: what it lists is there, its examples are true, and the page shows all of it."""

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from django.urls import get_resolver, resolve
from factories import make_source, say_of_investor, tell_story
from test_exits import BOUGHT, tell_exit

from config import access
from config.problems import KINDS as PROBLEMS
from funding.api import examples, openapi
from funding.api.records import KINDS
from tests.servers import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(reader_client) -> dict[str, Any]:
    answer = reader_client.get("/api/v1/openapi.json")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/json"
    return json.loads(answer.content)


def validator(document: dict[str, Any], name: str) -> Any:
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", **{"components": document["components"]}}
    )


def test_every_address_of_the_api_is_listed_and_every_listed_one_is_there(document):
    listed = set()
    for path, methods in document["paths"].items():
        match = resolve(re.sub(r"\{\w+\}", "1", path))
        listed.add(match.view_name)
        taken = {name.lower() for name in match.func.methods}
        assert taken == set(methods) - {"parameters"}, path
    routes = {name for name in access.route_names(get_resolver()) if name.startswith("api:")}
    assert routes - listed == {"api:about", "api:token_list", "api:token_revoke", "api:nothing"}


def test_the_document_is_of_openapi_3_1_and_all_its_references_lead_somewhere(document):
    assert document["openapi"].startswith("3.1")
    for name in re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(document)):
        found: Any = document
        for part in name.split("/"):
            assert part in found, name
            found = found[part]


@pytest.mark.parametrize("name", KINDS)
def test_the_example_of_a_record_keeps_its_schema(document, name):
    errors = list(validator(document, KINDS[name].schema_name).iter_errors(examples.RECORDS[name]))
    assert [str(error) for error in errors] == []


def test_the_example_of_an_export_keeps_its_schema(document):
    assert [str(error) for error in validator(document, "Export").iter_errors(examples.EXPORT)] == []


@pytest.mark.parametrize("name", examples.BODIES)
def test_the_example_of_a_body_keeps_its_schema(document, name):
    assert [str(error) for error in validator(document, name).iter_errors(examples.BODIES[name])] == []


@pytest.mark.parametrize("name", KINDS)
def test_records_keep_their_schema(document, reader_client, name):
    tell_story()
    tell_exit(**BOUGHT)
    say_of_investor(make_source(), "Fjordline", arm_of="Northgate Capital", kind="venture_capital")
    found = reader_client.get(f"/api/v1/{name}?limit=200").json()["data"]
    keeps = validator(document, KINDS[name].schema_name)
    assert [str(error) for one in found for error in keeps.iter_errors(one)] == []


def test_problems_keep_their_schema(document, reader_client):
    keeps = validator(document, "Problem")
    for path in ("rounds?stage=none_such", "rounds/99999", "nowhere"):
        answer = reader_client.get(f"/api/v1/{path}").json()
        assert list(keeps.iter_errors(answer)) == []
        assert answer["type"].removeprefix("/api/#") in PROBLEMS


def test_webhooks_are_described_by_what_is_sent(document):
    sent = document["webhooks"]["happening"]["post"]
    assert {one["name"] for one in sent["parameters"]} == {
        "Roundbook-Id",
        "Roundbook-Timestamp",
        "Roundbook-Signature",
    }
    text = (ROOT / "docs" / "alerts.md").read_text("utf-8").partition("```json")[2].partition("```")[0]
    assert list(validator(document, "Happening").iter_errors(json.loads(text))) == []


def test_the_page_shows_every_operation_and_every_problem(reader_client):
    page = reader_client.get("/api/").content.decode()
    for path, methods in openapi.paths().items():
        for one in methods.values():
            if isinstance(one, dict) and "tags" in one:
                assert f'id="{one["operationId"]}"' in page, path
    assert all(f'id="{kind}"' in page for kind, (status, _) in PROBLEMS.items() if status < 500)


def test_the_page_takes_few_queries(reader_client, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        reader_client.get("/api/")


def test_the_document_speaks_french_where_it_is_asked_to(reader_client):
    asked = reader_client.get("/api/v1/openapi.json", headers={"Accept-Language": "fr"})
    assert "Sociétés" in [one["description"] for one in asked.json()["tags"]]
