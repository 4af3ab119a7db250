"""The page of search results, and the options under the search box."""

import re

import pytest
from factories import company, fact, make_source, say, tell, usd

from companies.models import Alias, Company, Investor
from companies.search import indexing
from companies.views.search import OF_ONE_KIND, ON_PAGE
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
    context = client.get(address, {"q": typed}).context
    groups = context["groups"] if address == OPTIONS else [section.group for section in context["kinds"]]
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
    assert re.search(r'<a href="/companies/"[^>]*>Companies</a>', text)  # the sections stand on top of it


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


def many(number: int) -> None:
    """Companies that a search finds together, and an investor among them."""
    Company.objects.bulk_create(
        Company(name=f"Marin {at}", key=f"marin {at}", slug=f"marin-{at}", is_live=True) for at in range(number)
    )
    Investor.objects.create(name="Marin Capital", key="marin capital", slug="marin-capital", is_live=True)
    indexing.index_everything()


def test_the_first_of_each_kind_are_shown_and_lead_to_more_of_it(reader_client):
    many(ON_PAGE + 5)
    page = reader_client.get(PAGE, {"q": "marin"})
    assert [len(section.items) for section in page.context["kinds"]] == [ON_PAGE, 1]
    assert "the first 20; type more to narrow them" in page.text
    assert "The first 20 of each kind, the most exact first." in page.text
    assert page.text.count("Show up to 100") == 1
    assert '<a href="?q=marin&amp;kind=company">Show up to 100</a>' in page.text


def test_one_kind_is_shown_alone_with_more_of_it_and_a_way_back(reader_client):
    many(OF_ONE_KIND + 5)
    page = reader_client.get(PAGE, {"q": "marin", "kind": "company"})
    assert [(one.group.kind, len(one.items)) for one in page.context["kinds"]] == [("company", OF_ONE_KIND)]
    assert "The first 100, the most exact first." in page.text
    assert '<a href="?q=marin">Show all kinds</a>' in page.text
    assert "Show up to" not in page.text
    investors = reader_client.get(PAGE, {"q": "marin", "kind": "investor"})
    assert [one.group.kind for one in investors.context["kinds"]] == ["investor"]
    assert "1 result." in investors.text


@pytest.mark.parametrize(
    ("typed", "kind", "names"),
    [
        ("halden series a", "round", ["Halden Robotics, Series A"]),
        ("halden series a", "company", ["Halden Robotics"]),
        ("halden series a", "person", ["Mira Halden"]),
        ("halden", "round", []),
    ],
)
def test_one_kind_is_found_of_words_that_ask_for_rounds(reader_client, story, typed, kind, names):
    sections = reader_client.get(PAGE, {"q": typed, "kind": kind}).context["kinds"]
    assert [(one.group.kind, [result.name for result in one.group.results]) for one in sections] == (
        [(kind, names)] if names else []
    )


def test_a_kind_that_there_is_not_is_refused_with_a_reason(reader_client, story):
    answer = reader_client.get(PAGE, {"q": "halden", "kind": "sector"})
    assert answer.status_code == 422
    assert "There is no such kind of results." in answer.text


def test_companies_are_ticked_to_be_compared_where_there_are_several(reader_client, story):
    tick = 'form="compare" name="c" value="halden-robotics" aria-label="Compare Halden Robotics"'
    assert tick not in reader_client.get(PAGE, {"q": "halden"}).text
    say(make_source(), company="Halden Foods", rounds={"0": {"raised": usd(5)}})
    assert tick in reader_client.get(PAGE, {"q": "halden"}).text


def test_what_is_typed_and_found_is_no_markup(reader_client):
    say(make_source(), company="Halden <i>&amp; Sons</i>", rounds={"0": {"raised": usd(5)}})
    for address in (PAGE, OPTIONS):
        text = reader_client.get(address, {"q": "halden"}).text
        assert "<b>Halden</b> &lt;i&gt;&amp;amp; Sons&lt;/i&gt;" in text
        assert "<i>" not in text


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
