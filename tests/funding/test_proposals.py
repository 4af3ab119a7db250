"""A review in words: each fact by subject, what qualifies it, and how it stands to what we hold."""

from typing import Any

import pytest
from factories import make_source, say, usd

from companies.models import Alias, Company
from funding import reviewing
from funding.extraction import Extraction, Fact, Mention, Span
from funding.proposals import FactRow, proposed
from funding.values import Money, Multiple, PartialDate, Quantity, Reference, Text, Undisclosed, Value

pytestmark = pytest.mark.django_db


def fact(subject: str, field: str, value: Value, *, rule: str = "rule", at: int = 0, **qualifiers: Any) -> Fact:
    spans = () if rule == "published_on" else (Span(at, at + 6),)
    return Fact(subject, field, value, spans, rule, 0.9, qualifiers)


def rows(*facts: Fact, name: str = "Halden Robotics") -> list[FactRow]:
    """The rows of a review of these facts about one company, its two rounds, a person and an investor."""
    mentions = (
        Mention("company:0", "company", name, True),
        Mention("round:0", "round", name, True),
        Mention("round:1", "round", name),
        Mention("person:0", "person", "Ada Nilsen"),
        Mention("investor:0", "investor", "Northgate Capital"),
    )
    structure = [
        Fact(subject, "company", Reference("company:0"), (), "rule", 0.9)
        for subject in ("round:0", "round:1", "person:0")
    ]
    return proposed(reviewing.open_review(make_source(), Extraction("en", mentions, (*structure, *facts)))).rows


def row(one: Fact, **options: str) -> FactRow:
    return rows(one, **options)[0]


@pytest.mark.parametrize(
    ("one", "label", "words", "more"),
    [
        (fact("round:0", "stage", Text("series_b"), label="série B"), "Stage", "Series B", ""),
        (fact("round:0", "raised", Undisclosed()), "Raised", "undisclosed", ""),
        (fact("round:0", "participation", Reference("investor:0")), "With", "Northgate Capital", ""),
        (fact("round:0", "participation", Reference("investor:0"), is_lead=True), "Led by", "Northgate Capital", ""),
        (fact("round:0", "valuation", usd(3_000_000_000)), "Valuation", "$3bn", "basis not stated"),
        (fact("round:0", "valuation", usd(3_000_000_000), basis="post"), "Valuation", "$3bn", "post-money"),
        (fact("round:0", "valuation_ratio", Multiple(2, None, low_open=True)), "Multiple", ">\u00a02×", ""),
        (
            fact("round:0", "announced_on", PartialDate(2024, 3, 1), rule="published_on"),
            "Announced",
            "1 Mar 2024",
            "from the date of publication",
        ),
        (fact("company:0", "employees", Quantity(80, 80), place="France"), "Employees", "80", "in France"),
        (
            fact(
                "company:0", "revenue", Money.about(30_000_000, "USD"), year=2023, is_expected=True, attributed_to="A"
            ),
            "Revenue",
            "≈\u00a0$30m",
            "expected, for 2023, according to A",
        ),
        (fact("company:0", "sector", Text("artificial_intelligence")), "Sector", "artificial intelligence", ""),
        (fact("person:0", "role", Text("CTO"), is_founder=True), "Ada Nilsen", "CTO", "a founder"),
    ],
)
def test_a_fact_stands_in_words(one: Fact, label: str, words: str, more: str):
    shown = row(one)
    assert (shown.label, shown.words, shown.more) == (label, words, more)


def test_facts_are_numbered_by_subject_and_in_one_order_of_fields():
    shown = rows(
        fact("person:0", "role", Text("CTO")),
        fact("round:1", "raised", usd(5)),
        fact("round:0", "raised", usd(7)),
        fact("round:0", "stage", Text("seed")),
        fact("company:0", "founded_on", PartialDate(2016)),
    )
    assert [(one.number, one.label, one.words) for one in shown] == [
        (1, "Founded", "2016"),
        (2, "Stage", "Seed"),
        (3, "Raised", "$7"),
        (4, "Raised", "$5"),
        (5, "Ada Nilsen", "CTO"),
    ]


