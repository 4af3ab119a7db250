"""Changing what is held of a round or an exit by its form: recorded, replaced, refused, and shown when two do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from factories import make_round, make_source, make_user, say, usd
from test_exit_form import FILLED as EXIT_FILLED
from test_exit_form import NEW as NEW_EXIT

from funding import entry, recording
from funding.entry.entries import ROUND
from funding.models import Assignment, Change, Exit, Mention, Participation, Round, Source, Statement, Valuation
from funding.round_form import RoundForm, filled_with
from funding.values import Money, PartialDate, Text


@pytest.fixture
def held(db) -> Round:
    """A round that an article tells of."""
    told = {"announced_on": PartialDate(2024, 2, 20), "raised": usd(10_000_000), "stage": Text("series_a"),
            "leads": ["Northgate"], "investors": ["Bruma"], "valuation": usd(90_000_000), "basis": "post"}  # fmt: skip
    say(make_source(), rounds={"0": told})
    return Round.objects.live().get()


def filled(record: Round, **changed: Any) -> dict[str, Any]:
    """What a browser sends of the form as it was opened, with some fields changed."""
    now = Round.objects.select_related("company").get(pk=record.pk)
    data = filled_with(entry.round_held(now)) | {"is_own_knowledge": "on", "form_key": "one-form"} | changed
    return {name: value for name, value in data.items() if value is not False}


def post(client: Client, record: Round, **changed: Any) -> HttpResponse:
    return client.post(f"/rounds/{record.pk}/change/", filled(record, **changed))


def errors_of(response: HttpResponse) -> dict[str, str]:
    form = response.context["form"]  # type: ignore[attr-defined]
    return {field: " ".join(map(str, errors)) for field, errors in form.errors.items()}


def test_the_form_is_filled_with_what_is_believed(editor_client, held):
    page = editor_client.get(f"/rounds/{held.pk}/change/").content.decode()
    chosen = '<option value="USD" selected>'
    for words in ('value="20 Feb 2024"', 'value="10m"', 'value="90m"', chosen, "* Northgate", "Bruma"):
        assert words in page, words
    assert f'href="/rounds/{held.pk}/change/"' in editor_client.get(held.get_absolute_url()).content.decode()


def test_the_form_is_filled_as_the_language_of_the_reader_has_it(editor_client, held):
    post(editor_client, held, raised="12.5m")
    before = Change.objects.count()
    editor_client.cookies["django_language"] = "fr"
    page = editor_client.get(f"/rounds/{held.pk}/change/").content.decode()
    for words in ('value="20 févr. 2024"', 'value="12,5 M"', 'value="90 M"', '<option value="USD" selected>'):
        assert words in page, words
    with translation.override("fr"):
        post(editor_client, held, form_key="two")
    assert Change.objects.count() == before


def test_a_currency_stands_in_the_amounts_where_they_are_in_several(editor_client, held):
    post(editor_client, held, currency="", raised="12m EUR", post_money="90m USD")
    page = editor_client.get(f"/rounds/{held.pk}/change/").content.decode()
    for words in ('value="12m EUR"', 'value="90m USD"', '<option value="" selected>'):
        assert words in page, words


def test_what_is_sent_as_it_was_opened_records_nothing(editor_client, held):
    before = Change.objects.count()
    response = post(editor_client, held)
    assert (response.status_code, response["Location"]) == (302, held.get_absolute_url())
    assert Change.objects.count() == before


def test_only_what_differs_is_recorded_and_a_person_is_believed_before_an_article(editor_client, editor, held):
    post(editor_client, held, raised="12m USD")
    change = Change.objects.latest("pk")
    assert (change.kind, change.by) == ("entry", editor)
    assert sorted(change.added_statements.values_list("field", flat=True)) == ["name", "raised"]
    held.refresh_from_db()
    assert (held.raised, held.stage, held.has_conflict) == (usd(12_000_000), "series_a", True)
    assert Round.objects.live().count() == 1


def test_a_second_change_takes_the_place_of_the_first_and_undo_brings_it_back(editor_client, held):
    post(editor_client, held, raised="12m USD")
    post(editor_client, held, raised="13m USD", form_key="two")
    by_hand = Statement.objects.live().filter(field="raised", mention__source__kind="entry")
    assert [one.value["low"] for one in by_hand] == ["13000000"]
    recording.undo(Change.objects.latest("pk"), None)
    held.refresh_from_db()
    assert held.raised == usd(12_000_000)
    recording.undo(Change.objects.filter(kind="entry").first(), None)
    held.refresh_from_db()
    assert held.raised == usd(10_000_000)


def test_undoing_a_change_that_was_changed_since_leaves_the_later_one(editor_client, held):
    post(editor_client, held, raised="12m USD")
    first = Change.objects.latest("pk")
    post(editor_client, held, raised="13m USD", form_key="two")
    recording.undo(first, None)
    held.refresh_from_db()
    assert held.raised == usd(13_000_000)


def test_investors_are_added_and_a_lead_is_marked(editor_client, held):
    post(editor_client, held, investors="* Northgate\n* Bruma\nKestrel")
    parts = dict(Participation.objects.values_list("investor__name", "is_lead"))
    assert parts == {"Northgate": True, "Bruma": True, "Kestrel": None}


def test_an_investor_entered_by_hand_is_taken_out_and_one_that_an_article_names_is_not(editor_client, held):
    post(editor_client, held, investors="* Northgate\nBruma\nKestrel")
    response = post(editor_client, held, investors="* Northgate\nBruma", form_key="two")
    assert response.status_code == 302
    assert set(Participation.objects.values_list("investor__name", flat=True)) == {"Northgate", "Bruma"}
    response = post(editor_client, held, investors="* Northgate", form_key="three")
    assert response.status_code == 422
    assert "Sources state it" in errors_of(response)["investors"]
    assert Participation.objects.count() == 2


def test_a_field_that_sources_state_is_not_emptied_silently(editor_client, held):
    response = post(editor_client, held, stage="")
    assert response.status_code == 422
    assert "Sources state it, so it cannot be emptied here." in errors_of(response)["stage"]
    assert "Not saved yet." in response.content.decode()
    held.refresh_from_db()
    assert held.stage == "series_a"


def test_the_basis_of_a_value_is_changed(editor_client, held):
    post(editor_client, held, post_money="", valued="90m USD")
    assert Valuation.objects.get().basis == "unspecified"
    response = post(editor_client, held, post_money="90m USD", form_key="two")
    assert "One of the two says which it is: keep one." in errors_of(response)["valued"]


def test_a_value_no_more_than_the_money_is_refused(editor_client, held):
    response = post(editor_client, held, post_money="", valued="9m USD")
    assert "is no more than the $10m raised in it" in errors_of(response)["valued"]


def test_a_source_is_required(editor_client, held):
    response = post(editor_client, held, raised="12m USD", is_own_knowledge=False)
    assert "No source is named." in errors_of(response)["url"]


def test_a_form_that_is_outdated_shows_both_versions_and_loses_nothing(editor_client, held):
    opened = filled(held, raised="12m USD", publisher="Nordic Ledger")
    other = Client()
    other.force_login(make_user("ana", "editor"))
    post(other, held, raised="13m USD", announced="2024-02-21")
    before = Change.objects.count()
    response = editor_client.post(f"/rounds/{held.pk}/change/", opened)
    assert (response.status_code, Change.objects.count()) == (409, before)
    page = unescape(response.content.decode())
    assert "Somebody else changed this meanwhile." in page
    assert "by ana" in page
    rows = response.context["versions"].rows
    assert ("Amount raised", "$13m", "$12m") in rows
    assert ("Announced", "21 Feb 2024", "20 Feb 2024") in rows
    assert 'value="12m USD"' in page
    assert 'value="Nordic Ledger"' in page
    again = opened | {"version": response.context["form"].data["version"]}
    assert editor_client.post(f"/rounds/{held.pk}/change/", again).status_code == 302
    held.refresh_from_db()
    assert (held.raised, held.announced) == (usd(12_000_000), PartialDate(2024, 2, 20))


def test_what_another_source_adds_without_changing_what_is_believed_outdates_nothing(editor_client, held):
    opened = filled(held, raised="12m USD")
    say(make_source(), rounds={"0": {"announced_on": PartialDate(2024, 2, 20), "raised": usd(10_000_000)}})
    assert editor_client.post(f"/rounds/{held.pk}/change/", opened).status_code == 302


def test_a_form_that_is_sent_twice_records_once(editor_client, held):
    opened = filled(held, raised="12m USD")
    for _ in range(2):
        assert editor_client.post(f"/rounds/{held.pk}/change/", opened).status_code == 302
    assert Change.objects.filter(kind="entry").count() == 1


def test_a_round_that_is_no_longer_held_has_no_form(editor_client, held):
    recording.undo(Change.objects.get(), None)
    assert editor_client.get(f"/rounds/{held.pk}/change/").status_code == 404


def test_a_range_stays_as_it_is_while_nothing_is_typed_in_its_place(editor_client, db):
    record = make_round(raised=Money(usd(5).low, usd(9).low, currency="USD"))
    assert post(editor_client, record).status_code == 302
    assert not Change.objects.filter(kind="entry").exists()


def test_the_margin_counts_while_one_types(editor_client, held):
    data, beside = filled(held, raised="12m USD"), {"HX-Request": "true"}
    page = editor_client.post(f"/rounds/{held.pk}/change/", data, headers=beside).content.decode()
    assert "<html" not in page
    assert f'hx-post="/rounds/{held.pk}/change/"' in page


def test_an_exit_is_changed_by_its_form(editor_client, db):
    editor_client.post(NEW_EXIT, EXIT_FILLED)
    record = Exit.objects.live().get()
    page = editor_client.get(f"/exits/{record.pk}/change/")
    assert 'value="12m"' in page.content.decode()
    assert '<option value="EUR" selected>' in page.content.decode()
    version = page.context["form"].initial["version"]
    data = EXIT_FILLED | {"price": "€13m", "quote": "", "form_key": "two", "version": version}
    assert editor_client.post(f"/exits/{record.pk}/change/", data).status_code == 302
    record.refresh_from_db()
    assert (record.price, record.has_conflict) == (Money.exact(13_000_000, "EUR"), False)
    assert Exit.objects.live().count() == 1
    outdated = data | {"price": "€14m", "form_key": "three"}
    response = editor_client.post(f"/exits/{record.pk}/change/", outdated)
    assert response.status_code == 409
    assert ("Price", "€13m", "€14m") in response.context["versions"].rows


# Two who save at once.

AMONG = 20  # pairs after which their entries are taken out of the database, so that the last are as quick as the first
WRITTEN = ("statement", "assignment", "mention", "source", "change")


@dataclass
class Two:
    """Two editors, each with a thread and a connection of their own, and a round of the real database."""

    record: Round
    editors: list[Any]
    threads: list[ThreadPoolExecutor]
    first: dict[str, int]

    def race(self, number: int, *, is_checked: bool) -> list[str]:
        """Both save another amount from forms opened at the same time: what came of each."""
        opened = filled_with(entry.round_held(Round.objects.select_related("company").get(pk=self.record.pk)))
        ready = Barrier(2)

        def act(at: int) -> str:
            data = opened | {"raised": f"{amount(number, at)}m USD", "is_own_knowledge": "on", "form_key": f"{number}"}
            mine = Round.objects.select_related("company").get(pk=self.record.pk)
            form = RoundForm(data, today=PartialDate(2026, 1, 1).first_day, record=mine)
            assert form.is_valid(), form.errors
            seen = form.cleaned_data["version"] if is_checked else None
            ready.wait(60)
            return send(mine, form, {"seen": seen, "by": self.editors[at], "form_key": f"{number} {at}"})

        each = [thread.submit(act, at) for at, thread in enumerate(self.threads)]
        return [one.result(120) for one in each]

    def begin_again(self) -> None:
        """Take all that was entered out of the database, so that the round is as the article has it."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update funding_statement set retracted_in_id = null, retracted_at = null")
            for table in WRITTEN:
                cursor.execute(f"delete from funding_{table} where id > %s", [self.first[table]])
            recording.rebuild()


