"""Whom an article speaks of: the records it may be, with reasons, and the person's word on it."""

import pytest
from django.test import Client
from factories import make_source, say, usd
from test_review_pages import decide, page
from test_reviewing import WORDS, found

from companies.models import Company, Investor
from funding import reviewing
from funding.extraction import Extraction, Fact, Mention, Span
from funding.models import Review, Round
from funding.proposals import proposed
from funding.review_candidates import Whom
from funding.values import PartialDate, Reference, Text

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(db: None) -> Review:
    return reviewing.open_review(make_source(WORDS, title="Halden takes $42m"), found())


def named(name: str, *, investor: str = "Northgate Capital") -> Review:
    """A review of one round of a company of this name, told with an investor."""
    mentions = (
        Mention("company:0", "company", name, True),
        Mention("round:0", "round", name, True),
        Mention("investor:0", "investor", investor),
    )
    facts = (
        Fact("company:0", "name", Text(name), (Span(0, 6),), "name", 0.9),
        Fact("round:0", "company", Reference("company:0"), (), "rule", 0.9),
        Fact("round:0", "raised", usd(42_000_000), (Span(0, 6),), "rule", 0.9),
        Fact("round:0", "participation", Reference("investor:0"), (Span(0, 6),), "rule", 0.9),
    )
    return reviewing.open_review(make_source(), Extraction("en", mentions, facts))


def whom(review: Review, key: str = "company:0") -> Whom:
    return proposed(review).whom[key]


ROUND = {"announced_on": PartialDate(2024, 3, 1), "raised": usd(42_000_000)}


def test_a_company_of_the_name_is_suggested_with_score_and_reasons(review: Review):
    say(make_source(), rounds={"0": ROUND})
    one = whom(review)
    assert one.suggested == Company.objects.get()
    assert not one.is_doubtful
    assert one.candidates[0].reasons.startswith("same name, a round in common: dates meet, amounts agree")
    assert one.candidates[0].score == 3.0


def test_a_name_that_is_only_alike_is_offered_and_not_taken(review: Review):
    say(make_source(), company="Halden Robotic")
    one = whom(review)
    assert (one.suggested, one.is_doubtful) == (None, True)
    assert [(each.name, each.is_named) for each in one.candidates] == [("Halden Robotic", False)]


def test_of_several_of_one_name_the_likeliest_is_suggested_and_a_person_asked(review: Review):
    say(make_source(), facts={"headquarters": Text("Lyon")})
    say(make_source(), rounds={"0": ROUND}, names_seen=False)
    one = whom(review)
    assert len(one.candidates) == 2 and one.is_doubtful
    assert one.suggested == Round.objects.get().company


def test_a_company_that_nothing_is_like_is_new_and_nothing_is_asked(editor_client: Client, review: Review):
    say(make_source(), company="Quillmark Software")
    assert whom(review).candidates == []
    assert 'name="is:company:0"' not in page(editor_client.get(review.get_absolute_url()))


def test_the_page_offers_the_candidates_as_plain_choices(editor_client: Client, review: Review):
    say(make_source(), rounds={"0": ROUND})
    held = Company.objects.get()
    seen = page(editor_client.get(review.get_absolute_url()))
    assert f'<input type="radio" name="is:company:0" value="{held.pk}" checked>' in seen
    assert '<input type="radio" name="is:company:0" value="new">' in seen
    assert '<input type="radio" name="is:round:0" value="" checked>' in seen
    assert "score 3" in seen and "a round in common" in seen


def test_a_company_of_another_name_is_chosen(editor_client: Client, review: Review):
    say(make_source(), company="Halden Robotic")
    held = Company.objects.get()
    decide(editor_client, review, "accept all", **{"is:company:0": str(held.pk)})
    assert Company.objects.live().get() == held
    assert held.rounds.live().count() == 1


