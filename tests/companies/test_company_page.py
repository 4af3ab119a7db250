"""The page of one company."""

import datetime
import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client
from factories import STORY, company, fact, make_source, say, tell, tell_story, usd
from pytest_django.fixtures import DjangoAssertNumQueries

from companies.models import Company, Investor
from funding import recording
from funding.models import Participation, Review, Round, Valuation
from funding.values import Money, PartialDate, Quantity, Text, Undisclosed, Value

pytestmark = pytest.mark.django_db
PAGE = "/companies/halden-robotics/"


def shown(client: Client, address: str = PAGE, **headers: str) -> str:
    """The page's words, without its markup and with single spaces."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    text = re.sub(r"<[^>]*>", " ", answer.content.decode())
    return " ".join(text.replace("&gt;", ">").replace("&lt;", "<").replace("\u00a0", " ").split())


def test_the_head_says_what_the_company_is(reader_client: Client) -> None:
    tell_story()
    assert "Oslo, 1 founded in 2016. 1 Two rounds, the last on 1 Mar 2024." in shown(reader_client)


def test_the_strip_shows_values_multiple_and_what_was_raised(reader_client: Client) -> None:
    tell_story()
    words = shown(reader_client)
    assert "Valuation $900m 1 1 Mar 2024. Pre- or post-money not stated." in words
    assert "Value before that $50m – $450m ∴ May 2022. Derived, both ends excluded." in words
    assert "Multiple > 2× 1 Stated. Step-up > 1.9× if $900m is post-money, an up round." in words
    assert "Raised, all types $92m ∴ 2 rounds. Equity alone: the same." in words
    assert "Unicorn No 1 Below $1bn." in words


def test_the_sum_says_its_rule_and_what_it_leaves_out(reader_client: Client) -> None:
    tell_story()
    say(
        make_source(),
        rounds={"0": {"announced_on": PartialDate(2019), "stage": Text("debt_financing"), "raised": usd(8_000_000)}},
    )
    assert "$100m is the sum of 3 closed rounds. All types but secondary sales" in shown(reader_client)
    assert "Equity alone, without debt and grants: $92m in 2." in shown(reader_client)


def test_undisclosed_rounds_are_counted_and_never_a_nought(reader_client: Client) -> None:
    say(make_source(), rounds={"0": {"announced_on": PartialDate(2019), "raised": Undisclosed()}})
    words = shown(reader_client)
    assert "Raised, all types not known 1 more undisclosed" in words
    assert "2019 1 Venture stage not stated undisclosed 1" in words


def test_what_a_stated_total_leaves_without_a_round_is_said(reader_client: Client) -> None:
    tell_story()
    tell(
        make_source("In all it raised $100 million."),
        fact("company:0", "total_raised", usd(100_000_000), "$100 million"),
    )
    assert "A source states $100m in all, 2 which leaves $8m without a round." in shown(reader_client)


def test_rounds_stand_newest_first_with_leads_and_marks(reader_client: Client) -> None:
    tell_story()
    words = shown(reader_client)
    assert (
        "1 Mar 2024 1 Venture stage not stated $42 m 1 Northgate Capital 1 Fjordline 1 $900 m 1 basis not stated"
        in words
    )
    assert (
        "May 2022 1 Venture stage not stated $50 m 1 not stated not stated $50m – $450 m ∴ derived none before 1"
        in words
    )


def test_a_round_opens_into_the_words_that_tell_it(reader_client: Client) -> None:
    tell_story()
    words = shown(reader_client)
    assert "Evidence of Venture, 1 Mar 2024 “Halden Robotics takes in $42 million" in words
    assert "Amount raised: $42m" in words
    assert "Investor: Fjordline; Northgate Capital, lead" in words


def test_the_words_of_older_rounds_are_fetched_when_they_are_opened(reader_client: Client) -> None:
    for year in range(2000, 2014):
        say(make_source(), rounds={"0": {"announced_on": PartialDate(year, 3, 1), "raised": usd(year * 1000)}})
    page = reader_client.get(PAGE).content.decode()
    oldest = Round.objects.live().order_by("announced_on").first()
    assert oldest is not None
    fetched = re.findall(r'<details hx-get="([^"]*)" hx-trigger="toggle once"', page)
    assert len(fetched) == 2 and fetched[-1] == oldest.get_absolute_url()
    part = reader_client.get(fetched[-1], headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div class="sayings">') and "Amount raised: $2m" in part


def test_every_number_leads_to_its_words(reader_client: Client) -> None:
    source = tell_story()
    page = reader_client.get(PAGE).content.decode()
    assert f'href="/sources/{source.pk}/#c{STORY.index("$42 million")}"' in page
    assert f'href="/sources/{source.pk}/#c{STORY.index("founded in 2016")}"' in page


def test_sources_that_differ_are_counted_on_top_and_shown_with_their_words(reader_client: Client) -> None:
    tell_story()
    tell(
        make_source("About $35 million, by Northgate Capital.", publisher="Cloud Gazette"),
        fact("round:0", "announced_on", PartialDate(2024, 3, 1), rule="published_on"),
        fact("round:0", "raised", usd(35_000_000, is_approx=True), "About $35 million"),
        fact("round:0", "valuation", usd(900_000_000)),
    )
    words = shown(reader_client)
    assert "Sources differ on one figure. ≠" in words
    assert "Amount raised, 1 Mar 2024 ≠ 2 values from 2 sources $42m shown" in words
    assert "“ About $35 million , by Northgate Capital.” Cloud Gazette, 1 Mar 2024, characters 0–17" in words
    assert "$42m is shown: exact comes before approximate." in words


def test_a_rumour_counts_in_nothing_and_is_listed_as_such(reader_client: Client) -> None:
    tell_story()
    say(
        make_source(),
        rounds={
            "0": {"announced_on": PartialDate(2025, 1, 9), "raised": usd(500_000_000), "status": Text("rumoured")}
        },
    )
    words = shown(reader_client)
    assert "Two rounds, the last on 1 Mar 2024." in words
    assert "Not counted: Venture, 9 Jan 2025 (rumoured)." in words


def test_the_newest_value_has_its_evidence_beside_the_chart(reader_client: Client) -> None:
    tell_story()
    assert "Evidence Close Valuation, 1 Mar 2024 $900m" in shown(reader_client)


def test_an_address_can_name_the_evidence_to_show(reader_client: Client) -> None:
    tell_story()
    derived = Valuation.objects.get(origin="derived")
    words = shown(reader_client, f"{PAGE}?evidence=valuation-{derived.pk}")
    assert "Half of $900m is the upper end: below $450m." in words
    assert "Nothing chosen" in shown(reader_client, f"{PAGE}?evidence=none")


@pytest.mark.parametrize("asked", ["valuation-0", "valuation-999999", "valuation-x", "x' or 1=1", "statements-1"])
def test_evidence_that_the_company_does_not_have_is_not_found(reader_client: Client, asked: str) -> None:
    tell_story()
    assert reader_client.get(PAGE, {"evidence": asked}).status_code == 404


def test_the_chart_has_its_numbers_as_a_table(reader_client: Client) -> None:
    tell_story()
    words = shown(reader_client)
    assert "May 2022 Venture $50m – $450m derived, both ends excluded none before none before" in words
    assert "1 Mar 2024 Venture $900m basis not stated > 2×" in words


def test_one_address_gives_the_page_and_the_chart_alone(reader_client: Client) -> None:
    tell_story()
    part = reader_client.get(f"{PAGE}?scale=log", headers={"HX-Request": "true"})
    assert part.content.decode().startswith('<div class="chart" id="valuation-chart">')
    assert "HX-Request" in part.headers["Vary"]
    assert "The scale is logarithmic and does not begin at nought." in part.content.decode()
    assert "<html" in reader_client.get(f"{PAGE}?scale=log").content.decode()


def test_a_choice_that_the_chart_does_not_have_is_refused_in_place(reader_client: Client) -> None:
    tell_story()
    words = shown(reader_client, f"{PAGE}?currency=DOGE")
    assert "There are no rates of “DOGE”; there are of: EUR, GBP, USD." in words


def test_the_script_for_charts_is_loaded_only_where_there_is_one(reader_client: Client) -> None:
    tell_story()
    say(make_source(), company="Kivik", rounds={"0": {"announced_on": PartialDate(2020)}})
    assert "plotly.min.js" in reader_client.get(PAGE).content.decode()
    empty = reader_client.get("/companies/kivik/").content.decode()
    assert "plotly" not in empty
    assert "No value of Kivik can be drawn" in empty


def test_no_page_holds_inline_script_or_style(reader_client: Client) -> None:
    tell_story()
    page = reader_client.get(PAGE).content.decode()
    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son\w+=|hx-on", page)


def test_words_from_articles_are_escaped(reader_client: Client) -> None:
    text = "<script>alert(1)</script> raised $5 million."
    tell(
        make_source(text, title="<img src=x>", publisher="<b>Post"),
        fact("round:0", "raised", usd(5_000_000), "raised $5 million"),
        fact("round:0", "valuation", usd(50_000_000), "<script>"),
        fact("round:0", "announced_on", PartialDate(2024, 3, 1)),
        fact("company:0", "website", Text("javascript:alert(1)"), "alert(1)"),
        company="<i>Evil</i>",
    )
    page = reader_client.get(Company.objects.get().get_absolute_url()).content.decode()
    for raw in ("<script>alert", "<img src=x", "<b>Post", "<i>Evil", 'href="javascript:'):
        assert raw not in page


def test_articles_that_wait_in_review_are_named(reader_client: Client) -> None:
    tell_story()
    source = make_source("Halden Robotics raises more", title="Halden Robotics raises more")
    mentions = [{"key": "company:0", "kind": "company", "name": "Halden Robotics", "company": ""}]
    Review.objects.create(source=source, engine_version="1", mentions=mentions)
    assert "Halden Robotics raises more in review" in shown(reader_client)


def test_investors_name_their_rounds_and_whether_they_led(reader_client: Client) -> None:
    tell_story()
    words = shown(reader_client)
    assert "Northgate Capital 1 Mar 2024 1 yes 1 1 company Fjordline 1 Mar 2024 1 not stated 1 company" in words


def test_the_staff_of_one_place_is_shown_where_no_source_tells_of_all(reader_client: Client) -> None:
    source = make_source("It has 80 people in France.")
    staff = Quantity(Decimal(80), Decimal(80))
    tell(source, fact("company:0", "employees", staff, "80 people in France", place="France"))
    assert "80 in France" in shown(reader_client)


def test_only_who_may_is_offered_export_and_entry(
    reader_client: Client, analyst_client: Client, editor_client: Client
) -> None:
    tell_story()
    links = ("/export/rounds.csv?company=halden-robotics", "/rounds/new/?company=halden-robotics")
    pages = [one.get(PAGE).content.decode() for one in (reader_client, analyst_client, editor_client)]
    assert [[link in page for link in links] for page in pages] == [[False, False], [True, False], [True, True]]


def test_an_unknown_company_is_not_found(reader_client: Client) -> None:
    assert reader_client.get("/companies/nobody/").status_code == 404


def test_a_merged_company_leads_to_the_one_it_became(reader_client: Client) -> None:
    tell_story()
    Company.objects.create(name="Halden", key="halden", slug="halden", merged_into=company())
    answer = reader_client.get("/companies/halden/")
    assert (answer.status_code, answer["Location"]) == (301, PAGE)


def test_a_company_of_which_nothing_stands_any_more_says_so(reader_client: Client, editor: User) -> None:
    change = say(make_source(), rounds={"0": {"announced_on": PartialDate(2020)}})
    recording.undo(change, editor)
    answer = reader_client.get(PAGE)
    assert answer.status_code == 410
    assert "Nothing that we hold speaks of Halden Robotics any more" in answer.content.decode()


def test_of_two_hundred_rounds_that_came_as_rows_of_a_file_the_newest_are_shown_and_all_where_they_are_asked_for(
    editor_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    say(make_source(), facts={"founded_on": PartialDate(2001)})
    held = company()
    days = [datetime.date(2002, 1, 1) + datetime.timedelta(days=40 * at) for at in range(200)]
    columns = {"company": held, "is_live": True, "announced_precision": "day", "raised_currency": "USD"}
    rounds = Round.objects.bulk_create(
        Round(announced_on=day, raised_low=10**6, raised_high=10**6, raised_usd=10**6, **columns) for day in days
    )
    Valuation.objects.bulk_create(
        Valuation(company=held, round=one, valued_on=one.announced_on, valued_precision="day", low=10**7 + at,
                  high=10**7 + at, usd=10**7 + at, currency="USD", basis="post", origin="imported")
        for at, one in enumerate(rounds)
    )  # fmt: skip
    fund = Investor.objects.create(name="Fjordline", key="fjordline", slug="fjordline", is_live=True)
    Participation.objects.bulk_create(Participation(round=one, investor=fund, is_lead=True) for one in rounds)
    with django_assert_max_num_queries(12):
        page = editor_client.get(PAGE).content.decode()
    assert page.count('<tr class="words-of">') == 12
    assert rounds[188].get_absolute_url() in page
    words = shown(editor_client)
    assert "Raised, all types $200m ∴ 200 rounds." in words
    assert "The newest 12 of 200. Show all 200 rounds" in words
    assert page.partition('id="as-table"')[2].partition("</table>")[0].count("<tr data-point=") == 200
    with django_assert_max_num_queries(12):
        page = editor_client.get(f"{PAGE}?rounds=all").content.decode()
    assert page.count('<tr class="words-of">') == 200
    assert "Show all" not in page
    assert "No words are held: it was read from a row of a file." in page
    part = editor_client.get(rounds[0].get_absolute_url(), headers={"HX-Request": "true"})
    assert "No words are held" in part.content.decode()


def tell_rounds(number: int, **said: Value) -> None:
    """So many rounds, each told by a source of its own, the last one the newest."""
    for at in range(number):
        on = PartialDate(1990 + at, 3, 1)
        say(make_source(publisher=f"Daily {at}"), rounds={"0": {"announced_on": on, "raised": usd(1_000_000), **said}})


def part_of(client: Client, name: str, query: str) -> str:
    """What htmx gets for an element of the page."""
    headers = {"HX-Request": "true", "HX-Target": name}
    answer = client.get(f"{PAGE}{query}", headers=headers)
    assert {"HX-Request", "HX-Target"} <= set(answer.headers["Vary"].split(", "))
    return answer.content.decode()


def test_the_link_to_all_rounds_works_with_scripts_and_without(reader_client: Client) -> None:
    tell_rounds(26)
    page = reader_client.get(f"{PAGE}?currency=EUR").content.decode()
    link = re.search(r'<a href="([^"]*)#rounds" hx-get="([^"]*)" hx-target="#company-rounds"', page)
    assert link is not None and link[1] == link[2] == "?currency=EUR&amp;rounds=all"
    part = part_of(reader_client, "company-rounds", "?currency=EUR&rounds=all")
    assert part.startswith('<div id="company-rounds">') and part.count('<tr class="words-of">') == 26
    whole = reader_client.get(f"{PAGE}?currency=EUR&rounds=all").content.decode()
    assert part.strip() in whole


def test_what_is_added_to_a_page_has_its_numbers_of_sources(reader_client: Client) -> None:
    tell_rounds(26, investors=["Northgate"], headquarters=Text("Oslo"))
    page = reader_client.get(PAGE).content.decode()
    listed = dict(re.findall(r'<li id="s(\d+)"><span><a href="(/sources/\d+/)"', page))
    part = part_of(reader_client, "company-rounds", "?rounds=all")
    marked = re.findall(r'<a class="mark" href="(/sources/\d+/)[^"]*" title="[^"]*">(\d+)</a>', part)
    assert len({number for _address, number in marked}) == 26
    assert all(listed[number] == address for address, number in marked)


def test_a_few_rounds_more_are_not_left_out(reader_client: Client) -> None:
    tell_rounds(15)
    page = reader_client.get(PAGE).content.decode()
    assert page.count('<tr class="words-of">') == 15
    assert "data-whole" not in page and "whole.js" not in page


def test_what_newer_rounds_sold_does_not_depend_on_how_many_are_shown(reader_client: Client) -> None:
    tell_rounds(26, valuation=usd(10_000_000))

    def sold(query: str) -> list[str]:
        page = reader_client.get(f"{PAGE}{query}").content.decode()
        return re.findall(r"<tr>(.*)</tr>", page.partition('id="ownership"')[2].partition("</table>")[0])

    newest, every = sold(""), sold("?rounds=all")
    part = part_of(reader_client, "company-ownership", "?rounds=all")
    assert part.count("<tr>") == 27 and "data-whole" not in part
    assert (len(newest), len(every)) == (13, 27)  # the line of headings is one of them
    assert every[:13] == newest


def test_a_part_that_only_an_old_round_is_known_to_have_sold_is_not_denied(reader_client: Client) -> None:
    said = {"announced_on": PartialDate(1980), "raised": usd(1_000_000), "valuation": usd(10_000_000)}
    say(make_source(), rounds={"0": said})
    tell_rounds(26)
    assert "Nothing that we hold bounds the part that a round sold" not in shown(reader_client)


def test_of_many_investors_those_said_to_lead_are_shown_first_and_all_where_they_are_asked_for(
    reader_client: Client,
) -> None:
    names = [f"Fund {at:02}" for at in range(30)]
    say(make_source(), rounds={"0": {"announced_on": PartialDate(2020), "investors": names, "leads": ["Zeta"]}})
    page = reader_client.get(PAGE).content.decode().partition('id="investors"')[2]
    table = page.partition("</table>")[0]
    assert table.count("<tr>") == 13
    assert table.index("Zeta") < table.index("Fund 00") and "Fund 19" not in table
    assert "31 names." in page and "12 of 31, those said to lead first." in page
    for every in (
        reader_client.get(f"{PAGE}?investors=all").content.decode().partition('id="investors"')[2],
        part_of(reader_client, "company-investors", "?investors=all"),
    ):
        assert every.partition("</table>")[0].count("<tr>") == 32
        assert "Show all" not in every


def test_all_rounds_of_the_past_are_asked_for_with_its_date(reader_client: Client) -> None:
    tell_rounds(26)
    day = datetime.date.today().isoformat()
    page = reader_client.get(f"{PAGE}?known={day}").content.decode()
    assert f'hx-get="?rounds=all&amp;known={day}" hx-target="#company-rounds"' in page
    assert part_of(reader_client, "company-rounds", f"?rounds=all&known={day}").count('<tr class="words-of">') == 26


def test_the_queries_do_not_grow_with_the_rounds(
    editor_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for year in range(2008, 2024):
        said = {
            "announced_on": PartialDate(year, 3, 1),
            "raised": Money.exact(1_000_000 * (year - 2000), "EUR"),
            "valuation": Money.exact(10_000_000 * (year - 2000), "EUR"),
            "investors": [f"Fund {year}", "Northgate"],
        }
        say(make_source(), rounds={"0": said})
    assert Round.objects.live().count() == 16
    with django_assert_max_num_queries(12):
        assert editor_client.get(f"{PAGE}?currency=EUR").status_code == 200
