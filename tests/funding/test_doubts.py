"""Which records are put in front of a person as perhaps one, with score and reasons, and which never again."""

from typing import Any

import pytest
from django.db import connection
from factories import company, make_source, make_user, say, usd
from pytest_django.fixtures import DjangoAssertNumQueries

from companies.models import Company, Investor
from funding import recording
from funding.models import Change, Doubt
from funding.recording import doubts
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
OSLO = {"headquarters": Text("Oslo")}


def tell(name: str, **facts: Any) -> Change:
    """What an article says that nobody looked at: by name alone it joins no companies."""
    return say(make_source(), company=name, facts=facts, names_seen=False)


def pairs() -> list[tuple[str, str]]:
    found = Doubt.objects.order_by("-score", "pk").select_related(
        "left_company", "right_company", "left_investor", "right_investor"
    )
    return [(one.left.name, one.right.name) for one in found]


def only() -> Doubt:
    return Doubt.objects.get()


def test_two_records_of_one_name_without_a_second_fact_are_doubtful() -> None:
    tell("Halden Robotics")
    tell("Halden Robotics")
    assert Company.objects.live().count() == 2
    doubt = only()
    assert (doubt.left_company, doubt.right_company) == tuple(Company.objects.order_by("pk"))
    assert (doubt.score, doubt.reasons, doubt.state) == (100, ["same name"], "open")


def test_what_a_second_fact_makes_one_is_no_doubt() -> None:
    for _ in range(2):
        tell("Halden Robotics", **OSLO, founded_on=PartialDate(2016))
    assert Company.objects.live().count() == 1
    assert not pairs()


def test_facts_against_it_stand_among_the_reasons_and_lower_the_score() -> None:
    tell("Halden Robotics", founded_on=PartialDate(2012))
    tell("Halden Robotics", founded_on=PartialDate(2019))
    doubt = only()
    assert doubt.reasons == ["same name", "founded 7 years apart"]
    assert doubt.score < 100


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ("Halden Robotics", "Halden Robotic", "similar names"),
        ("Halden Robotics", "HaldenRobotics", "same name but for spaces"),
        ("Nordlumio", "N\u043erdlumi\u043e", "names that look alike in other letters"),
        ("Vikingatron", "Vikingatron Energy Systems", "same name with “energy systems” more"),
    ],
)
def test_near_and_look_alike_names_are_doubtful(a: str, b: str, reason: str) -> None:
    tell(a)
    tell(b)
    if Company.objects.live().count() == 2:
        assert only().reasons[0] == reason


def test_letters_of_another_script_are_told() -> None:
    tell("Nordlumio")
    tell("N\u043erdlumi\u043e")
    assert any("Cyrillic" in reason for reason in only().reasons)


def test_names_with_little_in_common_are_not() -> None:
    for name in ("Halden Robotics", "Mirelle Health", "Vela"):
        tell(name)
    assert not pairs()


def test_a_near_name_that_many_bear_needs_a_second_fact() -> None:
    tell("Orange")
    tell("Orange Robotics")
    assert not pairs()
    tell("Bridge", **OSLO)
    tell("Bridge Robotics", **OSLO)
    assert pairs() == [("Bridge", "Bridge Robotics")]
    assert "same seat (oslo)" in only().reasons


def test_a_city_is_no_other_seat_than_its_country() -> None:
    tell("Halden Robotics", headquarters=Text("San Francisco"), founded_on=PartialDate(2012))
    tell("Halden Robotics", headquarters=Text("United States"), founded_on=PartialDate(2010))
    assert "a seat that may be the same" in only().reasons
    assert "another seat" not in only().reasons


def test_records_of_one_website_that_decisions_keep_apart_are_doubtful() -> None:
    site = {"website": Text("https://www.halden.example/")}
    tell("Halden Robotics", **site)
    tell("Kestrel Energy")
    for name in ("Halden Robotics", "Kestrel Energy"):
        say(make_source(), company=name, decided={"company:0": company(name)})
    say(make_source(), company="Kestrel Energy", facts=site, decided={"company:0": company("Kestrel Energy")})
    doubt = only()
    assert (doubt.left.name, doubt.right.name) == ("Halden Robotics", "Kestrel Energy")
    assert "the same website halden.example" in doubt.reasons


