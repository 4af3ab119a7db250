"""The list of companies."""

import pytest
from django.http import QueryDict
from factories import make_round, make_source, make_user, say, usd

from companies.filters import CompanyFilter
from companies.models import Alias, Company
from companies.search import indexing
from config import currencies, paging
from funding import recording
from funding.models import Round
from funding.values import Money, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db
URL = "/companies/"


def found(query: str) -> list[str]:
    """The names that a query string leaves, in its order."""
    chosen = CompanyFilter(QueryDict(query))
    rows = chosen.apply(Company.objects.live())
    assert not chosen.problems
    return [one.name for one in chosen.ordering.sort(rows)]


def make_company(name: str, **facts) -> Company:
    """A company with facts, and one round of February 2024."""
    told = {"announced_on": PartialDate(2024, 2, 20), "raised": usd(10_000_000)}
    say(make_source(), company=name, facts=facts, rounds={"0": told})
    return Company.objects.get(name=name)


def test_words_find_names_and_aliases():
    make_company("Crédit Müller S.A.")
    quillwork = make_company("Quillwork")
    Alias.objects.create(company=quillwork, name="Plume & Cie", key="plume and cie")
    indexing.index_companies([quillwork.pk])
    assert found("q=muller cre") == ["Crédit Müller S.A."]
    assert found("q=PLUM") == ["Quillwork"]
    assert found("q=%CC%81") == []


def test_sector_city_and_founding():
    make_company("Halden", sector=Text("robotics"), headquarters=Text("Oslo"), founded_on=PartialDate(2016))
    make_company("Quillwork", sector=Text("software"), headquarters=Text("London"), founded_on=PartialDate(2019, 5))
    make_company("Mute")
    assert found("sector=Robotics") == ["Halden"]
    assert found("city=london") == ["Quillwork"]
    assert found("founded_since=2017") == ["Quillwork"]
    assert found("founded_until=2016") == ["Halden"]


def test_the_stage_and_date_of_the_last_round_alone_count():
    make_round("Grown", announced_on=PartialDate(2021), stage=Text("seed"))
    make_round("Grown", announced_on=PartialDate(2023, 3), stage=Text("series_a"))
    make_round("Young", announced_on=PartialDate(2024, 1, 5), stage=Text("seed"))
    make_round("Wordless", announced_on=PartialDate(2020))
    assert found("stage=seed") == ["Young"]
    assert found("stage=series_a") == ["Grown"]
    assert found("stage=not_stated") == ["Wordless"]
    assert found("since=2023&until=2023") == ["Grown"]


def test_a_rumour_is_nobodys_last_round():
    make_round("Halden", stage=Text("seed"))
    make_round("Halden", announced_on=PartialDate(2025), stage=Text("series_a"), status=Text("rumoured"))
    assert found("stage=seed") == ["Halden"]


def test_companies_on_which_sources_differ():
    told = {"announced_on": PartialDate(2024, 2, 20), "stage": Text("series_a"), "leads": ["Northgate Capital"]}
    for amount in (10_000_000, 12_000_000):
        say(make_source(), company="Disputed", rounds={"0": told | {"raised": usd(amount)}})
    make_company("Quiet")
    assert found("conflict=yes") == ["Disputed"]
    assert found("conflict=no") == ["Quiet"]


def test_orders():
    make_round("the Zebra", announced_on=PartialDate(2021), raised=usd(30_000_000), valuation=usd(100_000_000))
    make_round("Éclair", announced_on=PartialDate(2023), raised=usd(20_000_000), valuation=usd(300_000_000))
    make_round("apple", announced_on=PartialDate(2022), raised=Undisclosed())
    assert found("") == ["Éclair", "apple", "the Zebra"]
    assert found("order=name") == ["apple", "Éclair", "the Zebra"]
    assert found("order=raised") == ["the Zebra", "Éclair", "apple"]
    assert found("order=valuation") == ["Éclair", "the Zebra", "apple"]


@pytest.mark.parametrize("order", ["last_round", "valuation", "raised", "name"])
def test_pages_show_every_company_once_in_order(order):
    for number in range(3):
        make_round(f"Tied {number}", valuation=usd(90_000_000))
        make_round(f"Unknown {number}", raised=Undisclosed())
        say(make_source(), company=f"Without rounds {number}")
    chosen = CompanyFilter(QueryDict(f"order={order}"))
    rows, after, ids = Company.objects.live(), "", []
    for _ in range(20):
        page = paging.take(rows, chosen.ordering, after, 2)
        ids += [one.pk for one in page.rows]
        after = page.next
        if not after:
            break
    assert ids == [one.pk for one in chosen.ordering.sort(rows)]
    assert len(ids) == 9


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("sector=alchemy", "No company is said to be in the sector “alchemy”."),
        ("stage=x", "“x” is no stage."),
        ("founded_since=old", "“old” is no date. Write 2023-08-24, 2023-08 or 2023."),
        ("founded_since=2020&founded_until=2019", "2019 lies before 2020."),
        ("countri=FR", "“countri” is no filter of this list."),
        ("country=xx", "“XX” is no country. Write its two letters, such as FR."),
        ("columns=fame", "“fame” is no column of this list."),
        ("valuation_min=2bn&valuation_max=1bn", "$1bn is less than $2bn."),
        ("valuation_match=maybe", "“maybe” is not known here; it is one of: certainly, possibly."),
        ("lead=nobody", "No investor is called “nobody”."),
        ("order=size", "“size” is no order of this list."),
        ("after=~5&order=name", "The address names no place in this list."),
    ],
)
def test_what_cannot_be_read_is_said(reader_client, query, message):
    make_company("Halden")
    page = reader_client.get(f"{URL}?{query}")
    assert page.status_code == 422
    assert message in page.content.decode()
    assert "Halden" not in page.content.decode()


