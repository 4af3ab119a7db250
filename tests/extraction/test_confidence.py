"""The confidence of a value is how often its rule was right, and the table is made from nothing but the judgements."""

from __future__ import annotations

import tomllib

import calibration
import development
import pytest
from calibration import Judged
from sample_articles import ALL_SAMPLES, SampleArticle

from funding.extraction import extract
from funding.extraction.confidence import confidence_of, measured

TABLE = {
    "overall": 0.7,
    "unmeasured": {"sector": 0.6},
    "headline": {"raised": {"all": 0.8, "raise.subject": 0.9}},
}


def judged(right: int, wrong: int, rule: str = "raise.subject", field: str = "raised") -> list[Judged]:
    return [Judged(f"{rule}{n}", "headline", field, rule, n < right) for n in range(right + wrong)]


@pytest.mark.parametrize(
    ("scope", "field", "rule", "share"),
    [
        ("headline", "raised", "raise.subject", 0.9),
        ("headline", "raised", "raise.new", 0.8),
        ("company", "sector", "sector.word", 0.6),
        ("other", "raised", "raise.subject", 0.7),
    ],
)  # fmt: skip
def test_a_rule_has_its_share_or_that_of_the_next_wider_kind(scope, field, rule, share) -> None:
    assert confidence_of(scope, field, rule, table=TABLE) == share


@pytest.mark.parametrize("sample", ALL_SAMPLES, ids=lambda sample: sample.name)
def test_every_fact_of_a_sample_has_the_confidence_of_the_table(sample: SampleArticle) -> None:
    found = extract(sample.text, language=sample.about["language"])
    flags = {mention.key: mention.is_headline for mention in found.mentions if mention.kind == "round"}
    chances = {mention.key: mention.chance for mention in found.mentions}
    for fact in found.facts:
        scope = {True: "headline", False: "other", None: "company"}[flags.get(fact.subject)]
        assert fact.confidence == confidence_of(scope, fact.field, fact.rule, chances[fact.subject])


def test_a_rule_that_is_mostly_right_is_surer_than_one_that_is_not() -> None:
    shares = calibration.shares_of(judged(38, 2) + judged(10, 30, "raise.target"))["headline"]["raised"]
    assert shares["raise.subject"] > 0.85 > 0.5 > shares["raise.target"]


def test_a_value_of_a_likelier_round_is_surer() -> None:
    seen = judged(45, 5, "raise.subject@0.9") + judged(20, 30, "raise.subject@0.4")
    table = {**calibration.shares_of(seen)}
    likely, doubtful = (confidence_of("headline", "raised", "raise.subject", chance, table) for chance in (0.95, 0.41))
    assert likely > 0.8 > 0.6 > doubtful
    assert doubtful < confidence_of("headline", "raised", "raise.subject", 0.75, table) < likely


def test_a_rule_hardly_seen_is_drawn_to_its_field() -> None:
    shares = calibration.shares_of(judged(90, 10) + judged(0, 1, "raise.target"))["headline"]["raised"]
    assert 0.7 < shares["raise.target"] < shares["all"]


def test_no_share_is_certain_or_hopeless() -> None:
    assert calibration.shares_of(judged(5000, 0))["headline"]["raised"]["raise.subject"] == calibration.HIGHEST
    assert calibration.shares_of(judged(0, 5000))["headline"]["raised"]["raise.subject"] == calibration.LOWEST


def test_values_are_judged_by_articles_other_than_their_own() -> None:
    ((confidence, is_right),) = calibration.cross_validated(judged(1, 0))
    assert is_right
    assert confidence == 0.5


def test_the_file_is_what_was_measured() -> None:
    table = calibration.shares_of(judged(30, 3) + judged(3, 9, "stage", "stage"))
    assert tomllib.loads(calibration.as_toml(table)) == table
    assert tomllib.loads(calibration.as_toml(table)) == tomllib.loads(calibration.as_toml(dict(table)))


def test_every_share_of_the_shipped_table_is_a_share() -> None:
    for scope, fields in measured().items():
        for rules in fields.values() if scope in ("headline", "other", "company") else ():
            assert all(0 < share < 1 for share in rules.values())
            assert calibration.ALL in rules


@pytest.mark.skipif(not development.read("gold"), reason="the development articles of ../shared are not here")
def test_of_the_surest_values_nine_in_ten_are_right() -> None:
    pairs = calibration.cross_validated(calibration.judge_all())
    sure = [is_right for confidence, is_right in pairs if confidence >= 0.9]
    assert len(sure) >= 100
    assert sum(sure) / len(sure) >= 0.88
