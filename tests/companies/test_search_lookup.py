"""Which records are found by what is typed, and in which order."""

import pytest
from factories import company, fact, make_source, say, tell, usd

from companies.models import Alias, Company, Investor, Person
from companies.search import indexing, lookup
from companies.search.lookup import ENOUGH, find
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db


def hold(*names: str) -> None:
    """Companies of these names, as the bulk load would hold them."""
    Company.objects.bulk_create(
        Company(name=name, key=lookup.fold(name), slug=f"s-{Company.objects.count()}-{at}", is_live=True)
        for at, name in enumerate(names)
    )
    indexing.index_everything()


def busy(rounds: int, **named: str) -> None:
    """Let a company have so many rounds."""
    Company.objects.filter(**named).update(rounds_count=rounds)
    indexing.index_companies(list(Company.objects.filter(**named).values_list("pk", flat=True)))


def names(text: str, most: int = 8, **options: object) -> list[str]:
    return [one.name for one in find(text, most, **options)]


@pytest.mark.parametrize(
    "typed",
    [
        "halden robotics",
        "robotics halden",
        "rob hal",
        "HALDEN",
        "h r",
        "Halden Robotics, Inc.",
        "haldenrobotics",
        "ha",
    ],
)
def test_words_are_found_in_any_order_by_their_beginnings(typed):
    hold("Halden Robotics", "Fjordline")
    assert names(typed) == ["Halden Robotics"]


@pytest.mark.parametrize("typed", ["credit muller", "Crédit Müller SAS", "mull cred", "créd"])
def test_accents_and_legal_forms_do_not_matter(typed):
    hold("Crédit Müller SAS")
    assert names(typed) == ["Crédit Müller SAS"]


def test_a_name_written_in_one_word_is_found_by_two():
    hold("BackMarket")
    assert names("back market") == ["BackMarket"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("halde robotics", "Halden Robotics"),
        ("haldne", "Halden Robotics"),
        ("hadlen robotcis", "Halden Robotics"),
        ("haldeen", "Halden Robotics"),
        ("xalden", "Halden Robotics"),
        ("contetnsqare", "Contentsquare"),
        ("contnetsq", "Contentsquare"),
        ("kwto", "Kwot"),
        ("rmda rlogistics", "Ramda Logistics"),
    ],
)
def test_typos_are_forgiven(typed, name):
    hold("Halden Robotics", "Contentsquare", "Kwot", "Fjordline", "Armada Logistics", "Ramda Logistics")
    assert name in names(typed)


@pytest.mark.parametrize("typed", ["hal x", "haxxen", "qwo", "kwt", "contxxxsquare", "halden robotics fjord"])
def test_what_is_too_far_off_is_not_found(typed):
    hold("Halden Robotics", "Contentsquare", "Kwot", "Fjordline")
    assert names(typed) == []


def test_what_is_spelt_as_typed_comes_before_what_is_a_typo_away():
    hold("Kestral", "Kestrel")
    busy(40, name="Kestrel")
    assert names("kestral") == ["Kestral", "Kestrel"]
    assert names("kestral", as_typed=True) == ["Kestral"]


def test_the_whole_name_comes_first_then_its_beginning_then_the_busiest():
    hold("Northgate", "Northgate Bank", "New Northgate", "Old Northgate", "Northgate Air")
    busy(9, name="Old Northgate")
    busy(2, name="Northgate Bank")
    assert names("northgate") == ["Northgate", "Northgate Bank", "Northgate Air", "Old Northgate", "New Northgate"]


def test_an_alias_finds_its_record_once():
    hold("Halden Robotics")
    Alias.objects.create(company=company(), name="Halden Automation", key="halden automation")
    indexing.index_companies([company().pk])
    assert names("halden") == ["Halden Robotics"]
    found = find("halden auto", 8)
    assert [(one.name, one.is_alias, one.record) for one in found] == [("Halden Automation", True, company().pk)]


@pytest.mark.parametrize("typed", ["m", "ma", "mar", "marin", "marin data"])
def test_of_more_names_than_are_read_the_busiest_are_found_and_the_whole_name(typed):
    hold(*(f"Marin Data {number}" for number in range(ENOUGH + 50)), "M", "Ma", "Mar", "Marin", "Marin Data")
    busiest = [f"Marin Data {ENOUGH + 40 - at}" for at in range(3)]
    for name, rounds in zip(busiest, (70, 20, 5), strict=True):
        busy(rounds, name=name)
    found = names(typed, most=6)
    assert found[0].casefold() == typed
    assert [name for name in found if name in busiest] == busiest


def test_of_more_names_than_are_read_the_most_exact_of_the_busiest_come_first():
    hold(*(f"New Marin {number}" for number in range(ENOUGH + 50)), "Old Marin", "Marin Rail")
    busy(70, name="Old Marin")
    busy(20, name="Marin Rail")
    assert names("marin", most=2) == ["Marin Rail", "Old Marin"]


def test_investors_and_people_are_found_beside_companies():
    source = make_source("Mira Northgate founded Halden Robotics.")
    told = {"announced_on": PartialDate(2024, 2), "raised": usd(10), "investors": ["Northgate Capital"]}
    say(make_source(), company="Northgate Air", rounds={"0": told})
    tell(source, fact("person:0", "role", Text("founder"), "Mira Northgate founded", is_founder=True),
         names={"person:0": "Mira Northgate"})  # fmt: skip
    assert {(one.kind, one.record) for one in find("northgate", 8)} == {
        ("company", company("Northgate Air").pk),
        ("investor", Investor.objects.get().pk),
        ("person", Person.objects.get().pk),
    }
    assert [one.kind for one in find("northgate", 8, ["investor"])] == ["investor"]


@pytest.mark.parametrize(
    "typed", ["", " ", "%", "_", "\\", "'", "“”", "💶", "שלום", "x" * 10_000, "a " * 5_000, "ﷺ" * 90]
)
def test_whatever_is_typed_is_answered(typed):
    hold("Halden Robotics")
    assert names(typed) == []


def test_names_of_other_scripts_are_found():
    hold("東京製作所", "שלום טכנולוגיות", "Яндекс")
    assert names("東京") == ["東京製作所"]
    assert names("טכנו") == ["שלום טכנולוגיות"]
    assert names("яндкес") == ["Яндекс"]


@pytest.mark.parametrize(("typed", "queries"), [("halden", 3), ("hadlen robtics", 3), ("m", 1), ("marin", 1), ("", 0)])
def test_a_search_takes_few_queries_however_many_names_there_are(typed, queries, django_assert_max_num_queries):
    hold("Halden Robotics", *(f"Marin {number}" for number in range(ENOUGH + 50)))
    with django_assert_max_num_queries(queries):
        find(typed, 8)
