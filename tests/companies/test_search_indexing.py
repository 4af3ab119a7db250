"""The search entries follow the records."""

import pytest
from django.db import connection
from django.urls import reverse
from factories import company, fact, make_source, say, tell, usd

from companies.models import Alias, Company, Investor, SearchEntry, SearchWord
from companies.search import indexing
from funding import recording
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db


def entries() -> list[tuple[str, str, bool, int]]:
    """What is held: the kind and name of each entry, whether it is an alias, and how busy."""
    found = SearchEntry.objects.order_by("name")
    return [(kind(one), one.name, one.is_alias, one.rounds) for one in found]


def kind(entry: SearchEntry) -> str:
    return "company" if entry.company_id else "investor" if entry.investor_id else "person"


def contents() -> set[tuple[object, ...]]:
    return {
        (one.company_id, one.investor_id, one.person_id, *said_by(one), *sorted(one.tokens))
        for one in SearchEntry.objects.all()
    }


def said_by(one: SearchEntry) -> tuple[object, ...]:
    return one.name, one.key, one.is_alias, one.rounds


def round_of(name: str = "Halden Robotics", year: int = 2024, **fields: object):
    told = {"announced_on": PartialDate(year, 2, 20), "raised": usd(10_000_000)} | fields
    return say(make_source(), company=name, rounds={"0": told})


def with_founder() -> None:
    source = make_source("Mira Solheim founded Halden Robotics.")
    tell(source, fact("person:0", "role", Text("founder"), "Mira Solheim founded", is_founder=True),
         names={"person:0": "Mira Solheim"})  # fmt: skip


def test_a_company_its_investors_and_people_are_held_as_they_are_recorded():
    round_of(investors=["Northgate Capital"])
    with_founder()
    assert entries() == [
        ("company", "Halden Robotics", False, 1),
        ("person", "Mira Solheim", False, 1),
        ("investor", "Northgate Capital", False, 1),
    ]


def test_how_busy_records_are_follows_their_rounds():
    round_of(investors=["Northgate Capital"])
    round_of(year=2021, investors=["Northgate Capital"])
    round_of("Fjordline", investors=["Northgate Capital"])
    assert entries() == [
        ("company", "Fjordline", False, 1),
        ("company", "Halden Robotics", False, 2),
        ("investor", "Northgate Capital", False, 3),
    ]


def test_nothing_is_left_of_what_was_taken_back():
    change = round_of(investors=["Northgate Capital"])
    recording.undo(change, None)
    assert entries() == []


def test_of_two_that_were_merged_one_is_held_by_both_names(editor):
    round_of("Halden Robotics", 2024)
    round_of("Ferrovia", 2021)
    recording.merge(company("Ferrovia"), company("Halden Robotics"), by=editor, reason="one company")
    assert {(of, name) for of, name, _, _ in entries()} == {("company", "Halden Robotics"), ("company", "Ferrovia")}
    assert SearchEntry.objects.values("company").distinct().count() == 1


def test_an_alias_by_hand_is_held_as_soon_as_it_is_saved_and_gone_with_it(admin_client):
    round_of(investors=["Northgate Capital"])
    investor = Investor.objects.get()
    admin_client.post(reverse("admin:companies_alias_add"), {"name": "NGC", "investor": investor.pk})
    assert ("investor", "NGC", True, 1) in entries()
    alias = Alias.objects.get()
    admin_client.post(reverse("admin:companies_alias_delete", args=[alias.pk]), {"post": "yes"})
    assert [name for _, name, _, _ in entries()] == ["Halden Robotics", "Northgate Capital"]


def test_filling_everything_gives_what_was_written_one_by_one():
    for year in (2016, 2017, 2018, 2019, 2021):
        round_of("Crédit Müller SAS", year, investors=["Northgate Capital", "Ænima Invest"])
    round_of("Acme")
    Alias.objects.create(company=company("Acme"), name="Ferrovia 東京", key="ferrovia 東京")
    indexing.index_companies([company("Acme").pk])
    with_founder()
    held, words = contents(), set(SearchWord.objects.values_list("word", flat=True))
    near = {one.word: sorted(one.near) for one in SearchWord.objects.all()}
    assert len(held) == 7
    indexing.index_everything()
    assert contents() == held
    assert set(SearchWord.objects.values_list("word", flat=True)) == words
    assert {one.word: sorted(one.near) for one in SearchWord.objects.all()} == near


def test_records_of_each_step_are_held_alike_by_either_way():
    busy = sorted({0, 1, *indexing.BUSY, *(least - 1 for least in indexing.BUSY), 10 * max(indexing.BUSY)})
    for rounds in busy:
        Company.objects.create(
            name=f"Marin {rounds}", key=f"marin {rounds}", slug=f"m-{rounds}", is_live=True, rounds_count=rounds
        )
    indexing.index_companies(list(Company.objects.values_list("pk", flat=True)))
    held = contents()
    assert {one.rounds: one.tokens.count("c256:marin") for one in SearchEntry.objects.all()} == {
        rounds: int(rounds >= 256) for rounds in busy
    }
    indexing.index_everything()
    assert contents() == held


def test_filling_everything_lays_names_that_begin_alike_together():
    for number, name in enumerate(("Marin", "Halden", "Orekestra", "Marin Air", "Halden Robotics", "Haldane")):
        Company.objects.create(name=name, key=name.casefold(), slug=f"m-{number}", is_live=True)
    indexing.index_everything()
    with connection.cursor() as cursor:
        cursor.execute("select key from companies_searchentry order by ctid")
        held = [key for (key,) in cursor.fetchall()]
        cursor.execute("select word from companies_searchword order by ctid")
        words = [word for (word,) in cursor.fetchall()]
    assert held == ["haldane", "halden", "halden robotics", "marin", "marin air", "orekestra"]
    assert words == ["air", "haldane", "halden", "marin", "orekestra", "robotics"]


def test_rebuilding_fills_them_again():
    round_of(investors=["Northgate Capital"])
    held = contents()
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    recording.rebuild()
    assert contents() == held
    assert SearchWord.objects.filter(word="halden").count() == 1


def test_a_record_that_did_not_change_is_not_written_again():
    round_of()
    before = set(SearchEntry.objects.values_list("pk", flat=True))
    recording.record(make_source(), [], [], origin="engine test", kind="review")
    indexing.index_companies([company().pk])
    assert set(SearchEntry.objects.values_list("pk", flat=True)) == before


def test_writing_takes_as_many_queries_for_many_records_as_for_one(django_assert_max_num_queries):
    for number in range(6):
        round_of(f"Halden {number}")
    ids = [one.company_id for one in SearchEntry.objects.all()]
    SearchEntry.objects.all().delete()
    with django_assert_max_num_queries(8):
        indexing.index_companies(ids)
    assert SearchEntry.objects.count() == 6
