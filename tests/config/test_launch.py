"""What a command needs, and that it gets just that."""

import os
import pkgutil
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import BaseCommand
from running import environ_for, manage, processes_of

from config import launch
from config.embedded import locks
from tests.servers import ROOT

OURS = ("config", "companies", "funding")


def own_commands() -> list[str]:
    found = []
    for app in OURS:
        package = f"{app}.management.commands"
        try:
            module = import_module(package)
        except ModuleNotFoundError:
            continue
        found += [
            f"{package}.{name}" for _, name, is_package in pkgutil.iter_modules(module.__path__) if not is_package
        ]
    return sorted(found)


@pytest.mark.parametrize(
    ("argv", "need"),
    [
        ([], "nothing"),
        (["help"], "nothing"),
        (["--help"], "nothing"),
        (["--version"], "nothing"),
        (["no_such_command"], "nothing"),
        (["check", "--deploy"], "nothing"),
        (["collectstatic", "--no-input"], "nothing"),
        (["makemigrations", "--check"], "nothing"),
        (["migrate"], "database"),
        (["migrate", "--help"], "nothing"),
        (["shell", "-c", "print()"], "database"),
        (["changepassword", "owner"], "database"),
        (["sign_in_link"], "database"),
        (["load_rates"], "database"),
        (["relay"], "database"),
        (["up"], "nothing"),
    ],
)
def test_a_command_line_needs(argv: list[str], need: str) -> None:
    assert launch.need_of(["manage.py", *argv]) == need


@pytest.mark.parametrize("module", own_commands())
def test_every_command_of_ours_says_something_known(module: str) -> None:
    command: type[BaseCommand] = import_module(module).Command
    assert getattr(command, "needs", "database") in launch.NEEDS


def test_an_unknown_need_is_a_mistake_that_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    from config.management.commands.sign_in_link import Command

    monkeypatch.setattr(Command, "needs", "everything", raising=False)
    with pytest.raises(ValueError, match="sign_in_link needs 'everything'"):
        launch.need_of(["manage.py", "sign_in_link"])


@pytest.mark.parametrize("options", [["--data", "/srv/x", "--no-samples"], ["--data=/srv/x"]])
def test_up_chooses_the_data_folder_before_the_settings_are_read(
    options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environ: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", environ)
    launch.prepare_for_up(options)
    assert environ == {"ROUNDBOOK_DATA": "/srv/x", "ROUNDBOOK_LOCAL": "true"}


def test_a_command_that_needs_nothing_starts_and_makes_nothing(tmp_path: Path) -> None:
    done = manage(tmp_path / "data", "check")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "data").exists()


def test_a_command_that_needs_the_database_gets_one_brought_up_to_date_and_leaves_no_process(tmp_path: Path) -> None:
    done = manage(tmp_path / "data", "sign_in_link", "--site", "http://localhost:8000")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("http://localhost:8000/sign-in/")
    assert done.stderr == "Bringing the database up to date.\n"
    assert processes_of(tmp_path / "data") == {}


def test_a_broken_data_folder_is_one_sentence_and_status_1(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("mine")
    done = manage(tmp_path, "sign_in_link")
    assert done.returncode == 1
    assert done.stderr == f"{tmp_path} is not empty and not a data folder of Roundbook; choose another.\n"


def test_a_relative_data_folder_is_seen_from_where_the_command_is_given(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "sign_in_link"],
        cwd=tmp_path,
        env=environ_for(Path("here")),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "here" / "postgres" / "PG_VERSION").exists()
    assert processes_of(tmp_path / "here") == {}


def children() -> list[str]:
    """The command lines of this process's own children."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1] if entry.name.isdigit() else ""
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if parent == str(os.getpid()) and command:
            found.append(command)
    return found


def runs(name: str) -> bool:
    return any(name in command for command in children())


def test_jobs_get_a_relay_and_a_worker_for_the_time_of_the_command(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    with launch.workers_where_none_run():
        deadline = time.monotonic() + 20
        while not (runs("manage.py relay") and runs("celery")) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert runs("manage.py relay") and runs("celery")
    assert not runs("manage.py relay") and not runs("celery")


def test_jobs_are_left_to_an_up_that_runs(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    lock = locks.take(tmp_path / launch.UP_LOCK)
    assert lock is not None
    with launch.workers_where_none_run():
        assert not runs("manage.py relay") and not runs("celery")
    os.close(lock)
