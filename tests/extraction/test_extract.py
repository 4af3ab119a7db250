"""The engine as a whole: pure, deterministic, quick to give up, and always with quotes that prove its values."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from reading_texts import facts_of
from sample_articles import ALL_SAMPLES, REPOSITORY, SampleArticle

from funding.extraction import Extraction, Fact, extract, vocabulary
from funding.extraction.dates import read_date
from funding.extraction.money import find_amounts
from funding.extraction.stages import find_stages
from funding.extraction.text import Document
from funding.values import Money, PartialDate, Reference, Text

each_sample = pytest.mark.parametrize("sample", ALL_SAMPLES, ids=lambda sample: sample.name)


def extraction_of(sample: SampleArticle) -> Extraction:
    """What a sample yields."""
    published = PartialDate.from_iso(sample.about["published_on"].isoformat())
    return extract(sample.text, published_on=published, title=sample.about["title"])


def test_importing_the_engine_loads_no_django() -> None:
    code = "import sys, funding.extraction; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "raised", "Das Unternehmen hat gestern nichts bekannt gegeben."])
def test_a_text_of_nothing_known_yields_nothing(text: str) -> None:
    assert extract(text).mentions == ()


def test_a_language_without_a_vocabulary_yields_nothing() -> None:
    assert extract("Acme raised $5 million.", language="tlh") == Extraction("tlh", (), ())


@each_sample
def test_the_language_is_detected(sample: SampleArticle) -> None:
    assert extraction_of(sample).language == sample.about["language"]


@each_sample
def test_the_same_text_yields_the_same_facts(sample: SampleArticle) -> None:
    assert extraction_of(sample) == extraction_of(sample)


@each_sample
def test_no_quote_is_longer_than_its_sentence(sample: SampleArticle) -> None:
    words = vocabulary.load(sample.about["language"])
    document = words.document(sample.text, sample.about["title"])
    for fact in extraction_of(sample).facts:
        for span in fact.spans:
            sentence = document.sentence_at(span.start)
            assert sentence.start <= span.start < span.end <= sentence.end


@each_sample
def test_only_the_date_of_publication_has_no_quote(sample: SampleArticle) -> None:
    for fact in extraction_of(sample).facts:
        assert bool(fact.spans) == (fact.rule != "published_on")
        assert 0 < fact.confidence <= 1


@each_sample
def test_references_lead_to_mentions(sample: SampleArticle) -> None:
    extraction = extraction_of(sample)
    keys = {mention.key for mention in extraction.mentions}
    assert len(keys) == len(extraction.mentions)
    assert {fact.subject for fact in extraction.facts} <= keys
    assert {fact.value.key for fact in extraction.facts if isinstance(fact.value, Reference)} <= keys


def quoted(sample: SampleArticle, *fields: str) -> Iterator[tuple[Fact, str]]:
    """The facts of some fields with their first quote."""
    for fact in extraction_of(sample).facts:
        if fact.field in fields and fact.spans:
            yield fact, " ".join(sample.text[span.start : span.end] for span in fact.spans)


@each_sample
def test_money_is_read_again_from_its_quote(sample: SampleArticle) -> None:
    words = vocabulary.load(sample.about["language"])
    for fact, quote in quoted(sample, "raised", "valuation", "total_raised", "revenue"):
        if isinstance(fact.value, Money):
            assert fact.value in [amount.value for amount in find_amounts(Document(quote), words)]


@each_sample
def test_dates_and_stages_are_read_again_from_their_quotes(sample: SampleArticle) -> None:
    words = vocabulary.load(sample.about["language"])
    published = PartialDate.from_iso(sample.about["published_on"].isoformat())
    for fact, quote in quoted(sample, "announced_on"):
        assert read_date(quote, words, published) == fact.value
    for fact, quote in quoted(sample, "stage"):
        assert [Text(stage.code) for stage in find_stages(Document(quote), words)] == [fact.value]


@pytest.mark.parametrize(
    "piece", ["1 ", "$1m ", "Acme raised $5m. ", "Acme ", "led by A, ", "l'", "A-", "(", "un ", "[a]("]
)
def test_hostile_text_is_read_to_its_end(piece: str) -> None:
    text = (piece * (20_000 // len(piece) + 1))[:20_000]
    for language in vocabulary.languages():
        assert facts_of(text, language).language == language
