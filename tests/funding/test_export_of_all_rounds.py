"""The export of all rounds, which has a shorter way than filtered ones, as others run it and write it."""

import csv
import io

import pytest
from django.db import connection
from django.http import QueryDict
from factories import make_round, make_source, say, usd

from funding import exports
from funding.bench import peer_cells
from funding.exports.columns import ROUNDS
from funding.models import Round
from funding.values import Money, Text


@pytest.mark.django_db
def test_the_query_of_an_export_is_sql_that_anybody_can_run() -> None:
    found = exports.read("rounds", QueryDict("stage=seed&country=FR"))
    assert "\n--" not in found.as_sql()
    with connection.cursor() as cursor:
        cursor.execute(found.as_sql())
        assert [column.name for column in cursor.description] == [column.heading for column in found.columns]


@pytest.mark.usefixtures("loaded", "db")
def test_all_rounds_at_once_are_those_that_filters_leave_one_by_one() -> None:
    """All of them have a shorter way; 600 rounds with every kind of amount, date, currency and party."""
    every = exports.read("rounds", QueryDict("ids=1"))
    filtered = exports.read("rounds", QueryDict("ids=1&status=closed&status=rumoured&status=cancelled"))
    assert "GROUP BY p.round_id" in every.as_sql()
    assert "GROUP BY p.round_id" not in filtered.as_sql()
    whole = b"".join(every.chunks())
    assert whole == b"".join(filtered.chunks())
    assert every.count == Round.objects.live().count() > 500


@pytest.mark.django_db
def test_a_round_without_a_date_keeps_its_own_currency_and_is_converted_into_no_other() -> None:
    for name, currency in (("Arbor Labs", "USD"), ("Birk Systems", "EUR")):
        raised = Money.about(5_000_000, currency)
        say(make_source(), company=name, rounds={"0": {"raised": raised, "stage": Text("seed")}})
    every = exports.read("rounds", QueryDict("columns=company,converted_low,converted_currency,rate,rate_on"))
    lines = b"".join(every.chunks()).decode().splitlines()
    assert "SELECT DISTINCT raised_currency" in every.as_sql()
    assert {"Arbor Labs,5000000,USD,1,", "Birk Systems,,,,"} <= set(lines)


@pytest.mark.usefixtures("loaded", "db")
def test_the_cells_that_a_peer_writes_are_those_of_our_export() -> None:
    make_round(raised=Money.about(5_000_000, "EUR"), leads=["Northgate"], valuation=usd(90_000_000))
    content = b"".join(exports.read("rounds", QueryDict("ids=1&exact=1")).chunks()).decode()
    ours = {row.pop("round_id"): row for row in csv.DictReader(io.StringIO(content, newline=""))}
    internal = {column.heading for column in ROUNDS if column.is_internal}
    chosen = Round.objects.live().select_related(*peer_cells.JOINED).prefetch_related(peer_cells.FETCHED)
    theirs = {str(one.pk): peer_cells.cells(one) for one in chosen}
    shown = {key: {name: cell for name, cell in row.items() if name not in internal} for key, row in ours.items()}
    differing = {key: (row, theirs[key]) for key, row in shown.items() if row != theirs[key]}
    assert (differing, len(theirs)) == ({}, len(shown))


ORDERED = [
    (name, order)
    for name, rows in exports.ROWS.items()
    for order in ("", *rows.filter.ORDERS)
    if not rows.summed or not order
]


@pytest.mark.usefixtures("loaded", "db")
@pytest.mark.parametrize(("name", "order"), ORDERED)
@pytest.mark.parametrize("more", ["", "country=FR"])
def test_the_rows_looked_at_are_the_first_of_the_file(name: str, order: str, more: str) -> None:
    query = QueryDict("&".join(filter(None, ("exact=1", f"order={order}" if order else "", more))))
    if "country" not in exports.ROWS[name].filter.base_fields:
        query = QueryDict(f"exact=1&order={order}" if order else "exact=1")
    content = b"".join(exports.read(name, query).chunks()).decode()
    _head, *lines = csv.reader(io.StringIO(content, newline=""))
    assert exports.read(name, query).first(7) == lines[:7]
