"""What the sums say beside the quarters: ranks, sizes, and how late rounds become known."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from factories import make_round, make_source, say, usd
from overview_rows import make_cell, make_size

from companies.models import Sector
from funding import lateness, sizes, totals
from funding.charts.quarters import Quarter
from funding.models import Source
from funding.models.totals import ANY, NO_SECTOR
from funding.totals import Cut, Shares
from funding.values import PartialDate

pytestmark = pytest.mark.django_db
FIRST, END = date(2023, 1, 1), date(2024, 1, 1)
TODAY = date(2024, 5, 15)


def shares(largest: int = 8, **cut) -> Shares:
    return totals.shares(Cut(**cut).within(FIRST, END), "USD", largest)


def test_countries_are_ranked_by_what_was_raised_and_then_by_rounds():
    for country, rounds, amount in [("FR", 3, 50), ("NO", 1, 70), ("DE", 9, 0), ("", 2, 5)]:
        make_cell(FIRST, country=country, rounds=rounds, unstated=rounds if not amount else 0, usd=Decimal(amount))
    make_cell(FIRST, country=ANY, rounds=15, usd=Decimal(125))
    assert [(row.key, row.rounds, row.amount) for row in shares().countries] == [
        ("NO", 1, 70), ("FR", 3, 50), ("", 2, 5), ("DE", 9, 0),
    ]  # fmt: skip


def test_sectors_are_ranked_with_those_of_no_known_sector():
    robotics = Sector.objects.create(name="robotics")
    make_cell(FIRST, sector=robotics.pk, rounds=1, usd=Decimal(7))
    make_cell(FIRST, sector=NO_SECTOR, rounds=2, usd=Decimal(9))
    found = shares().sectors
    assert [(row.key, row.name, row.amount) for row in found] == [("-1", "", 9), (str(robotics.pk), "robotics", 7)]


def test_what_is_before_or_after_the_quarters_is_in_no_rank_and_of_no_size():
    for quarter in (FIRST - timedelta(days=92), END):
        make_cell(quarter, country="FR", rounds=1, usd=Decimal(7))
        make_size(quarter, 300, 1)
    found = shares()
    assert (found.countries, found.sizes.by_stage, found.sizes.all, found.sizes.at_least) == ([], [], None, None)


def test_medians_and_quartiles_are_those_of_the_counts():
    draw = random.Random(5)
    for stage in ("seed", "series_a", ""):
        amounts = [Decimal(round(draw.lognormvariate(15, 1.2))) for _ in range(draw.randint(1, 60))]
        for amount in amounts:
            make_size(FIRST, sizes.size_of(amount), 1, stage)
        counts = {size: sum(sizes.size_of(a) == size for a in amounts) for size in map(sizes.size_of, amounts)}
        [row] = [row for row in shares().sizes.by_stage if row.stage == stage]
        assert (row.rounds, row.median) == (len(amounts), sizes.median_of(counts))
        ranked = sorted(amounts)
        quarter, three = ranked[(len(ranked) - 1) // 4], ranked[(3 * len(ranked) + 3) // 4 - 1]
        assert abs(row.lower / quarter - 1) < Decimal("0.025") and abs(row.upper / three - 1) < Decimal("0.025")


def test_stages_stand_in_their_order_with_those_not_stated_last():
    for stage in ("", "series_a", "grant", "pre_seed"):
        make_size(FIRST, 300, 1, stage)
    assert [row.stage for row in shares().sizes.by_stage] == ["pre_seed", "series_a", "grant", ""]


def test_the_largest_are_at_least_so_large():
    for size, rounds in [(300, 50), (310, 5), (320, 2)]:
        make_size(FIRST, size, rounds)
    for largest, size in [(2, 320), (3, 310), (7, 310), (8, 300), (500, 300)]:
        at_least = shares(largest).sizes.at_least
        assert at_least is not None and sizes.middle_of(size - 2) < at_least <= Decimal(10) ** (Decimal(size) / 48)


def test_sizes_are_of_the_stages_and_the_country_asked_for():
    make_size(FIRST, 300, 1, "seed", country="FR")
    make_size(FIRST, 310, 1, "seed", country="NO")
    make_size(FIRST, 320, 1, "series_a", country="FR")
    [row] = shares(country="FR", stages=("seed",)).sizes.by_stage
    assert row.median == sizes.middle_of(300)


def told(on: date, published: date | None, **columns) -> None:
    """A round announced on a day, of which an article published on another tells."""
    of = None if published is None else PartialDate.of(published)
    source = make_source(published=of, **columns)
    say(source, company=f"Company {source.pk}", rounds={"0": {"announced_on": PartialDate.of(on), "raised": usd(5)}})


def test_lateness_is_measured_from_the_end_of_the_quarter(monkeypatch):
    monkeypatch.setattr(lateness, "LEAST", 4)
    told(date(2022, 5, 3), date(2022, 5, 3))
    told(date(2022, 5, 30), date(2022, 9, 28))
    told(date(2022, 6, 29), date(2022, 12, 27))
    told(date(2022, 8, 1), date(2024, 5, 1))
    found = lateness.measured(TODAY)
    assert (found.first, found.last) == (Quarter(2021, 2), Quarter(2023, 1))
    assert found.lags == [-58, 90, 180, 579]
    assert [share for _, share in found.ages] == [25, 50, 75, 75]


def test_what_no_dated_article_tells_of_is_left_out_of_the_measure_and_counted():
    told(date(2022, 5, 3), date(2022, 5, 3))
    told(date(2022, 5, 4), None)
    told(date(2022, 5, 5), date(2022, 6, 1), kind=Source.Kind.FILE)
    found = lateness.measured(TODAY)
    assert (found.rounds, found.left_out) == (1, 2)


def test_the_first_of_several_articles_counts():
    first = make_round("Halden Robotics", announced_on=PartialDate(2022, 5, 3))
    for published in (PartialDate(2022, 7, 1), PartialDate(2022, 6, 1), PartialDate(2023, 1, 1)):
        told_again = {"announced_on": PartialDate(2022, 5, 3), "raised": usd(10_000_000)}
        say(make_source(published=published), rounds={"0": told_again})
    assert first.assignments.count() == 4
    assert lateness.measured(TODAY).lags == [-29]


def test_lateness_looks_at_three_rounds_a_week():
    for number in range(9):
        told(date(2022, 5, 2) + timedelta(days=number % 3), date(2022, 5, 9))
    assert lateness.measured(TODAY).rounds == 3


def test_too_few_rounds_say_nothing(reader_client):
    told(date(2022, 5, 3), date(2022, 5, 3))
    assert lateness.measured(TODAY).share(0) is None
