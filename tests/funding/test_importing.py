"""Files of rows: checked before anything changes, recorded, given again without effect, and taken back."""

import os
import signal
from contextlib import suppress
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from factories import make_source, make_user, say, usd

from companies.models import Company, Investor
from config.aside import Aside
from funding import chronicle, importing
from funding.importing import parts
from funding.models import Assignment, Change, Import, ImportRow, Participation, Round, Source, Statement, Valuation
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
HEAD = (
    "company_permalink,company_name,company_category_list,company_country_code,company_state_code,company_region,"
    "company_city,investor_permalink,investor_name,investor_country_code,investor_state_code,investor_region,"
    "investor_city,funding_round_permalink,funding_round_type,funding_round_code,funded_at,raised_amount_usd"
)


def row(company: str = "Halden", number: int = 1, on: str = "2014-05-06", raised: str = "5000000", **more: str) -> str:
    cells = {
        "permalink": f"/organization/{company.lower().replace(' ', '-')}",
        "kind": "venture",
        "code": "A",
        "investor": "Quillmark Ventures",
        **more,
    }
    backer = f"/organization/{cells['investor'].lower().replace(' ', '-')}"
    return ",".join(
        [cells["permalink"], company, "Robotics|Energy", "NOR", "", "Oslo", "Oslo", backer, cells["investor"], "USA",
         "CA", "", "Menlo Park", f"/funding-round/{number:032x}", cells["kind"], cells["code"], on, raised]
    )  # fmt: skip


def arrived(*rows: str, name: str = "investments.csv") -> Import:
    return importing.arrive(name, ["\n".join([HEAD, *rows, ""]).encode()])


def checked(*rows: str, **more: Any) -> tuple[Import, dict[str, int]]:
    file = arrived(*rows, **more)
    counts = importing.check(file)
    Import.objects.filter(pk=file.pk).update(state=Import.State.CHECKED)
    return file, counts


def recorded(*rows: str, **more: Any) -> Import:
    file, _ = checked(*rows, **more)
    importing.begin(file, None)
    importing.record(file)
    return file


TWO = (row(), row(number=2, on="2015-07-08", raised="9000000", code="B"), row("Brightwater Labs", number=3))


def test_checking_changes_nothing_and_says_what_would_be_new() -> None:
    _, counts = checked(*TWO)
    assert counts == {"new": 3}
    assert not Company.objects.exists() and not Source.objects.exists()


def test_rows_become_companies_rounds_and_investors_with_their_raw_cells() -> None:
    file = recorded(*TWO)
    assert sorted(Company.objects.live().values_list("name", "rounds_count", "city", "country")) == [
        ("Brightwater Labs", 1, "Oslo", "NO"), ("Halden", 2, "Oslo", "NO"),
    ]  # fmt: skip
    assert set(Round.objects.live().values_list("stage", "raised_low", "raised_currency")) == {
        ("series_a", 5_000_000, "USD"), ("series_b", 9_000_000, "USD"),
    }  # fmt: skip
    assert Participation.objects.count() == 3
    assert Investor.objects.get().rounds_count == 3
    told = Round.objects.get(company__name="Brightwater Labs").assignments.get().mention
    assert told.row["funding_round_permalink"].endswith("3") and told.source == file.source
    assert file.state == Import.State.RECORDED and file.added["rounds"] == 3 and not file.rows.exists()


def test_the_same_file_again_changes_nothing() -> None:
    recorded(*TWO)
    before = Statement.objects.count(), Assignment.objects.count(), Change.objects.count()
    file, counts = checked(*TWO)
    assert counts == {"duplicate": 3}
    importing.begin(file, None)
    importing.record(file)
    assert (Statement.objects.count(), Assignment.objects.count()) == before[:2]


def test_a_newer_row_of_a_round_takes_the_place_of_the_older() -> None:
    recorded(*TWO)
    file, counts = checked(row(raised="7000000"), *TWO[1:], name="newer.csv")
    assert counts == {"changed": 1, "duplicate": 2}
    importing.begin(file, None)
    importing.record(file)
    halden = Company.objects.get(name="Halden")
    assert set(halden.rounds.live().values_list("raised_low", "has_conflict")) == {
        (7_000_000, False),
        (9_000_000, False),
    }
    importing.take_back(file, None)
    assert set(halden.rounds.live().values_list("raised_low", flat=True)) == {5_000_000, 9_000_000}


def test_a_bad_row_never_stops_the_others_and_says_why() -> None:
    file, counts = checked(row(on="2014-13-40"), *TWO[1:])
    assert counts == {"new": 2, "refused": 1}
    reason = ImportRow.objects.get(file=file, verdict="refused").reason
    assert "2014-13-40" in reason and "funded_at" in reason
    importing.begin(file, None)
    importing.record(file)
    assert Round.objects.live().count() == 2 and file.rows.get().number == 2


def test_a_row_given_twice_in_a_file_counts_once() -> None:
    assert checked(TWO[0], TWO[0])[1] == {"new": 1, "duplicate": 1}


def test_two_rounds_of_one_day_and_stage_are_two_where_their_numbers_differ() -> None:
    file, counts = checked(row(), row(number=2))
    assert counts == {"new": 2}
    importing.begin(file, None)
    importing.record(file)
    assert Round.objects.live().count() == 2


def test_what_a_person_entered_is_never_overwritten() -> None:
    by = make_user()
    told = {"stage": Text("series_a"), "announced_on": PartialDate(2014, 5, 6), "raised": usd(4_000_000)}
    say(make_source(kind=Source.Kind.ENTRY, entered_by=by), company="Halden", rounds={"0": told}, by=by)
    file, counts = checked(TWO[0])
    assert counts == {"conflicting": 1}
    importing.begin(file, None)
    importing.record(file)
    held = Round.objects.get(company__name="Halden", company__rounds_count=1, is_live=True)
    assert held.raised_low == 4_000_000


