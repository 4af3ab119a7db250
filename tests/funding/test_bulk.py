"""Rows of a file recorded hundreds of companies at once come to what recording them one by one comes to."""

import datetime
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from factories import make_source

from companies.models import Alias, Company, Identifier, Investor, SearchEntry
from config.aside import Aside
from funding import recording
from funding.models import (
    AverageRate,
    Change,
    Exit,
    Investment,
    InvestorTotal,
    Mention,
    Participation,
    Rate,
    Round,
    RoundSize,
    RoundTotal,
    Source,
    Statement,
    Valuation,
)
from funding.recording import bulk, locking
from funding.recording.describing import Description, numbers_of
from funding.recording.freshness import Told, fresh
from funding.tellings import Field, NewMention, NewStatement
from funding.values import Money, PartialDate, Quantity, Reference, Text, Undisclosed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rates")]
ORIGIN = "made-up"


@pytest.fixture
def rates() -> None:
    """Rates of the first days of March and of the months and years that the rows are of."""
    for at, currency in enumerate(("USD", "GBP")):
        for year in range(2015, 2022):
            worth = Decimal("0.9") + Decimal(at) / 5 + Decimal(year - 2015) / 50
            for day in range(1, 12):
                on = datetime.date(year, 3, day)
                Rate.objects.create(currency=currency, day=on, per_euro=worth, observed_on=on)
            for first in (datetime.date(year, 5, 1), datetime.date(year, 11, 1)):
                AverageRate.objects.create(currency=currency, precision="month", first_day=first, per_euro=worth)


def file() -> Source:
    return make_source(kind=Source.Kind.FILE, published_on=datetime.date(2021, 11, 30), published_precision="day")


def told(number: int, name: str = "", rounds: int = 2, investors: tuple[str, ...] = ("Quillmark Ventures",)) -> Told:
    """A company with so many rounds, each a little different, a seat, a website and sectors."""
    company = NewMention(f"company:{number}", "company", name or f"Halden Number {number}")
    one = Told(company, rows={company.key: {"name": company.name}})
    one.statements += [
        NewStatement(company.key, Field.HEADQUARTERS, Text("Oslo, Norway"), rule="column city"),
        NewStatement(company.key, Field.WEBSITE, Text(f"https://halden{number}.example/")),
        NewStatement(company.key, Field.FOUNDED_ON, PartialDate(2010 + number % 5)),
        NewStatement(company.key, Field.SECTOR, Text("robotics" if number % 2 else "energy")),
        NewStatement(company.key, Field.EMPLOYEES, Quantity(Decimal(20), Decimal(50))),
    ]
    if number % 3 == 0:
        worth = Money.exact(1_200_000_000 + number, "USD")
        dated = {"basis": "unspecified", "on": "2021-11"}
        one.statements.append(NewStatement(company.key, Field.VALUATION, worth, dated))
    for at in range(rounds):
        key = f"round:{number}-{at}"
        one.mentions[key] = NewMention(key, "round", company.name, company.key)
        stage = ("seed", "series_a", "series_b", "debt_financing")[at % 4]
        on = PartialDate(2015 + at, *((3, 4 + at) if number % 4 else (5,)))
        raised = Undisclosed() if (number + at) % 5 == 4 else Money.exact(1_000_000 * (number + 1) * (at + 1), "EUR")
        one.statements += [
            NewStatement(key, Field.STAGE, Text(stage), {"label": stage.title()}),
            NewStatement(key, Field.ANNOUNCED_ON, on),
            NewStatement(key, Field.RAISED, raised),
        ]
        if at == 1:
            value = Money.exact(90_000_000 * (number + 1), "EUR")
            one.statements.append(NewStatement(key, Field.VALUATION, value, {"basis": "post"}))
        for place, investor in enumerate(investors):
            at_file = f"investor:{investor}"[:40]
            one.mentions[at_file] = NewMention(at_file, "investor", investor)
            lead = {} if place else {"is_lead": True}
            one.statements.append(NewStatement(at_file, Field.INVESTOR_KIND, Text("venture_capital")))
            one.statements.append(NewStatement(key, Field.PARTICIPATION, Reference(at_file), lead))
    return one


