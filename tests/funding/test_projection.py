"""Records recomputed from scratch equal the stored ones, after whatever was recorded and taken back, in any order."""

import itertools
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from factories import make_source, say, usd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companies.models import Company, Investor, Person, Role
from funding import recording
from funding.models import (
    Assignment,
    Change,
    Investment,
    InvestorTotal,
    Participation,
    Round,
    RoundSize,
    RoundTotal,
    Valuation,
)
from funding.values import Money, Multiple, PartialDate, Quantity, Text, Undisclosed

pytestmark = pytest.mark.django_db
RECORDS: tuple[type[models.Model], ...] = (Company, Investor, Person, Role, Round, Participation, Valuation)
# Rows that are made anew by projecting from scratch get new ids.
REMADE = {Participation, Valuation}


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Every column of every record."""
    found = {}
    for model in RECORDS:
        rows = [
            {column: cell for column, cell in row.items() if column != "id" or model not in REMADE}
            for row in model.objects.order_by("pk").values()
        ]
        found[model.__name__] = sorted(rows, key=repr)
    found["sums"] = sums_held()
    found["investments"] = investments_held()
    found["sectors"] = sorted(Company.sectors.through.objects.values("company_id", "sector_id"), key=repr)
    return found


def sums_held() -> list[Any]:
    """What every cell of the sums comes to, whatever number of rows it has; without those that come to nothing."""
    cell = ("quarter", "stage", "country", "sector")
    sums = {name: models.Sum(name) for name in ("rounds", "unstated", "usd", "eur", "gbp")}
    of_cells = RoundTotal.objects.values(*cell).annotate(**{f"sum_{name}": one for name, one in sums.items()})
    of_sizes = RoundSize.objects.values(*cell, "size").annotate(number=models.Sum("rounds")).exclude(number=0)
    some = of_cells.exclude(sum_rounds=0, sum_unstated=0, sum_usd=0)
    return sorted([*some.order_by(), *of_sizes.order_by()], key=repr)


def investments_held() -> list[Any]:
    columns = [f.attname for f in Investment._meta.concrete_fields if f.name != "id"]
    by_year = InvestorTotal.objects.values("investor", "year", "stage", "rounds", "led")
    return sorted([*by_year, *Investment.objects.values(*columns)], key=repr)


def beliefs() -> list[Any]:
    """What the live records say, without ids: the same in whatever order it was recorded."""
    rounds = []
    for one in Round.objects.live().select_related("company"):
        parts = sorted((p.investor.key, p.is_lead) for p in one.participations.select_related("investor"))
        valuation = Valuation.objects.filter(round=one).first()
        rounds.append(
            (one.company.key, one.announced, one.raised, one.raised_undisclosed, one.stage, one.status, parts,
             one.has_conflict, valuation and (valuation.money, valuation.origin, valuation.multiple_low))
        )  # fmt: skip
    companies = Company.objects.live().values_list("key", "founded_on", "city", "rounds_count", "has_conflict")
    return [sorted(rounds, key=repr), sorted(companies, key=repr)]


def sets_of_facts() -> list[dict[str, Any]]:
    august, may = PartialDate(2023, 8, 24), PartialDate(2022, 5)
    double = Multiple(Decimal(2), None, low_open=True)
    return [
        {"rounds": {"0": {"announced_on": august, "raised": usd(235), "valuation": usd(4500),
                          "valuation_ratio": double, "leads": ["Northgate"], "investors": ["Bruma"]},
                    "1": {"announced_on": may, "raised": usd(100)}}},
        {"rounds": {"0": {"announced_on": PartialDate(2022, 5, 9), "raised": usd(100), "valuation": usd(2000),
                          "stage": Text("series_c")}}},
        {"rounds": {"0": {"announced_on": PartialDate(2023, 8), "raised": usd(200, is_approx=True),
                          "leads": ["Northgate"], "investors": ["Kestrel"]}}},
        {"rounds": {"0": {"announced_on": august, "raised": Money.exact(216, "EUR"), "status": Text("rumoured")}},
         "facts": {"founded_on": PartialDate(2016), "headquarters": Text("Oslo")}},
        {"company": "Mirelle", "rounds": {"0": {"announced_on": PartialDate(2020), "raised": Undisclosed(),
                                                "investors": ["Bruma"]}},
         "facts": {"employees": Quantity(Decimal(40), Decimal(40)), "sector": Text("health")}},
        {"rounds": {"0": {"announced_on": august, "raised": usd(235), "stage": Text("series_d"), "basis": "post",
                          "valuation": usd(4400)}}},
    ]  # fmt: skip


@given(st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_recomputing_from_scratch_changes_nothing(data: st.DataObject) -> None:
    facts = sets_of_facts()
    with _clean_slate():
        changes: list[Change] = []
        for _ in range(data.draw(st.integers(1, 8))):
            undoable = [change for change in changes if not hasattr(change, "_undone")]
            if undoable and data.draw(st.booleans()):
                change = data.draw(st.sampled_from(undoable))
                recording.undo(change, None)
                change._undone = True  # type: ignore[attr-defined]
            else:
                changes.append(say(make_source(), **data.draw(st.sampled_from(facts))))
        before = snapshot()
        recording.rebuild()
        assert snapshot() == before


def test_the_order_of_arrival_does_not_matter():
    sources = [make_source(text=f"Source {number} of six.") for number in range(6)]
    facts = sets_of_facts()
    outcomes = []
    orders = list(itertools.permutations(range(6)))
    for order in orders[:: len(orders) // 24]:
        with _clean_slate():
            for at in order:
                say(sources[at], **facts[at])
            outcomes.append(beliefs())
    assert len(outcomes) >= 24
    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_undoing_everything_in_any_order_leaves_nothing_live():
    for order in itertools.islice(itertools.permutations(range(4)), 0, 24, 5):
        with _clean_slate():
            changes = [say(make_source(), **facts) for facts in sets_of_facts()[:4]]
            for at in order:
                recording.undo(changes[at], None)
            assert beliefs() == [[], []]
            assert not Assignment.objects.live().exists()
            assert not Participation.objects.exists()


class _clean_slate:
    """A savepoint that is rolled back, so that each example starts from an empty database."""

    def __enter__(self) -> None:
        from django.db import transaction

        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *error: Any) -> None:
        from django.db import transaction

        transaction.set_rollback(True)
        self.block.__exit__(*error)


def test_recording_a_round_asks_no_more_however_many_the_company_has():
    def told(year: int) -> dict[str, Any]:
        return {
            "announced_on": PartialDate(year, 3, 1),
            "raised": usd(year),
            "valuation": usd(9 * year),
            "leads": ["Bruma"],
        }

    def queries(first_year: int, rounds: int) -> int:
        for year in range(first_year, first_year + rounds):
            say(make_source(), rounds={"0": told(year)})
        with CaptureQueriesContext(connection) as asked:
            say(make_source(), rounds={"0": told(first_year + rounds)})
        return len(asked)

    assert queries(2001, 3) == queries(2005, 9)


def test_recording_looks_at_no_row_to_see_whether_either_of_two_lists_holds_it() -> None:
    """So asks an OR of two lists from the database: of every mention there is, a second at a million companies."""
    say(make_source(), company="Halden", rounds={"0": {"stage": Text("seed"), "raised": usd(1_000_000)}})
    with CaptureQueriesContext(connection) as asked:
        say(
            make_source(text="another"),
            company="Halden",
            rounds={"0": {"stage": Text("series_a"), "announced_on": PartialDate(2021, 3), "raised": usd(9_000_000)}},
        )
    looked_at = set()
    with connection.cursor() as cursor:
        for sql in {one["sql"] for one in asked.captured_queries}:
            if sql.lstrip("(").lower().startswith(("select", "with", "update", "delete")):
                cursor.execute(f"explain (format json) {sql}")
                looked_at |= {(table, sql) for table in tables_looked_at(cursor.fetchone()[0][0]["Plan"])}
    assert not looked_at, "\n".join(f"{table}: {sql}" for table, sql in sorted(looked_at))


def tables_looked_at(plan: dict[str, Any]) -> set[str]:
    """The tables of which a plan asks every row whether another query gives it."""
    found = set().union(*(tables_looked_at(below) for below in plan.get("Plans", ())))
    if "hashed SubPlan" in plan.get("Filter", "") and not {"Index Cond", "Recheck Cond"} & plan.keys():
        found.add(plan["Relation Name"])
    return found
