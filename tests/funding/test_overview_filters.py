"""What the overview is asked for: each filter holds for every chart and table, and what cannot be read is said."""

import re
from datetime import date
from urllib.parse import quote

import pytest
import time_machine
from factories import company, make_rate, make_round, make_source, say, usd

from companies.models import Company, Sector
from funding.models import Participation, Round
from funding.values import PartialDate, Text
from funding.views import overview_parts

pytestmark = pytest.mark.django_db
TODAY = date(2024, 5, 15)


def page(client, query: str = "", status: int = 200, **headers: str) -> str:
    with time_machine.travel(TODAY, tick=False):
        response = client.get(f"/{query}", **headers)
    assert response.status_code == status
    return response.content.decode()


def two_companies() -> None:
    """One of Oslo in robotics with a seed round in 2023, and one of Lyon in health with a Series B in 2024."""
    told = {
        "announced_on": PartialDate(2023, 8, 1),
        "raised": usd(3_000_000),
        "stage": Text("seed"),
        "leads": ["Fjord"],
    }
    facts = {"headquarters": Text("Oslo"), "sector": Text("robotics")}
    say(make_source(), company="Halden Robotics", facts=facts, rounds={"0": told})
    told = {"announced_on": PartialDate(2024, 2, 1), "raised": usd(70_000_000), "stage": Text("series_b")}
    facts = {"headquarters": Text("Lyon"), "sector": Text("health")}
    say(make_source(), company="Mirelle Health", facts=facts, rounds={"0": told | {"investors": ["La Fabrique"]}})


PERIOD = "?since=2023-Q3&until=2023-Q3"


@pytest.mark.parametrize(
    "query",
    ["?country=NO", "?country=no", "?sector=robotics", "?sector=Robotics", "?stage=seed", "?until=2023", PERIOD],
)
def test_a_filter_holds_for_every_part_of_the_page(reader_client, query):
    two_companies()
    shown = page(reader_client, query)
    assert "in <b>1 round</b>" in shown and ">$3<" in shown
    assert ">Halden Robotics</a>" in shown and "Mirelle" not in shown
    assert ">Fjord</a>" in shown and "La Fabrique" not in shown
    assert '<th scope="row">Seed</th>' in shown and '<th scope="row">Series B</th>' not in shown


def test_a_ranking_leaves_out_its_own_filter_so_that_one_can_go_from_one_to_the_next(reader_client):
    two_companies()
    shown = page(reader_client, "?country=NO&until=2024-Q1")
    assert '<a href="/?until=2024-Q1&amp;country=FR">France</a>' in shown
    assert '<a href="/?until=2024-Q1&amp;country=NO" aria-current="true">Norway</a>' in shown
    assert "sector=health" not in shown


def test_a_country_that_is_not_known_can_be_asked_for(reader_client):
    two_companies()
    make_round("Nowhere", announced_on=PartialDate(2024, 1, 5))
    shown = page(reader_client, "?country=none")
    assert "in <b>1 round</b>" in shown and ">Nowhere</a>" in shown and ">Mirelle Health</a>" not in shown


def test_a_stage_that_no_source_states_can_be_asked_for(reader_client):
    two_companies()
    make_round("Unstaged", announced_on=PartialDate(2024, 1, 5))
    shown = page(reader_client, "?stage=not_stated&stage=seed")
    assert "in <b>2 rounds</b>" in shown and ">Mirelle Health</a>" not in shown


def test_each_filter_in_use_can_be_taken_off(reader_client):
    two_companies()
    shown = page(reader_client, "?country=NO&stage=seed&since=2023-Q1&until=2023-Q4&currency=EUR")
    for words, rest in [
        ("Norway", "stage=seed&amp;since=2023-Q1&amp;until=2023-Q4&amp;currency=EUR"),
        ("Seed", "country=NO&amp;since=2023-Q1&amp;until=2023-Q4&amp;currency=EUR"),
        ("Q1 2023 to Q4 2023", "country=NO&amp;stage=seed&amp;currency=EUR"),
        ("in euros", "country=NO&amp;stage=seed&amp;since=2023-Q1&amp;until=2023-Q4"),
    ]:
        assert f'{words} <a href="/?{rest}" aria-label="Remove: {words}">' in shown