def acquired(number: int, **more: Any) -> Told:
    one = told(number, **more)
    key = f"exit:{number}"
    one.mentions[key] = NewMention(key, "exit", one.company.name, one.company.key)
    one.statements += [
        NewStatement(key, Field.EXIT_KIND, Text("acquisition")),
        NewStatement(key, Field.EXIT_STATUS, Text("completed")),
        NewStatement(key, Field.ACQUIRER, Text("Brightwater Group")),
        NewStatement(key, Field.PRICE, Money.exact(70_000_000, "USD")),
        NewStatement(key, Field.ANNOUNCED_ON, PartialDate(2020, 6, 1)),
    ]
    return one


def change() -> Change:
    return Change.objects.create(kind=Change.Kind.IMPORT, at=timezone.now())


def record_fresh(source: Source, rows: list[Told], ahead: Description | None = None) -> Change:
    with transaction.atomic():
        locking.hold_all()
        made = change()
        bulk.record_fresh(made, source, ORIGIN, rows, ahead)
    return made


def described(source: Source, rows: list[Told]) -> Description:
    """What the rows come to, worked out by another process."""
    found = Description.begin(source, ORIGIN, timezone.now(), rows)
    with Aside(lambda ids: {one.company.key: found.describe(one, ids) for one in rows}) as aside:
        aside.begin(numbers_of(rows))
        found.of = aside.result()
    return found


def columns(model: Any, *but: str) -> list[dict[str, Any]]:
    """All rows of a table, without what two ways of writing them need not share."""
    names = [one.attname for one in model._meta.concrete_fields if one.name not in ("created_at", *but)]
    return sorted(model.objects.values(*names), key=str)


def projected() -> dict[str, list[dict[str, Any]]]:
    return {
        **{model.__name__: columns(model) for model in (Company, Investor, Round, Exit)},
        **{
            model.__name__: columns(model, "id")
            for model in (Participation, Valuation, Investment, InvestorTotal, Alias, Identifier, SearchEntry)
        },
        **{model.__name__: columns(model, "id") for model in (RoundTotal, RoundSize)},
        "sectors": sorted(Company.sectors.through.objects.values_list("company__name", "sector__name")),
    }


def test_all_that_is_projected_is_what_projecting_from_scratch_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PORTION", 5)  # some are written while others are worked out
    rows = [
        told(number, rounds=number % 4, investors=("Quillmark Ventures", f"Fund of {number % 3}"))
        for number in range(12)
    ]
    rows.append(acquired(50))
    rows[3].statements.append(NewStatement(rows[3].company.key, Field.FOUNDED_ON, PartialDate(1999)))
    record_fresh(file(), rows)
    at_once = projected()
    recording.rebuild()
    again = projected()
    for name, found in at_once.items():
        assert found == again[name], name
    assert Round.objects.live().count() == sum(number % 4 for number in range(12)) + 2


def test_what_was_described_ahead_is_not_described_again(monkeypatch: pytest.MonkeyPatch) -> None:
    source, rows = file(), [told(number) for number in range(9)] + [acquired(50)]
    ahead = described(source, rows)
    monkeypatch.delattr(Description, "describe")
    record_fresh(source, rows, ahead)
    at_once = projected()
    recording.rebuild()
    again = projected()
    for name, found in at_once.items():
        assert found == again[name], name
    assert Round.objects.live().count() == 20


def test_those_of_whom_it_was_not_known_who_they_are_are_described_with_the_others() -> None:
    source, rows = file(), [told(number) for number in range(4)]
    record_fresh(source, rows, described(source, rows[:2]))
    at_once = projected()
    recording.rebuild()
    assert projected() == at_once


def later_rates() -> None:
    Rate.objects.update(per_euro=F("per_euro") * 2)
    AverageRate.objects.update(per_euro=F("per_euro") * 2)


def later_date() -> None:
    Source.objects.update(published_on=datetime.date(2022, 2, 2))