def test_another_company_of_that_name_is_a_new_record_and_stays_one(editor_client: Client, review: Review):
    say(make_source(), rounds={"0": ROUND}, names_seen=False)
    held = Company.objects.get()
    decide(editor_client, review, "accept all", **{"is:company:0": "new"})
    assert Company.objects.live().count() == 2
    say(make_source(), facts={"headquarters": Text("Oslo")}, names_seen=False)  # has the two settled anew
    assert held.rounds.live().count() == 1
    assert Round.objects.live().exclude(company=held).count() == 1


def test_undoing_it_leaves_the_company_that_was_held(editor_client: Client, editor, review: Review):
    say(make_source(), rounds={"0": ROUND}, names_seen=False)
    held = Company.objects.get()
    decide(editor_client, review, "accept all", **{"is:company:0": "new"})
    reviewing.undo(review.proposals.first().change, editor)
    assert Company.objects.live().get() == held


def test_a_round_of_its_own_is_kept_apart_from_the_one_like_it(editor_client: Client, review: Review):
    say(make_source(), rounds={"0": ROUND})
    held = Company.objects.get()
    decide(editor_client, review, "accept all", **{"is:company:0": str(held.pk), "is:round:0": "new"})
    assert held.rounds.live().count() == 2


def test_a_round_that_matching_would_not_take_is_chosen(editor_client: Client, review: Review):
    say(make_source(), rounds={"0": {"announced_on": PartialDate(2021, 5), "raised": usd(42_000_000)}})
    held = Round.objects.get()
    decide(editor_client, review, "accept all", **{"is:round:0": str(held.pk)})
    assert Round.objects.live().get() == held


def test_a_round_of_another_company_than_the_chosen_is_refused_in_words(editor_client: Client, review: Review):
    say(make_source(), rounds={"0": ROUND})
    say(make_source(), company="Halden Robotic")
    held = Round.objects.get()
    other = Company.objects.get(name="Halden Robotic")
    given = {"decision": "accept all", "shown": str(review.proposals.first().pk), "is:company:0": other.pk}
    response = editor_client.post(f"/review/{review.pk}/decide/", given | {"is:round:0": held.pk})
    assert response.status_code == 422
    seen = page(response)
    assert "not of the company that was chosen" in seen
    assert f'name="is:company:0" value="{other.pk}" checked>' in seen
    assert reviewing.counts(review)["pending"] == 5


@pytest.mark.parametrize("choice", ["999999", "junk", "-1"])
def test_a_choice_that_is_not_held_says_so(editor_client: Client, review: Review, choice: str):
    given = {"decision": "accept all", "shown": str(review.proposals.first().pk), "is:company:0": choice}
    response = editor_client.post(f"/review/{review.pk}/decide/", given)
    assert response.status_code == 422
    assert "is not held any more" in page(response)
    assert not Company.objects.exists()


def test_letters_of_two_scripts_are_told(editor_client: Client):
    review = named("Lumi\u043e Labs")
    seen = page(editor_client.get(review.get_absolute_url()))
    assert "Cyrillic and Latin letters in one word" in seen


def test_an_investor_of_a_common_name_is_asked_about(editor_client: Client):
    say(make_source(), company="Quillmark Software", rounds={"0": ROUND | {"investors": ["Index"]}})
    held = Investor.objects.get()
    review = named("Halden Robotics", investor="Index")
    one = whom(review, "investor:0")
    assert one.suggested == held and [each.name for each in one.candidates] == ["Index"]
    decide(editor_client, review, "accept all", **{"is:investor:0": "new"})
    assert Investor.objects.live().filter(key="index").count() == 2


def test_what_is_recorded_of_the_article_already_is_not_asked_again(editor_client: Client, editor, review: Review):
    reviewing.accept(review, [review.proposals.get(field="raised").pk], by=editor)
    one = whom(review)
    assert one.is_settled and one.suggested == Company.objects.get()
    seen = page(editor_client.get(review.get_absolute_url()))
    assert 'name="is:' not in seen
    assert "we hold it: recorded from this article" in seen
