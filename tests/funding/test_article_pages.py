"""The pages of articles: bringing one in by text, address or file, and following what becomes of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from factories import make_source

from funding import intake, jobs
from funding.models import Article, Feed, Job, Source

pytestmark = pytest.mark.django_db

LIST = "/articles/"
TEXT = "Halden Robotics has raised $42 million in a Series B round led by Northgate Capital."


def page(response) -> str:
    return " ".join(response.content.decode().split())


def read(article: Article) -> Article:
    jobs.run(article.job_id)
    return Article.objects.get(pk=article.pk)


def test_a_reader_sees_the_list_and_no_form(reader_client: Client):
    intake.add_text(TEXT)
    seen = page(reader_client.get(LIST))
    assert "Halden Robotics has raised" in seen
    assert 'id="import-form"' not in seen
    assert "Cancel" not in seen


def test_a_reader_cannot_bring_in_an_article(reader_client: Client):
    assert reader_client.post(LIST, {"text": TEXT}).status_code == 403
    assert not Article.objects.exists()


def test_a_visitor_is_sent_to_sign_in(client: Client, settings):
    settings.ROUNDBOOK_OPEN_READING = "nobody"
    assert client.get(LIST)["Location"].startswith(reverse("account_login"))


def test_an_editor_pastes_a_text_with_what_is_known_of_it(editor_client: Client, editor):
    given = {"text": TEXT, "title": "Arms", "publisher": "Ledger", "published_on": "2024-03", "language": "en"}
    response = editor_client.post(LIST, given, follow=True)
    article = Article.objects.get()
    assert response.redirect_chain == [(LIST, 302)]
    assert f'<a href="/articles/{article.pk}/">Arms</a> is being read.' in page(response)
    assert (article.source.text, article.publisher, article.created_by) == (TEXT, "Ledger", editor)
    assert (article.source.published.iso, article.source.language) == ("2024-03", "en")


def test_a_text_file_is_taken_in_like_a_pasted_text(editor_client: Client):
    file = SimpleUploadedFile("halden.txt", f"\ufeff{TEXT}".encode())
    editor_client.post(LIST, {"file": file})
    assert Source.objects.get().text == TEXT


def test_an_address_is_queued_to_be_fetched(editor_client: Client):
    editor_client.post(LIST, {"url": " https://ledger.example/halden "})
    assert Article.objects.get().url == "https://ledger.example/halden"
    assert Job.objects.get().state == Job.State.QUEUED


def test_a_text_held_already_changes_nothing_and_says_so_with_the_link(editor_client: Client):
    held, _ = intake.add_text(TEXT, title="Arms")
    seen = page(editor_client.post(LIST, {"text": TEXT, "title": "Other"}, follow=True))
    assert f'This text is held already: <a href="/articles/{held.pk}/">Arms</a>. Nothing was changed.' in seen
    assert Article.objects.get().title == "Arms"


def test_a_title_with_markup_is_shown_as_it_is(editor_client: Client):
    seen = page(editor_client.post(LIST, {"text": TEXT, "title": "<script>alert(1)</script>"}, follow=True))
    assert "<script>alert" not in seen
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in seen


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "Paste the text, give its address, or choose a file."),
        ({"text": TEXT, "url": "https://a.example/x"}, "Both text and address are given"),
        ({"text": "123"}, "There is no text in it."),
        ({"text": "a" * 200_001}, "The text has 200,001 characters; at most 200,000 are read."),
        ({"text": TEXT, "published_on": "24.8.2023"}, "“24.8.2023” is no date of the form"),
        ({"text": TEXT, "language": "xx"}, "xx is not one of the available choices"),
        ({"url": "http://127.0.0.1/"}, "An IP address is not fetched"),
        ({"url": "ledger"}, "Only addresses that begin with http"),
        ({"file": SimpleUploadedFile("a.txt", b"\xff\xfe\x00")}, "It is no text in UTF-8."),
        ({"file": SimpleUploadedFile("a.txt", b"")}, "There is no text in a.txt."),
        ({"file": SimpleUploadedFile("a.txt", b"a" * 900_000)}, "a.txt has 900,000 bytes; at most"),
        ({"text": TEXT, "title": "a" * 501}, "at most 500 characters"),
        ({"text": f"{TEXT}\x00"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_taken_in_is_said_in_place_with_all_that_was_typed(editor_client: Client, given, error: str):
    response = editor_client.post(LIST, {"publisher": "The Typed Paper"} | given)
    assert response.status_code == 422
    seen = page(response)
    assert error in seen
    assert 'value="The Typed Paper"' in seen
    assert given.get("text", "")[:50] in seen
    assert not Article.objects.exists()


def test_the_page_follows_an_article_until_it_is_read(editor_client: Client):
    article, _ = intake.add_text(TEXT, title="Arms")
    waiting = editor_client.get(LIST, headers={"HX-Request": "true"})
    assert "<html" not in page(waiting)
    assert 'hx-trigger="every 1s"' in page(waiting)
    assert "1 article still being read." in page(waiting)
    read(article)
    done = page(editor_client.get(LIST, headers={"HX-Request": "true"}))
    assert "hx-trigger" not in done
    assert "facts to review." in done
    assert waiting["Vary"].count("HX-Request") == 1


def test_a_running_article_says_its_step(editor_client: Client):
    article, _ = intake.add_text(TEXT)
    job = jobs.claim(article.job_id)
    jobs.report_progress(job, "Reading", 1, 3)
    assert "reading, step 2 of 3" in page(editor_client.get(LIST))


def test_a_failed_article_says_why_and_can_be_retried(editor_client: Client):
    article, _ = intake.add_address("https://ledger.example/halden")
    jobs.fail(jobs.claim(article.job_id), "The site answered 404: the page is gone.")
    seen = page(editor_client.get(LIST))
    assert "The site answered 404: the page is gone." in seen
    assert f"/jobs/{article.job_id}/retry/" in seen


def test_an_article_to_be_read_can_be_cancelled(editor_client: Client):
    article, _ = intake.add_text(TEXT)
    response = editor_client.post(f"/jobs/{article.job_id}/cancel/", {"next": LIST}, follow=True)
    assert response.redirect_chain[-1][0] == LIST
    assert "cancelled" in page(response)


def test_an_article_read_leads_an_editor_to_its_review_and_a_reader_to_its_text(
    editor_client: Client, reader_client: Client
):
    article = read(intake.add_text(TEXT)[0])
    review = article.source.reviews.get()
    assert f'<a href="/review/{review.pk}/">Review</a>' in page(editor_client.get(LIST))
    seen = page(reader_client.get(LIST))
    assert f"/review/{review.pk}/" not in seen
    assert f'<a href="/sources/{article.source_id}/">Read it</a>' in seen


def test_a_duplicate_leads_to_the_text_held(reader_client: Client):
    source = make_source()
    Article.objects.create(
        key="a", url="https://a.example/x", source=source, state="duplicate", reason="Its text is held already."
    )
    seen = page(reader_client.get(LIST))
    assert "Its text is held already." in seen
    assert source.get_absolute_url() in seen


def test_the_list_is_narrowed_to_a_state_and_paged(editor_client: Client):
    for number in range(51):
        Article.objects.create(key=str(number), url=f"https://a.example/{number}", state="cancelled")
    assert "No article is in this state." in page(editor_client.get(LIST, {"state": "failed"}))
    first = page(editor_client.get(LIST, {"state": "cancelled"}))
    oldest = Article.objects.order_by("pk")[1].pk
    assert f"?state=cancelled&amp;before={oldest}#articles" in first
    second = page(editor_client.get(LIST, {"state": "cancelled", "before": oldest}))
    assert "https://a.example/0" in second
    assert "https://a.example/1<" not in second


@pytest.mark.parametrize("query", ["state=junk", "before=junk", "before=99999999999999999999", "before=-1"])
def test_junk_in_the_address_is_no_error(editor_client: Client, query: str):
    assert editor_client.get(f"{LIST}?{query}").status_code == 200


def test_the_list_asks_the_database_no_more_for_more_articles(editor_client: Client, django_assert_max_num_queries):
    Feed.objects.create(url="https://a.example/feed", next_fetch_at="2030-01-01T00:00Z")
    for number in range(12):
        read(intake.add_text(f"{TEXT} It is story number {number}.")[0])
    with django_assert_max_num_queries(12):
        editor_client.get(LIST)


def test_one_article_shows_its_state_and_where_it_leads(editor_client: Client):
    article, _ = intake.add_text(TEXT, title="Arms", publisher="Ledger")
    seen = page(editor_client.get(article.get_absolute_url()))
    assert "Waiting" in seen and "hx-trigger" in seen and "Ledger" in seen
    read(article)
    seen = page(editor_client.get(article.get_absolute_url(), headers={"HX-Request": "true"}))
    assert "hx-trigger" not in seen and "<html" not in seen
    assert article.source.get_absolute_url() in seen
    assert "Review what it says" in seen


def test_one_article_shows_a_reader_no_jobs(reader_client: Client):
    article, _ = intake.add_text(TEXT)
    seen = page(reader_client.get(article.get_absolute_url()))
    assert "/jobs/" not in seen


def test_an_article_that_is_not_there_is_404(reader_client: Client):
    assert reader_client.get("/articles/999999/").status_code == 404
