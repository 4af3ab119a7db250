"""The page of search results, and the options under the search box."""

import pytest
from factories import company, fact, make_source, say, tell, usd

from companies.models import Alias, Company
from companies.search import indexing
from companies.views.search import ON_PAGE
from funding.models import Round
from funding.values import PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db
PAGE, OPTIONS = "/search/", "/search/suggest/"


@pytest.fixture
def story() -> None:
    """A company with three rounds, its investor and its founder, and another company."""
    for stage, year, raised in (("seed", 2021, usd(4_000_000)), ("series_a", 2022, usd(20_000_000)),
                                ("series_b", 2024, Undisclosed())):  # fmt: skip
        told = {
            "stage": Text(stage),
            "announced_on": PartialDate(year, 3),
            "raised": raised,
            "investors": ["Halden Family Office"],
        }
        say(make_source(), company="Halden Robotics", rounds={"0": told})
    say(make_source(), company="Fjordline", rounds={"0": {"stage": Text("seed"), "announced_on": PartialDate(2022)}})
    tell(
        make_source("Mira Halden founded Halden Robotics in Oslo."),
        fact("company:0", "headquarters", Text("Oslo"), "Oslo"),
        fact("person:0", "role", Text("founder"), "Mira Halden founded", is_founder=True),
        names={"person:0": "Mira Halden"},
    )


def results(client, typed: str, address: str = PAGE) -> list[tuple[str, list[tuple[str, str]]]]:
    """By kind, the name and details of each result."""
    groups = client.get(address, {"q": typed}).context["groups"]
    return [(group.kind, [(one.name, one.detail) for one in group.results]) for group in groups]


def test_results_stand_by_kind_with_what_tells_them_apart(reader_client, story):
    assert results(reader_client, "halden") == [
        ("company", [("Halden Robotics", "Oslo, 3 rounds")]),
        ("investor", [("Halden Family Office", "3 rounds")]),
        ("person", [("Mira Halden", "founder, Halden Robotics")]),
    ]


def test_the_kind_of_the_most_exact_comes_first(reader_client, story):
    kinds = [kind for kind, _ in results(reader_client, "halden family office")]
    assert kinds[0] == "investor"


def test_people_come_last_unless_one_bears_the_very_name(reader_client, story):
    say(make_source(), company="Nova Mirage", rounds={"0": {"raised": usd(5)}})
    assert [kind for kind, _ in results(reader_client, "mir")] == ["company", "person"]
    assert [kind for kind, _ in results(reader_client, "mira halden")][0] == "person"


def test_the_page_reads_without_a_script_and_leads_to_each_result(reader_client, story):
    text = reader_client.get(PAGE, {"q": "hald"}).text
    assert '<a href="/companies/halden-robotics/"><b>Hald</b>en Robotics' in text
    assert 'value="hald"' in text
    assert "3 results, the most exact first." in text


def test_an_alias_says_why_its_company_is_found(reader_client, story):
    Alias.objects.create(company=company(), name="Ferrovia", key="ferrovia")
    indexing.index_companies([company().pk])
    assert results(reader_client, "ferrov") == [
        ("company", [("Halden Robotics", "also known as Ferrovia, Oslo, 3 rounds")])
    ]


@pytest.mark.parametrize(
    ("typed", "rounds"),
    [
        ("Series B of Halden", ["Halden Robotics, Series B"]),
        ("halden series a 2022", ["Halden Robotics, Series A"]),
        ("halden série a", ["Halden Robotics, Series A"]),
        ("Halden 2021", ["Halden Robotics, Seed"]),
        ("tour d'amorçage de Halden", ["Halden Robotics, Seed"]),
        ("haldne series b", ["Halden Robotics, Series B"]),
        ("halden rounds", ["Halden Robotics, Series B", "Halden Robotics, Series A", "Halden Robotics, Seed"]),
        ("seed 2022", ["Fjordline, Seed"]),
        ("seed", ["Fjordline, Seed", "Halden Robotics, Seed"]),
        ("2024", ["Halden Robotics, Series B"]),
        ("halden series c", []),
        ("halden 1999", []),
        ("nobody series a", []),
        ("halden", []),
        ("rounds", []),
    ],
)
def test_rounds_are_found_by_company_stage_and_year(reader_client, story, typed, rounds):
    found = dict(results(reader_client, typed))
    assert [name for name, _ in found.get("round", [])] == rounds


