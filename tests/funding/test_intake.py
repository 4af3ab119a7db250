"""Articles come in once, and their reading proposes what they say."""

from decimal import Decimal

import pytest
from factories import make_source

from companies.models import Company
from funding import intake, jobs
from funding.models import Article, Job, Review, Source
from funding.values import PartialDate
from funding.web import addresses, fetching, pages

pytestmark = pytest.mark.django_db

TEXT = """Halden Robotics raises $42 million in a Series B

Halden Robotics has raised $42 million in a Series B round led by Northgate Capital. Bruma Ventures also invested.
"""
PAGE = f"<html lang=en><head><title>News</title></head><body><article><p>{TEXT * 4}</p></article></body></html>"


def read(article: Article) -> Article:
    """The article after its job was run here."""
    jobs.run(article.job_id)
    return Article.objects.select_related("job", "source").get(pk=article.pk)


def test_pasted_text_is_held_at_once_with_what_its_giver_says_of_it():
    article, is_new = intake.add_text(TEXT, title=" The  news ", publisher="Ledger", published=PartialDate(2024, 3))
    assert is_new
    assert (article.source.title, article.source.publisher) == ("The news", "Ledger")
    assert article.source.published == PartialDate(2024, 3)
    assert article.job.state == Job.State.QUEUED


def test_a_text_that_is_one_long_word_has_a_short_title():
    article, _ = intake.add_text("a" * intake.LONGEST)
    assert article.title == "a" * 160 + "…"
    assert str(read(article).source) == article.title


def test_the_same_text_again_is_the_article_held_already():
    first, _ = intake.add_text(TEXT, title="First")
    again, is_new = intake.add_text(f"\r\n{TEXT}\u200b  ", title="Second")
    assert (again, is_new) == (first, False)
    assert Article.objects.get().title == "First"
    assert Job.objects.count() == 1


def test_text_that_came_by_an_address_is_held_already_when_it_is_pasted():
    source = make_source(TEXT.strip())
    by_address = Article.objects.create(key="a", url="https://ledger.example/halden", source=source)
    assert intake.add_text(TEXT) == (by_address, False)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A title\n\nHalden raised money.", "A title"),
        ("Halden raised money.\n\nIt is in Oslo.", ""),  # a sentence
        ("A first\nline\n\nHalden raised money.", ""),  # a paragraph of two lines
        ("Only this", ""),
        (f"{'word ' * 40}\n\nHalden raised money.", ""),  # too long
    ],
)
def test_a_short_first_line_of_its_own_is_the_title(text: str, title: str):
    assert intake.add_text(text)[0].source.title == title


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "There is no text in it."),
        (" \n\u200b 123 ", "There is no text in it."),
        ("a" * 200_001, "The text has 200,001 characters; at most 200,000 are read."),
    ],
)
def test_what_is_no_article_is_refused_with_its_reason(text: str, reason: str):
    with pytest.raises(intake.Unreadable, match=reason):
        intake.add_text(text)
    assert not Source.objects.exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ledger.example/halden", "https://a.example/" + "a" * 2000])
def test_an_address_that_no_page_may_link_to_is_refused(url: str):
    with pytest.raises(intake.Unreadable, match="is no http"):
        intake.add_text(TEXT, url=url)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2023-08-24", PartialDate(2023, 8, 24)),
        (" 2023-08 ", PartialDate(2023, 8)),
        ("2023", PartialDate(2023)),
        ("", None),
    ],
)
def test_a_date_of_publication_keeps_its_precision(text: str, date: PartialDate | None):
    assert intake.read_published(text) == date


@pytest.mark.parametrize("text", ["24.8.2023", "2023-13", "2023-02-30", "2999", "1023", "yesterday"])
def test_what_is_no_date_of_publication_is_refused_with_the_words_in_it(text: str):
    with pytest.raises(intake.Unreadable, match=text):
        intake.read_published(text)


def test_reading_opens_a_review_and_says_what_was_found():
    article = read(intake.add_text(TEXT, published=PartialDate(2024, 3, 1))[0])
    review = Review.objects.get(source=article.source)
    assert article.state == Article.State.READ
    assert article.source.language == "en"
    assert {"raised", "stage", "participation"} <= set(review.proposals.values_list("field", flat=True))
    assert article.job.result == f"1 round, {review.proposals.count()} facts to review."


def test_every_quote_of_a_proposal_is_what_stands_there_in_the_text():
    article = read(intake.add_text(TEXT)[0])
    for proposal in Review.objects.get().proposals.all():
        for quote in proposal.quotes:
            assert article.source.text[quote["start"] : quote["end"]] == quote["text"]


def test_text_without_funding_says_so_and_leaves_nothing_to_review():
    article = read(intake.add_text("The harbour café has painted its chairs green. Visitors liked them blue.")[0])
    assert article.job.result == "Nothing about funding was found in it."
    assert Review.objects.get().state == Review.State.EMPTY


def test_an_import_accepts_what_is_sure_enough_and_leaves_the_rest():
    article = read(intake.add_text(TEXT, accept_above=Decimal("0.8"))[0])
    review = Review.objects.get(source=article.source)
    for proposal in review.proposals.all():
        assert (proposal.decision == "accepted") == (proposal.confidence >= 0.8)
    assert review.state == Review.State.PENDING
    assert "accepted" in article.job.result


