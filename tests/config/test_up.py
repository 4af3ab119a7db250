"""`up`: one command starts everything, and stops it."""

import http.client
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from running import Up, free_port, manage, processes_of, running_up

from config.embedded import database_url, redis_url


def get(up: Up, path: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", up.port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode(errors="replace")
    finally:
        connection.close()


def wait_until(condition: Any, what: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def is_well(up: Up) -> bool:
    try:
        status, _, body = get(up, "/health/")
    except (OSError, http.client.HTTPException):
        return False
    return status == 200 and json.loads(body)["status"] == "ok"


def process_of(data: Path, pattern: str) -> int:
    """The eldest process of a program: of the web, the one that its workers are of."""
    return min(number for number, line in processes_of(data).items() if re.search(pattern, line))


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[Path], Path]) -> Iterator[Up]:
    with running_up(migrated(tmp_path_factory.mktemp("up") / "data"), "--no-samples") as running:
        yield running


def test_the_site_answers_and_says_that_all_is_well(up: Up) -> None:
    wait_until(lambda: is_well(up), up.said)


def test_a_backup_is_made_while_it_runs_but_none_is_restored_below_it(up: Up, tmp_path: Path) -> None:
    file = str(tmp_path / "roundbook.backup")
    assert "rows of" in manage(up.data, "backup", file).stdout
    refused = manage(up.data, "restore", file, "--replace", "--yes")
    assert (refused.returncode, "Roundbook runs on the data folder" in refused.stderr) == (1, True)


def test_one_address_is_printed_and_it_signs_the_owner_in_once(up: Up) -> None:
    assert len(set(re.findall(r"http://\S+", up.said))) == 1
    path = up.sign_in_link.removeprefix(up.address)
    status, headers, _ = get(up, path)
    assert status == 302 and "sessionid=" in headers["Set-Cookie"]
    assert get(up, path)[0] == 410


def test_a_second_up_on_the_same_folder_is_refused_in_one_sentence(up: Up) -> None:
    done = manage(up.data, "up", "--data", str(up.data), "--port", str(free_port()))
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        f"CommandError: Roundbook already runs on the data folder {up.data}; stop that one, or give --data DIR."
    ]


def test_a_busy_port_is_refused_in_one_sentence_and_nothing_is_started(up: Up, tmp_path: Path) -> None:
    done = manage(tmp_path / "other", "up", "--data", str(tmp_path / "other"), "--port", str(up.port))
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        f"CommandError: Port {up.port} is in use by another program; give another with --port N."
    ]
    assert not (tmp_path / "other" / "postgres").exists()


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1"])
def test_what_is_no_port_is_refused(tmp_path: Path, port: str) -> None:
    done = manage(tmp_path / "other", "up", f"--port={port}")
    assert done.returncode == 2
    assert "a number from 1 to 65535" in done.stderr


def test_a_broken_data_folder_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a letter")
    done = manage(tmp_path / "file", "up", "--data", str(tmp_path / "file"), "--port", str(free_port()))
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert f"The data folder {tmp_path / 'file'} cannot be used" in done.stderr


def test_a_command_uses_the_servers_of_the_running_up(up: Up) -> None:
    before = processes_of(up.data)
    done = manage(up.data, "sign_in_link", "--site", up.address)
    assert done.returncode == 0, done.stderr
    assert get(up, done.stdout.strip().removeprefix(up.address))[0] == 302
    assert processes_of(up.data).keys() >= before.keys()


@pytest.mark.parametrize(
    ("name", "pattern"),
    [("web", "gunicorn"), ("relay", "manage.py relay"), ("beat", "celery.* beat"), ("worker", "celery.* worker")],
)
def test_a_killed_program_is_started_again(up: Up, name: str, pattern: str) -> None:
    wait_until(lambda: any(re.search(pattern, line) for line in processes_of(up.data).values()), up.said)
    number = process_of(up.data, pattern)
    os.kill(number, signal.SIGKILL)
    wait_until(lambda: re.search(rf"{name} +\| ended by SIGKILL; it is started again", up.said), up.said)
    wait_until(lambda: any(re.search(pattern, line) for line in processes_of(up.data).values()), up.said)
    wait_until(lambda: is_well(up), up.said)


