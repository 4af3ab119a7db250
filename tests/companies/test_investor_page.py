"""The page of one investor: its figures, portfolio, years, newest rounds and those it invests with."""

import re
from typing import Any

import pytest
from factories import make_round, make_source, make_user, say, usd

from companies.models import Alias, Investor
from companies.views import investor_portfolio
from config import paging
from funding import recording
from funding.values import PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def page(client: Any, slug: str = "northgate", query: str = "") -> str:
    return client.get(f"/investors/{slug}/{query}").content.decode()


def part(text: str, name: str) -> str:
    """The section of a heading with this id."""
    return text[text.index(f'id="{name}"') :].partition("</section>")[0]


def companies_in(text: str) -> list[str]:
    """The companies of the portfolio, as far as it is shown."""
    table = text[text.index('id="portfolio-table"') :].partition("</table>")[0]
    return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', table)


def figures(text: str) -> dict[str, str]:
    """The figures on top by their names."""
    return dict(re.findall(r"<div><dt>([^<]*)</dt>\s*<dd[^>]*>([^<]*)<", text))


def test_the_figures_count_closed_rounds_companies_and_leads(reader_client):
    make_round("Halden", announced_on=PartialDate(2022, 5), leads=["Northgate"])
    make_round("Halden", announced_on=PartialDate(2024, 2, 1), investors=["Northgate"])
    make_round("Quillwork", announced_on=PartialDate(2023), investors=["Northgate"])
    make_round("Kivik", announced_on=PartialDate(2024, 9), investors=["Northgate"], status=Text("rumoured"))
    text = page(reader_client)
    assert figures(text) == {
        "Closed rounds": "3", "Companies": "2", "Said to lead": "1", "Last round": "1 Feb 2024",
        "Since entry": "not known",
    }  # fmt: skip
    assert "33.3% of its closed rounds" in text
    assert "the first of 2022" in text


def test_other_names_and_a_company_of_the_same_name_are_told(reader_client):
    make_round("Halden", investors=["Northgate"])
    make_round("Northgate")
    Alias.objects.create(investor=Investor.objects.get(), name="NG Capital", key="ng capital")
    text = page(reader_client)
    assert "Also called NG Capital." in text
    assert '<a href="/companies/northgate/">Also a company here</a>' in text


def test_a_lead_is_stated_or_not_stated_and_every_part_has_its_mark(reader_client):
    make_round("Halden", leads=["Northgate"])
    make_round("Quillwork", investors=["Northgate"], raised=Undisclosed())
    found = part(page(reader_client), "rounds")
    assert '<span class="lead">yes</span><a class="mark"' in found
    assert '<span class="absent">not stated</span><a class="mark"' in found
    assert '<span class="absent">undisclosed</span>' in found


def test_others_are_ranked_by_the_rounds_they_share(reader_client):
    make_round("A", investors=["Northgate", "Often", "Once"])
    make_round("B", investors=["Northgate", "Often"])
    make_round("C", investors=["Often", "Never with it"])
    found = re.findall(
        r'/investors/[^"]*">([^<]*)</a></th><td class="num">([^<]*)<',
        part(page(reader_client, query="with/"), "invests-with"),
    )
    assert found == [("Often", "2 rounds"), ("Once", "1 round")]


def test_the_portfolio_has_the_entry_and_counts_its_own_parts_alone(reader_client):
    make_round("Halden", announced_on=PartialDate(2018), investors=["Other"], stage=Text("seed"))
    make_round("Halden", announced_on=PartialDate(2020, 4), leads=["Northgate"], stage=Text("series_a"))
    make_round("Halden", announced_on=PartialDate(2022), investors=["Northgate", "Other"], stage=Text("series_b"))
    found = part(page(reader_client), "portfolio-table")
    assert re.search(r"Series A\s*<span class=\"second date\"><a href=\"/rounds/\d+/\">Apr 2020<", found)
    assert '<td class="num at-wide">2<span class="second is-flush">led 1</span></td>' in found
    assert '<td class="date at-wide">2022</td>' in found


def test_values_then_and_now_have_marks_and_the_one_by_the_other(reader_client):
    make_round("Halden", announced_on=PartialDate(2020), valuation=usd(40_000_000), basis="post", leads=["Northgate"])
    make_round("Halden", announced_on=PartialDate(2024), valuation=usd(100_000_000), basis="post")
    text = page(reader_client)
    found = part(text, "portfolio-table")
    assert found.count('href="/evidence/?valuation=') == 2
    assert '<td class="num">2.5×<span class="second is-flush">worth more</span></td>' in found
    assert figures(text)["Since entry"] == "2.5×"
    assert "The one value at entry and now that is known exactly" in text


def test_the_portfolio_goes_on_page_by_page(reader_client, monkeypatch):
    for year in range(2018, 2023):
        make_round(f"Company of {year}", announced_on=PartialDate(year), investors=["Northgate"])
    monkeypatch.setattr(paging.take, "__defaults__", ("", 3))
    text = page(reader_client)
    assert companies_in(text) == ["Company of 2022", "Company of 2021", "Company of 2020"]
    following = re.search(r'<a href="(\?after=[^"#]*)#portfolio" rel="next"', text)
    assert following
    answer = reader_client.get(f"/investors/northgate/{following[1]}", headers=HTMX)
    text = answer.content.decode()
    assert text.startswith('<div id="portfolio-table">')
    assert companies_in(text) == ["Company of 2019", "Company of 2018"]
    assert answer["HX-Push-Url"] == f"/investors/northgate/{following[1]}"