def accepted(text: str, month: int) -> None:
    """Have an article read and accepted while nobody looks."""
    read(intake.add_text(text, published=PartialDate(2024, month), accept_above=Decimal("0.5"))[0])


EARLIER = "Halden Robotics has raised $3 million in a seed round led by {investor}, the company said on 4 March 2019."


def test_unattended_a_name_alone_makes_no_two_companies_one():
    accepted(TEXT, 3)
    accepted(EARLIER.format(investor="Ostwind Partners"), 4)
    assert Company.objects.live().filter(key="halden robotics").count() == 2


def test_unattended_a_second_fact_makes_two_of_one_name_one_company():
    accepted(TEXT, 3)
    accepted(EARLIER.format(investor="Northgate Capital"), 4)
    assert Company.objects.live().get(key="halden robotics").rounds_count == 2


def test_reading_again_changes_nothing():
    article = read(intake.add_text(TEXT)[0])
    before = list(Review.objects.get().proposals.values_list("pk", "decision"))
    Job.objects.filter(pk=article.job_id).update(state="queued", finished_at=None)
    read(article)
    assert list(Review.objects.get().proposals.values_list("pk", "decision")) == before


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> dict[str, str | Exception]:
    """The web as these tests see it: pages, or the error that fetching them gives, by address."""
    served: dict[str, str | Exception] = {}

    def fetch(url: str) -> fetching.Fetched:
        answer = served[url]
        if isinstance(answer, Exception):
            raise answer
        return fetching.Fetched(url, 200, answer.encode(), "text/html", "utf-8", etag="", last_modified="")

    monkeypatch.setattr(fetching, "fetch", fetch)
    return served


def test_a_fetched_page_becomes_a_source_with_its_main_text(web: dict):
    web["https://ledger.example/halden"] = PAGE
    article = read(intake.add_address("https://ledger.example/halden", published=PartialDate(2024, 3, 1))[0])
    assert article.state == Article.State.READ
    assert "Northgate Capital" in article.source.text
    assert article.source.published == PartialDate(2024, 3, 1)
    assert article.source.publisher == "ledger.example"


def test_an_address_given_twice_is_one_article(web: dict):
    first, _ = intake.add_address("https://ledger.example/halden")
    assert intake.add_address("HTTPS://LEDGER.example/halden") == (first, False)


def test_an_address_that_is_never_fetched_is_refused_at_once():
    with pytest.raises(addresses.AddressRefused):
        intake.add_address("http://127.0.0.1/admin")
    assert not Article.objects.exists()


def test_a_page_whose_text_is_held_already_is_no_second_source(web: dict):
    web["https://a.example/x"] = web["https://b.example/x"] = PAGE
    read(intake.add_address("https://a.example/x")[0])
    twin = read(intake.add_address("https://b.example/x")[0])
    assert (twin.state, twin.reason) == (Article.State.DUPLICATE, "Its text is held already.")
    assert Source.objects.count() == 1


def test_a_page_without_an_article_fails_with_the_reason_on_its_row(web: dict):
    web["https://a.example/x"] = "<html><body><p>Sign in to read.</p></body></html>"
    article = read(intake.add_address("https://a.example/x")[0])
    assert article.state == Article.State.FAILED
    assert article.reason.startswith("No article was found on the page")


def test_a_site_that_is_away_for_a_moment_is_tried_again(web: dict):
    web["https://a.example/x"] = fetching.FetchError("The site does not answer.", is_temporary=True)
    article = read(intake.add_address("https://a.example/x")[0])
    assert (article.state, article.job.state) == (Article.State.WAITING, Job.State.QUEUED)
    assert article.job.error == "The site does not answer."


def test_a_page_with_too_much_text_fails_and_says_how_much(web: dict, monkeypatch: pytest.MonkeyPatch):
    web["https://a.example/x"] = PAGE
    page = pages.Page(title="Long", text="word " * 50_000, published_on=None, language="en", publisher="A")
    monkeypatch.setattr(pages, "read_page", lambda *given: page)
    article = read(intake.add_address("https://a.example/x")[0])
    assert article.reason.startswith("The page has 250,0")


def test_a_cancelled_article_says_so_and_waits_again_when_it_is_retried(editor):
    article, _ = intake.add_text(TEXT)
    jobs.cancel(article.job, editor)
    article.refresh_from_db()
    assert article.state == Article.State.CANCELLED
    jobs.retry(article.job, editor)
    article.refresh_from_db()
    assert article.state == Article.State.WAITING


def test_a_source_that_repeats_a_paper_is_kept_as_a_rewrite():
    text = (
        "Halden Robotics a levé 42 millions d'euros auprès de Northgate Capital, rapporte Le Figaro ce jeudi 24 août."
    )
    article = read(intake.add_text(text, published=PartialDate(2023, 8, 24))[0])
    assert (article.source.kind, article.source.cites) == (Source.Kind.REWRITE, ["Le Figaro"])
