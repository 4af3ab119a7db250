"""What recording asks of the database, and whom it waits for."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext
from factories import make_source, say, usd

from companies.models import Company, Investor
from funding import recording
from funding.models import Change, Mention, Participation, Source, Statement
from funding.tellings import NewMention, NewStatement
from funding.values import PartialDate, Reference, Text


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


def tell(source: Source, number: int, company: str, investor: str) -> None:
    """Record one row of a file: a company, its round and who took part."""
    own, deal, party = f"company:{number}", f"round:{number}", f"investor:{number}"
    mentions = [
        NewMention(own, "company", company),
        NewMention(deal, "round", company, own),
        NewMention(party, "investor", investor),
    ]
    said = [
        NewStatement(deal, "announced_on", PartialDate(2020)),
        NewStatement(deal, "participation", Reference(party)),
    ]
    recording.record(source, mentions, said, origin="a file", kind=Change.Kind.IMPORT, by=None, names_seen=False)


def rows_read_for_one_more(company: str, investor: str, rows: int) -> int:
    """How many mentions and statements are read to record one more row of a file that has so many before it."""
    source = make_source()
    for number in range(rows):
        unlike = hashlib.sha256(f"{company} {number}".encode()).hexdigest()
        tell(source, number, unlike[:20], unlike[20:40])
    read = 0

    def count(**_: object) -> None:
        nonlocal read
        read += 1

    for model in (Mention, Statement):
        post_init.connect(count, sender=model)
    try:
        tell(source, rows, company, investor)
    finally:
        for model in (Mention, Statement):
            post_init.disconnect(count, sender=model)
    return read


@pytest.mark.django_db
def test_a_round_of_a_file_reads_no_more_where_the_file_names_many():
    # Investors called by a word of the dictionary, so that who is meant is weighed.
    few, many = rows_read_for_one_more("Halden", "Lune", 3), rows_read_for_one_more("Mirelle", "Monday", 30)
    assert 0 < many <= few + 5


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
