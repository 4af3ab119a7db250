"""`import_article`: a file, standard input, an address or many lines; each answered in words."""

import io
import json
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from funding import arrivals, jobs, samples
from funding.models import Article, Job, Proposal, Review, Round, Source, Statement

pytestmark = pytest.mark.django_db

TEXT = "Halden Robotics has raised $42 million in a Series B round led by Northgate Capital."
OTHER = "Mirelle Health has raised €18 million in a Series A round led by Bruma Ventures."


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for jobs does them here."""

    def run_all(articles, tell, warn):
        for done, article in enumerate(articles, start=1):
            jobs.run(article.job_id)
            tell(done, len(articles))

    monkeypatch.setattr(arrivals, "await_all", run_all)


@pytest.fixture
def article(tmp_path: Path) -> str:
    path = tmp_path / "halden.txt"
    path.write_text(TEXT, "utf-8")
    return str(path)


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch):
    """Puts text on standard input."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def run(*argv: str) -> str:
    """What the command says."""
    out = io.StringIO()
    call_command("import_article", *argv, stdout=out, stderr=out)
    return out.getvalue()


def refused(*argv: str) -> str:
    """All that the command says where it ends with an error."""
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_article", *argv, stdout=out, stderr=out)
    assert error.value.returncode == 1
    return f"{out.getvalue()}{error.value}"


def test_a_file_is_queued_with_what_the_options_say_of_it(article: str):
    options = ("--published-on", "2023-08", "--publisher", "Ledger", "--title", "Arms", "--language", "EN")
    assert run(article, *options) == "Arms: queued.\n"
    source = Source.objects.get()
    assert (source.publisher, source.title, source.language) == ("Ledger", "Arms", "en")
    assert source.published.iso == "2023-08"
    assert Job.objects.get().state == Job.State.QUEUED


def test_a_dash_reads_standard_input(type_in):
    type_in(TEXT)
    run("-")
    assert Source.objects.get().text == TEXT


def test_an_address_is_queued_to_be_fetched():
    assert run("https://ledger.example/halden") == "https://ledger.example/halden: queued.\n"
    assert Job.objects.get().host == "ledger.example"


def test_waiting_says_what_became_of_the_article(article: str):
    assert run(article, "--title", "Arms", "--wait") == f"Arms: 1 round, {Proposal.objects.count()} facts to review.\n"


def test_the_same_text_again_changes_nothing_and_says_so(article: str):
    run(article, "--title", "Arms", "--wait")
    before = Article.objects.values().get()
    assert run(article, "--title", "Other", "--accept-above", "0") == "Arms: held already, nothing changed.\n"
    assert run(article, "--wait").startswith("Arms: held already, nothing changed. 1 round, ")
    assert Article.objects.values().get() == before
    assert not Statement.objects.exists()


def test_accepting_above_a_confidence_records_what_is_that_sure(article: str):
    assert "facts accepted" in run(article, "--accept-above", "0.5", "--wait")
    assert Round.objects.get().company.name == "Halden Robotics"


@pytest.mark.parametrize("given", ["1.5", "-0.1", "high", "nan", "0.855"])
def test_what_is_no_confidence_is_refused(article: str, given: str):
    assert f"“{given}” is no confidence" in refused(article, f"--accept-above={given}")


@pytest.mark.parametrize("given", ["24.8.2023", "2999-01-01"])
def test_what_is_no_date_of_publication_is_refused(article: str, given: str):
    assert given in refused(article, "--published-on", given)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    assert refused(str(tmp_path / "none.txt")) == f"{tmp_path / 'none.txt'} cannot be read: No such file or directory."


def test_a_file_that_is_no_text_is_named(tmp_path: Path):
    (tmp_path / "picture.txt").write_bytes(b"\xff\xd8\xff\xe0")
    assert "picture.txt: It is no text in UTF-8." in refused(str(tmp_path / "picture.txt"))


def test_an_address_that_is_never_fetched_is_refused_with_the_reason():
    assert "An IP address is not fetched" in refused("http://169.254.169.254/latest")


def test_nothing_given_or_both_forms_is_refused(article: str):
    assert "Give one article" in refused()
    assert "Give one article" in refused(article, "--jsonl", article)


