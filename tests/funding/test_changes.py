"""What changed between two dates, by day: what was said before and after, by whom."""

import re

import pytest
from django.test import Client
from factories import company, make_source, make_user, say, usd
from pytest_django.fixtures import DjangoAssertNumQueries
from test_as_of_pages import PAGE, on, words

from companies.models import Company
from funding import recording
from funding.models import Assignment, Change, Mark, Round, Source, Statement
from funding.recording import marks
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
CHANGES = f"{PAGE}changes/"


@pytest.fixture
def story() -> None:
    """Told of in March, again with another sum in May, corrected by hand in June, and the second undone in July."""
    seed = {"announced_on": PartialDate(2024, 2, 20), "raised": usd(10_000_000), "stage": Text("seed")}
    with on("2024-03-01"):
        say(make_source(publisher="Early Bird", published=PartialDate(2024, 2, 20)), rounds={"0": seed})
    with on("2024-05-03"):
        more = {**seed, "raised": usd(12_000_000), "leads": ["Northgate"]}
        told = say(make_source(publisher="Nordic Ledger"), rounds={"0": more}, by=make_user("enid"))
    with on("2024-06-10"):
        say(make_source(), company="Mirelle", facts={"sector": Text("health")})
    with on("2024-07-01"):
        recording.undo(told, make_user("ulla"))


def test_each_change_says_what_was_said_before_and_after(reader_client: Client, story: None) -> None:
    page = words(reader_client.get(f"{CHANGES}?from=2024-05-01&to=2024-05-31"))
    assert "3 May 2024" in page
    assert "09:00 Review accepted by enid: Nordic Ledger, 1 Mar 2024" in page
    assert "Seed, 20 Feb 2024 Amount raised $10m → $10m; $12m" in page
    assert "Investor not stated → Northgate, lead" in page
    assert "Stage Seed as before, by other sources" in page
    assert "1 Mar 2024 09:00" not in page
    assert "Jul 2024" not in page


def test_what_was_taken_back_is_told_the_other_way_round(reader_client: Client, story: None) -> None:
    page = words(reader_client.get(f"{CHANGES}?from=2024-07-01&to=2024-07-01"))
    assert "Undo by ulla, of the review accepted of 3 May 2024, 09:00" in page
    assert "Amount raised $10m; $12m → $10m" in page
    assert "Investor Northgate, lead → not stated" in page


def test_both_days_count_and_the_latest_comes_first(reader_client: Client, story: None) -> None:
    page = words(reader_client.get("/changes/?from=2024-03-01&to=2024-06-10"))
    places = [page.index(f"{day} 09:00") for day in ("10 Jun 2024", "3 May 2024", "1 Mar 2024")]
    assert places == sorted(places)
    assert "Mirelle Sector not stated → health" in page
    assert "Nothing was recorded or taken back" in words(reader_client.get("/changes/?from=2024-03-02&to=2024-05-02"))


def test_of_a_company_only_what_is_its_own_is_listed(reader_client: Client, story: None) -> None:
    page = words(reader_client.get(f"{CHANGES}?from=2024-01-01&to=2024-12-31"))
    assert "Mirelle" not in page
    page = words(reader_client.get("/companies/mirelle/changes/?from=2024-01-01&to=2024-12-31"))
    assert "Halden" not in page
    assert "10 Jun 2024" in page


def test_a_mention_that_moved_is_told_with_its_reason(reader_client: Client, story: None) -> None:
    with on("2024-08-01"):
        other = Company.objects.create(name="Halden Labs", key="halden labs", slug="halden-labs", is_live=True)
        change = Change.objects.create(kind=Change.Kind.ENTRY, by=make_user("mona"), note="Two companies of one name.")
        held = Assignment.objects.live().filter(company=company()).get()
        held.retracted_in, held.retracted_at = change, change.at
        held.save()
        Assignment.objects.create(
            mention=held.mention, company=other, added_in=change, recorded_at=change.at, reason="a person said so"
        )
    page = words(reader_client.get("/changes/?from=2024-08-01&to=2024-08-01"))
    assert "Two companies of one name." in page
    assert "Mention of “Halden Robotics” Halden Robotics → Halden Labs a person said so" in page


