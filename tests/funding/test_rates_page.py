"""`/rates/`: an admin checks own rates, takes them, and takes a currency's back."""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from factories import make_rate

from funding.models import Job, OwnRate

pytestmark = pytest.mark.django_db
TEXT = "date,currency,rate\n2024-05-31,KES,140\n2024-05-31,KSH,140\n"
GOOD = TEXT.replace("2024-05-31,KSH,140\n", "")


@pytest.fixture(autouse=True)
def dollar() -> None:
    make_rate("USD", "1.25", datetime.date(2024, 5, 31))


def post(client: Client, **fields: Any) -> tuple[int, str]:
    answer = client.post("/rates/", fields)
    return answer.status_code, answer.content.decode()


def test_a_check_shows_what_would_change_and_what_is_refused_and_keeps_the_text(admin_client: Client) -> None:
    status, page = post(admin_client, text=TEXT, is_overriding="on", check="yes")
    assert status == 200
    assert "<b>1</b> new" in page and "<b>1</b> refused" in page
    assert "“KSH” is no currency" in page
    assert "2024-05-31,KES,140" in page and "checked" in page
    assert not OwnRate.objects.exists()


def test_rows_that_are_refused_are_left_out_only_where_that_is_said(admin_client: Client) -> None:
    status, page = post(admin_client, text=TEXT)
    assert (status, OwnRate.objects.count()) == (422, 0)
    assert "Take all but the refused" in page
    assert post(admin_client, text=TEXT, anyway="yes")[0] == 302
    assert OwnRate.objects.get().given_by is not None
    assert Job.objects.get().kind == "rates"


def test_a_file_is_taken_like_the_text_and_shown_in_its_place(admin_client: Client) -> None:
    file = SimpleUploadedFile("rates.csv", GOOD.encode())
    assert "2024-05-31,KES,140" in post(admin_client, file=file, check="yes")[1]
    post(admin_client, file=SimpleUploadedFile("rates.csv", GOOD.encode()))
    page = admin_client.get("/rates/").content.decode()
    assert "1 rate is taken. The amounts of 0 companies are being converted anew." in page
    assert "Take back KES" in page


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Nothing is given"),
        ({"text": "hello"}, "“date” is missing"),
        ({"text": GOOD, "file": SimpleUploadedFile("rates.csv", b"x")}, "not both"),
        ({"file": SimpleUploadedFile("rates.csv", b"\xe9\n")}, "no text in UTF-8"),
    ],
)
def test_what_cannot_be_read_is_told_where_it_was_given(
    admin_client: Client, fields: dict[str, Any], message: str
) -> None:
    status, page = post(admin_client, **fields)
    assert status == 422
    assert message in page
    assert fields.get("text", "") in page


def test_the_rates_of_a_currency_are_taken_back(admin_client: Client) -> None:
    post(admin_client, text=GOOD)
    page = admin_client.post("/rates/remove/", {"currency": "KES"}, follow=True).content.decode()
    assert "The own rates of KES are gone." in page
    page = admin_client.post("/rates/remove/", {"currency": "KES"}, follow=True).content.decode()
    assert "No own rates of this currency are held." in page


def test_the_page_makes_few_queries(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    post(admin_client, text=GOOD)
    with django_assert_max_num_queries(12):
        admin_client.get("/rates/")


def test_an_editor_does_not_come_to_it(editor_client: Client) -> None:
    assert editor_client.get("/rates/").status_code == 403
