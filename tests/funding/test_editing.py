"""A person's value in the place of what was read: typed and read back, recorded as theirs, and believed."""

from decimal import Decimal

import pytest
from django.utils import translation
from factories import make_source, say, usd
from test_reviewing import WORDS, found

from companies.models import Company
from funding import editing, recording, reviewing
from funding.models import Proposal, Review, Round, Statement
from funding.values import Money, Multiple, PartialDate, Quantity, Text, Undisclosed, Value, to_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(db: None) -> Review:
    return reviewing.open_review(make_source(WORDS), found())


def one(field: str, value: Value) -> Proposal:
    """A proposal of this value, stored nowhere."""
    return Proposal(field=field, subject="round:0", value=to_json(value))


def edit(review: Review, field: str, value: Value, by) -> None:
    pk = review.proposals.get(field=field).pk
    reviewing.accept(review, [pk], by=by, edits={pk: value})


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("raised", usd(42_000_000), "42m USD"),
        ("raised", usd(1_250_000_000, is_approx=True), "about 1.25bn USD"),
        ("raised", usd(1_234_000_000), "1234m USD"),  # 1.234bn may be read as grouped
        ("raised", Money.at_least(12_345_678, "EUR", strictly=True), "more than 12345678 EUR"),
        ("raised", Money.at_most(500_000, "GBP"), "at most 500000 GBP"),
        ("raised", Undisclosed(), "undisclosed"),
        ("announced_on", PartialDate(2024, 3), "Mar 2024"),
        ("employees", Quantity.hedged(140, "approx"), "about 140"),
        ("valuation_ratio", Multiple.hedged(2, "more_than"), "more than 2"),
        ("stage", Text("series_b"), "series_b"),
        ("headquarters", Text("Oslo"), "Oslo"),
    ],
)
def test_what_was_read_is_typed_so_that_reading_it_again_changes_nothing(field: str, value: Value, words: str):
    proposal = one(field, value)
    assert editing.as_typed(proposal, {}) == words
    assert editing.read(proposal, words) is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("raised", Money.about(1_250_000_000, "EUR"), "environ 1,25 Md EUR"),
        ("raised", Money.at_least(42_500_000, "USD"), "au moins 42,5 M USD"),
        ("announced_on", PartialDate(2024, 2, 1), "1er févr. 2024"),
        ("announced_on", PartialDate(2024, 8), "août 2024"),
        ("valuation_ratio", Multiple.hedged(Decimal("2.25"), "more_than"), "plus de 2,25"),
    ],
)
def test_what_was_read_is_typed_as_the_language_of_the_reader_has_it(field: str, value: Value, words: str):
    with translation.override("fr"):
        assert editing.as_typed(one(field, value), {}) == words
        assert editing.read(one(field, value), words) is None


@pytest.mark.parametrize(
    ("field", "words", "value"),
    [
        ("raised", "$45m", Money.exact(45_000_000, "CAD")),  # the article speaks of Canadian dollars
        ("raised", "≈ €40m", Money.about(40_000_000, "EUR")),
        ("raised", "Undisclosed", Undisclosed()),
        ("announced_on", "24 Aug 2023", PartialDate(2023, 8, 24)),
        ("employees", "more than 1,200", Quantity.hedged(1200, "more_than")),
        ("stage", "series_a", Text("series_a")),
        ("headquarters", "  Bergen ", Text("Bergen")),
    ],
)
def test_another_value_is_read_as_it_is_typed(field: str, words: str, value: Value):
    assert editing.read(one(field, Money.exact(1_000_000, "CAD")), words) == value


@pytest.mark.parametrize(
    ("field", "words", "told"),
    [
        ("raised", "", "Nothing is written."),
        ("raised", "plenty", "holds no figure"),
        ("raised", "40m", "names no currency"),
        ("announced_on", "31 Feb 2024", "no day of the calendar"),
        ("employees", "a dozen", "not read as a number"),
        ("stage", "series_z", "none of the values"),
        ("website", "no address", "no web address"),
        ("is_unicorn", "no", "either so or not"),
    ],
)
def test_what_is_no_value_says_why(field: str, words: str, told: str):
    with pytest.raises(ValueError, match=told):
        editing.read(one(field, Text("before")), words)


def test_an_edited_value_is_recorded_with_the_words_of_the_article_as_edited(review: Review, editor):
    edit(review, "raised", usd(45_000_000), editor)
    said = Statement.objects.get(field="raised")
    assert (said.said, said.rule, said.confidence, said.added_in.by) == (usd(45_000_000), "edited", None, editor)
    assert said.quotes == [{"start": 23, "end": 34, "text": "$42 million"}]
    proposal = review.proposals.get(field="raised")
    assert (proposal.said, proposal.edited) == (usd(42_000_000), to_json(usd(45_000_000)))


def test_what_a_person_wrote_wins_over_what_other_articles_say(review: Review, editor):
    edit(review, "raised", usd(44_000_000, is_approx=True), editor)
    reviewing.accept(review, by=editor)
    told = {"announced_on": PartialDate(2024, 3, 1), "stage": Text("series_b"), "leads": ["Northgate Capital"]}
    say(make_source(kind="release"), rounds={"0": told | {"raised": usd(42_000_000)}})
    record = Round.objects.live().get()
    assert record.raised == usd(44_000_000, is_approx=True)
    recording.rebuild()
    assert Round.objects.live().get().raised == usd(44_000_000, is_approx=True)


def test_another_name_of_a_company_is_the_one_it_goes_by(review: Review, editor):
    edit(review, "raised", usd(45_000_000), editor)
    edit(review, "name", Text("Halden Robots"), editor)
    assert Company.objects.live().get().name == "Halden Robots"


def test_an_investor_written_in_the_place_of_another_is_the_one_who_took_part(review: Review, editor):
    edit(review, "participation", Text("Northgate Growth"), editor)
    share = Round.objects.live().get().participations.get()
    assert (share.investor.name, share.is_lead) == ("Northgate Growth", True)


def test_undoing_an_edit_opens_the_fact_as_it_was_read(review: Review, editor):
    edit(review, "raised", usd(45_000_000), editor)
    reviewing.undo(review.proposals.get(field="raised").change, editor)
    proposal = review.proposals.get(field="raised")
    assert (proposal.decision, proposal.edited, proposal.said) == ("pending", None, usd(42_000_000))
    assert not Statement.objects.live().exists()
