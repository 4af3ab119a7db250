"""The list of rounds: what each filter leaves, what cannot be read, page after page, and what it costs."""

import re

import pytest
from django.http import QueryDict
from factories import make_rate, make_round, make_source, make_user, say, usd

from companies.models import Alias, Company
from companies.search import indexing
from config import paging
from config.paging import BadPlace
from funding import filters
from funding.filters import RoundFilter
from funding.models import Round, Source
from funding.values import Money, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db
URL = "/rounds/"


def found(query: str) -> set[str]:
    """The companies whose rounds a query string leaves."""
    chosen = RoundFilter(QueryDict(query))
    rounds = chosen.apply(Round.objects.live())
    assert not chosen.problems
    return {one.company.name for one in rounds}


def problems(query: str) -> list[str]:
    """What a query string is told of itself."""
    chosen = RoundFilter(QueryDict(query))
    assert list(chosen.apply(Round.objects.live())) == []
    return [message for _, message in chosen.problems]


@pytest.mark.parametrize("words", ["crédit", "CREDIT mül", "muller", "  müll  "])
def test_words_find_names_whatever_their_accents_and_case_by_the_start_of_any_word(words):
    make_round("Crédit Müller S.A.")
    make_round("Halden Robotics")
    assert found(f"q={words}") == {"Crédit Müller S.A."}


def test_words_find_a_company_by_its_alias():
    one = make_round("Halden Robotics")
    make_round("Quillwork")
    Alias.objects.create(company=one.company, name="Old Fjord Machines", key="old fjord machines")
    indexing.index_companies([one.company_id])
    assert found("q=fjord") == {"Halden Robotics"}
    assert found("q=halden fjord") == set()


def test_words_do_not_find_the_middle_of_a_word_nor_act_as_patterns():
    make_round("Halden Robotics")
    assert found("q=alden") == set()
    assert found("q=%25") == set()


def test_stages_are_joined_and_a_stage_nobody_stated_can_be_asked_for():
    make_round("Seedling", stage=Text("seed"))
    make_round("Aplus", stage=Text("series_a"))
    make_round("Wordless")
    assert found("stage=seed") == {"Seedling"}
    assert found("stage=seed&stage=series_a") == {"Seedling", "Aplus"}
    assert found("stage=not_stated") == {"Wordless"}


def test_status_tells_rumours_from_what_closed():
    make_round("Settled")
    make_round("Whispered", status=Text("rumoured"))
    assert found("status=rumoured") == {"Whispered"}
    assert found("status=closed") == {"Settled"}


def test_dates_are_a_range_with_both_ends_in_which_a_month_counts_from_its_first_day():
    make_round("Early", announced_on=PartialDate(2022, 12, 31))
    make_round("May", announced_on=PartialDate(2023, 5))
    make_round("December", announced_on=PartialDate(2023, 12, 31))
    make_round("Late", announced_on=PartialDate(2024, 1, 1))
    assert found("since=2023&until=2023") == {"May", "December"}
    assert found("since=2023-05&until=2023-05") == {"May"}
    assert found("since=2023-05-02") == {"December", "Late"}
    assert found("until=2022-12-31") == {"Early"}


def test_amounts_are_compared_in_dollars_at_the_rate_of_the_day():
    make_rate("USD", "1.25", PartialDate(2024, 2, 20).first_day)
    make_round("Dollars", raised=usd(10_000_000))
    make_round("Euros", raised=Money.exact(10_000_000, "EUR"))
    assert found("raised_min=12m") == {"Euros"}
    assert found("raised_max=10,000,000") == {"Dollars"}
    assert found("raised_min=0.0125bn&raised_max=$12.5m") == {"Euros"}


def test_undisclosed_is_not_the_same_as_not_stated():
    make_round("Open")
    make_round("Secretive", raised=Undisclosed())
    say(make_source(), company="Mute", rounds={"0": {"announced_on": PartialDate(2024, 1, 9), "stage": Text("seed")}})
    assert found("amount=disclosed") == {"Open"}
    assert found("amount=undisclosed") == {"Secretive"}
    assert found("amount=not_stated") == {"Mute"}


def test_rounds_of_one_company_by_address_name_name_or_alias():
    make_round("Crédit Müller")
    make_round("Crédit Müller Bis")
    Alias.objects.create(company=Company.objects.get(key="credit muller bis"), name="CMB", key="cmb")
    assert found("company=credit-muller") == {"Crédit Müller"}
    assert found("company=CREDIT MULLER") == {"Crédit Müller"}
    assert found("company=cmb") == {"Crédit Müller Bis"}


def test_rounds_of_one_investor():
    make_round("Halden Robotics", leads=["Northgate Capital"])
    make_round("Quillwork", investors=["Ardent Growth"])
    assert found("investor=northgate-capital") == {"Halden Robotics"}