def test_sums_are_told_in_the_currency_asked_for(reader_client):
    make_rate("USD", "1.25", date(2024, 2, 20))
    make_round(raised=usd(50_000_000))
    shown = page(reader_client, "?currency=eur")
    assert '<b><span class="money">€40<span class="unit">m</span></span></b> in <b>1 round</b>' in shown


def test_without_a_beginning_twelve_quarters_are_shown_and_without_an_end_all_up_to_now(reader_client):
    two_companies()
    assert "from Q1 2021 to Q4 2023" in page(reader_client, "?until=2023")
    assert "from Q2 2023 to Q2 2024" in page(reader_client, "?since=2023-Q2")


def test_quarters_that_have_not_begun_are_not_shown(reader_client):
    two_companies()
    assert "from Q1 2024 to Q2 2024" in page(reader_client, "?since=2024&until=2024")
    assert "from Q3 2021 to Q2 2024" in page(reader_client, "?until=2031")


def test_bars_lead_to_their_rounds_with_what_else_is_asked_for(reader_client):
    two_companies()
    shown = page(reader_client, "?country=NO&stage=seed&sector=robotics")
    query = "since=2023-07&amp;until=2023-09&amp;status=closed&amp;stage=seed&amp;country=NO&amp;sector=robotics"
    assert f'<a href="/rounds/?{query}" aria-label="Q3 2023: $3m in 1 round">' in shown


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("since=soon", "since", "“soon” is no quarter and no year. Write 2024-Q3 or 2024."),
        ("since=2024&until=2023", "until", "Q4 2023 is before Q1 2024."),
        ("since=2024-Q3", "since", "Q3 2024 has not begun yet."),
        ("since=1990&until=2024", "since", "That is 138 quarters; at most 60 are shown at once."),
        ("stage=series_z", "stage", "“series_z” is no stage that counts in a sum."),
        ("stage=secondary_market", "stage", "“secondary_market” is no stage that counts in a sum."),
        ("country=XX", "country", "“XX” is no code of a country. FR is one."),
        ("country=%F0%9F%87%AB", "country", "is no code of a country"),
        ("sector=alchemy", "sector", "No company is said to be in the sector “alchemy”."),
        ("currency=JPY", "currency", "Sums are not kept in “JPY”, only in: USD, EUR, GBP."),
        ("since=2023&since=2024", "since", "Given more than once; one value is needed."),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(reader_client, query, field, message):
    two_companies()
    shown = page(reader_client, f"?{query}", 422)
    assert f'id="{field}-error"' in shown and shown.count(message) == 2
    assert "Mirelle" not in shown


def test_a_filter_that_the_overview_does_not_know_is_refused(reader_client):
    two_companies()
    assert "“seller” is no filter" in page(reader_client, "?seller=x", 422)
    assert "“order” is no filter" in page(reader_client, "?order=newest", 422)


def test_markup_in_the_address_is_shown_as_it_is(reader_client):
    two_companies()
    shown = page(reader_client, "?sector=" + quote("<script>x</script>"), 422)
    assert "<script>x" not in shown and "&lt;script&gt;x" in shown


def test_what_was_typed_stays_in_its_field(reader_client):
    two_companies()
    shown = page(reader_client, "?since=soon&sector=robotics&country=NO&currency=GBP&stage=seed", 422)
    for kept in ('value="soon"', 'value="robotics"', '<option value="NO" selected>', '<option value="GBP" selected>'):
        assert kept in shown
    assert re.search(r'<input[^>]* value="seed"[^>]* checked', shown)


