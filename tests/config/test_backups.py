"""`backup` and `restore`: one file that proves itself, put back whole or not at all."""

import hashlib
import io
import json
import resource
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from factories import company, make_rate, make_round, make_user

from companies.models import Company
from config.backups import database, manifest, restoring, writing
from config.backups.manifest import BackupError
from funding.models import Round


def on_server(*statements: str) -> None:
    with psycopg.connect(**database.parameters("postgres"), autocommit=True) as held:
        for one in statements:
            held.execute(one)  # type: ignore[call-overload]


def databases() -> set[str]:
    with psycopg.connect(**database.parameters("postgres"), autocommit=True) as held:
        return {name for (name,) in held.execute("select datname from pg_database").fetchall()}


def use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


@contextmanager
def copied(name: str, template: str) -> Iterator[str]:
    """A copy of a database that nobody uses, dropped afterwards."""
    on_server(f'create database "{name}" template "{template}" strategy file_copy')
    try:
        yield name
    finally:
        on_server(f'drop database "{name}" with (force)')


@pytest.fixture(scope="module")
def tests(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of the database of the tests, which every test here leaves for copies of it."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        connection.close()
        yield name
        use(name)


@pytest.fixture(scope="module")
def full(tests: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The name of a database with a round, a person and a rate, and a backup of it."""
    with copied(f"{tests}_full", tests) as name:
        use(name)
        make_round()
        make_user("ines")
        make_rate("EUR", "1", timezone.now().date())
        path = tmp_path_factory.mktemp("full") / "roundbook.backup"
        writing.write(path)
        use(tests)
        yield name, path


@pytest.fixture
def own(tests: str) -> Iterator[str]:
    """A migrated and empty database of one's own, as that of the settings."""
    yield from _used(f"{tests}_own", tests, tests)


@pytest.fixture
def filled(tests: str, full: tuple[str, Path]) -> Iterator[str]:
    """One of one's own that holds what the backup does, as that of the settings."""
    yield from _used(f"{tests}_filled", full[0], tests)


def _used(name: str, template: str, tests: str) -> Iterator[str]:
    with copied(name, template):
        before = databases()
        use(name)
        yield name
        use(tests)
        assert databases() == before  # nothing of a restore is left


@pytest.fixture
def saved(full: tuple[str, Path], tmp_path: Path) -> Path:
    """A backup of a database with a round, a person and a rate, alone in its folder."""
    return Path(shutil.copy(full[1], tmp_path / "roundbook.backup"))


def contents() -> dict[str, manifest.Table]:
    with database.connected() as held:
        return {name: database.contents(held, name) for name in database.table_names(held)}


def restore(path: Path, *options: str) -> str:
    said = StringIO()
    call_command("restore", path, *options, stdout=said)
    return said.getvalue()


def rewritten(path: Path, **columns: Any) -> Path:
    """The same backup with another manifest."""
    other = path.with_name("rewritten")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        new.writestr(manifest.DUMP, old.read(manifest.DUMP))
        told = json.loads(old.read(manifest.MANIFEST))
        new.writestr(manifest.MANIFEST, json.dumps(told | columns))
    return other


def test_what_is_restored_into_an_empty_database_is_what_was_saved(
    own: str, full: tuple[str, Path], saved: Path
) -> None:
    use(full[0])
    before = contents()
    use(own)
    assert before["funding_round"].rows == 1
    assert contents() != before

    restore(saved)

    assert contents() == before
    assert Round.objects.get().company.name == "Halden Robotics"
    assert make_round("Fjellvarme").pk > Round.objects.get(company=company()).pk  # the sequences go on


def test_the_checksum_of_a_table_depends_on_every_value_and_not_on_the_order(own: str) -> None:
    make_round()
    make_round("Fjellvarme")
    before = contents()["companies_company"]
    Company.objects.filter(pk=company().pk).update(name="Halden Robotics")  # moves the row
    assert contents()["companies_company"] == before
    Company.objects.filter(pk=company().pk).update(name="Halden Robots")
    assert contents()["companies_company"] != before


def test_the_manifest_says_what_is_in_the_backup(saved: Path) -> None:
    with saved.open("rb") as file:
        found = restoring.check(file)
    assert found.tables["funding_round"].rows == 1
    assert "funding.0001_initial" in found.migrations
    assert (found.roundbook, found.server) == (manifest.version(), 18)


def test_the_command_tells_the_rows_and_the_digest_of_the_file(own: str, tmp_path: Path) -> None:
    said = StringIO()
    call_command("backup", tmp_path / "one", stdout=said)
    last = said.getvalue().splitlines()[-1]
    assert hashlib.sha256((tmp_path / "one").read_bytes()).hexdigest() in last
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600


def test_sessions_are_not_in_a_backup(own: str, tmp_path: Path) -> None:
    Session.objects.create(session_key="letmein" * 4, session_data="x", expire_date=timezone.now())
    writing.write(tmp_path / "one")
    assert Session.objects.exists()
    restore(tmp_path / "one", "--replace", "--yes")
    assert not Session.objects.exists()


def test_a_database_that_is_not_empty_is_replaced_only_where_that_is_said(filled: str, saved: Path) -> None:
    make_round("Fjellvarme")
    with pytest.raises(CommandError, match="not empty"):
        restore(saved)
    with pytest.raises(CommandError, match="--yes"):
        restore(saved, "--replace")
    assert Round.objects.count() == 2
    restore(saved, "--replace", "--yes")
    assert Round.objects.count() == 1


@pytest.mark.parametrize("kept", [0, 100, -1, -2_000])
def test_a_torn_file_is_refused(own: str, saved: Path, kept: int) -> None:
    torn = saved.with_name("torn")
    torn.write_bytes(saved.read_bytes()[:kept])
    with pytest.raises(CommandError, match="not the whole|damaged"):
        restore(torn)
    assert not Round.objects.exists()


def test_a_file_with_one_other_bit_is_refused(saved: Path) -> None:
    held = saved.read_bytes()
    whole = 0
    for place in range(0, len(held), max(len(held) // 40, 1)):
        changed = bytearray(held)
        changed[place] ^= 1
        other = saved.with_name("changed")
        other.write_bytes(changed)
        with other.open("rb") as file:
            try:
                restoring.check(file)
                whole += 1
            except BackupError:
                pass
    # A bit of what zip keeps beside the parts, such as their dates, may change neither.
    assert whole <= 1


def test_a_file_whose_directory_is_torn_is_refused_and_nothing_else_goes_wrong(saved: Path) -> None:
    held, whole = saved.read_bytes(), 0
    with saved.open("rb") as file:
        told = restoring.check(file)
    for place in range(len(held) - 160, len(held)):
        for bit in (1, 0x80):
            changed = bytearray(held)
            changed[place] ^= bit
            with suppress(BackupError):
                # Dates and rights of the parts, which are told beside them, may be any.
                whole += restoring.check(io.BytesIO(bytes(changed))) == told
    assert 0 < whole < 160


def test_a_file_of_another_kind_is_refused(own: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(CommandError, match="no backup of Roundbook"):
        restore(tmp_path / "other.zip")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        restore(tmp_path / "missing")


def test_a_restore_that_does_not_give_what_was_saved_changes_nothing(filled: str, saved: Path) -> None:
    with saved.open("rb") as file:
        tables = restoring.check(file).tables
    wrong = {name: {"rows": table.rows, "checksum": table.checksum} for name, table in tables.items()}
    wrong["funding_round"]["checksum"] = "1"
    make_round("Fjellvarme")
    before = contents()
    with pytest.raises(CommandError, match="funding_round differs"):
        restore(rewritten(saved, tables=wrong), "--replace", "--yes")
    assert contents() == before


def test_a_backup_of_a_newer_roundbook_is_refused(own: str, saved: Path) -> None:
    newer = rewritten(saved, migrations=["funding.9999_later"], roundbook="9.0")
    with pytest.raises(CommandError, match=r"newer Roundbook \(9.0, with the migration funding.9999_later\)"):
        restore(newer, "--replace", "--yes")
    with pytest.raises(CommandError, match=r"newer Roundbook \(9.0\)"):
        restore(rewritten(saved, format=2, roundbook="9.0"), "--replace", "--yes")


def test_a_backup_of_an_older_roundbook_is_brought_to_this_version(own: str, tmp_path: Path) -> None:
    make_round()
    call_command("migrate", "funding", "0013", verbosity=0)
    made, _ = writing.write(tmp_path / "old")
    assert not any(name.startswith("funding.0014") for name in made.migrations)
    restore(tmp_path / "old", "--replace", "--yes")
    with database.connected() as held:
        assert any(name.startswith("funding.0014") for name in database.migrations(held))
    assert Round.objects.get().company.name == "Halden Robotics"


def test_an_old_backup_that_cannot_be_brought_to_this_version_changes_nothing(
    own: str, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("drop table companies_company")

    monkeypatch.setattr(restoring, "call_command", refuse)
    with pytest.raises(CommandError, match="cannot be brought to this version: cannot drop table"):
        restore(saved)
    assert not Round.objects.exists()


def test_a_database_in_use_is_not_replaced(own: str, saved: Path) -> None:
    with psycopg.connect(**database.parameters()), pytest.raises(CommandError, match=r"in use \(1 connections\)"):
        restore(saved)
    assert not Round.objects.exists()


def test_who_comes_while_it_is_restored_keeps_the_old_database(own: str, saved: Path) -> None:
    come: list[Any] = []

    def meanwhile(words: str) -> None:
        come.append(psycopg.connect(**database.parameters(own)))

    with saved.open("rb") as file, pytest.raises(BackupError, match="uses the database again"):
        restoring.restore(file, meanwhile)
    for one in come:
        one.close()
    assert not Round.objects.exists()


def test_an_interrupted_restore_changes_nothing(own: str, saved: Path) -> None:
    def interrupt(words: str) -> None:
        if words.startswith("Comparing"):
            raise KeyboardInterrupt

    with saved.open("rb") as file, pytest.raises(KeyboardInterrupt):
        restoring.restore(file, interrupt)
    assert not Round.objects.exists()


def test_what_a_killed_restore_left_is_in_nobodys_way(own: str, saved: Path) -> None:
    on_server(f'create database "{own}_restoring"', f'create database "{own}_replaced"')
    restore(saved)
    assert Round.objects.count() == 1


def test_an_interrupted_backup_leaves_the_one_before_it(own: str, saved: Path) -> None:
    before = saved.read_bytes()

    def interrupt(words: str) -> None:
        if words.startswith("Writing"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writing.write(saved, interrupt)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_a_full_disk_leaves_the_backup_before_it_and_says_so(own: str, saved: Path) -> None:
    before = saved.read_bytes()
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, most[1]))
    try:
        with pytest.raises(CommandError, match="cannot be written: File too large"):
            call_command("backup", saved, stdout=StringIO())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_a_dump_that_does_not_end_well_is_no_backup(own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "pg_dump"
    broken.write_text("#!/bin/sh\necho half\necho 'no room on the server' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(database, "program", lambda name, server: broken)
    with pytest.raises(CommandError, match="no room on the server"):
        call_command("backup", tmp_path / "one", stdout=StringIO())
    assert [path.name for path in tmp_path.iterdir()] == ["pg_dump"]


def test_the_password_stands_neither_on_a_command_line_nor_in_the_file(
    own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "hush-hush")
    begun: list[tuple[str, dict[str, str]]] = []
    popen = subprocess.Popen

    def watched(command: Any, **options: Any) -> Any:
        if "env" in options:
            begun.append((str(command), options["env"]))
        return popen(command, **options)

    monkeypatch.setattr(subprocess, "Popen", watched)
    writing.write(tmp_path / "one")
    ((command, environ),) = begun
    assert environ["PGPASSWORD"] == "hush-hush"
    assert "hush-hush" not in command
    assert b"hush-hush" not in (tmp_path / "one").read_bytes()


# By its mark the plugin knows that this file needs the database of the tests, which all others here copy.
@pytest.mark.django_db(transaction=True)
def test_programs_older_than_the_server_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert database.program("pg_dump", 18)
    monkeypatch.setattr(database, "_major", lambda path: 15)
    with pytest.raises(BackupError, match="PostgreSQL 18, which needs its own pg_dump or a newer one.*is of 15"):
        database.program("pg_dump", 18)
    monkeypatch.setattr(database.programs, "POSTGRES_PACKAGES", ())
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(BackupError, match="there is none here"):
        database.program("pg_dump", 18)
