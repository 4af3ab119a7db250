"""A newer version of the engine asks only about what nobody decided before, or what it reads otherwise."""

import pytest
from factories import make_source, make_user, usd
from test_reviewing import WORDS, found

from companies.models import Company
from funding import reviewing
from funding.extraction import Extraction, Fact, Mention, Span
from funding.models import Proposal, Review, Round, Source
from funding.values import Text

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(db: None) -> Source:
    return make_source(WORDS)


def reread(source: Source, extraction: Extraction, monkeypatch: pytest.MonkeyPatch, version: str = "9.0") -> Review:
    monkeypatch.setattr(reviewing, "ENGINE_VERSION", version)
    return reviewing.open_review(source, extraction)


def otherwise(*facts: Fact, round_key: str = "round:3") -> Extraction:
    """WORDS as a newer engine reads them: the round goes by another key, and these facts come to the others."""
    keys = {"round:0": round_key}
    kept = [
        Fact(keys.get(one.subject, one.subject), one.field, one.value, one.spans, "newer", 0.99, one.qualifiers)
        for one in found().facts
        if (one.field, one.subject) not in {(new.field, new.subject.replace(round_key, "round:0")) for new in facts}
    ]
    mentions = tuple(
        Mention(keys.get(one.key, one.key), one.kind, one.name, one.is_headline) for one in found().mentions
    )
    return Extraction("en", mentions, (*kept, *facts))


def decisions(review: Review) -> dict[str, str]:
    return dict(review.proposals.values_list("field", "decision"))


def test_what_nobody_decided_is_replaced(source: Source, monkeypatch):
    before = reviewing.open_review(source, found())
    review = reread(source, otherwise(), monkeypatch)
    assert not Review.objects.filter(pk=before.pk).exists()
    assert set(decisions(review).values()) == {"pending"}
    assert {one.rule for one in review.proposals.all()} == {"newer"}


def test_what_was_decided_is_not_asked_again(source: Source, editor, monkeypatch):
    before = reviewing.open_review(source, found())
    reviewing.accept(before, [before.proposals.get(field="raised").pk], by=editor)
    reviewing.reject(before, [before.proposals.get(field="stage").pk], by=editor)
    review = reread(source, otherwise(), monkeypatch)
    assert decisions(review) == {
        "name": "pending",
        "announced_on": "pending",
        "raised": "accepted",
        "stage": "rejected",
        "participation": "pending",
    }
    assert review.proposals.get(field="raised").decided_by == editor
    assert review.state == Review.State.PENDING
    assert list(Review.objects.filter(state=Review.State.PENDING)) == [review]


def test_a_reading_that_finds_the_same_leaves_nothing_to_review(source: Source, editor, monkeypatch):
    reviewing.accept(reviewing.open_review(source, found()), by=editor)
    review = reread(source, otherwise(), monkeypatch)
    assert (review.state, set(decisions(review).values())) == (Review.State.DECIDED, {"accepted"})


def test_a_value_that_is_read_otherwise_now_is_asked_about(source: Source, editor, monkeypatch):
    before = reviewing.open_review(source, found())
    reviewing.accept(before, by=editor)
    new = Fact("round:3", "raised", usd(43_000_000), (Span(23, 34),), "newer", 0.99)
    review = reread(source, otherwise(new), monkeypatch)
    assert [field for field, decision in decisions(review).items() if decision == "pending"] == ["raised"]
    assert list(before.proposals.values_list("field", "decision")) == [("raised", "accepted")]
    assert Round.objects.live().get().raised == usd(42_000_000)


def test_a_new_fact_that_is_accepted_goes_to_the_round_recorded_before(source: Source, editor, monkeypatch):
    reviewing.accept(reviewing.open_review(source, found()), by=editor)
    new = Fact("round:3", "status", Text("closed"), (Span(16, 22),), "newer", 0.99)
    review = reread(source, otherwise(new), monkeypatch)
    assert reviewing.accept(review, by=make_user("lena")) is not None
    record = Round.objects.live().get()
    assert (record.raised, record.status) == (usd(42_000_000), "closed")
    assert Company.objects.live().count() == 1


def test_an_edited_value_is_carried_over_with_what_was_read(source: Source, editor, monkeypatch):
    before = reviewing.open_review(source, found())
    pk = before.proposals.get(field="raised").pk
    reviewing.accept(before, [pk], by=editor, edits={pk: usd(45_000_000)})
    review = reread(source, otherwise(), monkeypatch)
    assert review.proposals.get(field="raised").edited is not None
    assert decisions(review)["raised"] == "accepted"


def test_what_was_carried_over_is_undone_in_the_newer_reading(source: Source, editor, monkeypatch):
    change = reviewing.accept(reviewing.open_review(source, found()), by=editor)
    review = reread(source, otherwise(), monkeypatch)
    reviewing.undo(change, editor)
    review.refresh_from_db()
    assert (review.state, set(decisions(review).values())) == (Review.State.PENDING, {"pending"})
    assert not Round.objects.live().exists()
    assert Proposal.objects.filter(decision="pending").exclude(review=review).count() == 0


def test_the_same_version_reads_nothing_again(source: Source, editor, monkeypatch):
    review = reread(source, otherwise(), monkeypatch)
    again = reread(source, found(), monkeypatch)
    assert again == review
    assert {one.rule for one in again.proposals.all()} == {"newer"}