@pytest.mark.parametrize("name", ["postgres", "broker"])
def test_a_killed_server_is_started_again(up: Up, name: str) -> None:
    os.kill(int((up.data / f"{name}.lock").read_text()), signal.SIGKILL)
    wait_until(lambda: re.search(rf"{name} +\| was gone; it is started again", up.said), up.said)
    wait_until(lambda: is_well(up), up.said)


def test_ctrl_c_leaves_no_process_and_the_data_is_there_the_next_time(
    tmp_path: Path, migrated: Callable[[Path], Path]
) -> None:
    data = migrated(tmp_path / "data")
    with running_up(data, "--no-samples") as first:
        first.wait_for("Roundbook is up")
        assert len(processes_of(data)) >= 5
        assert first.stop() == 0
    assert processes_of(data) == {}
    assert first.said.rstrip().endswith("Roundbook has stopped.")
    assert "Traceback" not in first.said
    made = manage(data, "shell", "-c", "from django.contrib.auth.models import User; print(User.objects.count())")
    assert made.stdout.strip().splitlines()[-1] == "1", made.stderr
    assert processes_of(data) == {}


@pytest.mark.long
def test_the_first_start_imports_the_samples_and_the_second_leaves_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running_up(data) as first:
        total = int(first.wait_for(r"samples +\| Samples: (\d+) of \1 articles read")[1])
        assert total >= 14
        wait_until(lambda: not (data / "samples-wanted").exists(), first.said)
        assert "Mistral AI" in get(first, "/companies/")[2]
    with running_up(data) as second:
        wait_until(lambda: is_well(second), second.said)
        assert "Mistral AI" in get(second, "/companies/")[2]
        assert "Samples:" not in second.said


@pytest.mark.long
def test_samples_that_were_cut_off_are_taken_up_again(tmp_path: Path, migrated: Callable[[Path], Path]) -> None:
    data = migrated(tmp_path / "data")
    first = Up(data)
    try:
        wait_until((data / "samples-wanted").exists, "No samples are begun.")
    finally:
        first.stop()  # at once, before the samples can be in
    assert (data / "samples-wanted").exists()
    with running_up(data) as second:
        second.wait_for(r"samples +\| Samples: (\d+) of \1 articles read")


@pytest.mark.long
def test_after_a_kill_of_up_itself_the_next_one_starts_unaided_on_the_same_port(
    tmp_path: Path, migrated: Callable[[Path], Path]
) -> None:
    data = migrated(tmp_path / "data")
    with running_up(data, "--no-samples") as first:
        first.process.kill()
        first.process.wait()
        with running_up(data, "--no-samples", port=first.port) as second:
            wait_until(lambda: is_well(second), second.said)
            assert second.stop() == 0
    assert processes_of(data) == {}


@pytest.mark.long
def test_with_servers_of_somebody_else_nothing_is_started_in_the_data_folder(
    tmp_path: Path, migrated: Callable[[Path], Path]
) -> None:
    with running_up(migrated(tmp_path / "theirs"), "--no-samples") as theirs:
        settings = {
            "DATABASE_URL": database_url(theirs.data),
            "REDIS_URL": redis_url(theirs.data),
        }
        with running_up(tmp_path / "ours", "--no-samples", **settings) as ours:
            wait_until(lambda: is_well(ours), ours.said)
            status, _, page = get(ours, "/accounts/login/")
            assert status == 200 and "/static/css/" in page
            assert not (tmp_path / "ours" / "postgres").exists()
            assert ours.stop() == 0
        assert is_well(theirs)