@pytest.mark.parametrize("query", ["investor=northgate-capital", "lead=northgate-capital", "investor=ardent-growth"])
@pytest.mark.parametrize("order", ["newest", "oldest", "largest"])
def test_the_pages_of_a_busy_investor_are_those_of_any_other(monkeypatch, query, order):
    for number in range(7):
        when = PartialDate(2024, 1, 1 + number % 3) if number else PartialDate(2019)
        parts = {"leads": ["Northgate Capital"]} if number % 2 else {"investors": ["Northgate Capital"]}
        parts["investors"] = [*parts.get("investors", ()), *(["Ardent Growth"] if number > 3 else [])]
        make_round(f"Company {number}", announced_on=when, raised=usd(1_000_000 + number % 4), **parts)

    def pages() -> list[list[str]]:
        chosen, after, listed = RoundFilter(QueryDict(f"{query}&order={order}")), "", []
        while not listed or after:
            page = paging.take(chosen.in_order(Round.objects.live()), chosen.ordering, after, size=2)
            listed.append([one.company.name for one in page.rows])
            after = page.next
        return listed

    as_any_other = pages()
    assert len(as_any_other) > 1
    monkeypatch.setattr(filters, "BUSY", 1)
    assert "IS TRUE" in str(RoundFilter(QueryDict(query)).in_order(Round.objects.live()).query)
    assert pages() == as_any_other


def test_rounds_on_which_sources_differ():
    told = {"announced_on": PartialDate(2024, 2, 20), "stage": Text("series_a"), "leads": ["Northgate Capital"]}
    for amount in (10_000_000, 12_000_000):
        say(make_source(), company="Disputed", rounds={"0": told | {"raised": usd(amount)}})
    make_round("Quiet")
    assert found("conflict=yes") == {"Disputed"}
    assert found("conflict=no") == {"Quiet"}


def test_rounds_without_a_source(editor):
    entry = make_source(" ", kind=Source.Kind.ENTRY, entered_by=editor, publisher="")
    Source.objects.filter(pk=entry.pk).update(text="")
    entry.refresh_from_db()
    say(entry, company="Typed", rounds={"0": {"announced_on": PartialDate(2024, 1, 9), "raised": usd(5)}}, by=editor)
    make_round("Quoted")
    assert found("source=none") == {"Typed"}
    assert found("source=some") == {"Quoted"}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("stage=series_z", "“series_z” is no stage."),
        ("status=open", "“open” is no status."),
        ("since=2023-13", "“2023-13” is no date. Write 2023-08-24, 2023-08 or 2023."),
        ("until=soon", "“soon” is no date. Write 2023-08-24, 2023-08 or 2023."),
        ("since=2024&until=2023-05", "May 2023 lies before 2024."),
        ("raised_min=lots", "“lots” is no amount in US dollars. Write 25m, 1.2bn or 1,200,000."),
        ("raised_max=-5", "“-5” is no amount in US dollars. Write 25m, 1.2bn or 1,200,000."),
        ("raised_max=99999999999bn", "“99999999999bn” is more money than there is."),
        ("raised_min=2m&raised_max=1m", "$1m is less than $2m."),
        ("amount=secret", "“secret” is not known here; it is one of: disclosed, undisclosed, not_stated."),
        ("conflict=maybe", "“maybe” is not known here; it is one of: yes, no."),
        ("source=x", "“x” is not known here; it is one of: none, some."),
        ("company=nobody", "No company is called “nobody”."),
        ("investor=nobody", "No investor is called “nobody”."),
        ("order=random", "“random” is no order of this list."),
        ("stagee=seed", "“stagee” is no filter of this list."),
        ("since=2023&since=2024", "Given more than once; one value is needed."),
    ],
)
def test_what_cannot_be_read_is_said_and_lists_nothing(reader_client, query, message):
    make_round()
    assert problems(query) == [message]
    page = reader_client.get(f"{URL}?{query}")
    assert page.status_code == 422
    assert message in page.content.decode()
    assert "Halden Robotics" not in page.content.decode()


@pytest.mark.parametrize("after", ["x", "~", "2024-02-30~1", "2024-02-20~", "2024-02-20~-1", f"~{2**63}", "~٣", "a~1"])
def test_a_place_that_does_not_exist_is_said(reader_client, after):
    page = reader_client.get(URL, {"after": after})
    assert page.status_code == 422
    assert "names no place in this list" in page.content.decode()


def test_an_empty_parameter_asks_for_nothing(reader_client):
    make_round()
    page = reader_client.get(f"{URL}?q=&stage=&since=&amount=&order=")
    assert page.status_code == 200
    assert "<b>1 round</b>; the newest first." in page.content.decode()


def test_the_form_shows_what_is_asked_for(reader_client):
    make_round(stage=Text("seed"))
    page = reader_client.get(
        f"{URL}?stage=seed&stage=growth&since=2023&amount=disclosed&order=largest"
    ).content.decode()
    checked = re.findall(r'<input type="checkbox" name="stage" value="(\w+)"[^>]* checked>', page)
    assert checked == ["seed", "growth"]
    assert 'name="since" value="2023"' in page
    assert '<input type="radio" name="amount" value="disclosed" checked>' in page
    assert '<option value="largest" selected>' in page
    query = "stage=seed&amp;stage=growth&amp;since=2023&amp;amount=disclosed"
    assert f'aria-sort="descending"><a href="?{query}&amp;order=smallest">Raised</a>' in page
    assert page.index('value="growth"') < page.index("<summary>More stages") < page.index('value="series_b"')


