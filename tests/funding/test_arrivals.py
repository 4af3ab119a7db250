"""How far an article is, in words, and waiting until all are in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from funding import arrivals, intake, jobs
from funding.models import Article, Job

pytestmark = pytest.mark.django_db

TEXT = "Halden Robotics has raised $42 million in a Series B round led by Northgate Capital."


def arrival(article: Article) -> arrivals.Arrival:
    return arrivals.arrivals([Article.objects.select_related("source", "job").get(pk=article.pk)])[0]


def test_an_article_that_nobody_has_begun_waits():
    one = arrival(intake.add_text(TEXT)[0])
    assert (one.state, one.note, one.is_open) == ("waiting", "", True)


def test_an_article_to_be_tried_again_says_when_and_why_it_failed():
    article, _ = intake.add_address("https://ledger.example/halden")
    jobs.delay(jobs.claim(article.job_id), "The site does not answer.")
    one = arrival(article)
    assert one.state.startswith("waiting for attempt 2, at ")
    assert one.note == "The site does not answer."


def test_an_article_being_read_says_its_step():
    article, _ = intake.add_text(TEXT)
    jobs.report_progress(jobs.claim(article.job_id), "Proposing", 2, 3)
    assert arrival(article).state == "proposing, step 3 of 3"


def test_an_article_read_says_what_it_holds_as_it_stands_now(editor):
    article, _ = intake.add_text(TEXT)
    jobs.run(article.job_id)
    one = arrival(article)
    pending = one.counts["pending"]
    assert (one.note, one.is_to_review, one.is_open) == (f"1 round, {pending} facts to review.", True, False)
    arrivals.reviewing.reject(one.review, by=editor)
    assert arrival(article).note == f"1 round, {pending} facts rejected."


def test_a_failed_article_says_why():
    article, _ = intake.add_address("https://ledger.example/halden")
    jobs.fail(jobs.claim(article.job_id), "The page is gone.")
    one = arrival(article)
    assert (one.state, one.note, one.has_failed) == ("failed", "The page is gone.", True)


def test_many_articles_cost_two_queries(django_assert_num_queries):
    for number in range(5):
        jobs.run(intake.add_text(f"{TEXT} Number {number}.")[0].job_id)
    found = list(Article.objects.select_related("source", "job"))
    with django_assert_num_queries(2):
        assert len(arrivals.arrivals(found)) == 5


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list:
    """What waiting says; each sleep does the next job that is due."""

    def work(seconds: float) -> None:
        due = Job.objects.due().first()
        if due:
            jobs.run(due.pk)
        else:
            Job.objects.open().update(run_after=timezone.now() - timedelta(seconds=1))

    monkeypatch.setattr(arrivals.time, "sleep", work)
    return []


def test_waiting_tells_how_many_are_done_whenever_that_changes(said: list):
    articles = [intake.add_text(f"{TEXT} Number {number}.")[0] for number in range(2)]
    arrivals.await_all(articles, lambda done, of: said.append((done, of)), said.append)
    assert said == [(0, 2), (1, 2), (2, 2)]


def test_waiting_for_nothing_returns_at_once(said: list):
    arrivals.await_all([], lambda done, of: said.append((done, of)), said.append)
    assert said == [(0, 0)]


def test_waiting_says_once_that_no_worker_seems_to_run(said: list, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(arrivals, "QUIET", -1.0)
    article, _ = intake.add_text(TEXT)
    arrivals.await_all([article], lambda done, of: None, said.append)
    assert said == ["Nothing has been read for a while: is a worker running? What is queued stays queued."]


def test_waiting_says_that_an_article_is_to_be_tried_again_and_why(said: list, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(arrivals, "QUIET", -1.0)
    article, _ = intake.add_text(TEXT)
    jobs.delay(jobs.claim(article.job_id), "The site does not answer.")
    arrivals.await_all([article], lambda done, of: None, said.append)
    assert len(said) == 1
    assert said[0].startswith("1 to be tried again, the first at ")
    assert said[0].endswith("The site does not answer.")