def test_investors_of_a_like_name_are_doubtful() -> None:
    for name, investor in (("Halden Robotics", "Northgate Capital"), ("Vela", "Northgate Capital Partners")):
        say(make_source(), company=name, rounds={"0": {"raised": usd(4), "investors": [investor]}})
    doubt = only()
    assert {doubt.left, doubt.right} == set(Investor.objects.all())
    assert doubt.reasons[0] == "same name with “partners” more"


def test_what_one_text_keeps_apart_is_not_asked() -> None:
    told = {"0": {"raised": usd(4), "leads": ["Northgate Capital"], "investors": ["Northgate Capital Partners"]}}
    say(make_source(), rounds=told)
    assert Investor.objects.live().count() == 2
    assert not pairs()


def test_a_judged_pair_never_comes_back() -> None:
    tell("Halden Robotics")
    tell("Halden Robotics")
    first, second = Company.objects.order_by("pk")
    judged = recording.judge_different(first, second, by=make_user())
    assert not pairs()
    tell("Halden Robotics", **OSLO)
    assert frozenset((first, second)) not in {frozenset((one.left, one.right)) for one in Doubt.objects.all()}
    recording.undo(judged, None)
    assert (first.name, second.name) in pairs()


def test_a_judgement_holds_for_all_that_are_one_with_the_judged() -> None:
    tell("Halden Robotics")
    tell("Halden Robotics")
    tell("Haldan Robotics")
    a, b, c = Company.objects.order_by("pk")
    assert len(pairs()) == 3
    recording.judge_different(a, b, by=make_user())
    assert len(pairs()) == 2
    merge = recording.merge(b, c, by=make_user(), reason="A slip of the pen.")
    assert not pairs()
    recording.undo(merge, None)
    assert len(pairs()) == 2


def test_merged_records_are_no_doubt_and_undoing_makes_it_one_again() -> None:
    tell("Halden Robotics")
    tell("Halden Robotics")
    first, second = Company.objects.order_by("pk")
    merge = recording.merge(first, second, by=make_user(), reason="One firm.")
    assert not pairs()
    recording.undo(merge, None)
    assert len(pairs()) == 1


def test_a_record_of_which_nothing_is_said_any_more_is_no_doubt() -> None:
    tell("Halden Robotics")
    second = tell("Halden Robotics")
    undone = recording.undo(second, None)
    assert not pairs()
    assert undone.kind == Change.Kind.UNDO


def test_a_record_that_a_person_made_beside_another_of_its_name_is_not_asked_about() -> None:
    tell("Halden Robotics")
    tell("Halden Robotics")
    first, second = Company.objects.order_by("pk")
    for record in (first, second):
        say(make_source(), decided={"company:0": record})
    assert not pairs()


def test_a_doubt_that_was_put_off_stays_so_when_more_is_said() -> None:
    tell("Halden Robotics")
    tell("Halden Robotics")
    Doubt.objects.update(state=Doubt.State.LATER)
    say(make_source(), facts=OSLO)
    assert only().state == "later"


def test_one_of_a_name_that_dozens_bear_has_ten_doubts_at_most() -> None:
    for _ in range(14):
        tell("Lune")
    newest = Company.objects.order_by("pk").last()
    assert newest is not None
    assert doubts.SIDES[0].touching([newest.pk]).count() >= doubts.MOST_PAIRS
    assert Doubt.objects.count() < 14 * 13 / 2


def test_names_are_found_by_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select indexname from pg_indexes where indexname like 'compan%%by_%%'")
        found = {row[0] for row in cursor.fetchall()}
    for table in ("companies_company", "companies_investor"):
        assert {f"{table}_by_drawn", f"{table}_by_first_word", f"{table}_by_trigrams"} <= found


def test_without_trigrams_near_names_are_found_by_their_first_word() -> None:
    with connection.cursor() as cursor:
        cursor.execute("drop index companies_company_by_trigrams")
    tell("Halden Robotics")
    tell("Halden Robotic")
    tell("Haldem Robotics")
    assert pairs() == [("Halden Robotics", "Halden Robotic")]


def test_recording_what_makes_nothing_new_asks_little(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    told = {"raised": usd(4), "investors": ["Northgate Capital", "Bruma Partners", "Kestrel Ventures"]}
    say(make_source(), rounds={"0": told})
    ids = list(Investor.objects.values_list("pk", flat=True))
    later = Change.objects.create(kind=Change.Kind.REVIEW)
    with django_assert_max_num_queries(1):
        doubts.note_doubts(later, [], ids)
