"""Records that nothing was heard of for long: rumoured rounds for a year, investors for two years."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import make_round, make_source, make_user, say, usd

from companies.models import Company
from funding import recording
from funding.models import Round
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
RUMOURED = {
    "status": Text("rumoured"),
    "announced_on": PartialDate(2020, 3),
    "stage": Text("series_b"),
    "raised": usd(40_000_000),
}


def days_ago(number: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=number)


def tell(company: str, days: int, **fields: Any) -> Any:
    source = make_source(published=PartialDate.of(days_ago(days)))
    return say(source, company=company, rounds={"0": RUMOURED | fields})


def names(client: Any, address: str) -> list[str]:
    text = client.get(address).content.decode()
    return re.findall(r'href="/(?:companies|investors)/[\w-]+/">([^<]*)</a>', text.partition("<tbody>")[2])


def test_a_rumour_is_stale_when_no_source_told_of_it_for_a_year(reader_client):
    tell("Stale", 400)
    tell("Fresh", 300)
    tell("Closed long ago", 400, status=Text("closed"))
    assert names(reader_client, "/rounds/?stale=yes") == ["Stale"]


def test_a_rumour_that_is_told_again_is_fresh_until_that_is_taken_back():
    tell("Halden", 400)
    change = tell("Halden", 10)
    assert Round.objects.live().get().last_told_on == days_ago(10)
    recording.undo(change, make_user())
    assert Round.objects.live().get().last_told_on == days_ago(400)


def test_what_an_undated_source_says_was_told_when_it_was_recorded():
    say(make_source(published=None), rounds={"0": RUMOURED})
    assert Round.objects.live().get().last_told_on == datetime.datetime.now(datetime.UTC).date()


def test_an_investor_is_stale_when_its_last_round_is_two_years_ago(reader_client):
    make_round("A", announced_on=PartialDate.of(days_ago(800)), investors=["Gone quiet", "Still active"])
    make_round("B", announced_on=PartialDate.of(days_ago(500)), investors=["Still active"])
    say(make_source(), company="C", rounds={"0": {"stage": Text("seed"), "investors": ["Of no known day"]}})
    assert names(reader_client, "/investors/?stale=yes")[0] == "Gone quiet"
    assert "Still active" not in names(reader_client, "/investors/?stale=yes")


def test_the_lists_say_what_is_filtered_in_words(reader_client):
    tell("Stale", 400)
    make_round("A", announced_on=PartialDate.of(days_ago(800)), investors=["Gone quiet"])
    rounds = reader_client.get("/rounds/?stale=yes").content.decode()
    assert "<b>1 round</b> <b>rumoured, of which no source has told for a year</b>" in rounds
    investors = reader_client.get("/investors/?stale=yes").content.decode()
    assert "<b>1 investor</b> <b>without a round for two years</b>" in investors


@pytest.mark.parametrize("address", ["/rounds/", "/investors/"])
def test_another_value_is_refused_in_words(reader_client, address):
    answer = reader_client.get(f"{address}?stale=maybe")
    assert answer.status_code == 422
    assert "maybe" in answer.content.decode()


def test_stale_rumours_are_read_along_an_index_of_rumours_alone(reader_client):
    tell("Stale", 400)
    company = Company.objects.first()
    Round.objects.bulk_create(Round(company=company, is_live=True, status="closed") for _ in range(500))
    with CaptureQueriesContext(connection) as asked:
        reader_client.get("/rounds/?stale=yes")
    rows = next(one["sql"] for one in asked if "ORDER BY" in one["sql"] and "last_told_on" in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute("analyze funding_round")  # another test may have left the planner other numbers
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_sort = off")
        cursor.execute(f"explain {rows}")
        assert "round_rumoured" in "\n".join(line for (line,) in cursor.fetchall())
