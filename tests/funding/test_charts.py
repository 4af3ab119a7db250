"""The valuation chart as a Plotly figure: what is drawn for each kind of value, and what is said where none can be."""

import datetime
import html
import json
from copy import copy
from dataclasses import replace
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import pytest
from django.utils import translation
from factories import company, fact, make_rate, make_source, tell, tell_story, usd

from funding import charts
from funding.charts import History, View, pictures
from funding.charts.history import Other
from funding.evidence import Notes
from funding.models import Round, Valuation
from funding.values import Money, PartialDate, Text

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 6, 30)


def history(name: str = "Halden Robotics", **view: str) -> History:
    rounds = list(Round.objects.live().filter(company__name=name).select_related("valuation"))
    valuations = list(Valuation.objects.filter(company__name=name).select_related("round"))
    leads = {one.pk: ["Northgate Capital"] for one in rounds if one.participations.exists()}
    return charts.build(name, valuations, rounds, leads, Notes.of_company(company(name)), View(**view), TODAY, {})


def figure(*args: str, **view: str) -> dict[str, Any]:
    found = charts.figure(history(*args, **view))
    assert found is not None
    return found


def traces(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [trace for trace in found["data"] if trace["name"] == name]


def texts(found: dict[str, Any], layout: int = 0) -> list[str]:
    return [one["text"] for one in found["layouts"][layout]["layout"]["annotations"] if one["text"]]


def tell_value(value: Money, *, on: PartialDate, basis: str = "post", key: str = "round:0", **more: Any) -> None:
    """A round of Kivik that a source of its own values."""
    facts = [fact(key, "announced_on", on, rule="published_on"), fact(key, "valuation", value, basis=basis)]
    facts += [fact(key, field, said) for field, said in more.items()]
    tell(make_source(published=on), *facts, company="Kivik")


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_plotly_takes_every_layout(scale: str) -> None:
    tell_story()
    tell_value(Money.at_least(70_000_000, "USD", strictly=True), on=PartialDate(2019))
    for name in ("Halden Robotics", "Kivik"):
        found = figure(name, scale=scale)
        for one in found["layouts"]:
            shapes = [*one["layout"]["shapes"], *found["halos"].values()]
            go.Figure({"data": found["data"], "layout": one["layout"] | {"shapes": shapes}})


def other_round(one: Round | None, **changed: Any) -> Round:
    """A round of which something is another."""
    found = copy(one)
    assert found is not None
    for name, value in changed.items():
        setattr(found, name, value)
    return found


def test_a_picture_is_drawn_once_by_all_that_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    tell_story()
    drawn: list[History] = []
    monkeypatch.setattr(pictures, "figure", lambda found, **_: drawn.append(found) or charts.figure(found))
    monkeypatch.setattr(pictures, "_kept", {})
    found = history()
    first = pictures.of_history(found)
    assert pictures.of_history(history()) == first and len(drawn) == 1
    assert json.loads(html.unescape(first)) == charts.figure(found)
    point, others = found.points[0], found.points[1:]
    changed = [
        replace(found, company="Kivik"),
        replace(found, today=TODAY + datetime.timedelta(days=1)),
        replace(found, view=View("log")),
        replace(found, currency="EUR"),
        replace(found, leads={}),
        replace(found, rounds=found.rounds[1:]),
        *(
            replace(found, rounds=[other_round(found.rounds[0], **change), *found.rounds[1:]])
            for change in (
                {"stage": "seed"}, {"announced_on": datetime.date(2021, 5, 4)}, {"announced_precision": "year"},
                {"raised_undisclosed": True}, {"raised_low": Decimal(1)}, {"raised_high": Decimal(10**9)},
                {"raised_is_approx": True}, {"raised_currency": "EUR"},
            )
        ),
        replace(found, points=[replace(point, round=other_round(point.round, raised_currency="GBP")), *others]),
        replace(found, points=others),
        *(
            replace(found, points=[replace(point, **change), *others])
            for change in (
                {"money": usd(1)}, {"on": PartialDate(2021)}, {"basis": "pre"}, {"is_secondary": True},
                {"multiple": "3×"}, {"others": [Other(usd(2), "Cloud Gazette")]},
            )
        ),
    ]  # fmt: skip
    for one in changed:
        assert json.loads(html.unescape(pictures.of_history(one))) == charts.figure(one)
    assert len(drawn) == 1 + len(changed)
    with translation.override("fr"):
        assert pictures.of_history(found) != first


def test_no_more_pictures_are_kept_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    tell_story()
    monkeypatch.setattr(pictures, "MOST", 2)
    monkeypatch.setattr(pictures, "_kept", {})
    for company_name in ("Alder", "Birch", "Cinder"):
        pictures.of_history(replace(history(), company=company_name))
    assert len(pictures._kept) == 1


def test_the_figure_is_plain_json_with_tokens_for_colours() -> None:
    tell_story()
    plain = json.dumps(figure())
    assert "var(--accent)" in plain and "var(--derived)" in plain
    assert "#" not in plain and "oklch" not in plain


def test_only_svg_traces_are_used() -> None:
    tell_story()
    assert {trace["type"] for trace in figure()["data"]} == {"scatter"}


def test_a_value_is_held_stepwise_until_the_next_and_dotted_after_the_last() -> None:
    tell_value(usd(10_000_000), on=PartialDate(2020, 1, 10))
    tell_value(usd(90_000_000), on=PartialDate(2022, 4, 2))
    first, last = traces(figure("Kivik"), "held")
    assert (first["x"], first["y"]) == (["2020-01-10", "2022-04-02"], [10_000_000, 10_000_000])
    assert (last["x"], last["y"]) == (["2022-04-02", "2026-06-30"], [90_000_000, 90_000_000])
    assert first["line"]["shape"] == last["line"]["shape"] == "hv"
    assert "dash" not in first["line"] and last["line"]["dash"] == "2px,5px"


def test_no_line_slopes() -> None:
    tell_story()
    tell_value(usd(10_000_000), on=PartialDate(2020, 1, 10))
    tell_value(usd(90_000_000), on=PartialDate(2022, 4))
    for name in ("Halden Robotics", "Kivik"):
        for trace in figure(name)["data"]:
            if trace["mode"] == "lines":
                assert len(set(trace["x"])) == 1 or len(set(trace["y"])) == 1


def test_a_derived_interval_is_a_grey_bar_held_as_a_pale_band() -> None:
    tell_story()
    found = figure()
    [bar] = traces(found, "range")
    assert (bar["y"], bar["line"]["color"]) == ([50_000_000, 450_000_000], "var(--derived)")
    [band] = [one for one in found["layouts"][0]["layout"]["shapes"] if one.get("fillcolor") == "var(--derived-soft)"]
    assert (band["y0"], band["y1"], band["x1"]) == (50_000_000, 450_000_000, "2024-03-01")


def test_a_month_is_as_wide_as_a_month() -> None:
    tell_story()
    caps = traces(figure(), "date")
    assert {tuple(cap["x"]) for cap in caps} == {("2022-05-01", "2022-05-31")}


def test_a_one_sided_bound_is_a_foot_and_an_open_arrow() -> None:
    tell_value(Money.at_least(70_000_000, "USD", strictly=True), on=PartialDate(2021, 3, 9))
    found = figure("Kivik")
    [arrow] = [one for one in found["layouts"][0]["layout"]["annotations"] if one["showarrow"]]
    assert (arrow["y"], arrow["ay"], arrow["arrowhead"]) == (70_000_000, 30, 4)
    assert not traces(found, "held")
    assert traces(found, "valuations")[0]["marker"]["symbol"] == ["line-ew-open"]


@pytest.mark.parametrize(
    ("basis", "stage", "fill", "halves"),
    [
        ("post", "series_a", "var(--accent)", 0),
        ("pre", "series_a", "var(--paper)", 1),
        ("", "series_a", "var(--paper)", 1),
        ("post", "secondary_market", "var(--paper)", 0),
    ],
)
def test_the_mark_says_what_kind_of_value_it_is(basis: str, stage: str, fill: str, halves: int) -> None:
    tell_value(usd(70_000_000), on=PartialDate(2021, 3, 9), basis=basis, stage=Text(stage))
    found = figure("Kivik")
    assert traces(found, "valuations")[0]["marker"]["color"] == [fill]
    paths = [one for one in found["layouts"][0]["layout"]["shapes"] if one["type"] == "path"]
    assert len(paths) == halves


def test_another_source_is_a_tick_beside_the_chosen_value() -> None:
    tell_value(usd(70_000_000), on=PartialDate(2021, 3, 9), raised=usd(9_000_000))
    tell_value(usd(80_000_000, is_approx=True), on=PartialDate(2021, 3, 9), raised=usd(9_000_000))
    found = figure("Kivik")
    [tick] = [one for one in found["layouts"][0]["layout"]["shapes"] if one["type"] == "line"]
    assert (tick["y0"], tick["y1"], tick["xsizemode"]) == (80_000_000, 80_000_000, "pixel")
    assert "≈\u00a0$80m, The Daily Round" in texts(found)


def test_labels_name_value_date_amount_lead_and_multiple() -> None:
    tell_story()
    assert "$900m" in texts(figure())
    assert "1 Mar 2024, basis not stated<br>raised $42m, led by Northgate Capital<br>> 2× the value before" in [
        text.replace("&gt;", ">").replace("\u00a0", " ") for text in texts(figure())
    ]


def test_a_narrow_layout_keeps_to_the_values() -> None:
    tell_story()
    assert "$900m" in texts(figure(), layout=2)
    assert not [text for text in texts(figure(), layout=2) if "basis" in text]


def test_the_rail_names_each_round() -> None:
    tell_story()
    assert "Venture<br>$42m<br>★ Northgate Capital" in texts(figure())


def test_rounds_close_together_are_named_on_both_sides() -> None:
    for raised, on in ((2_000_000, PartialDate(2021, 1, 5)), (9_000_000, PartialDate(2021, 2, 5))):
        tell_value(usd(10 * raised), on=on, raised=usd(raised))
    tell_value(usd(300_000_000), on=PartialDate(2024, 1, 5), raised=usd(30_000_000))
    named = [one for one in figure("Kivik")["layouts"][0]["layout"]["annotations"] if "Venture" in one["text"]]
    assert [one["xanchor"] for one in named] == ["left", "left", "right"]


def test_no_round_is_named_below_the_mark_of_another() -> None:
    for month in (1, 2, 3):
        tell_value(usd(20_000_000 * 4**month), on=PartialDate(2021, month, 5), raised=usd(4**month * 1_000_000))
    named = [one for one in figure("Kivik")["layouts"][2]["layout"]["annotations"] if "Venture" in one["text"]]
    assert [one["x"][:7] for one in named] == ["2021-03", "2021-01"]


def test_names_from_articles_cannot_bring_markup() -> None:
    tell(
        make_source(publisher="<b>Evil</b> Post", published=PartialDate(2021, 3, 9)),
        fact("round:0", "announced_on", PartialDate(2021, 3, 9), rule="published_on"),
        fact("round:0", "raised", usd(9_000_000)),
        fact("round:0", "valuation", usd(80_000_000, is_approx=True)),
        company="Kivik",
    )
    tell_value(usd(70_000_000), on=PartialDate(2021, 3, 9), raised=usd(9_000_000))
    assert "<b>" not in json.dumps(figure("Kivik"))


def test_a_click_names_the_panel_of_the_point() -> None:
    tell_story()
    keys = traces(figure(), "valuations")[0]["customdata"]
    assert set(keys) == {f"valuation-{one.pk}" for one in Valuation.objects.all()} == set(figure()["halos"])


def test_amounts_are_converted_at_the_day_of_each_value() -> None:
    make_rate("USD", "1.25", datetime.date(2020, 1, 10))
    make_rate("USD", "1.00", datetime.date(2022, 4, 2))
    tell_value(usd(10_000_000), on=PartialDate(2020, 1, 10))
    tell_value(usd(90_000_000), on=PartialDate(2022, 4, 2))
    first, last = traces(figure("Kivik", currency="EUR"), "held")
    assert (first["y"][0], last["y"][0]) == (8_000_000, 90_000_000)


def test_a_value_without_a_rate_is_not_drawn_and_that_is_said() -> None:
    tell_value(usd(90_000_000), on=PartialDate(2022, 4, 2))
    tell_value(Money.exact(10_000_000, "EUR"), on=PartialDate(2020, 1, 10))
    found = history("Kivik")
    assert [point.words for point in found.drawn] == ["$90m"]
    assert found.notes == ["No reference rate of its date is held for €10m: not drawn, as stated in the table."]
    assert [str(point.native.currency) for point in found.points] == ["EUR", "USD"]


def test_values_as_stated_share_an_axis_only_in_one_currency() -> None:
    tell_value(Money.exact(10_000_000, "EUR"), on=PartialDate(2020, 1, 10))
    assert history("Kivik", currency="as_stated").currency == "EUR"
    make_rate("USD", "1.25", datetime.date(2020, 1, 10))
    tell_value(usd(90_000_000), on=PartialDate(2022, 4, 2))
    mixed = history("Kivik", currency="as_stated")
    assert mixed.currency == "USD"
    assert mixed.notes == ["Values stated in EUR and USD cannot share an axis: drawn in USD, as stated in the table."]


def test_a_rumour_is_not_drawn_and_that_is_said() -> None:
    tell_value(usd(70_000_000), on=PartialDate(2021, 3, 9))
    tell_value(usd(500_000_000), on=PartialDate(2023, 1, 9), status=Text("rumoured"))
    found = history("Kivik")
    assert [point.words for point in found.drawn] == ["$70m"]
    assert found.notes == ["Not drawn, for the round did not take place or is a rumour: $500m (rumoured)."]


def test_the_picture_can_be_told_in_words() -> None:
    tell_story()
    assert history().description == (
        "$50m – $450m in May 2022, derived, both ends excluded; $900m on 1 Mar 2024, basis not stated."
    )


def test_nothing_to_draw_is_no_figure() -> None:
    tell(make_source(), fact("round:0", "announced_on", PartialDate(2020), rule="published_on"), company="Kivik")
    assert charts.figure(history("Kivik")) is None


@pytest.mark.parametrize("view", [{"scale": "cubic"}, {"currency": "XXX"}])
def test_an_unknown_choice_is_refused_in_words(view: dict[str, str]) -> None:
    with pytest.raises(charts.UnknownChoice, match="of this chart; it has"):
        View(**view)
