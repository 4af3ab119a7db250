"""Spellings of one line of business are one sector."""

import importlib

import pytest
from django.db import connection
from django.utils import translation
from factories import make_source, make_user, say, usd

from companies import sectors
from companies.models import Company, Sector
from funding.extraction.vocabulary import load
from funding.models import RoundSize, RoundTotal
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
MIGRATION = importlib.import_module("funding.migrations.0027_sectors_by_key")
ROUND = {"announced_on": PartialDate(2024, 2, 20), "raised": usd(10_000_000)}


def make_company(name: str, sector: str) -> Company:
    say(make_source(), company=name, facts={"sector": Text(sector)}, rounds={"0": ROUND})
    return Company.objects.get(name=name)


def test_a_sector_is_one_whatever_its_spelling():
    first, second = make_company("Halden", "Health & Care"), make_company("Fjordline", "health and care")
    assert first.sector_ids == second.sector_ids
    assert [one.name for one in Sector.objects.all()] == ["Health & Care"]


def test_several_spellings_in_one_go_make_one_sector():
    ids = sectors.held(["software", "Software", "Robotics"])
    assert ids["software"] == ids["Software"] != ids["Robotics"]
    assert sorted(Sector.objects.values_list("name", flat=True)) == ["Robotics", "Software"]
    assert sectors.held([]) == {}


def test_a_sector_keeps_the_spelling_that_it_was_given_first() -> None:
    first = sectors.held(["software"])["software"]
    assert sectors.held(["Software"]) == {"Software": first}
    assert Sector.objects.get().name == "software"


@pytest.mark.parametrize("address", ["/companies/?sector=HEALTH%20%26%20CARE", "/?sector=health%20and%20Care"])
def test_a_list_and_the_overview_find_all_of_a_sector_by_any_spelling(client, address):
    make_company("Halden", "Health & Care")
    make_company("Fjordline", "health and care")
    client.force_login(make_user())
    page = client.get(address).content.decode()
    assert "Halden" in page
    assert "Fjordline" in page


def test_sectors_that_differed_in_spelling_are_made_one_by_the_migration():
    halden, fjordline = make_company("Halden", "Software"), make_company("Fjordline", "Robotics")
    [software], [robotics] = halden.sector_ids, fjordline.sector_ids
    want = [set(model.objects.values_list(*columns)) for model, columns in CELLS]
    # As it was before: a second spelling, of both companies, and a round of Halden counted in each.
    other = Sector.objects.create(name="software", key="software as it was").pk
    for one in (halden, fjordline):
        one.sectors.add(other)
        ids = sorted([*one.sector_ids, other])
        Company.objects.filter(pk=one.pk).update(sector_ids=ids)
        one.rounds.update(sector_ids=ids)
    for cell in RoundTotal.objects.filter(sector=software):
        cell.pk, cell.sector = None, other
        cell.save()
    with connection.schema_editor() as editor:
        MIGRATION.merge(None, editor)
    assert dict(Sector.objects.values_list("pk", "key")) == {software: "software", robotics: "robotics"}
    halden.refresh_from_db()
    fjordline.refresh_from_db()
    assert (halden.sector_ids, fjordline.sector_ids) == ([software], sorted([software, robotics]))
    assert [one.sector_ids for one in fjordline.rounds.all()] == [fjordline.sector_ids]
    assert {one.pk for one in fjordline.sectors.all()} == {software, robotics}
    # Fjordline's round is counted in Software now, and Halden's once.
    found = [set(model.objects.values_list(*columns)) for model, columns in CELLS]
    others, before = ({row for row in rows if row[3] != software} for rows in (found[0], want[0]))
    assert others == before
    assert {rows[4] for rows in found[0] if rows[3] == software} == {2}
    assert {rows[5] for rows in found[1] if rows[3] == software} == {2}


CELLS = (
    (RoundTotal, ("quarter", "stage", "country", "sector", "rounds", "usd")),
    (RoundSize, ("quarter", "stage", "country", "sector", "size", "rounds")),
)


@pytest.mark.parametrize(
    ("name", "english", "french"),
    [
        ("artificial intelligence", "artificial intelligence", "intelligence artificielle"),
        ("Artificial Intelligence", "Artificial Intelligence", "Intelligence artificielle"),
        ("Quantum widgets", "Quantum widgets", "Quantum widgets"),
        ("", "", ""),
    ],
)
def test_a_sector_that_articles_are_read_for_is_told_in_the_language_of_the_reader(
    name: str, english: str, french: str
):
    with translation.override("en-gb"):
        assert sectors.in_words(name) == english
    with translation.override("fr"):
        assert sectors.in_words(name) == french


def test_all_sectors_that_articles_are_read_for_have_words():
    assert {sectors.key_of(code) for code in load("en").sectors} == sectors.READ


def test_pages_tell_of_sectors_in_the_language_of_the_reader(reader_client):
    make_company("Halden", "robotics")
    reader_client.cookies["django_language"] = "fr"
    for page in ("/companies/", "/companies/halden/", "/rounds/", "/", "/companies/?sector=robotics"):
        told = reader_client.get(page).content.decode()
        assert "obotique" in told, page
