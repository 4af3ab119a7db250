"""Reference rates: the embedded history, gap-filled, and averages for months and years."""

import datetime
from decimal import Decimal

import pytest

from funding import rates
from funding.models import AverageRate, Rate
from funding.rates import Rates
from funding.values import Money, PartialDate

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def history(django_db_setup: None, django_db_blocker: pytest.FixtureRequest):
    """The whole history, loaded once for this file and taken out again."""
    with django_db_blocker.unblock():
        stored = rates.load_rates()
        yield stored
        Rate.objects.all().delete()
        AverageRate.objects.all().delete()


def test_the_embedded_history_holds_every_day_since_the_euro(history):
    assert history > 300_000
    assert Rate.objects.filter(currency="USD").earliest("day").day == datetime.date(1999, 1, 4)
    assert rates.are_current()


def test_a_weekend_holds_the_fixing_before_it_and_says_of_which_day(history):
    found = Rates().between("USD", "EUR", PartialDate(2023, 8, 27))
    friday = Rates().between("USD", "EUR", PartialDate(2023, 8, 25))
    assert found == friday
    assert found.on == datetime.date(2023, 8, 25)


def test_a_month_is_converted_at_the_average_of_its_fixings(history):
    month = AverageRate.objects.get(currency="USD", precision="month", first_day=datetime.date(2022, 5, 1))
    daily = Rate.objects.filter(currency="USD", day__range=("2022-05-01", "2022-05-31"), day=models_f("observed_on"))
    fixings = list(daily.values_list("per_euro", flat=True))
    assert month.per_euro == round(sum(fixings, Decimal(0)) / len(fixings), 8)
    assert Rates().convert(Money.exact(100, "EUR"), "USD", PartialDate(2022, 5)).low == round(100 * month.per_euro, 2)


def test_a_day_before_the_euro_or_a_currency_without_a_rate_gives_none(history):
    assert Rates().between("USD", "EUR", PartialDate(1998, 1, 1)) is None
    assert Rates().convert(Money.exact(1, "KES"), "USD", PartialDate(2023, 1, 1)) is None


def test_a_currency_given_up_is_not_held_beyond_its_last_fixing(history):
    assert Rates().between("RUB", "EUR", PartialDate(2022, 3, 1)) is not None
    assert Rates().between("RUB", "EUR", PartialDate(2022, 6, 1)) is None


def test_a_conversion_keeps_bounds_and_the_word_about(history):
    about = Money(Decimal(100), None, low_open=True, is_approx=True, currency="EUR")
    found = Rates().convert(about, "GBP", PartialDate(2023, 8, 24))
    assert (found.low_open, found.is_approx, found.high, found.currency) == (True, True, None, "GBP")


def test_loading_again_changes_nothing(history):
    assert rates.load_rates() == history


def test_looking_up_the_same_rate_twice_asks_the_database_once(history, django_assert_num_queries):
    held = Rates()
    with django_assert_num_queries(1):
        for _ in range(3):
            held.convert(Money.exact(5, "EUR"), "USD", PartialDate(2023, 8, 24))


def models_f(name: str):
    from django.db.models import F

    return F(name)
