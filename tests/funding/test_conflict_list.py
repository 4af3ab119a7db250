"""The list of all that sources differ about, and of what people settled."""

import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from factories import make_source, make_user, say, usd
from pytest_django.fixtures import DjangoAssertNumQueries

from companies.models import Company
from funding import recording
from funding.models import Mark, Round, Statement
from funding.values import Money, Multiple, PartialDate, Text

pytestmark = pytest.mark.django_db
AUGUST = PartialDate(2023, 8, 24)


def differ(field: str, *values: Any, company: str = "Halden Robotics") -> list[Statement]:
    """Sources that give these values of a field of one round of a company."""
    for value in values:
        held = Round.objects.live().filter(company__name=company).first()
        decided = {"round:0": held} if held else None
        say(make_source(), company=company, rounds={"0": {"announced_on": AUGUST, field: value}}, decided=decided)
    return list(Statement.objects.filter(field=field, mention__name=company).order_by("pk"))


def shown(client: Client, query: str = "") -> str:
    answer = client.get(f"/conflicts/{query}")
    assert answer.status_code == 200
    body = answer.content.decode().split("<main", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).replace("\xa0", " ").split())


def test_a_disagreement_stands_there_with_the_value_shown_why_and_the_others(reader_client: Client):
    first, _ = differ("raised", usd(235), usd(180, is_approx=True))
    words = shown(reader_client)
    assert "Halden Robotics, round of 24 Aug 2023 Amount raised, 24 Aug 2023 $235" in words
    assert "is shown: exact comes before approximate." in words
    assert "≈ $180" in words
    assert f"/evidence/?statement={first.pk}" in reader_client.get("/conflicts/").content.decode()


def test_facts_of_companies_stand_there_too(reader_client: Client):
    for year in (2016, 2014):
        say(make_source(), facts={"founded_on": PartialDate(year)})
    assert "Halden Robotics Founded" in shown(reader_client)


def test_statements_that_cannot_all_hold_stand_there(reader_client: Client):
    say(make_source(), rounds={"0": {"announced_on": PartialDate(2022, 5, 1), "valuation": usd(300_000_000)}})
    say(
        make_source(),
        rounds={"0": {"announced_on": AUGUST, "valuation": usd(400_000_000),
                      "valuation_ratio": Multiple(Decimal(2), Decimal(2))}},
    )  # fmt: skip
    assert "They cannot all hold." in shown(reader_client)
    assert "They cannot all hold." in shown(reader_client, "?field=valuation&kind=round")


def test_a_pin_or_a_deprecation_takes_it_off_the_list_and_under_settled(editor_client: Client):
    first, second = differ("raised", usd(235), usd(180, is_approx=True))
    recording.mark(first, Mark.Kind.PIN, by=make_user("ada"), reason="Confirmed")
    assert "No conflict is open." in shown(editor_client)
    settled = shown(editor_client, "?state=settled")
    assert "Halden Robotics, round of 24 Aug 2023 Amount raised $235 Pinned by ada: Confirmed" in settled
    recording.unmark(first, by=make_user(), reason="No")
    assert "≈ $180" in shown(editor_client)
    recording.mark(second, Mark.Kind.DEPRECATION, by=make_user("ben"), reason="A misprint")
    assert "≈ $180" not in shown(editor_client)
    assert "Deprecated by ben: A misprint" in shown(editor_client, "?state=settled&kind=round&field=raised")
    assert "Deprecated by ben" not in shown(editor_client, "?state=settled&kind=company")


def test_two_pins_that_differ_are_open_still(reader_client: Client):
    first, second = differ("raised", usd(235), usd(180))
    recording.mark(first, Mark.Kind.PIN, by=make_user(), reason="Confirmed")
    Mark.objects.create(
        statement=second, kind=Mark.Kind.PIN, reason="Denied", added_in=Mark.objects.get().added_in,
        recorded_at=Mark.objects.get().recorded_at,
    )  # fmt: skip
    recording.rebuild()
    assert "Amount raised" in shown(reader_client)


@pytest.mark.parametrize(
    ("query", "is_there"),
    [("?kind=round", True), ("?kind=company", False), ("?field=raised", True), ("?field=stage", False),
     ("?kind=round&field=raised", True), ("?kind=nonsense&field=%00".replace("%00", "x"), True)],
)  # fmt: skip
def test_the_list_is_narrowed_by_kind_and_field(reader_client: Client, query: str, is_there: bool):
    differ("raised", usd(235), usd(180, is_approx=True))
    assert ("≈ $180" in shown(reader_client, query)) is is_there


def test_a_settled_field_does_not_count_where_another_is_open(reader_client: Client):
    first, _ = differ("raised", usd(235), usd(180, is_approx=True))
    differ("stage", Text("series_b"), Text("series_c"))
    recording.mark(first, Mark.Kind.PIN, by=make_user(), reason="Confirmed")
    assert "≈ $180" not in shown(reader_client)
    assert "Series B" in shown(reader_client)
    assert "Series B" not in shown(reader_client, "?field=raised")


def test_pages_follow_one_another(reader_client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("funding.views.conflicts.PAGE_SIZE", 2)
    for number in range(5):
        differ("raised", usd(235), Money.exact(180, "USD"), company=f"Company {number}")
    seen: list[str] = []
    query = ""
    for _ in range(3):
        page = reader_client.get(f"/conflicts/{query}").content.decode()
        seen += re.findall(r">(Company \d), round", page)
        following = re.search(r'href="(\?[^"]*after=[^"]*)" rel="next"', page)
        query = html.unescape(following[1]) if following else ""
    assert seen == [f"Company {number}" for number in (4, 3, 2, 1, 0)]
    assert query == ""


def test_a_place_that_cannot_be_read_is_refused_in_words(reader_client: Client):
    answer = reader_client.get("/conflicts/?after=nowhere")
    assert answer.status_code == 422
    assert "Start from its first page" in answer.content.decode()


@pytest.mark.parametrize("query", ["", "?kind=round&field=raised", "?state=settled"])
def test_few_queries_are_enough(
    editor_client: Client, query: str, django_assert_max_num_queries: DjangoAssertNumQueries
):
    for number in range(4):
        one, *_ = differ("raised", usd(235), usd(180), company=f"Company {number}")
        if number % 2:
            recording.mark(one, Mark.Kind.PIN, by=make_user(), reason="Confirmed")
    with django_assert_max_num_queries(12):
        editor_client.get(f"/conflicts/{query}")


def test_editors_see_how_many_companies_are_in_conflict_and_readers_do_not(
    editor_client: Client, reader_client: Client
):
    differ("raised", usd(235), usd(180, is_approx=True))
    badge = re.compile(r'1<span class="visually-hidden"> companies with open conflicts')
    assert badge.search(editor_client.get("/rounds/").content.decode())
    assert not badge.search(reader_client.get("/rounds/").content.decode())


def test_the_badge_counts_to_ninety_nine(editor_client: Client):
    Company.objects.bulk_create(
        Company(name=f"C{at}", key=f"c{at}", slug=f"c{at}", is_live=True, has_conflict=True) for at in range(120)
    )
    assert ">99+<" in editor_client.get("/rounds/").content.decode().replace('<span class="visually', "<")
