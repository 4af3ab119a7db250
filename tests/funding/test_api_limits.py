"""How many requests the API takes: of a token, of an address, and where nobody counts."""

import pytest
from factories import bearer, make_user

from config import limits

pytestmark = pytest.mark.django_db
LIST = "/api/v1/rounds"


@pytest.fixture(autouse=True)
def one_window(settings, monkeypatch, request):
    """A minute that no other test counts in, and that does not end meanwhile."""
    settings.API_TOKEN_LIMIT = settings.API_ADDRESS_LIMIT = 2
    settings.CELERY_TASK_DEFAULT_QUEUE = f"{settings.CELERY_TASK_DEFAULT_QUEUE}-{request.node.name}"
    monkeypatch.setattr(limits, "_away_until", 0.0)
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_030.0)


def test_a_token_is_told_what_is_left_and_refused_when_nothing_is(client):
    headers = bearer(make_user("rui", "reader"))
    first = client.get(LIST, headers=headers)
    assert (first["RateLimit"], first["RateLimit-Policy"]) == ('"minute";r=1;t=31', '"minute";q=2;w=60')
    client.get(LIST, headers=headers)
    over = client.get(LIST, headers=headers)
    assert over.status_code == 429 and over["Retry-After"] == "31" and over.json()["type"] == "/api/#too-many-requests"


def test_each_token_is_counted_by_itself(client):
    owner = make_user("rui", "reader")
    first, second = bearer(owner), bearer(owner)
    answers = [client.get(LIST, headers=one).status_code for one in (first, first, first, second)]
    assert answers == [200, 200, 429, 200]


def test_guesses_at_tokens_count_against_the_address(client):
    answers = [client.get(LIST, headers={"Authorization": f"Bearer rb_{n}"}).status_code for n in range(3)]
    assert answers == [401, 401, 429]
    # Whoever has a token is not kept out by a neighbour who guesses.
    assert client.get(LIST, headers=bearer(make_user("rui", "reader"))).status_code == 200


def test_a_session_is_counted_by_its_address_which_no_header_can_change(reader_client):
    answers = [reader_client.get(LIST, headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(3)]
    assert answers == [200, 200, 429]


def test_nothing_is_counted_where_the_limit_is_none(client, settings):
    settings.API_TOKEN_LIMIT = 0
    headers = bearer(make_user("rui", "reader"))
    answers = [client.get(LIST, headers=headers) for _ in range(4)]
    assert {one.status_code for one in answers} == {200} and "RateLimit" not in answers[0]


def test_the_api_goes_on_where_redis_is_away(client, settings, caplog):
    settings.CELERY_BROKER_URL = "redis+socket:///nowhere/at-all.sock"
    headers = bearer(make_user("rui", "reader"))
    answers = [client.get(LIST, headers=headers).status_code for _ in range(4)]
    assert answers == [200] * 4
    assert caplog.text.count("are not counted") == 1
