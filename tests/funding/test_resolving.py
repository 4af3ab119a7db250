"""What is believed of statements that differ, and why."""

from decimal import Decimal
from itertools import permutations

from factories import usd
from hypothesis import given
from hypothesis import strategies as st

from funding.resolving import Said, resolve
from funding.values import Money, PartialDate, Text, Undisclosed, Value


def said(number: int, value: Value, **columns: object) -> Said:
    defaults = {
        "source_kind": "report",
        "voice": f"voice {number}",
        "published": PartialDate(2024, 1, 1),
        "digest": f"digest {number}",
    }
    return Said(number, value, **(defaults | columns))  # type: ignore[arg-type]


def chosen(*statements: Said) -> int:
    """The statement chosen, the same in whatever order they come."""
    outcomes = {resolve(order).chosen.id for order in permutations(statements)}  # type: ignore[union-attr]
    assert len(outcomes) == 1
    return outcomes.pop()


def test_nothing_said_is_nothing_believed():
    assert resolve([]) is None


def test_exact_comes_before_approximate_and_says_so():
    resolved = resolve([said(1, usd(200, is_approx=True)), said(2, usd(235))])
    assert resolved.chosen.id == 2
    assert [one.id for one in resolved.differing] == [1]
    assert resolved.reason == "exact comes before approximate"


def test_an_approximate_figure_that_covers_the_exact_one_does_not_differ():
    resolved = resolve([said(1, usd(230, is_approx=True)), said(2, usd(235))])
    assert not resolved.differing
    assert resolved.reason == "2 independent sources agree"


def test_a_day_comes_before_a_month_that_holds_it():
    resolved = resolve([said(1, PartialDate(2022, 5)), said(2, PartialDate(2022, 5, 9))])
    assert resolved.chosen.id == 2
    assert not resolved.differing


def test_a_person_comes_before_what_is_read():
    assert chosen(said(1, usd(5)), said(2, usd(6, is_approx=True), source_kind="entry")) == 2


def test_a_pinned_value_comes_before_a_person():
    assert chosen(said(1, usd(5), is_pinned=True), said(2, usd(9), source_kind="entry")) == 1


def test_a_release_comes_before_a_report_and_a_report_before_a_rewrite():
    assert chosen(said(1, usd(5)), said(2, usd(9), source_kind="release")) == 2
    assert chosen(said(1, usd(5)), said(2, usd(9), source_kind="rewrite")) == 1


def test_more_independent_voices_win_and_a_story_retold_counts_once():
    alone, copy, other, third = (
        said(1, usd(9), voice="a", published=PartialDate(2024, 6, 1)),
        said(2, usd(9), voice="a", published=PartialDate(2024, 6, 1)),
        said(3, usd(5), voice="b"),
        said(4, usd(5), voice="c"),
    )
    assert chosen(alone, copy, other, third) == 3
    assert resolve([alone, copy, other, third]).reason == "2 independent sources against 1"


def test_of_equals_the_later_source_wins():
    assert chosen(said(1, usd(5)), said(2, usd(9), published=PartialDate(2024, 2, 1))) == 2


def test_a_figure_comes_before_undisclosed_without_differing_from_it():
    resolved = resolve([said(1, Undisclosed()), said(2, usd(5))])
    assert resolved.chosen.id == 2
    assert not resolved.differing


def test_equal_words_agree_whatever_their_case():
    assert not resolve([said(1, Text("series_a")), said(2, Text("Series_A"))]).differing


def test_a_sum_of_another_currency_is_compared_as_converted():
    euros = Money.exact(9, "EUR")
    other = said(2, euros, compared=Money(Decimal(10), Decimal(10), is_approx=True, currency="USD"))
    assert not resolve([said(1, usd(10)), other]).differing
    assert resolve([said(1, usd(10)), said(2, euros)]).differing


sums = st.builds(
    lambda low, approx, undisclosed: Undisclosed() if undisclosed else usd(low, is_approx=approx),
    st.integers(1, 4).map(lambda one: one * 100),
    st.booleans(),
    st.booleans(),
)
anything_said = st.lists(
    st.tuples(
        sums,
        st.sampled_from(["entry", "release", "report", "file", "rewrite"]),
        st.sampled_from(["a", "b", "c"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@given(anything_said, st.data())
def test_the_order_of_statements_does_not_matter_whichever_of_them_are_pinned(told, data):
    statements = [
        said(number, value, source_kind=kind, voice=voice, is_pinned=pinned, pin="pinned by ada: so" if pinned else "")
        for number, (value, kind, voice, pinned) in enumerate(told)
    ]
    one, other = resolve(statements), resolve(data.draw(st.permutations(statements)))
    assert one == other
    assert one.chosen.is_pinned == any(each.is_pinned for each in statements)


def told_by(publisher: str, number: int, value: Value, day: PartialDate, **columns: object) -> Said:
    return said(number, value, publisher=publisher, published=day, **columns)


def test_what_its_own_publisher_corrected_within_weeks_counts_no_more_and_is_no_disagreement():
    first = told_by("the daily round", 1, usd(13_850_000), PartialDate(2024, 5, 3))
    repeated = told_by("another paper", 2, usd(13_850_000), PartialDate(2024, 5, 4))
    corrected = told_by("the daily round", 3, usd(12_500_000), PartialDate(2024, 5, 6))
    resolved = resolve([first, corrected])
    assert (resolved.chosen.id, resolved.differing) == (3, ())
    assert [one.id for one in resolved.corrected] == [1]
    assert chosen(first, corrected) == 3
    # Who repeated it still says so.
    assert [one.id for one in resolve([first, repeated, corrected]).differing] == [2]


def test_a_looser_or_much_later_telling_and_that_of_another_corrects_nothing():
    first = told_by("the daily round", 1, usd(235), PartialDate(2024, 5, 3))
    for other in (
        told_by("the daily round", 2, usd(200, is_approx=True), PartialDate(2024, 5, 6)),
        told_by("the daily round", 2, usd(200), PartialDate(2024, 7, 6)),
        told_by("the daily round", 2, usd(200), PartialDate(2024, 5, 3)),
        told_by("another paper", 2, usd(200), PartialDate(2024, 5, 6)),
        told_by("", 2, usd(200), PartialDate(2024, 5, 6)),
    ):
        resolved = resolve([first, other])
        assert (resolved.corrected, len(resolved.differing)) == ((), 1)


def test_a_pinned_value_is_not_corrected_away():
    first = told_by("the daily round", 1, usd(235), PartialDate(2024, 5, 3), is_pinned=True)
    later = told_by("the daily round", 2, usd(215), PartialDate(2024, 5, 6))
    assert (resolve([first, later]).chosen.id, resolve([first, later]).corrected) == (1, ())
