"""The page on which an editor enters what a company is worth on a day, of no round."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from factories import company, make_round, make_source, say_value, usd

from funding import recording
from funding.models import Change, Source, Statement, Valuation
from funding.values import Money, PartialDate

pytestmark = pytest.mark.django_db
NEW = "/valuations/new/"
TOLD = "The fund now carries Halden Robotics at €1.2 billion, it wrote."
FILLED = {
    "url": "https://nordicledger.example/marks", "publisher": "Nordic Ledger", "published": "12 May 2022",
    "quote": TOLD, "company": "Halden Robotics", "valued": "Apr 2022", "valued_to": "", "value": "€1.2bn",
    "currency": "", "basis": "unspecified", "form_key": "one-form",
}  # fmt: skip


def post(client: Client, **changed: Any) -> HttpResponse:
    return client.post(NEW, FILLED | changed)


def errors_of(response: HttpResponse) -> dict[str, str]:
    form = response.context["form"]  # type: ignore[attr-defined]
    return {field: " ".join(map(str, errors)) for field, errors in form.errors.items()}


def beside(client: Client, **changed: Any) -> str:
    return client.post(NEW, FILLED | changed, headers={"HX-Request": "true"}).content.decode()


def test_a_value_is_recorded_with_its_source_its_date_and_the_words_for_it(editor_client, editor):
    response = post(editor_client)
    held = Valuation.objects.get()
    address = f"/companies/halden-robotics/?evidence=valuation-{held.pk}#history"
    assert (response.status_code, response["Location"]) == (302, address)
    assert (held.round, held.money, held.valued) == (None, Money.exact(1_200_000_000, "EUR"), PartialDate(2022, 4))
    assert (held.basis, held.origin, held.statement.added_in.by) == ("unspecified", "entered", editor)
    assert [quote["text"] for quote in held.statement.quotes] == ["€1.2 billion"]
    assert Source.objects.get().url == FILLED["url"]


def test_without_a_date_it_is_of_the_day_of_its_source_and_without_both_refused(editor_client):
    post(editor_client, valued="")
    assert Valuation.objects.get().valued == PartialDate(2022, 5, 12)
    response = post(editor_client, valued="", published="")
    assert response.status_code == 422
    assert errors_of(response) == {"valued": "No date is given. Say of which day, month or year the value is."}


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"url": "", "quote": ""}, "url", "No source is named."),
        ({"value": ""}, "value", "No amount is typed."),
        ({"value": "1.2bn", "quote": ""}, "value", "names no currency"),
        ({"value": "€1.3bn"}, "quote", "The quote says €1.2bn; you entered €1.3bn."),
        ({"value": "much"}, "value", "holds no figure"),
        ({"valued": "Apr 2199"}, "valued", "is in the year 2199"),
        ({"basis": "after"}, "basis", "after"),
        ({"company": "?"}, "company", "is no name of a company"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(editor_client, changed, field, told):
    response = post(editor_client, **changed)
    assert response.status_code == 422
    assert told in errors_of(response)[field]
    assert not Statement.objects.exists()
    page = response.content.decode()
    assert 'value="Apr' in page
    assert "Not saved yet." in page


def test_a_form_that_is_sent_twice_records_once_and_undo_takes_it_back(editor_client):
    post(editor_client)
    response = editor_client.post(NEW, FILLED, follow=True)
    assert "This was saved already:" in response.content.decode()
    assert (Valuation.objects.count(), Change.objects.count()) == (1, 1)
    recording.undo(Change.objects.get(), None)
    assert not Valuation.objects.exists()


def test_the_margin_warns_of_a_value_of_that_date_while_one_types(editor_client):
    say_value(make_source(), usd(2_000_000_000), "2022-04")
    page = beside(editor_client)
    assert "A value of that date is held already." in page
    assert "What you enter stands beside it" in page
    assert "<html" not in page
    assert "held already" not in beside(editor_client, valued="May 2021")
    assert Statement.objects.filter(field="valuation").count() == 1


def test_the_margin_warns_of_a_round_of_that_date_and_of_more_money_than_value(editor_client):
    make_round(announced_on=PartialDate(2022, 4, 3), raised=Money.exact(1_500_000_000, "EUR"))
    page = beside(editor_client)
    assert "A round of that date is held." in page
    assert "The value is no more than the money." in page
    assert "no more than the money" not in beside(editor_client, value="€1.6bn")


def test_the_form_begins_with_the_company_whose_page_one_comes_from(editor_client):
    make_round()
    page = editor_client.get(f"{NEW}?company={company().slug}").content.decode()
    assert 'value="Halden Robotics"' in page
    assert NEW in editor_client.get(company().get_absolute_url()).content.decode()


def test_a_page_asks_at_most_twelve_queries(editor_client, django_assert_max_num_queries):
    make_round()
    with django_assert_max_num_queries(12):
        editor_client.get(f"{NEW}?company={company().slug}")
    with django_assert_max_num_queries(12):
        beside(editor_client)
