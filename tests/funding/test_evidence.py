"""What stands behind figures: numbered sources, panels, proofs in words, disagreements side by side."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from factories import STORY, company, fact, make_rate, make_source, tell, tell_story, usd

from funding import evidence, recording
from funding.evidence import Notes, differences, panels, proofs
from funding.models import Round, Source, Valuation
from funding.values import Money, PartialDate

pytestmark = pytest.mark.django_db


def valuation(year: int) -> Valuation:
    return Valuation.objects.select_related("round", "company").get(valued_on__year=year)


def panel(year: int) -> panels.Panel:
    one = valuation(year)
    return panels.of_valuation(one, Notes.of(panels.statements_of(one)))


def words(quoted: evidence.Quoted) -> str:
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in quoted.pieces)


def test_sources_are_numbered_in_the_order_in_which_they_are_asked_for() -> None:
    first = tell_story()
    second = make_source("Halden Robotics raised about $40 million.")
    tell(second, fact("round:0", "raised", usd(40_000_000, is_approx=True), "about $40 million"))
    notes = Notes.of_company(company())
    assert notes.number(second) == 1
    assert notes.number(first) == 2
    assert [(one.number, one.source.pk) for one in notes.sources] == [(1, second.pk), (2, first.pk)]


def test_a_source_counts_the_facts_it_gave() -> None:
    tell_story()
    assert [one.facts for one in Notes.of_company(company()).sources] == [11]


def test_a_mark_leads_to_the_words_in_the_reader() -> None:
    source = tell_story()
    one = Round.objects.get(announced_on__year=2024)
    [mark] = Notes.of_company(company()).marks(one.resolved["raised"]["agreeing"])
    assert (mark.sign, mark.href) == ("1", f"/sources/{source.pk}/#c{STORY.index('$42 million')}")
    assert mark.label == "Source 1: Nordic Ledger, 1 Mar 2024"


def test_a_citation_says_whom_the_source_cites() -> None:
    source = make_source(publisher="clubi.example", cites=["Le Matin"], published=PartialDate(2023, 8, 24))
    assert evidence.cite(source) == "clubi.example, citing Le Matin, 24 Aug 2023"


def test_an_entry_is_cited_by_the_person_and_the_day(editor: User) -> None:
    source = make_source("own words", kind=Source.Kind.ENTRY, entered_by=editor, title="")
    assert evidence.cite(source).startswith("Entered by erin, ")


def test_a_stated_value_shows_its_sentence() -> None:
    tell_story()
    shown = panel(2024)
    assert (shown.title, shown.value) == ("Valuation, 1 Mar 2024", "$900m")
    assert shown.about == ["Pre- or post-money not stated."]
    assert words(shown.told[0].quoted) == (
        "It values the company at [$900 million], more than double its previous value."
    )
    at = STORY.index("$900 million")
    assert shown.told[0].quoted.cite == f"Nordic Ledger, 1 Mar 2024, characters {at}–{at + 12}"


def test_a_derived_value_shows_its_proof_step_by_step() -> None:
    tell_story()
    shown = panel(2022)
    assert shown.value == "$50m – $450m"
    assert shown.about[0] == "No source we hold states this value. It follows from three statements."
    assert [step.so for step in shown.steps] == [
        "Half of $900m is the upper end: below $450m.",
        "A post-money value exceeds the amount raised: above $50m.",
    ]
    assert shown.conclusion == "$50m < value < $450m"


def test_a_proof_says_which_basis_it_assumes_and_quotes_both_statements_in_their_sentence() -> None:
    tell_story()
    step = panel(2022).steps[0]
    assert step.assumes == proofs.READ_AS_POST
    assert words(step.quoted[0]) == ("It values the company at [$900 million], [more than double its previous value].")
    assert panel(2022).steps[1].quoted[0].cite.startswith("The same article, characters ")


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (("ratio_of_next", "high", "750000000", True, "3"), "A third of $2.25bn is the upper end: below $750m."),
        (("ratio_of_next", "high", "1000000", False, "2.5"), "$2.5m divided by 2.5 is the upper end: at most $1m."),
        (("ratio_of_next", "both", "450000000", False, "2"), "Half of $900m is $450m."),
        (("ratio_of_previous", "low", "200000000", True, "2"), "Twice $100m is the lower end: above $200m."),
        (("ratio_of_previous", "both", "800000000", False, "1"), "The same as $800m, the value before it."),
        (("ratio_of_previous", "high", "800000000", True, "1"), "Below $800m, the value before it."),
        (("ratio_of_next", "low", "300000000", True, "1"), "Above $300m, the value after it."),
        (("unicorn", "low", "1000000000", False, None), "A unicorn is worth $1bn or more: at least $1bn."),
        (("stated", "low", "4000000", True, None), "The stated value is the lower end: above $4m."),
        (("stated", "both", "4000000", False, None), "The stated value is $4m."),
    ],
)
def test_every_rule_has_its_sentence(step: tuple[str, str, str, bool, str | None], said: str) -> None:
    rule, end, bound, is_open, multiple = step
    told = {"rule": rule, "end": end, "bound": bound, "is_open": is_open, "multiple": multiple}
    assert proofs.so(told, "USD") == said


@pytest.mark.parametrize(
    ("rule", "end", "bound", "said"),
    [
        ("pre_plus_raised", "both", "4500000000", "$4.265bn before the money and $235m raised make $4.5bn."),
        ("post_less_raised", "both", "4265000000", "$4.5bn after the money, less $235m raised, leaves $4.265bn."),
        ("pre_plus_raised", "low", "4500000000",
         "$4.26bn before the money and $235m raised make up the lower end: above $4.5bn."),
        ("post_less_raised", "high", "4265000000",
         "$4.5bn after the money, less $235m raised, is the upper end: below $4.27bn."),
    ],
)  # fmt: skip
def test_a_sum_of_values_and_money_has_its_sentence(rule: str, end: str, bound: str, said: str) -> None:
    told = {"rule": rule, "end": end, "bound": bound, "is_open": end != "both", "amount": "235000000"}
    assert proofs.so(told, "USD") == said


def test_bounds_are_rounded_away_from_the_interval() -> None:
    money = Money(Decimal("123456789"), Decimal("987654321"), True, False, currency="EUR")
    assert proofs.conclusion(money) == "€123m < value ≤ €988m"


def test_sources_that_differ_stand_side_by_side_with_the_reason() -> None:
    tell_story()
    other = make_source("Halden Robotics raised about $35 million, in a round by Northgate Capital.")
    tell(
        other,
        fact("round:0", "announced_on", PartialDate(2024, 3, 1), rule="published_on"),
        fact("round:0", "raised", usd(35_000_000, is_approx=True), "about $35 million"),
        fact("round:0", "valuation", usd(900_000_000)),
    )
    one = Round.objects.select_related("valuation").get(announced_on__year=2024)
    [found] = differences.of_round(one, Notes.of_company(company()))
    assert found.title == "Amount raised, 1 Mar 2024"
    assert [(side.words, side.is_shown) for side in found.sides] == [("$42m", True), ("≈\u00a0$35m", False)]
    assert found.sources == 2
    assert found.reason == "$42m is shown: exact comes before approximate."
    assert words(found.sides[1].quoted).startswith("Halden Robotics raised [about $35 million]")


def contradict() -> None:
    """The story of Halden Robotics, and a value of May 2022 that it leaves no room for."""
    tell_story()
    other = make_source("In May 2022 Halden Robotics was worth $700 million after a round of $50 million.")
    tell(
        other,
        fact("round:0", "announced_on", PartialDate(2022, 5), "In May 2022"),
        fact("round:0", "raised", usd(50_000_000), "$50 million"),
        fact("round:0", "valuation", usd(700_000_000), "$700 million"),
    )


def test_statements_that_contradict_each_other_stand_side_by_side_once_with_their_words() -> None:
    contradict()
    notes = Notes.of_company(company())
    rounds = list(Round.objects.live().select_related("valuation"))
    everywhere = [one for record in rounds for one in differences.of_round(record, notes)]
    assert len(everywhere) == 2
    [found] = differences.each_once(everywhere)
    assert sorted((side.label, side.words) for side in found.sides) == [
        ("Multiple of the value before", ">\u00a02×"),
        ("Valuation", "$700m"),
        ("Valuation", "$900m"),
    ]
    assert all(side.quoted.pieces for side in found.sides)
    assert found.reason.startswith(
        "Together they make the value on 1 Mar 2024 above $1.4bn and at most $900m at once. They cannot all hold."
    )
    for record in rounds:
        assert [mark.sign for mark in differences.marks_of_proof(record.valuation, [found])] == ["≠"]


def test_the_panel_of_a_contradicted_value_tells_the_statements_that_cannot_all_hold() -> None:
    contradict()
    [clash] = panel(2022).conflicts
    quotes = [words(quoted) for quoted in clash.quoted]
    assert any("[$700 million]" in one for one in quotes)
    assert any("[$900 million]" in one and "[more than double its previous value]" in one for one in quotes)
    assert clash.so.endswith("They cannot all hold.")


def test_a_value_before_the_money_tells_the_one_after_it_with_its_proof() -> None:
    source = make_source("Kivik raised $20 million at a pre-money valuation of $180 million.")
    tell(
        source,
        fact("round:0", "announced_on", PartialDate(2024, 3, 1), rule="published_on"),
        fact("round:0", "raised", usd(20_000_000), "$20 million"),
        fact("round:0", "valuation", usd(180_000_000), "$180 million", basis="pre"),
        company="Kivik",
    )
    [after] = panel(2024).following
    assert (after.title, after.value, after.conclusion) == ("After the money", "$200m", "value = $200m")
    assert after.steps[0].so == "$180m before the money and $20m raised make $200m."
    assert "[$180 million]" in words(after.steps[0].quoted[0])
    assert panel(2024).stake == "10%"


def test_what_cannot_be_compared_says_why() -> None:
    tell_story()
    assert panel(2022).step_up == "undetermined: no round before it is known"
    assert panel(2024).step_up == ">\u00a01.9× if $900m is post-money, an up round"
    assert panel(2024).stake == "4.67% if $900m is post-money, 4.46% if it is pre-money ($942m after)"


def test_a_taken_back_statement_says_so() -> None:
    source = make_source("Halden Robotics raised $9 million.")
    change = tell(source, fact("round:0", "raised", usd(9_000_000), "$9 million"))
    recording.undo(change, None)
    pk = change.added_statements.get(field="raised").pk
    shown = panels.of_statements([pk], Notes.of([pk]))
    assert shown is not None
    assert shown.about == ["Taken back since: no record rests on it any more."]


def test_a_date_that_no_words_give_says_where_it_comes_from() -> None:
    tell_story()
    one = Round.objects.get(announced_on__year=2024)
    shown = panels.of_field(one, "announced_on", one.resolved["announced_on"], Notes.of_company(company()))
    assert shown.told[0].wordless == "No words give the date: it is the day on which the source appeared."


def test_a_value_in_another_currency_is_converted_at_its_own_day() -> None:
    make_rate("USD", "1.10", PartialDate(2024, 3, 1).first_day)
    source = make_source("Kivik is valued at 200 million euros.")
    tell(
        source,
        fact("round:0", "announced_on", PartialDate(2024, 3, 1), rule="published_on"),
        fact("round:0", "valuation", Money.exact(200_000_000, "EUR"), "200 million euros", basis="post"),
        company="Kivik",
    )
    assert panel(2024).about == ["Post-money.", "$220m at the European Central Bank's rate of 1 Mar 2024."]
    assert evidence.in_currency(valuation(2024), "USD") == usd(220_000_000)


def test_without_a_rate_that_is_said() -> None:
    tell(
        make_source("Kivik is valued at 200 million euros."),
        fact("round:0", "announced_on", PartialDate(1988, 3, 1), rule="published_on"),
        fact("round:0", "valuation", Money.exact(200_000_000, "EUR"), "200 million euros"),
        company="Kivik",
    )
    assert panel(1988).about[-1] == "Not converted: no reference rate of that date is held."


def test_who_recorded_it_and_how(editor: User) -> None:
    tell_story(by=editor)
    [line] = panel(2022).recorded
    assert line.startswith("Recorded ") and line.endswith(", review accepted by erin.")
