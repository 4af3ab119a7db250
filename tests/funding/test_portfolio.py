"""What an investor is engaged in: how its companies went, with whom it invests, and its rounds by year."""

import datetime
from decimal import Decimal

import pytest
from factories import company, make_rate, make_round, usd

from companies.models import Investor
from config.queries import KeptQuery
from funding import portfolio
from funding.charts import years
from funding.models import Round
from funding.portfolio import Course
from funding.values import Money, Multiple, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db


def investor(name: str = "Northgate") -> Investor:
    return Investor.objects.get(name=name)


def course(name: str) -> Course:
    held = {one.name: one for one in portfolio.newest(investor())}[name]
    return portfolio.courses({held.company: held.entry}, [held.company]).get(held.company, portfolio.NOWHERE)


def valued(name: str, value: Money, year: int, **more: object) -> Round:
    return make_round(name, announced_on=PartialDate(year, 3, 1), valuation=value, **{"basis": "post"} | more)


def test_a_company_went_from_the_value_at_entry_to_the_latest_one() -> None:
    valued("Alder", usd(40_000_000), 2020, investors=["Northgate"])
    valued("Alder", usd(90_000_000), 2022)
    valued("Alder", usd(100_000_000), 2024)
    found = course("Alder")
    assert (found.entry.money, found.latest.money) == (usd(40_000_000), usd(100_000_000))
    assert found.times == Multiple(Decimal("2.5"), Decimal("2.5"))
    assert found.direction == "up"


def test_bounds_give_bounds() -> None:
    between = Money(Decimal(40_000_000), Decimal(50_000_000), currency="USD")
    valued("Alder", between, 2020, investors=["Northgate"])
    valued("Alder", Money.at_least(100_000_000, "USD", strictly=True), 2024)
    assert course("Alder").times == Multiple(Decimal(2), None, low_open=True)


def test_a_value_before_the_money_is_taken_with_the_money() -> None:
    valued("Alder", usd(40_000_000), 2020, basis="pre", raised=usd(10_000_000), investors=["Northgate"])
    valued("Alder", usd(100_000_000), 2024)
    assert course("Alder").times == Multiple(Decimal(2), Decimal(2))


def test_values_of_two_currencies_are_compared_in_dollars_at_the_rates_of_their_days() -> None:
    make_rate("USD", "1.25", datetime.date(2020, 3, 1))
    make_rate("USD", "1.00", datetime.date(2024, 3, 1))
    valued("Alder", Money.exact(40_000_000, "EUR"), 2020, investors=["Northgate"])
    valued("Alder", usd(100_000_000), 2024)
    assert course("Alder").times == Multiple(Decimal(2), Decimal(2))


def test_without_a_later_value_nothing_is_compared() -> None:
    valued("Alder", usd(40_000_000), 2020)
    valued("Alder", usd(90_000_000), 2022, investors=["Northgate"])
    found = course("Alder")
    assert found.entry == found.latest
    assert found.times is None


def test_a_bound_that_follows_from_the_money_raised_says_nothing_of_a_price() -> None:
    make_round("Alder", announced_on=PartialDate(2020), raised=usd(10_000_000), investors=["Northgate"])
    valued("Alder", usd(100_000_000), 2024)
    found = course("Alder")
    assert found.entry.origin == "derived"
    assert found.times is None


def test_step_ups_are_counted_by_direction_with_the_median_of_the_exact_ones() -> None:
    def went(low: str | None, high: str | None) -> Course:
        return Course(None, None, Multiple(*(None if end is None else Decimal(end) for end in (low, high))))

    found = portfolio.step_ups([
        went("2", "2"), went("4", "4"), went("1", "1"), went("0.5", "0.5"), went("0.5", "3"), portfolio.NOWHERE,
    ])  # fmt: skip
    assert (found.up, found.flat, found.down, found.open, found.known, found.exact) == (2, 1, 1, 1, 5, 4)
    assert found.typical == Multiple(Decimal("1.5"), Decimal("1.5"))


def test_others_are_ranked_by_the_closed_rounds_they_share() -> None:
    make_round("Alder", investors=["Northgate", "Often", "Once"])
    make_round("Birch", investors=["Northgate", "Often"])
    make_round("Cinder", investors=["Often", "Never with it"])
    make_round("Dune", investors=["Northgate", "Once"], status=Text("rumoured"))
    companies = [one.company for one in portfolio.newest(investor())]
    found = portfolio.invests_with(investor(), companies)
    assert [(row["name"], row["rounds"], row["companies"]) for row in found] == [("Often", 2, 2), ("Once", 1, 1)]


