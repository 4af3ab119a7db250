"""Pinning, deprecating and restoring on the page of a figure's evidence."""

import html
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from factories import company, make_source, make_user, say, usd

from funding import recording
from funding.models import Mark, Round, Statement
from funding.values import PartialDate

pytestmark = pytest.mark.django_db
AUGUST = PartialDate(2023, 8, 24)


@pytest.fixture
def two_sums(db: None) -> tuple[Statement, Statement]:
    """Two sources of one round; the first value is the one believed."""
    found = []
    for amount in (usd(235), usd(180, is_approx=True)):
        source = make_source()
        held = Round.objects.live().first()
        decided = {"round:0": held} if held else None
        say(source, rounds={"0": {"announced_on": AUGUST, "raised": amount}}, decided=decided)
        found.append(Statement.objects.get(mention__source=source, field="raised"))
    return found[0], found[1]


def words(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).replace("\xa0", " ").split())


def post(client: Client, statement: Statement, act: str, reason: str = "Confirmed by telephone", **more):
    return client.post(f"/statements/{statement.pk}/mark/", {"act": act, "reason": reason}, **more)


def test_pinning_shows_the_figure_with_who_pinned_it_and_why(editor_client: Client, editor: User, two_sums):
    answer = post(editor_client, two_sums[1], "pin")
    assert answer.status_code == 302
    shown = words(editor_client.get(answer["Location"]))
    assert f"Why this value: pinned by {editor}: Confirmed by telephone." in shown
    assert "Pinned: it is the value shown." in shown
    assert "Unpin" in shown
    assert Round.objects.live().get().raised == usd(180, is_approx=True)


def test_a_deprecated_value_stays_on_the_page_under_its_own_heading(editor_client: Client, editor: User, two_sums):
    answer = post(editor_client, two_sums[1], "deprecate", "A misprint")
    page = editor_client.get(answer["Location"])
    assert re.search(r"Deprecated ≈ \$180.*Deprecated by .*: A misprint", words(page))
    assert "told is-deprecated" in page.content.decode()
    other = editor_client.get(f"/evidence/?statement={two_sums[0].pk}")
    assert "A misprint" in words(other)
    on_round = editor_client.get(Round.objects.live().get().get_absolute_url())
    assert "A misprint" in words(on_round)


def test_restoring_a_deprecated_value_lets_it_count_again(editor_client: Client, two_sums):
    post(editor_client, two_sums[1], "deprecate")
    post(editor_client, two_sums[1], "unmark", "It was right")
    assert not Mark.objects.live().exists()
    assert company().has_conflict


def test_a_round_shows_a_figure_of_which_all_is_deprecated(editor_client: Client, two_sums):
    for one in two_sums:
        post(editor_client, one, "deprecate", "Of another company")
    record = Round.objects.live().get()
    shown = words(editor_client.get(record.get_absolute_url()))
    assert "All that was said of it is deprecated, so nothing is shown." in shown
    assert record.raised is None


def test_what_was_taken_back_can_be_restored_from_its_page(editor_client: Client, editor: User):
    source = make_source()
    change = say(source, rounds={"0": {"announced_on": AUGUST, "raised": usd(50)}})
    gone = Statement.objects.get(field="raised")
    recording.undo(change, editor)
    assert "Restore" in words(editor_client.get(f"/evidence/?statement={gone.pk}"))
    answer = post(editor_client, gone, "restore")
    assert "Amount raised" in words(editor_client.get(answer["Location"]))
    assert Round.objects.live().get().raised == usd(50)


def test_without_a_reason_nothing_is_marked_and_the_page_says_so(editor_client: Client, two_sums):
    answer = post(editor_client, two_sums[1], "pin", "  ")
    assert answer.status_code == 422
    assert "Say why: the reason is shown wherever the figure is." in words(answer)
    assert not Mark.objects.exists()


def test_a_refusal_keeps_what_was_typed(editor_client: Client, two_sums):
    post(editor_client, two_sums[1], "pin")
    answer = post(editor_client, two_sums[1], "pin", "Once more")
    assert answer.status_code == 422
    assert "It can be taken back there." in words(answer)
    assert 'value="Once more"' in answer.content.decode()


@pytest.mark.parametrize("sent", [{}, {"act": "burn", "reason": "x"}, {"act": "pin", "reason": "x" * 301},
                                  {"act": "pin", "reason": "a\x00b"}])  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(editor_client: Client, two_sums, sent):
    assert editor_client.post(f"/statements/{two_sums[0].pk}/mark/", sent).status_code == 422
    assert not Mark.objects.exists()


def test_htmx_gets_the_panel_alone(editor_client: Client, two_sums):
    answer = post(editor_client, two_sums[1], "pin", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith("<aside")


def test_readers_see_the_mark_but_no_form(reader_client: Client, two_sums):
    recording.mark(two_sums[1], Mark.Kind.PIN, by=make_user("ada"), reason="Confirmed")
    page = reader_client.get(f"/evidence/?statement={two_sums[1].pk}")
    assert "Pinned by ada: Confirmed" in words(page)
    assert '<form method="post"' not in page.content.decode()
    assert post(reader_client, two_sums[1], "deprecate").status_code == 403
    assert Mark.objects.live().get().kind == Mark.Kind.PIN


def test_a_pinned_figure_says_so_beside_it(reader_client: Client, two_sums):
    recording.mark(two_sums[1], Mark.Kind.PIN, by=make_user("ada"), reason="Confirmed")
    listed = reader_client.get("/rounds/").content.decode()
    assert re.search(r'class="mark is-pinned"[^>]*>pinned<', listed)


def test_a_page_of_the_past_has_no_forms_and_knows_the_marks_of_its_day(editor_client: Client, two_sums):
    recording.mark(two_sums[1], Mark.Kind.PIN, by=make_user("ada"), reason="Confirmed")
    today = Mark.objects.get().recorded_at.date()
    page = editor_client.get(f"/evidence/?statement={two_sums[1].pk}&known={today}")
    assert "Why this value: pinned by ada: Confirmed." in words(page)
    assert "marking" not in page.content.decode()
    Mark.objects.update(recorded_at="2999-01-01T00:00Z")
    before = editor_client.get(f"/evidence/?statement={two_sums[1].pk}&known={today}")
    assert "pinned by ada" not in words(before)