@pytest.mark.parametrize(
    ("held", "one", "relation"),
    [
        ({}, fact("company:0", "founded_on", PartialDate(2016)), "new"),
        ({"founded_on": PartialDate(2016)}, fact("company:0", "founded_on", PartialDate(2016)), "same"),
        ({"founded_on": PartialDate(2016)}, fact("company:0", "founded_on", PartialDate(2016, 5)), "more exact"),
        ({"founded_on": PartialDate(2016, 5)}, fact("company:0", "founded_on", PartialDate(2016)), "less exact"),
        ({"founded_on": PartialDate(2016)}, fact("company:0", "founded_on", PartialDate(2017)), "differs"),
        ({"employees": Quantity(90, 90)}, fact("company:0", "employees", Quantity(140, 140)), "another value"),
        ({"headquarters": Text("Oslo")}, fact("company:0", "headquarters", Text("oslo")), "same"),
        ({"headquarters": Text("Oslo")}, fact("company:0", "headquarters", Text("Gdańsk")), "one more"),
        ({"total_raised": usd(100)}, fact("company:0", "total_raised", Money.exact(90, "EUR")), "in another currency"),
    ],
)
def test_a_fact_says_how_it_stands_to_what_we_hold(held: dict[str, Value], one: Fact, relation: str):
    say(make_source(), facts=held)
    shown = row(one)
    assert (shown.relation, shown.is_conflict) == (relation, relation == "differs")


def test_staff_of_one_place_is_compared_with_staff_of_that_place():
    say(make_source(), facts={"employees": Quantity(170, 170)})
    assert row(fact("company:0", "employees", Quantity(80, 80), place="France")).held == ""


def test_a_company_is_known_by_an_alias():
    say(make_source(), facts={"founded_on": PartialDate(2016)})
    Alias.objects.create(company=Company.objects.get(), name="Halden Arms", key="halden arms")
    assert row(fact("company:0", "founded_on", PartialDate(2016)), name="Halden Arms").relation == "same"


def test_a_round_held_is_beside_one_round_of_the_article_only():
    may = PartialDate(2022, 5)
    say(make_source(), rounds={"0": {"announced_on": may, "raised": usd(100)}})
    shown = rows(
        fact("round:0", "announced_on", may),
        fact("round:0", "raised", usd(120)),
        fact("round:1", "announced_on", may),
        fact("round:1", "raised", usd(100)),
    )
    assert [one.held for one in shown if one.label == "Raised"] == ["", "$100"]


def test_of_many_investors_held_a_row_shows_its_own_or_how_many_others():
    told = {"announced_on": PartialDate(2024, 3), "raised": usd(42), "investors": ["Northgate Capital", "A", "B"]}
    say(make_source(), rounds={"0": told})
    same = rows(fact("round:0", "raised", usd(42)), fact("round:0", "participation", Reference("investor:0")))
    assert (same[1].held, same[1].relation) == ("Northgate Capital", "same")
    say(make_source(), company="Mirelle", rounds={"0": told | {"investors": ["A", "B", "C"]}})
    other = rows(
        fact("round:0", "raised", usd(42)),
        fact("round:0", "participation", Reference("investor:0")),
        fact("round:0", "announced_on", PartialDate(2024, 3)),
        name="Mirelle",
    )
    investor = next(one for one in other if one.proposal.field == "participation")
    assert (investor.held, investor.relation) == ("3 others", "one more")


def test_what_only_a_retracted_source_said_is_not_held(editor):
    reviewing.undo(say(make_source(), facts={"founded_on": PartialDate(2016)}), editor)
    assert row(fact("company:0", "founded_on", PartialDate(2017))).relation == "new"


def test_nothing_is_surer_than_it_is():
    assert row(Fact("company:0", "founded_on", PartialDate(2016), (Span(0, 6),), "rule", 0.999)).sureness == 99
