"""Headcount and revenue over time."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from factories import company, fact, make_source, tell, usd

from companies.views import company_over_time
from companies.views.company_over_time import Series
from funding.evidence import Notes
from funding.models import Statement
from funding.recording import marks
from funding.values import Money, PartialDate, Quantity, Value

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 6, 30)


def staff(number: int, **flags: bool) -> Quantity:
    return Quantity(Decimal(number), Decimal(number), **flags)


def tell_fact(field: str, value: Value, published: PartialDate | None, **qualifiers: object) -> None:
    tell(make_source(published=published), fact("company:0", field, value, **qualifiers))


def series() -> list[Series]:
    return company_over_time.series(company(), Notes.of_company(company()), TODAY)


def told(one: Series) -> list[tuple[str, str, bool]]:
    return [(reading.date, reading.words, reading.differs) for reading in one.readings]


def test_every_headcount_that_is_told_stands_at_its_date_newest_first() -> None:
    tell_fact("employees", staff(140), PartialDate(2022, 5))
    tell_fact("employees", staff(300), PartialDate(2024, 3, 1))
    [headcount] = series()
    assert told(headcount) == [("1 Mar 2024", "300", False), ("May 2022", "140", False)]


def test_two_sources_of_one_time_that_do_not_agree_are_said_to_differ() -> None:
    tell_fact("employees", staff(300), PartialDate(2024, 3, 1))
    tell_fact("employees", staff(420), PartialDate(2024, 4, 2))
    tell_fact("employees", staff(140), PartialDate(2022, 5))
    [headcount] = series()
    assert [differs for _on, _words, differs in told(headcount)] == [True, True, False]


def test_one_value_of_one_date_is_one_line_with_both_its_sources() -> None:
    for _ in range(2):
        tell_fact("employees", staff(300), PartialDate(2024, 3, 1))
    [headcount] = series()
    assert [len(reading.marks) for reading in headcount.readings] == [2]


def test_the_staff_of_one_place_is_not_the_headcount() -> None:
    tell_fact("employees", staff(80), PartialDate(2024, 3, 1), place="France")
    assert series() == []


def test_revenue_stands_at_the_year_that_it_is_of_and_says_that_it_is_expected() -> None:
    tell_fact("revenue", usd(30_000_000, is_approx=True), PartialDate(2023, 8, 24), year=2024, is_expected=True)
    tell_fact("revenue", usd(12_000_000), PartialDate(2023, 8, 24), year=2022)
    [revenue] = series()
    assert told(revenue) == [("2024", "≈\u00a0$30m", False), ("2022", "$12m", False)]
    assert [reading.second for reading in revenue.readings] == ["expected", ""]


def test_what_a_person_deprecated_is_left_out(editor: User) -> None:
    tell_fact("employees", staff(9_999), PartialDate(2024, 3, 1))
    tell_fact("employees", staff(300), PartialDate(2024, 3, 1))
    wrong = Statement.objects.get(field="employees", value__low="9999")
    marks.mark(wrong, "deprecation", by=editor, reason="a misprint")
    [headcount] = series()
    assert told(headcount) == [("1 Mar 2024", "300", False)]


def test_one_value_alone_is_not_drawn() -> None:
    tell_fact("employees", staff(300), PartialDate(2024, 3, 1))
    assert series()[0].drawing is None


def test_the_drawing_holds_each_value_level_until_the_next_and_dots_the_last() -> None:
    tell_fact("employees", staff(140), PartialDate(2022, 5))
    tell_fact("employees", staff(300), PartialDate(2024, 3, 1))
    drawing = series()[0].drawing
    assert drawing is not None
    first, last = drawing.dots
    assert drawing.held == [(first.x, last.x, first.y)]
    assert drawing.dotted == (last.x, drawing.right, last.y)
    assert first.y > last.y and drawing.grid[-1][1] == "300"


def test_a_second_value_of_one_date_is_a_tick_and_ends_no_line() -> None:
    tell_fact("employees", staff(140), PartialDate(2022, 5))
    tell_fact("employees", staff(300), PartialDate(2024, 3, 1))
    tell_fact("employees", staff(420), PartialDate(2024, 3, 1))
    drawing = series()[0].drawing
    assert drawing is not None
    assert [dot.is_other for dot in drawing.dots] == [False, False, True]
    believed = company().resolved["employees"]["value"]["low"]
    assert drawing.dots[1].words == believed
    assert len(drawing.held) == 1


def test_a_bound_is_a_bar_that_holds_nothing() -> None:
    tell_fact("employees", Quantity(Decimal(100), None), PartialDate(2022, 5))
    tell_fact("employees", staff(300), PartialDate(2024, 3, 1))
    drawing = series()[0].drawing
    assert drawing is not None
    assert (drawing.dots[0].is_bar, drawing.dots[0].arrow, drawing.held) == (True, "up", [])


def test_amounts_of_another_currency_stand_in_the_table_and_are_said_not_to_be_drawn() -> None:
    tell_fact("revenue", usd(12_000_000), PartialDate(2023, 8, 24), year=2021)
    tell_fact("revenue", usd(20_000_000), PartialDate(2023, 8, 24), year=2022)
    tell_fact("revenue", Money.exact(5_000_000, "EUR"), PartialDate(2023, 8, 24), year=2020)
    [revenue] = series()
    assert len(revenue.readings) == 3
    assert revenue.left_out == ["Not drawn, for it is in another currency: €5m."]
