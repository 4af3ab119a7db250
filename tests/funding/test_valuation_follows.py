"""What a company's statements make of its valuations beside the stated ones, and whether it is a unicorn."""

import datetime
from decimal import Decimal

import pytest
from factories import company, make_rate, make_source, say, usd

from funding import recording
from funding.models import Round, Valuation
from funding.rates import Rates
from funding.recording import valuations
from funding.values import Money, Multiple, PartialDate, Text, from_json

pytestmark = pytest.mark.django_db
BILLION = 10**9


def tell_round(year: int, **said) -> None:
    say(make_source(), rounds={"0": {"announced_on": PartialDate(year, 3, 1), **said}})


def valuation(year: int) -> Valuation:
    return Valuation.objects.get(valued_on__year=year)


def unicorn() -> tuple[str, str]:
    one = company()
    return one.unicorn, one.was_unicorn


def test_pre_money_and_the_amount_give_the_value_after_and_the_multiple_compares_that():
    tell_round(2020, valuation=usd(1000), basis="post")
    tell_round(2022, valuation=usd(1900), basis="pre", raised=usd(100))
    one = valuation(2022)
    assert (one.money, one.basis) == (usd(1900), "pre")
    assert from_json(one.follows["post"]["value"]) == usd(2000)
    assert [step["rule"] for step in one.follows["post"]["proof"]] == ["pre_plus_raised"]
    assert (one.multiple_low, one.multiple_high) == (2, 2)
    assert from_json(one.follows["step_up"]["value"]) == Multiple(Decimal("1.9"), Decimal("1.9"))
    assert not one.follows["step_up"]["assumes_post"]


def test_debt_adds_nothing_to_a_value():
    tell_round(2022, valuation=usd(1900), basis="pre", raised=usd(100), stage=Text("debt_financing"))
    assert "post" not in valuation(2022).follows


def test_a_stated_bound_is_shown_and_what_narrows_it_follows_beside_it():
    tell_round(2020, valuation=usd(1000), basis="post")
    tell_round(2022, valuation=Money.at_least(1500, "USD"), valuation_ratio=Multiple(Decimal(2), Decimal(3)))
    one = valuation(2022)
    assert one.money == Money.at_least(1500, "USD")
    assert from_json(one.follows["post"]["value"]) == Money(Decimal(2000), Decimal(3000), currency="USD")


def test_three_figures_that_do_not_add_up_are_one_conflict_of_three_statements():
    source = make_source()
    tell_round(2022, valuation=usd(600), basis="post", raised=usd(50))
    say(source, rounds={"0": {"announced_on": PartialDate(2022, 3, 1), "raised": usd(50), "valuation": usd(400),
                              "basis": "pre"}})  # fmt: skip
    record = Round.objects.live().get()
    assert record.has_conflict and record.valuation.has_conflict
    [clash] = record.valuation.proof
    assert (clash["rule"], len(clash["statements"])) == ("contradiction", 3)
    assert company().has_conflict


def test_a_round_whose_ratio_is_contradicted_is_in_conflict_though_it_has_no_value_to_show():
    down = Multiple(None, Decimal(1), high_open=True)
    tell_round(2020, valuation=usd(500))
    tell_round(2021, valuation_ratio=down)
    tell_round(2022, valuation=usd(900), valuation_ratio=down)
    assert all(Round.objects.live().values_list("has_conflict", flat=True))
    assert not Valuation.objects.filter(valued_on__year=2021).exists()


def test_a_contradiction_goes_when_one_of_its_statements_is_taken_back():
    tell_round(2020, valuation=usd(500))
    lower = {"valuation": usd(900), "valuation_ratio": Multiple(None, Decimal(1), high_open=True)}
    told = say(make_source(), rounds={"0": {"announced_on": PartialDate(2022), **lower}})
    assert company().has_conflict
    recording.undo(told, None)
    assert not company().has_conflict


def test_a_part_of_a_round_comes_before_no_other_at_a_price_of_its_own():
    for year, said in ((2020, {"valuation": usd(500)}), (2021, {"raised": usd(5)}), (2022, {"valuation": usd(1500)})):
        tell_round(year, **said)
    one = company()
    parent, part, last = Round.objects.live().order_by("announced_on")
    assert last.valuation.multiple_low is None
    part.parent = parent
    valuations.project_valuations(one, [parent, part, last], [], Rates())
    assert Valuation.objects.get(round=last).multiple_low == 3


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"valuation": usd(2 * BILLION)}, ("yes", "yes")),
        ({"valuation": usd(BILLION // 2)}, ("no", "no")),
        ({"raised": usd(BILLION // 10)}, ("undetermined", "undetermined")),
        ({"raised": usd(2 * BILLION)}, ("yes", "yes")),
        ({"is_unicorn": Text("yes")}, ("yes", "yes")),
        ({"valuation": usd(BILLION * 9 // 10), "basis": "pre"}, ("undetermined", "undetermined")),
        ({"valuation": usd(BILLION * 9 // 10), "basis": "pre", "raised": usd(BILLION // 5)}, ("yes", "yes")),
        ({"valuation": usd(BILLION * 9 // 10), "basis": "pre", "raised": usd(BILLION // 50)}, ("no", "no")),
        ({"valuation": Money.exact(2 * BILLION, "SEK")}, ("undetermined", "undetermined")),
        ({"stage": Text("seed")}, ("", "")),
        ({"valuation": usd(2 * BILLION), "status": Text("rumoured")}, ("", "")),
    ],
)
def test_a_company_is_a_unicorn_or_not_or_it_is_undetermined(told, expected):
    tell_round(2023, **told)
    assert unicorn() == expected
    recording.rebuild()
    assert unicorn() == expected


def test_a_value_in_another_currency_counts_at_the_rate_of_its_day():
    make_rate("USD", "1.20", datetime.date(2023, 3, 1))
    tell_round(2023, valuation=Money.exact(BILLION * 9 // 10, "EUR"))
    assert unicorn() == ("yes", "yes")


def test_a_unicorn_that_fell_has_been_one():
    tell_round(2021, valuation=usd(3 * BILLION))
    tell_round(2023, valuation=usd(BILLION // 2))
    assert unicorn() == ("no", "yes")


def test_a_later_round_that_leaves_it_open_does_not_unsettle_the_last_stated_value():
    tell_round(2021, valuation=usd(3 * BILLION))
    tell_round(2023, raised=usd(5_000_000))
    assert unicorn() == ("yes", "yes")


def test_a_later_round_that_is_called_a_unicorns_settles_it():
    tell_round(2021, valuation=usd(BILLION // 2))
    tell_round(2023, is_unicorn=Text("yes"))
    assert unicorn() == ("yes", "yes")


def test_a_company_of_which_nothing_is_said_any_more_is_nothing():
    told = say(make_source(), rounds={"0": {"announced_on": PartialDate(2023), "valuation": usd(2 * BILLION)}})
    recording.undo(told, None)
    assert unicorn() == ("", "")
