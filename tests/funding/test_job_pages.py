"""The pages about jobs: what is done, what went wrong, cancel and retry."""

import uuid

import pytest
from django.utils import timezone

from funding import intake, jobs
from funding.models import Feed, Job

HTMX = {"HX-Request": "true"}
TEXT = "Halden Robotics has raised $40 million in a Series B led by Northgate Capital, the company said on Monday {}."


def make_job(**columns) -> Job:
    return Job.objects.create(**{"kind": "feed", "idempotency_key": uuid.uuid4().hex} | columns)


def ended(state: str, **columns) -> Job:
    return make_job(**{"state": state, "error": "It ended.", "finished_at": timezone.now()} | columns)


def page_of(client, address: str, **headers) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    text = response.content.decode()
    return text.partition("<main")[2] or text


def test_the_list_says_what_each_job_is_and_why_it_failed(editor_client):
    intake.add_text(TEXT.format(1), title="Halden raises $40m")
    feed = Feed.objects.create(url="https://ledger.example/feed", title="The Ledger", next_fetch_at=timezone.now())
    ended("failed", payload={"feed": feed.pk}, error="ledger.example has no such page (status 404).", attempt=2)
    page = page_of(editor_client, "/jobs/")
    assert "Halden raises $40m" in page
    assert "The Ledger" in page
    assert "ledger.example has no such page (status 404)." in page
    assert "2 of 5" in page


def test_the_list_is_filtered_by_state(editor_client):
    queued, failed = make_job(), ended("failed")
    page = page_of(editor_client, "/jobs/?state=failed")
    assert failed.get_absolute_url() in page
    assert queued.get_absolute_url() not in page
    assert "No job is in this state." in page_of(editor_client, "/jobs/?state=dead")


@pytest.mark.parametrize("query", ["state=nonsense", "before=x", "before=-1", f"before={'9' * 40}", "state=&before="])
def test_a_query_that_means_nothing_shows_all(editor_client, query):
    job = make_job()
    assert job.get_absolute_url() in page_of(editor_client, f"/jobs/?{query}")


def test_an_empty_list_says_so(editor_client):
    assert "Nothing has been asked for yet." in page_of(editor_client, "/jobs/")


def test_older_jobs_are_a_page_away(editor_client):
    made = [make_job() for _ in range(53)]
    page = page_of(editor_client, "/jobs/?state=queued")
    assert page.count("/cancel/") == 50
    assert f"?state=queued&amp;before={made[3].pk}" in page
    older = page_of(editor_client, f"/jobs/?state=queued&before={made[3].pk}")
    assert older.count("/cancel/") == 3


def test_the_list_follows_what_happens_only_while_something_does(editor_client):
    job = make_job()
    assert 'hx-trigger="every 2s"' in page_of(editor_client, "/jobs/")
    jobs.cancel(job, None)
    assert "hx-trigger" not in page_of(editor_client, "/jobs/")


def test_htmx_gets_the_table_alone(editor_client):
    make_job()
    part = page_of(editor_client, "/jobs/", **HTMX)
    assert part.startswith('<div id="job-table" hx-get="/jobs/"')
    assert "<html" not in part


def test_the_list_asks_the_database_as_often_for_many_jobs_as_for_one(editor_client, django_assert_max_num_queries):
    for number in range(20):
        intake.add_text(TEXT.format(number))
        feed = Feed.objects.create(url=f"https://ledger.example/{number}", next_fetch_at=timezone.now())
        make_job(payload={"feed": feed.pk})
    with django_assert_max_num_queries(12):
        editor_client.get("/jobs/")


def test_text_from_outside_is_shown_as_text(editor_client):
    job = ended("failed", error="<script>alert(1)</script>", host="<b>")
    for address in ("/jobs/", job.get_absolute_url()):
        page = page_of(editor_client, address)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_a_job_has_a_page_with_all_that_is_known(editor_client, editor):
    job = make_job(created_by=editor, host="ledger.example", total_count=3)
    held = jobs.claim(job.pk)
    jobs.report_progress(held, "Reading", 1, 3)
    page = page_of(editor_client, job.get_absolute_url())
    assert "<b>Reading</b>, 1 of 3" in page
    assert '<progress max="3" value="1"' in page
    assert "by erin" in page
    assert "1 of 5" in page
    part = page_of(editor_client, job.get_absolute_url(), **HTMX)
    assert part.startswith('<div id="job" hx-get=')
    assert "<html" not in part


def test_a_job_that_ended_is_not_asked_after_any_more(editor_client):
    assert "hx-trigger" not in page_of(editor_client, ended("dead").get_absolute_url())


def test_cancelling_says_so_and_leads_back(editor_client):
    job = make_job()
    response = editor_client.post(f"/jobs/{job.pk}/cancel/", {"next": "/jobs/?state=queued"}, follow=True)
    assert response.redirect_chain == [("/jobs/?state=queued", 302)]
    assert f"Job {job.pk} is cancelled" in response.content.decode()
    job.refresh_from_db()
    assert (job.state, job.error) == ("cancelled", "Cancelled by erin.")


def test_cancelling_what_ended_says_so(editor_client):
    job = ended("failed")
    response = editor_client.post(f"/jobs/{job.pk}/cancel/", follow=True)
    assert f"Job {job.pk} had ended already." in response.content.decode()
    job.refresh_from_db()
    assert job.state == "failed"


def test_retrying_queues_the_job_again(editor_client):
    job = ended("dead", attempt=5)
    response = editor_client.post(f"/jobs/{job.pk}/retry/", follow=True)
    assert response.redirect_chain == [(job.get_absolute_url(), 302)]
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("queued", 0)
    response = editor_client.post(f"/jobs/{job.pk}/retry/", follow=True)
    assert f"Job {job.pk} has nothing to retry." in response.content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_the_way_back_never_leads_to_another_site(editor_client, elsewhere):
    job = make_job()
    response = editor_client.post(f"/jobs/{job.pk}/cancel/", {"next": elsewhere})
    assert response["Location"] == job.get_absolute_url()


def test_an_article_follows_its_job(editor_client):
    article, _ = intake.add_text(TEXT.format(1))
    editor_client.post(f"/jobs/{article.job.pk}/cancel/")
    article.refresh_from_db()
    assert article.state == "cancelled"
    editor_client.post(f"/jobs/{article.job.pk}/retry/")
    article.refresh_from_db()
    assert article.state == "waiting"


@pytest.mark.parametrize("address", ["/jobs/0/", "/jobs/999999/"])
def test_a_job_that_is_not_there_is_not_found(editor_client, address):
    assert editor_client.get(address).status_code == 404


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_what_changes_a_job_is_posted(editor_client, verb):
    job = make_job()
    assert editor_client.get(f"/jobs/{job.pk}/{verb}/").status_code == 405


def test_a_reader_neither_sees_nor_stops_jobs(reader_client):
    job = make_job()
    assert reader_client.get("/jobs/").status_code == 403
    assert reader_client.post(f"/jobs/{job.pk}/cancel/").status_code == 403
    job.refresh_from_db()
    assert job.state == "queued"
