"""Tokens of the API: made once, shown once, taken back, and never more than their owner."""

import datetime
import logging
import re

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from factories import bearer, make_user

from config import tokens
from config.accounts.roles import give_role
from config.models import ApiToken

pytestmark = pytest.mark.django_db
TODAY = datetime.datetime.now(datetime.UTC).date()
LIST = "/api/v1/rounds"


@pytest.fixture(autouse=True)
def nobody_reads_without_an_account(settings):
    settings.ROUNDBOOK_OPEN_READING = "nobody"


def posted(client: Client, **changed: object):
    given = {"name": "notebook", "scopes": ["read"], "expires_on": (TODAY + datetime.timedelta(days=30)).isoformat()}
    return client.post("/api/tokens/", given | changed)


def secret_in(answer) -> str:
    found = re.search(r'value="(rb_[\w-]+)"', answer.content.decode())
    assert found
    return found[1]


def test_a_token_is_made_and_its_secret_is_shown_once(analyst_client):
    secret = secret_in(posted(analyst_client))
    token = ApiToken.objects.get()
    assert token.digest == tokens.digest(secret) and secret not in (token.prefix, token.digest)
    assert secret.startswith(token.prefix)
    later = analyst_client.get("/api/tokens/").content.decode()
    assert secret not in later and token.prefix in later
    assert Client().get(LIST, headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_a_person_is_offered_only_the_scopes_of_the_own_role(reader_client, editor_client):
    assert posted(reader_client, scopes=["read", "write"]).status_code == 422
    assert ApiToken.objects.count() == 0
    assert posted(editor_client, scopes=["read", "export", "write"]).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "  "},
        {"scopes": []},
        {"expires_on": ""},
        {"expires_on": "soon"},
        {"expires_on": (TODAY - datetime.timedelta(days=1)).isoformat()},
        {"expires_on": (TODAY + datetime.timedelta(days=400)).isoformat()},
    ],
)
def test_what_cannot_be_a_token_is_refused_in_place(reader_client, changed):
    answer = posted(reader_client, **changed)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert ApiToken.objects.count() == 0


def test_a_token_that_was_revoked_has_expired_or_whose_owner_left_does_not_work(client):
    owner = make_user("olga", "reader")
    works = bearer(owner)
    assert client.get(LIST, headers=works).status_code == 200
    token = ApiToken.objects.get()
    for changed in ({"revoked_at": timezone.now()}, {"expires_on": TODAY - datetime.timedelta(days=1)}):
        ApiToken.objects.filter(pk=token.pk).update(**changed)
        answer = client.get(LIST, headers=works)
        assert answer.status_code == 401 and answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
        ApiToken.objects.filter(pk=token.pk).update(revoked_at=None, expires_on=TODAY)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert client.get(LIST, headers=works).status_code == 401


def test_a_token_is_revoked_by_its_owner_and_by_nobody_else(reader_client, editor_client):
    secret = secret_in(posted(reader_client))
    token = ApiToken.objects.get()
    assert editor_client.post(f"/api/tokens/{token.pk}/revoke/").status_code == 404
    assert reader_client.get(f"/api/tokens/{token.pk}/revoke/").status_code == 405
    assert reader_client.post(f"/api/tokens/{token.pk}/revoke/").status_code == 302
    assert Client().get(LIST, headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert "revoked" in reader_client.get("/api/tokens/").content.decode()


def test_a_token_has_the_scopes_it_was_made_for_and_no_others(client):
    headers = bearer(make_user("eda", "editor"), "export")
    assert client.get("/api/v1/bulk/rounds", headers=headers).status_code == 200
    refused = client.get(LIST, headers=headers)
    assert refused.status_code == 403 and refused.json()["type"] == "/api/#out-of-scope"


def test_a_token_never_may_more_than_its_owner(client):
    owner = make_user("petra", "analyst")
    headers = bearer(owner, "read", "export")
    assert client.get("/api/v1/bulk/rounds", headers=headers).status_code == 200
    give_role(owner, "reader")
    refused = client.get("/api/v1/bulk/rounds", headers=headers)
    assert refused.status_code == 403 and "analyst" in refused.json()["detail"]
    owner.groups.clear()
    assert client.get(LIST, headers=headers).json()["type"] == "/api/#not-allowed"


def test_a_token_opens_nothing_but_the_api(client):
    headers = bearer(make_user("ada", "admin"), "read", "export", "write")
    assert client.get("/companies/", headers=headers)["Location"].startswith("/accounts/login/")
    assert client.get("/admin/", headers=headers).status_code == 302


@pytest.mark.parametrize("given", ["Bearer ", "Bearer rb_nonsense", "Basic cnVpOng=", "rb_x", "Bearer \xff\xfe", ""])
def test_what_is_no_token_is_refused(client, given):
    answer = client.get(LIST, headers={"Authorization": given})
    assert answer.status_code == 401 and answer.json()["type"] == "/api/#bad-token"


def test_a_token_in_the_query_string_is_refused_as_an_unknown_parameter(client, reader_client):
    answer = reader_client.get(f"{LIST}?token=rb_abc")
    assert answer.status_code == 400 and answer.json()["errors"][0]["parameter"] == "token"


def test_the_last_use_is_noted_at_most_once_a_minute(client, django_assert_num_queries):
    headers = bearer(make_user("rui", "reader"))
    client.get(LIST, headers=headers)
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    client.get(LIST, headers=headers)
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - datetime.timedelta(minutes=2))
    client.get(LIST, headers=headers)
    assert ApiToken.objects.get().last_used_at > first


def test_no_log_holds_a_secret(client, caplog):
    caplog.set_level(logging.DEBUG)
    secret = "rb_this-is-no-token-of-anybody"
    client.get(f"{LIST}?stage=nonsense", headers={"Authorization": f"Bearer {secret}"})
    assert secret not in caplog.text


def test_a_token_without_scopes_or_with_unknown_ones_cannot_be_stored(editor):
    row = {"owner": editor, "name": "x", "prefix": "rb_", "expires_on": TODAY}
    for at, scopes in enumerate(([], ["everything"])):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiToken.objects.create(**row, digest=str(at), scopes=scopes)