def test_taking_a_file_back_leaves_nothing_of_it_and_it_can_come_again() -> None:
    file = recorded(*TWO)
    slugs = set(Company.objects.values_list("slug", flat=True))
    importing.take_back(file, None)
    assert file.state == Import.State.UNDONE
    assert not Company.objects.live().exists() and not Round.objects.live().exists()
    assert not Investor.objects.live().exists() and not Participation.objects.exists()
    assert not Statement.objects.live().exists() and not Assignment.objects.live().exists()
    recorded(*TWO)
    assert set(Company.objects.live().values_list("slug", flat=True)) == slugs


def test_the_changes_show_what_a_file_said_and_that_it_was_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "BATCH", 1)  # each batch is recorded at a time of its own
    file = recorded(row(), row("Brackwell", 2))
    shown = [each for entry in chronicle.entries(Change.objects.filter(pk=file.change_id)) for each in entry.rows]
    assert {(one.record, one.label): (one.before, one.after) for one in shown if one.label == "Name"} == {
        ("Halden", "Name"): ([], ["Halden"]),
        ("Brackwell", "Name"): ([], ["Brackwell"]),
    }
    assert not [one for one in shown if one.is_same]
    importing.take_back(file, make_user("ada"))
    undone = Change.objects.get(undoes=file.change)
    gone = [each for entry in chronicle.entries([undone]) for each in entry.rows]
    assert sorted(one.before for one in gone if one.label == "Name") == [["Brackwell"], ["Halden"]]
    assert not [one for one in gone if one.is_same]


def test_taking_a_file_back_keeps_what_others_say() -> None:
    recorded(*TWO[:1])
    file = recorded(*TWO[1:], name="other.csv")
    importing.take_back(file, None)
    assert list(Company.objects.live().values_list("name", "rounds_count")) == [("Halden", 1)]
    assert Investor.objects.get().rounds_count == 1


def test_recording_that_was_cut_off_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    file, _ = checked(*TWO)
    importing.begin(file, None)
    monkeypatch.setattr("funding.importing.parts.BATCH", 1)
    told = []

    def stop(words: str, done: int, total: int) -> None:
        told.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.record(file, stop)
    assert 0 < Round.objects.live().count() < 3
    importing.record(file)
    assert Round.objects.live().count() == 3 and file.state == Import.State.RECORDED


def held() -> list[tuple[Any, ...]]:
    """What is held of companies and rounds, by names."""
    rounds = Round.objects.live().values_list("company__name", "stage", "announced_on", "raised_usd", "country")
    companies = Company.objects.live().values_list("name", "slug", "rounds_count", "city", "last_round_on")
    said = Statement.objects.live().values_list("mention__key", "field", "digest")
    return [row for found in (rounds, companies, said) for row in sorted(found, key=str)]


@pytest.mark.parametrize("is_killed", [False, True])
def test_parts_described_by_another_process_come_to_what_a_file_at_once_comes_to(
    is_killed: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [row(f"Company {number}", number, raised=str(number * 1000)) for number in range(1, 9)]
    with suppress(TakenBack), transaction.atomic():
        recorded(*rows)
        at_once = held()
        raise TakenBack
    monkeypatch.setattr(parts, "BATCH", 2)
    if is_killed:
        monkeypatch.setattr(Aside, "is_done", property(kill))
    recorded(*rows)
    assert len(at_once) == 8 + 8 + Statement.objects.live().count()
    assert held() == at_once
    assert ("is gone" in caplog.text) is is_killed


def kill(aside: Aside[Any, Any]) -> bool:
    """Have no process any more where its answer is asked after."""
    if aside.pid:
        os.kill(aside.pid, signal.SIGKILL)
    return False


class TakenBack(Exception):
    """Raised to have nothing of a transaction remain."""


def test_a_list_of_values_becomes_values_of_no_round() -> None:
    cells = "Company,Valuation ($B),Date Joined,Country,City,Industry,Select Investors"
    line = "Halden,$1.5,4/7/2021,Norway,Oslo,Fintech,Quillmark Ventures"
    file = importing.arrive("unicorns-2021-11.csv", [f"{cells}\n{line}\n".encode()])
    assert file.format["name"].startswith("unicorns-cbinsights")
    importing.check(file)
    Import.objects.filter(pk=file.pk).update(state=Import.State.CHECKED)
    importing.begin(file, None)
    importing.record(file)
    only = Valuation.objects.get()
    assert (only.usd, only.round, only.valued_precision, only.origin) == (1_500_000_000, None, "month", "imported")


def test_what_is_no_table_says_so() -> None:
    with pytest.raises(importing.Unusable):
        importing.arrive("nothing.csv", [b""])


def test_a_file_of_monthly_counts_is_refused_with_the_reason() -> None:
    with pytest.raises(importing.Unusable, match="count"):
        importing.arrive("additions.csv", [b"content,month_str,year_str,value\r\nrounds,2015-01,2015,3\r\n"])


def test_the_command_checks_without_changing_and_then_records(tmp_path: Any, capsys: Any) -> None:
    path = tmp_path / "rounds.csv"
    path.write_text("\n".join([HEAD, *TWO, row(on="soon", number=9)]))
    call_command("import_csv", str(path), "--dry-run", "--errors", str(tmp_path / "errors.csv"))
    assert "3 new, 1 refused" in capsys.readouterr().out and not Company.objects.exists()
    assert not Import.objects.exists()
    assert "soon" in (tmp_path / "errors.csv").read_text()
    call_command("import_csv", str(path))
    assert "3 rounds" in capsys.readouterr().out
