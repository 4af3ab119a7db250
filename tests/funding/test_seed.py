"""The seed article, imported and accepted, field by field, each with its words; then two sources more beside it."""

from decimal import Decimal
from pathlib import Path

import pytest
from factories import company

from companies.models import Company
from funding import intake, jobs, recording, reviewing
from funding.models import Review, Round, Statement, Valuation
from funding.values import Money, PartialDate, from_json

SEED = Path(__file__).resolve().parents[3] / "shared" / "seed-article.fr.txt"
TOUR = Path(__file__).resolve().parents[2] / "funding" / "samples" / "tour"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SEED.is_file(), reason="the seed article is not beside the project"),
]
MILLION = Decimal(1_000_000)


def bring_in(path: Path, published: PartialDate, by) -> Review:
    """An article read here and accepted whole."""
    article, _ = intake.add_text(path.read_text("utf-8"), published=published, by=by)
    jobs.run(article.job_id)
    review = Review.objects.get(source=article.source)
    reviewing.accept(review, by=by)
    return review


@pytest.fixture
def seed(editor) -> Review:
    return bring_in(SEED, PartialDate(2023, 8, 24), editor)


def round_of(date: str) -> Round:
    return Round.objects.live().get(announced_on__startswith=date)


def words_behind(statement_id: int) -> str:
    """What the statement quotes, checked to stand in its source where it says."""
    statement = Statement.objects.select_related("mention__source").get(pk=statement_id)
    text = statement.mention.source.text
    assert statement.quotes
    assert all(text[quote["start"] : quote["end"]] == quote["text"] for quote in statement.quotes)
    return " […] ".join(quote["text"] for quote in statement.quotes)


def held(record: Company | Round, field: str) -> tuple[str, str]:
    """What is believed of a field, in JSON's own words, and the words behind it."""
    kept = record.resolved[field]
    value = from_json(kept["value"])
    return getattr(value, "iso", None) or getattr(value, "text", None) or str(value), words_behind(kept["statement"])


def test_the_company_is_founded_in_2016(seed: Review):
    assert held(company("Hugging Face"), "founded_on") == ("2016", "née en 2016")


def test_the_company_sits_in_paris_and_new_york(seed: Review):
    places = company("Hugging Face").resolved["headquarters"]
    assert [place["value"]["text"] for place in places] == ["Paris", "New York"]
    for place in places:
        assert place["value"]["text"] in words_behind(place["statement"])


def test_it_employs_170_people_80_of_them_in_france(seed: Review):
    resolved = company("Hugging Face").resolved
    assert from_json(resolved["employees"]["value"]).middle == 170
    assert "170" in words_behind(resolved["employees"]["statement"])
    (part,) = resolved["employees_of"]
    assert (from_json(part["value"]).middle, part["qualifiers"]["place"]) == (80, "France")
    assert "80" in words_behind(part["statement"])


def test_its_revenue_is_expected_at_about_30_million_dollars_according_to_the_information(seed: Review):
    revenue = company("Hugging Face").resolved["revenue"]
    assert from_json(revenue["value"]) == Money.about(30 * MILLION, "USD")
    assert revenue["qualifiers"] == {"year": 2023, "is_expected": True, "attributed_to": "The Information"}
    assert "30 millions de dollars" in words_behind(revenue["statement"])


def test_julien_chaumond_is_its_co_founder_and_cto(seed: Review):
    role = company("Hugging Face").roles.select_related("person").get()
    assert (role.person.name, role.is_founder) == ("Julien Chaumond", True)
    assert role.title == "co-fondateur et directeur de la technologie"
    assert "Julien Chaumond" in words_behind(role.statement_ids[0])


def test_the_round_of_24_august_2023_raised_235_million_dollars(seed: Review):
    record = round_of("2023-08-24")
    assert (record.announced, record.raised) == (PartialDate(2023, 8, 24), Money.exact(235 * MILLION, "USD"))
    assert words_behind(record.raised_statement_id) == "235 millions de dollars"
    assert words_behind(record.announced_on_statement_id) == "ce jeudi 24 août"


def test_salesforce_ventures_leads_it_and_seven_more_take_part(seed: Review):
    parts = round_of("2023-08-24").participations.select_related("investor")
    assert {part.investor.name for part in parts if part.is_lead} == {"Salesforce Ventures"}
    assert {part.investor.name for part in parts if not part.is_lead} == {
        *("Nvidia", "Google", "Amazon", "Intel", "AMD", "IBM", "Qualcomm"),
    }
    for part in parts:
        assert part.investor.name in words_behind(part.statement_id)


