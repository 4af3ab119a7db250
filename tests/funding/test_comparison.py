"""Companies beside each other: which values the lines have, and how the picture draws them."""

import datetime
from decimal import Decimal
from itertools import product
from typing import Any

import plotly.graph_objects as go
import pytest
from factories import company, fact, make_rate, make_round, make_source, say_value, tell, usd

from funding.charts import UnknownChoice, comparison
from funding.charts.comparison import Comparison, View
from funding.charts.comparison_picture import FRAMES, GAP, figure, spread
from funding.models import Round
from funding.values import Money, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 6, 30)


def compared(*names: str, **view: str) -> Comparison:
    companies = [company(name) for name in names]
    rounds = {one.pk: list(Round.objects.live().filter(company=one).select_related("valuation")) for one in companies}
    return comparison.build(companies, rounds, {}, View(**view), TODAY)


def found_in(name: str, on: PartialDate) -> None:
    tell(make_source(), fact("company:0", "founded_on", on), company=name)


def valued(name: str, value: Money, on: PartialDate, **more: Any) -> Round:
    return make_round(name, announced_on=on, valuation=value, **{"basis": "post"} | more)


def drawn(picture: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [trace for trace in picture["data"] if trace["name"] == name]


def test_sums_add_ends_to_ends() -> None:
    least = Money.at_least(3, "USD", strictly=True)
    between = Money(Decimal(1), Decimal(4), currency="USD", high_open=True)
    assert comparison.plus(usd(2), between) == Money(Decimal(3), Decimal(6), currency="USD", high_open=True)
    assert comparison.plus(usd(2), least) == Money.at_least(5, "USD", strictly=True)
    assert comparison.plus(usd(2), Money.at_most(5, "USD")) == Money(Decimal(2), Decimal(7), currency="USD")
    assert comparison.plus(usd(2), Money.about(5, "USD")) == Money.about(7, "USD")


def test_what_was_raised_is_summed_and_what_is_in_no_sum_is_said() -> None:
    make_round("Alder", announced_on=PartialDate(2022), raised=usd(5))
    make_round("Alder", announced_on=PartialDate(2020), raised=usd(2))
    make_round("Alder", announced_on=PartialDate(2021), raised=Undisclosed())
    make_round("Alder", announced_on=PartialDate(2023), raised=usd(90), stage=Text("secondary_market"))
    make_round("Alder", announced_on=PartialDate(2024), raised=usd(40), status=Text("rumoured"))
    found = compared("Alder", show="raised")
    assert [point.money for point in found.lines[0].points] == [usd(2), usd(7)]
    assert found.notes == ["Alder: 1 closed round without a date, an amount or a rate is in no sum."]


def test_values_are_converted_at_the_rate_of_their_own_date() -> None:
    make_rate("USD", "1.25", datetime.date(2022, 5, 4))
    valued("Alder", usd(100), PartialDate(2022, 5, 4))
    valued("Alder", usd(100), PartialDate(2023, 5, 4))
    found = compared("Alder", currency="EUR")
    assert [point.money for point in found.lines[0].points] == [Money.exact("80.00", "EUR")]
    assert found.notes == ["Alder: no rate of its date is held for 1 value, which is not drawn."]


def test_by_years_a_company_of_unknown_founding_is_left_out_and_said() -> None:
    valued("Alder", usd(100), PartialDate(2022, 5, 4))
    valued("Birch", usd(100), PartialDate(2022, 5, 4))
    found_in("Birch", PartialDate(2018))
    found = compared("Alder", "Birch", by="founding")
    assert [line.company.name for line in found.drawn] == ["Birch"]
    assert found.notes == [
        "Left out, for no source says when it was founded: Alder.",
        "Where only the year or month of the founding is known, years count from its middle.",
    ]
    picture = figure(found)
    assert picture is not None
    assert drawn(picture, "Birch")[0]["x"] == [3.84]
    # The year of founding may be anywhere in 2018, so the point may be half a year to either side.
    assert drawn(picture, "date")[0]["x"] == [3.34, 4.34]


def test_plotly_takes_every_view_of_every_kind_of_value() -> None:
    valued("Alder", usd(100_000_000), PartialDate(2020, 1, 10))
    valued("Alder", Money.at_least(300_000_000, "USD"), PartialDate(2022, 4))
    valued("Birch", Money(Decimal(5_000_000), Decimal(9_000_000), currency="USD"), PartialDate(2019))
    for name in ("Alder", "Birch"):
        found_in(name, PartialDate(2018, 4))
    for show, by, scale in product(comparison.MEASURES, comparison.AXES, ("linear", "log")):
        picture = figure(compared("Alder", "Birch", show=show, by=by, scale=scale))
        assert picture is not None
        for one in picture["layouts"]:
            go.Figure({"data": picture["data"], "layout": one["layout"]})


def test_no_line_slopes() -> None:
    for name in ("Alder", "Birch"):
        valued(name, usd(100_000_000), PartialDate(2020, 1, 10))
        valued(name, Money(Decimal(5_000_000), Decimal(9_000_000), currency="USD"), PartialDate(2021, 3))
        valued(name, Money.at_least(300_000_000, "USD"), PartialDate(2022))
    picture = figure(compared("Alder", "Birch"))
    assert picture is not None
    lines = [trace for trace in picture["data"] if trace["mode"] == "lines"]
    assert {trace["name"] for trace in lines} == {"held", "step", "range", "date"}
    assert all(len(set(line["x"])) == 1 or len(set(line["y"])) == 1 for line in lines)


def test_a_value_is_dotted_after_the_last_statement_until_today() -> None:
    valued("Alder", usd(10), PartialDate(2020, 1, 10))
    valued("Alder", usd(90), PartialDate(2022, 4, 2))
    picture = figure(compared("Alder"))
    assert picture is not None
    first, last = drawn(picture, "held")
    assert (first["x"], first["y"]) == (["2020-01-10", "2022-04-02"], [10, 10])
    assert last["x"] == ["2022-04-02", "2026-06-30"]
    assert "dash" not in first["line"] and last["line"]["dash"] == "2px,5px"


def test_a_mark_is_filled_for_a_stated_value_after_the_money_alone() -> None:
    valued("Alder", usd(10), PartialDate(2020, 1, 10))
    valued("Alder", usd(90), PartialDate(2022, 4, 2), basis="pre")
    picture = figure(compared("Alder"))
    assert picture is not None
    (marks,) = drawn(picture, "Alder")
    assert marks["marker"]["color"] == ["var(--series-1)", "var(--paper)"]


def test_eight_lines_have_eight_colours_and_markers_and_end_in_their_names() -> None:
    names = [f"Company {letter}" for letter in "abcdefgh"]
    for name in names:
        valued(name, usd(100_000_000), PartialDate(2022, 5, 4))
    picture = figure(compared(*names))
    assert picture is not None
    marks = [drawn(picture, name)[0]["marker"] for name in names]
    assert len({one["line"]["color"] for one in marks}) == 8
    assert len({one["symbol"][0] for one in marks}) == 8
    for one in picture["layouts"]:
        assert [text["text"] for text in one["layout"]["annotations"]] == names


def test_a_name_is_anybodys_words() -> None:
    valued("<b>Alder</b>", usd(100), PartialDate(2022, 5, 4))
    picture = figure(compared("<b>Alder</b>"))
    assert picture is not None
    assert "<b>" not in str(picture)


@pytest.mark.parametrize("wanted", [[40.0] * 8, [470.0] * 8, [10.0, 20.0, 300.0, 301.0, 900.0]])
def test_names_are_moved_apart_within_the_frame(wanted: list[float]) -> None:
    placed = spread(wanted, FRAMES[0])
    assert all(after - before >= GAP for before, after in zip(placed, placed[1:], strict=False))
    assert placed[0] >= FRAMES[0].top and placed[-1] <= FRAMES[0].height - FRAMES[0].bottom


def test_without_a_dated_value_there_is_no_picture() -> None:
    make_round("Alder", raised=Undisclosed())
    assert figure(compared("Alder")) is None


@pytest.mark.parametrize("asked", [{"show": "x"}, {"by": "x"}, {"scale": "x"}, {"currency": "CHF"}])
def test_a_choice_that_no_chart_has_is_refused_with_those_there_are(asked: dict[str, str]) -> None:
    with pytest.raises(UnknownChoice, match="is no choice of this chart; it has"):
        View(**asked)


def test_values_of_no_round_stand_among_those_of_rounds():
    make_round(valuation=usd(2_000_000_000), announced_on=PartialDate(2021, 6, 1))
    say_value(make_source(), usd(3_000_000_000), "2022-11-30", basis="post")
    held = company()
    rounds = {held.pk: list(Round.objects.live().filter(company=held).select_related("valuation"))}
    lone = {held.pk: list(held.valuations.filter(round=None))}
    [line] = comparison.build([held], rounds, lone, View(), TODAY).lines
    assert [(point.on.iso, point.round is None, point.is_full) for point in line.points] == [
        ("2021-06-01", False, False),
        ("2022-11-30", True, True),
    ]
    [line] = comparison.build([held], rounds, lone, View(show="raised"), TODAY).lines
    assert [point.on.iso for point in line.points] == ["2021-06-01"]
