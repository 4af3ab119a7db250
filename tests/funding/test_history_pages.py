"""The history of a record: what was believed before and after each change, and taking it back."""

import html
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from factories import company, make_source, make_user, say, usd
from pytest_django.fixtures import DjangoAssertNumQueries

from companies.models import Investor
from funding import recording
from funding.models import Change, Mark, Round, Statement
from funding.values import PartialDate

pytestmark = pytest.mark.django_db
AUGUST = PartialDate(2023, 8, 24)


@pytest.fixture
def two_sums(db: None) -> tuple[Statement, Statement]:
    """Two sources of one round; the exact value is the one believed."""
    found = []
    for amount in (usd(180, is_approx=True), usd(235)):
        source = make_source()
        held = Round.objects.live().first()
        fields = {"announced_on": AUGUST, "raised": amount, "leads": ["Northgate Capital"]}
        say(source, rounds={"0": fields}, decided={"round:0": held} if held else None, by=make_user())
        found.append(Statement.objects.get(mention__source=source, field="raised"))
    return found[0], found[1]


def words(answer) -> str:
    body = answer.content.decode().split("<main", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).replace("\xa0", " ").split())


def addresses() -> list[str]:
    record = Round.objects.live().get()
    investor = Investor.objects.get()
    return [f"{one.get_absolute_url()}history/" for one in (company(), investor, record)]


def test_before_and_after_are_what_was_believed_with_the_reason(reader_client: Client, two_sums):
    seen = words(reader_client.get(addresses()[0]))
    assert "Amount raised ≈ $180 → $235 Exact comes before approximate" in seen
    assert "Amount raised not stated → ≈ $180 The only source" in seen


def test_a_pin_shows_what_it_did_and_why(reader_client: Client, two_sums):
    recording.mark(two_sums[0], Mark.Kind.PIN, by=make_user("ada"), reason="The company said so")
    seen = words(reader_client.get(addresses()[2]))
    assert "Pin or deprecation by ada" in seen
    assert "Amount raised $235 → ≈ $180 ≈ $180: pinned by ada: The company said so" in seen


def test_a_value_before_deprecation_was_the_one_that_counted_then(reader_client: Client, two_sums):
    recording.mark(two_sums[1], Mark.Kind.DEPRECATION, by=make_user("ada"), reason="A misprint")
    recording.unmark(two_sums[1], by=make_user("ben"), reason="None")
    seen = words(reader_client.get(addresses()[2]))
    assert "$235 → ≈ $180 $235: deprecated by ada: A misprint" in seen
    assert "≈ $180 → $235 $235: no longer deprecated by ada: A misprint" in seen


def test_an_investor_has_the_rounds_that_name_it(reader_client: Client, two_sums):
    seen = words(reader_client.get(addresses()[1]))
    assert "Halden Robotics, round of 24 Aug 2023 Investor not stated → Northgate Capital, lead" in seen
    assert "Amount raised" not in seen


def test_a_change_is_undone_from_the_history_and_leads_back_there(editor_client: Client, two_sums):
    recording.mark(two_sums[0], Mark.Kind.PIN, by=make_user("ada"), reason="So it was")
    address = addresses()[2]
    page = editor_client.get(address).content.decode()
    pinning = Change.objects.get(kind=Change.Kind.MARK)
    assert f'action="/changes/{pinning.pk}/undo/"' in page
    answer = editor_client.post(f"/changes/{pinning.pk}/undo/", {"next": address})
    assert answer["Location"] == address
    assert Round.objects.live().get().raised == usd(235)
    assert f'action="/changes/{pinning.pk}/undo/"' not in editor_client.get(address).content.decode()


def test_an_undo_leads_to_no_other_site(editor_client: Client, two_sums):
    change = Change.objects.order_by("pk")[0]
    answer = editor_client.post(f"/changes/{change.pk}/undo/", {"next": "https://example.org/"})
    assert answer["Location"].startswith("/")


def test_an_earlier_value_can_be_restored_where_its_words_stand(editor_client: Client, editor: User, two_sums):
    assert f'href="/evidence/?statement={two_sums[0].pk}">Restore what was before' in (
        editor_client.get(addresses()[2]).content.decode()
    )


def test_readers_see_it_without_buttons(reader_client: Client, two_sums):
    for address in addresses():
        page = reader_client.get(address)
        assert page.status_code == 200
        assert "Undo this change" not in words(page)
        assert "Restore what was before" not in words(page)


def test_what_was_taken_back_stays_in_the_history(reader_client: Client, two_sums):
    address = addresses()[2]
    ada = make_user("ada")
    for change in Change.objects.filter(kind=Change.Kind.REVIEW):
        recording.undo(change, ada)
    seen = words(reader_client.get(address))
    assert "Undo by ada" in seen
    assert "≈ $180 → not stated" in seen or "$235 → not stated" in seen


def test_the_pages_lead_there(reader_client: Client, two_sums):
    for address in addresses():
        assert address in reader_client.get(address.removesuffix("history/")).content.decode()


def test_pages_follow_one_another_and_a_bad_place_is_refused(reader_client: Client, two_sums, monkeypatch):
    monkeypatch.setattr("funding.views.changes.PAGE_SIZE", 1)
    address = addresses()[2]
    first = reader_client.get(address).content.decode()
    following = html.unescape(re.search(r'href="(\?after=[^"]*)" rel="next"', first)[1])
    assert "not stated → ≈ $180" in words(reader_client.get(address + following))
    assert reader_client.get(f"{address}?after=nowhere").status_code == 422


def test_the_queries_do_not_grow_with_the_changes(
    editor_client: Client, two_sums, django_assert_max_num_queries: DjangoAssertNumQueries
):
    one, other = two_sums
    for _ in range(4):
        recording.mark(one, Mark.Kind.PIN, by=make_user(), reason="Yes")
        recording.mark(other, Mark.Kind.PIN, by=make_user(), reason="No")
    for address in addresses():
        with django_assert_max_num_queries(12):
            assert editor_client.get(address).status_code == 200