def amount(number: int, at: int) -> int:
    """What each of a pair enters, in millions: no two ever the same."""
    return 2 * number + at + 11


@pytest.fixture
def two(transactional_db) -> Iterator[Two]:
    told = {"announced_on": PartialDate(2024, 2, 20), "raised": usd(10_000_000), "stage": Text("series_a")}
    say(make_source(), rounds={"0": told})
    models = (Statement, Assignment, Mention, Source, Change)
    first = {str(model._meta.model_name): model.objects.latest("pk").pk for model in models}
    threads = [ThreadPoolExecutor(1), ThreadPoolExecutor(1)]
    yield Two(Round.objects.live().get(), [make_user("ana", "editor"), make_user("ben", "editor")], threads, first)
    for thread in threads:
        thread.submit(lambda: connection.close()).result(60)
        thread.shutdown()


def send(record: Round, form: RoundForm, told_by: dict[str, Any]) -> str:
    """What came of sending a form; again where the other held the company for longer than anybody waits."""
    for _ in range(10):
        try:
            change = entry.save_change(record, form.entry, ROUND, entry.round_held, **told_by)
            return "saved" if change else "nothing"
        except OperationalError:
            continue
        except entry.Outdated as outdated:
            # What the other saved is there to be shown.
            now = entry.round_held(Round.objects.select_related("company").get(pk=record.pk))
            return "outdated" if outdated.version == entry.version_of(now) else "outdated, and again"
    return "busy"


