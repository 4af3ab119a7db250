"""The page of one round: all that is said of every figure, and how it came to be so."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from factories import fact, make_source, say, tell, tell_story, usd
from pytest_django.fixtures import DjangoAssertNumQueries

from funding import recording
from funding.models import Change, Round
from funding.values import PartialDate, Reference, Text

pytestmark = pytest.mark.django_db


def of(year: int) -> Round:
    return Round.objects.get(announced_on__year=year)


def shown(client: Client, record: Round, status: int = 200) -> str:
    answer = client.get(record.get_absolute_url())
    assert answer.status_code == status
    text = re.sub(r"<[^>]*>", " ", answer.content.decode())
    return " ".join(text.replace("&gt;", ">").replace("&lt;", "<").replace("\u00a0", " ").split())


def differ() -> Change:
    """A second source that says another amount of the newer round."""
    return tell(
        make_source("About $35 million, by Northgate Capital.", publisher="Cloud Gazette"),
        fact("round:0", "announced_on", PartialDate(2024, 3, 1), rule="published_on"),
        fact("round:0", "raised", usd(35_000_000, is_approx=True), "About $35 million"),
        fact("round:0", "valuation", usd(900_000_000)),
        fact("round:0", "participation", Reference("investor:0"), "Northgate Capital"),
        names={"investor:0": "Northgate Capital"},
    )


def test_every_figure_has_its_words_and_when_it_was_recorded(reader_client: Client, editor: User) -> None:
    tell_story(by=editor)
    words = shown(reader_client, of(2024))
    assert (
        "Amount raised $42m Why this value: the only source. “Halden Robotics takes in $42 million ” Nordic" in words
    )
    assert re.search(r"Recorded \d+ \w+ \d{4}, \d\d:\d\d, review accepted by erin\.", words)


def test_the_head_says_what_no_source_names(reader_client: Client) -> None:
    tell_story()
    words = shown(reader_client, of(2024))
    assert (
        "Halden Robotics, round of 1 Mar 2024 Announced 1 Mar 2024; $42m raised. No source names the stage." in words
    )


def test_those_that_differ_stand_below_with_the_reason(reader_client: Client) -> None:
    tell_story()
    differ()
    words = shown(reader_client, of(2024))
    assert "Why this value: exact comes before approximate." in words
    assert "≠ Other sources differ ≈ $35m “ About $35 million , by Northgate Capital.” Cloud Gazette" in words


def test_each_figure_has_an_anchor_that_the_reader_leads_to(reader_client: Client) -> None:
    tell_story()
    page = reader_client.get(of(2024).get_absolute_url()).content.decode()
    for anchor in ("announced_on", "raised", "valuation", "valuation_ratio", "investors", "changes"):
        assert f'id="{anchor}"' in page


def test_investors_have_the_words_that_name_them(reader_client: Client) -> None:
    tell_story()
    words = shown(reader_client, of(2024))
    assert "Northgate Capital said to lead yes “ Northgate Capital led the round, and Fjordline took part.”" in words
    assert "Fjordline whether it led is not stated not stated “Northgate Capital led the round, and" in words


def test_a_derived_value_shows_its_proof_though_other_rounds_say_it(reader_client: Client) -> None:
    tell_story()
    words = shown(reader_client, of(2022))
    assert "Half of $900m is the upper end: below $450m." in words
    assert "$50m < value < $450m" in words


def test_the_history_tells_what_was_added_and_taken_back(reader_client: Client, editor: User) -> None:
    tell_story(by=editor)
    recording.undo(differ(), editor)
    words = shown(reader_client, of(2024))
    assert "erin undo 4 statements taken back" in words
    assert "Amount raised: ≈ $35m (Cloud Gazette)" in words
    assert "Investor: Northgate Capital, lead (Nordic Ledger)" in words


def test_a_round_that_no_longer_stands_says_so_and_keeps_its_history(reader_client: Client, editor: User) -> None:
    change = tell(
        make_source("Halden Robotics raised $9 million."), fact("round:0", "raised", usd(9_000_000), "$9 million")
    )
    record = Round.objects.get()
    recording.undo(change, editor)
    words = shown(reader_client, record, status=410)
    assert "This round is no longer held: everything that was said of it has been taken back." in words
    assert "Amount raised: $9m (The Daily Round)" in words


def test_a_rumour_says_that_it_counts_in_no_total(reader_client: Client) -> None:
    tell(make_source(), fact("round:0", "raised", usd(9_000_000)), fact("round:0", "status", Text("rumoured")))
    assert "Rumoured: it counts in no total." in shown(reader_client, Round.objects.get())


def test_an_unknown_round_is_not_found(reader_client: Client) -> None:
    assert reader_client.get("/rounds/999999/").status_code == 404


def test_the_queries_do_not_grow_with_what_is_said(
    editor_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    tell_story()
    for _ in range(8):
        tell(
            make_source(),
            fact("round:0", "announced_on", PartialDate(2024, 3, 1), rule="published_on"),
            fact("round:0", "raised", usd(42_000_000)),
            fact("round:0", "participation", Reference("investor:0")),
            names={"investor:0": "Northgate Capital"},
        )
    record = of(2024)
    assert len(record.resolved["raised"]["agreeing"]) == 9
    with django_assert_max_num_queries(12):
        assert editor_client.get(record.get_absolute_url()).status_code == 200


def test_an_extension_and_the_round_it_extends_name_each_other(reader_client: Client) -> None:
    series = {"announced_on": PartialDate(2024, 2, 20), "raised": usd(40_000_000), "stage": Text("series_b")}
    more = series | {"announced_on": PartialDate(2024, 9, 3), "raised": usd(5_000_000), "stage": Text("extension")}
    say(make_source(), rounds={"0": series})
    say(make_source(), rounds={"0": more})
    whole, part = Round.objects.live().order_by("announced_on")
    assert part.parent == whole
    assert "It extends" in shown(reader_client, part)
    assert "Extended by $5m, 3 Sep 2024" in shown(reader_client, whole)
