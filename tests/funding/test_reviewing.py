"""A review opens with what was found; accepting is the only door to records, and every decision can be taken back."""

import threading

import pytest
from django.db import connection
from factories import make_source, make_user

from companies.models import Company
from funding import recording, reviewing
from funding.extraction import Extraction, Fact, Mention, Span
from funding.models import Change, Proposal, Review, Round, Source, Statement
from funding.values import Money, PartialDate, Reference, Text

pytestmark = pytest.mark.django_db

WORDS = "Halden Robotics raised $42 million in a Series B led by Northgate Capital on 1 March 2024."


def found(*, stage: str = "series_b") -> Extraction:
    """What a reading of WORDS comes to."""
    mentions = (
        Mention("company:0", "company", "Halden Robotics", True),
        Mention("round:0", "round", "Halden Robotics (Series B)", True),
        Mention("investor:0", "investor", "Northgate Capital"),
    )
    facts = (
        Fact("company:0", "name", Text("Halden Robotics"), (Span(0, 15),), "name", 0.95),
        Fact("round:0", "company", Reference("company:0"), (Span(0, 15),), "raise.subject", 0.95),
        Fact("round:0", "announced_on", PartialDate(2024, 3, 1), (Span(77, 89),), "date.date", 0.9),
        Fact("round:0", "raised", Money.exact(42_000_000, "USD"), (Span(23, 34),), "raise.subject", 0.95),
        Fact("round:0", "stage", Text(stage), (Span(40, 48),), "stage", 0.6, {"label": "Series B"}),
        Fact("round:0", "participation", Reference("investor:0"), (Span(56, 73),), "lead.by", 0.8, {"is_lead": True}),
        Fact("investor:0", "name", Text("Northgate Capital"), (Span(56, 73),), "name", 0.95),
    )
    return Extraction("en", mentions, facts)


@pytest.fixture
def source(db: None) -> Source:
    return make_source(WORDS)


@pytest.fixture
def review(source: Source) -> Review:
    return reviewing.open_review(source, found())


def proposal(review: Review, field: str) -> Proposal:
    return review.proposals.get(field=field)


def test_a_review_proposes_facts_and_leaves_out_how_they_hang_together(review: Review):
    fields = [(one.subject, one.field) for one in review.proposals.all()]
    assert fields == [
        ("company:0", "name"),
        ("round:0", "announced_on"),
        ("round:0", "raised"),
        ("round:0", "stage"),
        ("round:0", "participation"),
    ]


def test_a_proposal_keeps_the_words_and_where_they_stand(review: Review):
    assert proposal(review, "raised").quotes == [{"start": 23, "end": 34, "text": "$42 million"}]


def test_nothing_is_recorded_before_it_is_accepted(review: Review):
    assert not Statement.objects.exists()
    assert not Company.objects.exists()


def test_stages_go_by_our_names(source: Source):
    review = reviewing.open_review(source, found(stage="crowdfunding"))
    assert proposal(review, "stage").said == Text("equity_crowdfunding")


def test_what_hangs_on_no_company_is_not_proposed(source: Source):
    facts = tuple(fact for fact in found().facts if fact.field != "company")
    review = reviewing.open_review(source, Extraction("en", found().mentions, facts))
    assert {one.subject for one in review.proposals.all()} == {"company:0"}


def test_a_second_reading_by_the_same_version_changes_nothing(source: Source, review: Review):
    assert reviewing.open_review(source, found(stage="seed")) == review
    assert proposal(review, "stage").said == Text("series_b")


def test_a_newer_version_replaces_a_pending_review(source: Source, review: Review, monkeypatch):
    monkeypatch.setattr(reviewing, "ENGINE_VERSION", "newer")
    newer = reviewing.open_review(source, found(stage="series_c"))
    assert list(Review.objects.filter(source=source)) == [newer]


def test_a_newer_version_leaves_a_decided_review_as_it_is(source: Source, review: Review, editor, monkeypatch):
    reviewing.accept(review, by=editor)
    monkeypatch.setattr(reviewing, "ENGINE_VERSION", "newer")
    reviewing.open_review(source, found(stage="series_c"))
    assert Review.objects.filter(source=source).count() == 2


def test_accepting_all_records_the_round_with_its_words(review: Review, editor):
    change = reviewing.accept(review, by=editor)
    record = Round.objects.get()
    assert (record.company.name, record.stage, record.raised_low) == ("Halden Robotics", "series_b", 42_000_000)
    assert record.raised_statement.quotes[0]["text"] == "$42 million"
    assert (change.kind, change.by) == (Change.Kind.REVIEW, editor)
    assert review.state == Review.State.DECIDED


