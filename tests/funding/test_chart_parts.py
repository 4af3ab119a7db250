"""The axis of money and the places of labels."""

from decimal import Decimal

from funding.charts import scale
from funding.charts.labels import Box, Wanted, place

FRAME = Box(0, 0, 800, 400)


def test_a_linear_axis_begins_at_nought_and_names_its_unit_once() -> None:
    axis = scale.linear(Decimal(4_500_000_000), "USD")
    assert axis.words == ("0", "1", "2", "3", "4", "$5bn")
    assert axis.ticks[-1] == Decimal(5_000_000_000)


def test_ticks_below_a_thousand_million_keep_one_unit() -> None:
    assert scale.linear(Decimal(800_000_000), "EUR").words == ("0", "200", "400", "600", "€800m")


def test_an_axis_up_to_a_thousand_million_counts_in_them() -> None:
    assert scale.linear(Decimal(900_000_000), "EUR").words == ("0", "0.2", "0.4", "0.6", "0.8", "€1bn")


def test_a_logarithmic_axis_holds_the_smallest_and_the_largest() -> None:
    axis = scale.logarithmic([Decimal(259_000_000), Decimal(13_700_000_000)], "USD")
    assert (axis.low, axis.high) == (Decimal(200_000_000), Decimal(20_000_000_000))
    assert axis.share(axis.low) == 0 and 0.95 < axis.share(axis.high) < 1


def test_a_wide_logarithmic_axis_labels_whole_decades() -> None:
    axis = scale.logarithmic([Decimal(1_000), Decimal(10_000_000_000)], "USD")
    assert axis.words == ("$1k", "$10k", "$100k", "$1m", "$10m", "$100m", "$1bn", "$10bn")


def test_one_amount_still_gets_an_axis() -> None:
    axis = scale.logarithmic([Decimal(1_000_000)], "USD")
    assert axis.low < axis.high


def wanted(number: int, x: float, y: float, *lines: str) -> Wanted:
    return Wanted(number, x, y, "$900m", lines)


def test_a_label_stands_to_the_right_with_all_its_lines() -> None:
    [placed] = place([wanted(1, 100, 100, "raised $42m", "led by Northgate")], [], FRAME)
    assert (placed.side, len(placed.lines)) == ("right", 2)


def test_at_the_right_edge_it_stands_to_the_left() -> None:
    [placed] = place([wanted(1, 780, 100, "raised $42m")], [], FRAME)
    assert placed.side == "left"


def test_what_is_in_the_way_costs_lines_before_the_value() -> None:
    below = Box(0, 105, 800, 140)
    [placed] = place([wanted(1, 400, 100, "raised $42m")], [below], FRAME)
    assert (placed.head, placed.lines) == ("$900m", ())


def test_labels_never_cover_each_other_and_the_first_asked_for_wins() -> None:
    crowd = [wanted(number, 400, 200) for number in range(6)]
    placed = place(crowd, [], FRAME)
    assert [one.id for one in placed] == [0, 1]
    assert [one.side for one in placed] == ["right", "left"]


def test_a_value_without_any_other_room_interrupts_a_thin_line_and_says_so() -> None:
    rises = Box(90, 0, 92, 200)
    [placed] = place([wanted(1, 60, 100, "raised $42m")], [], Box(50, 0, 200, 200), [rises])
    assert (placed.side, placed.lines, placed.cuts) == ("right", (), True)


def test_a_value_with_room_beside_a_thin_line_leaves_it_whole() -> None:
    [placed] = place([wanted(1, 60, 100, "raised $42m")], [], Box(50, 0, 400, 200), [Box(300, 0, 302, 200)])
    assert not placed.cuts