def test_the_newest_rounds_are_of_the_newest_companies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "NEWEST", 2)
    for name, write in (("_NEWEST", portfolio._newest), ("_INVESTS_WITH", portfolio._invests_with)):
        monkeypatch.setattr(portfolio, name, KeptQuery(write))  # written anew, with the limit of the test
    for name, year in (("Alder", 2019), ("Alder", 2024), ("Birch", 2023), ("Cinder", 2022)):
        make_round(name, announced_on=PartialDate(year), investors=["Northgate", f"With {name} {year}"])
    newest = portfolio.newest(investor())
    assert [one.name for one in newest] == ["Alder", "Birch"]
    found = portfolio.invests_with(investor(), [one.company for one in newest])
    assert {row["name"] for row in found} == {"With Alder 2024", "With Birch 2023"}


def test_the_newest_round_of_a_day_is_found_whichever_company_came_first() -> None:
    day = PartialDate(2024, 3, 1)
    make_round("Alder", announced_on=PartialDate(2021), investors=["Northgate"])
    for number in range(portfolio.ROUNDS_SHOWN):
        make_round(f"Company {number}", announced_on=day, investors=["Northgate"])
    latest = make_round("Alder", announced_on=day, investors=["Northgate"])
    found = portfolio.newest_rounds(investor(), portfolio.newest(investor()))
    assert len(found) == portfolio.ROUNDS_SHOWN
    assert found[0].round == latest


def test_a_company_that_is_not_shown_is_weighed_where_a_later_value_is_known() -> None:
    valued("Alder", usd(40_000_000), 2020, investors=["Northgate"])
    valued("Alder", usd(100_000_000), 2024)
    valued("Birch", usd(40_000_000), 2020, investors=["Northgate"])
    entries = {one.company: one.entry for one in portfolio.newest(investor())}
    assert set(portfolio.courses(entries, [])) == {company("Alder").pk}
    assert set(portfolio.courses(entries, list(entries))) == set(entries)


def test_rounds_are_counted_by_year_and_group_of_stages() -> None:
    make_round("Alder", announced_on=PartialDate(2021, 5), stage=Text("seed"), leads=["Northgate"])
    make_round("Birch", announced_on=PartialDate(2021), stage=Text("series_a"), investors=["Northgate"])
    make_round("Cinder", announced_on=PartialDate(2023), raised=Undisclosed(), investors=["Northgate"])
    rows = [(row.year, row.stage, row.rounds, row.led) for row in portfolio.totals(investor())]
    found = years.of_totals(rows)
    assert [(one.year, one.rounds, one.led) for one in found.years] == [(2021, 2, 1), (2022, 0, 0), (2023, 1, 0)]
    assert [css for css, _label in found.groups] == ["stage-other", "stage-1", "stage-2"]
    counts = [[one.by_group.get(css, 0) for css, _label in found.groups] for one in found.newest_first]
    assert counts == [[1, 0, 0], [0, 0, 0], [0, 1, 1]]


def test_rounds_without_a_date_are_in_no_bar_and_in_the_last_line() -> None:
    found = years.of_totals([(0, "seed", 3, 1), (2020, "", 1, 0)])
    drawing = years.draw(found, 600)
    assert drawing is not None
    assert [bar.of.year for bar in drawing.bars] == [2020]
    assert [one.year for one in found.newest_first] == [2020, 0]
    assert years.draw(years.of_totals([(0, "seed", 3, 1)]), 600) is None


def test_bars_are_as_high_as_their_counts_from_nought() -> None:
    drawing = years.draw(years.of_totals([(2020, "seed", 2, 0), (2021, "seed", 8, 0)]), 600)
    assert drawing is not None
    heights = [float(bar.parts[0].height) + 1 for bar in drawing.bars]
    assert heights[1] == pytest.approx(4 * heights[0])
    assert [number for _y, _text, number in drawing.ticks] == [0, 2, 4, 6, 8]


def test_only_the_newest_years_are_drawn() -> None:
    drawing = years.draw(years.of_totals([(year, "seed", 1, 0) for year in range(1990, 2025)]), 600)
    assert drawing is not None
    assert len(drawing.bars) == years.SHOWN and drawing.bars[-1].of.year == 2024


def test_a_company_of_no_known_value_has_no_course() -> None:
    make_round("Alder", raised=Undisclosed(), investors=["Northgate"])
    alder = company("Alder").pk
    assert portfolio.courses({alder: Round.objects.get().pk}, [alder]) == {}