def test_a_failed_article_ends_with_status_1_and_its_reason(monkeypatch: pytest.MonkeyPatch, article: str):
    def fail(job):
        raise jobs.JobFailed("The engine is on strike.")

    handler = jobs.HANDLERS[Job.Kind.ARTICLE]
    monkeypatch.setitem(jobs.HANDLERS, Job.Kind.ARTICLE, jobs.Handler(fail, handler.on_outcome))
    said = refused(article, "--title", "Arms", "--wait")
    assert said == "Arms: The engine is on strike.\n1 of 1 articles could not be read."


def test_many_lines_are_taken_in_and_bad_ones_are_named(tmp_path: Path):
    lines = [
        json.dumps(
            {"id": "a", "text": TEXT, "title": "Arms", "published_on": "2024-03", "url": "https://a.example/x"}
        ),
        "{not json",
        "",
        json.dumps(["a list"]),
        json.dumps({"id": "b", "text": ""}),
        json.dumps({"id": "c", "text": OTHER, "published_on": "soon"}),
        json.dumps({"id": "d", "text": OTHER, "language": "english"}),
        json.dumps({"id": "e", "text": OTHER, "publisher": 3}),
        json.dumps({"id": "f", "text": OTHER, "url": "javascript:alert(1)"}),
        json.dumps({"id": "h", "text": OTHER, "url": "https://a.example/\0"}),
        json.dumps({"id": "i", "text": OTHER, "url": "https://a.example/\ud800"}),
        "[" * 100_000,
        json.dumps({"id": "g", "text": OTHER, "title": None, "language": None, "published_on": None}),
    ]
    path = tmp_path / "many.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    said = refused("--jsonl", str(path), "--publisher", "Ledger")
    assert said == "\n".join(
        [
            "Arms: queued.",
            "line 2: It is no JSON.",
            "line 4: It is no JSON object.",
            "line 5: It has no “text”.",
            "line 6: “soon” is no date of the form 2023-08-24, 2023-08 or 2023.",
            "line 7: “english” is no language; it is two letters such as en or fr.",
            "line 8: Its “publisher” is neither text nor null.",
            "line 9: “javascript:alert(1)” is no http(s) address.",
            "line 10: “https://a.example/” is no http(s) address.",
            "line 11: “https://a.example/” is no http(s) address.",
            "line 12: It is no JSON.",
            "Mirelle Health has raised €18 million in a Series…: queued.",
            "10 of 12 lines could not be taken in.",
        ]
    )
    assert set(Source.objects.values_list("publisher", flat=True)) == {"Ledger"}


def test_a_line_too_long_to_be_an_article_does_not_stop_the_rest(type_in):
    type_in(json.dumps({"text": "word " * 400_000}) + "\n" + json.dumps({"text": TEXT, "title": "Arms"}) + "\n")
    said = refused("--jsonl", "-")
    assert "line 1: It has more than 1,250,000 bytes." in said
    assert "Arms: queued." in said


def test_waiting_for_many_says_what_became_of_each(type_in):
    type_in("\n".join(json.dumps({"text": text, "title": text.split()[0]}) for text in (TEXT, OTHER, TEXT)))
    said = run("--jsonl", "-", "--wait", "--accept-above", "0").splitlines()
    assert [line.split(":")[0] for line in said] == ["Halden", "Mirelle"]
    assert Round.objects.count() == 2


def test_the_samples_are_read_accepted_and_taken_in_once():
    out = io.StringIO()
    call_command("import_samples", stdout=out)
    count = len(list(samples.FOLDER.glob("*.txt")))
    assert out.getvalue().splitlines()[-1] == f"Samples: {count} of {count} articles read"
    assert Article.objects.filter(state=Article.State.READ).count() == count >= 14
    assert not Proposal.objects.filter(decision="pending").exists()
    before = set(Statement.objects.values_list("pk", flat=True))
    call_command("import_samples", stdout=io.StringIO())
    assert set(Statement.objects.values_list("pk", flat=True)) == before
    assert Review.objects.count() == count


def test_the_articles_of_the_tour_are_no_samples():
    samples.add_all()
    tour = {path.read_text("utf-8").strip() for path in (samples.FOLDER / "tour").glob("*.txt")}
    assert len(tour) == 3
    assert not Source.objects.filter(text__in=tour).exists()
