"""Every value is read again from its quotes, and no quote is longer than a sentence."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import development
import pytest
from reading_texts import facts_of
from sample_articles import ALL_SAMPLES, SampleArticle

from funding.extraction import extract, vocabulary
from funding.extraction.contract import to_contract
from funding.extraction.proving import derive, unproved
from funding.values import Money, Multiple, PartialDate, Quantity, Text

PUBLISHED = PartialDate(2023, 8, 24)


def complaints(text: str, language: str | None, published_on: PartialDate | None, **about: Any) -> list[str]:
    """What is wrong with the quotes of the facts of one text."""
    found = extract(text, language=language, published_on=published_on, **about)
    wrong = [
        f"{fact.rule}: {fact.value} {dict(fact.qualifiers)} not in {[text[s.start : s.end] for s in fact.spans]}"
        for fact in unproved(found, text, published_on)
    ]
    if not found.facts:
        return wrong
    document = vocabulary.load(found.language).document(text, about.get("title"))
    for span in {span for fact in found.facts for span in fact.spans}:
        sentence = document.sentence_at(span.start)
        if not sentence.start <= span.start < span.end <= sentence.end:
            wrong.append(f"longer than a sentence: {text[span.start : span.end]}")
    return wrong


@pytest.mark.parametrize("sample", ALL_SAMPLES, ids=lambda sample: sample.name)
def test_every_value_of_a_sample_is_read_again_from_its_quotes(sample: SampleArticle) -> None:
    published = PartialDate.from_iso(sample.about["published_on"].isoformat())
    assert complaints(sample.text, None, published, title=sample.about["title"]) == []
    assert complaints(sample.text, None, None) == []


@pytest.mark.skipif(not development.read("text"), reason="the development articles of ../shared are not here")
def test_every_value_of_the_development_articles_is_read_again_from_its_quotes() -> None:
    wrong = [
        f"{row['id']}: {complaint}"
        for row in development.read("text")
        for published in {row["published_on"], None}
        for complaint in complaints(
            row["text"], row["language"], PartialDate.from_iso(published) if published else None,
            title=row["title"], publisher=row["publisher"],
        )
    ]  # fmt: skip
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("sample", ALL_SAMPLES, ids=lambda sample: sample.name)
def test_every_value_of_the_contract_has_its_evidence(sample: SampleArticle) -> None:
    published = PartialDate.from_iso(sample.about["published_on"].isoformat())
    row = to_contract(extract(sample.text, published_on=published), sample.name)
    proved = {entry["field"] for entry in row["evidence"]}
    assert {path for path in paths(row) if path not in proved} == set()
    for entry in row["evidence"]:
        assert (entry["start"] is None) == (entry["rule"] == "published_on")


def paths(row: dict[str, Any]) -> list[str]:
    """The path of every value that the contract's object holds."""
    found = []
    for kind, skipped in (("rounds", ("headline", "chance")), ("companies", ("chance",))):
        for number, one in enumerate(row[kind]):
            for key, value in one.items():
                path = f"{kind}[{number}].{key}"
                if isinstance(value, list):
                    found += [f"{path}[{index}]" for index in range(len(value))]
                elif value is not None and key not in skipped:
                    found.append(path)
    return found