def test_the_portfolio_is_filtered_by_the_stage_of_entry_and_by_leads(reader_client):
    make_round("Alder", stage=Text("seed"), leads=["Northgate"])
    make_round("Birch", stage=Text("seed"), investors=["Northgate"])
    make_round("Cinder", stage=Text("series_a"), leads=["Northgate"])
    make_round("Dune", leads=["Northgate"])
    assert sorted(companies_in(page(reader_client, query="?stage=seed"))) == ["Alder", "Birch"]
    assert companies_in(page(reader_client, query="?stage=seed&led=yes")) == ["Alder"]
    assert companies_in(page(reader_client, query="?stage=not_stated")) == ["Dune"]
    assert "No company of its portfolio is like this." in page(reader_client, query="?stage=growth")


def test_a_filter_looks_through_so_many_of_the_newest_and_says_so(reader_client, monkeypatch):
    monkeypatch.setattr(investor_portfolio, "WITHIN", 1)
    make_round("Alder", announced_on=PartialDate(2020), leads=["Northgate"])
    make_round("Birch", announced_on=PartialDate(2022), leads=["Northgate"])
    text = page(reader_client, query="?led=yes")
    assert companies_in(text) == ["Birch"]
    assert "Looked for among its newest 1 companies." in text


@pytest.mark.parametrize("query", ["?stage=big", "?led=no", "?after=x", "?after=2020-13-01~4"])
def test_what_cannot_be_read_of_the_address_is_said(reader_client, query):
    make_round("Halden", investors=["Northgate"])
    answer = reader_client.get(f"/investors/northgate/{query}")
    assert answer.status_code == 422
    assert "This cannot be read" in answer.content.decode()


def test_years_stand_in_a_table_below_their_bars(reader_client):
    make_round("Halden", announced_on=PartialDate(2021, 5), stage=Text("seed"), leads=["Northgate"])
    make_round("Quillwork", announced_on=PartialDate(2022), investors=["Northgate"])
    found = part(page(reader_client), "by-year")
    rows = re.findall(
        r'until=(\d{4})&amp;status=closed">\d{4}</a></th><td class="num">(\d+)</td><td class="num">(\d+)<', found
    )
    assert rows == [("2022", "1", "0"), ("2021", "1", "1")]
    assert found.count("<svg class=") >= 2


def test_the_file_of_years_has_every_stage(analyst_client):
    make_round("Halden", announced_on=PartialDate(2021, 5), stage=Text("seed"), leads=["Northgate"])
    make_round("Quillwork", announced_on=PartialDate(2021), investors=["Northgate"])
    answer = analyst_client.get("/investors/northgate/years.csv")
    assert answer.content.decode().splitlines() == ["year,stage,rounds,led", "2021,,1,0", "2021,seed,1,1"]
    assert answer["Content-Disposition"] == 'attachment; filename="roundbook-northgate-years.csv"'


def test_who_is_named_only_in_a_rumoured_round_is_told_so(reader_client):
    make_round("Halden", investors=["Northgate"], status=Text("rumoured"))
    text = page(reader_client)
    assert "Sources name it only in rounds that are rumoured or were cancelled." in text
    assert 'href="/rounds/?investor=northgate"' in text


def test_a_merged_investor_leads_to_the_one_it_is_now(reader_client):
    make_round("Halden", investors=["Northgate", "North Gate Partners"])
    kept = Investor.objects.get(slug="northgate")
    Investor.objects.filter(slug="north-gate-partners").update(merged_into=kept)
    answer = reader_client.get("/investors/north-gate-partners/")
    assert (answer.status_code, answer["Location"]) == (301, "/investors/northgate/")


def test_an_unknown_investor_is_not_found(reader_client):
    assert reader_client.get("/investors/nobody/").status_code == 404


def test_an_investor_of_whom_nothing_is_said_any_more_is_gone(reader_client, editor):
    change = say(make_source(), rounds={"0": {"announced_on": PartialDate(2024), "investors": ["Northgate"]}})
    recording.undo(change, editor)
    answer = reader_client.get("/investors/northgate/")
    assert answer.status_code == 410
    assert "No source we hold speaks of this investor any more." in answer.content.decode()


def test_the_exports_are_offered_to_who_may_export(reader_client, analyst_client):
    make_round("Halden", investors=["Northgate"])
    text = page(reader_client)
    assert "/export/" not in text and "years.csv" not in text
    text = page(analyst_client)
    assert 'href="/export/participations.csv?investor=northgate"' in text
    assert 'href="/investors/northgate/years.csv"' in text


@pytest.mark.parametrize("query", ["", "?stage=seed&led=yes"])
def test_the_page_asks_at_most_twelve_queries(client, django_assert_max_num_queries, query):
    client.force_login(make_user("mia", "editor"), backend="django.contrib.auth.backends.ModelBackend")
    for number in range(12):
        make_round(
            f"Company {number}",
            leads=["Northgate"],
            investors=[f"Other {number}"],
            valuation=usd(9),
            stage=Text("seed"),
        )
    with django_assert_max_num_queries(12):
        assert len(companies_in(page(client, query=query))) == 12
