"""A row that was drawn is not drawn again, unless anything that it was drawn from is another."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from companies.models import Company
from funding import drawn
from funding.drawn import OfRecords
from funding.models import Round, Valuation
from funding.values import Money, PartialDate

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_(request: pytest.FixtureRequest) -> Round:
    company = Company.objects.create(name="Alder", slug="alder", is_live=True)
    one = Round.objects.create(company=company, stage="seed", is_live=True, resolved={"raised": {"statement": 1}})
    Valuation.objects.create(
        company=company, round=one, low=10, high=10, currency="USD", basis="post", origin="imported"
    )
    return _read()


def _read() -> Round:
    return Round.objects.select_related("company", "valuation").get()


class Drawing:
    """Draws by number, so that what was drawn anew is told from what was kept."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, one: Any) -> int:
        self.times += 1
        return self.times


def test_the_same_values_are_drawn_once_whatever_object_holds_them(round_):
    drawing = Drawing()
    assert [drawn.once("same", drawing)(one) for one in (round_, _read(), _read())] == [1, 1, 1]


@pytest.mark.parametrize(
    "change",
    [
        lambda one: setattr(one, "stage", "series_a"),
        lambda one: setattr(one.company, "name", "Alder & Sons"),
        lambda one: setattr(one.valuation, "usd", Decimal(11)),
        lambda one: one.resolved["raised"].update(statement=2),
        lambda one: one.resolved["raised"].update(statement=True),
        lambda one: setattr(one, "shown", Money.exact(Decimal(5), "EUR")),
        lambda one: setattr(one, "leads", ["Birch"]),
        lambda one: setattr(one, "last", _read()),
    ],
)
def test_any_other_value_is_drawn_anew(round_, change):
    drawing = Drawing()
    row = drawn.once(f"any other {change}", drawing)
    assert row(round_) == 1
    other = _read()
    change(other)
    assert row(other) == 2
    assert row(_read()) == 1


def test_tables_and_languages_have_rows_of_their_own(round_):
    drawing = Drawing()
    assert drawn.once("one table", drawing)(round_) == 1
    assert drawn.once("another", drawing)(round_) == 2
    with translation.override("fr"):
        assert drawn.once("one table", drawing)(round_) == 3


def test_no_more_rows_are_kept_than_the_most(round_, monkeypatch):
    monkeypatch.setattr(drawn, "MOST", 2)
    drawing = Drawing()
    row = drawn.once("few", drawing)
    others = [_read() for _ in range(3)]
    for number, one in enumerate(others):
        one.announced_label = str(number)
    assert [row(one) for one in others] == [1, 2, 3]
    assert row(others[2]) == 3
    assert row(others[0]) == 4


def test_tables_without_end_keep_no_more_rows_than_the_most(round_, monkeypatch):
    monkeypatch.setattr(drawn, "MOST", 3)
    for number in range(10):
        assert drawn.once(f"table {number}", Drawing())(round_) == 1
        assert len(drawn._kept) <= 3


@dataclass(frozen=True)
class Line(OfRecords):
    of: Round
    last: PartialDate | None = None


def test_a_line_of_records_is_drawn_once_and_anew_where_a_record_or_a_value_in_it_is_another(round_):
    drawing = Drawing()
    draw = drawn.once("lines", drawing)
    assert [draw(one) for one in (Line(round_), Line(_read()), Line(round_, PartialDate(2024)))] == [1, 1, 2]
    round_.company.name = "Alder & Sons"
    assert draw(Line(round_)) == 3


def test_what_is_no_record_is_drawn_each_time_and_not_kept():
    drawing, before = Drawing(), len(drawn._kept)
    row = drawn.once("no record", drawing)
    assert [row("Q1"), row("Q1")] == [1, 2]
    assert len(drawn._kept) == before