def test_a_round_is_told_by_its_date_and_amount_and_stands_first(reader_client, story):
    found = results(reader_client, "halden 2022")
    assert found[0] == ("round", [("Halden Robotics, Series A", "Mar 2022, $20m")])
    assert found[1][0] == "company"
    assert results(reader_client, "halden 2024")[0][1] == [
        ("Halden Robotics, Series B", "Mar 2024, amount undisclosed")
    ]


def test_a_company_whose_name_is_a_stage_is_found_by_it(reader_client, story):
    say(make_source(), company="Seed Health", rounds={"0": {"announced_on": PartialDate(2024)}})
    assert ("company", [("Seed Health", "1 round")]) in results(reader_client, "seed health")


def test_what_was_taken_back_or_merged_is_not_found(reader_client, story):
    Company.objects.filter(name="Halden Robotics").update(is_live=False)
    Round.objects.update(is_live=False)
    assert [kind for kind, _ in results(reader_client, "halden series b")] == ["investor", "person"]


def test_no_more_than_fifty_of_a_kind_are_shown_and_the_page_says_so(reader_client):
    Company.objects.bulk_create(
        Company(name=f"Marin {at}", key=f"marin {at}", slug=f"marin-{at}", is_live=True) for at in range(ON_PAGE + 5)
    )
    indexing.index_everything()
    page = reader_client.get(PAGE, {"q": "marin"})
    assert len(page.context["groups"][0].results) == ON_PAGE
    assert "the first 50; type more to narrow them" in page.text


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("?!…", "A search needs letters or digits of a name."),
        ("%%", "A search needs letters or digits of a name."),
        ("x" * 10_000, "A search has at most 200 characters."),
    ],
)
def test_what_cannot_be_searched_for_is_said(reader_client, typed, message):
    answer = reader_client.get(PAGE, {"q": typed})
    assert answer.status_code == 422
    assert message in answer.text
    assert message in reader_client.get(OPTIONS, {"q": typed}).text


@pytest.mark.parametrize(
    "typed", ["", "שלום", "\u202eabc", "<script>", "'; --x", "%%d", "a\tb\nc", "🚀 rocket", "a " * 99]
)
def test_whatever_is_typed_is_answered(reader_client, story, typed):
    for address in (PAGE, OPTIONS):
        answer = reader_client.get(address, {"q": typed})
        assert answer.status_code == 200
        assert "<script>;" not in answer.text


def test_a_nul_is_refused_with_a_reason(reader_client):
    for address in (PAGE, OPTIONS):
        answer = reader_client.get(f"{address}?q=a%00b")
        assert answer.status_code == 400
        assert "NUL" in answer.text


def test_nothing_found_is_said_with_a_way_on(reader_client, story):
    text = reader_client.get(PAGE, {"q": "zzzzqq"}).text
    assert "No company, investor, person or round is found for “zzzzqq”" in text
    assert "Nothing is found" in reader_client.get(OPTIONS, {"q": "zzzzqq"}).text


def test_the_options_lead_to_their_records_and_to_the_whole_page(reader_client, story):
    text = reader_client.get(OPTIONS, {"q": "hald"}).text
    assert "<html" not in text
    assert 'data-id="/companies/halden-robotics/"' in text
    assert 'data-id="/search/?q=hald"' in text


def test_every_page_has_the_box(reader_client):
    assert 'id="site-search"' in reader_client.get("/companies/").text


def test_visitors_may_not_search(client, settings):
    settings.ROUNDBOOK_OPEN_READING = "nobody"
    for address in (PAGE, OPTIONS):
        assert client.get(address, {"q": "halden"}).status_code == 302


@pytest.mark.parametrize("typed", ["halden", "hadlen", "halden series b 2024", "hadlen 2022", "h", "zzzzqq"])
def test_a_search_takes_at_most_twelve_queries(reader_client, story, typed, django_assert_max_num_queries):
    for address in (PAGE, OPTIONS):
        with django_assert_max_num_queries(12):
            reader_client.get(address, {"q": typed})