def test_without_dates_it_is_the_last_thirty_days(reader_client: Client) -> None:
    say(make_source(), rounds={"0": {"announced_on": PartialDate(2020)}})
    page = reader_client.get("/changes/")
    assert page.status_code == 200
    assert "Announced not stated → 2020" in words(page)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("from=2024-13-01", "“2024-13-01” is no date"),
        ("to=soon", "“soon” is no date"),
        ("from=2999-01-01", "has not come yet"),
        ("from=2024-05-02&to=2024-05-01", "1 May 2024 lies before 2 May 2024."),
        ("from=2024-05-01&from=2024-05-02", "Given more than once"),
        ("after=nowhere", "The address names no place in this list."),
        ("after=2024-05-01T00:00:00~7", "The address names no place in this list."),
        ("after=2024-05-01T00:00:00%2B00:00~99999999999999999999", "The address names no place in this list."),
    ],
)
def test_what_cannot_be_read_is_said_in_place(reader_client: Client, story: None, query: str, message: str) -> None:
    for address in ("/changes/", CHANGES):
        answer = reader_client.get(f"{address}?{query}")
        assert answer.status_code == 422
        assert message in words(answer)


def test_the_first_day_there_is_can_be_asked_for(reader_client: Client, story: None) -> None:
    assert reader_client.get("/changes/?from=0001-01-01&to=0001-01-01").status_code == 200
    assert reader_client.get("/changes/?to=0001-01-01").status_code == 200


def test_pages_go_on_where_the_one_before_ended(reader_client: Client) -> None:
    for number in range(45):
        with on(f"2024-03-{number // 3 + 1:02d}"):
            say(make_source(), rounds={"0": {"announced_on": PartialDate(1990 + number % 30)}})
    address, seen = f"{CHANGES}?from=2024-03-01&to=2024-03-31", []
    while address:
        page = reader_client.get(address).content.decode()
        seen.append(page.count('<article class="change">'))
        found = re.search(r'href="([^"]*)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == [20, 20, 5]


def test_the_queries_do_not_grow_with_the_changes(
    editor_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(25):
        rounds = {str(at): {"announced_on": PartialDate(2000 + number), "raised": usd(number + at + 1),
                            "leads": [f"Fund {number}"]} for at in range(3)}  # fmt: skip
        say(make_source(), rounds=rounds)
        say(make_source(), company=f"Other {number}", rounds=rounds)
    assert Round.objects.count() > 50
    told = Statement.objects.live().filter(field="raised", mention__assignments__round__company=company()).last()
    marks.mark(told, Mark.Kind.PIN, by=make_user("pia"), reason="The company confirmed it.")
    recording.judge_different(company(), company("Other 1"), by=make_user("paul"), reason="Two towns.")
    for address in ("/changes/", CHANGES):
        with django_assert_max_num_queries(12):
            assert editor_client.get(address).status_code == 200


def test_an_entry_by_hand_names_the_person(reader_client: Client) -> None:
    by = make_user("enid", "editor")
    source = make_source(title="", kind=Source.Kind.ENTRY, entered_by=by, published=None)
    say(source, by=by, rounds={"0": {"announced_on": PartialDate(2020)}})
    assert "Entry by hand by enid: Entered by enid" in words(reader_client.get("/changes/"))


def test_pins_and_deprecations_stand_with_the_values(reader_client: Client, story: None) -> None:
    by = make_user("pia")
    with on("2024-08-01"):
        say(make_source(), rounds={"0": {"announced_on": PartialDate(2024, 2, 20), "raised": usd(11_000_000)}})
        told = Statement.objects.live().get(field="raised", value__low="11000000")
    with on("2024-08-02"):
        pinned = marks.mark(told, Mark.Kind.PIN, by=by, reason="The company confirmed it.")
    with on("2024-08-03"):
        recording.undo(pinned, by)
    page = words(reader_client.get(f"{CHANGES}?from=2024-08-02&to=2024-08-02"))
    assert "Pin or deprecation by pia The company confirmed it." in page
    assert "Amount raised $10m; $11m → $10m; $11m (pinned)" in page
    page = words(reader_client.get("/changes/?from=2024-08-03&to=2024-08-03"))
    assert "Amount raised $10m; $11m (pinned) → $10m; $11m" in page


def test_a_judgement_says_of_whom(reader_client: Client, story: None) -> None:
    with on("2024-08-02"):
        other = Company.objects.get(name="Mirelle")
        recording.judge_different(company(), other, by=make_user("pia"), reason="Two towns.")
    for address in ("/changes/", CHANGES):
        page = words(reader_client.get(f"{address}?from=2024-08-02&to=2024-08-02"))
        assert "Halden Robotics and Mirelle Judgement not stated → two records Two towns." in page
