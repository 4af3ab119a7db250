"""The stored records equal those recomputed from scratch after imports, entries, rejections and undo."""

import random
import tomllib
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from test_projection import beliefs, snapshot

from funding import entry, intake, jobs, recording, reviewing
from funding.entry import Entry, Share
from funding.models import Change, Proposal, Review, Round
from funding.values import Money, PartialDate

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parents[2] / "funding" / "samples"


def bring_in(path: Path, by: User) -> Review:
    """A sample, imported by its job as a worker does it, and not yet decided."""
    about = tomllib.loads(path.with_suffix(".toml").read_text("utf-8"))
    published = PartialDate.of(about["published_on"])
    article, _ = intake.add_text(
        path.read_text("utf-8"), title=about["title"], publisher=about["publisher"], published=published, by=by
    )
    jobs.run(article.job_id)
    return Review.objects.get(source__articles=article)


def enter(number: int, by: User) -> None:
    fields = {"stage": "series_b", "investors": (Share("Northgate Capital", is_lead=True), Share("Bpifrance"))}
    amount = Money.about(40_000_000 + number, "EUR")
    one = Entry(company="Doctolib", announced=PartialDate(2018 + number, 3), raised=amount, **fields)
    entry.save(one, by=by, form_key=f"form {number}")


@pytest.mark.parametrize("seed", range(4))
def test_recomputing_changes_nothing_after_imports_entries_rejections_and_undo(seed: int, editor: User) -> None:
    chance = random.Random(seed)
    paths = sorted(SAMPLES.glob("*.txt")) + sorted((SAMPLES / "tour").glob("*.txt"))
    for number, path in enumerate(chance.sample(paths, 9)):
        review = bring_in(path, editor)
        pending = list(review.proposals.values_list("pk", flat=True))
        reviewing.accept(review, chance.sample(pending, len(pending) * 2 // 3), by=editor)
        reviewing.reject(review, chance.sample(pending, len(pending) // 4), by=editor)
        reviewing.accept(review, by=editor, above=0.9)
        if number % 3 == 0:
            enter(number, editor)
        if number % 2:
            standing = Change.objects.exclude(kind=Change.Kind.UNDO).filter(undone_by=None).order_by("pk")
            reviewing.undo(chance.choice(standing), editor)
    assert Round.objects.live().exists()
    assert {*Proposal.Decision.values} <= set(Proposal.objects.values_list("decision", flat=True))
    before = snapshot()
    recording.rebuild()
    assert snapshot() == before


def test_rejecting_records_nothing(editor: User) -> None:
    review = bring_in(SAMPLES / "11-doctolib.fr.txt", editor)
    reviewing.reject(review, by=editor)
    assert beliefs() == [[], []]


def test_undo_gives_back_what_stood_before(editor: User) -> None:
    reviewing.accept(bring_in(SAMPLES / "01-mistral-ai-seed.fr.txt", editor), by=editor)
    before = beliefs()
    change = reviewing.accept(bring_in(SAMPLES / "02-mistral-ai-series-a.en.txt", editor), by=editor)
    assert change is not None
    assert beliefs() != before
    reviewing.undo(change, editor)
    assert beliefs() == before
