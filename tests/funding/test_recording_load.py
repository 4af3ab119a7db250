"""What recording asks of the database, and whom it waits for."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from factories import make_source, say, usd

from companies.models import Company, Investor
from funding.models import Participation, Statement
from funding.values import PartialDate, Text


def queries_of_one_more_fact(name: str, investors: int) -> int:
    """How many queries it takes to record one more fact of a company whose round so many took part in."""
    names = [f"{name} partner {number}" for number in range(investors)]
    say(make_source(), company=name, rounds={"0": {"announced_on": PartialDate(2023), "investors": names}})
    with CaptureQueriesContext(
        connection,
    ) as asked:
        say(make_source(), company=name, facts={"headquarters": Text("Oslo")})
    return len(asked)


@pytest.mark.django_db
def test_a_fact_costs_no_more_where_many_invested():
    assert queries_of_one_more_fact("Mirelle", 40) == queries_of_one_more_fact("Halden", 2)


@pytest.mark.django_db
def test_a_long_source_asks_no_question_for_each_of_its_statements():
    def cost(fields: int) -> int:
        told = {f"note_{number}": Text("words") for number in range(fields)}
        with CaptureQueriesContext(connection) as asked:
            say(make_source(), company="Mirelle" if fields == 1 else "Halden", facts=told)
        return len(asked)

    assert cost(50) == cost(1)


@pytest.mark.django_db(transaction=True)
def test_recording_waits_for_nobody_who_only_refers_to_a_record():
    # Two recordings under two names of one company both refer to it first: were that in the way of the projection,
    # each would wait for the other.
    said = {"0": {"announced_on": PartialDate(2024), "raised": usd(5), "investors": ["Northgate"]}}
    say(make_source(), rounds=said)
    source = make_source()

    def record() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("set lock_timeout = '3s'")
            say(source, rounds=said)
        finally:
            connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        for model in (Company, Investor):
            cursor.execute(f"select id from {model._meta.db_table} for key share")
        with ThreadPoolExecutor(1) as threads:
            threads.submit(record).result()
    assert Participation.objects.get().statement_ids == list(
        Statement.objects.filter(field="participation").order_by("pk").values_list("pk", flat=True)
    )