def test_htmx_gets_the_part_below_the_filters_and_the_address_without_empty_parameters(reader_client):
    two_companies()
    with time_machine.travel(TODAY, tick=False):
        response = reader_client.get("/?since=&until=&country=NO&currency=USD", HTTP_HX_REQUEST="true")
    shown = response.content.decode()
    assert shown.lstrip().startswith('<div id="overview">') and "<form" not in shown
    assert response["HX-Push-Url"] == "/?country=NO"
    assert "HX-Request" in response["Vary"]


def test_the_dollars_of_the_first_choice_go_without_saying(reader_client):
    two_companies()
    assert 'href="/?currency=USD' not in page(reader_client, "?currency=USD")


def test_a_filter_that_leaves_nothing_says_so(reader_client):
    two_companies()
    shown = page(reader_client, "?country=NO&stage=series_b")
    assert "No round is like this." in shown and "<b>0 rounds</b>" in shown
    assert "No amount is known of a round in these quarters." in shown


def test_the_most_active_of_all_rounds_are_told_by_their_counters(reader_client):
    two_companies()
    shown = page(reader_client)
    assert "Counted over all rounds of all dates." in shown
    assert shown.index(">Fjord</a></th>") < shown.index(">La Fabrique</a></th>")  # both of one round, the lead first


def test_the_most_active_of_some_rounds_are_counted_over_the_newest_and_the_page_says_so(reader_client, monkeypatch):
    monkeypatch.setattr(overview_parts, "COUNTED", 2)
    for month, lead in [(1, "Old"), (2, "Older Twice"), (3, "New"), (4, "New")]:
        make_round(f"Company {month}", announced_on=PartialDate(2024, month, 1), leads=[lead], stage=Text("seed"))
    shown = page(reader_client, "?stage=seed")
    assert "Counted over the newest 2 of 4 rounds." in shown
    assert 'New</a></th><td class="num">2<span class="second is-flush">led 2</span></td>' in shown
    assert "Old" not in shown.partition('id="investors"')[2]


def test_the_largest_are_of_the_quarters_shown(reader_client):
    make_round("Long Ago", announced_on=PartialDate(2010, 3, 1), raised=usd(900_000_000))
    two_companies()
    largest = [page(reader_client, query).partition('id="largest"')[2] for query in ("", "?since=2010&until=2012")]
    assert ["Long Ago" in one for one in largest] == [False, True]


def test_all_of_the_largest_are_found_by_their_sizes(reader_client):
    for number in range(12):
        make_round(
            f"Round {number:02d}", announced_on=PartialDate(2024, 2, 1), raised=usd(1_000_000 + 10_000 * number)
        )
    shown = page(reader_client).partition('id="largest"')[2].partition("<section")[0]
    assert [f">Round {number:02d}</a>" in shown for number in range(12)] == [False] * 4 + [True] * 8


def test_new_unicorns_are_those_of_the_country_asked_for(reader_client):
    two_companies()
    told = {"announced_on": PartialDate(2024, 3, 1), "valuation": usd(2_000_000_000)}
    say(make_source(), company="Halden Robotics", rounds={"0": told})
    assert company().unicorn_on == date(2024, 3, 1)
    assert "1 Mar 2024" in page(reader_client).partition('id="unicorns"')[2].partition("</table>")[0]
    none = "No company is known to have become a unicorn then."
    assert none in page(reader_client, "?country=FR") and none not in page(reader_client, "?country=NO")
    assert none in page(reader_client, "?until=2023")


def test_nothing_is_told_of_a_company_that_no_source_speaks_of(reader_client):
    two_companies()
    Company.objects.filter(name="Halden Robotics").update(is_live=False, unicorn_on=date(2024, 1, 1))
    assert "No company is known to have become a unicorn then." in page(reader_client)


def test_the_page_without_rounds_of_a_participation_shows_none(reader_client):
    two_companies()
    Participation.objects.all().delete()
    assert "No source names an investor of such a round." in page(reader_client, "?stage=seed")


def test_a_sector_without_a_round_is_in_no_ranking(reader_client):
    two_companies()
    Sector.objects.create(name="alchemy")
    assert "alchemy" not in page(reader_client).casefold()
    assert Round.objects.count() == 2
