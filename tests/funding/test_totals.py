"""The sums beside the rounds are what the rounds come to, whoever writes at the same time."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from factories import make_source, say, usd

from companies.models import Company, Investor
from funding.models import Investment, InvestorTotal, RoundSize, RoundTotal
from funding.models.totals import ANY, ANY_SECTOR, NO_SECTOR
from funding.sizes import median_of, middle_of, size_of
from funding.values import Money, PartialDate, Text, Undisclosed


def held(**cell: object) -> tuple[int | None, int | None, Decimal | None]:
    """Rounds, unstated ones and dollars of some cells."""
    sums = RoundTotal.objects.filter(**cell).aggregate(r=Sum("rounds"), u=Sum("unstated"), usd=Sum("usd"))
    return sums["r"], sums["u"], sums["usd"]


@pytest.mark.django_db
def test_a_round_is_counted_in_its_cells_and_in_those_of_all():
    told = {"announced_on": PartialDate(2023, 8, 24), "raised": usd(235), "stage": Text("series_d")}
    say(make_source(), company="Mirelle", rounds={"0": told}, facts={"headquarters": Text("Oslo")})
    assert set(RoundTotal.objects.values_list("quarter", "stage", "country", "sector", "rounds", "usd")) == {
        (datetime.date(2023, 7, 1), "series_d", country, sector, 1, Decimal(235))
        for country in (ANY, "NO")
        for sector in (ANY_SECTOR, NO_SECTOR)
    }
    assert RoundSize.objects.count() == 4


@pytest.mark.django_db
def test_what_has_no_amount_no_quarter_or_did_not_take_place_is_in_no_sum():
    say(
        make_source(),
        rounds={
            "0": {"announced_on": PartialDate(2023, 8, 24), "raised": Undisclosed()},
            "1": {"announced_on": PartialDate(2021), "raised": usd(5)},
            "2": {"announced_on": PartialDate(2022, 3), "raised": usd(7), "status": Text("rumoured")},
        },
    )
    assert held(country=ANY, sector=ANY_SECTOR) == (1, 1, Decimal(0))
    assert not RoundSize.objects.exists()


@pytest.mark.django_db
def test_amounts_that_are_no_exact_numbers_are_counted_in_their_cells():
    on = {"announced_on": PartialDate(2023, 8, 24)}
    amounts = [usd(5), Money.at_least(7, "USD"), Money.at_most(2, "USD"), Money.about(3, "USD"), Undisclosed()]
    said = {str(number): on | {"raised": amount} for number, amount in enumerate(amounts)}
    for name, of in zip("ABCDE", said.values(), strict=True):
        say(make_source(), company=name, rounds={"0": of})
    whole = RoundTotal.objects.filter(country=ANY, sector=ANY_SECTOR)
    assert whole.aggregate(rounds=Sum("rounds"), inexact=Sum("inexact")) == {"rounds": 5, "inexact": 3}


@pytest.mark.django_db
def test_an_investor_has_its_engagements_with_the_first_and_the_last_round():
    say(
        make_source(),
        company="Mirelle",
        rounds={
            "0": {"announced_on": PartialDate(2023, 8), "raised": usd(235), "investors": ["Northgate"]},
            "1": {"announced_on": PartialDate(2021, 2), "raised": usd(9), "leads": ["Northgate"]},
        },
    )
    one = Investment.objects.get()
    assert (one.rounds, one.led, one.first_on, one.last_on) == (
        2, 1, datetime.date(2021, 2, 1), datetime.date(2023, 8, 1)
    )  # fmt: skip
    assert one.entry.announced_on == one.first_on
    investor = Investor.objects.get()
    assert (investor.rounds_count, investor.led_count, investor.companies_count) == (2, 1, 1)
    assert investor.last_round_on == one.last_on
    assert list(InvestorTotal.objects.order_by("year").values_list("year", "rounds", "led")) == [
        (2021, 1, 1),
        (2023, 1, 0),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_who_write_to_one_cell_do_not_wait_for_each_other_and_both_count():
    said = {"0": {"announced_on": PartialDate(2024, 5, 2), "raised": usd(5)}}
    say(make_source(), company="Halden", rounds=said)
    both = Barrier(2)

    def record(name: str) -> None:
        try:
            with transaction.atomic():
                say(make_source(), company=name, rounds=said)
                both.wait(timeout=20)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(record, name) for name in ("Mirelle", "Bruma")]:
            done.result()
    assert held(country=ANY, sector=ANY_SECTOR) == (3, 0, Decimal(15))
    rows = RoundTotal.objects.filter(country=ANY, sector=ANY_SECTOR).count()
    say(make_source(), company="Selgado", rounds=said)
    assert held(country=ANY, sector=ANY_SECTOR) == (4, 0, Decimal(20))
    assert RoundTotal.objects.filter(country=ANY, sector=ANY_SECTOR).count() == rows == 2
    assert Company.objects.live().count() == 4


def test_the_middle_of_a_step_is_near_every_amount_in_it():
    for amount in map(Decimal, ("1", "999", "1000", "123456", "5000000", "4.5e9", "99999999999")):
        assert abs(middle_of(size_of(amount)) / amount - 1) < Decimal("0.026")


def test_the_median_of_counted_sizes():
    sizes = [size_of(Decimal(amount)) for amount in (1_000_000, 5_000_000, 80_000_000)]
    assert median_of({}) is None
    assert abs(median_of(dict.fromkeys(sizes, 1)) / 5_000_000 - 1) < Decimal("0.026")
    assert abs(median_of({size_of(Decimal(200)): 1, size_of(Decimal(3500)): 1}) / 1850 - 1) < Decimal("0.026")
    assert abs(median_of({sizes[0]: 5, sizes[2]: 1}) / 1_000_000 - 1) < Decimal("0.026")