def test_a_row_says_what_is_known_and_what_is_not(reader_client):
    make_round("Halden", valuation=usd(90_000_000), basis="post")
    make_round("Halden", announced_on=PartialDate(2023), raised=Undisclosed())
    make_round("Mute", raised=Undisclosed(), stage=Text("seed"))
    page = reader_client.get(f"{URL}?order=name").content.decode()
    assert "and 1 without amount" in page
    assert "post-money" in page
    assert "no amount known" in page
    assert "$0" not in page


def test_what_nothing_speaks_of_any_more_is_not_listed(reader_client, editor):
    change = say(make_source(), company="Halden", rounds={"0": {"announced_on": PartialDate(2024)}})
    recording.undo(change, editor)
    assert "Halden" not in reader_client.get(URL).content.decode()


def test_counts_stop_at_ten_thousand(monkeypatch):
    for number in range(4):
        make_company(f"Company {number}")
    monkeypatch.setattr(paging, "COUNTED", 3)
    assert paging.count_in_words(paging.count(Company.objects.live())) == "3+"
    monkeypatch.setattr(paging, "COUNTED", 4)
    assert paging.count_in_words(paging.count(Company.objects.live())) == "4"


def test_the_export_link_carries_the_query_string(analyst_client, reader_client):
    make_company("Halden")
    assert 'href="/export/companies.csv?q=hal"' in analyst_client.get(f"{URL}?q=hal&city=").content.decode()
    assert "/export/" not in reader_client.get(URL).content.decode()


def test_htmx_gets_the_table_alone_and_the_sentence_beside_it(reader_client):
    make_company("Halden")
    part = reader_client.get(f"{URL}?q=hal", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and 'id="filters"' not in part
    assert '<p id="list-sentence" hx-swap-oob="innerHTML"><b>1 company</b> named <b>“hal”</b>' in part


def test_a_full_page_asks_at_most_twelve_queries(client, django_assert_max_num_queries):
    client.force_login(make_user("mia", "editor"), backend="django.contrib.auth.backends.ModelBackend")
    for number in range(12):
        make_round(f"Company {number}", leads=["Northgate"], valuation=usd(90_000_000))
        say(make_source(), company=f"Company {number}", facts={"sector": Text(f"sector {number % 3}")})
    with django_assert_max_num_queries(12):
        page = client.get(f"{URL}?q=company&stage=not_stated&sector=sector 1&since=2020")
    assert page.content.decode().count("<tr>") == 5


def test_unicorns_are_found_by_their_latest_value_and_by_any_they_ever_had():
    def value(year: int, amount: int) -> dict:
        return {"announced_on": PartialDate(year), "valuation": usd(amount)}

    say(make_source(), company="Grown", rounds={"0": value(2020, 5 * 10**8), "1": value(2023, 2 * 10**9)})
    say(make_source(), company="Fallen", rounds={"0": value(2020, 3 * 10**9), "1": value(2023, 6 * 10**8)})
    say(make_source(), company="Open", rounds={"0": {"announced_on": PartialDate(2023), "raised": usd(10**8)}})
    make_company("Tiny")
    say(make_source(), company="Silent", facts={"founded_on": PartialDate(2016)})
    assert found("unicorn=yes") == ["Grown"]
    assert found("unicorn=no") == ["Fallen"]
    assert sorted(found("unicorn=undetermined")) == ["Open", "Tiny"]
    assert sorted(found("unicorn=was")) == ["Fallen", "Grown"]


def test_what_a_company_raised_is_told_no_more_exactly_than_its_rounds(client):
    bound = {"announced_on": PartialDate(2024, 2, 20), "raised": Money.at_least(20_000_000, "USD", strictly=True)}
    exact = {"announced_on": PartialDate(2022, 2, 20), "raised": usd(10_000_000)}
    say(make_source(), company="Halden", rounds={"0": bound, "1": exact})
    client.force_login(make_user())
    assert "&gt;\xa0$30" in client.get(URL).content.decode()
    client.cookies[currencies.COOKIE] = "EUR"
    Round.objects.update(raised_eur=9_000_000)  # there are no rates here
    assert "&gt;\xa0€18" in client.get(URL).content.decode()
