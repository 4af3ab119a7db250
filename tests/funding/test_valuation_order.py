"""Which of a company's valuations comes before which, and which is its latest."""

from decimal import Decimal

import pytest
from factories import company, make_source, say, usd

from funding import recording
from funding.models import Valuation
from funding.values import Multiple, PartialDate, Text

pytestmark = pytest.mark.django_db
AUGUST = PartialDate(2023, 8, 24)
HEADLINE = {"announced_on": AUGUST, "valuation": usd(4500), "valuation_ratio": Multiple(Decimal(2), None, True)}


def derived() -> list[str]:
    """The upper ends of the valuations that follow, as they are bounded."""
    found = Valuation.objects.filter(origin="derived").order_by("valued_on")
    return [f"{one.valued.iso} {one.high}" for one in found if one.valued]


def rounds(*others: dict) -> None:
    say(make_source(), rounds={str(at): fields for at, fields in enumerate([HEADLINE, *others])})


def test_the_value_before_is_that_of_the_last_round_before():
    rounds({"announced_on": PartialDate(2021), "raised": usd(5)}, {"announced_on": PartialDate(2022, 5)})
    assert derived() == ["2021 None", "2022-05 2250.00"]


@pytest.mark.parametrize(
    "dates",
    [
        (PartialDate(2022, 5, 9), PartialDate(2022, 5, 9)),
        (PartialDate(2022, 5), PartialDate(2022, 5, 9)),
        (PartialDate(2022), PartialDate(2022, 5, 9)),
        (PartialDate(2022, 5, 9), PartialDate(2023)),
    ],
)
def test_nothing_follows_for_rounds_whose_dates_leave_open_which_was_before(dates):
    first, second = (
        {"announced_on": on, "stage": Text(stage)} for on, stage in zip(dates, ("seed", "series_a"), strict=True)
    )
    rounds(first, second)
    assert derived() == []
    assert Valuation.objects.get().multiple_low == 2


def test_of_two_values_of_one_day_the_larger_is_the_latest_whichever_came_first():
    for amounts in ((300, 900), (900, 300)):
        for amount, stage in zip(amounts, ("series_a", "series_b"), strict=True):
            told = {"announced_on": AUGUST, "valuation": usd(amount), "stage": Text(stage)}
            say(make_source(), company=f"Halden {amounts[0]}", rounds={"0": told})
        assert company(f"Halden {amounts[0]}").valuation_usd == 900
        recording.rebuild()
        assert company(f"Halden {amounts[0]}").valuation_usd == 900


def test_the_value_of_a_cancelled_round_is_not_the_latest():
    say(make_source(), rounds={"0": {"announced_on": AUGUST, "valuation": usd(900), "status": Text("cancelled")}})
    assert company().valuation_usd is None