@pytest.mark.parametrize("meanwhile", [later_rates, later_date])
@pytest.mark.parametrize("is_asked", [True, False])
def test_what_was_described_ahead_is_given_up_where_something_it_follows_from_changed(
    meanwhile: Callable[[], None], is_asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, rows = file(), [told(number) for number in range(4)]
    ahead = described(source, rows)
    meanwhile()
    if not is_asked:
        monkeypatch.setattr(Description, "holds", lambda *_: True)
    record_fresh(Source.objects.get(), rows, ahead)
    at_once = projected()
    recording.rebuild()
    assert (projected() == at_once) is is_asked


def test_what_nobody_dates_is_of_the_day_on_which_it_is_recorded() -> None:
    source = make_source(kind=Source.Kind.FILE)
    yesterday = timezone.now() - datetime.timedelta(days=1)
    found = Description.begin(source, ORIGIN, yesterday, [told(1)])
    assert found.holds(source, yesterday)
    assert not found.holds(source, timezone.now())


def test_recording_one_by_one_comes_to_the_same_words() -> None:
    source, rows, at_once = file(), [told(number) for number in range(6)], []
    with suppress(TakenBack), transaction.atomic():
        record_fresh(source, rows)
        at_once = spoken()
        raise TakenBack
    for one in rows:
        with transaction.atomic():
            mentions = [one.company, *one.mentions.values()]
            recording.record_in(
                change(), source, mentions, one.statements, origin=ORIGIN, names_seen=False, rows=one.rows
            )
    assert at_once and spoken() == at_once


class TakenBack(Exception):
    """Raised to have nothing of a transaction remain."""


def spoken() -> list[tuple[Any, ...]]:
    """What is held, by names and not by numbers."""
    rounds = Round.objects.values_list("company__slug", "stage", "announced_on", "raised_usd", "country", "rate_on",
                                       "announced_label", "raised_undisclosed", "has_source")  # fmt: skip
    parts = Participation.objects.values_list("round__company__name", "round__stage", "investor__slug", "is_lead")
    values = Valuation.objects.values_list("company__name", "valued_on", "usd", "basis", "origin", "unicorn", "low")
    said = Statement.objects.values_list("mention__key", "field", "digest", "rule")
    of = Company.objects.values_list("name", "key", "rounds_count", "raised_usd", "valuation_usd", "unicorn", "city")
    rows = Mention.objects.values_list("key", "name", "name_key", "row", "kind")
    return [*(sorted(found, key=str) for found in (rounds, parts, values, said, of, rows))]


def test_a_name_that_is_held_or_doubtful_goes_the_way_of_all_others() -> None:
    source = file()
    record_fresh(source, [told(1), told(2, name="Lune")])
    asked = [told(3), told(4, name="Halden Number 1"), told(1), told(5, investors=("Lune",))]
    other = make_source(kind=Source.Kind.FILE, text="another")
    assert fresh(asked, other, ORIGIN) == [True, False, False, True]


def test_a_website_that_is_held_goes_the_way_of_all_others() -> None:
    record_fresh(file(), [told(1)])
    again = told(9)
    again.statements = [NewStatement(again.company.key, Field.WEBSITE, Text("http://www.halden1.example/about"))]
    assert fresh([again], make_source(kind=Source.Kind.FILE, text="another"), ORIGIN) == [False]


def test_an_investor_known_by_name_is_the_one_that_is_held() -> None:
    record_fresh(file(), [told(1)])
    record_fresh(make_source(kind=Source.Kind.FILE, text="another"), [told(2)])
    only = Investor.objects.get()
    assert (only.name, only.rounds_count, only.companies_count) == ("Quillmark Ventures", 4, 2)


def test_addresses_of_one_name_are_numbered() -> None:
    record_fresh(file(), [told(1, name="Halden"), told(2, name="Halden"), told(3, name="Halden 2")])
    assert sorted(Company.objects.values_list("slug", flat=True)) == ["halden", "halden-2", "halden-2-2"]


def test_asks_as_often_for_forty_companies_as_for_four(django_assert_max_num_queries: Any) -> None:
    source = file()
    record_fresh(source, [told(100)])
    with django_assert_max_num_queries(70):
        record_fresh(source, [told(number) for number in range(40)])
