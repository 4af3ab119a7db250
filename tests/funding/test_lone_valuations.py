"""Values of a company that are of no round: what is projected of them, and where they are shown and counted."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from alert_jobs import make_alert, make_analyst, run_jobs, watching_list
from django.db import IntegrityError, transaction
from django.test import Client
from factories import company, make_round, make_source, make_user, say, say_value, usd

from companies.models import Company
from funding import recording
from funding.models import AlertEvent, Assignment, Change, Mark, Rate, Source, Statement, Valuation
from funding.values import Money, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db
BN = 1_000_000_000


def values() -> list[tuple[str, str, str, bool]]:
    """Every value of no round as date, amount, origin and whether sources differ, oldest first."""
    found = Valuation.objects.filter(round=None).order_by("valued_on", "pk")
    return [(one.valued.iso if one.valued else "", str(one.low and int(one.low)), one.origin, one.has_conflict)
            for one in found]  # fmt: skip


def test_a_value_of_a_date_is_a_valuation_without_a_round():
    say_value(make_source(), usd(2 * BN), "2021-11-30", basis="post")
    assert values() == [("2021-11-30", "2000000000", "stated", False)]
    held = Valuation.objects.get()
    assert (held.round, held.company, held.basis, held.usd) == (None, company(), "post", 2 * BN)
    assert held.statement == Statement.objects.get(field="valuation")
    assert held.kept["agreeing"] == [held.statement_id]


def test_without_a_date_of_its_own_it_is_of_the_day_of_its_source():
    say_value(make_source(published=PartialDate(2022, 3)), usd(BN))
    assert values() == [("2022-03", "1000000000", "stated", False)]
    say_value(make_source(published=None), usd(2 * BN))
    assert values()[-1] == ("", "2000000000", "stated", False)


def test_a_date_that_is_none_is_not_taken_for_one():
    say_value(make_source(published=PartialDate(2022, 3, 5)), usd(BN), "30/11/2021")
    assert values() == [("2022-03-05", "1000000000", "stated", False)]


def test_sources_of_one_date_that_agree_are_one_value_and_those_that_differ_a_conflict():
    say_value(make_source(), usd(2 * BN), "2021-11-30")
    say_value(make_source(), usd(2 * BN, is_approx=True), "2021-11-30")
    assert values() == [("2021-11-30", "2000000000", "stated", False)]
    say_value(make_source(), usd(3 * BN), "2021-11-30")
    assert [(on, has_conflict) for on, _, _, has_conflict in values()] == [("2021-11-30", True)]
    assert company().has_conflict


def test_a_month_is_the_only_day_in_it_but_never_one_of_two_and_a_year_is_no_day():
    say_value(make_source(), usd(2 * BN), "2021-11-30")
    say_value(make_source(), usd(2 * BN), "2021-11")
    assert values() == [("2021-11-30", "2000000000", "stated", False)]
    say_value(make_source(), usd(5 * BN), "2021")
    assert [on for on, *_ in values()] == ["2021", "2021-11-30"]
    say_value(make_source(), usd(4 * BN), "2021-11-02")
    assert sorted(on for on, *_ in values()) == ["2021", "2021-11", "2021-11-02", "2021-11-30"]


def test_a_value_before_some_money_is_another_figure():
    say_value(make_source(), usd(2 * BN), "2021-11-30", basis="pre")
    say_value(make_source(), usd(3 * BN), "2021-11-30", basis="post")
    found = sorted((one.basis, int(one.low), one.has_conflict) for one in Valuation.objects.all())
    assert found == [("post", 3 * BN, False), ("pre", 2 * BN, False)]
    assert company().unicorn == "yes"


def test_what_is_no_amount_is_no_value():
    say_value(make_source(), Undisclosed(), "2021-11-30")
    assert not Valuation.objects.exists()


def test_the_source_says_whether_it_was_entered_or_imported():
    say_value(make_source(kind=Source.Kind.FILE), usd(2 * BN), "2021-11-30")
    assert values()[0][2] == "imported"
    say_value(make_source(kind=Source.Kind.ENTRY, entered_by=make_user()), usd(3 * BN), "2021-11-30")
    assert values() == [("2021-11-30", "3000000000", "entered", True)]


def test_a_row_keeps_its_id_while_more_is_said_of_it():
    say_value(make_source(), usd(2 * BN), "2021-11")
    first = Valuation.objects.get().pk
    change = say_value(make_source(), usd(2 * BN), "2021-11-30")
    assert (Valuation.objects.get().pk, values()[0][0]) == (first, "2021-11-30")
    say_value(make_source(), usd(4 * BN), "2023-01-01")
    assert Valuation.objects.get(valued_on="2021-11-30").pk == first
    recording.undo(change, None)
    assert Valuation.objects.get(valued_precision="month").pk == first


def test_what_is_taken_back_leaves_no_value():
    change = say_value(make_source(), usd(2 * BN), "2021-11-30")
    recording.undo(change, None)
    assert not Valuation.objects.exists()
    assert company().unicorn == ""


def test_the_latest_value_and_the_verdict_follow_the_dates():
    make_round(valuation=usd(2 * BN), announced_on=PartialDate(2021, 6, 1))
    say_value(make_source(), usd(BN // 2), "2023-01-15")
    held = company()
    assert (held.unicorn, held.was_unicorn, held.valuation_usd) == ("no", "yes", BN // 2)
    assert held.unicorn_on == datetime.date(2021, 6, 1)
    say_value(make_source(), usd(BN), "2020-02-02")
    assert (company().unicorn, company().unicorn_on) == ("no", datetime.date(2020, 2, 2))


def test_a_value_of_no_round_bounds_no_round():
    make_round(announced_on=PartialDate(2021, 6, 1), raised=usd(10_000_000))
    before = Valuation.objects.get(round__isnull=False)
    say_value(make_source(), usd(BN), "2022-02-02")
    after = Valuation.objects.get(round__isnull=False)
    assert (after.pk, after.money, after.proof, after.follows) == (
        before.pk,
        before.money,
        before.proof,
        before.follows,
    )
    lone = Valuation.objects.get(round=None)
    assert (lone.follows, lone.multiple_low, lone.proof) == ({}, None, [])


def test_what_a_list_repeats_of_a_round_is_a_value_beside_it():
    make_round(valuation=usd(2 * BN), announced_on=PartialDate(2021, 6, 1))
    say_value(make_source(), usd(2 * BN), "2021-11-30")
    assert Valuation.objects.count() == 2


def test_projecting_from_scratch_gives_the_same():
    make_round(valuation=usd(2 * BN), announced_on=PartialDate(2021, 6, 1))
    say_value(make_source(), usd(2 * BN), "2021-11-30")
    say_value(make_source(), Money.exact(3 * BN, "EUR"), "2021-11")
    before = [{**row, "id": None} for row in Valuation.objects.order_by("valued_on").values()]
    held = Company.objects.values().get()
    recording.rebuild()
    assert [{**row, "id": None} for row in Valuation.objects.order_by("valued_on").values()] == before
    assert Company.objects.values().get() == held


def test_sums_of_two_currencies_are_compared_at_the_rate_of_the_day():
    Rate.objects.create(currency="USD", day="2021-11-30", per_euro=Decimal("1.25"), observed_on="2021-11-30")
    say_value(make_source(), usd(1_250_000_000), "2021-11-30")
    say_value(make_source(), Money.exact(BN, "EUR"), "2021-11-30")
    assert [has_conflict for *_, has_conflict in values()] == [False]


def test_a_pin_decides_between_the_sources_of_one_date_alone():
    say_value(make_source(), usd(2 * BN), "2021-11-30")
    say_value(make_source(), usd(3 * BN), "2021-11-30")
    say_value(make_source(), usd(4 * BN), "2022-11-30")
    editor = make_user()
    pinned = {one.value["low"]: one for one in Statement.objects.filter(field="valuation")}
    for amount in ("2000000000", "4000000000"):
        recording.mark(pinned[amount], Mark.Kind.PIN, by=editor, reason="from the minutes")
    assert values() == [("2021-11-30", "2000000000", "stated", False), ("2022-11-30", "4000000000", "stated", False)]
    assert Mark.objects.live().count() == 2


def test_the_database_keeps_one_a_date_and_none_that_is_derived():
    say_value(make_source(), usd(2 * BN), "2021-11-30")
    held = Valuation.objects.get()
    for columns in ({"valued_on": held.valued_on, "valued_precision": "day", "origin": "imported"},
                    {"origin": "derived"}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Valuation.objects.create(company=held.company, low=1, high=1, currency="USD", basis="post", **columns)


def test_an_imported_row_without_statements_is_shown_everywhere(editor_client: Client):
    make_round()
    held = company()
    row = Valuation.objects.create(
        company=held, low=BN, high=BN, currency="USD", basis="unspecified", origin="imported", usd=BN,
        valued_on="2025-01-01", valued_precision="day",
    )  # fmt: skip
    for address in (held.get_absolute_url(), f"/evidence/?valuation={row.pk}", f"/compare/?c={held.slug}"):
        assert "$1bn" in editor_client.get(address).content.decode(), address


def shown_on(client: Client, query: str = "") -> str:
    return client.get(f"{company().get_absolute_url()}{query}").content.decode()


def test_the_page_of_the_company_shows_it_in_strip_chart_and_table(editor_client: Client):
    make_round(valuation=usd(2 * BN), announced_on=PartialDate(2021, 6, 1))
    say_value(make_source(), usd(3 * BN), "2022-11-30")
    page = shown_on(editor_client)
    assert "of no round" in page
    assert page.count("$3bn") >= 3
    held = Valuation.objects.get(round=None)
    panel = shown_on(editor_client, f"?evidence=valuation-{held.pk}")
    assert "Of no round: a value that is told of the company by itself." in panel


def test_what_sources_of_one_date_differ_about_is_told_on_the_page_and_in_the_list(editor_client: Client):
    say_value(make_source(publisher="First Paper"), usd(2 * BN), "2021-11-30")
    say_value(make_source(publisher="Second Paper"), usd(3 * BN), "2021-11-30")
    page = shown_on(editor_client)
    assert "Valuation, 30 Nov 2021" in page
    assert f'id="differs-valuation-of-day-{Valuation.objects.get().pk}"' in page
    for query in ("", "?kind=company", "?field=valuation"):
        assert "Valuation, 30 Nov 2021" in editor_client.get(f"/conflicts/{query}").content.decode(), query
    assert "30 Nov 2021" not in editor_client.get("/conflicts/?kind=round").content.decode()


def test_the_figure_is_judged_where_its_statement_is_asked_for(editor_client: Client):
    say_value(make_source(), usd(2 * BN), "2021-11-30")
    statement = Statement.objects.get(field="valuation")
    page = editor_client.get(f"/evidence/?statement={statement.pk}").content.decode()
    assert "Valuation, 30 Nov 2021" in page


def test_the_exports_have_it_with_its_source(analyst_client: Client):
    make_round(valuation=usd(2 * BN), announced_on=PartialDate(2021, 6, 1))
    say_value(make_source(publisher="Second Paper"), usd(3 * BN), "2022-11-30")
    rows = csv_of(analyst_client, "valuations")
    assert [(row["valued_on"], row["stage"], row["publisher"]) for row in rows] == [
        ("2022-11-30", "", "Second Paper"),
        ("2021-06-01", "", "The Daily Round"),
    ]
    [of_company] = csv_of(analyst_client, "companies")
    assert (of_company["valued_on"], of_company["valuation_low"]) == ("2022-11-30", "3000000000")


def csv_of(client: Client, name: str) -> list[dict[str, str]]:
    written = b"".join(client.get(f"/export/{name}.csv").streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(written)))


def test_an_alert_tells_of_a_new_value_and_of_sources_that_differ():
    make_round()
    make_alert(watching_list(make_analyst(), "Halden Robotics"), on_valuations=True, on_conflicts=True)
    say_value(make_source(), usd(2 * BN), "2021-11-30")
    run_jobs()
    event = AlertEvent.objects.get()
    assert (event.kind, event.record, event.round) == ("valuation", "Halden Robotics", None)
    assert event.rows[0]["after"] == ["$2bn, on 30 Nov 2021"]
    say_value(make_source(), usd(3 * BN), "2022-01-01")
    run_jobs()
    second = AlertEvent.objects.latest("pk")
    assert (second.rows[0]["before"], second.rows[0]["after"]) == ([], ["$3bn, on 1 Jan 2022"])
    say_value(make_source(), usd(5 * BN), "2022-01-01")
    run_jobs()
    assert "conflict" in set(AlertEvent.objects.values_list("kind", flat=True))


def test_the_history_of_the_company_tells_of_each_date_by_itself(editor_client: Client):
    say_value(make_source(), usd(2 * BN), "2021-11-30")
    say_value(make_source(), usd(3 * BN), "2022-01-01")
    page = editor_client.get(f"{company().get_absolute_url()}history/").content.decode()
    assert "$3bn, on 1 Jan 2022" in page
    assert "$2bn, on 30 Nov 2021" in page


def test_a_page_of_the_past_has_the_values_that_were_held(editor_client: Client):
    make_round(announced_on=PartialDate(2021, 6, 1))
    Statement.objects.update(recorded_at="2024-01-01T00:00Z")
    Change.objects.update(at="2024-01-01T00:00Z")
    Assignment.objects.update(recorded_at="2024-01-01T00:00Z")
    say_value(make_source(), usd(2 * BN), "2021-11-30")
    assert "$2bn" in shown_on(editor_client)
    assert "$2bn" not in shown_on(editor_client, "?known=2024-06-01")
    held = Valuation.objects.get(round=None)
    assert editor_client.get(f"/evidence/?valuation={held.pk}&known=2024-06-01").status_code == 404


def test_the_multiple_shown_is_that_of_the_last_round(editor_client: Client):
    say(make_source(), rounds={"a": {"announced_on": PartialDate(2020, 1, 1), "valuation": usd(BN), "basis": "post",
                                     "stage": Text("series_a")},
                               "b": {"announced_on": PartialDate(2021, 1, 1), "valuation": usd(2 * BN),
                                     "basis": "post", "stage": Text("series_b")}})  # fmt: skip
    say_value(make_source(), usd(3 * BN), "2022-11-30")
    assert '<span class="money">2×</span>' in shown_on(editor_client)