def test_accepting_one_fact_records_that_one_and_leaves_the_others_pending(review: Review, editor):
    reviewing.accept(review, [proposal(review, "raised").pk], by=editor)
    assert [one.field for one in Statement.objects.all()] == ["raised"]
    assert review.state == Review.State.PENDING
    assert reviewing.counts(review) == {"pending": 4, "accepted": 1, "rejected": 0}


def test_facts_accepted_one_after_the_other_are_of_one_round(review: Review, editor):
    for field in ("stage", "raised", "participation"):
        reviewing.accept(review, [proposal(review, field).pk], by=editor)
    record = Round.objects.live().get()
    assert (record.stage, record.raised_low) == ("series_b", 42_000_000)
    assert record.participations.get().is_lead is True


def test_accepting_above_a_confidence_leaves_what_is_less_sure(review: Review, editor):
    reviewing.accept(review, by=editor, above=0.8)
    decided = dict(review.proposals.values_list("field", "decision"))
    assert decided["stage"] == "pending"
    assert decided["participation"] == "accepted"


def test_accepting_twice_records_one_round(review: Review, editor):
    reviewing.accept(review, by=editor)
    assert reviewing.accept(review, by=editor) is None
    assert Round.objects.count() == 1
    assert Change.objects.count() == 1


def test_a_proposal_of_another_review_cannot_be_decided_through_this_one(review: Review, editor):
    other = reviewing.open_review(make_source("Another text."), found())
    assert reviewing.accept(review, [proposal(other, "raised").pk], by=editor) is None
    assert reviewing.counts(other)["pending"] == 5


def test_rejecting_records_nothing_and_says_who_did(review: Review, editor):
    assert reviewing.reject(review, by=editor) == 5
    assert not Statement.objects.exists()
    assert {one.decided_by for one in review.proposals.all()} == {editor}
    assert review.state == Review.State.DECIDED


def test_what_was_rejected_is_not_accepted_afterwards(review: Review, editor):
    reviewing.reject(review, [proposal(review, "raised").pk], by=editor)
    reviewing.accept(review, by=make_user("second"))
    assert proposal(review, "raised").decided_by == editor
    assert "raised" not in set(Statement.objects.values_list("field", flat=True))


def test_undo_takes_back_what_accepting_added_and_opens_the_review_again(review: Review, editor):
    change = reviewing.accept(review, by=editor)
    reviewing.undo(change, editor)
    review.refresh_from_db()
    assert review.state == Review.State.PENDING
    assert reviewing.counts(review)["pending"] == 5
    assert not Statement.objects.live().exists()
    assert not Round.objects.live().exists()


def test_undo_leaves_what_another_decision_added(review: Review, editor):
    first = reviewing.accept(review, [proposal(review, "raised").pk], by=editor)
    reviewing.accept(review, by=editor)
    reviewing.undo(first, editor)
    assert reviewing.counts(review) == {"pending": 1, "accepted": 4, "rejected": 0}
    assert Round.objects.live().get().raised_low is None


def test_a_change_is_undone_once(review: Review, editor):
    change = reviewing.accept(review, by=editor)
    reviewing.undo(change, editor)
    with pytest.raises(ValueError, match="taken back already"):
        reviewing.undo(change, editor)


def test_accepting_after_an_undo_gives_the_same_record_again(review: Review, editor):
    reviewing.undo(reviewing.accept(review, by=editor), editor)
    before = Round.objects.get().pk
    reviewing.accept(review, by=editor)
    assert Round.objects.live().get().pk == before


def test_a_rejection_that_was_a_mistake_is_open_again(review: Review, editor):
    reviewing.reject(review, by=editor)
    reviewing.reopen(review.proposals.all())
    review.refresh_from_db()
    assert (review.state, reviewing.counts(review)["pending"]) == (Review.State.PENDING, 5)


def test_reopening_leaves_alone_what_is_recorded(review: Review, editor):
    reviewing.accept(review, [proposal(review, "raised").pk], by=editor)
    reviewing.reject(review, by=editor)
    assert reviewing.reopen(review.proposals.all()) == 4
    assert reviewing.counts(review) == {"pending": 4, "accepted": 1, "rejected": 0}


def test_records_after_decisions_equal_those_projected_from_scratch(review: Review, editor):
    reviewing.accept(review, [proposal(review, "raised").pk, proposal(review, "stage").pk], by=editor)
    before = list(Round.objects.values())
    recording.rebuild()
    assert list(Round.objects.values()) == before


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_accept_at_once_one_records_and_the_other_nothing():
    people = [make_user("one"), make_user("two")]
    review = reviewing.open_review(make_source(WORDS), found())
    start, changes = threading.Barrier(2), []

    def accept(person):
        start.wait()
        try:
            changes.append(reviewing.accept(Review.objects.get(pk=review.pk), by=person))
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [change is None for change in changes].count(True) == 1
    assert len({one.decided_by for one in review.proposals.all()}) == 1
    assert Statement.objects.count() == 5
