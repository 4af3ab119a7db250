"""The page that compares companies: whom it takes, what it says of the others, and the figures side by side."""

import re

import pytest
from factories import company, fact, make_round, make_source, make_user, tell, usd

from companies.models import Company
from funding.values import Money, PartialDate, Undisclosed

pytestmark = pytest.mark.django_db


def page(client, query: str) -> str:
    answer = client.get(f"/compare/?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def shown(text: str) -> list[str]:
    """The companies in the order of the page."""
    return re.findall(r'<span class="chip">.*?</svg><span>([^<]*)</span>', text)


def refusals(text: str) -> str:
    found = re.search(r'id="compare-problems">(.*?)</div>', text, re.DOTALL)
    return found[1] if found else ""


def test_companies_stand_in_the_order_of_the_address_each_once(reader_client):
    for name in ("Alder", "Birch"):
        make_round(name)
    text = page(reader_client, "c=birch&c=alder&c=birch")
    assert shown(text) == ["Birch", "Alder"]
    assert not refusals(text)


def test_without_a_company_the_page_says_what_it_is_for(reader_client):
    text = page(reader_client, "")
    assert "Up to 8 companies side by side" in text
    assert "No company is chosen yet." in text


def test_a_ninth_is_left_out_by_name(reader_client):
    names = [f"Company {letter}" for letter in "abcdefghi"]
    for name in names:
        make_round(name)
    text = page(reader_client, "&".join(f"c=company-{letter}" for letter in "abcdefghi"))
    assert shown(text) == names[:8]
    assert "Up to 8 companies stand side by side; Company i is left out." in refusals(text)
    assert 'id="compare-add"' not in text


def test_an_unknown_address_is_said_and_the_others_are_shown(reader_client):
    make_round("Alder")
    text = page(reader_client, "c=nobody&c=alder")
    assert shown(text) == ["Alder"]
    assert "No company has the address “nobody”." in refusals(text)


def test_a_merged_company_is_followed(reader_client):
    make_round("Alder")
    make_round("Alder Labs")
    Company.objects.filter(slug="alder-labs").update(merged_into=company("Alder"))
    assert shown(page(reader_client, "c=alder-labs&c=alder")) == ["Alder"]


def test_a_company_that_nothing_speaks_of_any_more_is_said(reader_client):
    make_round("Alder")
    Company.objects.update(is_live=False)
    assert "No source that we hold speaks of Alder any more." in refusals(page(reader_client, "c=alder"))


def test_a_typed_name_is_put_into_the_address_with_the_choices_kept(reader_client):
    make_round("Alder")
    make_round("Birch")
    answer = reader_client.get("/compare/?c=alder&show=raised&q=birch&add=")
    assert (answer.status_code, answer["Location"]) == (302, "/compare/?c=alder&c=birch&show=raised")


def test_a_typed_name_that_nobody_has_is_kept_in_the_field(reader_client):
    make_round("Alder")
    text = page(reader_client, "c=alder&q=Cedar%20%3Cb%3E&add=")
    assert "No company is called “Cedar &lt;b&gt;”." in refusals(text)
    assert 'value="Cedar &lt;b&gt;"' in text
    assert shown(text) == ["Alder"]


def test_readers_are_offered_the_names_that_are_held_and_no_new_one(reader_client):
    make_round("Alder")
    text = reader_client.get("/compare/suggest/?q=ald").content.decode()
    assert 'data-name="Alder" data-id="alder"' in text
    assert 'class="create"' not in reader_client.get("/compare/suggest/?q=nobody").content.decode()


def test_each_can_be_removed_by_a_link_that_keeps_the_rest(reader_client):
    make_round("Alder")
    make_round("Birch")
    text = page(reader_client, "c=alder&c=birch&scale=log")
    assert 'href="/compare/?c=birch&amp;scale=log" aria-label="Remove Alder"' in text


def test_key_figures_stand_side_by_side_each_with_a_mark(reader_client):
    make_round("Alder", valuation=usd(90_000_000), basis="post")
    make_round("Birch", raised=Undisclosed())
    text = page(reader_client, "c=alder&c=birch")
    valuation = re.search(r'<th scope="row">Valuation</th>(.*?)</tr>', text)
    assert valuation
    first, second = re.findall(r"<td.*?</td>", valuation[1])
    assert "$90m" in first and 'href="/evidence/?valuation=' in first
    assert "not known" in second and "mark" not in second
    raised = re.search(r'<th scope="row">Raised in it</th>(.*?)</tr>', text)
    assert raised and "$10m" in raised[1] and "undisclosed" in raised[1]
    assert 'href="/companies/alder/#raised-rule"' in text


def test_what_cannot_be_read_of_the_view_is_said_and_the_usual_one_shown(reader_client):
    make_round("Alder", valuation=usd(90_000_000))
    text = page(reader_client, "c=alder&by=size")
    assert "“size” is no choice of this chart; it has date, founding." in text
    assert "by=size" not in text


def test_the_table_below_the_picture_has_the_sums_after_each_round(reader_client):
    make_round("Alder", announced_on=PartialDate(2021, 3), raised=usd(4_000_000))
    make_round("Alder", announced_on=PartialDate(2023), raised=Money.at_least(10_000_000, "USD"))
    text = page(reader_client, "c=alder&show=raised")
    rows = re.findall(r'<tr data-point="round-\d+">(.*?)</tr>', text, re.DOTALL)
    assert [re.findall(r'<td class="num">([^<]*)<', row)[-1] for row in rows] == ["$4m", "≥\xa0$14m"]


def test_htmx_gets_the_picture_alone(reader_client):
    make_round("Alder", valuation=usd(90_000_000))
    text = reader_client.get("/compare/?c=alder", headers={"HX-Request": "true"}).content.decode()
    assert text.startswith('<div class="chart" id="compare-chart">')


def test_as_of_a_date_nothing_later_is_compared(reader_client):
    make_round("Alder")
    text = page(reader_client, "c=alder&known=2020-01-01")
    assert "Nothing was held of Alder as of that date." in refusals(text)
    assert not shown(text)


def test_only_who_may_export_is_offered_the_file(reader_client, analyst_client):
    make_round("Alder", valuation=usd(90_000_000))
    assert "values.csv" not in page(reader_client, "c=alder")
    assert 'href="/compare/values.csv?c=alder"' in page(analyst_client, "c=alder")


def test_the_file_has_what_the_picture_shows(analyst_client):
    source = make_source()
    tell(
        source,
        fact("company:0", "founded_on", PartialDate(2020)),
        fact("round:0", "announced_on", PartialDate(2022, 7, 1)),
        fact("round:0", "valuation", Money.at_least(90_000_000, "USD", strictly=True), basis="post"),
        company="=Alder",
    )
    slug = Company.objects.get().slug
    number = Company.objects.get().rounds.get().pk
    answer = analyst_client.get(f"/compare/values.csv?c={slug}")
    head, row = answer.content.decode().splitlines()
    assert head.startswith("company,company_slug,shown,on,years_since_founding,currency,low,high")
    said = f"90000000,,true,false,false,USD,90000000,,post,stated,,{number}"
    assert row == f"'=Alder,{slug},valuation,2022-07-01,2,USD,{said}"
    assert answer["Content-Disposition"] == 'attachment; filename="roundbook-compare-valuation.csv"'


def test_eight_companies_take_at_most_twelve_queries(client, django_assert_max_num_queries):
    client.force_login(make_user("mia", "analyst"), backend="django.contrib.auth.backends.ModelBackend")
    for number in range(8):
        for year in (2021, 2023):
            make_round(f"Company {number}", announced_on=PartialDate(year), leads=[f"Lead {year}"], valuation=usd(9))
    with django_assert_max_num_queries(12):
        assert len(shown(page(client, "&".join(f"c=company-{number}" for number in range(8))))) == 8