def test_its_stage_is_not_stated_for_the_article_names_none(seed: Review):
    record = round_of("2023-08-24")
    assert (record.stage, record.stage_statement) == ("", None)


def test_the_source_cites_le_figaro(seed: Review):
    assert seed.source.cites == ["Le Figaro"]


def test_it_values_the_company_at_4_5_billion_more_than_double_the_value_before(seed: Review):
    valuation = round_of("2023-08-24").valuation
    assert valuation.money == Money.exact(4500 * MILLION, "USD")
    assert (valuation.basis, valuation.origin) == ("unspecified", "stated")
    assert words_behind(valuation.statement_id) == "4,5 milliards de dollars"
    assert (valuation.multiple_low, valuation.multiple_low_open, valuation.multiple_high) == (2, True, None)
    assert "plus du double" in words_behind(valuation.multiple_proof["statements"][0])


def test_the_round_of_may_2022_raised_100_million_dollars(seed: Review):
    record = round_of("2022-05")
    assert (record.announced, record.raised) == (PartialDate(2022, 5), Money.exact(100 * MILLION, "USD"))
    assert words_behind(record.raised_statement_id) == "100 millions de dollars"
    assert words_behind(record.announced_on_statement_id) == "en mai 2022"


def test_the_value_of_may_2022_follows_as_an_open_interval_with_its_proof(seed: Review):
    valuation = round_of("2022-05").valuation
    assert valuation.money == Money(100 * MILLION, 2250 * MILLION, low_open=True, high_open=True, currency="USD")
    assert valuation.origin == Valuation.Origin.DERIVED
    by_end = {step["end"]: step for step in valuation.proof}
    assert (by_end["low"]["rule"], by_end["high"]["rule"]) == ("exceeds_raised", "ratio_of_next")
    behind = {words_behind(pk) for step in valuation.proof for pk in step["statements"]}
    assert {"100 millions de dollars", "4,5 milliards de dollars"} <= behind
    assert any("plus du double" in words for words in behind)


def test_a_source_that_states_2_billion_makes_that_value_exact_and_the_multiple_2_25(seed: Review, editor):
    bring_in(TOUR / "hugging-face-2022.en.txt", PartialDate(2022, 5, 9), editor)
    assert Round.objects.live().count() == 2
    before = round_of("2022-05").valuation
    assert (before.money, before.origin) == (Money.exact(2000 * MILLION, "USD"), "stated")
    after = round_of("2023-08-24").valuation
    assert (after.multiple_low, after.multiple_high) == (Decimal("2.25"), Decimal("2.25"))


def test_a_source_that_says_about_200_million_stands_beside_235_with_its_words(seed: Review, editor):
    bring_in(TOUR / "hugging-face-about-200.en.txt", PartialDate(2023, 8, 22), editor)
    record = round_of("2023-08-24")
    raised = record.resolved["raised"]
    assert Round.objects.live().count() == 2
    assert record.has_conflict and company("Hugging Face").has_conflict
    assert words_behind(raised["statement"]) == "235 millions de dollars"
    assert [words_behind(pk) for pk in raised["differing"]] == ["about $200 million"]


def test_all_three_sources_give_the_same_records_in_any_order(editor):
    dates = {"hugging-face-2022.en.txt": (2022, 5, 9), "hugging-face-about-200.en.txt": (2023, 8, 22)}
    bring_in(TOUR / "hugging-face-about-200.en.txt", PartialDate(*dates["hugging-face-about-200.en.txt"]), editor)
    bring_in(TOUR / "hugging-face-2022.en.txt", PartialDate(*dates["hugging-face-2022.en.txt"]), editor)
    bring_in(SEED, PartialDate(2023, 8, 24), editor)
    assert Round.objects.live().count() == 2
    assert round_of("2023-08-24").raised == Money.exact(235 * MILLION, "USD")
    assert round_of("2022-05").valuation.money == Money.exact(2000 * MILLION, "USD")


def test_the_records_equal_those_projected_from_scratch(seed: Review):
    before = list(Round.objects.order_by("pk").values())
    recording.rebuild()
    assert list(Round.objects.order_by("pk").values()) == before
