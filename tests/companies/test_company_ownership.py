"""The part of a company that each round sold, and what is left of what was held before."""

import datetime

import pytest
from factories import company, fact, make_rate, make_source, tell, usd

from companies.views import company_ownership, company_page, company_rounds
from companies.views.company_ownership import Sale
from funding.evidence import Notes
from funding.values import Money, PartialDate, Text, Undisclosed, Value

pytestmark = pytest.mark.django_db


def tell_round(year: int, basis: str = "post", **said: Value) -> None:
    facts = [fact("round:0", field, value) for field, value in said.items() if field != "valuation"]
    facts += [fact("round:0", "valuation", said["valuation"], basis=basis)] if "valuation" in said else []
    tell(make_source(), fact("round:0", "announced_on", PartialDate(year, 3, 1)), *facts)


def sales() -> list[Sale]:
    held = company()
    rows = company_rounds.rows(company_page.rounds_of(held), Notes.of_company(held), [], {})
    return company_ownership.sales(rows)


def sold() -> list[str]:
    return [sale.sold or sale.why for sale in sales()]


def left() -> list[str]:
    return [sale.left for sale in sales()]


def test_the_part_is_the_money_by_the_value_after_it() -> None:
    tell_round(2021, raised=usd(20_000_000), valuation=usd(100_000_000))
    assert (sold(), left()) == (["20%"], ["80%"])


def test_a_value_before_the_money_gives_the_one_after_it() -> None:
    tell_round(2021, raised=usd(20_000_000), valuation=usd(80_000_000), basis="pre")
    assert sold() == ["20%"]


def test_where_the_source_does_not_say_which_value_it_gives_both_readings_bound_the_part() -> None:
    tell_round(2021, raised=usd(25_000_000), valuation=usd(100_000_000), basis="")
    assert (sold(), left()) == (["20 – 25%"], ["75 – 80%"])


def test_each_later_round_dilutes_what_was_held_before() -> None:
    tell_round(2020, raised=usd(10_000_000), valuation=usd(50_000_000))
    tell_round(2021, raised=usd(25_000_000), valuation=usd(100_000_000))
    tell_round(2022, raised=usd(20_000_000), valuation=usd(200_000_000))
    assert sold() == ["10%", "25%", "20%"]
    assert left() == ["90%", "67.5%", "54%"]


def test_a_round_of_unknown_part_leaves_only_an_upper_bound_for_those_before_it() -> None:
    tell_round(2020, raised=usd(10_000_000), valuation=usd(50_000_000))
    tell_round(2021, stage=Text("series_a"))
    assert sold() == ["the amount is not stated", "20%"]
    assert left() == ["", "≤\u00a080%"]


def test_a_value_that_is_only_bounded_from_below_bounds_the_part_from_above() -> None:
    tell_round(2021, raised=usd(20_000_000), valuation=Money.at_least(100_000_000, "USD", strictly=True))
    assert sold() == ["<\u00a020%"]
    assert left() == [">\u00a080%"]


def test_a_value_that_is_only_known_to_exceed_the_money_says_nothing() -> None:
    tell_round(2021, raised=usd(20_000_000))
    assert sold() == ["nothing bounds the value from above"]
    assert not company_ownership.is_any_known(company_page.rounds_of(company()))


def test_an_amount_in_another_currency_is_converted_and_the_part_approximate() -> None:
    make_rate("USD", "1.25", datetime.date(2021, 3, 1))
    tell_round(2021, raised=Money.exact(16_000_000, "EUR"), valuation=usd(100_000_000))
    assert sold() == ["≈\u00a020%"]


def test_without_a_rate_the_part_is_not_known_and_that_is_said() -> None:
    tell_round(1990, raised=Money.exact(16_000_000, "EUR"), valuation=usd(100_000_000))
    assert sold() == ["no rate converts the amount into the currency of the value"]


def test_undisclosed_amounts_and_notes_say_why_there_is_no_part() -> None:
    tell_round(2020, raised=Undisclosed(), valuation=usd(100_000_000))
    tell_round(2021, raised=usd(5_000_000), stage=Text("convertible_note"))
    assert sold() == ["a note: its price is set later", "the amount is undisclosed"]


def test_debt_secondary_sales_and_rumours_sell_nothing_of_the_company() -> None:
    tell_round(2020, raised=usd(5_000_000), stage=Text("debt_financing"))
    tell_round(2021, raised=usd(5_000_000), valuation=usd(100_000_000), stage=Text("secondary_market"))
    tell_round(2022, raised=usd(5_000_000), valuation=usd(100_000_000), status=Text("rumoured"))
    assert sales() == []
