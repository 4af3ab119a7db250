"""The page on which an editor enters an exit by hand."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from factories import company, make_source, say, usd
from pytest_django.fixtures import DjangoAssertNumQueries

from funding import recording
from funding.models import Change, Exit, Source, Statement
from funding.values import Money, PartialDate

pytestmark = pytest.mark.django_db
NEW = "/exits/new/"
TOLD = "Nordhavn Group has bought Halden Robotics for €12 million, the firm said in May 2022."
FILLED = {
    "url": "https://nordicledger.example/halden-sold",
    "publisher": "Nordic Ledger",
    "published": "12 May 2022",
    "quote": TOLD,
    "company": "Halden Robotics",
    "kind": "acquisition",
    "status": "completed",
    "announced": "May 2022",
    "announced_to": "",
    "acquirer": "Nordhavn Group",
    "price": "€12m",
    "currency": "",
    "exchange": "",
    "ticker": "",
    "valuation": "",
    "form_key": "one-form",
}
LISTED = {"kind": "ipo", "acquirer": "", "price": "", "exchange": "Oslo Børs", "ticker": "HALD", "quote": "",
          "valuation": "1.2bn USD"}  # fmt: skip


def post(client: Client, **changed: Any) -> HttpResponse:
    return client.post(NEW, FILLED | changed)


def errors_of(response: HttpResponse) -> dict[str, str]:
    form = response.context["form"]  # type: ignore[attr-defined]
    return {field: " ".join(map(str, errors)) for field, errors in form.errors.items()}


def test_an_acquisition_is_recorded_with_its_source_and_the_words_for_each_value(editor_client, editor) -> None:
    response = post(editor_client)
    one = Exit.objects.live().get()
    assert (response.status_code, response["Location"]) == (302, one.get_absolute_url())
    assert (one.kind, one.status, one.acquirer) == ("acquisition", "completed", "Nordhavn Group")
    assert (one.announced, one.price) == (PartialDate(2022, 5), Money.exact(12_000_000, "EUR"))
    source = Source.objects.get()
    assert (source.kind, source.entered_by, source.url) == ("entry", editor, FILLED["url"])
    quoted = {said.field: [TOLD[q["start"] : q["end"]] for q in said.quotes] for said in Statement.objects.all()}
    assert quoted["price"] == ["€12 million"]
    assert quoted["acquirer"] == ["Nordhavn Group"]
    assert quoted["announced_on"] == ["in May 2022"]


def test_a_listing_is_recorded_with_its_exchange_and_valuation(editor_client) -> None:
    assert post(editor_client, **LISTED).status_code == 302
    one = Exit.objects.live().get()
    assert (one.exchange, one.ticker, one.valuation) == ("Oslo Børs", "HALD", usd(1_200_000_000))


def test_the_same_form_sent_twice_is_recorded_once(editor_client) -> None:
    post(editor_client)
    before = Statement.objects.count()
    again = post(editor_client)
    assert again.status_code == 302
    assert (Statement.objects.count(), Source.objects.count(), Change.objects.count()) == (before, 1, 1)
    assert "saved already" in str([str(message) for message in get_messages(again.wsgi_request)][-1])


def test_an_entry_that_was_taken_back_can_be_made_again_from_the_same_form(editor_client, editor) -> None:
    post(editor_client)
    first = Exit.objects.live().get().pk
    recording.undo(Change.objects.get(), editor)
    assert not Exit.objects.live().exists()
    post(editor_client)
    assert Exit.objects.live().get().pk == first


def test_what_another_person_enters_of_the_same_sale_stands_beside_it(editor_client) -> None:
    post(editor_client)
    post(editor_client, form_key="another", price="€15m", quote="")
    one = Exit.objects.live().get()
    assert len(one.resolved["price"]["differing"]) == 1


def test_an_undisclosed_price_is_said_and_not_left_out(editor_client) -> None:
    post(editor_client, price="", is_undisclosed="on", quote="")
    assert Exit.objects.live().get().price_undisclosed


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"company": ""}, "company", "Name the company."),
        ({"company": "!!"}, "company", "is no name of a company"),
        ({"kind": "merger"}, "kind", "merger"),
        ({"status": "sold"}, "status", "sold"),
        ({"url": ""}, "url", "No source is named"),
        ({"url": "not an address"}, "url", "is no web address"),
        ({"is_own_knowledge": "on"}, "url", "Keep the one that holds"),
        ({"announced": "31 Feb 2022"}, "announced", "31 Feb 2022"),
        ({"announced": "May 2999"}, "announced", "Check the year"),
        ({"price": "twelve"}, "price", "twelve"),
        ({"price": "12m", "quote": ""}, "price", "names no currency"),
        ({"price": "€12m", "currency": "USD"}, "price", "Make them agree"),
        ({"price": "€13m"}, "quote", "The quote says"),
        ({"is_undisclosed": "on"}, "price", "Keep one"),
        ({"exchange": "Oslo Børs"}, "exchange", "This is of a listing"),
        ({"valuation": "€1bn", "quote": ""}, "valuation", "This is of a listing"),
        (LISTED | {"acquirer": "Nordhavn Group"}, "acquirer", "This is of an acquisition"),
        ({"acquirer": "halden robotics"}, "acquirer", "does not acquire itself"),
        ({"acquirer": "--"}, "acquirer", "is no name"),
        ({"company": "Halden\x00Robotics", "price": "-3", "quote": ""}, "price", "-3"),
    ],
)
def test_wrong_input_is_told_at_its_field_and_records_nothing(editor_client, changed, field, words) -> None:
    response = post(editor_client, **changed)
    assert response.status_code == 422
    assert words in errors_of(response).get(field, "")
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not Source.objects.exists()


def test_what_was_typed_stays_in_a_form_that_was_not_saved(editor_client) -> None:
    page = post(editor_client, price="twelve", quote="").content.decode()
    assert 'value="twelve"' in page
    assert 'value="Nordhavn Group"' in page


def test_the_page_of_a_company_leads_to_the_form_with_its_name_in_it(editor_client, reader_client) -> None:
    say(make_source(), facts={"founded_on": PartialDate(2016)})
    assert "/exits/new/?company=halden-robotics" in editor_client.get(company().get_absolute_url()).content.decode()
    assert "/exits/new/" not in reader_client.get(company().get_absolute_url()).content.decode()
    assert 'value="Halden Robotics"' in editor_client.get(f"{NEW}?company=halden-robotics").content.decode()


def test_the_form_shows_the_exits_that_we_hold_of_the_company(editor_client) -> None:
    post(editor_client)
    page = editor_client.get(f"{NEW}?company=halden-robotics").content.decode()
    assert "Acquired by Nordhavn Group" in page


def test_the_form_asks_few_queries(editor_client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    post(editor_client)
    with django_assert_max_num_queries(12):
        assert editor_client.get(f"{NEW}?company=halden-robotics").status_code == 200


def test_the_margin_warns_of_the_exit_that_it_would_count_as_while_one_types(editor_client: Client) -> None:
    post(editor_client)
    beside = {"HX-Request": "true"}
    page = editor_client.post(NEW, FILLED | {"announced": "Jan 2023", "price": "€9m"}, headers=beside).content.decode()
    assert "This exit may be held already." in page
    assert "Acquired by Nordhavn Group" in page
    assert "<html" not in page
    for other in ({"announced": "Jan 2026"}, LISTED, {"company": "Mirelle"}):
        page = editor_client.post(NEW, FILLED | other, headers=beside).content.decode()
        assert "may be held already" not in page, other
    assert Exit.objects.live().count() == 1
