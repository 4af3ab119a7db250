"""What a typeahead field offers for what is typed."""

import pytest
from factories import company, make_source, say, usd

from companies import candidates
from companies.models import Alias, Company, Investor
from companies.search import indexing
from funding import recording
from funding.models import Change
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
COMPANIES, INVESTORS = "/companies/suggest/", "/investors/suggest/"


def hold(
    name: str, *, city: str = "", investors: tuple[str, ...] = (), leads: tuple[str, ...] = (), year: int = 2020
) -> Change:
    told = {
        "announced_on": PartialDate(year, 1, 5),
        "raised": usd(5_000_000),
        "investors": [*investors],
        "leads": [*leads],
    }
    facts = {"headquarters": Text(city)} if city else {}
    return say(make_source(), company=name, rounds={"0": told}, facts=facts)


def names(found: list[candidates.Candidate]) -> list[str]:
    return [one.name for one in found]


def test_names_that_begin_with_the_words_come_before_names_that_hold_them():
    for name in ("Orekestra", "New Kestrel", "Kestrel Robotics", "Kest"):
        hold(name)
    assert names(candidates.companies_like("kest")) == ["Kest", "Kestrel Robotics", "New Kestrel"]


def test_a_name_that_is_misspelt_is_offered_after_those_that_are_not():
    for name in ("Kestral Foods", "Kestrel Robotics"):
        hold(name)
    assert names(candidates.companies_like("kestral")) == ["Kestral Foods", "Kestrel Robotics"]


def test_case_accents_and_legal_forms_do_not_matter():
    hold("Crédit Müller")
    assert names(candidates.companies_like("CREDIT MULLER S.A.S.")) == ["Crédit Müller"]
    assert candidates.companies_like("credit mul")[0].parts == ("", "Crédit Mül", "ler")


def test_an_alias_finds_its_company_and_says_why():
    hold("Halden Robotics")
    Alias.objects.create(company=company(), name="Ferrovia", key="ferrovia")
    indexing.index_companies([company().pk])
    found = candidates.companies_like("ferro")
    assert [(one.name, one.reason) for one in found] == [("Halden Robotics", "also known as Ferrovia, 1 round")]


def test_a_company_is_told_by_its_place_and_rounds():
    hold("Halden Robotics", city="Oslo")
    assert candidates.companies_like("halden")[0].reason == "Oslo, 1 round"


def test_an_investor_is_told_by_its_rounds_and_how_many_it_led_the_busiest_first():
    hold("A", investors=("Kestrel One", "Kestrel Two"))
    hold("B", leads=("Kestrel Two",))
    assert [(one.name, one.reason) for one in candidates.investors_like("kestrel")] == [
        ("Kestrel Two", "2 rounds, led 1"),
        ("Kestrel One", "1 round"),
    ]


def test_what_was_taken_back_or_merged_is_not_offered():
    recording.undo(hold("Halden Robotics"), None)
    hold("Halden Labs")
    hold("Halden Old")
    Company.objects.filter(name="Halden Old").update(merged_into=company("Halden Labs"))
    assert names(candidates.companies_like("halden")) == ["Halden Labs"]


def test_the_fragment_marks_what_matched_and_offers_to_create_the_rest(editor_client):
    hold("Kestrel Robotics")
    text = editor_client.get(COMPANIES, {"company": "kest"}).text
    assert "<html" not in text
    assert "<b>Kest</b>rel Robotics" in text
    assert 'class="create" data-name="kest"' in text
    assert "Create “kest”" in text


def test_a_name_that_we_hold_is_not_offered_to_be_created(editor_client):
    hold("Kestrel Robotics", investors=("Bruma Ventures",))
    assert "Create" not in editor_client.get(COMPANIES, {"company": "KESTREL ROBOTICS"}).text
    assert "Create" not in editor_client.get(INVESTORS, {"investor": "bruma ventures"}).text


def test_typed_markup_is_text(editor_client):
    text = editor_client.get(COMPANIES, {"company": "<b>x"}).text
    assert "<b>x" not in text
    assert "&lt;b&gt;x" in text


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "\\", "'", "ﷺ" * 50, "x" * 5000])
def test_whatever_is_typed_is_answered(editor_client, typed):
    hold("Kestrel Robotics")
    for address in (COMPANIES, INVESTORS):
        assert editor_client.get(address, {"q": typed}).status_code == 200
    assert names(candidates.companies_like(typed)) == []


def test_at_most_eight_are_offered():
    for number in range(12):
        hold(f"Kestrel {number}")
    assert len(candidates.companies_like("kestrel")) == 8


def test_four_queries_find_the_candidates_and_typos_of_them(django_assert_max_num_queries):
    hold("Kestrel Robotics", investors=("Kestrel Partners",))
    with django_assert_max_num_queries(4):
        candidates.companies_like("kestrel")
    with django_assert_max_num_queries(4):
        candidates.investors_like("kestrel")


def test_a_suggestion_asks_three_queries_more_for_who_is_there(editor_client, django_assert_max_num_queries):
    hold("Kestrel Robotics")
    for address in (COMPANIES, INVESTORS):
        with django_assert_max_num_queries(7):
            editor_client.get(address, {"q": "kestrel"})


def test_a_company_is_known_by_its_name_or_an_alias():
    hold("Halden Robotics")
    Alias.objects.create(company=company(), name="Ferrovia", key="ferrovia")
    assert candidates.company_named("HALDEN ROBOTICS Inc") == company()
    assert candidates.company_named("Ferrovia") == company()
    assert candidates.company_named("Halden") is None


def test_investors_are_known_by_other_spellings():
    hold("Halden Robotics", investors=("Northgate Capital",))
    Alias.objects.create(investor=Investor.objects.get(), name="NGC", key="ngc")
    found = candidates.investors_named(["northgate capital", "NGC", "Nobody"])
    assert found == {"northgate capital": "Northgate Capital", "NGC": "Northgate Capital"}


@pytest.mark.parametrize("address", [COMPANIES, INVESTORS])
def test_only_editors_are_offered_names(address, reader_client, client):
    assert reader_client.get(address, {"q": "kest"}).status_code == 403
    assert client.get(address, {"q": "kest"}).status_code == 302
