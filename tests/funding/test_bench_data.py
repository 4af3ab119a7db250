"""`manage.py bench data` imports and exports what it measures, and says which goals are met."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from servers import ROOT, without_settings

from funding import formats
from funding.bench import data_export, data_files, data_import, data_report, memory, peers
from funding.bench.data_report import Bulk, Exported, Floor, Imported, Peer, Read, Report, Set
from funding.models import Round

MEGABYTE = 1024 * 1024


def made_file(folder: Path, number: int) -> Path:
    path = folder / "made-up.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(data_files.HEADER)
        writer.writerows(data_files.made_rows(number, 5))
    return path


def reported() -> Report:
    """Figures that just meet all goals."""
    read = Read("rounds.csv", "Rounds", 40_000, 0, 1.0)
    imported = Imported(1_000, 1_000, 1.0, 1.0, 2.0, 0, {"funding_round": 1_000})
    out = Set("rounds.csv", Exported(7_000, 70_000, 1.0, 0.7, 0, True), Bulk(7_000, 140_000, 2.0))
    out.peers = [Peer("django-import-export", 700, 1.0), Peer("Datasette", 700, 1.0)]
    report = Report("3.11", "18.6", read, imported, Floor(9_000, 1.0))
    report.import_peers = [Peer("django-import-export", 25, 1.0)]
    report.sets = [out]
    return report


def test_figures_at_the_goals_miss_none() -> None:
    report = reported()
    assert report.missed() == []
    assert {name for name, _, _ in report.ratios()} == set(data_report.GOALS)
    assert list(data_report.lines(report))[-1] == "All goals are met."


def test_a_goal_that_is_missed_is_named() -> None:
    report = reported()
    report.read = Read("rounds.csv", "Rounds", 39_999, 0, 1.0)
    report.import_peers = [Peer("django-import-export", 26, 1.0)]
    slow = replace(report.sets[0].exported, psql_seconds=0.6, growth=33 * MEGABYTE, is_same=False)
    report.sets[0].exported = slow
    assert report.missed() == [
        "rows read a second (rounds.csv): 39,999 of 40,000",
        "import beside django-import-export (rounds.csv): 9.62 of 10",
        "export beside psql (rounds.csv): 0.6 of 0.7",
        "memory of an export (rounds.csv): 33 MB of 32 MB",
        "psql wrote another file (rounds.csv)",
    ]
    assert json.loads(json.dumps(report.as_json()))["missed"] == report.missed()


def test_a_peer_that_could_not_be_measured_is_told_and_is_no_ratio() -> None:
    report = reported()
    report.sets[0].peers = [Peer("Datasette", problem="it does not start.")]
    assert "export beside Datasette" not in {name for name, _, _ in report.ratios()}
    assert any("not measured: it does not start." in line for line in data_report.lines(report))


def test_made_rows_are_a_file_that_we_import(tmp_path: Path) -> None:
    table = formats.open_table(made_file(tmp_path, 500))
    form = formats.recognise(table.header)
    assert form is not None
    assert form.name == "roundbook-rounds"
    found = list(formats.read(table, form))
    assert len(found) == 500
    assert {row.refusal for row in found} == {""}
    fields = {one.field for row in found for one in row.tells if hasattr(one, "field")}
    assert {"raised", "valuation", "participation", "stage", "announced_on"} <= fields


def test_so_many_rows_of_a_file_are_its_first_ones(tmp_path: Path) -> None:
    whole = made_file(tmp_path, 20)
    cut = data_files.prepare(tmp_path, whole, 7, 5)
    assert cut != whole
    assert [cells for _, cells in formats.open_table(cut).rows()] == [
        cells for _, cells in formats.open_table(whole).rows()
    ][:7]


@pytest.mark.django_db(transaction=True)
def test_what_is_imported_is_exported_by_all_three(tmp_path: Path) -> None:
    """psql has a connection of its own, so all of it is committed."""
    path = made_file(tmp_path, 60)
    imported = data_import.record(path)
    assert (imported.rows, imported.recorded) == (60, 60)
    assert imported.written["funding_round"] == Round.objects.count() == 60
    assert imported.written["funding_participation"] > 60
    assert data_import.floor().rows == sum(imported.written.values())
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_namespace where nspname = %s", [data_import.SCHEMA])
        assert cursor.fetchone() == (0,)
    found = data_export.measure(tmp_path, tries=1)
    assert (found.rows, found.is_same) == (60, True)
    assert data_export.bulk().rows == 60
    assert peers._fill_sqlite(tmp_path / "rows.db", tmp_path / data_export.OWN) == 60


def test_a_peer_that_cannot_be_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    found = peers.serve_by_datasette(tmp_path, tmp_path / "rounds.csv", tmp_path)
    assert found.rows == 0
    assert "no-python" in found.problem


def test_memory_that_is_taken_meanwhile_is_seen() -> None:
    with memory.watched() as growth:
        taken = bytearray(64 * MEGABYTE)
        taken[::4096] = b"x" * len(taken[::4096])
        del taken
    assert growth.bytes > 32 * MEGABYTE


@pytest.mark.parametrize("more", [[], ["--rows", "5"]])
def test_a_file_that_is_not_there_is_named(more: list[str], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"cannot be imported: .*nothing\.csv"):
        call_command("bench", "data", "--data", str(tmp_path), "--file", str(tmp_path / "nothing.csv"), *more)


@pytest.mark.long
def test_it_runs_whole_with_servers_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "bench", "data", "--data", str(tmp_path / "bench"), "--no-peers"]
    figures = tmp_path / "figures.json"
    done = subprocess.run(
        [*command, "--file", str(made_file(tmp_path, 30)), "--companies", "20", "--json", str(figures)],
        cwd=ROOT, capture_output=True, text=True, env=without_settings(dict(os.environ)), timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(figures.read_text("utf-8"))
    assert found["imported"]["recorded"] == 30
    assert [one["title"] for one in found["sets"]] == ["made-up.csv", "20 made-up companies"]
    assert all(one["exported"]["is_same"] for one in found["sets"])
    assert "imported" in done.stdout