CASES: list[tuple[str, list[str], str, str, Any, dict[str, Any]]] = [
    ("raised", ["more than $5 million"], "raise.subject", "en", Money.at_least(5_000_000, "USD", strictly=True), {}),
    ("raised", ["5.6 billion", "€2 million"], "raise.subject", "en", Money.exact(5_600_000_000, "EUR"), {}),
    ("raised", ["$5 million", "in Canadian dollars"], "raise.subject", "en", Money.exact(5_000_000, "CAD"), {}),
    ("raised", ["entre 10 et 20 millions d'euros"], "raise.subject", "fr",
     Money(Decimal(10_000_000), Decimal(20_000_000), currency="EUR"), {}),
    ("valuation", ["$1 billion", "post-money"], "valuation.cue", "en", Money.exact(10**9, "USD"), {"basis": "post"}),
    ("valuation_ratio", ["more than double its previous valuation"], "ratio.previous", "en",
     Multiple(Decimal(2), None, low_open=True), {}),
    ("announced_on", ["en mai"], "date.month", "fr", PartialDate(2023, 5), {}),
    ("announced_on", ["in October"], "date.month", "en", PartialDate(2022, 10), {}),
    ("announced_on", ["in May", "2021"], "date.date", "en", PartialDate(2021, 5), {}),
    ("announced_on", ["3 March", "12 January 2020"], "date.date", "en", PartialDate(2019, 3, 3), {}),
    ("announced_on", ["two years later", "in 2019"], "date.date", "en", PartialDate(2021), {}),
    ("announced_on", ["in mei van dat jaar", "2021"], "date.date", "nl", PartialDate(2021, 5), {}),
    ("announced_on", ["Tre anni dopo, a ottobre", "nel 2018"], "date.date", "it", PartialDate(2021, 10), {}),
    ("announced_on", ["en marzo del año pasado"], "date.month", "es", PartialDate(2022, 3), {}),
    ("raised", ["6 M$", "Montréal"], "raise.subject", "fr", Money.exact(6_000_000, "CAD"), {}),
    ("raised", ["$5 million", "Brisbane"], "raise.subject", "en", Money.exact(5_000_000, "AUD"), {}),
    ("raised", ["65 millones de pesos", "Chile"], "raise.subject", "es", Money.exact(65_000_000, "CLP"), {}),
    ("raised", ["3 millones", "8 millones de euros"], "raise.subject", "es", Money.exact(3_000_000, "EUR"), {}),
    ("stage", ["A round"], "stage", "en", Text("series_a"), {"label": "A round"}),
    ("employees", ["workforce of 71"], "employees.count", "en", Quantity(Decimal(71), Decimal(71)), {}),
    ("announced_on", [], "published_on", "en", PUBLISHED, {}),
    ("stage", ["Series B2"], "stage", "en", Text("series_b"), {"label": "Series B2"}),
    ("participation", ["Index Ventures", "led by"], "lead.by", "en", Text("Index Ventures"), {"is_lead": True}),
    ("participation", ["Index Ventures"], "join.after", "en", Text("Index Ventures"), {}),
    ("founded_on", ["founded in 2016"], "founded.founded", "en", PartialDate(2016), {}),
    ("headquarters", ["Paris", "basée à"], "based.in", "fr", Text("Paris"), {}),
    ("employees", ["about 170 employees"], "employees.count", "en",
     Quantity(Decimal(170), Decimal(170), is_approx=True), {}),
    ("role", ["co-founder and CEO", "Ada Example"], "role.title", "en",
     Text("co-founder and CEO"), {"is_founder": True}),
    ("role", ["founded by", "Ada Example"], "founder.list", "en", Text("founder"), {"is_founder": True}),
]  # fmt: skip


@pytest.mark.parametrize(("field", "quotes", "rule", "language", "value", "qualifiers"), CASES)
def test_a_value_is_read_from_its_quotes_alone(
    field: str, quotes: list[str], rule: str, language: str, value: Any, qualifiers: dict[str, Any]
) -> None:
    proof = derive(field, quotes, rule, language, PUBLISHED)
    assert proof is not None
    assert proof.value == value
    assert qualifiers.items() <= dict(proof.qualifiers).items()


@pytest.mark.parametrize(
    ("field", "quotes"),
    [("raised", ["a lot of money"]), ("stage", ["round"]), ("announced_on", ["soon"]), ("announced_on", [])],
)
def test_quotes_that_do_not_say_a_value_give_none(field: str, quotes: list[str]) -> None:
    assert derive(field, quotes, "raise.subject", "en", PUBLISHED) is None


def test_a_fact_whose_quote_is_another_is_found_out() -> None:
    text = "Acme raised $5 million in a Series A round led by Index Ventures."
    found = facts_of(text)
    assert unproved(found, text, PUBLISHED) == []
    moved = text.replace("$5 million", "$7 million").replace("Index", "Accel")
    assert {fact.field for fact in unproved(found, moved, PUBLISHED)} == {"raised", "participation", "name"}
    assert json.dumps(to_contract(found, "x"))