def test_a_sentence_says_what_is_listed(reader_client):
    make_round(stage=Text("seed"))
    page = reader_client.get(f"{URL}?stage=seed&stage=not_stated&since=2023&raised_min=2m&order=largest")
    sentence = (
        "<b>1 round</b> of the stage <b>not stated or Seed</b>, announced <b>since 2023</b>, "
        "that certainly raised <b>at least $2m</b>; the largest first."
    )
    assert sentence in page.content.decode().replace("Seed or not stated", "not stated or Seed")


def _walk(order: str, size: int) -> list[int]:
    """The ids of all rounds, page after page."""
    chosen = RoundFilter(QueryDict(f"order={order}"))
    rows, after, ids = chosen.apply(Round.objects.live()), "", []
    while True:
        page = paging.take(rows, chosen.ordering, after, size)
        ids += [one.pk for one in page.rows]
        if not page.next:
            return ids
        after = page.next


@pytest.mark.parametrize("order", ["newest", "largest", "recorded"])
@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_pages_show_every_round_once_in_order_with_ties_and_nulls(order, size):
    for number in range(3):
        make_round(f"Tied {number}")
        make_round(f"Also tied {number}", raised=Undisclosed())
        say(make_source(), company=f"Undated {number}", rounds={"0": {"raised": usd(7)}})
    chosen = RoundFilter(QueryDict(f"order={order}"))
    whole = [one.pk for one in chosen.ordering.sort(Round.objects.live())]
    assert len(whole) == 9
    assert _walk(order, size) == whole


def test_a_place_cannot_be_read_by_another_order():
    with pytest.raises(BadPlace):
        RoundFilter.ORDERS["recorded"].read_place("2024-02-20~1")


def test_the_next_link_keeps_the_filters_and_works_without_script(reader_client, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)
    monkeypatch.setattr(paging.take, "__defaults__", ("", 2))
    for number in range(5):
        make_round(f"Seedling {number}", stage=Text("seed"), announced_on=PartialDate(2024, 2, number + 1))
    make_round("Other")
    seen, address = [], f"{URL}?stage=seed"
    while address:
        page = reader_client.get(address).content.decode()
        seen += re.findall(r">(Seedling \d|Other)</a>", page)
        following = re.search(r'href="(\?[^"]*)" rel="next"', page)
        address = URL + following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"Seedling {number}" for number in reversed(range(5))]


def test_htmx_gets_the_table_and_the_address_without_empty_parameters(reader_client):
    make_round(stage=Text("seed"))
    whole = reader_client.get(f"{URL}?stage=seed")
    part = reader_client.get(f"{URL}?q=&stage=seed&order=newest", headers={"HX-Request": "true"})
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert 'id="round-table"' in part.content.decode()
    assert part["HX-Push-Url"] == "/rounds/?stage=seed"
    here = {"HX-Request": "true", "HX-Current-URL": "http://testserver/rounds/?stage=seed"}
    assert reader_client.get(f"{URL}?stage=seed&q=", headers=here)["HX-Push-Url"] == "false"
    assert "HX-Request" in part["Vary"] and "HX-Request" in whole["Vary"]


def test_undisclosed_and_not_stated_are_words_and_never_nought(reader_client):
    make_round("Secretive", raised=Undisclosed())
    page = reader_client.get(URL).content.decode()
    assert '<span class="absent">undisclosed</span>' in page
    assert '<span class="absent">not stated</span>' in page
    assert "$0" not in page


def test_the_export_link_carries_the_query_string_and_is_for_analysts(reader_client, analyst_client):
    make_round(stage=Text("seed"))
    assert "/export/" not in reader_client.get(URL).content.decode()
    page = analyst_client.get(f"{URL}?stage=seed&order=largest").content.decode()
    assert 'href="/export/rounds.csv?stage=seed&amp;order=largest"' in page


def test_names_are_escaped(reader_client):
    make_round("<script>alert(1)</script> Labs")
    page = reader_client.get(f"{URL}?q=%3Cb%3Ex").content.decode()
    assert "<b>x" not in page
    assert "<script>alert" not in reader_client.get(URL).content.decode()


def test_an_empty_list_says_what_to_do(reader_client):
    assert "No round is recorded yet." in reader_client.get(URL).content.decode()
    assert "No round is like this." in reader_client.get(f"{URL}?stage=seed").content.decode()


def test_a_full_page_asks_at_most_twelve_queries(client, django_assert_max_num_queries):
    editor_of_many = make_user("mia", "editor")
    client.force_login(editor_of_many, backend="django.contrib.auth.backends.ModelBackend")
    for number in range(12):
        make_round(f"Company {number}", leads=[f"Lead {number}"], investors=["Everybody"], valuation=usd(90_000_000))
    with django_assert_max_num_queries(12):
        page = client.get(f"{URL}?q=company&investor=everybody&stage=not_stated&since=2020")
    assert page.content.decode().count("<tr>") == 13