def amounts_by_hand() -> list[int]:
    said = Statement.objects.live().filter(field="raised", mention__source__kind=Source.Kind.ENTRY)
    return [int(one.value["low"]) // 1_000_000 for one in said]


def saved_by_one(two: Two, number: int) -> None:
    """Of a pair one has saved, the other was told that it is outdated, and what is held is what the one entered."""
    outcomes = two.race(number, is_checked=True)
    assert sorted(outcomes) == ["outdated", "saved"], number
    winner = amount(number, outcomes.index("saved"))
    assert amounts_by_hand() == [winner]
    assert Round.objects.live().get().raised == usd(winner * 1_000_000)


def test_of_two_who_save_at_once_one_wins_and_the_other_sees_both(two):
    for number in range(10):
        saved_by_one(two, number)


@pytest.mark.long
def test_of_five_hundred_pairs_one_wins_each_time_and_nobody_loses_an_edit_unseen(two):
    for number in range(500):
        saved_by_one(two, number)
        if number % AMONG == AMONG - 1:
            two.begin_again()
            assert amounts_by_hand() == []
            assert Round.objects.live().get().raised == usd(10_000_000)


def test_without_the_version_both_save_and_one_edit_is_lost_unseen(two):
    for number in range(5):
        assert two.race(number, is_checked=False) == ["saved", "saved"]
        # Both were told that theirs is saved, and one of them is not there.
        assert len(amounts_by_hand()) == 1


def test_undoing_all_changes_leaves_nothing_assigned(editor_client, held):
    post(editor_client, held, raised="12m USD")
    post(editor_client, held, raised="13m USD", form_key="two")
    for change in Change.objects.order_by("pk"):
        recording.undo(change, None)
    assert not Assignment.objects.live().exists()
    assert not Round.objects.live().exists()
