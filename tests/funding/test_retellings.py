"""Thirty rounds, each retold six times in two languages, become thirty rounds in whatever order they come in."""

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from development import read_all_texts
from django.core.management import call_command
from django.db import connection
from test_projection import _clean_slate

from companies.models import Company
from companies.names import fold
from funding import arrivals, jobs
from funding.models import Round
from funding.values import Money

pytestmark = [pytest.mark.django_db, pytest.mark.long]
FOLDER = Path(__file__).parent / "retellings"


def lines(pattern: str) -> list[dict[str, Any]]:
    """The rows of the files of one kind."""
    return [json.loads(line) for path in sorted(FOLDER.glob(pattern)) for line in path.read_text("utf-8").splitlines()]


RETOLD = [row for part in "ab" for row in lines(f"{part}.jsonl")]
TRUTH = [row for part in "ab" for row in lines(f"{part}-truth.jsonl")]


@pytest.fixture(autouse=True)
def rates(db: None) -> None:
    """What `up` loads at its first start: sums in several currencies are compared by them."""
    call_command("load_rates", stdout=io.StringIO())


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for jobs does them here."""

    def run_all(articles: list[Any], tell: Any, warn: Any) -> None:
        for done, article in enumerate(articles, start=1):
            jobs.run(article.job_id)
            if (
                done % 20 == 0
            ):  # within one transaction the server counts no rows by itself, and plans for empty tables
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
            tell(done, len(articles))

    monkeypatch.setattr(arrivals, "await_all", run_all)


def brought_in(articles: list[dict[str, Any]], folder: Path, name: str = "rounds") -> bytes:
    """The export of rounds after the articles were imported in this order."""
    path = folder / "articles.jsonl"
    path.write_text("".join(json.dumps(article) + "\n" for article in articles), "utf-8")
    call_command("import_article", "--jsonl", str(path), "--accept-above", "0.8", "--wait", stdout=io.StringIO())
    out = folder / f"{name}.csv"
    call_command("export", "rounds", "-o", str(out), stderr=io.StringIO())
    return out.read_bytes()


def as_given(row: dict[str, Any]) -> dict[str, Any]:
    """What the command reads of an article."""
    return {key: row[key] for key in ("text", "title", "language", "published_on", "publisher") if row.get(key)}


def shuffled(rows: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """The same rows in another order."""
    mixed = list(rows)
    random.Random(seed).shuffle(mixed)
    return mixed


def found_for(wanted: dict[str, Any]) -> list[Round]:
    """The rounds held of the company, of the sum and about the time that the truth gives."""
    names = {fold(name) for name in wanted["company"].split(" | ")}
    companies = [one for one in Company.objects.live() if fold(one.name) in names]
    return [one for one in Round.objects.live().filter(company__in=companies) if fits(one, wanted)]


def fits(held: Round, wanted: dict[str, Any]) -> bool:
    """Whether a round held is the one wanted, by its sum or, where that is not known, by its stage and year."""
    amount, year = wanted["amount"], (wanted["announced"] or "")[:4]
    if held.announced_on and year and abs(held.announced_on.year - int(year)) > 1:
        return False
    if held.raised is None or amount is None or held.raised.currency != amount["currency"]:
        return held.stage == wanted["stage"]
    return near(held.raised, amount["value"])


def near(money: Money, value: float) -> bool:
    return abs(float(money.middle) - value) <= 0.06 * value


def in_words(held: Round) -> str:
    """A round with the sources that speak of it, for who has to find out why it is not one."""
    told = held.assignments.filter(retracted_at=None).select_related("mention__source")
    titles = "; ".join(one.mention.source.title for one in told)
    return f"{held} ({held.company.slug}), {held.announced}, {held.raised}, {held.stage}: {titles}"


def test_thirty_rounds_retold_stand_there_once_each_and_the_same_in_any_order(tmp_path: Path) -> None:
    # Beside the development articles, which only make it harder, where they are there.
    articles = [as_given(row) for row in (*RETOLD, *read_all_texts())]
    exports = []
    for seed in (1, 2):
        with _clean_slate():
            exports.append(brought_in(shuffled(articles, seed), tmp_path, f"rounds-{seed}"))
            found = {row["round"]: found_for(row) for row in TRUTH if row["is_main"]}
            assert len(found) == 30
            assert {
                name: [in_words(one) for one in rounds] for name, rounds in found.items() if len(rounds) != 1
            } == {}
    assert exports[0] == exports[1]
