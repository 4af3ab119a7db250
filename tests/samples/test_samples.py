"""The sample articles are well formed, and what they are expected to yield stands in their words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest
from sample_articles import ALL_SAMPLES, REPOSITORY, SAMPLES, STARTING_SAMPLES, TOUR_SAMPLES, SampleArticle

from funding.extraction import vocabulary
from funding.values import PartialDate

SEED_ARTICLE = REPOSITORY.parent / "shared" / "seed-article.fr.txt"
BOUNDS = {"exact", "approx", "at_least", "at_most"}
STAGES = {
    "pre_seed", "seed", "angel", "pre_series_a", "bridge", "growth", "convertible_note", "debt", "grant",
    "crowdfunding", "secondary", "ico", "pre_ipo", "extension", *(f"series_{letter}" for letter in "abcdefghij"),
}  # fmt: skip
ROUND_KEYS = {
    "company", "headline", "stage", "status", "announced", "amount", "lead_investors", "investors", "valuation",
}  # fmt: skip
COMPANY_KEYS = {"name", "founded", "headquarters", "employees", "founders", "total_raised", "revenue"}

each_sample = pytest.mark.parametrize("sample", ALL_SAMPLES, ids=lambda sample: sample.name)


def words(text: str) -> list[str]:
    """Return the words of a text, folded for comparison: no case, no accents, no punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def sequences(text: str, length: int = 8) -> set[tuple[str, ...]]:
    """Return every run of `length` words."""
    found = words(text)
    return {tuple(found[start : start + length]) for start in range(len(found) - length + 1)}


def assert_is_money(money: dict[str, Any], extra: set[str]) -> None:
    """Check the contract's form of an amount: a positive whole number, a currency, a bound."""
    assert {"value", "currency", "bound"} <= set(money) <= {"value", "currency", "bound"} | extra
    assert isinstance(money["value"], int)
    assert money["value"] > 0
    assert re.fullmatch(r"[A-Z]{3}", money["currency"])
    assert money["bound"] in BOUNDS


def test_a_newcomer_sees_enough_articles_in_every_language() -> None:
    languages = Counter(sample.about["language"] for sample in STARTING_SAMPLES)
    assert len(STARTING_SAMPLES) >= 14
    assert set(languages) <= set(vocabulary.languages())
    assert min(languages["en"], languages["fr"]) >= 7
    assert min(languages[code] for code in ("de", "es", "it", "nl", "pt")) >= 2
    assert min(languages.values()) >= 2


def test_every_text_has_its_facts_and_every_facts_file_its_text() -> None:
    texts = {path.with_suffix("") for path in SAMPLES.rglob("*.txt")}
    facts = {path.with_suffix("") for path in SAMPLES.rglob("*.toml")}
    assert texts == facts


def test_no_two_samples_share_an_address_or_a_title() -> None:
    for key in ("url", "title"):
        values = [sample.about[key] for sample in ALL_SAMPLES]
        assert len(values) == len(set(values))


@each_sample
def test_a_sample_says_where_and_when_it_was_published(sample: SampleArticle) -> None:
    about = sample.about
    assert set(about) == {"title", "language", "published_on", "publisher", "url", "kind", "expected"}
    assert type(about["published_on"]) is date
    assert about["language"] == sample.name.rsplit(".", 1)[1]
    assert re.fullmatch(r"https://[a-z-]+\.example/[a-z0-9-]+", about["url"])
    assert about["kind"] == "report"


@each_sample
def test_a_sample_starts_with_its_title_and_a_blank_line(sample: SampleArticle) -> None:
    lines = sample.text.split("\n")
    assert lines[0] == sample.about["title"]
    assert lines[1] == ""
    assert lines[2]


@pytest.mark.parametrize("sample", STARTING_SAMPLES, ids=lambda sample: sample.name)
def test_a_starting_sample_can_be_read_within_a_minute(sample: SampleArticle) -> None:
    assert 120 <= len(sample.text.split()) <= 250


@each_sample
def test_expected_rounds_are_in_the_form_of_the_contract(sample: SampleArticle) -> None:
    assert any(expected["headline"] for expected in sample.rounds)
    for expected in sample.rounds:
        assert set(expected) <= ROUND_KEYS
        assert isinstance(expected["headline"], bool)
        assert expected["status"] in {"closed", "rumoured"}
        assert expected.get("stage") in {None, *STAGES}
        assert PartialDate.from_iso(expected["announced"])
        assert set(expected["lead_investors"]) <= set(expected["investors"])
        assert len(expected["investors"]) == len(set(expected["investors"]))
        if "amount" in expected:
            assert_is_money(expected["amount"], set())
        if "valuation" in expected:
            assert_is_money(expected["valuation"], {"basis"})
            assert expected["valuation"].get("basis") in {None, "pre", "post"}


