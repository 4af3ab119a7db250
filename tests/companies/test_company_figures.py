"""The key figures of a company: sums with their rule, step-ups, and whether it is a unicorn."""

import datetime
from decimal import Decimal

import pytest
from factories import company, fact, make_rate, make_source, say, tell, usd

from companies.views import company_figures
from companies.views.company_figures import KeyFigure, Totals
from funding.evidence import Notes
from funding.models import Round
from funding.values import Money, Multiple, PartialDate, Text, Undisclosed, Value

pytestmark = pytest.mark.django_db


def tell_round(year: int, **said: Value) -> None:
    facts = [fact("round:0", field, value) for field, value in said.items() if field != "valuation"]
    facts += [
        fact("round:0", "valuation", value, basis="post") for field, value in said.items() if field == "valuation"
    ]
    tell(make_source(), fact("round:0", "announced_on", PartialDate(year, 3, 1)), *facts)


def rounds() -> list[Round]:
    return list(Round.objects.live().select_related("valuation").newest_first())


def totals() -> Totals:
    return company_figures.totals(company(), rounds())


def strip() -> dict[str, KeyFigure]:
    held = rounds()
    valuations = company_figures.valuations_of(held, company().valuations.filter(round=None))
    found = company_figures.strip(company(), totals(), valuations, Notes.of_company(company()), {})
    return {figure.name: figure for figure in found}


def test_exact_amounts_add_up() -> None:
    tell_round(2020, raised=usd(4_000_000))
    tell_round(2021, raised=usd(40_000_000))
    assert totals().every.money == usd(44_000_000)


def test_bounds_add_to_bounds() -> None:
    tell_round(2020, raised=Money.at_least(4_000_000, "USD", strictly=True))
    tell_round(2021, raised=usd(40_000_000, is_approx=True))
    assert totals().every.money == Money(Decimal(44_000_000), None, True, False, True, currency="USD")


def test_one_currency_stays_what_it_is() -> None:
    tell_round(2020, raised=Money.exact(4_000_000, "EUR"))
    assert totals().every.money == Money.exact(4_000_000, "EUR")


def test_several_currencies_are_summed_at_the_rate_of_each_day() -> None:
    make_rate("USD", "1.20", datetime.date(2020, 3, 1))
    tell_round(2020, raised=Money.exact(10_000_000, "EUR"))
    tell_round(2021, raised=usd(40_000_000))
    assert totals().every.money == usd(52_000_000)


def test_what_cannot_be_converted_is_counted_and_left_out() -> None:
    tell_round(1990, raised=Money.exact(10_000_000, "EUR"))
    tell_round(2021, raised=usd(40_000_000))
    assert (totals().every.money, totals().every.not_converted) == (usd(40_000_000), 1)


def test_undisclosed_and_silent_rounds_are_counted_apart() -> None:
    tell_round(2019, raised=Undisclosed())
    tell_round(2020, stage=Text("seed"))
    tell_round(2021, raised=usd(40_000_000))
    every = totals().every
    assert (every.counted, every.undisclosed, every.not_stated) == (1, 1, 1)


def test_secondary_sales_count_in_nothing_and_debt_not_as_equity() -> None:
    tell_round(2019, raised=usd(1_000_000), stage=Text("secondary_market"))
    tell_round(2020, raised=usd(20_000_000), stage=Text("debt_financing"))
    tell_round(2021, raised=usd(40_000_000), stage=Text("series_a"))
    assert (totals().every.money, totals().equity.money) == (usd(60_000_000), usd(40_000_000))


def test_a_stated_total_leaves_a_residual_only_above_the_sum() -> None:
    tell_round(2021, raised=usd(40_000_000))
    say(make_source(), facts={"total_raised": usd(50_000_000, is_approx=True)})
    assert totals().residual == usd(10_000_000, is_approx=True)
    tell_round(2022, raised=usd(30_000_000))
    assert totals().residual is None


