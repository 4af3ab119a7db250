"""Accepting without a look at each fact: rules per field, the sample that people look at, and many at once."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from factories import make_source, make_user, say, usd
from test_review_pages import page
from test_reviewing import WORDS, found

from companies.models import Company
from funding import accepting, intake, jobs, reviewing
from funding.models import AcceptRule, Change, Proposal, Review, Round
from funding.values import PartialDate

pytestmark = pytest.mark.django_db

TEXT = (
    "Halden Robotics raises $42 million\n\n"
    "Halden Robotics has raised $42 million in a Series B round led by Northgate Capital."
)


@pytest.fixture
def review(db: None) -> Review:
    return reviewing.open_review(make_source(WORDS, title="Halden takes $42m"), found())


def rule(field: str, confidence: str) -> None:
    AcceptRule.objects.create(field=field, confidence=Decimal(confidence))


def accepted(review: Review) -> set[str]:
    return set(review.proposals.filter(decision="accepted").values_list("field", flat=True))


def draw(review: Review, *fields: str) -> list[Proposal]:
    """Accept everything by rule, and have only these fields drawn."""
    for field in ("name", "announced_on", "raised", "stage", "participation"):
        rule(field, "0.50")
    accepting.accept_by_rules(review)
    review.proposals.update(audit="")
    review.proposals.filter(field__in=fields).update(audit="due")
    return [review.proposals.get(field=field) for field in fields]


def test_without_rules_nothing_is_accepted_of_an_article_that_is_read():
    article, _ = intake.add_text(TEXT, published=PartialDate(2024, 3, 1))
    jobs.run(article.job_id)
    assert accepted(Review.objects.get()) == set()


def test_with_a_rule_what_is_sure_of_its_field_is_accepted_as_it_is_read():
    rule("raised", "0.50")
    article, _ = intake.add_text(TEXT, published=PartialDate(2024, 3, 1))
    jobs.run(article.job_id)
    assert accepted(Review.objects.get()) == {"raised"}
    change = Change.objects.get()
    assert (change.by, change.note) == (None, "Accepted by rule")


def test_a_rule_leaves_what_is_less_sure(review: Review):
    rule("raised", "0.96")
    rule("stage", "0.60")
    accepting.accept_by_rules(review)
    assert accepted(review) == {"stage"}


def test_a_rule_records_nothing_of_a_company_whose_name_is_in_doubt(review: Review):
    review.proposals.filter(field="name").update(confidence=0.4)
    rule("raised", "0.90")
    assert accepting.accept_by_rules(review) is None
    assert not Round.objects.exists()


def test_a_rule_joins_no_two_companies_by_name_alone(review: Review):
    say(make_source(), rounds={"0": {"announced_on": PartialDate(2019, 5), "raised": usd(3_000_000)}})
    rule("raised", "0.90")
    accepting.accept_by_rules(review)
    assert Company.objects.live().filter(key="halden robotics").count() == 2


def test_about_one_fact_in_twenty_is_drawn_and_always_the_same():
    drawn = [pk for pk in range(1, 20_001) if accepting.is_drawn(pk)]
    assert 900 < len(drawn) < 1100
    assert drawn == [pk for pk in range(1, 20_001) if accepting.is_drawn(pk)]


def test_what_a_rule_accepts_is_drawn_by_its_id(review: Review, monkeypatch):
    raised = review.proposals.get(field="raised").pk
    monkeypatch.setattr(accepting, "is_drawn", lambda pk: pk == raised)
    rule("raised", "0.50")
    rule("stage", "0.50")
    accepting.accept_by_rules(review)
    assert list(accepting.due().values_list("field", flat=True)) == ["raised"]


def test_what_a_person_accepts_is_never_drawn(review: Review, editor, monkeypatch):
    monkeypatch.setattr(accepting, "is_drawn", lambda pk: True)
    reviewing.accept(review, by=editor)
    assert not accepting.due().exists()


def test_undoing_a_drawn_fact_takes_it_out_of_the_sample(review: Review, editor):
    (raised,) = draw(review, "raised")
    reviewing.undo(raised.change, editor)
    assert not accepting.due().exists()


def test_the_sample_shows_the_words_and_takes_right_or_wrong(editor_client: Client, editor, review: Review):
    raised, stage = draw(review, "raised", "stage")
    seen = page(editor_client.get("/review/audit/"))
    assert "Amount raised: $42m" in seen and "<mark>$42 million</mark>" in seen
    assert "2 to look at" in seen
    editor_client.post("/review/audit/", {"found": f"right {raised.pk}"})
    told = page(editor_client.post("/review/audit/", {"found": f"wrong {stage.pk}"}, follow=True))
    assert "Stage is noted as wrong." in told
    assert "1 of 1 right, 100%" in told and "0 of 1 right, 0%" in told
    raised.refresh_from_db()
    assert (raised.audit, raised.audited_by) == ("right", editor)
    assert raised.audited_at is not None


def test_who_finds_second_reads_who_was_first(editor_client: Client, review: Review):
    (raised,) = draw(review, "raised")
    accepting.audit(raised, is_right=True, by=make_user("lena"))
    told = page(editor_client.post("/review/audit/", {"found": f"wrong {raised.pk}"}, follow=True))
    assert "lena had found it right before." in told
    raised.refresh_from_db()
    assert raised.audit == "right"


@pytest.mark.parametrize("found", ["", "maybe 1", "right", "right x", "wrong -1"])
def test_junk_about_a_drawn_fact_is_refused(editor_client: Client, found: str):
    assert editor_client.post("/review/audit/", {"found": found}).status_code == 400


def test_a_fact_that_was_not_drawn_cannot_be_found_wrong(editor_client: Client, review: Review):
    pk = review.proposals.get(field="raised").pk
    told = page(editor_client.post("/review/audit/", {"found": f"wrong {pk}"}, follow=True))
    assert "not, or no longer, among those" in told
    assert not Proposal.objects.exclude(audit="").exists()


def test_an_admin_sets_and_ends_rules(client: Client):
    admin = make_user("ada", "admin")
    client.force_login(admin)
    assert "1 rule is changed." in page(client.post("/review/rules/", {"from:raised": "95 %"}, follow=True))
    held = AcceptRule.objects.get()
    assert (held.field, held.confidence, held.changed_by) == ("raised", Decimal("0.95"), admin)
    assert 'value="95"' in page(client.get("/review/rules/"))
    client.post("/review/rules/", {"from:raised": ""})
    assert not AcceptRule.objects.exists()


@pytest.mark.parametrize("typed", ["much", "101", "-1", "9.5", "NaN", "<b>"])
def test_a_rule_that_is_no_confidence_says_so_in_place_and_changes_nothing(client: Client, typed: str):
    client.force_login(make_user("ada", "admin"))
    response = client.post("/review/rules/", {"from:raised": typed, "from:stage": "90"})
    assert response.status_code == 422
    seen = page(response)
    assert "is no whole number from 0 to 100." in seen and 'value="90"' in seen
    assert not AcceptRule.objects.exists()


def test_only_admins_see_the_rules(editor_client: Client, review: Review):
    assert editor_client.get("/review/rules/").status_code == 403
    assert "/review/rules/" not in page(editor_client.get("/review/"))


def test_what_is_sure_in_the_whole_inbox_is_counted_before_it_is_accepted(editor_client: Client, editor, review):
    other = reviewing.open_review(make_source("Elsewhere."), found())
    seen = page(editor_client.get("/review/accept/", {"from": "80"}))
    assert "8 facts of 2 articles</b> are at least so sure." in seen
    moment = seen.split('name="seen" value="')[1].split('"')[0]
    later = reviewing.open_review(make_source("Later."), found())
    told = page(editor_client.post("/review/accept/", {"from": "80", "seen": moment}, follow=True))
    assert "8 facts of 2 articles accepted." in told
    for one in (review, other):
        assert accepted(one) == {"name", "announced_on", "raised", "participation"}
    assert accepted(later) == set()
    assert {change.by for change in Change.objects.all()} == {editor}
    assert Round.objects.live().count() == 1


def test_at_most_so_many_articles_are_taken_at_once_the_oldest_first(editor_client: Client, review, monkeypatch):
    monkeypatch.setattr(accepting, "MOST_AT_ONCE", 1)
    other = reviewing.open_review(make_source("Elsewhere."), found())
    assert "The oldest 1 articles are taken now" in page(editor_client.get("/review/accept/", {"from": "80"}))
    editor_client.post("/review/accept/", {"from": "80", "seen": timezone.now().isoformat()})
    assert accepted(review) and not accepted(other)


@pytest.mark.parametrize("given", ["", "much", "101"])
def test_what_is_no_confidence_is_told_in_place(editor_client: Client, review: Review, given: str):
    for response in (
        editor_client.get("/review/accept/", {"from": given}),
        editor_client.post("/review/accept/", {"from": given, "seen": timezone.now().isoformat()}),
    ):
        assert response.status_code == 422
        assert "a whole number from 0 to 100" in page(response) or "no whole number" in page(response)
    assert accepted(review) == set()


@pytest.mark.parametrize("seen", ["", "yesterday", "2024-03-01T10:00:00"])
def test_a_count_that_nobody_read_is_refused(editor_client: Client, review: Review, seen: str):
    assert editor_client.post("/review/accept/", {"from": "80", "seen": seen}).status_code == 400
    assert accepted(review) == set()
