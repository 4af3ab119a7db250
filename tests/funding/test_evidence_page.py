"""The evidence behind one figure, by itself or as the panel beside a chart."""

import re

import pytest
from django.test import Client
from factories import fact, make_source, tell, tell_story, usd
from pytest_django.fixtures import DjangoAssertNumQueries

from funding.models import Participation, Round, Statement, Valuation
from funding.values import PartialDate

pytestmark = pytest.mark.django_db


def shown(client: Client, query: str) -> str:
    answer = client.get(f"/evidence/?{query}")
    assert answer.status_code == 200
    text = re.sub(r"<[^>]*>", " ", answer.content.decode())
    return " ".join(text.replace("&gt;", ">").replace("&lt;", "<").replace("\u00a0", " ").split())


def statement(field: str) -> int:
    return Statement.objects.filter(field=field).order_by("pk")[0].pk


def test_a_valuation_shows_its_proof(reader_client: Client) -> None:
    tell_story()
    derived = Valuation.objects.get(origin="derived")
    assert "$50m < value < $450m" in shown(reader_client, f"valuation={derived.pk}")


def test_a_statement_shows_the_figure_it_speaks_for_with_those_that_differ(reader_client: Client) -> None:
    tell_story()
    tell(
        make_source("About $35 million."),
        fact("round:0", "announced_on", PartialDate(2024, 3, 1), rule="published_on"),
        fact("round:0", "raised", usd(35_000_000, is_approx=True), "About $35 million"),
        fact("round:0", "valuation", usd(900_000_000)),
    )
    words = shown(reader_client, f"statement={statement('raised')}")
    assert "Amount raised, round of 1 Mar 2024 $42m Why this value: exact comes before approximate." in words
    assert "Other sources differ ≈ $35m “ About $35 million .”" in words


def test_a_statement_of_a_part_shows_the_investor(reader_client: Client) -> None:
    tell_story()
    part = Participation.objects.get(is_lead=True)
    words = shown(reader_client, f"statement={part.statement_id}")
    assert "Investor, round of 1 Mar 2024 Northgate Capital Said to lead the round." in words


def test_a_statement_of_the_company_shows_its_fact(reader_client: Client) -> None:
    tell_story()
    assert "Founded, Halden Robotics 2016" in shown(reader_client, f"statement={statement('founded_on')}")
    assert "Office, Halden Robotics Oslo" in shown(reader_client, f"statement={statement('headquarters')}")


def test_several_statements_stand_together(reader_client: Client) -> None:
    tell_story()
    ids = f"{statement('raised')},{statement('valuation')}"
    words = shown(reader_client, f"statements={ids}")
    assert "takes in $42 million ”" in words and "$900 million , more than double" in words


def test_htmx_gets_the_panel_alone(reader_client: Client) -> None:
    tell_story()
    pk = Valuation.objects.get(origin="derived").pk
    part = reader_client.get(f"/evidence/?valuation={pk}", headers={"HX-Request": "true"})
    assert part.content.decode().startswith('<aside class="evidence" id="evidence"')
    assert f'data-shown="valuation-{pk}"' in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]


@pytest.mark.parametrize(
    "query", ["", "valuation=", "valuation=x", "valuation=1;2", "statement=-1", "statements=1,,2", "statement=１",
              "valuation=99999999999999999999", "statements=" + ",".join(["1"] * 51), "round=1"],
)  # fmt: skip
def test_what_names_no_figure_is_a_bad_request(reader_client: Client, query: str) -> None:
    assert reader_client.get(f"/evidence/?{query}").status_code == 400


@pytest.mark.parametrize("query", ["valuation=999999", "statement=999999", "statements=999999,999998"])
def test_an_unknown_figure_is_not_found(reader_client: Client, query: str) -> None:
    assert reader_client.get(f"/evidence/?{query}").status_code == 404


def test_few_queries_are_enough(reader_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    tell_story()
    assert Round.objects.live().count() == 2
    queries = [f"valuation={Valuation.objects.get(origin='derived').pk}"]
    queries += [f"statement={statement(field)}" for field in ("raised", "participation", "founded_on")]
    for query in queries:
        with django_assert_max_num_queries(12):
            reader_client.get(f"/evidence/?{query}")
