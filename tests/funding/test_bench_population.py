"""The made-up population is what projecting its rows would give, and the same each time."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from conftest import MADE_COMPANIES
from django.db import connection

from companies.models import Alias, Company, Investor, Person, Role
from companies.names import fold
from funding.bench import rows
from funding.bench.population import MadeRound, Population
from funding.models import (
    Assignment,
    Investment,
    InvestorTotal,
    Mention,
    Participation,
    Round,
    RoundSize,
    RoundTotal,
    Valuation,
)
from funding.models.rounds import counts_in_total
from funding.rates import Rates
from funding.recording import totals
from funding.recording.round_facts import converted, ends
from funding.values import Money, hedge_of_sum

NUMBER = MADE_COMPANIES


def test_it_is_the_same_each_time(made: Population) -> None:
    assert list(made.companies()) == list(made.companies()) == list(Population(NUMBER).companies())
    assert list(made.companies()) != list(Population(NUMBER, seed=6).companies())


def test_a_thousand_companies_have_three_thousand_rounds_and_six_thousand_participations() -> None:
    rounds = [one for made in Population(1000).companies() for one in made.rounds]
    assert len(rounds) == 3000
    assert sum(len(one.parts) for one in rounds) == 6000


def test_few_investors_take_part_in_many_rounds() -> None:
    population = Population(1000)
    taken = Counter(who for made in population.companies() for one in made.rounds for who, _ in one.parts)
    busiest = [number for _, number in taken.most_common(10)]
    assert sum(busiest) > 6000 / 5
    assert len(taken) > population.investors_number * 3 / 4


def test_names_fold_to_the_keys_that_are_written(made: Population) -> None:
    names = [one.name for one in made.companies()] + made.investors
    assert [name for name in names if fold(name) != name.lower()] == []


@pytest.mark.usefixtures("loaded", "db")
class TestLoaded:
    def test_the_sums_are_those_that_recording_keeps(self) -> None:
        found = totals.tally(range(1, NUMBER + 1))
        held = {
            totals.Key(one.quarter, one.stage, one.country, one.sector): totals.Sums(
                one.rounds, one.unstated, one.inexact, one.usd, one.eur, one.gbp
            )
            for one in RoundTotal.objects.all()
        }
        assert len(held) > 1000
        assert held == found.sums
        sizes = {
            (totals.Key(one.quarter, one.stage, one.country, one.sector), one.size): one.rounds
            for one in RoundSize.objects.all()
        }
        assert sizes == found.sizes

    def test_the_portfolios_are_those_that_recording_keeps(self) -> None:
        columns = ("rounds", "led", "entry_id", "first_on", "first_precision", "last_on", "last_precision")
        found = {pair: tuple(getattr(one, name) for name in columns)
                 for pair, one in totals.tally(range(1, NUMBER + 1)).investments.items()}  # fmt: skip
        held = {(one.investor_id, one.company_id): tuple(getattr(one, name) for name in columns)
                for one in Investment.objects.all()}  # fmt: skip
        assert len(held) > 500
        assert held == found

    def test_the_counters_of_investors_are_those_of_their_rounds(self) -> None:
        parts = totals.tally(range(1, NUMBER + 1)).parts
        counted: Counter[int] = Counter()
        led: Counter[int] = Counter()
        for (investor, _, _, is_lead), number in parts.items():
            counted[investor] += number
            led[investor] += number if is_lead else 0
        for one in Investor.objects.all():
            assert (one.rounds_count, one.led_count) == (counted[one.pk], led[one.pk])
            assert one.companies_count == one.investments.count()
        by_year = {
            (one.investor_id, one.year, one.stage): (one.rounds, one.led) for one in InvestorTotal.objects.all()
        }
        told: dict[tuple[int, int, str], list[int]] = {}
        for (investor, year, stage, is_lead), number in parts.items():
            row = told.setdefault((investor, year, stage), [0, 0])
            row[0] += number
            row[1] += number if is_lead else 0
        assert by_year == {key: tuple(row) for key, row in told.items()}

    def test_the_figures_of_companies_are_those_of_their_rounds(self) -> None:
        for one in Company.objects.prefetch_related("sectors"):
            closed = list(one.rounds.filter(status="closed"))
            dated = [(found.announced_on, found.pk, found.stage) for found in closed if found.announced_on]
            assert one.rounds_count == len(closed)
            assert one.undisclosed_count == sum(found.raised is None for found in closed)
            assert (one.last_round_on, one.last_stage) == ((max(dated)[0], max(dated)[2]) if dated else (None, ""))
            summed = [found for found in closed if found.raised_usd is not None and counts_in_total(found.stage)]
            assert one.raised_hedge == hedge_of_sum(found.raised.hedge for found in summed)
            assert one.sector_ids == sorted(sector.pk for sector in one.sectors.all())
            latest = one.valuations.counted().filter(valued_on__isnull=False).latest_first().first()
            assert one.valuation_usd == (latest.usd if latest else None) or not latest
            assert set(one.rounds.values_list("country", flat=True)) <= {one.country}

    def test_amounts_are_converted_as_recording_converts_them(self) -> None:
        rates = Rates()
        for one in Round.objects.exclude(raised_low=None)[:300]:
            columns = converted(one.raised, one.announced, rates, "raised_")
            assert {name: getattr(one, name) for name in columns} == columns
            assert (one.raised_low_usd, one.raised_high_usd) == ends(one.raised, one.announced, rates)

    def test_every_record_is_told_by_a_row_of_the_file(self) -> None:
        assert Mention.objects.exclude(row=None).count() == Company.objects.count() + Round.objects.count()
        assert Assignment.objects.live().count() == Mention.objects.count()
        wrong = Assignment.objects.exclude(mention__key__startswith="round:").filter(round__isnull=False)
        assert not wrong.exists()

    def test_the_database_finds_no_fault_with_it(self) -> None:
        """Foreign keys were not looked at while rows came in, so they are now."""
        connection.check_constraints()
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_indexes where indexname in ('round_by_day', 'participation_once')")
            assert cursor.fetchone() == (2,)
        for model in (Participation, Valuation, Alias, Person, Role):
            assert model.objects.exists()

    def test_what_is_added_later_gets_the_next_number(self) -> None:
        assert Company.objects.create(name="Nordlys", key="nordlys", slug="nordlys").pk == NUMBER + 2


def test_an_amount_of_a_currency_without_a_rate_is_not_converted(db: None) -> None:
    one = MadeRound("seed", date(2020, 5, 4), "day", "closed", currency="ZZZ", low=1000, high=1000)
    (usd, eur, gbp), on = rows.Worth().of(one, one.low, one.high)
    assert (usd, eur, gbp, on) == ([None] * 3, [None] * 3, [None] * 3, None)


def test_addresses_are_numbered_where_one_is_taken() -> None:
    slugs = rows.Slugs()
    assert [slugs.take("nordlys labs") for _ in range(3)] == ["nordlys-labs", "nordlys-labs-2", "nordlys-labs-3"]


def test_a_lower_end_alone_is_its_own_middle() -> None:
    assert rows._converted(1000, None, Decimal("1.5")) == [Decimal("1500.0"), None, Decimal("1500.0")]
    assert Money.at_least(1500, "USD").middle == Decimal(1500)