def test_a_multiple_computed_from_two_values_names_its_step_up() -> None:
    tell_round(2020, valuation=usd(100_000_000), raised=usd(10_000_000))
    tell_round(2021, valuation=usd(300_000_000), raised=usd(50_000_000))
    assert strip()["Multiple"].value == "3×"
    assert strip()["Multiple"].second == "Computed from the two values. Step-up 2.5×, an up round."


def test_a_step_up_over_a_range_is_only_what_is_certain() -> None:
    tell_round(2020, raised=usd(10_000_000))
    tell_round(2021, valuation=usd(300_000_000), raised=usd(50_000_000), valuation_ratio=Multiple(Decimal(2), None))
    assert strip()["Value before that"].value == "$10m – $150m"
    assert strip()["Multiple"].second == "Stated. Step-up ≥\u00a01.66×, an up round."


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (usd(1_000_000_000), "Yes"),
        (usd(999_000_000), "No"),
        (Money.at_least(1_000_000_000, "USD"), "Yes"),
        (Money.at_least(900_000_000, "USD"), "Undetermined"),
        (usd(1_000_000_000, is_approx=True), "Undetermined"),
        (usd(1_200_000_000, is_approx=True), "Yes"),
        (Money.exact(2_000_000_000, "SEK"), "Undetermined"),
    ],
)
def test_a_unicorn_is_yes_no_or_undetermined(value: Money, answer: str) -> None:
    tell_round(2021, valuation=value)
    assert strip()["Unicorn"].value == answer


def test_what_once_was_a_unicorn_says_when() -> None:
    tell_round(2021, valuation=usd(3_000_000_000))
    tell_round(2023, valuation=usd(600_000_000))
    unicorn = strip()["Unicorn"]
    assert (unicorn.value, unicorn.second) == ("No", "Below $1bn. It was one on 1 Mar 2021, at $3bn.")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (Money.at_least(900_000_000, "USD"), "≥ $900m on 1 Mar 2021 may lie on either side of $1bn."),
        (Money.exact(2_000_000_000, "SEK"), "SEK 2bn on 1 Mar 2021 has no rate to dollars."),
    ],
)
def test_what_leaves_open_whether_it_is_a_unicorn_is_named(value: Money, why: str) -> None:
    tell_round(2021, valuation=value)
    assert strip()["Unicorn"].second.replace("\u00a0", " ") == why


def test_a_multiple_that_is_undetermined_says_why() -> None:
    tell_round(2021, stage=Text("seed"))
    tell_round(2023, valuation=usd(600_000_000))
    multiple = strip()["Multiple"]
    assert (multiple.value, multiple.second) == ("undetermined", "Nothing bounds the value of the round before.")


def test_a_multiple_without_a_step_up_says_what_is_missing() -> None:
    tell_round(2021, valuation=usd(300_000_000))
    tell_round(2023, valuation=usd(600_000_000))
    assert strip()["Multiple"].second == (
        "Computed from the two values. Step-up undetermined: the value before the money is not known."
    )


def test_a_round_at_nearly_the_price_of_the_last_is_flat_and_one_below_is_down() -> None:
    tell_round(2021, valuation=usd(300_000_000))
    tell_round(2022, valuation=usd(340_000_000), raised=usd(30_000_000))
    assert strip()["Multiple"].second.endswith("Step-up 1.03×, a flat round, within 5%.")
    tell_round(2023, valuation=usd(300_000_000), raised=usd(100_000_000))
    assert strip()["Multiple"].second.endswith("Step-up 0.588×, a down round.")


def test_an_undated_value_is_shown_where_there_is_no_other() -> None:
    tell(make_source(), fact("round:0", "valuation", usd(70_000_000), basis="post"))
    assert (strip()["Valuation"].value, strip()["Valuation"].second) == ("$70m", "Post-money.")


def test_nothing_known_is_said_in_words() -> None:
    tell_round(2021)
    figures = strip()
    assert [one.value for one in figures.values()] == ["not known"] * 5
    assert figures["Raised, all types"].second == "1 without an amount"