@each_sample
def test_expected_companies_are_those_of_the_headline_rounds(sample: SampleArticle) -> None:
    headline_companies = {expected["company"] for expected in sample.rounds if expected["headline"]}
    assert {company["name"] for company in sample.companies} == headline_companies
    for company in sample.companies:
        assert set(company) <= COMPANY_KEYS
        if "total_raised" in company:
            assert_is_money(company["total_raised"], set())
        if "revenue" in company:
            assert_is_money(company["revenue"], {"year"})


@each_sample
def test_every_expected_name_and_number_of_a_company_occurs_in_the_text(sample: SampleArticle) -> None:
    for expected in sample.rounds:
        for name in (expected["company"], *expected["investors"]):
            assert name in sample.text
    for company in sample.companies:
        for name in company.get("founders", []):
            assert name in sample.text
        for city in company.get("headquarters", []):
            assert city.casefold() in sample.text.casefold()
        if "founded" in company:
            assert str(company["founded"]) in sample.text
        if "employees" in company:
            assert str(company["employees"]) in sample.text.replace(" ", "")


@each_sample
def test_no_expected_round_was_announced_after_its_article(sample: SampleArticle) -> None:
    published = sample.about["published_on"].isoformat()
    for expected in sample.rounds:
        assert expected["announced"] <= published[: len(expected["announced"])]


def test_the_samples_hold_several_rounds_of_a_dozen_companies() -> None:
    months = defaultdict(set)
    for sample in STARTING_SAMPLES:
        for expected in sample.rounds:
            months[expected["company"]].add(expected["announced"][:7])
    assert len(months) >= 12
    assert sum(len(dates) >= 2 for dates in months.values()) >= 12


def test_at_least_three_valuations_are_known_only_as_upper_bounds() -> None:
    bounds = defaultdict(set)
    for sample in STARTING_SAMPLES:
        for expected in sample.rounds:
            if "valuation" in expected:
                bounds[expected["company"], expected["announced"][:7]].add(expected["valuation"]["bound"])
    assert sum(found == {"at_most"} for found in bounds.values()) >= 3


def test_two_samples_disagree_on_the_amount_of_one_round() -> None:
    exact_amounts = defaultdict(set)
    for sample in STARTING_SAMPLES:
        for expected in sample.rounds:
            amount = expected.get("amount")
            if amount and amount["bound"] == "exact":
                key = expected["company"], expected["announced"][:7], amount["currency"]
                exact_amounts[key].add(amount["value"])
    assert {key for key, values in exact_amounts.items() if len(values) > 1} == {("Contentsquare", "2022-07", "USD")}


def test_the_samples_show_every_kind_of_bound_currency_and_date() -> None:
    rounds = [expected for sample in STARTING_SAMPLES for expected in sample.rounds]
    amounts = [expected["amount"] for expected in rounds if "amount" in expected]
    assert len(amounts) < len(rounds), "no round is undisclosed"
    assert {amount["bound"] for amount in amounts} == BOUNDS
    assert {amount["currency"] for amount in amounts} == {"EUR", "USD", "GBP"}
    assert {len(expected["announced"]) for expected in rounds} == {4, 7, 10}


def test_the_tour_tells_of_a_company_that_no_starting_sample_names() -> None:
    assert {company["name"] for sample in TOUR_SAMPLES for company in sample.companies} == {"Hugging Face"}
    assert not [sample.name for sample in STARTING_SAMPLES if "Hugging Face" in sample.text]


@each_sample
def test_no_sample_repeats_eight_words_of_the_seed_article(sample: SampleArticle) -> None:
    if not SEED_ARTICLE.exists():
        pytest.skip("the seed article is not beside this repository")
    assert not sequences(sample.text) & sequences(SEED_ARTICLE.read_text("utf-8"))


def test_no_two_samples_tell_the_same_story_in_the_same_words() -> None:
    seen: dict[tuple[str, ...], str] = {}
    for sample in STARTING_SAMPLES:
        for sequence in sequences(sample.text, 14):
            assert seen.setdefault(sequence, sample.name) == sample.name
