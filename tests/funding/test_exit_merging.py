"""Two exits that are one: chosen beside each other, looked at, merged for a reason, and taken back."""

from html import unescape
from typing import Any

import pytest
from factories import make_source
from test_exits import BOUGHT, LISTED, tell_exit
from test_projection import snapshot

from funding import recording
from funding.models import Change, Exit
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
LATER = {"announced_on": PartialDate(2024, 5), "acquirer": Text("Nordhavn Holding")}


@pytest.fixture
def two() -> tuple[Exit, Exit]:
    """Two acquisitions of one company, two years apart."""
    tell_exit(**BOUGHT)
    tell_exit(**BOUGHT | LATER)
    later, earlier = Exit.objects.live().newest_first()
    return earlier, later


def page(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content
    return unescape(answer.content.decode())


def test_two_exits_are_merged_and_parted_again_by_undo(editor, two):
    earlier, later = two
    before = snapshot()
    change = recording.merge(earlier, later, by=editor, reason="one deal, told late")
    held = Exit.objects.live().get()
    assert held == earlier and held.has_conflict
    recording.rebuild()
    assert Exit.objects.live().get() == earlier
    recording.undo(change, editor)
    assert snapshot() == before
    assert set(Exit.objects.live()) == {earlier, later}


def test_a_later_source_of_the_one_date_or_the_other_is_of_the_merged_exit(editor, two):
    earlier, later = two
    recording.merge(earlier, later, by=editor, reason="one deal")
    tell_exit(make_source(), **BOUGHT | LATER)
    assert Exit.objects.live().get() == earlier


def test_an_acquisition_and_a_listing_or_exits_of_two_companies_are_two(editor, two):
    tell_exit(**LISTED)
    tell_exit(name="Otherio", **BOUGHT)
    listing, other = Exit.objects.live().get(kind="ipo"), Exit.objects.live().get(company__name="Otherio")
    with pytest.raises(ValueError, match="An acquisition and a listing are two exits"):
        recording.merge(two[0], listing, by=editor, reason="no")
    with pytest.raises(ValueError, match="of two companies"):
        recording.merge(two[0], other, by=editor, reason="no")


def test_an_editor_chooses_looks_and_merges(editor_client, editor, two):
    earlier, later = two
    company = page(editor_client, earlier.company.get_absolute_url())
    assert f'href="/exits/{earlier.pk}/merge/"' in company
    chosen = page(editor_client, f"/exits/{earlier.pk}/merge/")
    assert f"/exits/{earlier.pk}/merge/?with={later.pk}" in chosen and "Acquired by Nordhavn Holding" in chosen
    address = f"/exits/{earlier.pk}/merge/?with={later.pk}"
    preview = page(editor_client, address)
    assert "Are these one exit?" in preview and "Where sources would differ" in preview
    assert Exit.objects.live().count() == 2
    assert editor_client.post(address, {"keep": str(later.pk), "reason": " "}).status_code == 422
    done = editor_client.post(address, {"keep": str(later.pk), "reason": "one deal, told late"}, follow=True)
    assert "are one exit now." in done.content.decode()
    assert Exit.objects.live().get() == later
    change = Change.objects.latest("pk")
    assert (change.kind, change.by, change.note) == ("merge", editor, "one deal, told late")
    undone = editor_client.post(f"/changes/{change.pk}/undo/")
    assert undone.status_code == 302 and Exit.objects.live().count() == 2


def test_an_exit_alone_has_nothing_to_be_merged_with(editor_client):
    tell_exit(**BOUGHT)
    held = Exit.objects.live().get()
    assert "/merge/" not in page(editor_client, held.company.get_absolute_url()).partition('id="exits"')[2]
    assert "has no other exit of this kind" in page(editor_client, f"/exits/{held.pk}/merge/")
    assert "No other exit has this number." in page(editor_client, f"/exits/{held.pk}/merge/?with=99999", 422)
    assert editor_client.get("/exits/99999/merge/").status_code == 404


def test_a_reader_merges_nothing(reader_client, two):
    assert reader_client.get(f"/exits/{two[0].pk}/merge/").status_code == 403
